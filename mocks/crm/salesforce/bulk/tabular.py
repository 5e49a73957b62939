"""A SOQL query as rows of cells: the part of SOQL that the Bulk APIs answer, the rest refused in their words.

Facts: research `salesforce.md` 1.8; what is not supported and its texts: the vendor's page on bulk queries and recorded
answers in public threads (compound data, nested queries).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from ....journal import Row
from ..errors import ApiError
from ..org import Org
from ..queries import OrgSource
from ..soql import SoqlError
from ..soql.errors import LocatedError
from ..soql.fields import Column, Hop, Scope
from ..soql.operands import label_column, label_reader
from ..soql.parse import parse_query
from ..soql.projection import AGGREGATES, Projection
from ..soql.selection import plan_rows, root_scope
from ..soql.session import Session
from ..soql.tree import Call, Child, Path, Query

COMPOUND = "Selecting compound data not supported in Bulk Query"
NESTED = "Aggregate Relationships not supported in Bulk Query"

Reader = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of the answer: its name, type, the path to the row that holds it (blank: the root), and how it is read."""

    name: str
    vendor_type: str
    path: str
    leaf: Reader


@dataclass(slots=True)
class Answer:
    """The rows of a query at the moment it ran, and what of them is shown.

    ``paths`` are the ways to parents, each after the one it continues; ``parents`` has for every row what was found there.
    """

    kind: str
    columns: tuple[Shown, ...]
    rows: list[Row]
    paths: tuple[str, ...]
    parents: list[tuple[Row | None, ...]]
    assumed: tuple[str, ...]

    def values(self, start: int = 0, end: int | None = None) -> Iterator[list[Any]]:
        """Yield the values of each row in SELECT order, as they are stored."""
        if not self.paths:
            leaves = [c.leaf for c in self.columns]
            for row in self.rows[start:end]:
                yield [leaf(row) for leaf in leaves]
            return
        at = {"": -1, **{path: n for n, path in enumerate(self.paths)}}
        plans = [(at[c.path], c.leaf) for c in self.columns]
        for row, parents in zip(self.rows[start:end], self.parents[start:end], strict=True):
            sources = [(parents[n] if n >= 0 else row, leaf) for n, leaf in plans]
            yield [None if source is None else leaf(source) for source, leaf in sources]

    def serve(self, org: Org, start: int = 0, end: int | None = None) -> None:
        """Note that the rows (and the parents shown with them) are shown to the caller."""
        for row in self.rows[start:end]:
            org.served(row)
        for parents in self.parents[start:end]:
            for parent in parents:
                if parent is not None:
                    org.served(parent)
        for assumption in self.assumed:
            org.rests_on(f"salesforce.{assumption}")


def run(org: Org, user_id: str, version: str, text: str, *, include_deleted: bool) -> Answer:
    """Run a bulk query. Raises ApiError with the SOQL engine's code, or FUNCTIONALITY_NOT_ENABLED."""
    source = OrgSource(org, user_id, version)
    try:
        query = parse_query(text)
        _refuse_unsupported(query)
        nulls = bool(org.settings["not_equal_matches_null"])
        deleted = include_deleted or query.all_rows
        session = Session.begin(source, include_deleted=deleted, nulls_match=nulls, zone=UTC)
        return _answer(session, query)
    except LocatedError as error:
        found = error.in_query(text)
        raise ApiError(found.code, found.message, hint=found.hint) from None
    except SoqlError as error:
        raise ApiError(error.code, error.message, hint=error.hint) from None
    except RecursionError:
        raise ApiError("QUERY_TOO_COMPLICATED", "the filter conditions are nested too deeply") from None


def _answer(session: Session, query: Query) -> Answer:
    scope = root_scope(session, query)
    Projection(scope, query)
    ways: dict[str, Hop] = {}
    columns = tuple(_columns(scope, query, ways))
    if any(c.vendor_type == "address" for c in columns):
        raise unsupported(COMPOUND)
    plan = plan_rows(scope, query)
    rows = plan.pick(plan.candidates())
    parents = [_parents(row, ways) for row in rows] if ways else []
    return Answer(scope.kind, columns, rows, tuple(ways), parents, tuple(sorted(session.assumed)))


def _parents(row: Row, ways: dict[str, Hop]) -> tuple[Row | None, ...]:
    found: dict[str, Row | None] = {"": row}
    for path, hop in ways.items():
        child = found[path.rpartition(".")[0]]
        found[path] = None if child is None else hop.follow(child)
    return tuple(found.values())[1:]


def _columns(scope: Scope, query: Query, ways: dict[str, Hop]) -> Iterator[Shown]:
    for item in query.select:
        assert not isinstance(item, Child)
        if isinstance(item.expr, Path):
            yield _shown(scope.column(item.expr), ways)
        elif item.expr.name == "FIELDS":
            yield from _all_fields(scope, item.expr)
        elif item.expr.name == "TOLABEL":
            column = label_column(scope, item.expr)
            shown = _shown(column, ways)
            yield Shown(item.alias or shown.name, "string", shown.path, label_reader(column.info, column.leaf))
        else:
            raise unsupported(f"{item.expr.written}() is not supported in Bulk Query")


def _shown(column: Column, ways: dict[str, Hop]) -> Shown:
    path = ""
    for hop in column.hops:
        path = f"{path}.{hop.name}" if path else hop.name
        ways.setdefault(path, hop)
    return Shown(column.name, column.info.vendor_type, path, column.leaf)


def _all_fields(scope: Scope, call: Call) -> Iterator[Shown]:
    source, session = scope.session.source, scope.session
    group = call.argument.text.upper() if call.argument is not None else ""
    for info in source.fields(scope.kind).values():
        if session.field(scope.kind, info.name) is not None and (group == "ALL" or info.custom is (group == "CUSTOM")):
            yield _shown(scope.own(info), {})


def _refuse_unsupported(query: Query) -> None:
    for item in query.select:
        if isinstance(item, Child):
            raise unsupported(NESTED)
        if isinstance(item.expr, Call) and item.expr.name in AGGREGATES:
            raise unsupported("Aggregate functions are not supported in Bulk Query")
    if query.group_by:
        raise unsupported("GROUP BY is not supported in Bulk Query")
    if query.having is not None:
        raise unsupported("HAVING is not supported in Bulk Query")
    if query.offset:
        raise unsupported("OFFSET is not supported in Bulk Query")


def unsupported(text: str) -> ApiError:
    """Return the refusal of a query that REST would answer and the Bulk APIs do not."""
    return ApiError("FUNCTIONALITY_NOT_ENABLED", text, hint="GET /services/data/{version}/query answers such a query")


# -- cells ----------------------------------------------------------------------------------------------


def csv_lines(answer: Answer, delimiter: str, ending: str) -> Iterator[str]:
    """Yield the answer as lines of CSV, the header first: everything quoted, null is empty, datetimes end in `Z`."""
    makers = [_CELLS.get(c.vendor_type, _text_cell) for c in answer.columns]
    yield delimiter.join(f'"{c.name}"' for c in answer.columns) + ending
    for values in answer.values():
        cells = ['""' if v is None else make(v) for make, v in zip(makers, values, strict=True)]
        yield delimiter.join(cells) + ending


def _text_cell(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return f'"{text}"' if '"' not in text else '"' + text.replace('"', '""') + '"'


def cell_text(value: Any, vendor_type: str) -> str:
    """Return one value as CSV and XML results show it; null is the empty text."""
    if value is None:
        return ""
    if vendor_type == "datetime":
        return str(value).replace("+0000", "Z")
    if vendor_type == "boolean":
        return "true" if value else "false"
    return str(value)


_CELLS: dict[str, Callable[[Any], str]] = {
    "boolean": lambda value: '"true"' if value else '"false"',
    "datetime": lambda value: f'"{value[:-5]}Z"' if value.endswith("+0000") else f'"{value}"',
}
