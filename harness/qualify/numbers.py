"""A qualification as JSON: the shape of design.md section 11, more keys than are relied on."""

from __future__ import annotations

from typing import Any

from . import Qualification
from .classes import standings


def as_json(found: Qualification) -> dict[str, Any]:
    """Return variants, classes, false alarms, the matrix and what each scenario is worth."""
    return {
        "classes": classes(found),
        "variants": {
            "total": len(found.tried), "caught": len(found.tried) - len(found.missed),
            "missed": [t.variant.name for t in found.missed],
            "not_tried": [t.variant.name for t in found.trials if not t.outcomes and t.variant.name not in found.beside],
            "beside_the_mapping": dict(found.beside),
        },
        "mapping": found.mapping, "left_out": dict(sorted(found.left_out.items())),
        "false_alarms": found.false_alarms, "seconds": round(found.seconds, 1), "pack": found.pack, "seed": found.seed,
        "jobs": found.jobs, "scenarios_run": len(found.clean) + sum(len(t.outcomes) for t in found.trials),
        "alarms": [{"scenario": o.task.scenario.id, "verdict": o.verdict, "rules": list(o.fired), "why": o.first} for o in found.alarms],
        "matrix": [
            {"variant": t.variant.name, "class": t.variant.bug_class, "expected": list(t.expected.rules),
             "fired": {s: list(r) for s, r in t.fired.items()}, "caught": t.is_caught, "caught_in": list(t.caught_in)}
            for t in found.trials
        ],
        "scenarios": [
            {"scenario": p.scenario, "catches": list(p.catches), "alone": list(p.alone), "seconds": round(p.seconds, 2)}
            for p in found.powers
        ],
    }  # fmt: skip


def classes(found: Qualification) -> dict[str, Any]:
    """Return where every class stands, each in one place.

    ``detected``: a variant of it was caught and none missed. ``not_shown``: a scenario and a rule are there for it, but no
    variant of this run proves that they see it. ``open``: neither.
    """
    standing = standings()
    detected = set(found.detected)
    state = {s.bug_class.id: s.state for s in standing if s.bug_class.id not in detected}
    ids = {name: [c for c, s in state.items() if s == name] for name in ("not_applicable", "not_reached")}
    return {
        "total": len(standing), "detected": len(detected), "detected_ids": sorted(detected),
        **ids,
        "not_applicable_why": {s.bug_class.id: s.not_applicable for s in standing if s.bug_class.id in ids["not_applicable"]},
        "not_reached_why": {s.bug_class.id: s.not_reached for s in standing if s.bug_class.id in ids["not_reached"]},
        "not_shown": [c for c, s in state.items() if s == "covered"],
        "open": [c for c, s in state.items() if s in ("open", "contradictory")],
    }  # fmt: skip
