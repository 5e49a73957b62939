"""What a mapping leaves open is said to be open, and nothing else is; what fills, what is cut, what a new record holds."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Direction, FieldRule, Side
from syncproof.oracle.rules import Allowed, Situation, allowed, created, forgetful, ordered

BASE = ("old", "old")
LAST_CRM, LAST_MA = Side.CRM, Side.MA


def judged(stated: dict[str, Any], base: Any, now: Any, last: Side | None = None) -> Allowed:
    return allowed(FieldRule(crm="Title", ma="jobtitle", **stated), Situation(base, now, last))


ONE_WAY, BACK, ONLY = {"direction": "crm_to_ma"}, {"direction": "crm_to_ma", "fill": "back"}, {"direction": "both", "fill": "only"}


@pytest.mark.parametrize(
    ("stated", "base", "now", "pairs", "word"),
    [
        # a blank of the master
        (ONE_WAY, BASE, (None, "old"), {(None, "old"), (None, None)}, "blank"),
        (ONE_WAY, BASE, (None, None), {(None, None)}, ""),
        ({**ONE_WAY, "blank": "keep"}, BASE, (None, "old"), {(None, "old")}, ""),
        ({**ONE_WAY, "blank": "clear"}, None, (None, "old"), {(None, None), (None, "old")}, "enforce"),
        ({**ONE_WAY, "blank": "clear", "enforce": "on_change"}, None, (None, "old"), {(None, None), (None, "old")}, "enforce"),
        ({**ONE_WAY, "blank": "clear", "enforce": "always"}, None, (None, "old"), {(None, None)}, ""),
        ({**ONE_WAY, "blank": "clear"}, None, (None, None), {(None, None)}, ""),
        (ONE_WAY, None, (None, "old"), {(None, "old"), (None, None)}, "blank"),
        ({**ONE_WAY, "enforce": "always"}, (None, None), (None, "stray"), {(None, "stray"), (None, None)}, "blank"),
        ({**ONE_WAY, "enforce": "always", "blank": "clear"}, (None, None), (None, "stray"), {(None, None)}, ""),
        # nothing changed, or only on the reading side
        (ONE_WAY, BASE, ("old", "stray"), {("old", "old"), ("old", "stray")}, "enforce"),
        (ONE_WAY, BASE, BASE, {BASE}, ""),
        ({**ONE_WAY, "max_length": 3}, ("older", "old"), ("older", "old"), {("older", "old")}, ""),
        ({**ONE_WAY, "max_length": 3, "enforce": "always"}, ("older", "old"), ("older", "x"), {("older", "older"), ("older", "old")}, ""),
        ({**ONE_WAY, "max_length": 5}, BASE, ("exact", "old"), {("exact", "exact")}, ""),
        ({**ONE_WAY, "max_length": 4}, BASE, ("cut it", "old"), {("cut it", "cut it"), ("cut it", "cut")}, ""),
        # a master without a value, filled by the other side
        (BACK, None, (None, "there"), {("there", "there")}, ""),
        (BACK, (None, None), (None, "there"), {("there", "there")}, ""),
        (BACK, (None, "there"), (None, "there"), {(None, "there"), ("there", "there")}, ""),
        (BACK, ("was", "there"), (None, "new"), {(None, None), ("new", "new"), (None, "new")}, "fill"),
        (BACK, ("was", "was"), (None, "was"), {(None, None), (None, "was"), ("was", "was")}, "blank"),
        ({**BACK, "blank": "clear"}, ("was", "was"), (None, "was"), {(None, None)}, ""),
        ({**BACK, "blank": "keep"}, ("was", "was"), (None, "was"), {(None, "was"), ("was", "was")}, ""),
        ({**BACK, "blank": "clear"}, ("was", "was"), (None, None), {(None, None)}, ""),
        (BACK, BASE, ("new", "old"), {("new", "new")}, ""),
        # a value is never overwritten
        (ONLY, BASE, ("new", "old"), {("new", "old")}, ""),
        (ONLY, BASE, (None, None), {(None, None)}, ""),
        (ONLY, None, (None, "there"), {("there", "there")}, ""),
        (ONLY, None, ("there", None), {("there", "there")}, ""),
        (ONLY, (None, None), ("new", None), {("new", "new")}, ""),
        (ONLY, (None, None), (None, "new"), {("new", "new")}, ""),
        (ONLY, BASE, (None, "old"), {("old", "old"), (None, "old")}, "cleared"),
        (ONLY, BASE, ("old", None), {("old", "old"), ("old", None)}, "cleared"),
        (ONLY, BASE, ("new", None), {("new", "new"), ("new", None)}, "cleared"),
        (ONLY, ("x", None), ("x", None), {("x", "x"), ("x", None)}, ""),
        ({**ONE_WAY, "fill": "only"}, None, (None, "there"), {(None, "there")}, ""),
        ({**ONE_WAY, "fill": "only"}, None, ("there", None), {("there", "there")}, ""),
        ({"direction": "ma_to_crm", "fill": "only"}, None, ("there", None), {("there", None)}, ""),
        ({**ONLY, "max_length": 3}, None, ("there", None), {("there", "there"), ("there", "the")}, ""),
        ({**ONLY, "max_length": 3}, None, (None, "there"), {("there", "there"), ("the", "there")}, ""),
        # two ways
        ({}, BASE, ("same", "same"), {("same", "same")}, ""),
        ({"winner": "crm"}, BASE, (None, None), {(None, None)}, ""),
        ({}, BASE, ("c", "m"), {("c", "c"), ("m", "m")}, "winner"),
        ({}, ("c", "m"), ("c", "m"), {("c", "m"), ("c", "c"), ("m", "m")}, ""),
        ({}, BASE, (None, "old"), {(None, None), (None, "old"), ("old", "old")}, "blank"),
        ({"winner": "crm"}, BASE, (None, "m"), {(None, None), ("m", "m"), (None, "m")}, "blank"),
        ({"winner": "crm", "blank": "keep"}, BASE, (None, "m"), {("m", "m"), (None, "m")}, ""),
        ({"winner": "crm", "blank": "clear"}, BASE, (None, "m"), {(None, None)}, ""),
        ({"winner": "ma", "blank": "clear"}, BASE, (None, "m"), {("m", "m")}, ""),
        ({"winner": "crm_unless_blank", "blank": "clear"}, BASE, (None, "old"), {(None, None)}, ""),
        ({"winner": "crm_unless_blank", "blank": "clear"}, BASE, (None, "m"), {("m", "m")}, ""),
        ({"winner": "ma_unless_blank"}, BASE, (None, "old"), {(None, None), (None, "old"), ("old", "old")}, "blank"),
        ({"winner": "ma_unless_blank"}, BASE, ("c", "old"), {("c", "c")}, ""),
        ({"winner": "most_restrictive"}, BASE, ("c", "m"), {("c", "c"), ("m", "m")}, "consent"),
        ({"winner": "latest"}, None, ("c", "m"), {("c", "c"), ("m", "m")}, "later"),
        ({"winner": "crm", "max_length": 2}, BASE, ("long", "m"), {("long", "long"), ("long", "lo")}, ""),
        ({"winner": "ma", "max_length": 2}, BASE, ("c", "long"), {("long", "long"), ("lo", "long")}, ""),
        ({"winner": "ma", "max_length": 2}, BASE, ("old", "long"), {("long", "long"), ("lo", "long")}, ""),
    ],
)
def test_exactly_these_pairs_may_stand_and_this_is_open(stated: Any, base: Any, now: Any, pairs: Any, word: str) -> None:
    found = judged(stated, base, now)

    assert set(found.pairs) == pairs
    assert word in found.left_open
    assert bool(found.left_open) is bool(word)


@pytest.mark.parametrize(("last", "pair"), [(LAST_CRM, ("c", "c")), (LAST_MA, ("m", "m"))])
def test_the_later_edit_wins_only_where_both_are_known_to_be_edits(last: Side, pair: Any) -> None:
    assert set(judged({"winner": "latest"}, BASE, ("c", "m"), last).pairs) == {pair}
    assert set(judged({"winner": "latest"}, None, ("c", "m"), last).pairs) == {("c", "c"), ("m", "m")}


def test_a_later_clear_travels_from_either_side_where_the_mapping_says_so() -> None:
    stated = {"winner": "latest", "blank": "clear"}

    assert set(judged(stated, BASE, ("c", None), LAST_MA).pairs) == {(None, None)}
    assert set(judged(stated, BASE, (None, "m"), LAST_CRM).pairs) == {(None, None)}


def test_a_later_clear_that_may_or_may_not_travel_is_open() -> None:
    assert judged({"winner": "latest"}, BASE, (None, "m"), LAST_CRM).left_open
    assert not judged({"winner": "latest"}, BASE, (None, "m"), LAST_MA).left_open


@pytest.mark.parametrize(
    ("now", "crm_changed", "ma_changed"),
    [(("old", "old"), False, False), (("new", "old"), True, False), (("old", "new"), False, True), (("a", "b"), True, True)],
)
def test_a_change_is_told_from_the_last_agreed_value_of_its_own_side(now: Any, crm_changed: bool, ma_changed: bool) -> None:
    found = Situation(BASE, now)

    assert (found.crm_changed, found.ma_changed) == (crm_changed, ma_changed)
    assert not Situation(None, now).crm_changed
    assert not Situation(None, now).ma_changed


TEXT, FLAG = {"crm": "Title", "ma": "jobtitle"}, {"crm": "Vip__c", "ma": "vip", "type": "boolean"}


@pytest.mark.parametrize(
    ("stated", "target", "value", "is_key", "pairs"),
    [
        ({**TEXT, "direction": "both"}, Side.MA, "v", False, {("v", "v")}),
        ({**TEXT, "direction": "crm_to_ma"}, Side.MA, "v", False, {("v", "v")}),
        ({**TEXT, "direction": "crm_to_ma"}, Side.CRM, "v", False, {(None, "v"), (None, None)}),
        ({**TEXT, "direction": "crm_to_ma"}, Side.CRM, "v", True, {("v", "v")}),
        ({**TEXT, "direction": "crm_to_ma", "fill": "back"}, Side.CRM, "v", False, {("v", "v")}),
        ({**TEXT, "direction": "ma_to_crm"}, Side.MA, "v", False, {("v", None), (None, None)}),
        ({**TEXT, "direction": "ma_to_crm"}, Side.CRM, "v", False, {("v", "v")}),
        ({**TEXT, "direction": "none"}, Side.MA, "v", False, {("v", None)}),
        ({**TEXT, "direction": "both"}, Side.MA, None, False, {(None, None)}),
        ({**FLAG, "direction": "both"}, Side.MA, None, False, {(None, False)}),
        ({**FLAG, "direction": "none"}, Side.MA, True, False, {(True, False)}),
        ({**TEXT, "direction": "both", "max_length": 3}, Side.MA, "abcd", False, {("abcd", "abcd"), ("abcd", "abc")}),
        ({**TEXT, "direction": "both", "max_length": 3}, Side.CRM, "abcd", False, {("abcd", "abcd"), ("abc", "abcd")}),
        ({**TEXT, "direction": "both", "max_length": 4}, Side.MA, "abcd", False, {("abcd", "abcd")}),
        ({**TEXT, "direction": "both", "max_length": 3}, Side.MA, "ab c", False, {("ab c", "ab c"), ("ab c", "ab")}),
    ],
)
def test_a_new_record_holds_exactly(stated: Any, target: Side, value: Any, is_key: bool, pairs: Any) -> None:
    assert set(created(FieldRule(**stated), target, value, is_key).pairs) == pairs


def test_what_stands_on_a_side_goes_to_its_place() -> None:
    assert ordered(Side.MA, "of ma", "of crm") == ("of crm", "of ma")
    assert ordered(Side.CRM, "of crm", "of ma") == ("of crm", "of ma")
    assert FieldRule(**TEXT).direction is Direction.BOTH


@pytest.mark.parametrize(
    ("stated", "base", "now", "pairs", "word"),
    [
        # cleared by a person: whoever has no memory cannot know it
        ({"blank": "clear"}, BASE, (None, "old"), {(None, None), (None, "old")}, "enforce"),
        ({"blank": "clear", "enforce": "always"}, BASE, (None, "old"), {(None, None)}, ""),
        ({"blank": "keep"}, BASE, (None, "old"), {(None, "old")}, ""),
        # never filled: nobody cleared anything, so what stands on the reading side stays
        ({"blank": "clear", "enforce": "on_change"}, (None, None), (None, "stray"), {(None, "stray")}, ""),
        ({"blank": "clear", "enforce": "always"}, (None, None), (None, "stray"), {(None, None)}, ""),
    ],
)
def test_without_a_memory_a_cleared_master_is_open_and_a_value_that_nobody_cleared_stays(
    stated: Any, base: Any, now: Any, pairs: Any, word: str
) -> None:
    for direction in ("crm_to_ma", "ma_to_crm"):
        rule = FieldRule(crm="A", ma="a", direction=direction, **stated)
        situation = Situation(base, now)
        found = forgetful(rule, situation if direction == "crm_to_ma" else situation.mirrored())

        assert set((found if direction == "crm_to_ma" else found.mirrored()).pairs) == pairs
        assert word in found.left_open
        assert bool(found.left_open) is bool(word)
