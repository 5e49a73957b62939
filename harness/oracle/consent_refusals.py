"""Consents that a vendor refused to take: about whom, and whether the connector owned up.

A refused write is no crime of the connector, silence about it is one (I9). An honest one is excused for as long as every
sync since has said that it did not succeed; the person it is about must be named in the refusal, or alone in the request.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from syncproof_mocks.consent import ConsentKey, ConsentState
from syncproof_mocks.journal import Exchange

from ..mapping.grammar import Side
from .identity import side_of
from .refusals import is_refused_write
from .sayings import covers
from .standing import says_no

if TYPE_CHECKING:
    from .fields import Oracle

# How operations begin that write nothing but consents.
_CONSENT_OPERATIONS = ("communication", "forms.submit", "forms_open.")


class ConsentRefusals:
    """Refused writes of consents, by sync, side and person."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle

    def excuse(self, sync: int, side: Side, person: str, key: ConsentKey, *, grant: bool) -> Exchange | None:
        """Return the refused request that explains why ``side`` does not say what the person said about ``key``, or None.

        ``grant`` tells whether a yes is missing or a no. It may be of an earlier sync, if no sync since claimed success.
        """
        for number in range(sync, 0, -1):
            summary = self.oracle.evidence.syncs[number - 1]
            # A service that comes to rest claims nothing, so it cannot own up either: its refusals excuse as reported ones.
            if summary.ended != "settled" and (summary.ended != "exited" or summary.exit_code in self.oracle.evidence.success_exit_codes):
                return None
            for exchange in self._about.get((number, side, person), ()):
                if self._speaks_of(exchange, side, key) and (grant or not _only_grants(exchange)):
                    return exchange
        return None

    def refused(self, sync: int) -> Iterator[tuple[Side, str, Exchange]]:
        """Yield (side, person, request) for each refused write of a consent in one sync."""
        for (number, side, person), exchanges in self._about.items():
            for exchange in exchanges if number == sync else ():
                if any(self._speaks_of(exchange, side, key) for key in self.oracle.consents.keys):
                    yield side, person, exchange

    def is_unmet(self, sync: int, side: Side, person: str, exchange: Exchange) -> bool:
        """Tell whether what a refused request was about is missing on ``side`` once the sync had settled."""
        start, end = self.oracle.evidence.syncs[sync - 1].start_seq, self.oracle.evidence.syncs[sync - 1].end_seq
        here = self.oracle.consents.effective(side, self.oracle.evidence.states[sync].on(side), in_use=True)
        for key in self.oracle.consents.keys:
            said = {self.oracle.consents.state_at(person, key, seq) for seq in (start, end)}
            if len(said) > 1 or not self._speaks_of(exchange, side, key):
                continue  # said while the sync was at work: it has until the next one
            wanted, found = said.pop(), here.get((person, key), ConsentState.UNKNOWN)
            if (wanted.refuses and not found.refuses) or (wanted is ConsentState.GRANTED and key.purpose != "*" and not found.permits):
                return True
        return False

    @cached_property
    def _about(self) -> dict[tuple[int, Side, str], list[Exchange]]:
        found: dict[tuple[int, Side, str], list[Exchange]] = {}
        for summary in self.oracle.evidence.syncs:
            for entry in self.oracle.evidence.entries[summary.start_seq : summary.end_seq]:
                if isinstance(entry, Exchange) and is_refused_write(entry):
                    side = side_of(self.oracle.evidence, entry.system)
                    people = {p for item in entry.refused for p in self.oracle.refusals.people_of(entry, item)}
                    for person in sorted(people):
                        found.setdefault((summary.number, side, person), []).append(entry)
        return found

    def _speaks_of(self, exchange: Exchange, side: Side, key: ConsentKey) -> bool:
        """Tell whether a request writes a consent of this key: by its operation, or by a field that carries it."""
        if (exchange.operation or "").startswith(_CONSENT_OPERATIONS):
            return True
        body = exchange.request_body.decode("utf-8", "replace")
        rules = [r for k, r in self.oracle.consents.keys.items() if covers(k, key) or covers(key, k)]
        return any(f'"{rule.field_on(side)}"' in body for rule in rules)


def _only_grants(exchange: Exchange) -> bool:
    """Tell whether a request that writes nothing but consents asks for a yes: refusing that excuses no missing no."""
    return (exchange.operation or "").startswith(_CONSENT_OPERATIONS) and not says_no(exchange)


def says_only_no(exchange: Exchange) -> bool:
    """Tell whether a request writes nothing but consents, and withdraws."""
    return (exchange.operation or "").startswith(_CONSENT_OPERATIONS) and says_no(exchange)
