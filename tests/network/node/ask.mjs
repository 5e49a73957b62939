// Asks both vendors at their own host names, with the client named; prints both statuses. Knows nothing of Syncproof.
import https from 'node:https';

const TARGETS = [
  ['https://api.hubapi.com/crm/v3/objects/contacts?limit=1', { authorization: `Bearer ${process.env.TOKEN}` }],
  ['https://login.salesforce.com/services/data', {}],
];

const CLIENTS = {
  async fetch(url, headers) {
    return (await fetch(url, { headers })).status;
  },
  https(url, headers) {
    return new Promise((resolve, reject) => {
      https.get(url, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  },
  async axios(url, headers) {
    return (await (await import('axios')).default.get(url, { headers })).status;
  },
  async axios_old(url, headers) {
    return (await (await import('axios-old')).default.get(url, { headers })).status;
  },
  async got(url, headers) {
    return (await (await import('got')).default(url, { headers, retry: { limit: 0 } })).statusCode;
  },
  async undici(url, headers) {
    return (await (await import('undici')).request(url, { headers })).statusCode;
  },
};

const found = [];
for (const [url, headers] of TARGETS) found.push(await CLIENTS[process.argv[2]](url, headers));
console.log(found.join(' '));
process.exit(0);
