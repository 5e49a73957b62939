"""A sync with nothing to do writes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof_mocks.journal import Actor, Change, Entry, Exchange

from ..legible import plural
from ..model import Severity
from ..oracle.consent_refusals import says_only_no
from ..oracle.fields import Oracle
from ..oracle.refusals import is_accepted_write
from . import Rule, Seen

RULES = (Rule("QUIET-001", "a sync with nothing to do writes nothing", Severity.MAJOR, ("B051", "B088", "B092", "B098")),)


def second_sync_quiet(oracle: Oracle, seen: Seen) -> None:
    """Count what the connector changed, or wrote again as it was, in syncs before which nobody had edited anything."""
    for sync in oracle.evidence.syncs:
        if sync.number not in oracle.evidence.quiet_syncs or sync.reads == 0:
            continue
        if sync.number > 1 and oracle.scope.is_broken(sync.number - 1):
            continue  # it makes up for what faults kept its predecessor from doing
        seen.look("QUIET-001")
        entries = _undisturbed(oracle.evidence.entries[sync.start_seq : sync.end_seq])
        changes = [e for e in entries if isinstance(e, Change) and e.actor is Actor.CONNECTOR]
        repeated = [e for e in entries if isinstance(e, Exchange) and is_accepted_write(e)]
        if oracle.scope.has_forgotten(sync.number):
            # Where somebody has opted out of everything, no vendor tells which lists they refuse besides: to say a no again
            # is all that is left to who has lost its state.
            repeated = [e for e in repeated if not says_only_no(e)]
        if repeated and not changes:
            first_write = repeated[0]
            seen.finding(
                "QUIET-001",
                f"Sync {sync.number} had nothing to do, yet it sent {plural(len(repeated), 'write request')} that changed "
                f"nothing; the first was #{first_write.seq} {first_write.method} {first_write.path}.",
                expected=0, found=len(repeated), classification="not_quiet", caused_by=first_write.seq, sync=sync.number,
                requests=tuple(e.seq for e in repeated[:20]),
            )
        if changes:
            first = changes[0]
            exchange = oracle.ledger.exchange(first.exchange)
            names = ", ".join(sorted(first.fields)[:5])
            seen.finding(
                "QUIET-001",
                f"Sync {sync.number} had nothing to do, yet it changed {plural(len(changes), 'record')}; the first was "
                f"{first.system} {first.kind} {first.record_id} ({names})"
                + (f" by #{exchange.seq} {exchange.method} {exchange.path}." if exchange else "."),
                system=None, kind=first.kind, expected=0, found=len(changes), classification="not_quiet",
                caused_by=first.seq, record_id=first.record_id, sync=sync.number,
                requests=tuple(dict.fromkeys(c.exchange for c in changes if c.exchange is not None))[:20],
            )


def _undisturbed(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return the entries before anybody else edited a record: from then on there was something to do."""
    others = (Actor.CRM_USER, Actor.MA_USER, Actor.VENDOR_AUTOMATION)
    end = next((n for n, e in enumerate(entries) if isinstance(e, Change) and e.actor in others), len(entries))
    return entries[:end]
