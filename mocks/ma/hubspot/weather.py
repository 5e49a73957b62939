"""How HubSpot fails: limits, locks, withdrawn access, records that are refused; research `hubspot.md` sections 2.3-2.9."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from ...dialect import Trouble
from ...wire import Request, Response
from . import limits, oauth
from .errors import Refusal
from .portal import Portal
from .trips import TRIPS
from .wire import refuse

__all__ = ["LIMITS_TOLD", "TRIPS", "TROUBLES", "limited"]

LIMITS_TOLD = ("ten_seconds", "second", "daily")


def limited(portal: Portal, retry_after_s: int | None, limit: str) -> Response:
    """Return the 429 of a limit: calls in ten seconds, searches in a second, calls in a day."""
    if limit == "second":
        return limits.search_limited(portal, retry_after_s)
    return limits.daily_limited(portal) if limit == "daily" else limits.limited(portal, retry_after_s)


def _revoked(portal: Portal, request: Request) -> Response:
    if request.segments[:1] == ("oauth",):
        return oauth.refused_refresh(portal, request)
    return refuse(portal, request, oauth.unknown_token(portal, ""))


def _without_scope(portal: Portal, request: Request) -> Response:
    return refuse(portal, request, oauth.missing_scopes(oauth.scopes_for(request)))


def _locked(portal: Portal, request: Request) -> Response:
    return refuse(portal, request, Refusal(423, "The resource is locked", category=None, assumed="hubspot.text_423"))


def _nothing(portal: Portal, request: Request) -> Response:
    del portal
    body = {"total": 0, "results": []} if request.path.endswith("/search") else {"results": []}
    return Response(200, orjson.dumps(body))


def _shifted(portal: Portal, request: Request, by: int) -> bool:
    """Move the offset of a later page of a search."""
    del portal
    body = orjson.loads(request.body or b"{}")
    after = str(body.get("after") or "0") if isinstance(body, dict) else "0"
    if not after.isdigit() or after == "0":
        return False
    request.body = orjson.dumps({**body, "after": str(max(int(after) + by, 0))})
    return True


def _as_one(portal: Portal, request: Request, number: int) -> bool:
    """Leave out the trace ids by which HubSpot tells the records of a batch apart: it is then taken whole or not at all."""
    del portal, number
    body = orjson.loads(request.body or b"{}")
    if not isinstance(body, dict) or not isinstance(body.get("inputs"), list):
        return False
    inputs = [{k: v for k, v in i.items() if k != "objectWriteTraceId"} if isinstance(i, dict) else i for i in body["inputs"]]
    request.body = orjson.dumps({**body, "inputs": inputs})
    return True


# Whatever door a connector writes people and companies by: single records, batches, the legacy API, imports.
_CREATES = (
    "objects.create", "objects.batch_create", "objects.batch_upsert", "legacy.contact_create", "legacy.contact_upsert",
    "legacy.contacts_batch", "legacy.company_create", "imports.start",
)
_CHANGES = (
    "objects.update", "objects.batch_update", "objects.batch_upsert", "legacy.contact_update*", "legacy.contact_upsert",
    "legacy.contacts_batch", "legacy.company_update", "imports.start",
)
_DELETES = ("objects.archive", "objects.batch_archive", "objects.gdpr_delete", "legacy.contact_delete", "legacy.company_delete")
_MERGES = ("objects.merge", "legacy.contact_merge")
_CONSENTS = ("communication_v1.update", "communication_v4.write", "communication_v4.unsubscribe_all", "communication_batch.write", "communication_batch.unsubscribe_all")

GROUPS: Mapping[str, tuple[str, ...]] = {
    "reads": (
        "objects.get", "objects.list*", "objects.search", "objects.batch_read", "legacy.contact_profile*", "legacy.contacts_all",
        "legacy.contacts_by_*", "legacy.contacts_recently_*", "legacy.contacts_search", "legacy.companies*", "legacy.company",
    ),
    "creates": _CREATES,
    "changes": _CHANGES,
    "writes": tuple(dict.fromkeys((*_CREATES, *_CHANGES, *_DELETES, *_MERGES, *_CONSENTS))),
}  # fmt: skip

_LISTS = ("objects.search", "objects.list", "objects.list_v4", "owners.list")
_WRITES = (
    "objects.create", "objects.update", "objects.archive", "objects.batch_create", "objects.batch_update",
    "objects.batch_upsert", "objects.batch_archive", "communication*",
)

TROUBLES: Mapping[str, Trouble] = {
    "login_revoked": Trouble(answer=_revoked),
    "scope_missing": Trouble(("objects.*", "owners.*", "communication*", "associations*"), answer=_without_scope),
    "row_lock": Trouble(_WRITES, answer=_locked),
    "side_empty": Trouble(_LISTS, answer=_nothing),
    "index_lag": Trouble(("objects.search",), setting="search_lag_ms"),
    "page_shift": Trouble(("objects.search",), change=_shifted),
    "whole_batch": Trouble(("objects.batch_*",), change=_as_one),
}
