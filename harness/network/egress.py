"""What a connector tried to reach besides the mocks: written into the journal as marks, with its place in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from syncproof_mocks.journal import Entry, Journal, Mark

# Names of the marks: a sync began under watch (detail: the mode); something else was tried (detail: how and what).
WATCHED = "network"
TRIED = "egress"

HOW = {
    "name": "asked for the address of",
    "host": "sent a request meant for",
    "tls": "opened a TLS connection meant for",
    "proxy": "asked the proxy to reach",
    "address": "tried addresses outside, by number, without asking for a name:",
}
# Different places per sync that are kept; a connector that makes up names must not fill the journal.
MOST_PLACES = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """One place that a connector tried to reach: ``how`` is a key of `HOW`, ``what`` a host, ``host:port`` or a count."""

    seq: int
    at_ms: int
    how: str
    what: str

    @property
    def place(self) -> str:
        """Return what was tried, to be read without the sentence around it."""
        return f"addresses by number ({self.what})" if self.how == "address" else self.what

    def __str__(self) -> str:
        return f"{HOW.get(self.how, self.how)} {self.what}"


class Recorder:
    """Writes attempts into the journal of the world that runs now. Each place stands there once per sync.

    Once, because resolvers and clients repeat themselves by the clock: counts would differ between equal runs.
    Call it on the servers' thread only.
    """

    def __init__(self, journal: Callable[[], Journal]) -> None:
        self._journal = journal
        self._seen: set[tuple[str, str]] = set()

    def began(self, mode: str) -> None:
        """Note that a sync begins under watch."""
        self._seen.clear()
        self._journal().mark(WATCHED, mode)

    def tried(self, how: str, what: str) -> None:
        """Note that the connector tried to reach ``what``, unless this sync has it already."""
        place = how, "".join(c if c.isprintable() else "?" for c in what)[:300]
        if place in self._seen or len(self._seen) >= MOST_PLACES:
            return
        self._seen.add(place)
        self._journal().mark(TRIED, " ".join(place))


def attempts(entries: Iterable[Entry]) -> list[Attempt]:
    """Return what was tried, in order."""
    found = []
    for entry in entries:
        if isinstance(entry, Mark) and entry.name == TRIED:
            how, _, what = entry.detail.partition(" ")
            found.append(Attempt(entry.seq, entry.at_ms, how, what))
    return found


def mode_of(entries: Iterable[Entry]) -> str:
    """Return the network in which syncs were watched: `proxy` or `isolated` (`direct` when none was)."""
    return next((entry.detail for entry in entries if isinstance(entry, Mark) and entry.name == WATCHED), "direct")


def watched_syncs(entries: Iterable[Entry]) -> int:
    """Return how many syncs ran where attempts are seen (0: `network: direct`)."""
    return sum(1 for entry in entries if isinstance(entry, Mark) and entry.name == WATCHED)
