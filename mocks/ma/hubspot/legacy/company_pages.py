"""Companies v2 by the page: all of them, the recent ones, those of a domain."""

from __future__ import annotations

from itertools import islice
from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..errors import Refusal
from ..portal import Portal
from ..values import domain_of
from ..wire import json_response, parsed, text_of
from . import shapes
from .envelope import answers_v1, checked_number, number_arg
from .recent import recent

_ROOT = "/companies/v2/companies"


def _asked(request: Request) -> tuple[list[str], list[str]]:
    """Return the properties that a page shows and those of them that come with all versions."""
    history = request.args("propertiesWithHistory")
    return [*request.args("properties"), *request.args("property"), *history], history


@answers_v1("GET", f"{_ROOT}/paged", id="legacy.companies", evidence=Evidence.CLIENT_SOURCE,
            note="a page without `properties` shows none: assumed")
def paged(dialect: Portal, request: Request) -> Response:
    """Return one page of all companies in order of id; `offset` is the last id shown."""
    limit = number_arg(request, "limit", "count", default=100, most=250)
    offset = number_arg(request, "offset", default=0)
    names, history = _asked(request)
    if not names:
        dialect.rests_on("hubspot.legacy_page_without_properties")
    rows = list(islice(dialect.rows_from("companies", offset + 1, archived=False), limit + 1))
    page = rows[:limit]
    return json_response({
        "companies": [shapes.company(dialect, row, dict.fromkeys(names), history) for row in page],
        "has-more": len(rows) > limit, "offset": int(page[-1].id) if page else offset,
    })


@answers_v1("GET", f"{_ROOT}/recent/modified", id="legacy.companies_modified", evidence=Evidence.CLIENT_SOURCE)
def recently_modified(dialect: Portal, request: Request) -> Response:
    """Return the companies changed lately, all properties with them."""
    return _recent(dialect, request, modified=True)


@answers_v1("GET", f"{_ROOT}/recent/created", id="legacy.companies_created", evidence=Evidence.CLIENT_SOURCE)
def recently_created(dialect: Portal, request: Request) -> Response:
    """Return the companies made lately, all properties with them."""
    return _recent(dialect, request, modified=False)


def _recent(dialect: Portal, request: Request, *, modified: bool) -> Response:
    rows = dialect.store.rows("companies")
    return recent(request, rows, lambda row: row.modified_ms if modified else row.created_ms,
                  lambda row: shapes.company(dialect, row, None))


@answers_v1("POST", "/companies/v2/domains/{domain}/companies", id="legacy.companies_search_by_domain", evidence=Evidence.CLIENT_SOURCE)
def by_domain(dialect: Portal, request: Request) -> Response:
    """Return the companies of a domain in order of id; the body may name properties, a limit and an offset."""
    body = parsed(request) if request.body else {}
    if not isinstance(body, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    limit = _limit(body.get("limit"))
    behind = _behind(body.get("offset"))
    options = body.get("requestOptions") or {}
    names = options.get("properties") if isinstance(options, dict) else None
    if names is not None and not isinstance(names, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.String>", "the given value")
    rows = _of_domain(dialect, request.params["domain"], behind)
    page = rows[:limit]
    wanted = [text_of(n) for n in names or ("name", "domain", "createdate", "hs_lastmodifieddate")]
    return json_response({
        "results": [shapes.company(dialect, row, wanted) for row in page], "hasMore": len(rows) > limit,
        "offset": {"companyId": int(page[-1].id) if page else behind, "isPrimary": True},
    })


def _limit(given: object) -> int:
    if given is None:
        return 100
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= 100:
        raise Refusal(400, f"Invalid limit {given}", assumed="hubspot.text_limit")
    return given


def _behind(offset: object) -> int:
    if not isinstance(offset, dict) or offset.get("companyId") is None:
        return 0
    return int(checked_number(text_of(offset["companyId"]), "companyId"))


def _of_domain(dialect: Portal, domain: str, behind: int) -> list[Row]:
    found: list[Any] = [dialect.store.get("companies", i) for i in dialect.store.find("companies", "domain", domain_of(domain))]
    return sorted((row for row in found if row is not None and int(row.id) > behind), key=lambda row: int(row.id))
