"""What each sync asked of each system, in numbers: the budget of a report and the rules `BUDGET-*` count with this file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from syncproof_mocks.journal import Actor, Change, Exchange

from ..evidence import Evidence
from ..mapping.grammar import Side
from ..model import SyncCalls, SyncSummary
from .fields import Oracle
from .refusals import looks_only

_SIGNING_IN = ("auth.", "oauth.", "soap.login", "soap.logout")

Request = tuple[str, str, str, str, bytes]


def sync_calls(oracle: Oracle) -> tuple[SyncCalls, ...]:
    """Return what each sync asked of each system, in the order of the syncs, CRM first."""
    return tuple(_of(oracle, sync, side) for sync in oracle.evidence.syncs for side in Side)


def day_limits(evidence: Evidence) -> dict[str, int]:
    """Return system -> how many calls its org has room for in a day, for those that count by the day."""
    limits = {dialect.name: dialect.calls_a_day for dialect in evidence.dialects.values()}
    return {system: limit for system, limit in limits.items() if limit is not None}


def calls_in(oracle: Oracle, sync: SyncSummary) -> list[Exchange]:
    """Return the requests of one sync, to either system."""
    return [e for e in oracle.evidence.entries[sync.start_seq : sync.end_seq] if isinstance(e, Exchange)]


def changes_in(oracle: Oracle, sync: SyncSummary) -> list[Change]:
    """Return what the connector changed in one sync."""
    window = oracle.evidence.entries[sync.start_seq : sync.end_seq]
    return [e for e in window if isinstance(e, Change) and e.actor is Actor.CONNECTOR]


def is_answered(exchange: Exchange) -> bool:
    """Tell whether a request was answered as on any ordinary day."""
    return 200 <= exchange.status < 300 and not exchange.fault


def request_of(exchange: Exchange) -> Request:
    """Return what makes a request the very same as another: system, method, address and content."""
    return exchange.system, exchange.method, exchange.path, exchange.query, exchange.request_body


def is_sign_in(exchange: Exchange) -> bool:
    """Tell whether a request is about the session only."""
    return (exchange.operation or "").startswith(_SIGNING_IN)


def living_records(oracle: Oracle, number: int, sides: Iterable[Side] = Side) -> int:
    """Return how many living records of mapped kinds the given sides have after a sync."""
    state = oracle.evidence.states[number]
    kinds = {(side, o.kind_on(side)) for o in oracle.evidence.mapping.objects for side in sides}
    return sum(1 for side, kind in kinds for _ in state.on(side).rows(kind))


def _of(oracle: Oracle, sync: SyncSummary, side: Side) -> SyncCalls:
    dialect = oracle.evidence.dialects[side]
    made = [e for e in calls_in(oracle, sync) if e.system == dialect.name]
    changed = [c for c in changes_in(oracle, sync) if c.system == dialect.name]
    sign_ins = sum(is_sign_in(e) for e in made)
    reads = sum(looks_only(e) and not is_sign_in(e) for e in made)
    by_call = Counter(c.exchange for c in {(c.exchange, c.kind, c.record_id): c for c in changed}.values())
    return SyncCalls(
        sync.number, dialect.name, reads, len(made) - reads - sign_ins, sign_ins, len({c.exchange for c in changed}),
        sum(e.status >= 400 for e in made), len(made) - len({request_of(e) for e in made}), sum(dialect.is_counted(e) for e in made),
        len(set(_subjects(oracle, side, changed))), max(by_call.values(), default=0), max((len(e.served) for e in made), default=0),
        living_records(oracle, sync.number, (side,)), sync.number in oracle.evidence.quiet_syncs, _is_sound(oracle, sync),
    )


def _is_sound(oracle: Oracle, sync: SyncSummary) -> bool:
    succeeded = sync.ended == "settled" or (sync.ended == "exited" and sync.exit_code in oracle.evidence.success_exit_codes)
    return succeeded and not any(e.fault for e in calls_in(oracle, sync))


def _subjects(oracle: Oracle, side: Side, changed: Iterable[Change]) -> Iterator[str]:
    """Yield whose data was changed: a person or a company once, in however many records a vendor keeps what belongs to it."""
    people = oracle.identity.people_kinds(side)
    mapped = {o.kind_on(side) for o in oracle.evidence.mapping.objects}
    for change in changed:
        row = change.after or change.before
        assert row is not None
        person = oracle.identity.person_of(side, row) if row.kind in people else None
        if person is not None:
            yield person
        elif row.kind in mapped:
            yield f"{row.kind} {row.id}"
        else:
            for mark in oracle.evidence.dialects[side].consents(row):
                yield oracle.identity.holder(side, mark.contact_point) or mark.contact_point
