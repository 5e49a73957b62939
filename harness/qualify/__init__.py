"""The suite tests itself: the reference connector must be clean, and each of its switchable bugs must be caught.

A bug counts as caught only when one of the rules that should see it fires in a scenario that reaches it; any other
finding is not enough. The correct connector runs the whole pack: one finding there, or one UNKNOWN, is a false alarm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..errors import InputError, Problem
from ..model import Verdict
from ..nearest import suggest
from ..reference_bugs import Variant, variants
from ..scenario.grammar import Scenario
from ..scenario.loader import builtin, load_scenarios
from ..scenario.packs import find_pack
from .arena import CORRECT, Outcome, Task, play_all
from .classes import bug_classes
from .contract import contract_of, not_set_up, unfit, why_beside
from .expectation import Expectation
from .expected import EXPECTED

DEFAULT_PACK = "full"


@dataclass(frozen=True)
class Trial:
    """What came of one buggy variant in each of its scenarios, and whether the right rule saw it.

    Without outcomes it was not tried: none of its scenarios belongs to the pack.
    """

    variant: Variant
    expected: Expectation
    outcomes: tuple[Outcome, ...]

    @property
    def fired(self) -> dict[str, tuple[str, ...]]:
        """Return scenario -> the rules that fired there."""
        return {o.task.scenario.id: o.fired for o in self.outcomes}

    @property
    def caught_in(self) -> tuple[str, ...]:
        """Return the scenarios in which a rule that should see this bug fired."""
        return tuple(o.task.scenario.id for o in self.outcomes if set(self.expected.rules) & set(o.fired))

    @property
    def is_caught(self) -> bool:
        """Tell whether a rule that should see this bug fired."""
        return bool(self.caught_in)

    @property
    def why_missed(self) -> str:
        """Return what was expected and what happened instead, for a variant that nobody caught."""
        others = sorted({r for o in self.outcomes for r in o.fired})
        ended = "; ".join(f"{o.task.scenario.id}: {o.verdict}{f' ({o.reason})' if o.reason and not o.fired else ''}" for o in self.outcomes)
        return f"expected {', '.join(self.expected.rules)}, fired {', '.join(others) or 'nothing'}; {ended}"


@dataclass(frozen=True)
class Power:
    """What one scenario is worth: the variants it catches, and those that no other scenario of this run catches."""

    scenario: str
    catches: tuple[str, ...]
    alone: tuple[str, ...]
    seconds: float  # with the correct connector


@dataclass(frozen=True)
class Qualification:
    """The detection matrix of one run. ``is_whole`` tells whether every variant was asked for."""

    trials: tuple[Trial, ...]
    clean: tuple[Outcome, ...]
    pack: str
    seed: int
    jobs: int
    seconds: float
    is_whole: bool
    mapping: str = ""  # the name of a user's own; empty: the default one
    left_out: Mapping[str, str] = field(default_factory=dict)  # scenario -> why that mapping cannot play it

    @cached_property
    def beside(self) -> Mapping[str, str]:
        """Return variant -> why it cannot be shown under a user's own mapping, of those that cannot."""
        looked = {o.task.scenario.id: o.looked for o in self.clean}
        found = ((t.variant.name, why_beside(t, looked, self.left_out)) for t in self.trials) if self.mapping else ()
        return {name: why for name, why in found if why}

    @property
    def tried(self) -> tuple[Trial, ...]:
        """Return the variants that met at least one scenario, and that can be shown under the mapping."""
        return tuple(t for t in self.trials if t.outcomes and t.variant.name not in self.beside)

    @property
    def missed(self) -> tuple[Trial, ...]:
        """Return the variants that no right rule caught."""
        return tuple(t for t in self.tried if not t.is_caught)

    @property
    def alarms(self) -> tuple[Outcome, ...]:
        """Return the scenarios in which the correct connector was blamed, or nothing could be told."""
        return tuple(o for o in self.clean if o.verdict != Verdict.PASS and o.task.scenario.id not in self.left_out)

    @property
    def false_alarms(self) -> int:
        """Count what was found about the correct connector, and the scenarios about which nothing could be told."""
        return sum(max(1, o.findings) for o in self.alarms)

    @property
    def is_good(self) -> bool:
        """Tell whether everything that was tried was caught and nothing was invented."""
        return not self.missed and not self.false_alarms

    @property
    def detected(self) -> tuple[str, ...]:
        """Return the bug classes of which a variant was caught and none was missed, sorted."""
        caught = {t.variant.bug_class for t in self.tried if t.is_caught}
        return tuple(sorted(caught - {t.variant.bug_class for t in self.missed}))

    @property
    def powers(self) -> tuple[Power, ...]:
        """Return what each scenario catches, most useful first; those that no variant is asked of come with nothing."""
        catches: dict[str, list[str]] = {o.task.scenario.id: [] for o in self.clean}
        alone: dict[str, list[str]] = {}
        for trial in self.trials:
            for scenario in trial.caught_in:
                catches.setdefault(scenario, []).append(trial.variant.name)
            if len(trial.caught_in) == 1:
                alone.setdefault(trial.caught_in[0], []).append(trial.variant.name)
        took = {o.task.scenario.id: o.seconds for o in self.clean}
        found = [Power(s, tuple(names), tuple(alone.get(s, ())), took.get(s, 0.0)) for s, names in catches.items()]
        return tuple(sorted(found, key=lambda p: (-len(p.alone), -len(p.catches), p.scenario)))


def qualify(
    names: Sequence[str] = (), *, pack: str = DEFAULT_PACK, share: str = "", everywhere: bool = False, seed: int = 1, jobs: int = 1,
    proved: Collection[str] = (), mapping: Path | None = None, say: Callable[[str], None] | None = None,
) -> Qualification:
    """Run the correct connector and the named variants (default: all) and return the matrix.

    Each variant runs the scenarios of the pack that should catch it; with ``everywhere`` all scenarios of the pack. The
    correct connector runs the whole pack, or just the scenarios of the variants that were chosen. ``share`` (`2/6`)
    leaves, of those that are not of tier 1, every sixth, from the second; in the scenarios ``proved`` the correct
    connector has been seen already. ``mapping``: a user's own in place of the default one; what it cannot play is left out.
    The result does not depend on ``jobs``. Raises InputError for a variant, a pack or a share that there is not, and for a
    mapping that is wrong or between other systems.
    """
    started = time.monotonic()
    contract = contract_of(mapping) if mapping is not None else None
    chosen = _share(_variants(names), share)
    is_whole = not names and not share
    everything = find_pack(pack).of(load_scenarios(list(builtin())))
    left_out = unfit(everything, contract)
    inside = {s.id: s for s in everything if s.id not in left_out}
    tried = {v.name: _scenarios(v, inside, everywhere=everywhere) for v in chosen}
    needed = {s.id for scenarios in tried.values() for s in scenarios} if not is_whole else set(inside)
    clean = [Task(CORRECT, s) for s in inside.values() if s.id in needed and s.id not in proved]
    buggy = [Task(v.name, s) for v in chosen for s in tried[v.name]]
    outcomes = play_all([*clean, *buggy], seed=seed, jobs=jobs, contract=contract, say=say)
    by_variant: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_variant.setdefault(outcome.task.variant, []).append(outcome)
    trials = tuple(Trial(v, EXPECTED[v.name], tuple(by_variant.get(v.name, ()))) for v in chosen)
    seen = tuple(by_variant.get(CORRECT, ()))
    left_out |= not_set_up(seen) if contract else {}
    name = contract.mapping.mapping if contract else ""
    return Qualification(trials, seen, pack, seed, jobs, time.monotonic() - started, is_whole, name, left_out)


def _variants(names: Sequence[str]) -> list[Variant]:
    known = {v.name: v for v in variants()}
    unknown = [n for n in names if n not in known]
    if unknown:
        raise InputError(
            Problem("qualify", f"no variant is called `{n}`{suggest(n, known)}.", "`syncproof qualify` without a name runs all.")
            for n in unknown
        )
    return [known[n] for n in dict.fromkeys(names)] if names else list(known.values())


def _share(chosen: list[Variant], share: str) -> list[Variant]:
    """Return the variants of tier 1 classes and, of the others, the share: `K/N` with K from 1 to N; "" is everything."""
    if not share:
        return chosen
    first, _, number = share.partition("/")
    if not (first.isdecimal() and number.isdecimal() and 1 <= int(first) <= int(number)):
        raise InputError([Problem("--share", f"`{share}` is no share.", "Write `2/6`: every sixth, from the second.")])
    grave = [v for v in chosen if bug_classes()[v.bug_class].tier == 1]
    others = [v for v in chosen if v not in grave]
    return [*grave, *others[int(first) - 1 :: int(number)]]


def _scenarios(variant: Variant, inside: Mapping[str, Scenario], *, everywhere: bool) -> Iterable[Scenario]:
    wanted = inside if everywhere else EXPECTED[variant.name].scenarios
    return [inside[s] for s in wanted if s in inside]
