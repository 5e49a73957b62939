"""I11: a sync mails nobody: no welcome, no "please confirm", whatever it writes."""

from __future__ import annotations

from syncproof_mocks.journal import Actor, Exchange

from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.mailing import Mailed, Mailing
from . import Rule, Seen

RULES = (Rule("CONS-011", "a sync sends no mail (I11)", Severity.CRITICAL, ("B080", "B002")),)


def sync_sends_no_mail(oracle: Oracle, seen: Seen) -> None:
    """Look at each message: none may have been asked for by a request of the connector."""
    for message in Mailing(oracle).all:
        seen.look("CONS-011")
        exchange = oracle.ledger.exchange(message.change.exchange)
        if exchange is not None and exchange.actor is Actor.CONNECTOR:
            _report(oracle, seen, message, exchange)


def _report(oracle: Oracle, seen: Seen, message: Mailed, exchange: Exchange) -> None:
    person, mail = message.person, message.mail
    label = oracle.identity.label(person) if person else mail.address
    state = oracle.consents.state_at(person, mail.key, message.change.seq) if person and mail.key else None
    who = f"{label}, who had refused mail," if state is not None and state.refuses else label
    held = f" It was held back: {mail.refused}." if mail.refused else ""
    seen.finding(
        "CONS-011", f"The connector had the mail `{mail.campaign}` sent to {who} by #{exchange.seq} {exchange.method} {exchange.path}.{held}",
        system=str(message.side), kind="contact", person=label, expected="no mail", found="mailed", classification="mail_by_sync",
        caused_by=message.change.seq, record_id=mail.record_id, requests=(exchange.seq,),
    )
