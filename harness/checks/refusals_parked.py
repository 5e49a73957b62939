"""What was refused for its content is not sent again and again, unchanged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from syncproof_mocks.journal import Exchange

from ..legible import plural
from ..mapping.grammar import Side
from ..model import Severity, SyncSummary
from ..oracle.fields import Oracle
from ..oracle.identity import side_of
from ..oracle.refusals import is_accepted_write, is_refused_write
from . import Rule, Seen

RULES = (
    Rule("RETRY-001", "a record refused for its content is not sent again for ever while nobody changes it", Severity.MINOR, ("B061",)),
)

# So many syncs in a row may try; so often may one sync send the very same request.
MOST_SYNCS, MOST_TRIES = 3, 5
# Refusals that heal by themselves, and those that many a connector provokes on purpose (create, and update if it exists).
_PASSING = {"UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT"}
_PROBING = {"CONFLICT", "OBJECT_ALREADY_EXISTS", "ALREADY_IN_STATE", "DUPLICATE_VALUE", "OBJECT_NOT_FOUND", "NOT_FOUND", "MISSING"}

Refusal = tuple[Side, str, str]
"""Side, person and code."""


def refusals_parked(oracle: Oracle, seen: Seen) -> None:
    """Count, for each person and code, the syncs in a row that were refused while nobody edited the person."""
    runs: dict[Refusal, list[Exchange]] = defaultdict(list)
    told: set[Refusal] = set()
    for sync in oracle.evidence.syncs:
        _tries(oracle, seen, sync)
        now = dict(_refusals(oracle, sync))
        edited = {act.person for act in oracle.evidence.acts if act.after_sync == sync.number - 1}
        for key in [k for k in runs if k[1] in edited]:
            del runs[key]
            told.discard(key)
        for key, exchange in now.items():
            seen.look("RETRY-001")
            runs[key].append(exchange)
            if len(runs[key]) > MOST_SYNCS and key not in told:
                told.add(key)
                _report(oracle, seen, sync, key, runs[key])


def _report(oracle: Oracle, seen: Seen, sync: SyncSummary, key: Refusal, found: list[Exchange]) -> None:
    side, person, code = key
    label = oracle.identity.label(person)
    seen.finding(
        "RETRY-001", f"{label}: the {side.upper()} refused the same ({code}) in {plural(len(found), 'sync', 'syncs')}, the "
        f"last of them sync {sync.number}, and nobody had edited the person meanwhile: it is sent again for ever.",
        system=str(side), person=label, expected=f"at most {MOST_SYNCS} attempts", found=len(found), classification="retried_for_ever",
        caused_by=found[-1].seq, sync=sync.number, requests=tuple(e.seq for e in found[-20:]),
    )


def _refusals(oracle: Oracle, sync: SyncSummary) -> Iterator[tuple[Refusal, Exchange]]:
    """Yield what was refused for good in a sync: once for each person and code."""
    made = [e for e in oracle.evidence.entries[sync.start_seq : sync.end_seq] if isinstance(e, Exchange)]
    for place, exchange in enumerate(made):
        if not _is_final(oracle, exchange):
            continue
        side = side_of(oracle.evidence, exchange.system)
        for item in exchange.refused:
            if item[1] in _PASSING | _PROBING:
                continue
            for person in oracle.refusals.people_of(exchange, item):
                if not any(_is_written(oracle, e, person) for e in made[place + 1 :] if e.system == exchange.system):
                    yield (side, person, item[1]), exchange


def _is_final(oracle: Oracle, exchange: Exchange) -> bool:
    passing = exchange.status in (408, 409, 423, 429, 477) or exchange.status >= 500
    return is_refused_write(exchange) and not passing and not oracle.evidence.is_struck(exchange, "passing")


def _is_written(oracle: Oracle, exchange: Exchange, person: str) -> bool:
    """Tell whether a later request got something about the person accepted: what was refused was but a detour."""
    if not is_accepted_write(exchange):
        return False
    refused = {p for item in exchange.refused for p in oracle.refusals.people_of(exchange, item)}
    body = exchange.request_body.decode("utf-8", "replace")
    return person not in refused and person in oracle.refusals.mentioned(f"{exchange.path} {body}")


def _tries(oracle: Oracle, seen: Seen, sync: SyncSummary) -> None:
    """Find requests that were sent again within a sync although they had been refused for their content."""
    made = [e for e in oracle.evidence.entries[sync.start_seq : sync.end_seq] if isinstance(e, Exchange) and _is_final(oracle, e)]
    same = Counter((e.system, e.method, e.path, e.request_body) for e in made)
    for (system, method, path, body), times in same.items():
        seen.look("RETRY-001")
        if times > MOST_TRIES:
            which = [e.seq for e in made if (e.system, e.method, e.path, e.request_body) == (system, method, path, body)]
            seen.finding(
                "RETRY-001", f"Sync {sync.number} sent {method} {path} to {system} {times} times, unchanged, and was refused each time.",
                system=str(side_of(oracle.evidence, system)), expected=f"at most {MOST_TRIES} attempts", found=times,
                classification="retried_for_ever", caused_by=which[-1], sync=sync.number, requests=tuple(which[:20]),
            )
