// What jsforce's users do every day besides the probes: each call is one that the ledger says a client was run with.

import { connect } from './logins.mjs';

export async function everyday(jsforce, { ids, soql, ...args }) {
  const connection = connect(jsforce, args);
  const contacts = connection.sobject('Contact');
  const updated = await contacts.update(ids.slice(0, 2).map((Id) => ({ Id, Title: 'U' })));
  const destroyed = await contacts.destroy(ids.slice(3));
  const emptied = await connection.soap.emptyRecycleBin(ids.slice(3));
  const merged = await connection.soap.merge({ masterRecord: { type: 'Contact', Id: ids[0] }, recordToMergeIds: [ids[1]] });
  const { timestamp } = await connection.soap.getServerTimestamp();
  const found = await connection.search('FIND {Last2} RETURNING Contact(Id)');
  const tooling = await connection.tooling.query(soql);
  const { username } = await connection.identity();
  const job = connection.bulk.createJob('Contact', 'insert');
  await job.open();
  const { state } = await job.check();
  await job.close();
  return {
    updated, destroyed, emptied, merged, timestamp, found: found.searchRecords, entities: tooling.records, username, state,
  };
}
