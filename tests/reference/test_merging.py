"""The rules of the three-way merge as tables. N stands for blank."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.reference.bugs import Bugs
from syncproof.reference.contract import Rule
from syncproof.reference.merging import UNKNOWN, Decision, is_contested, merge

N = None


def _outcome(decision: Decision) -> str:
    """Return who is written with what: `crm<-x`, `ma<-x`, `same` or `-`."""
    if decision.to_crm or decision.to_ma:
        return f"{'crm' if decision.to_crm else ''}{'ma' if decision.to_ma else ''}<-{decision.value}"
    return "same" if decision.agree else "-"


def _merged(direction: str, winner: str, blank: str, enforce: str, crm: Any, ma: Any, base: Any, later: str = "crm") -> str:
    rule = Rule("C", "m", direction=direction, winner=winner, blank=blank, enforce=enforce)
    return _outcome(merge(rule, crm, ma, base, lambda: later, Bugs()))


ONE_WAY = [
    # blank    enforce      master copy base      expected
    ("", "", "a", "a", "a", "same"),
    ("", "", "b", "a", "a", "ma<-b"),
    ("", "", "a", "x", "a", "-"),  # a stray edit may stay
    ("", "on_change", "a", "x", "a", "-"),
    ("", "always", "a", "x", "a", "ma<-a"),
    ("", "on_change", "b", "x", "a", "ma<-b"),
    ("keep", "always", N, "a", "a", "-"),
    ("clear", "", N, "a", "a", "ma<-None"),
    ("", "", N, "a", "a", "-"),
    ("clear", "on_change", N, "x", N, "-"),
    ("clear", "always", N, "x", N, "ma<-None"),
    ("keep", "", N, "x", UNKNOWN, "-"),
    ("clear", "", N, "x", UNKNOWN, "-"),  # emptied, or never filled? without a memory nobody can tell
    ("clear", "on_change", N, "x", UNKNOWN, "-"),
    ("clear", "always", N, "x", UNKNOWN, "ma<-None"),
    ("", "", "a", "x", UNKNOWN, "ma<-a"),
    ("", "", "a", N, UNKNOWN, "ma<-a"),
]


@pytest.mark.parametrize(("blank", "enforce", "master", "copy", "base", "expected"), ONE_WAY)
def test_the_reading_side_follows_its_master(blank: str, enforce: str, master: Any, copy: Any, base: Any, expected: str) -> None:
    assert _merged("crm_to_ma", "", blank, enforce, master, copy, base) == expected
    mirrored = expected.replace("ma<-", "crm<-")
    assert _merged("ma_to_crm", "", blank, enforce, copy, master, base) == mirrored


TWO_WAY = [
    # winner           blank   crm  ma   base     expected
    ("crm", "keep", "a", "a", "z", "same"),
    ("crm", "keep", "b", "a", "a", "ma<-b"),
    ("ma", "keep", "b", "a", "a", "ma<-b"),  # the winner decides only when both were edited
    ("crm", "keep", "a", "b", "a", "crm<-b"),
    ("crm", "keep", "b", "c", "a", "ma<-b"),
    ("ma", "keep", "b", "c", "a", "crm<-c"),
    ("crm", "keep", N, "a", "a", "-"),
    ("crm", "clear", N, "a", "a", "ma<-None"),
    ("crm", "", N, "a", "a", "-"),
    ("crm", "clear", "a", N, "a", "crm<-None"),
    ("crm", "keep", N, "b", "a", "crm<-b"),
    ("crm", "clear", N, "b", "a", "ma<-None"),
    ("ma", "keep", "b", N, "a", "ma<-b"),
    ("crm_unless_blank", "clear", N, "b", "a", "crm<-b"),
    ("crm_unless_blank", "keep", "c", "b", "a", "ma<-c"),
    ("ma_unless_blank", "clear", "c", N, "a", "ma<-c"),
    ("ma_unless_blank", "keep", "c", "b", "a", "crm<-b"),
    ("crm", "clear", N, "x", UNKNOWN, "crm<-x"),  # at first contact a blank never overwrites
    ("ma", "clear", "x", N, UNKNOWN, "ma<-x"),
    ("crm", "keep", "x", "y", UNKNOWN, "ma<-x"),
    ("ma", "keep", "x", "y", UNKNOWN, "crm<-y"),
    ("", "keep", "x", "y", UNKNOWN, "ma<-x"),
    ("crm", "keep", False, True, True, "ma<-False"),
    ("crm", "keep", 0.0, 5.0, 5.0, "ma<-0.0"),
]


@pytest.mark.parametrize(("winner", "blank", "crm", "ma", "base", "expected"), TWO_WAY)
def test_two_way_fields_follow_the_mapping(winner: str, blank: str, crm: Any, ma: Any, base: Any, expected: str) -> None:
    assert _merged("both", winner, blank, "", crm, ma, base) == expected


@pytest.mark.parametrize(("later", "blank", "crm", "ma", "expected"), [
    ("crm", "clear", "b", "c", "ma<-b"), ("ma", "clear", "b", "c", "crm<-c"), ("crm", "clear", N, "c", "ma<-None"),
    ("crm", "keep", N, "c", "crm<-c"), ("ma", "clear", "b", N, "crm<-None"),
])
def test_latest_asks_who_was_later(later: str, blank: str, crm: Any, ma: Any, expected: str) -> None:
    assert _merged("both", "latest", blank, "", crm, ma, "a", later) == expected


def test_times_are_wanted_only_when_they_decide() -> None:
    rule = Rule("C", "m", winner="latest")
    assert is_contested(rule, "b", "c", "a")
    assert is_contested(rule, N, "c", "a")
    assert is_contested(rule, "b", "c", UNKNOWN)
    assert not is_contested(rule, "b", N, UNKNOWN)
    assert not is_contested(rule, "b", "a", "a")
    assert not is_contested(rule, "a", "a", "z")
    assert not is_contested(Rule("C", "m", winner="crm"), "b", "c", "a")


def test_a_field_that_must_not_cross_never_does() -> None:
    assert _merged("none", "crm", "clear", "always", "a", "b", UNKNOWN) == "-"


def test_a_conflict_names_its_winner_and_a_plain_edit_has_none() -> None:
    rule = Rule("C", "m", winner="ma", blank="clear")
    assert merge(rule, "b", "c", "a", lambda: "crm", Bugs()).conflict == "ma"
    assert merge(rule, "b", "a", "a", lambda: "crm", Bugs()).conflict == ""
