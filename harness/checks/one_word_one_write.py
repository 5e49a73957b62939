"""I12: one word of a person gives one change on the other side, and none comes back to where it was said."""

from __future__ import annotations

from syncproof_mocks.journal import Actor

from ..legible import plural
from ..model import Severity
from ..oracle.consents import Turn
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("CONS-012", "one word about a consent gives one change, and no echo (I12)", Severity.MAJOR, ("B051", "B009")),)


def one_word_one_write(oracle: Oracle, seen: Seen) -> None:
    """Count what the connector wrote about one key at one record between two acts of people about that person."""
    written: dict[tuple[str, str, str, str, int], list[Turn]] = {}
    for touch in oracle.consents.touches:
        if touch.change.actor is Actor.CONNECTOR and not _is_disturbed(oracle, touch):
            change, acts = touch.change, sum(a.person == touch.person and a.seq < touch.change.seq for a in oracle.evidence.acts)
            written.setdefault((change.system, change.kind, change.record_id, str(touch.key), acts), []).append(touch)
    for touches in written.values():
        seen.look("CONS-012")
        echo = _is_echo(oracle, touches[0])
        if echo or len(touches) > 1:
            _report(oracle, seen, touches, is_echo=echo)


def _is_disturbed(oracle: Oracle, touch: Turn) -> bool:
    """Tell whether a fault excuses a repeated write, or the write took the record away."""
    exchange = oracle.ledger.exchange(touch.change.exchange)
    sync = next((s.number for s in oracle.evidence.syncs if s.start_seq <= touch.change.seq < s.end_seq), None)
    gone = touch.change.after is None or touch.change.after.deleted
    return gone or sync is None or oracle.scope.is_broken(sync) or (exchange is not None and bool(exchange.fault))


def _is_echo(oracle: Oracle, touch: Turn) -> bool:
    """Tell whether a write says again, with other evidence, what the person had just said on that very side."""
    if touch.before is not touch.after:
        return False
    said = oracle.consents.last_saying(touch.person, touch.key, touch.change.seq)
    return said is not None and not said.is_seeded and said.side is touch.side and said.key == touch.key


def _report(oracle: Oracle, seen: Seen, touches: list[Turn], *, is_echo: bool) -> None:
    last = touches[-1]
    label = oracle.identity.label(last.person)
    exchanges = tuple(dict.fromkeys(t.change.exchange for t in touches if t.change.exchange is not None))
    what = (
        f"wrote it back to the {last.side.upper()}, where it was said" if is_echo
        else f"wrote it {plural(len(touches), 'time')} in the {last.side.upper()}"
    )
    seen.finding(
        "CONS-012", f"{label} spoke once about {last.key}, and the connector {what}: evidence is replaced, and the other side told anew.",
        system=str(last.side), kind=last.change.kind, person=label, field=str(last.key), expected=1, found=len(touches),
        classification="consent_echoed", caused_by=last.change.seq, record_id=last.change.record_id, requests=exchanges[:20],
    )
