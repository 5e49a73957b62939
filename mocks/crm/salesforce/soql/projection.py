"""SELECT: from rows to records ready for JSON, with canonical names, parents nested and children as sub-results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ....journal import Row
from ....schema import FieldInfo
from .errors import LocatedError, no_such_children, unexpected_token
from .fields import Column, Hop, Scope
from .operands import label_column, label_reader, path_argument
from .rendering import display_text
from .selection import RowPlan, plan_rows
from .session import ASSUMED_FORMAT, Session
from .source import ColumnShape
from .tree import Call, Child, Path, Query, Selected

MAX_FIELDS_ROWS = 200
# A root query and four levels of children (API 58.0 and later).
MAX_LEVELS = 5
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})

Maker = Callable[[Row], Any]


@dataclass
class _Level:
    """The fields selected at one level: of the sObject itself, or of one of its parents."""

    hop: Hop | None = None
    makers: dict[str, Maker | _Level] = field(default_factory=dict)
    columns: list[ColumnShape] = field(default_factory=list)


class Projection:
    """A compiled SELECT list over one sObject."""

    def __init__(self, scope: Scope, query: Query, depth: int = 1) -> None:
        self._scope = scope
        self._session: Session = scope.session
        self._depth = depth
        self._seen: set[str] = set()
        self._root = _Level()
        for item in query.select:
            self._add(item, query)
        self._makers = self._finish(self._root)

    @property
    def columns(self) -> list[ColumnShape]:
        """Return the selected columns in order."""
        return _columns(self._root)

    def records(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """Return the records of the rows."""
        makers = self._makers
        kind = self._scope.kind
        url = self._session.source.row_url
        found = []
        for row in rows:
            record: dict[str, Any] = {"attributes": {"type": kind, "url": url(kind, row.id)}}
            for key, make in makers:
                record[key] = make(row)
            found.append(record)
        return found

    # -- compiling ----------------------------------------------------------------------------------

    def _add(self, item: Selected | Child, query: Query) -> None:
        if isinstance(item, Child):
            self._add_child(item)
        elif isinstance(item.expr, Path):
            if item.alias is not None:
                raise LocatedError("only aggregate expressions use field aliasing", at=item.alias_at)
            self._add_column(self._scope.column(item.expr), None, None)
        elif item.expr.name == "FIELDS":
            self._add_fields(item.expr, query)
        else:
            self._add_call(item.expr, item.alias)

    def _add_call(self, call: Call, alias: str | None) -> None:
        if call.name in AGGREGATES:
            raise LocatedError("only root queries support aggregate expressions", at=call.at)
        if call.name == "TOLABEL":
            column = label_column(self._scope, call)
            self._add_column(column, label_reader(column.info, column.leaf), alias)
        elif call.name == "FORMAT":
            column, maker = self._formatted(call)
            self._add_column(column, maker, alias)
        else:
            raise unexpected_token(call.written, call.at, hint="mocked in SELECT: toLabel, FORMAT, FIELDS and aggregates")

    def _formatted(self, call: Call) -> tuple[Column, Maker]:
        inner = call.argument
        zone = self._session.zone
        if isinstance(inner, Call) and inner.name == "CONVERTTIMEZONE":
            inner = path_argument(inner)
        if not isinstance(inner, Path):
            raise unexpected_token(inner.written if inner else ")", inner.at if inner else call.at)
        column = self._scope.column(inner)
        leaf, info = column.leaf, column.info
        self._session.assumed.add(ASSUMED_FORMAT)
        return column, lambda row: display_text(leaf(row), info, zone)

    def _add_fields(self, call: Call, query: Query) -> None:
        path = path_argument(call)
        group = path.text.upper()
        if group not in ("ALL", "STANDARD", "CUSTOM"):
            raise unexpected_token(path.text, path.at)
        if group != "STANDARD" and (query.limit is None or query.limit > MAX_FIELDS_ROWS):
            raise LocatedError(f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELDS_ROWS}")
        source, kind = self._session.source, self._scope.kind
        for info in source.fields(kind).values():
            if not source.hidden(kind, info.name) and (group == "ALL" or info.custom is (group == "CUSTOM")):
                self._add_column(self._scope.own(info), None, None)

    def _add_column(self, column: Column, maker: Maker | None, alias: str | None) -> None:
        level = self._root
        for hop in column.hops:
            inner = level.makers.setdefault(hop.name, _Level(hop))
            assert isinstance(inner, _Level)
            level = inner
        key = alias or column.info.name
        self._claim(column.name if alias is None else alias)
        level.makers[key] = maker or column.leaf
        level.columns.append(_shape(column.info, key))

    def _claim(self, name: str) -> None:
        if name.lower() in self._seen:
            raise LocatedError(f"duplicate field selected: {name}", code="INVALID_FIELD")
        self._seen.add(name.lower())

    def _add_child(self, item: Child) -> None:
        if self._depth >= MAX_LEVELS:
            raise LocatedError(f"SOQL relationship queries can not be more than {MAX_LEVELS} levels deep", at=item.at)
        query = item.query
        written = query.source.parts[-1]
        found = self._session.source.children(self._scope.kind, written)
        if found is None:
            raise no_such_children(written, query.source.at)
        kind, key = found[:2]
        if query.group_by:
            raise LocatedError("only root queries support aggregate expressions", at=item.at)
        name = found[2] if len(found) == 3 else _children_name(written, self._scope.kind, kind)
        self._claim(name)
        scope = Scope(self._session, kind, query.alias)
        projection = Projection(scope, query, self._depth + 1)
        children = _Children(plan_rows(scope, query), projection, key)
        self._root.makers[name] = children.make
        self._root.columns.append(ColumnShape(name, name, "", aggregate=True, joined=tuple(projection.columns)))

    def _finish(self, level: _Level) -> list[tuple[str, Maker]]:
        """Return the makers of a level, those of parents compiled first."""
        finished: list[tuple[str, Maker]] = []
        for key, maker in level.makers.items():
            finished.append((key, self._parent_maker(maker) if isinstance(maker, _Level) else maker))
        return finished

    def _parent_maker(self, level: _Level) -> Maker:
        hop = level.hop
        assert hop is not None
        makers = self._finish(level)
        follow, related, url = hop.follow, self._session.related, self._session.source.row_url
        polymorphic = hop.polymorphic

        def make(row: Row) -> dict[str, Any] | None:
            parent = follow(row)
            if parent is None:
                return None
            related.append(parent)
            shown = "Name" if polymorphic else parent.kind
            record: dict[str, Any] = {"attributes": {"type": shown, "url": url(parent.kind, parent.id)}}
            for key, inner in makers:
                record[key] = inner(parent)
            return record

        return make


class _Children:
    """A compiled subquery; the children are found through an index, or grouped once for all parents."""

    def __init__(self, plan: RowPlan, projection: Projection, key: str) -> None:
        self._plan = plan
        self._projection = projection
        self._key = key
        self._groups: dict[str, list[Row]] | None = None

    def make(self, parent: Row) -> dict[str, Any] | None:
        """Return the sub-result for one parent, None when it has no children."""
        rows = self._plan.pick(self._of(parent))
        if not rows:
            return None
        self._plan.scope.session.related.extend(rows)
        return {"totalSize": len(rows), "done": True, "records": self._projection.records(rows)}

    def _of(self, parent: Row) -> Iterable[Row]:
        session, kind, key = self._plan.scope.session, self._plan.scope.kind, self._key
        if self._groups is None:
            found = None if session.include_deleted else session.source.lookup(kind, key, parent.id)
            if found is not None:
                return [row for row in found if not row.deleted and row.values.get(key) == parent.id]
            self._groups = {}
            for row in session.source.rows(kind, session.include_deleted):
                self._groups.setdefault(row.values.get(key) or "", []).append(row)
        return self._groups.get(parent.id, ())


def _children_name(written: str, parent: str, child: str) -> str:
    """Return the canonical spelling of a child relationship: a plural of the child's name, with or without the parent's.

    For an org that tells no canonical name; a relationship that is named otherwise keeps the spelling of the query.
    """
    for name in (child, child.removeprefix(parent)):
        for plural in (f"{name}s", f"{name}es", f"{name[:-1]}ies"):
            if plural.lower() == written.lower():
                return plural
    return written


def _shape(info: FieldInfo, key: str) -> ColumnShape:
    return ColumnShape(key, key, info.vendor_type, info.custom, insertable=info.createable, updatable=info.updateable)


def _columns(level: _Level) -> list[ColumnShape]:
    """Return the columns of a level in SELECT order, each parent as one column that joins its own."""
    own = {column.name: column for column in level.columns}
    found = []
    for key, maker in level.makers.items():
        found.append(ColumnShape(key, key, "", joined=tuple(_columns(maker))) if isinstance(maker, _Level) else own[key])
    return found
