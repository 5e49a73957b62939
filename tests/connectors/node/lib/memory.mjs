// What is remembered between runs: a cursor, and for each Salesforce contact its HubSpot id and hashes of what was sent.
// Hashes, not values: the file holds nobody's data.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'one-way.json';

export const hash = (text) => createHash('sha256').update(String(text)).digest('base64url').slice(0, 16);

export function loadMemory(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { cursor: null, retry: [], contacts: {} };
  }
}

export function saveMemory(folder, memory) {
  mkdirSync(folder, { recursive: true });
  const half = join(folder, `${FILE}.half`);
  writeFileSync(half, JSON.stringify(memory));
  renameSync(half, join(folder, FILE)); // never a file cut in two
}

export function known(memory, contactId) {
  return (memory.contacts[contactId] ??= { hubspotId: null, address: null, sent: {}, said: {} });
}
