import { createHash } from 'node:crypto';

// What the tests let the client do; each function is one call, or one short sequence, as a connector would write it.

export const create = (client, { properties }) => client.crm.contacts.basicApi.create({ properties, associations: [] });

export const get = (client, { id, properties, idProperty }) =>
  client.crm.contacts.basicApi.getById(id, properties, undefined, undefined, undefined, idProperty);

export const update = (client, { id, properties }) => client.crm.contacts.basicApi.update(id, { properties });

export const archive = (client, { id }) => client.crm.contacts.basicApi.archive(id);

export const getAll = async (client) => {
  const found = await client.crm.contacts.getAll();
  return found.map((contact) => contact.id);
};

export const getPage = (client, { limit, after }) => client.crm.contacts.basicApi.getPage(limit, after);

export const batchCreate = (client, { inputs }) => client.crm.contacts.batchApi.create({ inputs });

export const batchRead = (client, { ids }) =>
  client.crm.contacts.batchApi.read({ inputs: ids.map((id) => ({ id })), properties: ['email'], propertiesWithHistory: [] });

export const upsert = (client, { inputs }) => client.crm.contacts.batchApi.upsert({ inputs });

export const search = (client, { request }) => client.crm.contacts.searchApi.doSearch(request);

export const associate = async (client, { contact, company }) => {
  const api = client.crm.associations.v4.basicApi;
  const made = await api.createDefault('contacts', contact, 'companies', company);
  return { made, page: await api.getPage('contacts', contact, 'companies') };
};

export const unsubscribe = async (client, { email, subscription }) => {
  const api = client.communicationPreferences.statusApi;
  const changed = await api.unsubscribe({ emailAddress: email, subscriptionId: subscription });
  return { changed, now: await api.getEmailStatus(email) };
};

export const subscribe = (client, { email, subscription }) =>
  client.communicationPreferences.statusApi.subscribe({ emailAddress: email, subscriptionId: subscription });

export const merge = (client, { primary, other }) =>
  client.crm.contacts.basicApi.merge({ primaryObjectId: primary, objectIdToMerge: other });

export const deals = (client) => client.crm.deals.basicApi.getPage(1);

export const refresh = (client, { app, refreshToken }) =>
  client.oauth.tokensApi.create('refresh_token', undefined, undefined, app.client_id, app.client_secret, refreshToken);

export const list = async (client, { name, ids }) => {
  const { listsApi, membershipsApi } = client.crm.lists;
  const { list: made } = await listsApi.create({ name, objectTypeId: '0-1', processingType: 'MANUAL' });
  const added = await membershipsApi.add(made.listId, ids);
  const page = await membershipsApi.getPage(made.listId, undefined, undefined, 1);
  const removed = await membershipsApi.remove(made.listId, ids);
  await listsApi.remove(made.listId);
  return { made, added, page, removed };
};

export const getList = (client, { id }) => client.crm.lists.listsApi.getById(id);

export const raw = async (client, { method, path, body }) => {
  const response = await client.apiRequest({ method, path, body });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
};

// The client's own check of a webhook, and what n8n does: it signs the body written anew from its parsed form.
export const signatures = (client, { secret, uri, body, v1, v3, timestamp }, { Signature }) => {
  const known = { clientSecret: secret, requestBody: body, url: uri, timestamp };
  const again = JSON.stringify(JSON.parse(body));
  return {
    v1: Signature.isValid({ ...known, signature: v1, signatureVersion: 'v1' }),
    v3: Signature.isValid({ ...known, signature: v3, signatureVersion: 'v3' }),
    n8n: createHash('sha256').update(secret + again).digest('hex') === v1,
    foreign: Signature.isValid({ ...known, clientSecret: 'other', signature: v1, signatureVersion: 'v1' }),
  };
};
