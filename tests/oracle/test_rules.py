"""The arithmetic of the oracle: what may stand after a sync, rule by rule."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syncproof.mapping.grammar import Direction, FieldRule, Side, Winner
from syncproof.oracle.rules import Situation, allowed


def rule(**stated: Any) -> FieldRule:
    return FieldRule(crm="Title", ma="jobtitle", **stated)


def pairs(situation: Situation, **stated: Any) -> set[tuple[Any, Any]]:
    return set(allowed(rule(**stated), situation).pairs)


BASE = ("old", "old")


@pytest.mark.parametrize(
    ("stated", "situation", "expected"),
    [
        # one way, CRM is master
        ({"direction": "crm_to_ma"}, Situation(BASE, ("new", "old")), {("new", "new")}),
        ({"direction": "crm_to_ma", "enforce": "always"}, Situation(BASE, ("old", "stray")), {("old", "old")}),
        ({"direction": "crm_to_ma", "enforce": "on_change"}, Situation(BASE, ("old", "stray")), {("old", "stray")}),
        ({"direction": "crm_to_ma"}, Situation(BASE, ("old", "stray")), {("old", "old"), ("old", "stray")}),
        ({"direction": "crm_to_ma", "blank": "clear"}, Situation(BASE, (None, "old")), {(None, None)}),
        ({"direction": "crm_to_ma", "blank": "keep"}, Situation(BASE, (None, "old")), {(None, "old")}),
        ({"direction": "crm_to_ma"}, Situation(BASE, (None, "old")), {(None, None), (None, "old")}),
        ({"direction": "crm_to_ma"}, Situation(None, ("seed", None)), {("seed", "seed")}),
        # one way, MA is master: the mirror image
        ({"direction": "ma_to_crm"}, Situation(BASE, ("old", "new")), {("new", "new")}),
        ({"direction": "ma_to_crm", "enforce": "always"}, Situation(BASE, ("stray", "old")), {("old", "old")}),
        # none
        ({"direction": "none"}, Situation(BASE, ("a", "b")), {("a", "b")}),
        # both, one side changed
        ({"winner": "crm"}, Situation(BASE, ("old", "new")), {("new", "new")}),
        ({"winner": "crm", "blank": "clear"}, Situation(BASE, ("old", None)), {(None, None)}),
        ({"winner": "crm", "blank": "keep"}, Situation(BASE, ("old", None)), {("old", None), ("old", "old")}),
        ({"winner": "crm_unless_blank"}, Situation(BASE, (None, "old")), {(None, "old"), ("old", "old")}),
        # both, both changed
        ({"winner": "crm"}, Situation(BASE, ("c", "m")), {("c", "c")}),
        ({"winner": "ma"}, Situation(BASE, ("c", "m")), {("m", "m")}),
        ({"winner": "latest"}, Situation(BASE, ("c", "m"), Side.MA), {("m", "m")}),
        ({"winner": "latest"}, Situation(BASE, ("c", "m"), Side.CRM), {("c", "c")}),
        ({"winner": "latest"}, Situation(BASE, ("c", "m"), None), {("c", "c"), ("m", "m")}),
        ({"winner": "latest", "blank": "clear"}, Situation(BASE, (None, "m"), Side.CRM), {(None, None)}),
        ({"winner": "crm_unless_blank"}, Situation(BASE, (None, "m")), {("m", "m")}),
        ({"winner": "ma_unless_blank"}, Situation(BASE, ("c", None)), {("c", "c")}),
        ({}, Situation(BASE, ("c", "m")), {("c", "c"), ("m", "m")}),
        # first meeting: a blank is filled and never overwrites
        ({"winner": "crm"}, Situation(None, (None, "m")), {("m", "m")}),
        ({"winner": "ma", "blank": "clear"}, Situation(None, ("c", None)), {("c", "c")}),
        ({"winner": "crm"}, Situation(None, ("c", "m")), {("c", "c")}),
        # nothing edited: agreeing sides stay as they are
        ({"winner": "crm"}, Situation(BASE, BASE), {BASE}),
    ],
)
def test_the_rules_allow_exactly(stated: dict[str, Any], situation: Situation, expected: set[tuple[Any, Any]]) -> None:
    assert pairs(situation, **stated) == expected


def test_text_longer_than_the_target_may_be_cut_there_but_not_here() -> None:
    found = pairs(Situation(BASE, ("abcdefgh", "old")), direction="crm_to_ma", max_length=5)

    assert found == {("abcdefgh", "abcdefgh"), ("abcdefgh", "abcde")}


values = st.sampled_from([None, "a", "b", "c"])
stated_rules = st.fixed_dictionaries({
    "direction": st.sampled_from(list(Direction)), "winner": st.sampled_from([None, *Winner]),
    "blank": st.sampled_from([None, "keep", "clear"]), "enforce": st.sampled_from([None, "always", "on_change"]),
    "fill": st.sampled_from([None, "back", "only"]),
})
situations = st.builds(
    Situation, st.none() | st.tuples(values, values), st.tuples(values, values), st.sampled_from([None, *Side])
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no finding
@given(stated_rules, situations)
def test_something_is_always_allowed_and_invents_nothing(stated: dict[str, Any], situation: Situation) -> None:
    found = pairs(situation, **stated)

    assert found
    assert {v for pair in found for v in pair} <= {*situation.now, None}


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no finding
@given(stated_rules, situations)
def test_a_stated_rule_never_allows_more_than_an_open_one(stated: dict[str, Any], situation: Situation) -> None:
    for key in ("blank", "enforce"):
        if key == "blank" and stated["winner"] in (Winner.CRM_UNLESS_BLANK, Winner.MA_UNLESS_BLANK):
            continue  # such a winner has said already that a blank does not win: nothing is open there
        opened = pairs(situation, **{**stated, key: None})
        assert pairs(situation, **stated) <= opened, key


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no finding
@given(stated_rules, situations)
def test_the_two_sides_are_treated_alike(stated: dict[str, Any], situation: Situation) -> None:
    swap = {"crm": "ma", "ma": "crm", "crm_to_ma": "ma_to_crm", "ma_to_crm": "crm_to_ma", "crm_unless_blank": "ma_unless_blank", "ma_unless_blank": "crm_unless_blank"}
    mirrored = {k: swap.get(str(v), v) if v else v for k, v in stated.items()}

    assert {(m, c) for c, m in pairs(situation, **stated)} == pairs(situation.mirrored(), **mirrored)


def test_a_master_side_is_never_changed_by_a_sync() -> None:
    for now in itertools.product(["a", "b", None], repeat=2):
        for base in [None, BASE]:
            assert {c for c, _ in pairs(Situation(base, now), direction="crm_to_ma")} == {now[0]}
