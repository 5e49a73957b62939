"""The way of a query: parse, compile against the org, choose rows, make records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, tzinfo

from .aggregate import is_aggregate, is_plain_count, run_aggregate, run_count
from .errors import LocatedError, SoqlError
from .parse import parse_query
from .projection import Projection
from .selection import plan_rows, root_scope
from .session import Session
from .source import QueryResult, Source
from .tree import Query

_TOO_COMPLICATED = "Query is either selecting too many fields or the filter conditions are too complicated."


def run_query(
    source: Source,
    text: str,
    *,
    include_deleted: bool = False,
    nulls_match_not_equal: bool = True,
    timezone: tzinfo = UTC,
) -> QueryResult:
    """Answer a SOQL query over ``source``. Raises `SoqlError` with Salesforce's code and words.

    ``include_deleted`` is what queryAll (or ALL ROWS) does. ``nulls_match_not_equal`` tells whether ``!=``,
    ``NOT IN`` and other negations also return rows whose field is null (sources disagree; the answer names the
    assumption when a null decided something). ``timezone`` is the user's: it tells when a day begins.
    """
    try:
        tree = parse_query(text)
        session = Session.begin(
            source,
            include_deleted=include_deleted or tree.all_rows,
            nulls_match=nulls_match_not_equal,
            zone=timezone,
        )
        return _answer(session, tree)
    except LocatedError as error:
        raise error.in_query(text) from None
    except RecursionError:
        raise SoqlError("QUERY_TOO_COMPLICATED", _TOO_COMPLICATED) from None


def _answer(session: Session, query: Query) -> QueryResult:
    scope = root_scope(session, query)
    if is_plain_count(query):
        return run_count(scope, query)
    if is_aggregate(query):
        return run_aggregate(scope, query)
    if query.having is not None:
        raise LocatedError("HAVING can only be used with GROUP BY")
    projection = Projection(scope, query)
    plan = plan_rows(scope, query)
    rows = plan.pick(plan.candidates())
    records = projection.records(rows)
    result = QueryResult(len(rows), records, scope.kind, False, projection.columns, rows, session.related)
    return replace(result, assumed=tuple(sorted(session.assumed)))
