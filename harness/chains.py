"""Which findings came after which: one harm to one person and one field, or one failed sync, is a chain with one beginning.

Nothing is taken away: every finding stays, with its rule and severity. `Finding.follows` names the place of the one that a
reader should see first: it is at least as severe, about the same person and field (or consent), and arose by the same write
or before. Whether the later ones would have happened without it nobody can tell; they are told beneath it, not as its effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from syncproof_mocks.journal import Actor, Change

from .mapping.grammar import Side
from .model import Finding, Severity
from .oracle.fields import Oracle

# What a sync that failed leaves behind: nothing was written, so nothing else can have gone before.
_NOT_DONE = ("lost_update", "dropped", "missing_record", "value_not_cleared", "consent_not_spread", "refusal_not_spread", "deletion_not_spread")
_FAILED = ("failed", "never_called")
# What the sync after a failed one does: its work, when it should have had none.
_MADE_UP = "not_quiet"
# Shorter ids stand in a connector's words by accident.
_TELLING = 6
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def chained(findings: Sequence[Finding], oracle: Oracle) -> tuple[Finding, ...]:
    """Return the same findings in the same order, those that come after another one with ``follows``."""
    roots = _Roots(findings, oracle)
    return tuple(replace(f, follows=root) if (root := roots.of(place)) is not None else f for place, f in enumerate(findings))


class _Roots:
    """Finds the beginning of each chain."""

    def __init__(self, findings: Sequence[Finding], oracle: Oracle) -> None:
        self._findings, self._oracle = findings, oracle
        self._names = {
            (str(side), rule.field_on(side)): f"{rule.crm} {rule.ma}" for o in oracle.evidence.mapping.objects for rule in o.fields for side in Side
        }
        self._chains: dict[tuple[str, str], list[int]] = {}
        self._failures: dict[int, int] = {}
        for place, f in enumerate(findings):
            if f.person and f.field:
                self._chains.setdefault(self._chain(f), []).append(place)
            elif f.classification in _FAILED and f.sync is not None:
                self._failures.setdefault(f.sync, place)
        for places in self._chains.values():
            places.sort(key=lambda n: (self._origin(findings[n]) is None, self._origin(findings[n]) or 0, n))
        self._known: dict[int, int | None] = {}

    def of(self, place: int) -> int | None:
        """Return the place of the finding that this one comes after; None when it begins a chain itself."""
        if place not in self._known:
            self._known[place] = next(self._found(place), None)
        return self._known[place]

    def _found(self, place: int) -> Iterator[int]:
        finding = self._findings[place]
        if finding.person and finding.field:
            yield from self._earlier(place)
        failure = self._failure_behind(finding)
        if failure is not None and failure != place and self._is_as_bad(failure, place) and self.of(failure) is None:
            yield failure
        if finding.classification in _FAILED and finding.sync is not None:
            yield from self._named_in(place)

    def _failure_behind(self, finding: Finding) -> int | None:
        """Return the finding about the failed sync that a finding comes with: nothing was done, or the next sync made up for it."""
        if finding.sync is None:
            return None
        if finding.classification == _MADE_UP:
            return self._failures.get(finding.sync - 1)
        not_done = finding.person is not None and self._origin(finding) is None and finding.classification in _NOT_DONE
        told = self._failures.get(finding.sync)
        twice = finding.classification in _FAILED and told is not None and self._findings[told].rule != finding.rule
        return told if not_done or twice else None

    def _earlier(self, place: int) -> Iterator[int]:
        finding = self._findings[place]
        own = self._origin(finding)
        for other in self._chains[self._chain(finding)]:
            began = self._origin(self._findings[other])
            if other == place or began is None:
                return
            is_later = own >= began if own is not None else (finding.sync or 0) >= (self._findings[other].sync or 0)
            if self._findings[other].rule != finding.rule and is_later and self._is_as_bad(other, place) and self.of(other) is None:
                yield other

    def _named_in(self, place: int) -> Iterator[int]:
        """Yield the beginnings of chains about people whose records the connector names in what it said of a failed sync."""
        failure = self._findings[place]
        said = " ".join((failure.message, *failure.story))
        assert failure.sync is not None
        for other, f in enumerate(self._findings):
            is_before = f.person and f.field and self._origin(f) is not None and (f.sync is None or f.sync <= failure.sync)
            if is_before and self._is_as_bad(other, place) and self.of(other) is None and any(i in said for i in self._ids.get(f.person or "", ())):
                yield other

    def _is_as_bad(self, one: int, other: int) -> bool:
        return _RANK[self._findings[one].severity] <= _RANK[self._findings[other].severity]

    def _chain(self, finding: Finding) -> tuple[str, str]:
        field = finding.field or ""
        return finding.person or "", self._names.get((finding.system or "", field), field)

    def _origin(self, finding: Finding) -> int | None:
        """Return the place in the journal of what the connector or an automation did; None when it is about what was not done.

        A value that people left there is where the trouble shows, not where it began.
        """
        seq = finding.caused_by if finding.caused_by is not None else finding.blame.written_by if finding.blame is not None else None
        entry = self._oracle.evidence.entries[seq] if seq is not None and seq < len(self._oracle.evidence.entries) else None
        is_by_people = isinstance(entry, Change) and entry.actor not in (Actor.CONNECTOR, Actor.VENDOR_AUTOMATION)
        return None if entry is None or is_by_people else seq

    @cached_property
    def _ids(self) -> dict[str, set[str]]:
        """Return label of a person -> what names their records in a connector's words: long enough to be no accident."""
        found: dict[str, set[str]] = {}
        for (person, _), ids in self._oracle.identity.record_ids.items():
            found.setdefault(self._oracle.identity.label(person), set()).update(i for i in ids if len(i) >= _TELLING)
        return found

