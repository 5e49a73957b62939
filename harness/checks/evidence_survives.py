"""I5: the evidence of a yes survives every sync: when, through what and by whom it was said."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from syncproof_mocks.consent import ConsentState
from syncproof_mocks.journal import Actor

from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.consent_story import told
from ..oracle.consents import Turn
from ..oracle.fields import Oracle
from ..oracle.sayings import Saying
from . import Rule, Seen

RULES = (Rule("CONS-005", "the evidence of a yes is neither lost nor altered (I5)", Severity.CRITICAL, ("B081",)),)

# Stamps of one system may be cut to the second by the other.
_TOLERANCE = timedelta(seconds=1)
# The beginning of a source counts: a field may be too short for all of it.
_TELLING_LETTERS = 40
_NO_WORD = re.compile(r"[^a-z0-9]+")


def evidence_survives(oracle: Oracle, seen: Seen) -> None:
    """Look at each state of the journal that the connector made out of a proved yes: its evidence must be there."""
    for turn in oracle.consents.touches:
        row = turn.change.after
        if turn.change.actor is not Actor.CONNECTOR or turn.after.refuses or row is None or row.deleted:
            continue
        said = _proved(oracle, turn)
        if said:
            seen.look("CONS-005")
            wrong = _lost(turn) or _altered(oracle, turn, said)
            if wrong:
                _report(oracle, seen, turn, said[-1], *wrong)


def _proved(oracle: Oracle, turn: Turn) -> list[Saying]:
    """Return the proved yeses to this very key by then, the latest last; none where a refusal holds."""
    ledger, seq = oracle.consents, turn.change.seq
    state = ledger.state_at(turn.person, turn.key, seq)
    if state.refuses or state < ConsentState.GRANTED:
        return []
    return [s for s in ledger.said_by(turn.person, seq) if s.key == turn.key and s.grant and s.proved and not s.waits]


def _lost(turn: Turn) -> tuple[str, str] | None:
    """Return what was lost: a yes written, or left, without proof."""
    if turn.after >= ConsentState.GRANTED or (turn.before < ConsentState.GRANTED and turn.after <= turn.before):
        return None
    return "a yes with its evidence", turn.after.name.lower()


def _altered(oracle: Oracle, turn: Turn, said: list[Saying]) -> tuple[str, str] | None:
    """Return what was altered where the mapping names the fields that hold when and through what."""
    field, mark = oracle.consents.keys.get(turn.key), turn.mark
    if field is None or field.consent is None or mark is None or turn.side is not Side.CRM or not turn.after.permits:
        return None
    times, at = [t for s in said if (t := _moment(s.at)) is not None], _moment(mark.at)
    if field.consent.crm_at and times and (at is None or all(abs(at - t) > _TOLERANCE for t in times)):
        return "said when it was said", "said at another time" if at else "said at no time that can be read"
    sources = [_plain(s.source)[:_TELLING_LETTERS].strip() for s in said if s.source]
    if field.consent.crm_source and sources and not any(s in _plain(mark.source) for s in sources):
        return f"said through {said[-1].source}", "said through something else" if mark.source else "said through nothing"
    return None


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _plain(text: str | None) -> str:
    """Return the words of a source as they can be compared: other systems put them in other cases and add their own."""
    return _NO_WORD.sub(" ", (text or "").casefold()).strip()


def _report(oracle: Oracle, seen: Seen, turn: Turn, said: Saying, expected: str, found: str) -> None:
    label = oracle.identity.label(turn.person)
    exchange = oracle.ledger.exchange(turn.change.exchange)
    where = f"by #{exchange.seq} {exchange.method} {exchange.path}" if exchange else "by the connector"
    origin = f" in the {said.side.upper()}" if said.side else ""
    seen.finding(
        "CONS-005",
        f"{label} said yes to {turn.key}{origin} through `{said.source}`, but {where} the {turn.side.upper()} now says "
        f"{found}: nobody can prove this consent there.",
        system=str(turn.side), kind=turn.change.kind, person=label, field=str(turn.key), expected=expected, found=found,
        classification="evidence_lost" if _lost(turn) else "evidence_altered", caused_by=turn.change.seq, record_id=turn.change.record_id,
        requests=(exchange.seq,) if exchange else (), **told(oracle, turn),
    )
