"""Salesforce (CRM): REST, SOQL, OAuth and SOAP login as real clients use them.

How a request travels: `dialect` (session, version, limit) -> `rows`, `sobject_collections`, `composite`, `queries`,
`replication`, `search`, `graph`, `tree`, `describe`, `layouts`, `tooling`, `limits`, `auth`, `soap/` -> `saving` (the one way to write) and `wire` (the one way to show).
`kinds`, `columns` and `fields.yaml` hold the objects, `values` what a value becomes, `consequences` what the vendor
does by itself, `consent` what fields mean, `desk` what people do on screens, `switches` what is not certain,
`org` the state, `soql/` the query language, `sosl/` the search language, `merging`, `conversion` and `recycle_bin` what
happens to whole records, `conditions` and `versions` what a request may depend on.
"""

from .dialect import Salesforce

salesforce = Salesforce

__all__ = ["Salesforce", "salesforce"]
