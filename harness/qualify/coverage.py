"""Requirement coverage: which scenarios look at which rule, which rules nobody looks at, and what proves that a rule sees.

It rests on the last `make score` (`measured.yaml`): a scenario looks at a rule when, run with the correct connector, the
rule had at least one fact to compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..checks import all_rules
from ..legible import plural
from .expected import EXPECTED
from .measured import measured

_NAMED = 4
# Rules that no built-in scenario can look at, and what does.
ELSEWHERE: Mapping[str, str] = {
    "EGRESS-001": "the network `direct` cannot see other hosts; tests/network finds connectors that try, under `isolated` and `proxy`",
}

# Rules that no connector between the built-in systems can violate, and why; what proves that they see is in tests/checks.
BY_TESTS_ONLY: Mapping[str, str] = {
    "IDENT-003": "the tax number is unique in both built-in systems, which refuse a second company with it (tests/checks)",
}


def by_rule() -> Mapping[str, tuple[str, ...]]:
    """Return rule -> the scenarios that look at it, sorted; nobody's rules come with nothing."""
    found: dict[str, list[str]] = {rule: [] for rule in all_rules()}
    for scenario, rules in measured().looked.items():
        for rule in rules:
            if rule in found:
                found[rule].append(scenario)
    return {rule: tuple(sorted(scenarios)) for rule, scenarios in found.items()}


def never_looked_at() -> tuple[str, ...]:
    """Return the rules that no built-in scenario looks at, though one could."""
    return tuple(rule for rule, scenarios in by_rule().items() if not scenarios and rule not in ELSEWHERE)


def proved_by() -> Mapping[str, tuple[str, ...]]:
    """Return rule -> the buggy variants of the reference connector at which it was expected to fire, and did.

    Of a score that does not tell yet which of the expected rules fired, all of them are returned.
    """
    if measured().proves:
        return measured().proves
    found: dict[str, list[str]] = {}
    for variant, expected in EXPECTED.items():
        for rule in expected.rules:
            found.setdefault(rule, []).append(variant)
    return {rule: tuple(names) for rule, names in found.items()}


def as_json() -> dict[str, Any]:
    """Return both directions, and what nobody looks at."""
    proofs = proved_by()
    return {
        "rules": {
            rule: {"check": all_rules()[rule][1], "says": all_rules()[rule][0].title, "scenarios": list(scenarios),
                   "variants": list(proofs.get(rule, ()))}
            for rule, scenarios in by_rule().items()
        },
        "scenarios": {scenario: list(rules) for scenario, rules in measured().looked.items()},
        "never_looked_at": list(never_looked_at()), "elsewhere": dict(ELSEWHERE),
        "never_proved": [rule for rule in by_rule() if rule not in proofs and rule not in BY_TESTS_ONLY],
        "proved_by_tests_only": {rule: why for rule, why in BY_TESTS_ONLY.items() if rule not in proofs},
    }  # fmt: skip


def lines() -> list[str]:
    """Return the same for people."""
    proofs = proved_by()
    shown = ["Rule: the scenarios that look at it", ""]
    for rule, scenarios in by_rule().items():
        shown.append(f"{rule}  {all_rules()[rule][0].title}")
        unseen = f"    {ELSEWHERE[rule]}" if rule in ELSEWHERE else "    NEVER LOOKED AT"
        shown.append(f"    looked at in {plural(len(scenarios), 'scenario')}: {_some(scenarios)}" if scenarios else unseen)
        if rule in BY_TESTS_ONLY and rule not in proofs:
            shown.append(f"    proved by unit tests only: {BY_TESTS_ONLY[rule]}")
        if rule in proofs:
            shown.append(f"    sees {plural(len(proofs[rule]), 'buggy connector')}: {_some(proofs[rule])}")
    shown += ["", "Scenario: the rules it looks at", ""]
    shown += [f"{scenario}: {' '.join(rules) or 'none'}" for scenario, rules in measured().looked.items()]
    told = as_json()
    for key, says in (("never_looked_at", "never looked at"), ("never_proved", "that no buggy connector proves")):
        shown += ["", f"{plural(len(told[key]), 'rule')} {says}{': ' if told[key] else ''}{' '.join(told[key])}"]
    return shown


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
