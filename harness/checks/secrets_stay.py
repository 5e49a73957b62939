"""Neither credentials nor people's data stand in what the connector prints or in the addresses it calls."""

from __future__ import annotations

from syncproof_mocks.journal import Exchange

from ..model import Severity
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("SECRET-001", "no credential and no person is printed or put into an address", Severity.MAJOR, ("B093",)),)


def secrets_stay(oracle: Oracle, seen: Seen) -> None:
    """Search the connector's output for credentials and people's addresses, and request addresses for credentials."""
    secrets = [s for s in oracle.evidence.secrets if len(s) >= 8]
    people = [p.email for p in oracle.evidence.people.values()]
    for number, output in enumerate(oracle.evidence.outputs, start=1):
        seen.look("SECRET-001")
        folded = output.casefold()
        if any(s in output for s in secrets):
            seen.finding("SECRET-001", f"The output of sync {number} contains a credential of the sandbox.",
                         severity=Severity.CRITICAL, expected="no credential", found="a credential",
                         classification="credential_printed", sync=number)
        shown = [e for e in people if "@" in e and e.casefold() in folded]
        if shown:
            seen.finding("SECRET-001", f"The output of sync {number} contains the e-mail addresses of {len(shown)} "
                         "people.", expected="no personal data", found=f"{len(shown)} addresses",
                         classification="person_printed", sync=number)
    for entry in oracle.evidence.entries:
        if isinstance(entry, Exchange) and any(s in entry.path or s in entry.query for s in secrets):
            seen.finding("SECRET-001", f"A credential stands in the address of #{entry.seq} {entry.method} {entry.system}.",
                         severity=Severity.CRITICAL, expected="no credential", found="a credential",
                         classification="credential_in_address", caused_by=entry.seq, requests=(entry.seq,))
