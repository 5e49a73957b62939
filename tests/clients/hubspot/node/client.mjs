// @hubspot/api-client as its users run it, told by the tests what to do: one JSON line in ({probe, args}), one JSON line out.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

import * as probes from './probes.mjs';

const require = createRequire(`${process.env.CLIENT_MODULES}/`);
const hubspot = require('@hubspot/api-client');

function told(error) {
  // An ApiException carries the status as `code`; its `body` is the parsed answer, or the text where that was no JSON.
  return { name: error.name ?? '', code: error.code ?? null, message: error.message, body: error.body ?? null };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { probe, args } = JSON.parse(line);
  const started = Date.now();
  let answer;
  try {
    const client = new hubspot.Client({ accessToken: args.token, basePath: args.url, numberOfApiCallRetries: args.retries ?? 0 });
    answer = { value: (await probes[probe](client, args, hubspot)) ?? null };
  } catch (error) {
    answer = { error: told(error) };
  }
  process.stdout.write(`${JSON.stringify({ ...answer, ms: Date.now() - started })}\n`);
}
