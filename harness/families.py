"""`syncproof list`: what there is of each kind, as the folders know it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

from .legible import plural

Entry = dict[str, Any]


def scenarios() -> list[Entry]:
    """Return the built-in scenarios."""
    from .scenario.loader import builtin, load_scenarios

    return [
        {"name": s.id, "says": s.title, "tags": list(s.tags), "classes": list(s.classes)}
        for s in load_scenarios(list(builtin()))
    ]  # fmt: skip


def packs() -> list[Entry]:
    """Return the packs with the built-in scenarios of each."""
    from .scenario.loader import builtin, load_scenarios
    from .scenario.packs import PACKS

    everything = load_scenarios(list(builtin()))
    found = []
    for pack in PACKS.values():
        inside = pack.of(everything)
        found.append({"name": pack.name, "says": f"{pack.says}; {plural(len(inside), 'scenario')}", "scenarios": [s.id for s in inside]})
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


FAMILIES: dict[str, Callable[[], list[Entry]]] = {
    "scenarios": scenarios, "packs": packs, "checks": checks, "faults": faults, "steps": steps, "dialects": dialects,
}  # fmt: skip


def as_text(entries: list[Entry]) -> str:
    """Return the list for people: name and first line, rules and settings indented below."""
    width = max((len(e["name"]) for e in entries), default=0)
    lines = []
    for entry in entries:
        lines.append(f"{entry['name']:<{width}}  {entry['says']}".rstrip())
        lines.extend(f"{'':<{width}}  {r['id']}  {r['says']} ({r['severity']})" for r in entry.get("rules", ()))
        told = [key for key in ("settings", "tags", "classes") if entry.get(key)]
        lines.extend(f"{'':<{width}}  {key}: {', '.join(entry[key])}" for key in told)
    return "\n".join(lines)


def _first_line(thing: object) -> str:
    # A dataclass without a docstring gets its signature as one: that says nothing.
    text = inspect.getdoc(thing) or ""
    generated = dataclasses.is_dataclass(thing) and text.startswith(f"{getattr(thing, '__name__', '')}(")
    return "" if generated else text.partition("\n")[0]
