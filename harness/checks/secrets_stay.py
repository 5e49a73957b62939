"""Neither credentials nor people's data stand in what the connector prints or in the addresses it calls."""

from __future__ import annotations

from collections.abc import Iterable
from json import dumps
from urllib.parse import parse_qsl, unquote, unquote_plus

from syncproof_mocks.journal import Exchange

from ..legible import plural
from ..model import Severity
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("SECRET-001", "no credential and no person is printed or put into an address", Severity.MAJOR, ("B093",)),)

SHORTEST_SECRET = 8
# Operations whose own address holds a token, because the vendor made it so.
_TOKEN_IN_PATH = ("oauth.access_token", "oauth.refresh_token", "oauth.delete_refresh_token", "auth.revoke_by_get")
# Parameters in which the vendors' own search languages and look-ups take addresses of people.
_LOOK_UPS = frozenset({"q", "query", "search", "email", "emails", "ids", "id", "recipient"})


def secrets_stay(oracle: Oracle, seen: Seen) -> None:
    """Search the connector's output for credentials and for who people are, and the addresses it calls for credentials and people.

    An address of a person in the path of a call, or in what the vendor looks people up by, is the vendor's choice.
    """
    secrets = [s for s in oracle.evidence.secrets if len(s) >= SHORTEST_SECRET]
    people = [p.email for p in oracle.evidence.people.values() if "@" in p.email]
    telling = _telling(oracle) if any(oracle.evidence.outputs) else []
    for number, output in enumerate(oracle.evidence.outputs, start=1):
        _printed(oracle, seen, number, output, secrets, telling)
    folded = [e.casefold() for e in people]
    for entry in oracle.evidence.entries:
        if isinstance(entry, Exchange):
            seen.look("SECRET-001")
            _addressed(seen, entry, secrets, folded)


def _telling(oracle: Oracle) -> list[tuple[str, str, str]]:
    """Return (text in lower case, what it is, person) for all that tells who somebody is and is nobody else's.

    Addresses that people entered in the story count too. Programs print text as it is or as JSON does, without letters beyond ASCII.
    """
    found = [(a, "e-mail address", p) for a, p in oracle.identity.addresses.items() if "@" in a]
    found += [(a, "e-mail address", min(keys)) for a, keys in oracle.identity.sharers.items() if "@" in a]
    for p in oracle.evidence.people.values():
        found += [(form.casefold(), "name", p.key) for form in dict.fromkeys((p.last_name, dumps(p.last_name)[1:-1]))]
        found += [(phone, "phone number", p.key) for phone in (p.phone, p.mobile)]
    return [(text, what, person) for text, what, person in found if text]


def _printed(
    oracle: Oracle, seen: Seen, number: int, output: str, secrets: Iterable[str], telling: Iterable[tuple[str, str, str]]
) -> None:
    seen.look("SECRET-001")
    folded = output.casefold()
    if any(s in output for s in secrets):
        seen.finding("SECRET-001", f"The output of sync {number} contains a credential of the sandbox.",
                     severity=Severity.CRITICAL, expected="no credential", found="a credential",
                     classification="credential_printed", sync=number)
    shown = [(what, person) for text, what, person in telling if text in folded]
    if shown:
        people = list(dict.fromkeys(person for _, person in shown))
        what = ", ".join(dict.fromkeys(what for what, _ in shown))
        seen.finding("SECRET-001", f"The output of sync {number} names {plural(len(people), 'person', 'people')} by {what}, "
                     f"e.g. {oracle.identity.label(people[0])}.", expected="no personal data", found=what,
                     classification="person_printed", sync=number)


def _addressed(seen: Seen, entry: Exchange, secrets: Iterable[str], people: Iterable[str]) -> None:
    # As written and as meant: percent signs hide nothing from whoever reads a log.
    path = "" if (entry.operation or "") in _TOKEN_IN_PATH else f"{entry.path} {unquote(entry.path)}"
    query = "" if entry.operation == "auth.revoke_by_get" else f"{entry.query} {unquote_plus(entry.query)} {unquote(entry.query)}"
    told = f"#{entry.seq} {entry.method} {entry.system} {entry.operation or ''}".rstrip()
    if any(s in path or s in query for s in secrets):
        seen.finding("SECRET-001", f"A credential stands in the address of {told}.",
                     severity=Severity.CRITICAL, expected="no credential", found="a credential",
                     classification="credential_in_address", caused_by=entry.seq, requests=(entry.seq,))
    if "@" not in query:
        return
    # `+` in an address is part of it although a form would read a blank.
    pairs = [*parse_qsl(entry.query), *parse_qsl(entry.query.replace("+", "%2B"))]
    named = sorted({name for name, value in pairs if name not in _LOOK_UPS and any(e in value.casefold() for e in people)})
    if named:
        seen.finding("SECRET-001", f"An e-mail address of a person stands in the address of {told}, in the parameter `{named[0]}`, which "
                     "the vendor does not look people up by.", expected="no personal data", found="an address",
                     classification="person_in_address", caused_by=entry.seq, requests=(entry.seq,))
