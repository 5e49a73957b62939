"""What must hold. One file, one check: a pure function from evidence to findings, with its stable rules.

A check module ``no_duplicates`` offers ``no_duplicates(oracle, seen)`` and ``RULES``. It reports every violation
with ``seen.finding(...)`` and counts what it compared with ``seen.look(...)``: a check that saw nothing says so, and
a check that crashes is UNKNOWN, never PASS.
"""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from syncproof_mocks.discovery import ExtensionError, discover

from ..model import CheckResult, Finding, Severity, Verdict
from ..oracle.fields import Oracle


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must hold: stable id, what it says, how bad a violation is, which bug classes it detects."""

    id: str
    title: str
    severity: Severity
    classes: tuple[str, ...] = ()


@dataclass
class Seen:
    """What one check has looked at and found so far."""

    rules: Mapping[str, Rule]
    looked: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    left_open: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    unproved: str = ""  # why a check without findings is UNKNOWN all the same

    def look(self, rule: str, facts: int = 1) -> None:
        """Count facts that were compared under a rule."""
        self.looked[self.rules[rule].id] += facts

    def finding(self, rule: str, message: str, **details: Any) -> None:
        """Report one violation; severity and bug class come from the rule unless given."""
        stated = self.rules[rule]
        details.setdefault("severity", stated.severity)
        details.setdefault("bug_class", stated.classes[0] if stated.classes else None)
        self.findings.append(Finding(rule=rule, message=message, **details))


CheckFunction = Callable[[Oracle, Seen], None]


@lru_cache(maxsize=1)
def checks() -> dict[str, CheckFunction]:
    """Return all checks by name (the folder is the registry). Raises ExtensionError when one lacks RULES."""
    found: dict[str, CheckFunction] = discover(sys.modules[__name__])
    for name, function in found.items():
        if not rules_of(function):
            raise ExtensionError(f"check `{name}` must define RULES, a tuple of Rule")
    return found


def rules_of(function: CheckFunction) -> tuple[Rule, ...]:
    """Return the rules a check module declares."""
    return tuple(getattr(sys.modules[function.__module__], "RULES", ()))


@lru_cache(maxsize=1)
def all_rules() -> dict[str, tuple[Rule, str]]:
    """Return rule id -> (rule, name of its check). Raises ExtensionError when two checks claim one id."""
    found: dict[str, tuple[Rule, str]] = {}
    for name, function in checks().items():
        for rule in rules_of(function):
            if rule.id in found:
                raise ExtensionError(f"rule {rule.id} is claimed by `{found[rule.id][1]}` and `{name}`")
            found[rule.id] = (rule, name)
    return found


def classed(finding: Finding, classes: Sequence[str]) -> Finding:
    """Return the finding with the bug class that its rule and the scenario's ``classes`` both name.

    A rule detects several classes and its first stands for the rule; a scenario says which one it is there for. A class that
    a check itself chose is kept.
    """
    stated = all_rules()[finding.rule][0] if finding.rule in all_rules() else None
    if stated is None or not stated.classes or finding.bug_class != stated.classes[0] or finding.bug_class in classes:
        return finding
    return replace(finding, bug_class=next((name for name in classes if name in stated.classes), finding.bug_class))


@dataclass(frozen=True, slots=True)
class Checked:
    """One check's result with what it left open and did not check."""

    result: CheckResult
    left_open: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()


def run_check(name: str, function: CheckFunction, oracle: Oracle) -> Checked:
    """Run one check. A crash makes it UNKNOWN with the traceback as the reason."""
    rules = rules_of(function)
    seen = Seen({r.id: r for r in rules})
    ids = tuple(r.id for r in rules)
    try:
        function(oracle, seen)
    except Exception as error:  # noqa: BLE001 (a check's crash is a result: UNKNOWN)
        place = traceback.extract_tb(error.__traceback__)[-1]
        reason = f"the check crashed: {type(error).__name__}: {error} ({place.name}, line {place.lineno})"
        return Checked(CheckResult(name, ids, Verdict.UNKNOWN, reason=reason))
    looked = sum(seen.looked.values())
    verdict = Verdict.FAIL if seen.findings else Verdict.UNKNOWN if seen.unproved else Verdict.PASS
    reason = seen.unproved or ("" if looked or seen.findings else "nothing to look at in this scenario")
    used = tuple(r for r in ids if seen.looked[r])
    result = CheckResult(name, used or ids, verdict, looked, tuple(seen.findings), reason)
    return Checked(result, tuple(dict.fromkeys(seen.left_open)), tuple(dict.fromkeys(seen.not_checked)))
