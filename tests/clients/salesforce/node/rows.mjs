// Probes 8, 11, 13 to 15: upserts that match twice, paging, finding, collections.

import { connect } from './logins.mjs';

export async function upsertTwice(jsforce, args) {
  return connect(jsforce, args).sobject('Contact').upsert({ Ext__c: args.value, Title: 'x' }, 'Ext__c');
}

export async function upserts(jsforce, args) {
  const contacts = connect(jsforce, args).sobject('Contact');
  const made = await contacts.upsert({ Ext__c: 'n1', LastName: 'N' }, 'Ext__c');
  const again = await contacts.upsert({ Ext__c: 'n1', LastName: 'M' }, 'Ext__c');
  return [made, again];
}

export async function selects(jsforce, args) {
  const connection = connect(jsforce, args);
  const first = await connection.query(args.soql);
  const all = await connection.query(args.soql, { autoFetch: true, maxFetch: 1000 });
  return { first: { done: first.done, totalSize: first.totalSize, rows: first.records.length }, records: all.records };
}

export async function counts(jsforce, args) {
  const contacts = connect(jsforce, args).sobject('Contact');
  const found = await contacts.find({ Email: { $like: 'c%' } }).limit(2);
  return { count: await contacts.count(), found: found.length };
}

export async function createsMany(jsforce, args) {
  const { records, allOrNone } = args;
  return connect(jsforce, args).sobject('Contact').create(records, { allOrNone });
}

export async function retrieves(jsforce, args) {
  return connect(jsforce, args).sobject('Contact').retrieve(args.ids);
}

/** Delete a record twice; the second time is refused. */
export async function deletesTwice(jsforce, args) {
  const contacts = connect(jsforce, args).sobject('Contact');
  const first = await contacts.destroy(args.id);
  try {
    await contacts.destroy(args.id);
  } catch (error) {
    return { first, code: error.errorCode };
  }
  return { first, code: null };
}

export async function createsLead(jsforce, args) {
  const connection = connect(jsforce, args);
  const made = await connection.sobject('Lead').create(args.values, { headers: args.headers });
  return connection.sobject('Lead').retrieve(made.id);
}

export async function createsContact(jsforce, args) {
  return connect(jsforce, args).sobject('Contact').create(args.values, { headers: args.headers });
}

export async function changesLead(jsforce, args) {
  return connect(jsforce, args).sobject('Lead').update({ Id: args.id, Title: 'x' });
}
