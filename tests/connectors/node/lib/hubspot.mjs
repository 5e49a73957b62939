// Writing HubSpot with its own client: people by the hundred, one by one where a hundred is refused.

import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from '@hubspot/api-client';

import { bug } from './settings.mjs';
import { hash } from './memory.mjs';
import { isAboutContent } from './refused.mjs';

const BATCH = 100;
const ATTEMPTS = 4;

export class HubSpot {
  constructor({ hubspotUrl, hubspotToken, newsletter }) {
    this.client = new Client({ accessToken: hubspotToken, basePath: hubspotUrl, numberOfApiCallRetries: ATTEMPTS });
    this.newsletter = newsletter;
  }

  /** Address of an active owner, lower case -> owner id. */
  async owners() {
    const found = new Map();
    for (let after; ;) {
      const page = await this.client.crm.owners.ownersApi.getPage(undefined, after, 100, false);
      for (const owner of page.results) if (owner.email) found.set(owner.email.toLowerCase(), owner.id);
      after = page.paging?.next?.after;
      if (!after) return found;
    }
  }

  /** Id of the newsletter among the subscription types. */
  async newsletterId() {
    if (!this.typeId) {
      const { subscriptionDefinitions } = await this.client.communicationPreferences.definitionApi.getPage();
      this.typeId = subscriptionDefinitions.find((type) => type.name === this.newsletter)?.id;
      if (!this.typeId) throw Object.assign(new Error('no such subscription type'), { code: 'NO_NEWSLETTER' });
    }
    return Number(this.typeId);
  }

  /** Address that a contact has now, or null when there is no such contact any more. */
  async addressOf(contactId) {
    try {
      return (await this.client.crm.contacts.basicApi.getById(contactId, ['email'])).properties.email ?? null;
    } catch (error) {
      if (error.code === 404) return null;
      throw error;
    }
  }

  /** Write the people whose properties differ; what was accepted is remembered, the rest stands in `refused`. */
  async write(people, memory, refused) {
    const differing = people.filter(({ changes }) => Object.keys(changes).length);
    const api = this.client.crm.contacts.batchApi;
    const update = (inputs) => api.update({ inputs });
    const upsert = (inputs) => api.upsert({ inputs });
    await this.#batches(differing.filter(({ memo }) => memo.hubspotId), updateInput, update, byId, refused);
    await this.#batches(differing.filter(({ memo }) => !memo.hubspotId), upsertInput, upsert, byAddress, refused);
  }

  async #batches(people, input, send, find, refused) {
    for (let at = 0; at < people.length; at += BATCH) {
      if (at && bug === 'first_batch_only') return;
      const some = people.slice(at, at + BATCH);
      if (bug === 'prints_people') for (const { contact } of some) console.log(`writing ${contact.Email}`);
      for (const person of await this.#together(some, input, send, find)) await this.#alone(person, input, send, find, refused);
    }
  }

  /** Send a hundred at once and return those that have no result. */
  async #together(people, input, send, find) {
    let results = [];
    try {
      ({ results } = await send(people.map(input)));
    } catch (error) {
      if (!isAboutContent(error)) throw error; // one bad record refuses them all: each gets its own call
    }
    return people.filter((person) => !accept(person, find(results, person)));
  }

  async #alone(person, input, send, find, refused) {
    try {
      const { results } = await send([input(person)]);
      if (accept(person, find(results, person) ?? (person.memo.hubspotId ? undefined : results[0]))) return;
      // Neither result nor error: HubSpot does not know the id any more. Nobody is brought back.
      if (await this.addressOf(person.memo.hubspotId) === null) person.memo.gone = true;
      else refused.add(person.contact.Id, { code: 400, body: { category: 'NO_RESULT' } });
    } catch (error) {
      if (error.code === 404) person.memo.gone = true;
      else refused.add(person.contact.Id, error);
    }
  }

  async archive(contactIds) {
    for (let at = 0; at < contactIds.length; at += BATCH) {
      await this.client.crm.contacts.batchApi.archive({ inputs: contactIds.slice(at, at + BATCH).map((id) => ({ id })) });
    }
  }

  /** A call the generated client does not have (consents, version 4). Tries again where waiting helps. */
  async call(method, path, body) {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.client.apiRequest({ method, path, body });
      const content = await answer.json().catch(() => ({}));
      if (answer.ok) return content;
      if (attempt === ATTEMPTS || (answer.status !== 429 && answer.status < 500)) {
        throw Object.assign(new Error('refused'), { code: answer.status, body: content });
      }
      await sleep(1000 * (Number(answer.headers.get('retry-after')) || attempt * 0.3));
    }
  }
}

const updateInput = ({ memo, changes }) => ({ id: memo.hubspotId, properties: changes });

const upsertInput = ({ contact, changes }) => {
  const email = contact.Email.trim().toLowerCase();
  return { id: email, idProperty: 'email', properties: { ...changes, email } };
};

const byId = (results, { memo }) => results.find((result) => result.id === memo.hubspotId);
const byAddress = (results, { contact }) =>
  results.find((result) => result.properties?.email?.toLowerCase() === contact.Email.trim().toLowerCase());

function accept({ memo, address, changes }, result) {
  if (!result) return false;
  memo.hubspotId = result.id;
  memo.address = address;
  for (const [name, value] of Object.entries(changes)) memo.sent[name] = hash(value);
  return true;
}
