// Which Salesforce field goes into which HubSpot property, how, and who is left out. The same as one_way.yaml says.

import { bug } from './settings.mjs';

const SEGMENTS = { 'A - Key': 'key', 'B - Growth': 'growth', 'C - Standard': 'standard' };

const text = (value) => value;
const flag = (value) => String(value === true);
const number = (value) => String(value);
const segment = (value) => SEGMENTS[value] ?? value;

function day(value) {
  if (bug !== 'swap_day_month') return value;
  const [year, month, date] = value.split('-');
  return Number(date) <= 12 ? `${year}-${date}-${month}` : value;
}

// [Salesforce, HubSpot, how, does a blank clear?]
const FIELDS = [
  ['FirstName', 'firstname', text, false],
  ['LastName', 'lastname', text, false],
  ['Phone', 'phone', text, true],
  ['MobilePhone', 'mobilephone', text, true],
  ['Title', 'jobtitle', text, true],
  ['MailingStreet', 'address', text, false],
  ['MailingCity', 'city', text, false],
  ['MailingPostalCode', 'zip', text, true],
  ['MailingCountry', 'country', text, false],
  ['Birthdate', 'birth_date', day, true],
  ['Segment__c', 'segment', segment, true],
  ['Interests__c', 'interests', text, true],
  ['Vip__c', 'vip', flag, false],
  ['Engagement_Score__c', 'engagement_score', number, true],
];

export const COLUMNS = [
  'Id', 'Email', 'OwnerId', 'SystemModstamp', 'CreatedDate', 'Contact_Kind__c', 'Last_Engaged__c', 'HasOptedOutOfEmail',
  'Newsletter_Consent__c', 'Newsletter_Consent_At__c', 'Newsletter_Consent_Source__c', ...FIELDS.map(([name]) => name),
];

/** HubSpot properties of a contact. A property that is absent must be left alone; '' clears. */
export function properties(contact) {
  const found = { email: addressOf(contact) };
  for (const [source, target, how, clears] of FIELDS) {
    const value = contact[source];
    if (value !== null && value !== undefined && value !== '') found[target] = how(value);
    else if (clears) found[target] = '';
  }
  return found;
}

export const addressOf = (contact) => (contact.Email ?? '').trim().toLowerCase();

const TECHNICAL = /^(no-?reply|mailer-daemon|postmaster|info)@/;
const FOREIGN = new Set(['Partner', 'Supplier', 'Test']);

export function isInScope(contact, today = new Date()) {
  const oldest = new Date(Date.UTC(today.getUTCFullYear() - 2, today.getUTCMonth(), today.getUTCDate()));
  const address = addressOf(contact);
  return address !== '' && !TECHNICAL.test(address) && !FOREIGN.has(contact.Contact_Kind__c)
    && Boolean(contact.Last_Engaged__c) && contact.Last_Engaged__c >= oldest.toISOString().slice(0, 10);
}
