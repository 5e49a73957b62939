"""The suite tests itself: the reference connector must be clean, and each of its switchable bugs must be caught.

A bug counts as caught only when one of the rules that should see it fires; any other finding is not enough. The
correct connector runs every scenario that any bug needs: one finding there is a false alarm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..connector_file import builtin_reference
from ..errors import InputError, Problem
from ..mapping.load import load_mapping
from ..model import RunResult, Verdict
from ..nearest import suggest
from ..reference_bugs import Variant, variants
from ..run_request import RunRequest
from ..runner import run
from ..sandbox import default_mapping_file
from ..scenario.loader import load_scenarios
from .expectation import Expectation
from .expected import EXPECTED, NOT_APPLICABLE, NOT_REACHED

TOTAL_CLASSES = 101


@dataclass(frozen=True)
class Trial:
    """What came of one buggy variant: which rules fired in which scenarios, and whether the right one did."""

    variant: Variant
    expected: Expectation
    fired: dict[str, tuple[str, ...]]
    verdicts: dict[str, str]

    @property
    def is_caught(self) -> bool:
        """Tell whether a rule that should see this bug fired."""
        return bool(set(self.expected.rules) & {r for rules in self.fired.values() for r in rules})


@dataclass(frozen=True)
class Qualification:
    """The detection matrix."""

    trials: tuple[Trial, ...]
    clean: RunResult
    seconds: float

    @property
    def missed(self) -> tuple[Trial, ...]:
        """Return the variants that no right rule caught."""
        return tuple(t for t in self.trials if not t.is_caught)

    @property
    def false_alarms(self) -> int:
        """Count what was found about the correct connector, and what could not be told."""
        found = sum(len(s.findings) for s in self.clean.scenarios)
        return found + sum(s.verdict is Verdict.UNKNOWN for s in self.clean.scenarios)

    @property
    def is_good(self) -> bool:
        """Tell whether everything was caught and nothing was invented."""
        return not self.missed and not self.false_alarms

    def as_json(self) -> dict[str, Any]:
        """Return the shape of design.md section 11; more keys than relied on."""
        detected = sorted({t.variant.bug_class for t in self.trials if t.is_caught})
        return {
            "classes": {"total": TOTAL_CLASSES, "detected": len(detected), "detected_ids": detected,
                        "not_applicable": sorted(NOT_APPLICABLE), "not_applicable_why": dict(NOT_APPLICABLE), "not_reached": len(NOT_REACHED), "not_reached_why": dict(NOT_REACHED)},
            "variants": {"total": len(self.trials), "caught": len(self.trials) - len(self.missed),
                         "missed": [t.variant.name for t in self.missed]},
            "false_alarms": self.false_alarms, "seconds": round(self.seconds, 1),
            "matrix": [
                {"variant": t.variant.name, "class": t.variant.bug_class, "expected": list(t.expected.rules),
                 "fired": {s: list(r) for s, r in t.fired.items()}, "caught": t.is_caught}
                for t in self.trials
            ],
        }


def qualify(
    names: Sequence[str] = (), *, seed: int = 1, jobs: int = 1, say: Callable[[str], None] | None = None
) -> Qualification:
    """Run the correct connector and the named variants (default: all). Raises InputError for a variant nobody knows."""
    started = time.monotonic()
    known = {v.name: v for v in variants()}
    unknown = [n for n in names if n not in known]
    if unknown:
        raise InputError(
            Problem("qualify", f"no variant is called `{n}`{suggest(n, known)}.", "`syncproof qualify` without a name runs all.")
            for n in unknown
        )
    chosen = [known[n] for n in names] if names else list(known.values())
    wanted = sorted({s for v in chosen for s in EXPECTED[v.name].scenarios})
    if say:
        say(f"the correct connector: {len(wanted)} scenarios")
    clean = _run((), wanted, seed, jobs)
    trials = []
    for number, variant in enumerate(chosen, start=1):
        if say:
            say(f"[{number}/{len(chosen)}] {variant.bug_class} {variant.name}")
        result = _run((variant.name,), EXPECTED[variant.name].scenarios, seed, jobs)
        fired = {s.id: tuple(sorted({f.rule for f in s.findings})) for s in result.scenarios}
        trials.append(Trial(variant, EXPECTED[variant.name], fired, {s.id: str(s.verdict) for s in result.scenarios}))
    return Qualification(tuple(trials), clean, time.monotonic() - started)


def _run(bugs: Iterable[str], scenarios: Sequence[str], seed: int, jobs: int) -> RunResult:
    path = default_mapping_file()
    chosen = tuple(load_scenarios(list(scenarios)))
    return run(RunRequest(chosen, builtin_reference(bugs), load_mapping(path), path, None, seed, jobs))
