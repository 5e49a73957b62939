"""What a sync costs grows with the records and edits there are, and not faster: vendors count calls, and time is short."""

from __future__ import annotations

from collections import Counter

from syncproof_mocks.journal import Change, Exchange

from ..legible import plural
from ..mapping.grammar import ObjectMapping
from ..model import Severity, SyncSummary
from ..oracle.calls import Request, calls_in, changes_in, is_answered, living_records, request_of
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (
    Rule("BUDGET-001", "the calls of a sync are in proportion to the records and the edits", Severity.MAJOR, ("B095", "B054", "B096")),
    Rule("BUDGET-002", "no page of records is read over and over in one sync", Severity.MAJOR, ("B054", "B095", "B056")),
    Rule("BUDGET-003", "no record is written over and over in one sync", Severity.MAJOR, ("B051",)),
)

# Generous on purpose: who asks for each record of both sides alone, with its consents and links, and writes each field of
# each edited record by itself, stays within. A product of records and pages, or of records and records, does not.
CALLS_AT_REST, CALLS_PER_RECORD, CALLS_PER_EDITED = 200, 6, 40
# A listing may be read for companies, for people, to match, to verify, and again after a failure.
READINGS_OF_A_PAGE = 8
RECORDS_OF_A_PAGE = 2
WRITES_BESIDE_FIELDS = 10


def calls_bounded(oracle: Oracle, seen: Seen) -> None:
    """Count what each sync that ended by itself asked for and wrote; a service that polls is bounded by time, not by this."""
    for sync in oracle.evidence.syncs:
        if sync.ended != "exited":
            continue
        changed = changes_in(oracle, sync)
        told = [e for e in calls_in(oracle, sync) if is_answered(e)]
        _all(oracle, seen, sync, told, {c.exchange for c in changed})
        _pages(seen, sync, told)
        _writes(oracle, seen, sync, changed)


def _all(oracle: Oracle, seen: Seen, sync: SyncSummary, told: list[Exchange], writing: set[int | None]) -> None:
    """Compare the requests that showed or changed records with the bound."""
    records, edited = living_records(oracle, sync.number), _edited(oracle, sync)
    most = CALLS_AT_REST + CALLS_PER_RECORD * records + CALLS_PER_EDITED * edited
    calls = [e for e in told if e.served or e.seq in writing]
    seen.look("BUDGET-001")
    if len(calls) > most:
        often, times = Counter(e.operation for e in calls).most_common(1)[0]
        seen.finding(
            "BUDGET-001",
            f"Sync {sync.number} made {plural(len(calls), 'request')} for records, with {plural(records, 'record')} on both sides "
            f"and {edited} edited: more than {most}. The most frequent one was {often}, {times} times.",
            expected=f"at most {most}", found=len(calls), classification="too_many_calls", sync=sync.number,
        )


def _edited(oracle: Oracle, sync: SyncSummary) -> int:
    """Return how many records anybody changed since the sync before, the connector in this one included."""
    start = oracle.evidence.syncs[sync.number - 2].start_seq if sync.number > 1 else 0
    window = oracle.evidence.entries[start : sync.end_seq]
    return len({(e.system, e.kind, e.record_id) for e in window if isinstance(e, Change)})


def _pages(seen: Seen, sync: SyncSummary, told: list[Exchange]) -> None:
    pages: dict[Request, list[Exchange]] = {}
    for e in told:
        if len(e.served) >= RECORDS_OF_A_PAGE:
            pages.setdefault(request_of(e), []).append(e)
    seen.look("BUDGET-002", len(pages))
    for same in pages.values():
        if len(same) > READINGS_OF_A_PAGE:
            first = same[0]
            seen.finding(
                "BUDGET-002",
                f"Sync {sync.number} asked {len(same)} times for the same {plural(len(first.served), 'record')}: "
                f"#{first.seq} {first.method} {first.path} and the same again.",
                expected=f"at most {READINGS_OF_A_PAGE}", found=len(same), classification="read_again", sync=sync.number,
                caused_by=first.seq, requests=tuple(e.seq for e in same[:20]),
            )


def _writes(oracle: Oracle, seen: Seen, sync: SyncSummary, changed: list[Change]) -> None:
    written = Counter((c.system, c.kind, c.record_id) for c in changed)
    sides = {dialect.name: side for side, dialect in oracle.evidence.dialects.items()}
    for (system, kind, record_id), times in written.items():
        mapped = [o for o in oracle.evidence.mapping.objects if o.kind_on(sides[system]) == kind]
        if not mapped:
            continue
        seen.look("BUDGET-003")
        most = max(_fields(o) for o in mapped) + WRITES_BESIDE_FIELDS
        if times > most:
            requests = [c.exchange for c in changed if (c.system, c.record_id) == (system, record_id) and c.exchange is not None]
            seen.finding(
                "BUDGET-003",
                f"Sync {sync.number} changed {system} {kind} {record_id} {times} times: more than each of its fields once and "
                f"{WRITES_BESIDE_FIELDS} times besides.",
                system=str(sides[system]), kind=kind, expected=f"at most {most}", found=times, classification="written_again",
                sync=sync.number, record_id=record_id, requests=tuple(dict.fromkeys(requests))[:20],
            )


def _fields(obj: ObjectMapping) -> int:
    return len(obj.fields) + sum(link is not None for link in (obj.owner, obj.company))
