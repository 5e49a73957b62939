"""What a story needs that not every mapping has: leads, companies, a consent by name, a way into one of the systems.

Asked before a pack runs, so that a scenario which this mapping cannot play is left out with the reason, and is no UNKNOWN.
A need that shows only when the story is played (a field for which there is no stand-in) is not seen here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..mapping.grammar import Mapping, ObjectMapping, Side
from ..population.people import PersonKind
from .grammar import Scenario, ScenarioStep
from .reach import every_step

_NOUNS = {"contact": "contacts", "lead": "leads", "company": "companies"}
_WRITES = ("creates", "changes", "writes")


def lacking(scenario: Scenario, mapping: Mapping) -> str:
    """Return what a scenario needs and the mapping has not, in words; "" when nothing is missing."""
    steps = [step for line in scenario.steps for step in every_step(line)]
    missing = [_NOUNS[o] for o in sorted(_objects(scenario, steps)) if mapping.of(o) is None]
    missing += [f"consents by the name `{p}`" for p in sorted(_purposes(scenario, steps, mapping))]
    missing += [f"way for such writes into the {side.upper()}" for side in Side if _is_closed(side, steps, mapping)]
    return " and no ".join(dict.fromkeys(missing))


def _objects(scenario: Scenario, steps: Iterable[ScenarioStep]) -> set[str]:
    """Return the objects that the story is about: those its steps name, and that of its people when they are all of one."""
    found = {o for step in steps for o in _named(step)}
    people = {_object_of(kind) for kind, weight in scenario.population.kinds.items() if weight}
    return found | (people if len(people) == 1 else set())


def _named(step: ScenarioStep) -> Iterator[str]:
    if step.name == "convert":
        yield from ("lead", "contact")
    elif step.name == "change_company":
        yield "company"
    elif name := getattr(step.settings, "object", None):
        yield name
    if getattr(getattr(step.settings, "who", None), "kind", None) is PersonKind.LEAD:
        yield "lead"


def _object_of(kind: PersonKind) -> str:
    return "lead" if kind is PersonKind.LEAD else "contact"


def _purposes(scenario: Scenario, steps: Iterable[ScenarioStep], mapping: Mapping) -> Iterator[str]:
    """Yield the consents that steps name, and that some of the people cannot give or refuse under this mapping."""
    people = {_object_of(kind) for kind, weight in scenario.population.kinds.items() if weight} or {"contact"}
    for step in steps:
        purpose = getattr(step.settings, "purpose", "*")
        who = getattr(step.settings, "who", None)
        about = {_object_of(who.kind)} if who is not None and who.kind else people
        if purpose == "*" or step.name == "campaign":
            continue
        # The CRM keeps a consent in a field of each kind of record, the MA beside its records.
        somewhere = any(_knows(o, purpose) for o in mapping.objects)
        if not somewhere or (step.settings.side is Side.CRM and not all(_knows(mapping.of(o), purpose) for o in about)):  # type: ignore[attr-defined]
            yield purpose


def _knows(obj: ObjectMapping | None, purpose: str) -> bool:
    return obj is not None and any(r.consent is not None and r.consent.purpose == purpose for r in obj.fields)


def _is_closed(side: Side, steps: Iterable[ScenarioStep], mapping: Mapping) -> bool:
    """Tell whether a fault waits for writes to one side, to which the mapping lets nothing be written in that way."""
    towards = "ma_to_crm" if side is Side.CRM else "crm_to_ma"
    creates = any(towards in o.creates for o in mapping.objects)
    changes = any(r.direction in (towards, "both") for o in mapping.objects for r in o.fields)
    open_for = {"creates": creates, "changes": changes, "writes": creates or changes}
    return any(
        not open_for[step.settings.operation]  # type: ignore[attr-defined]
        for step in steps
        if step.name in ("inject", "meanwhile") and not step.settings.optional  # type: ignore[attr-defined]
        and step.settings.operation in _WRITES and step.settings.system in (side.value, "both")  # type: ignore[attr-defined]
    )
