// Probes 17 and 18: Bulk API 2.0.

import { connect } from './logins.mjs';

export async function bulkLoads(jsforce, args) {
  return connect(jsforce, args).bulk2.loadAndWaitForResults({
    object: 'Contact', operation: 'insert', input: args.records, pollInterval: 50, pollTimeout: 10_000,
  });
}

export async function bulkSelects(jsforce, args) {
  const stream = await connect(jsforce, args).bulk2.query(args.soql, { pollInterval: 50, pollTimeout: 10_000 });
  return stream.toArray();
}
