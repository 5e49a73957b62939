// Reading Salesforce with jsforce: contacts changed since the cursor, contacts deleted since, users' addresses.

import jsforce from 'jsforce';

import { COLUMNS } from './fields.mjs';

// Rows become visible some time after their stamp was made; reading a few twice costs nothing.
const LOOK_BACK_MS = 5 * 60 * 1000;
const IDS_PER_QUERY = 200;

export class Salesforce {
  constructor({ salesforceUrl, salesforceToken }) {
    this.connection = new jsforce.Connection({
      instanceUrl: salesforceUrl, accessToken: salesforceToken, version: '59.0', callOptions: { client: 'one-way' },
    });
  }

  /** Contacts changed since `cursor` (null: all) and those named, each once, and the cursor for the next time. */
  async changedContacts(cursor, namedIds) {
    const found = await this.#select('Contact', COLUMNS, cursor ? `SystemModstamp >= ${cursor}` : '');
    const stamps = found.map((row) => Date.parse(row.SystemModstamp));
    const rows = new Map(found.map((row) => [row.Id, row]));
    for (const row of await this.#byIds('Contact', COLUMNS, namedIds.filter((id) => !rows.has(id)))) rows.set(row.Id, row);
    const latest = stamps.length ? new Date(stamps.reduce((a, b) => Math.max(a, b)) - LOOK_BACK_MS).toISOString() : null;
    return { contacts: [...rows.values()], latest };
  }

  /** Ids of contacts in the recycle bin since `cursor`; none at the first run, when nothing was copied yet. */
  async deletedContacts(cursor) {
    if (!cursor) return [];
    const rows = await this.#select('Contact', ['Id'], `IsDeleted = true AND SystemModstamp >= ${cursor}`, true);
    return rows.map((row) => row.Id);
  }

  /** Salesforce user id -> HubSpot owner id, for the owners of these contacts, by address. */
  async ownersOf(contacts, hubspotOwners) {
    const ids = [...new Set(contacts.map((contact) => contact.OwnerId))];
    const users = await this.#byIds('User', ['Id', 'Email'], ids);
    return new Map(users.map((user) => [user.Id, hubspotOwners.get((user.Email ?? '').toLowerCase())]));
  }

  async #byIds(kind, fields, ids) {
    const rows = [];
    for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
      const some = ids.slice(at, at + IDS_PER_QUERY);
      rows.push(...await this.connection.sobject(kind).find({ Id: { $in: some } }, fields).autoFetch(true));
    }
    return rows;
  }

  async #select(kind, fields, condition, scanAll = false) {
    const where = condition ? ` WHERE ${condition}` : '';
    const soql = `SELECT ${fields.join(', ')} FROM ${kind}${where} ORDER BY SystemModstamp`;
    const result = await this.connection.query(soql, { autoFetch: true, maxFetch: 10_000_000, scanAll });
    return result.records;
  }
}
