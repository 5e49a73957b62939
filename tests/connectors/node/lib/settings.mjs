// What the environment says. `BUG` switches on one mistake, for those who want to see it caught.

function need(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`the environment variable ${name} is missing`);
    process.exit(2);
  }
  return value;
}

export const settings = {
  salesforceUrl: need('SF_INSTANCE_URL'),
  salesforceToken: need('SF_ACCESS_TOKEN'),
  hubspotUrl: need('HUBSPOT_BASE_URL'),
  hubspotToken: need('HUBSPOT_TOKEN'),
  stateDir: need('STATE_DIR'),
  newsletter: process.env.NEWSLETTER_TYPE || 'Newsletter',
};

const BUGS = [
  'first_batch_only', // writes the first hundred people and forgets the rest
  'leaves_refusals_behind', // a new address starts without the refusals of the old one
  'prints_people', // logs addresses
  'resends_everything', // writes every value at every run
  'resubscribe', // subscribes everybody to the newsletter, whatever they said
  'swap_day_month', // reads 1980-03-04 as the third of April
  'upsert_after_move', // a new address makes a new contact
];

export const bug = process.env.BUG || '';
if (bug && !BUGS.includes(bug)) {
  console.error(`there is no bug ${bug}; there are ${BUGS.join(', ')}`);
  process.exit(2);
}
