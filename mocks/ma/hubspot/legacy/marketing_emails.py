"""`/marketing-emails/v1/emails`: the e-mails of v3 in the shape before it (research/hubspot.md 1.8, P2)."""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..portal import Portal
from ..sending import emails
from ..wire import json_response
from .envelope import answers_v1, number_arg

_ROOT = "/marketing-emails/v1/emails"


@answers_v1("GET", _ROOT, id="legacy.marketing_emails", evidence=Evidence.CLIENT_SOURCE,
            note="only the members that older connectors read; no content")
def list_emails(dialect: Portal, request: Request) -> Response:
    """Return one page of marketing e-mails."""
    return _page(dialect, request, stats=False)


@answers_v1("GET", f"{_ROOT}/with-statistics", id="legacy.marketing_emails_statistics", evidence=Evidence.CLIENT_SOURCE,
            note="only the members that older connectors read; no content")
def list_with_statistics(dialect: Portal, request: Request) -> Response:
    """Return one page of marketing e-mails with what became of their messages."""
    return _page(dialect, request, stats=True)


def _page(dialect: Portal, request: Request, *, stats: bool) -> Response:
    limit, offset = number_arg(request, "limit", default=10, most=300), number_arg(request, "offset", default=0)
    rows = list(dialect.store.rows(emails.KIND))
    return json_response({
        "objects": [_shown(dialect, row, stats=stats) for row in rows[offset : offset + limit]], "total": len(rows),
        "totalCount": len(rows), "limit": limit, "offset": offset,
    })


@answers_v1("GET", f"{_ROOT}/{{emailId}}", id="legacy.marketing_email", evidence=Evidence.CLIENT_SOURCE,
            note="only the members that older connectors read; no content")
def get_email(dialect: Portal, request: Request) -> Response:
    """Return one marketing e-mail."""
    row = dialect.store.get(emails.KIND, request.params["emailId"])
    if row is None:
        raise errors.not_found()
    return json_response(_shown(dialect, row, stats=False))


def _shown(dialect: Portal, row: Row, *, stats: bool) -> dict[str, Any]:
    found = emails.shown(dialect, row, stats=stats)
    body: dict[str, Any] = {
        "id": int(row.id) if row.id.isdecimal() else row.id, "portalId": dialect.portal_id, "created": row.created_ms,
        "updated": row.modified_ms, "archived": found["archived"], "isPublished": found["isPublished"], "isMlt": False,
        "allEmailCampaignIds": [int(i) for i in found["allEmailCampaignIds"]],
        "primaryEmailCampaignId": int(found["primaryEmailCampaignId"]),
    }
    body |= {name: found[name] for name in ("name", "subject", "state", "subcategory", "campaignName", "campaign")}
    if stats:
        body["stats"] = found["stats"]
    return body
