// Copies Salesforce contacts to HubSpot, one way, once, and ends. The contract is one_way.yaml beside this file.
//
// Order matters: a refusal is written before the person is made or changed, because HubSpot keeps consents by address
// and needs no contact for it. So there is no moment at which somebody who said no could be mailed.

import { bug, settings } from './lib/settings.mjs';
import { loadMemory, saveMemory } from './lib/memory.mjs';
import { Salesforce } from './lib/salesforce.mjs';
import { HubSpot } from './lib/hubspot.mjs';
import { Consents } from './lib/consents.mjs';
import { plan } from './lib/plan.mjs';
import { codeOf, Refused } from './lib/refused.mjs';

async function main() {
  const memory = loadMemory(settings.stateDir);
  const refused = new Refused();
  try {
    await sync(memory, refused);
  } finally {
    saveMemory(settings.stateDir, memory);
  }
  refused.tell();
  process.exitCode = refused.size ? 1 : 0;
}

async function sync(memory, refused) {
  const salesforce = new Salesforce(settings);
  const hubspot = new HubSpot(settings);
  const consents = new Consents(hubspot, memory);

  const { contacts, latest } = await salesforce.changedContacts(memory.cursor, memory.retry);
  const owners = await salesforce.ownersOf(contacts, await hubspot.owners());
  const work = plan(contacts, owners, memory);

  if (bug !== 'leaves_refusals_behind') await consents.follow(work.moved, refused);
  await consents.refuse(work.refusing, refused);
  await hubspot.write(work.people.filter(({ contact }) => !refused.has(contact.Id)), memory, refused);
  await consents.grant(work.people.filter(({ contact }) => !refused.has(contact.Id)), refused);
  await archive(await salesforce.deletedContacts(memory.cursor), hubspot, memory);

  // Whoever was refused is asked for again, changed or not.
  memory.retry = refused.ids();
  memory.cursor = latest ?? memory.cursor;
  console.log(`${contacts.length} read, ${work.people.length} in scope, ${work.doubles} doubles, ${refused.size} refused`);
}

async function archive(deletedIds, hubspot, memory) {
  const gone = deletedIds.filter((id) => memory.contacts[id]);
  const kept = new Set(Object.entries(memory.contacts).filter(([id]) => !gone.includes(id)).map(([, m]) => m.hubspotId));
  // A merge in Salesforce deletes the loser; the winner may hold the same HubSpot contact.
  await hubspot.archive(gone.map((id) => memory.contacts[id].hubspotId).filter((id) => id && !kept.has(id)));
  for (const id of gone) delete memory.contacts[id];
}

main().catch((error) => {
  // Neither message nor stack: both may hold addresses and headers.
  console.error(`stopped: ${codeOf(error)}`);
  process.exitCode = 1;
});
