// Probes 1 to 3: logging in, and what happens when a session ends.

/** A connection with a session id. `args`: url, token, client (name in Sforce-Call-Options). */
export function connect(jsforce, { url, token, client, version = '59.0' }) {
  const callOptions = client ? { client } : undefined;
  return new jsforce.Connection({ instanceUrl: url, accessToken: token, version, callOptions });
}

export async function soapLogin(jsforce, { url, username, password, version = '59.0' }) {
  const connection = new jsforce.Connection({ loginUrl: url, version });
  const about = await connection.login(username, password);
  const found = await connection.query('SELECT Id FROM Contact');
  return { about, instanceUrl: connection.instanceUrl, totalSize: found.totalSize };
}

export async function oauthLogin(jsforce, { url, clientId, clientSecret, params }) {
  const connection = new jsforce.Connection({ instanceUrl: url, oauth2: { loginUrl: url, clientId, clientSecret } });
  const about = await connection.authorize(params);
  const identity = await connection.identity();
  const found = await connection.query('SELECT Id FROM Contact');
  return { about, identity, totalSize: found.totalSize };
}

export async function webServerFlow(jsforce, { url, clientId, clientSecret, redirectUri }) {
  const oauth2 = new jsforce.OAuth2({ loginUrl: url, clientId, clientSecret, redirectUri, useVerifier: true });
  const page = oauth2.getAuthorizationUrl({ scope: 'api id refresh_token openid', state: 'here' });
  const sent = await fetch(page, { redirect: 'manual' });
  const back = new URL(sent.headers.get('location'));
  const connection = new jsforce.Connection({ instanceUrl: url, oauth2 });
  await connection.authorize(back.searchParams.get('code'));
  const found = await connection.query('SELECT Id FROM Contact');
  return { state: back.searchParams.get('state'), refreshToken: connection.refreshToken, totalSize: found.totalSize };
}

export async function refreshesOnce(jsforce, { url, token, refreshToken, clientId, clientSecret }) {
  const connection = new jsforce.Connection({
    instanceUrl: url, accessToken: token, refreshToken, version: '59.0', oauth2: { loginUrl: url, clientId, clientSecret },
  });
  const refreshed = [];
  connection.on('refresh', (accessToken) => refreshed.push(accessToken));
  const found = await connection.query('SELECT Id FROM Contact');
  return { refreshed: refreshed.length, totalSize: found.totalSize };
}

/** Log out: `revoke` a token over OAuth, or (with a user name) log in and out over SOAP. */
export async function logsOut(jsforce, { url, token, username, password }) {
  const connection = username
    ? new jsforce.Connection({ loginUrl: url, version: '59.0' })
    : new jsforce.Connection({ instanceUrl: url, accessToken: token, oauth2: { loginUrl: url } });
  if (username) await connection.login(username, password);
  const ended = connection.accessToken;
  await connection.logout();
  return { ended, left: connection.accessToken ?? null };
}

export async function expiredOverSoap(jsforce, args) {
  return connect(jsforce, args).soap.getUserInfo();
}
