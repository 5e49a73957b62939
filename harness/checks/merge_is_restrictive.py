"""I6: whoever is left after a merge by the connector refuses what any of the merged had refused."""

from __future__ import annotations

from collections.abc import Iterator

from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.journal import Actor, Change, Row
from syncproof_mocks.store import Snapshot

from ..evidence import State
from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.identity import side_of
from . import Rule, Seen

RULES = (Rule("CONS-006", "a merge keeps the most restrictive consent (I6)", Severity.CRITICAL, ("B006", "B078")),)


def merge_is_restrictive(oracle: Oracle, seen: Seen) -> None:
    """Look at each merge the connector made: what any part refused before, the survivor refuses once all is settled."""
    for sync in range(1, len(oracle.evidence.states)):
        if oracle.scope.is_broken(sync):
            continue
        before, after = oracle.evidence.before_syncs[sync - 1], oracle.evidence.states[sync]
        for side, lost, survivor in _merged(oracle, sync, before, after):
            parts = [r for r in before.on(side).rows(lost.kind) if _answers(after.on(side), r, survivor)]
            refused = {k for row in (lost, *parts) for k in _refused(oracle, side, before.on(side), row, every_address=True)}
            seen.look("CONS-006")
            missing = refused - _refused(oracle, side, after.on(side), survivor, every_address=False)
            for key in sorted(missing, key=str):
                _report(oracle, seen, side, survivor, lost, key, sync)


def _merged(oracle: Oracle, sync: int, before: State, after: State) -> Iterator[tuple[Side, Row, Row]]:
    """Yield (side, a record that went, the record that is left) for each merge that the connector made in a sync."""
    summary = oracle.evidence.syncs[sync - 1]
    gone = {
        (side_of(oracle.evidence, e.system), e.kind, e.record_id)
        for e in oracle.evidence.entries[summary.start_seq : summary.end_seq]
        if isinstance(e, Change) and e.actor is Actor.CONNECTOR and (e.after is None or e.after.deleted)
    }
    told: set[tuple[Side, str]] = set()
    for side, kind, record_id in sorted(gone):
        row = before.on(side).get(kind, record_id)
        left = _left(after.on(side), row) if row is not None and kind in oracle.identity.people_kinds(side) else None
        # A survivor with a new id has several parts that went: it is one merge.
        if row is not None and left is not None and left.id != record_id and (side, left.id) not in told:
            told.add((side, left.id))
            yield side, row, left


def _left(snapshot: Snapshot, row: Row) -> Row | None:
    """Return the living record that answers for one: itself, its alias, or the winner that a merged one names."""
    found = snapshot.get(row.kind, row.id)
    if found is not None and found.deleted:
        master = found.values.get("MasterRecordId")
        found = snapshot.get(row.kind, str(master)) if master else None
    return None if found is None or found.deleted else found


def _answers(after: Snapshot, row: Row, survivor: Row) -> bool:
    left = _left(after, row)
    return left is not None and left.id == survivor.id


def _refused(oracle: Oracle, side: Side, snapshot: Snapshot, row: Row, *, every_address: bool) -> set[ConsentKey]:
    """Return what a record refuses: by itself, or by its address (only the first one is mailed)."""
    dialect = oracle.evidence.dialects[side]
    addresses = dialect.addresses(row) if every_address else dialect.addresses(row)[:1]
    found = {m.key for m in dialect.consents(row) if m.state.refuses}
    for kind in snapshot.tables:
        if kind not in oracle.identity.people_kinds(side):
            marks = (m for r in snapshot.rows(kind) for m in dialect.consents(r))
            found |= {m.key for m in marks if m.state.refuses and m.contact_point.casefold() in addresses}
    return found


def _report(oracle: Oracle, seen: Seen, side: Side, survivor: Row, lost: Row, key: ConsentKey, sync: int) -> None:
    label = oracle.identity.label(oracle.identity.person_of(side, survivor))
    seen.finding(
        "CONS-006", f"The connector merged {lost.kind} {lost.id} into {survivor.id} ({label}) in the {side.upper()}; one of them had "
        f"refused {key}, and who is left does not.", system=str(side), kind=survivor.kind, person=label, field=str(key),
        expected="withdrawn", found="mailable", classification="refusal_lifted", record_id=survivor.id, sync=sync,
    )
