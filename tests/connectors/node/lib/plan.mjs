// From what Salesforce holds to what is to be done, without a single request.

import { bug } from './settings.mjs';
import { addressOf, isInScope, properties } from './fields.mjs';
import { hash, known } from './memory.mjs';

/**
 * @returns people: whom to write, each with the properties that differ from what was sent last;
 *          moved: those of them whose address changed;
 *          refusing: contacts whose refusals must be on record, doubles included;
 *          doubles: how many share an address with an older contact, which alone is written.
 */
export function plan(contacts, owners, memory) {
  const holders = new Map(Object.entries(memory.contacts).filter(([, m]) => m.address).map(([id, m]) => [m.address, id]));
  const result = { people: [], moved: [], refusing: [], doubles: 0 };
  for (const contact of [...contacts].sort((a, b) => (a.CreatedDate < b.CreatedDate ? -1 : 1))) {
    if (!isInScope(contact)) continue;
    const address = hash(addressOf(contact));
    const holder = holders.get(address) ?? contact.Id;
    result.refusing.push({ contact, holder });
    if (holder !== contact.Id) {
      result.doubles += 1;
      continue;
    }
    holders.set(address, contact.Id);
    const memo = known(memory, contact.Id);
    if (memo.gone) continue; // deleted in HubSpot: it does not come back
    const person = { contact, memo, address, changes: changes(contact, owners, memo) };
    if (memo.hubspotId && memo.address !== address && bug !== 'upsert_after_move') result.moved.push(person);
    if (bug === 'upsert_after_move' && memo.address !== address) memo.hubspotId = null;
    result.people.push(person);
  }
  return result;
}

function changes(contact, owners, memo) {
  const wanted = properties(contact);
  const owner = owners.get(contact.OwnerId);
  if (owner) wanted.hubspot_owner_id = owner;
  // A field that went blank and keeps its old value over there: whatever comes next is new again.
  for (const name of Object.keys(memo.sent)) if (!(name in wanted)) delete memo.sent[name];
  const differing = Object.entries(wanted).filter(([name, value]) => memo.sent[name] !== hash(value));
  return Object.fromEntries(bug === 'resends_everything' ? Object.entries(wanted) : differing);
}
