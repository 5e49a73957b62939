"""Who is in a list: stored members of MANUAL and SNAPSHOT lists, the records that pass the filters of DYNAMIC ones.

DYNAMIC lists are evaluated when they are looked at, on the records as the search index has them: with a `search_lag_ms`
they lag as much (research/hubspot.md 3.14). When a record joined a DYNAMIC list is not known then; the later of its own
last change and that of the filters is shown (ASSUMED).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....journal import Row
from ..filters import Predicate
from ..kinds import ObjectType
from ..portal import Portal
from ..search import indexed
from . import refusals, roll
from .branches import compiled

_MOST_NESTED = 20  # ours: what the vendor allows is not known


@dataclass(frozen=True, slots=True)
class Member:
    """One living record of a list: when it was added first, and when it joined as it is now."""

    record: Row
    first_ms: int
    joined_ms: int

    @property
    def number(self) -> int:
        """Return the record id as a number: the order in which members are listed."""
        return int(self.record.id)


def members(dialect: Portal, row: Row) -> list[Member]:
    """Return the members of a list in order of record id; nobody while it is processing."""
    return _members(dialect, row, ())


def member_ids(dialect: Portal, row: Row) -> frozenset[str]:
    """Return the record ids of the members."""
    return frozenset(m.record.id for m in members(dialect, row))


def predicate_of(dialect: Portal, object_type: ObjectType, branch: object, list_id: str | None = None) -> Predicate:
    """Return the test that filters make for the list ``list_id`` (None: one that does not exist yet). Raises `Refusal`."""
    return _test(dialect, object_type, branch, () if list_id is None else (list_id,), strict=True)


def passing(dialect: Portal, object_type: ObjectType, test: Predicate) -> list[Row]:
    """Return the living records that pass a test, in order of id."""
    rows, gone = indexed(dialect, object_type.kind)
    return sorted((r for r in rows if r.id not in gone and test(r)), key=lambda r: int(r.id))


def _members(dialect: Portal, row: Row, within: tuple[str, ...]) -> list[Member]:
    if roll.is_processing(dialect, row):
        return []
    object_type = roll.type_of(row)
    if row.values["processing"] != roll.DYNAMIC:
        return _stored(dialect, row, object_type.kind)
    dialect.rests_on("hubspot.list_joined_at")
    since = row.values["filters_ms"]
    test = _test(dialect, object_type, row.values["filter"], (*within, row.id))
    found = []
    for record in passing(dialect, object_type, test):
        joined = max(since, record.modified_ms)
        found.append(Member(record, joined, joined))
    return found


def _stored(dialect: Portal, row: Row, kind: str) -> list[Member]:
    """Return the stored members that still exist; after a merge two of them may be one record."""
    found: dict[str, Member] = {}
    for member in roll.stored(dialect, row):
        record = dialect.store.get(kind, member.values["record"])
        if record is not None and record.id not in found:
            found[record.id] = Member(record, member.values["first_ms"], member.values["last_ms"])
    return sorted(found.values(), key=lambda m: m.number)


def _test(
    dialect: Portal, object_type: ObjectType, branch: object, within: tuple[str, ...], *, strict: bool = False
) -> Predicate:
    """Compile a branch; ``strict`` refuses deleted lists, which otherwise hold nobody (ASSUMED)."""

    def members_of(list_id: str) -> tuple[Row, frozenset[str]]:
        if list_id in within:
            raise refusals.bad_filter(f"list {list_id} would depend on itself")
        if len(within) > _MOST_NESTED:
            raise refusals.bad_filter(f"lists refer to each other more than {_MOST_NESTED} deep")
        other = dialect.store.get(roll.KIND, list_id, deleted=not strict)
        if other is None:
            raise refusals.no_list(list_id)
        if other.deleted:
            dialect.rests_on("hubspot.list_deleted_reference")
            return other, frozenset()
        return other, frozenset(m.record.id for m in _members(dialect, other, within))

    return compiled(dialect, object_type, branch, members_of)


def size(dialect: Portal, row: Row) -> int:
    """Return how many members a list has."""
    return len(members(dialect, row))


def shown_list(dialect: Portal, row: Row, *, filters: bool = False) -> dict[str, Any]:
    """Return a list with its size, as the API shows it."""
    return roll.shown(dialect, row, 0 if row.deleted else size(dialect, row), filters=filters)
