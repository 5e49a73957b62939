// jsforce as its users run it, told by the tests what to do: one JSON line in ({probe, args}), one JSON line out.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.env.CLIENT_MODULES}/`);
const jsforce = require('jsforce');
const probes = {
  ...(await import('./logins.mjs')), ...(await import('./rows.mjs')), ...(await import('./soap.mjs')),
  ...(await import('./bulk.mjs')), ...(await import('./streaming.mjs')), ...(await import('./everyday.mjs')),
};

function told(error) {
  return { error: { name: error.name, code: error.errorCode ?? null, message: error.message, content: error.data ?? error.content ?? null } };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { probe, args } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await probes[probe](jsforce, args, require)) ?? null };
  } catch (error) {
    answer = told(error);
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
