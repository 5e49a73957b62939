"""One scenario as the page shows it: pure data with every number and word ready, so that the template only lays out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..legible import duration, one_line, plural, say
from ..model import CheckResult, ScenarioResult, SyncSummary, Verdict
from ..phrases import VERDICT_MARKS
from ._grid import Grid, grid
from ._timeline import Block, blocks
from ._view_consents import Consents, consents_view
from ._view_numbers import Budgets, Felt, Reactions, budgets_view, felt_view, reactions_view

MOST_CALLS = 60
MOST_EXPOSURES = 100
MOST_NOTES = 100


@dataclass(frozen=True, slots=True)
class Check:
    """One check that had something to look at, or could not look."""

    name: str
    rules: str
    verdict: Verdict
    mark: str
    saw: str


@dataclass(frozen=True, slots=True)
class Sync:
    """One run of the connector."""

    number: int
    ended: str
    good: bool
    duration: str
    requests: int
    writes: int
    refused: int
    output: str
    output_file: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """A time during which somebody who had refused could be mailed."""

    person: str
    key: str
    system: str
    lasted: str
    requests: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Notes:
    """A list of lines under a title; ``more`` lines were left out."""

    title: str
    explained: str
    lines: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything the page tells of one scenario."""

    anchor: str
    id: str
    title: str
    verdict: Verdict
    mark: str
    reason: str
    people: int
    syncs: tuple[Sync, ...]
    requests: int
    per_record: str
    duration: str
    connector_time: str
    our_time: str
    causes: tuple[tuple[str, str], ...]
    classes: str
    faults: tuple[str, ...]
    checks: bool
    judged: tuple[Check, ...]
    idle: tuple[str, ...]  # checks that had nothing to look at: neither PASS nor FAIL
    grid: Grid | None
    exposures: tuple[Exposure, ...]
    more_exposures: int
    consents: Consents | None
    reaction: Reactions | None
    budget: Budgets | None
    felt: tuple[Felt, ...]
    more_felt: int
    calls: tuple[tuple[str, int], ...]
    timeline: tuple[Block, ...]
    notes: tuple[Notes, ...]
    reproduce: str
    seen: Mapping[int, str] = field(default_factory=dict)  # journal sequence -> anchor of its line in the timeline


def scenario_view(s: ScenarioResult, number: int, causes: Sequence[tuple[str, str]], room: int) -> Scenario:
    """Return the view of one scenario; ``causes`` are (anchor, headline) of its findings, ``room`` bounds its timeline."""
    requests = sum(s.calls.values())
    anchor = f"s{number}"
    seen = {e.seq: f"{anchor}-{e.seq}" for e in s.timeline if e.flagged}
    felt, more_felt = felt_view(s.strikes, seen)
    return Scenario(
        anchor, s.id, s.title, s.verdict, VERDICT_MARKS[s.verdict], s.reason, s.people, tuple(_sync(x) for x in s.syncs),
        requests, f"{requests / s.people:.1f}" if s.people else "", duration(s.seconds), duration(s.connector_seconds),
        duration(max(0.0, s.seconds - s.connector_seconds)), tuple(causes), ", ".join(s.classes), s.faults_fired,
        bool(s.checks), tuple(_check(c) for c in s.checks if not _is_idle(c)), tuple(c.check for c in s.checks if _is_idle(c)), grid(s.matrix, anchor), tuple(_exposure(e) for e in s.exposure[:MOST_EXPOSURES]),
        max(0, len(s.exposure) - MOST_EXPOSURES), consents_view(s, seen), reactions_view(s.travels), budgets_view([s]), felt, more_felt, _calls(s.calls), blocks(s.timeline, room), tuple(_notes(s)), s.reproduce, seen,
    )


def found_in(s: ScenarioResult) -> int:
    """Return how many findings there were, also those beyond what the result keeps."""
    return max(len(s.findings), sum(len(c.findings) for c in s.checks))


def _is_idle(c: CheckResult) -> bool:
    return c.verdict is Verdict.PASS and not c.looked_at


def _check(c: CheckResult) -> Check:
    rules = ", ".join(c.rules)
    told = [plural(c.looked_at, "fact")] if c.looked_at else []
    if c.findings:
        told.append(plural(len(c.findings), "finding"))
    if c.reason:
        told.append(one_line(c.reason, 600))
    return Check(c.check, rules, c.verdict, VERDICT_MARKS[c.verdict], "; ".join(told))


def _sync(s: SyncSummary) -> Sync:
    good = s.ended == "settled" or (s.ended == "exited" and s.exit_code == 0)
    ended = f"exit code {s.exit_code}" if s.ended == "exited" else s.ended
    return Sync(s.number, ended, good, duration(s.seconds), s.reads, s.writes, s.refused, s.output_tail, s.output_file)


def _exposure(e: Mapping[str, Any]) -> Exposure:
    seconds = e.get("times", e).get("seconds", 0) or 0
    requests = list(e.get("requests", ()))
    count = int(e.get("request_count", len(requests)))
    named = ", ".join(f"#{seq}" for seq in requests[:8]) + (", …" if count > 8 else "")
    return Exposure(
        say(e.get("person")), say(e.get("key")), str(e.get("system", "")).upper(), duration(float(seconds)),
        plural(count, "request") + (f": {named}" if named else ""), bool(e.get("closed")),
    )


def _calls(calls: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    ordered = sorted(calls.items(), key=lambda item: (-item[1], item[0]))
    shown = [(one_line(name, 120), number) for name, number in ordered[:MOST_CALLS]]
    rest = sum(number for _, number in ordered[MOST_CALLS:])
    return (*shown, ("others", rest)) if rest else tuple(shown)


def _notes(s: ScenarioResult) -> list[Notes]:
    skipped = tuple(f"{rule}: {reason}" for rule, reason in s.skipped_rules.items())
    found = (
        ("What this scenario is for", "", tuple(s.why.splitlines())),
        ("What the connector said about conflicts", "Its own words, shown and never trusted.", s.conflict_log),
        ("Faults that fired", "Put in the way on purpose.", () if s.strikes else s.faults_fired),
        ("Calls that are not mocked", "Refused in the vendor's error shape, never guessed.", tuple(map(str, s.unsupported))),
        ("Other places it tried to reach", "Refused: nothing left the sandbox.", s.other_hosts),
        ("Assumed vendor behaviour", "Answers rested on these; no document or recording proves them.",
         tuple(f"{name}: {s.assumed_notes[name]}" if s.assumed_notes.get(name) else name for name in s.assumed)),
        ("Left open by the mapping", "Nothing was demanded here; every outcome was accepted.", s.left_open),
        ("Not checked", "", s.not_checked),
        ("Rules skipped by the scenario", "", skipped),
    )
    return [
        Notes(title, explained, tuple(one_line(x, 2_000) for x in lines[:MOST_NOTES]), max(0, len(lines) - MOST_NOTES))
        for title, explained, lines in found if lines
    ]
