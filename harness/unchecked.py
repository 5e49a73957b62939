"""What a run did not check, over all its scenarios: every report that says so lists it with this file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .legible import one_line, plural
from .model import RunResult, Verdict


@dataclass(frozen=True, slots=True)
class Gap:
    """One kind of thing that was not checked: a title with its number, and each thing once; never empty."""

    title: str
    lines: tuple[str, ...]
    # These lines can change what a verdict is worth; the others are as the mapping and the scenarios have it.
    grave: bool = False

    def first(self, most: int, width: int = 300) -> tuple[str, ...]:
        """Return up to ``most`` lines, each cut to ``width``, and a last one that counts those left out."""
        shown = tuple(one_line(x, width) for x in self.lines[:most])
        left = len(self.lines) - len(shown)
        return (*shown, f"… and {left:,} more") if left else shown


def gaps(result: RunResult) -> tuple[Gap, ...]:
    """Return what was not checked, gravest first; empty when there is nothing of the kind."""
    scenarios = result.scenarios
    calls = unmocked_lines(result)
    found = (
        Gap(f"{plural(result.unmocked_calls, 'call')} refused: not mocked", calls, grave=True),
        _gap("Not checked", "case", (x for s in scenarios for x in s.not_checked)),
        _gap("Rules skipped by a scenario", "rule", (f"{rule}: {why}" for s in scenarios for rule, why in s.skipped_rules.items())),
        _gap("Left open by the mapping, so nothing was demanded", "case", (x for s in scenarios for x in s.left_open)),
        _gap("Checks that had nothing to look at", "check", _idle(result)),
    )
    return tuple(g for g in found if g.lines)


def unmocked_lines(result: RunResult) -> tuple[str, ...]:
    """Return the calls that are not mocked, each once with the number of times over all scenarios, in order."""
    counted: dict[tuple[str, str], int] = {}
    for call in (c for s in result.scenarios for c in s.unsupported):
        counted[call.call, call.hint] = counted.get((call.call, call.hint), 0) + call.times
    return tuple(f"{call} ({hint})" + (f", {plural(times, 'time')}" if times > 1 else "") for (call, hint), times in counted.items())


def assumptions(result: RunResult) -> tuple[tuple[str, str], ...]:
    """Return the assumed behaviours that answers rested on: id, and what is assumed (empty when the ledger has no words)."""
    notes = {name: note for s in result.scenarios for name, note in s.assumed_notes.items()}
    return tuple((name, notes.get(name, "")) for name in sorted({a for s in result.scenarios for a in s.assumed}))


def _gap(title: str, one: str, lines: Iterable[str]) -> Gap:
    each = tuple(dict.fromkeys(lines))
    return Gap(f"{title} ({plural(len(each), one)})", each)


def _idle(result: RunResult) -> tuple[str, ...]:
    """Return the checks that had nothing to look at in any scenario."""
    checks = [c for s in result.scenarios for c in s.checks]
    busy = {c.check for c in checks if c.looked_at or c.verdict is not Verdict.PASS}
    return tuple(dict.fromkeys(c.check for c in checks if c.check not in busy))
