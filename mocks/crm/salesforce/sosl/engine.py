"""The way of a search: words to a test, objects to plans (as SOQL makes them), rows to records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from ....journal import Row
from ..kinds import Kind
from ..soql.errors import LocatedError
from ..soql.parse import parse_query
from ..soql.projection import Projection
from ..soql.selection import plan_rows, root_scope
from ..soql.session import Session
from ..soql.source import Source
from .parse import Spec
from .words import FIELD_BREAK, Test, parse_words

_TEXTS = frozenset({"string", "textarea", "email", "phone", "url", "encryptedstring"})
_SELECT, _FROM = "SELECT ", " FROM "


@dataclass(frozen=True, slots=True)
class Returning:
    """One object to search: where its rows come from is the caller's affair."""

    kind: Kind
    spec: Spec


@dataclass(slots=True)
class Searched:
    """What was found: records ready for JSON, the rows behind them, the rows shown inside them, what was assumed."""

    records: list[dict[str, Any]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    related: list[Row] = field(default_factory=list)
    assumed: set[str] = field(default_factory=set)


def fields_of(kind: Kind, group: str) -> tuple[str, ...]:
    """Return the fields that a search of ALL, NAME, EMAIL, PHONE or SIDEBAR FIELDS reads, in order of describe."""
    named = kind.name_field
    wanted: dict[str, set[str]] = {"EMAIL": {"email"}, "PHONE": {"phone"}, "SIDEBAR": {"email", "phone"}}
    found = []
    for name, column in kind.columns.items():
        if name in kind.hidden or column.info.vendor_type not in _TEXTS:
            continue
        is_name = name == named or (named is not None and column.compound == named)
        if group == "ALL" or column.info.vendor_type in wanted.get(group, ()) or (group in ("NAME", "SIDEBAR") and is_name):
            found.append(name)
    return tuple(found)


def run_search(
    source: Source, words: str, group: str, returning: Sequence[Returning], limit: int, *, nulls_match: bool = True,
    indexed_ms: int | None = None,
) -> Searched:
    """Return the living records whose fields hold ``words``, object by object. Raises `LocatedError`.

    Records made after ``indexed_ms`` (milliseconds) have not reached the index yet.
    """
    test = parse_words(words)
    searched = Searched(assumed={"search_words"})
    for wanted in returning:
        session = Session.begin(source, include_deleted=False, nulls_match=nulls_match, zone=UTC)
        _search_one(session, wanted, fields_of(wanted.kind, group), test, searched, limit, indexed_ms)
        searched.related += session.related
        searched.assumed |= session.assumed
    return searched


def _search_one(
    session: Session, wanted: Returning, names: Iterable[str], test: Test, searched: Searched, limit: int,
    indexed_ms: int | None,
) -> None:
    spec = wanted.spec
    fields = spec.fields.strip() and spec.fields
    text = f"{_SELECT}{fields or 'Id'}{_FROM}{spec.name} {spec.rest}"
    try:
        tree = parse_query(text)
        if tree.group_by or tree.having is not None:
            raise LocatedError("GROUP BY is not allowed in RETURNING", code="MALFORMED_SEARCH", at=len(text))
        scope = root_scope(session, tree)
        projection, plan = Projection(scope, tree), plan_rows(scope, tree)
        phones = {n for n, c in wanted.kind.columns.items() if c.info.vendor_type == "phone"}
        reads = [(name, name in phones) for name in names]
        rows = plan.pick(
            row for row in session.source.rows(scope.kind, False)
            if (indexed_ms is None or row.created_ms <= indexed_ms) and test(_text(row.values, reads))
        )
        rows = rows[: max(limit - len(searched.rows), 0)]
        searched.records += projection.records(rows)
    except LocatedError as error:
        error.at = _placed(error.at, spec, len(fields or "Id"))
        raise
    searched.rows += rows


def _text(values: Mapping[str, Any], reads: Iterable[tuple[str, bool]]) -> str:
    parts = []
    for name, is_phone in reads:
        value = values.get(name)
        if isinstance(value, str) and value:
            parts.append(value)
            if is_phone:
                # A number is found however it was written down.
                parts.append("".join(c for c in value if c.isdigit()))
    return FIELD_BREAK.join(parts).casefold()


def _placed(at: int | None, spec: Spec, fields_length: int) -> int | None:
    """Return where in the statement an offset of the pieced-together query points."""
    if at is None:
        return None
    head = len(_SELECT)
    name_at = head + fields_length + len(_FROM)
    if at < head + fields_length:
        return spec.fields_at + max(at - head, 0) if spec.fields else spec.at
    if at < name_at + len(spec.name) + 1:
        return spec.at
    return spec.rest_at + at - name_at - len(spec.name) - 1
