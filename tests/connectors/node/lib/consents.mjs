// Consents, version 4 of HubSpot's API: refusals always travel, a yes only with proof, and never over a refusal made there.

import { bug } from './settings.mjs';
import { addressOf } from './fields.mjs';
import { hash, known } from './memory.mjs';

const ROOT = '/communication-preferences/v4/statuses';

export class Consents {
  constructor(hubspot, memory) {
    this.hubspot = hubspot;
    this.memory = memory;
  }

  /** HubSpot keeps consents by address: whoever refused under the old one has refused under the new one. */
  async follow(moved, refused) {
    for (const { contact, memo } of moved) {
      try {
        const old = await this.hubspot.addressOf(memo.hubspotId);
        if (old === null || old.toLowerCase() === addressOf(contact)) continue;
        const { all, types } = await this.#statuses(old);
        for (const type of types) {
          if (!all && type.status === 'UNSUBSCRIBED') await this.#set(addressOf(contact), type.subscriptionId, 'UNSUBSCRIBED');
        }
        if (all) await this.#refuseAll(addressOf(contact));
        memo.said = {}; // what was said for the old address is to be said again for the new one
      } catch (error) {
        refused.add(contact.Id, error);
      }
    }
  }

  /** Put on record what Salesforce says was refused, once per refusal. */
  async refuse(list, refused) {
    for (const { contact, holder } of list) {
      const { said, gone } = known(this.memory, holder);
      if (gone) continue;
      try {
        await this.#refuse(contact, said, holder === contact.Id);
      } catch (error) {
        refused.add(contact.Id, error);
      }
    }
  }

  async #refuse(contact, said, isHolder) {
    const email = addressOf(contact);
    if (contact.HasOptedOutOfEmail && !said.noMail) {
      await this.#refuseAll(email);
      said.noMail = true;
    } else if (!contact.HasOptedOutOfEmail && isHolder) {
      delete said.noMail; // taken back in Salesforce: that lifts nothing, but a new refusal is a new one
    }
    if (contact.Newsletter_Consent__c === 'OptOut' && !said.noNews) {
      said.noNews = await this.#set(email, await this.hubspot.newsletterId(), 'UNSUBSCRIBED');
      delete said.yes;
    }
  }

  /** Pass on each proved yes to the newsletter, unless HubSpot knows a refusal that Salesforce does not. */
  async grant(people, refused) {
    for (const { contact, memo } of people) {
      const proof = bug === 'resubscribe' ? hash('everybody') : proofOf(contact);
      if (!proof || memo.gone || memo.said.yes === proof) continue;
      try {
        await this.#grant(addressOf(contact), contact, memo.said);
        memo.said.yes = proof;
      } catch (error) {
        refused.add(contact.Id, error);
      }
    }
  }

  async #grant(email, contact, said) {
    const type = await this.hubspot.newsletterId();
    if (bug !== 'resubscribe') {
      const { all, types } = await this.#statuses(email);
      const now = types.find((status) => status.subscriptionId === type);
      // A refusal with the stamp it had when Salesforce refused too is the one that the new yes takes back. Any other
      // was made over there since: it stays.
      const isKnown = now?.status === 'UNSUBSCRIBED' && now.timestamp === said.noNews;
      if (all || now?.status === 'SUBSCRIBED' || (now?.status === 'UNSUBSCRIBED' && !isKnown)) return;
    }
    await this.#set(email, type, 'SUBSCRIBED', {
      legalBasis: 'CONSENT_WITH_NOTICE',
      legalBasisExplanation: `${contact.Newsletter_Consent_Source__c}, ${contact.Newsletter_Consent_At__c}`,
    });
    delete said.noNews;
  }

  async #statuses(email) {
    const path = `${ROOT}/${encodeURIComponent(email)}`;
    const types = await this.hubspot.call('GET', `${path}?channel=EMAIL`);
    const wide = await this.hubspot.call('GET', `${path}/unsubscribe-all?channel=EMAIL`);
    return { types: types.results, all: wide.results.some((status) => status.status === 'UNSUBSCRIBED') };
  }

  /** Set one type's status and return the stamp HubSpot gave it. */
  async #set(email, subscriptionId, statusState, evidence = {}) {
    const body = { subscriptionId, statusState, channel: 'EMAIL', ...evidence };
    return (await this.hubspot.call('POST', `${ROOT}/${encodeURIComponent(email)}`, body)).results[0].timestamp;
  }

  async #refuseAll(email) {
    await this.hubspot.call('POST', `${ROOT}/${encodeURIComponent(email)}/unsubscribe-all?channel=EMAIL`);
  }
}

function proofOf(contact) {
  const { Newsletter_Consent__c: word, Newsletter_Consent_At__c: at, Newsletter_Consent_Source__c: source } = contact;
  if (contact.HasOptedOutOfEmail || word !== 'OptIn' || !at || !source) return null;
  return hash(`${at} ${source}`);
}
