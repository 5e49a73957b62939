"""How one check is run: its verdict, its facts, its rules, and the bug class that a finding is told under."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import syncproof.checks
from syncproof.checks import Rule, Seen, all_rules, checks, classed, run_check
from syncproof.model import Finding, Severity, Verdict
from syncproof_mocks.discovery import ExtensionError

RULES = (Rule("A-1", "first", Severity.MAJOR, ("B001", "B002")), Rule("A-2", "second", Severity.MINOR))


def made(body: Callable[[Any, Seen], None], *rules: Rule, name: str = "made_up") -> Any:
    """Return a check as a module of its own would offer it."""
    module = ModuleType(name)
    module.RULES = rules or RULES  # type: ignore[attr-defined]
    sys.modules[name] = module
    body.__module__ = name
    return body


def ran(body: Callable[[Any, Seen], None]) -> Any:
    return run_check("made_up", made(body), None)  # type: ignore[arg-type]


def test_a_check_that_finds_nothing_in_what_it_looked_at_passes() -> None:
    result = ran(lambda _, seen: seen.look("A-2", 3)).result

    assert (result.verdict, result.looked_at, result.rules, result.reason) == (Verdict.PASS, 3, ("A-2",), "")


def test_a_check_that_had_nothing_to_look_at_says_so() -> None:
    result = ran(lambda _, seen: seen.look("A-1", 0)).result

    assert (result.verdict, result.looked_at, result.rules) == (Verdict.PASS, 0, ("A-1", "A-2"))
    assert result.reason == "nothing to look at in this scenario"


def test_a_finding_fails_with_the_severity_and_the_class_of_its_rule_unless_given() -> None:
    def body(_: Any, seen: Seen) -> None:
        seen.finding("A-1", "wrong")
        seen.finding("A-2", "odd")
        seen.finding("A-1", "worse", severity=Severity.CRITICAL, bug_class="B009")

    result = ran(body).result
    assert [(f.rule, f.message, f.severity, f.bug_class) for f in result.findings] == [
        ("A-1", "wrong", Severity.MAJOR, "B001"), ("A-2", "odd", Severity.MINOR, None), ("A-1", "worse", Severity.CRITICAL, "B009"),
    ]
    assert (result.verdict, result.reason) == (Verdict.FAIL, "")


def test_what_could_not_be_proved_is_unknown_unless_something_was_found() -> None:
    def body(_: Any, seen: Seen) -> None:
        seen.look("A-1")
        seen.unproved = "it broke off"

    def worse(_: Any, seen: Seen) -> None:
        body(_, seen)
        seen.finding("A-1", "wrong")

    assert (ran(body).result.verdict, ran(body).result.reason) == (Verdict.UNKNOWN, "it broke off")
    assert ran(worse).result.verdict is Verdict.FAIL


def test_a_check_that_crashes_is_unknown_and_says_where() -> None:
    def body(_: Any, seen: Seen) -> None:
        seen.look("A-1")
        raise ValueError("boom")

    result = ran(body).result
    assert (result.verdict, result.rules, result.looked_at) == (Verdict.UNKNOWN, ("A-1", "A-2"), 0)
    assert result.reason.startswith("the check crashed: ValueError: boom (body, line ")


def test_what_was_left_open_is_told_once() -> None:
    def body(_: Any, seen: Seen) -> None:
        seen.left_open += ["a", "b", "a"]
        seen.not_checked += ["x", "x"]

    assert (ran(body).left_open, ran(body).not_checked) == (("a", "b"), ("x",))


def test_a_check_without_rules_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bare = made(lambda *_: None, name="good"), made(lambda *_: None, name="bare")
    monkeypatch.delattr(sys.modules["bare"], "RULES")

    monkeypatch.setattr(syncproof.checks, "discover", lambda _: {"good": good})
    assert checks.__wrapped__() == {"good": good}
    monkeypatch.setattr(syncproof.checks, "discover", lambda _: {"good": good, "bare": bare})
    with pytest.raises(ExtensionError, match="check `bare` must define RULES"):
        checks.__wrapped__()


def test_two_checks_may_not_claim_one_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = made(lambda *_: None, RULES[0], name="one"), made(lambda *_: None, RULES[1], name="two")

    monkeypatch.setattr(syncproof.checks, "checks", lambda: {"one": one, "two": two})
    assert all_rules.__wrapped__() == {"A-1": (RULES[0], "one"), "A-2": (RULES[1], "two")}
    monkeypatch.setattr(syncproof.checks, "checks", lambda: {"one": one, "copy": one})
    with pytest.raises(ExtensionError, match="rule A-1 is claimed by `one` and `copy`"):
        all_rules.__wrapped__()


@pytest.mark.parametrize(("rule", "bug_class", "classes", "told"), [
    ("A-1", "B001", ("B002",), "B002"), ("A-1", "B001", ("B009", "B002", "B001"), "B001"), ("A-1", "B001", ("B009",), "B001"), ("A-1", "B001", (), "B001"),
    ("A-1", "B007", ("B002",), "B007"), ("A-2", None, ("B002",), None), ("Z-9", "B001", ("B002",), "B001"),
])
def test_a_finding_is_told_under_the_class_that_the_scenario_is_there_for(
    monkeypatch: pytest.MonkeyPatch, rule: str, bug_class: str | None, classes: tuple[str, ...], told: str | None
) -> None:
    monkeypatch.setattr(syncproof.checks, "all_rules", lambda: {r.id: (r, "made_up") for r in RULES})
    found = Finding(rule=rule, message="wrong", severity=Severity.MAJOR, bug_class=bug_class)

    assert classed(found, classes).bug_class == told
