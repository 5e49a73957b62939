// Probe 22: change data capture over CometD.

import { connect } from './logins.mjs';

/** Subscribe, call `then`, and return the first `wanted` events. */
export async function listens(jsforce, { channel, replayId, wanted, write, ...args }, require) {
  const { StreamingExtension } = require('jsforce/api/streaming');
  const connection = connect(jsforce, args);
  let failed;
  const failure = new Promise((resolve) => { failed = resolve; });
  const client = connection.streaming.createClient([
    new StreamingExtension.Replay(channel, replayId), new StreamingExtension.AuthFailure((message) => failed(message)),
  ]);
  const events = [];
  const received = new Promise((resolve) => {
    const subscription = client.subscribe(channel, (data) => {
      events.push(data);
      if (events.length === wanted) resolve();
    });
    subscription.then(async () => {
      if (write) await write_(connection, write);
      if (!wanted) resolve();
    }, (error) => failed({ subscribe: error.message }));
  });
  const refused = await Promise.race([failure, received]);
  await client.disconnect?.();
  return { events, refused: refused ?? null };
}

async function write_(connection, { Id, create, update }) {
  let id = Id;
  if (create) ({ id } = await connection.sobject('Contact').create(create));
  if (update) await connection.sobject('Contact').update({ Id: id, ...update });
}
