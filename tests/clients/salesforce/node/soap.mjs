// Probes 10 and 20: what only SOAP can do.

import { connect } from './logins.mjs';

export async function undeletes(jsforce, args) {
  return connect(jsforce, args).soap.undelete([args.id]);
}

export async function converts(jsforce, args) {
  return connect(jsforce, args).soap.convertLead({ leadId: args.id, convertedStatus: 'Closed - Converted', doNotCreateOpportunity: true });
}
