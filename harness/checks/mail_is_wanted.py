"""Nobody is mailed against their will: what a connector did to consents shows in what the MA sends."""

from __future__ import annotations

from syncproof_mocks.consent import ConsentKey

from ..evidence import Act
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.mailing import Mailed, Mailing, told_of
from ..oracle.sayings import Saying, covers, standing_refusals
from . import Rule, Seen

RULES = (
    Rule("MAIL-001", "nobody is mailed whose refusal should have been known there", Severity.CRITICAL, ("B001", "B004", "B008", "B083")),
    Rule("MAIL-002", "a mail for subscribers goes to nobody who never said yes", Severity.CRITICAL, ("B002", "B080")),
    Rule("MAIL-005", "who may be mailed gets the mail", Severity.MAJOR, ("B084", "B082", "B079")),
)


def mail_is_wanted(oracle: Oracle, seen: Seen) -> None:
    """Look at each message of each campaign, against what its person had said before the last sync that counts."""
    mailing = Mailing(oracle)
    for act, messages in mailing.campaigns():
        settled = mailing.settled_before(act.seq)
        known_from = oracle.evidence.syncs[settled - 1].start_seq if settled else 0
        key, told = ConsentKey("email", told_of(act)["purpose"]), told_of(act)
        for message in messages:
            if message.person is not None and not message.mail.refused:
                _against(oracle, seen, message, key, known_from, settled)
                if told["to"] == "subscribed":
                    _without(oracle, seen, message, key)
        if settled and told["at_most"] is None and not told["where"]:
            mailed = {m.person for m in messages if not m.mail.refused}
            _left_out(oracle, seen, act, mailed, key, settled)


def _against(oracle: Oracle, seen: Seen, message: Mailed, key: ConsentKey, known_from: int, settled: int) -> None:
    """A refusal said here, or said in time to be carried here."""
    ledger, person = oracle.consents, message.person
    assert person is not None
    seen.look("MAIL-001")
    said = ledger.said_by(person, message.change.seq)
    # A new address that somebody entered in the sending system has no refusal there before the next sync carries it on.
    moved = ledger.last_move(person, message.change.seq)
    for refusal in standing_refusals(said, key):
        in_time = max(refusal.seq, moved) < known_from and settled > 0 and person in oracle.taking_part(settled)
        here = refusal.side is message.side and (in_time or moved < refusal.seq)
        carried = refusal.side is not None and ledger.travels(_carried(oracle, refusal), refusal.side)
        if here or (in_time and carried and refusal.side is not message.side):
            _report(oracle, seen, "MAIL-001", message, f"refused {refusal.key}{_where(refusal)}", classification="mailed_against_refusal")
            return


def _carried(oracle: Oracle, refusal: Saying) -> ConsentKey:
    """Return the mapped key that carries a refusal: its own, or the widest one that speaks of it."""
    keys = oracle.consents.keys
    return refusal.key if refusal.key in keys else next((k for k in keys if covers(k, refusal.key)), refusal.key)


def _without(oracle: Oracle, seen: Seen, message: Mailed, key: ConsentKey) -> None:
    assert message.person is not None
    seen.look("MAIL-002")
    state = oracle.consents.state_at(message.person, key, message.change.seq)
    if not state.permits and not state.refuses:
        what = "asked, but has not confirmed it," if state.name == "PENDING" else "never said yes to it"
        _report(oracle, seen, "MAIL-002", message, what, classification="mailed_without_consent")


def _left_out(oracle: Oracle, seen: Seen, act: Act, mailed: set[str | None], key: ConsentKey, settled: int) -> None:
    """Who could be mailed by what was said and done in time, and takes part, must be among those who got it."""
    ledger, start = oracle.consents, oracle.evidence.syncs[settled - 1].start_seq
    needs_yes = told_of(act)["to"] == "subscribed"
    for person in oracle.taking_part(settled):
        if ledger.state_at(person, key, act.seq).refuses or ledger.state_at(person, key, start).refuses:
            continue
        if not ledger.is_reachable(person, start, act.seq) or (needs_yes and not _agreed(oracle, person, key, start)):
            continue
        seen.look("MAIL-005")
        if person not in mailed:
            label = oracle.identity.label(person)
            why = f"said yes to {key} with proof" if needs_yes else f"never refused {key}"
            seen.finding(
                "MAIL-005", f"{label} {why} and takes part in the sync, but the mail `{act.record_id}` did not go to this person.",
                system=str(act.side), kind="contact", person=label, field=str(key), expected="mailed", found="not mailed",
                classification="not_mailed", sync=settled,
            )


def _agreed(oracle: Oracle, person: str, key: ConsentKey, start: int) -> bool:
    """Tell whether a person's proved yes to a key had been said in time, for the address that the person still has."""
    said = [s for s in oracle.consents.said_by(person, start) if s.key == key and s.grant and s.proved]
    return bool(said) and oracle.consents.last_move(person, len(oracle.evidence.entries)) < said[-1].seq


def _where(refusal: Saying) -> str:
    return f" in the {refusal.side.upper()}" if refusal.side else ""


def _report(oracle: Oracle, seen: Seen, rule: str, message: Mailed, why: str, *, classification: str) -> None:
    label = oracle.identity.label(message.person)
    seen.finding(
        rule, f"{label} got the mail `{message.mail.campaign}` although this person {why}.", system=str(message.side),
        kind="contact", person=label, field=str(message.mail.key) if message.mail.key else None, expected="no mail", found="mailed",
        classification=classification, caused_by=message.change.seq, record_id=message.mail.record_id,
    )
