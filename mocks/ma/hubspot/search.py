"""The search endpoint: filters, one sort, offsets up to 10,000, and an index that may lag (research/hubspot.md 1.3, 3.14)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...journal import Actor, Change, Row
from ...wire import Evidence, Request, Response
from . import errors
from .catalogue import Catalogue
from .filters import Predicate, compiled_groups, narrowed, query_predicate, sort_key, unknown_property
from .portal import Portal
from .values import is_whole
from .views import chosen, shown, type_of
from .wire import answers, body_of, json_response, spellings

MOST_GROUPS, MOST_FILTERS, MOST_FILTERS_IN_ALL = 5, 6, 18
MOST_CHARACTERS = 3000
MOST_LIMIT = 200


@answers("POST", *spellings("objects", "/{objectType}/search"), id="objects.search", evidence=Evidence.RECORDING, probe="12",
         note="tokens of CONTAINS_TOKEN and the matching of `query` are assumed")
def search_objects(dialect: Portal, request: Request) -> Response:
    """Return one page of living records that match; `paging.next` has no link here."""
    object_type = type_of(dialect, request)
    catalogue = dialect.catalogue(object_type.kind)
    if len(request.body) > MOST_CHARACTERS and len(request.body.decode("utf-8", "replace")) > MOST_CHARACTERS:
        raise errors.search_refused(f"The request body is longer than {MOST_CHARACTERS} characters",
                                    assumed="hubspot.text_search_limits")
    body = body_of(request)
    limit, after = _window(body, dialect.settings["search_most_results"])
    groups = _groups(body)
    predicates = _predicates(dialect, catalogue, groups, body.get("query"))
    names = _list(body, "properties")
    order = _order(catalogue, body)
    rows, gone = indexed(dialect, object_type.kind)
    if not dialect.settings["search_lag_ms"]:
        few = narrowed(dialect, catalogue, groups)
        rows = rows if few is None else few
    for test in predicates:
        rows = [row for row in rows if test(row)]
    found = list(rows)
    _sort(found, order)
    view = chosen(dialect, catalogue, [str(n) for n in names])
    page = found[after : after + limit]
    answer: dict[str, Any] = {
        "total": len(found),
        # Recorded oddity: what has just been archived still counts, but is not shown.
        "results": [shown(dialect, catalogue, row, view) for row in page if row.id not in gone],
    }
    if after + limit < len(found):
        answer["paging"] = {"next": {"after": str(after + limit)}}
    return json_response(answer)


def indexed(dialect: Portal, kind: str) -> tuple[Iterable[Row], frozenset[str]]:
    """Return the rows as the search index has them, and the ids of those that are gone by now.

    With a lag, records are seen as they were that long ago: unknown when they are younger. Seeds were always there.
    """
    lag_ms = dialect.settings["search_lag_ms"]
    if not lag_ms:
        return dialect.store.rows(kind), frozenset()
    earlier = _earlier_states(dialect, kind, dialect.clock.now_ms() - lag_ms)
    now = {row.id: row for row in dialect.store.rows(kind)}
    gone = frozenset(i for i, row in earlier.items() if row is not None and i not in now)
    states: dict[str, Row | None] = {**now, **earlier}
    return [row for row in states.values() if row is not None and not row.deleted], gone


def _earlier_states(dialect: Portal, kind: str, until_ms: int) -> dict[str, Row | None]:
    """Return what each record changed after ``until_ms`` was before its first such change (None: it was not)."""
    found: dict[str, Row | None] = {}
    system = dialect.store.system
    for entry in reversed(dialect.journal.entries):
        if entry.at_ms <= until_ms:
            break
        if isinstance(entry, Change) and entry.kind == kind and entry.system == system and entry.actor is not Actor.SEED:
            found[entry.record_id] = entry.before
    return found


def _window(body: dict[str, Any], most: int) -> tuple[int, int]:
    """Return limit and offset. Raises `Refusal` beyond 200 results a page or ``most`` in all."""
    limit = _whole(body.get("limit"), "limit", 10)
    after = _whole(body.get("after"), "after", 0)
    if not 0 < limit <= MOST_LIMIT:
        raise errors.search_refused(f"The limit {limit} must be between 1 and {MOST_LIMIT}",
                                    assumed="hubspot.text_search_limits")
    if after + limit > most:
        raise errors.search_refused(f"Paging beyond {most} results is not supported: after {after}, limit {limit}",
                                    assumed="hubspot.text_search_limits")
    return limit, after


def _whole(value: object, name: str, default: int) -> int:
    if value is None or value == "":
        return default
    text = str(value)
    if isinstance(value, bool) or not is_whole(text):
        raise errors.search_refused(f"{name} must be a whole number, not {text}", assumed="hubspot.text_search_limits")
    return int(text)


def _list(body: dict[str, Any], member: str) -> list[Any]:
    found = body.get(member) or []
    if not isinstance(found, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "Object value (token `JsonToken.START_OBJECT`)")
    return found


def _groups(body: dict[str, Any]) -> list[Any]:
    """Return the filter groups, those without filters left out. Raises `Refusal` for too many."""
    groups = _list(body, "filterGroups")
    root = _list(body, "filters")  # shorthand for one group (rule 15)
    if root:
        groups = [*groups, {"filters": root}]
    sizes = [len(_list(g, "filters")) if isinstance(g, dict) else 0 for g in groups]
    if len(groups) > MOST_GROUPS or max(sizes, default=0) > MOST_FILTERS or sum(sizes) > MOST_FILTERS_IN_ALL:
        raise errors.search_refused(
            f"Too many filters: at most {MOST_GROUPS} groups of {MOST_FILTERS}, {MOST_FILTERS_IN_ALL} in all",
            assumed="hubspot.text_search_limits",
        )
    return [g for g in groups if not isinstance(g, dict) or g.get("filters") != []]


def _predicates(dialect: Portal, catalogue: Catalogue, groups: list[Any], query: object) -> list[Predicate]:
    found = []
    test = compiled_groups(dialect, catalogue, groups)
    if test is not None:
        found.append(test)
    if query:
        dialect.rests_on("hubspot.search_query")
        found.append(query_predicate(catalogue.object_type, str(query)))
    return found


Order = tuple[Any, bool]


def _order(catalogue: Catalogue, body: dict[str, Any]) -> Order | None:
    """Return the sort, given as text (`-createdate`) or as an object; more than one is refused."""
    sorts = _list(body, "sorts")
    if not sorts:
        return None
    if len(sorts) > 1:
        raise errors.search_refused("Only one sort is supported", assumed="hubspot.text_search_limits")
    given = sorts[0]
    if isinstance(given, dict):
        name, descending = str(given.get("propertyName")), given.get("direction") == "DESCENDING"
    else:
        name, descending = str(given).removeprefix("-"), str(given).startswith("-")
    prop = catalogue.by_name.get(name)
    if prop is None:
        raise unknown_property(name)
    return sort_key(catalogue.object_type, prop), descending


def _sort(rows: list[Row], order: Order | None) -> None:
    """Sort in place: by id, then by the wanted property; rows without a value come last."""
    rows.sort(key=lambda row: int(row.id))
    if order is None:
        return
    value_of, descending = order
    pairs = [(value_of(row), row) for row in rows]
    known = [p for p in pairs if p[0] is not None]
    known.sort(key=lambda p: p[0], reverse=descending)
    rows[:] = [row for _, row in known] + [row for value, row in pairs if value is None]
