"""One person, one record per system: the connector adds no second one."""

from __future__ import annotations

from collections import Counter

from syncproof_mocks.journal import Actor, Change, Row

from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.identity import row_at, side_of
from . import Rule, Seen

RULES = (
    Rule("IDENT-001", "one person has one record in each system", Severity.MAJOR, ("B018", "B022", "B024", "B020", "B019", "B021", "B023", "B025", "B026")),
    Rule("IDENT-004", "every record the connector makes is somebody's", Severity.MAJOR, ("B020",)),
    Rule("IDENT-003", "one company has one record in each system", Severity.MAJOR, ("B064", "B027", "B022")),
)


def no_duplicates(oracle: Oracle, seen: Seen) -> None:
    """Compare the number of records per person and company before and after each sync."""
    states = oracle.evidence.states
    for number in range(1, len(states)):
        before, after = oracle.evidence.before_syncs[number - 1], states[number]
        for side in (Side.CRM, Side.MA):
            # Whom a person merged while the connector ran had several records before it began.
            had = {p: len(rows) for p, rows in oracle.identity.records(side, before, after.seq).items()}
            for person, rows in oracle.identity.records(side, after).items():
                seen.look("IDENT-001")
                if len(rows) > max(1, had.get(person, 0)):
                    _report(oracle, seen, person, rows, side, number)
            _companies(oracle, seen, side, number)
    _strangers(oracle, seen)


def _strangers(oracle: Oracle, seen: Seen) -> None:
    """Look at each living person's record that the connector made: it must hold something of somebody."""
    final = oracle.evidence.states[-1]
    for entry in oracle.evidence.entries:
        if not isinstance(entry, Change) or entry.actor is not Actor.CONNECTOR or entry.before is not None:
            continue
        side = side_of(oracle.evidence, entry.system)
        row = row_at(final.on(side), entry.kind, entry.record_id)
        if row is None or row.id != entry.record_id or entry.kind not in oracle.identity.people_kinds(side):
            continue
        seen.look("IDENT-004")
        if oracle.identity.person_of(side, row) is None:
            seen.finding(
                "IDENT-004", f"The connector made {row.kind} {row.id} in the {side.upper()}, which holds nothing of anybody.",
                system=str(side), kind=row.kind, expected=None, found="a record", classification="invented",
                caused_by=entry.seq, record_id=row.id, requests=(entry.exchange,) if entry.exchange is not None else (),
            )


def _report(oracle: Oracle, seen: Seen, person: str, rows: list[Row], side: Side, sync: int) -> None:
    label = oracle.identity.label(person)
    newest = rows[-1]
    system = oracle.evidence.dialects[side].name
    changes = oracle.ledger.changes_of(system, newest.kind, newest.id)
    born = changes[0] if changes and changes[0].before is None else None
    exchange = oracle.ledger.exchange(born.exchange) if born else None
    seen.finding(
        "IDENT-001",
        f"{label} has {len(rows)} records in the {side.upper()} after sync {sync}: "
        f"{', '.join(f'{r.kind} {r.id}' for r in rows)}.",
        system=str(side), kind=newest.kind, person=label, expected=1, found=len(rows), classification="duplicate",
        caused_by=born.seq if born else None, record_id=newest.id, sync=sync,
        requests=(exchange.seq,) if exchange else (),
    )


def _companies(oracle: Oracle, seen: Seen, side: Side, number: int) -> None:
    company = oracle.evidence.mapping.of("company")
    if company is None:
        return
    before, after = oracle.evidence.before_syncs[number - 1], oracle.evidence.states[number]
    had = Counter({k: len(rows) for k, rows in oracle.scope.subjects(before, side, company).items()})
    for key, rows in oracle.scope.subjects(after, side, company).items():
        seen.look("IDENT-003")
        if len(rows) > max(1, had[key]):
            seen.finding(
                "IDENT-003", f"Company {key} has {len(rows)} records in the {side.upper()} after sync {number}.",
                system=str(side), kind="company", person=key, expected=1, found=len(rows), classification="duplicate",
                record_id=rows[-1].id, sync=number,
            )
