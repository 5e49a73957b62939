"""Who was erased in a system is not sent to it again and again, whatever it answers."""

from __future__ import annotations

from syncproof_mocks.journal import Exchange

from ..evidence import Act
from ..legible import plural
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.identity import side_of
from ..oracle.refusals import looks_only
from . import Rule, Seen

RULES = (Rule("CONS-013", "data of an erased person is not submitted again and again", Severity.CRITICAL, ("B012",)),)

# One sync may learn of the erasure by a request that fails; who has learnt it does not try again.
_SYNCS_TO_LEARN = 1


def erased_not_sent_again(oracle: Oracle, seen: Seen) -> None:
    """Count in how many syncs after an erasure a request to that side wrote something about the person."""
    for act in oracle.evidence.acts:
        later = [s for s in oracle.evidence.syncs if act.kind == "erase" and s.number > act.after_sync]
        if len(later) <= _SYNCS_TO_LEARN or _came_anew(oracle, act):
            continue
        seen.look("CONS-013")
        tried = {s.number: found for s in later if (found := _writes(oracle, act, s.start_seq, s.end_seq))}
        if len(tried) > _SYNCS_TO_LEARN:
            _report(oracle, seen, act, tried)


def _came_anew(oracle: Oracle, act: Act) -> bool:
    """Tell whether people entered the person anew: that is a new subject."""
    return any(a.person == act.person and a.kind == "create" and a.seq > act.seq for a in oracle.evidence.acts)


def _writes(oracle: Oracle, act: Act, start: int, end: int) -> list[int]:
    return [
        e.seq for e in oracle.evidence.entries[start:end]
        if isinstance(e, Exchange) and side_of(oracle.evidence, e.system) is act.side and not looks_only(e)
        and act.person in oracle.refusals.mentioned(f"{e.path} {e.request_body.decode('utf-8', 'replace')}")
    ]


def _report(oracle: Oracle, seen: Seen, act: Act, tried: dict[int, list[int]]) -> None:
    label = oracle.identity.label(act.person)
    requests = tuple(seq for found in tried.values() for seq in found)
    seen.finding(
        "CONS-013", f"{label} was erased in the {act.side.upper()}, yet {plural(len(tried), 'sync', 'syncs')} since sent data about this "
        f"person there again (syncs {', '.join(map(str, tried))}).", system=str(act.side), kind=act.object, person=label, expected=0,
        found=len(requests), classification="erased_sent_again", caused_by=requests[0], requests=requests[:20], sync=max(tried),
        record_id=act.record_id,
    )
