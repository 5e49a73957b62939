"""Nobody gets the same mail twice, nor more mails than the contact-frequency rule allows: a person counts, not a record."""

from __future__ import annotations

from collections import defaultdict

from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.mailing import Mailed, Mailing, told_of
from . import Rule, Seen

DAY_MS = 86_400_000

RULES = (
    Rule("MAIL-003", "nobody gets the same mail twice", Severity.MAJOR, ("B018", "B020", "B023")),
    Rule("MAIL-004", "nobody gets more mails than the contact-frequency rule allows", Severity.MAJOR, ("B018", "B023")),
)


def mail_is_counted(oracle: Oracle, seen: Seen) -> None:
    """Count what went out by person: within each campaign, and over the days that a campaign's rule speaks of."""
    mailing = Mailing(oracle)
    everything = mailing.sent
    for act, messages in mailing.campaigns():
        by_person: dict[str, list[Mailed]] = defaultdict(list)
        for message in messages:
            if message.person is not None and not message.mail.refused:
                by_person[message.person].append(message)
        at_most, days = told_of(act)["at_most"], told_of(act)["days"]
        for person, mine in by_person.items():
            _once(oracle, seen, person, mine)
            if at_most is not None:
                _capped(oracle, seen, person, mine[-1], everything, at_most, days)


def _once(oracle: Oracle, seen: Seen, person: str, mine: list[Mailed]) -> None:
    """Two records that people themselves made of one person are theirs; one that the connector made is its own doing."""
    seen.look("MAIL-003")
    linked = {link.record_id for link in oracle.evidence.links if link.person == person}
    if len(mine) > 1 and any(m.mail.record_id not in linked for m in mine):
        label = oracle.identity.label(person)
        records = ", ".join(str(m.mail.record_id) for m in mine)
        seen.finding(
            "MAIL-003", f"{label} got the mail `{mine[0].mail.campaign}` {len(mine)} times, at the records {records}.",
            system=str(mine[0].side), kind="contact", person=label, expected=1, found=len(mine), classification="mailed_twice",
            caused_by=mine[-1].change.seq, record_id=mine[-1].mail.record_id,
        )


def _capped(
    oracle: Oracle, seen: Seen, person: str, last: Mailed, everything: tuple[Mailed, ...], at_most: int, days: int
) -> None:
    seen.look("MAIL-004")
    window = last.mail.at_ms - days * DAY_MS
    mine = [m for m in everything if m.person == person and m.change.seq <= last.change.seq and m.mail.at_ms > window]
    linked = {link.record_id for link in oracle.evidence.links if link.person == person}
    if len(mine) > at_most and any(m.mail.record_id not in linked for m in mine):
        label = oracle.identity.label(person)
        seen.finding(
            "MAIL-004", f"{label} got {len(mine)} mails within {days} days; the contact-frequency rule allows {at_most}. The system "
            "counts by record, and this person has several.", system=str(last.side), kind="contact", person=label,
            expected=at_most, found=len(mine), classification="mailed_too_often", caused_by=last.change.seq,
            record_id=last.mail.record_id,
        )
