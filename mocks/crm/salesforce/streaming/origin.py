"""Where a change came from, as the header of its event tells it: the API, its version, and who called.

Connectors recognise their own writes by this (`changeOrigin`), so that they do not answer their own echo.
"""

from __future__ import annotations

import re

from ....journal import Actor, Change, Exchange
from ..org import Org
from ..wire import NEWEST

# A person in the vendor's own screens; recorded in events of real orgs.
SCREEN = "com/salesforce/api/soap/{version}.0;client=SfdcInternalAPI/"
_API = re.compile(
    r"/services/(?:data/v(?P<rest>\d+\.\d)|async/(?P<bulk>\d+\.\d)|Soap/u/(?P<soap>\d+\.\d))(?P<tail>/jobs/)?", re.IGNORECASE
)
_CLIENT = re.compile(r"(?:^|[,;])\s*client\s*=\s*([^,;]+)", re.IGNORECASE)
_SOAP_CLIENT = re.compile(rb"<(?:\w+:)?client[^>]*>([^<]*)</(?:\w+:)?client>")


def exchange_of(org: Org, change: Change) -> Exchange | None:
    """Return the request that caused a change, or None for what people and the vendor itself did."""
    if change.exchange is None or change.exchange >= len(org.journal):
        return None
    found = org.journal.entries[change.exchange]
    return found if isinstance(found, Exchange) else None


def change_origin(org: Org, change: Change) -> str:
    """Return `com/salesforce/api/rest/59.0;client=acme` and its like; empty where no API was used."""
    exchange = exchange_of(org, change)
    if exchange is None:
        return SCREEN.format(version=NEWEST) if change.actor is Actor.CRM_USER else ""
    found = _API.search(exchange.path)
    if found is None:
        return ""
    name, version = _api(found)
    client = _client(exchange)
    return f"com/salesforce/api/{name}/{version}" + (f";client={client}" if client else "")


def _api(found: re.Match[str]) -> tuple[str, str]:
    if found["soap"]:
        return "soap", found["soap"]
    if found["bulk"]:
        return "bulkapi", found["bulk"]
    return ("bulkapi" if found["tail"] else "rest"), found["rest"]


def _client(exchange: Exchange) -> str:
    header = _CLIENT.search(exchange.request_headers.get("sforce-call-options", ""))
    if header is not None:
        return header[1].strip()
    if "/Soap/" not in exchange.path:
        return ""
    element = _SOAP_CLIENT.search(exchange.request_body[:20_000])
    return element[1].decode("utf-8", "replace").strip() if element else ""


def commit_user(org: Org, change: Change) -> str:
    """Return the id of the user who saved: whoever the row names, for a deletion whoever acted."""
    after, before = change.after, change.before
    if after is not None and (before is None or after.values.get("LastModifiedDate") != before.values.get("LastModifiedDate")):
        return str(after.values.get("LastModifiedById") or after.values.get("CreatedById") or org.user_id)
    return org.human_id if change.actor is Actor.CRM_USER else org.user_id
