"""Contacts v1 by the page: all of them, those changed or made lately, a text search, several at once.

`vid-offset` is the last vid shown: the next page starts behind it. Recent contacts come newest first and page by
`time-offset` and `vid-offset` together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from ..filters import query_predicate
from ..kinds import CONTACTS
from ..portal import Portal
from ..search import indexed
from ..wire import json_response
from .envelope import answers_v1, is_number, number_arg
from .form_submissions import FormSubmissions
from .shapes import PAGE_PROPERTIES, asked_names, contact, with_history

MOST_IN_PAGE = 100
_DAY_MS = 86_400_000
_LISTS = "/contacts/v1/lists"


def _shown(dialect: Portal, request: Request, rows: Iterable[Row], *, at: Callable[[Row], int]) -> list[dict[str, Any]]:
    names, history = asked_names(request), with_history(request, default=False)
    wanted = PAGE_PROPERTIES if names is None else ("lastmodifieddate", *names)
    # Since the sunset of lists v1 no membership is shown, whatever `showListMemberships` says.
    forms = FormSubmissions(dialect, request, default="newest")
    return [
        {"addedAt": at(row), **contact(dialect, row, dict.fromkeys(wanted), history=history, submissions=forms.of(row))}
        for row in rows
    ]


@answers_v1("GET", f"{_LISTS}/all/contacts/all", id="legacy.contacts_all", evidence=Evidence.CLIENT_SOURCE,
            note="list memberships are always empty")
def all_contacts(dialect: Portal, request: Request) -> Response:
    """Return one page of all contacts in order of vid."""
    limit = number_arg(request, "count", default=20, most=MOST_IN_PAGE)
    offset = number_arg(request, "vidOffset", "vid-offset", default=0)
    rows = list(islice(dialect.rows_from("contacts", offset + 1, archived=False), limit + 1))
    page = rows[:limit]
    return json_response({
        "contacts": _shown(dialect, request, page, at=lambda row: row.created_ms), "has-more": len(rows) > limit,
        "vid-offset": int(page[-1].id) if page else offset,
    })


@answers_v1("GET", f"{_LISTS}/recently_updated/contacts/recent", id="legacy.contacts_recently_updated",
            evidence=Evidence.CLIENT_SOURCE, note="list memberships are always empty")
def recently_updated(dialect: Portal, request: Request) -> Response:
    """Return one page of the contacts made or changed lately, newest change first."""
    return _recent(dialect, request, lambda row: row.modified_ms)


@answers_v1("GET", f"{_LISTS}/all/contacts/recent", id="legacy.contacts_recently_created", evidence=Evidence.CLIENT_SOURCE,
            note="list memberships are always empty")
def recently_created(dialect: Portal, request: Request) -> Response:
    """Return one page of the contacts made lately, newest first."""
    return _recent(dialect, request, lambda row: row.created_ms)


def _recent(dialect: Portal, request: Request, moment: Callable[[Row], int]) -> Response:
    limit = number_arg(request, "count", default=20, most=MOST_IN_PAGE)
    before = number_arg(request, "timeOffset", "time-offset", default=1 << 62)
    behind = number_arg(request, "vidOffset", "vid-offset", default=0)
    since = dialect.clock.now_ms() - int(dialect.settings["legacy_recent_days"]) * _DAY_MS
    found = [row for row in dialect.store.rows("contacts") if _precedes(moment(row), int(row.id), before, behind, since)]
    found.sort(key=lambda row: (moment(row), int(row.id)), reverse=True)
    page = found[:limit]
    last = page[-1] if page else None
    return json_response({
        "contacts": _shown(dialect, request, page, at=moment), "has-more": len(found) > limit,
        "vid-offset": int(last.id) if last else behind, "time-offset": moment(last) if last else 0,
    })


def _precedes(at_ms: int, vid: int, before: int, behind: int, since: int) -> bool:
    """Tell whether a contact comes after the cursor in a list that runs backwards in time."""
    if at_ms < since:
        return False
    return at_ms < before or (at_ms == before and (not behind or vid < behind))


@answers_v1("GET", "/contacts/v1/search/query", id="legacy.contacts_search", evidence=Evidence.CLIENT_SOURCE,
            note="the matching of the query is assumed, as in v3")
def search(dialect: Portal, request: Request) -> Response:
    """Return contacts whose name, address, phone or company holds the query."""
    text = request.arg("q") or ""
    limit = number_arg(request, "count", default=20, most=MOST_IN_PAGE)
    offset = number_arg(request, "offset", default=0)
    dialect.rests_on("hubspot.search_query")
    rows, gone = indexed(dialect, "contacts")
    matches = query_predicate(CONTACTS, text) if text else None
    found = [row for row in rows if row.id not in gone and (matches is None or matches(row))]
    found.sort(key=lambda row: int(row.id))
    page = found[offset : offset + limit]
    names, history = asked_names(request), with_history(request, default=False)
    return json_response({
        "query": text, "offset": offset + len(page), "has-more": offset + limit < len(found), "total": len(found),
        "contacts": [contact(dialect, row, names, history=history) for row in page],
    })


@answers_v1("GET", "/contacts/v1/contact/vids/batch", id="legacy.contacts_by_vids", evidence=Evidence.CLIENT_SOURCE)
def by_vids(dialect: Portal, request: Request) -> Response:
    """Return profiles by vid (`vid=1&vid=2`); those that do not exist are left out."""
    asked = [vid for vid in request.args("vid")[:MOST_IN_PAGE] if is_number(vid)]
    return _by_key(dialect, request, (dialect.store.get("contacts", vid) for vid in asked))


@answers_v1("GET", "/contacts/v1/contact/emails/batch", id="legacy.contacts_by_emails", evidence=Evidence.CLIENT_SOURCE)
def by_emails(dialect: Portal, request: Request) -> Response:
    """Return profiles by address (`email=a&email=b`); those that do not exist are left out."""
    return _by_key(dialect, request, map(dialect.contact_by_email, request.args("email")[:MOST_IN_PAGE]))


def _by_key(dialect: Portal, request: Request, rows: Iterable[Row | None]) -> Response:
    names, history = asked_names(request), with_history(request, default=True)
    forms = FormSubmissions(dialect, request, default="all")
    return json_response({
        row.id: contact(dialect, row, names, history=history, submissions=forms.of(row)) for row in rows if row is not None
    })
