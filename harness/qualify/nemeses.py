"""Which scenarios make what go wrong, and which buggy connectors do not survive it there.

A trouble is a fault (`rate_limit: daily` for one of its flavours) or a step that does to a connector what weather does:
`meanwhile: merge`, `kill`, `deliver_webhooks: lose`. What is proved comes from the last `make score`; while that is older
than the scenarios or the variants, what is expected is told instead, and said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from syncproof_mocks.faults import faults

from ..reference_bugs import variants
from ..scenario.grammar import Scenario, ScenarioStep
from ..scenario.loader import builtin, load_scenarios
from ..scenario.packs import find_pack
from ..scenario.reach import every_step
from .expected import EXPECTED
from .measured import FILE, measured

_PACK = "full"
_WEBHOOKS = ("order", "copies", "lose", "delay_s")


@dataclass(frozen=True)
class Nemesis:
    """One trouble: the scenarios that bring it about, and scenario -> the variants that are caught there."""

    trouble: str
    scenarios: tuple[str, ...]
    deaths: Mapping[str, tuple[str, ...]]

    @property
    def victims(self) -> tuple[str, ...]:
        """Return the variants that are caught in any of the scenarios, sorted."""
        return tuple(sorted({name for names in self.deaths.values() for name in names}))


def nemeses() -> tuple[Nemesis, ...]:
    """Return every trouble that a built-in scenario brings about, and every fault, whether one does or not; faults first."""
    found: dict[str, list[str]] = {name: [] for name in sorted(faults())}
    steps: dict[str, list[str]] = {}
    for scenario in _inside():
        for trouble in dict.fromkeys(_troubles(scenario)):
            (found if trouble.partition(":")[0] in faults() else steps).setdefault(trouble, []).append(scenario.id)
    caught = _caught()
    return tuple(
        Nemesis(trouble, tuple(ids), {i: caught[i] for i in ids if caught.get(i)})
        for trouble, ids in (*sorted(found.items()), *sorted(steps.items()))
    )


def is_current() -> bool:
    """Tell whether the last score knew all of today's scenarios and variants."""
    if not FILE.exists():
        return False
    return set(measured().looked) == {s.id for s in _inside()} and measured().variants["total"] == len(variants())


@cache
def _inside() -> tuple[Scenario, ...]:
    return tuple(find_pack(_PACK).of(load_scenarios(list(builtin()))))


def _caught() -> Mapping[str, tuple[str, ...]]:
    if is_current():
        return measured().catches
    found: dict[str, tuple[str, ...]] = {}
    for variant, expected in EXPECTED.items():
        for scenario in expected.scenarios:
            found[scenario] = (*found.get(scenario, ()), variant)
    return found


def _troubles(scenario: Scenario) -> Iterator[str]:
    for line in scenario.steps:
        for step in every_step(line):
            yield from _of(step)


def _of(step: ScenarioStep) -> Iterator[str]:
    settings = step.settings
    if step.name == "inject":
        yield settings.fault  # type: ignore[attr-defined]
        if limit := settings.settings.get("limit"):  # type: ignore[attr-defined]
            yield f"{settings.fault}: {limit}"  # type: ignore[attr-defined]
    elif step.name == "meanwhile":
        yield from (f"meanwhile: {inner.name}" for inner in settings.do if inner.name != "kill")  # type: ignore[attr-defined]
    elif step.name in ("kill", "lose_state"):
        yield step.name
    elif step.name == "change_schema":
        yield f"change_schema: {settings.change}"  # type: ignore[attr-defined]
    elif step.name == "deliver_webhooks":
        yield from (f"deliver_webhooks: {name}" for name in _WEBHOOKS if name in settings.model_fields_set)
    elif step.name == "sync" and "instances" in settings.model_fields_set:
        yield "sync: instances"
    elif step.name == "edit" and settings.at_once:  # type: ignore[attr-defined]
        yield "edit: at_once"
