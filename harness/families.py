"""`syncproof list`: what there is of each kind, as the folders know it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

from .legible import plural

Entry = dict[str, Any]
# What stands below an entry; of a class also where it stands, but not the scenarios of a pack.
_LISTED = ("settings", "tags", "classes", "named_by", "variants")


def scenarios() -> list[Entry]:
    """Return the built-in scenarios."""
    from .scenario.loader import builtin, load_scenarios

    return [
        {"name": s.id, "says": s.title, "tags": list(s.tags), "classes": list(s.classes)}
        for s in load_scenarios(list(builtin()))
    ]  # fmt: skip


def packs() -> list[Entry]:
    """Return the packs with the built-in scenarios of each."""
    from .scenario.chaos import PACK_SIZE
    from .scenario.loader import builtin, load_scenarios
    from .scenario.packs import PACKS

    everything = load_scenarios(list(builtin()))
    found = []
    for pack in PACKS.values():
        names = [f"{pack.name}/{n}" for n in range(1, PACK_SIZE + 1)] if pack.is_drawn else [s.id for s in pack.of(everything)]
        found.append({"name": pack.name, "says": f"{pack.says}; {plural(len(names), 'scenario')}", "scenarios": names})
    return found


def classes() -> list[Entry]:
    """Return the bug classes and where the suite stands on each."""
    from .qualify.classes import standings

    found = []
    for s in standings():
        told = s.not_applicable or s.not_reached or f"{s.bug_class.says} (tier {s.bug_class.tier})"
        entry: Entry = {"name": s.bug_class.id, "says": f"{s.bug_class.slug}: {told}", "state": s.state, "tier": s.bug_class.tier,
                        "family": s.bug_class.family, "scenarios": list(s.scenarios), "named_by": list(s.rules), "variants": list(s.variants)}
        found.append(entry)
    return found


def checks() -> list[Entry]:
    """Return the checks with their rules."""
    from . import checks as family

    return [
        {"name": name, "says": _first_line(inspect.getmodule(check)),
         "rules": [{"id": r.id, "says": r.title, "severity": r.severity.value, "classes": list(r.classes)}
                   for r in family.rules_of(check)]}
        for name, check in family.checks().items()
    ]  # fmt: skip


def faults() -> list[Entry]:
    """Return the faults with the settings each takes."""
    from .scenario.loader import fault_settings, known_faults

    return [
        {"name": name, "says": _first_line(fault), "settings": list(fault_settings(fault) or ())}
        for name, fault in known_faults().items()
    ]


def steps() -> list[Entry]:
    """Return the steps with the settings each takes."""
    from .scenario.grammar import known_steps

    return [
        {"name": name, "says": _first_line(step), "settings": list(step.model.model_fields)}
        for name, step in known_steps().items()
    ]


def dialects() -> list[Entry]:
    """Return the vendors that can be mocked."""
    from .sandbox import dialects as known

    return [{"name": name, "says": _first_line(dialect), "role": dialect.role} for name, dialect in known().items()]


def presets() -> list[Entry]:
    """Return the presets of mappings: the rules of real products, what their makers leave open, and what to beware of."""
    from .mapping.presets import presets as known

    return [
        {"name": p.name, "says": p.title,
         "rules": [{"id": name, "says": p.says.get(name, ""), "severity": _said(rule)} for name, rule in p.rules.items()],
         "default": p.rule, "objects": {o: told.model_dump() for o, told in p.objects.items()}, "consent": dict(p.consent),
         "open": list(p.open), "beware": list(p.beware), "sources": list(p.sources)}
        for p in known().values()
    ]  # fmt: skip


def _said(rule: dict[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in rule.items())


FAMILIES: dict[str, Callable[[], list[Entry]]] = {
    "scenarios": scenarios, "packs": packs, "classes": classes, "checks": checks, "faults": faults, "steps": steps, "dialects": dialects, "presets": presets,
}  # fmt: skip


def as_text(entries: list[Entry]) -> str:
    """Return the list for people: name and first line, rules and settings indented below."""
    width = max((len(e["name"]) for e in entries), default=0)
    lines = []
    for entry in entries:
        lines.append(f"{entry['name']:<{width}}  {entry['says']}".rstrip())
        lines.extend(f"{'':<{width}}  {r['id']}  {r['says']} ({r['severity']})" for r in entry.get("rules", ()))
        told = [key for key in _LISTED if entry.get(key)]
        lines.extend(f"{'':<{width}}  {key}: {', '.join(entry[key])}" for key in told)
    return "\n".join(lines)


def _first_line(thing: object) -> str:
    # A dataclass without a docstring gets its signature as one: that says nothing.
    text = inspect.getdoc(thing) or ""
    generated = dataclasses.is_dataclass(thing) and text.startswith(f"{getattr(thing, '__name__', '')}(")
    return "" if generated else text.partition("\n")[0]
