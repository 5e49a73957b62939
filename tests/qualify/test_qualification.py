"""What counts as caught, as a false alarm, as detected; what a scenario is worth."""

from __future__ import annotations

import pytest
from syncproof.errors import InputError
from syncproof.qualify import _share, _variants, qualify
from syncproof.qualify.classes import bug_classes
from syncproof.qualify.numbers import as_json
from tests.qualify.made import outcome, qualification, trial


def test_only_a_rule_that_should_see_the_bug_catches_it() -> None:
    right, wrong = trial("a", "CONS-001", one="CONS-001 FIELD-001"), trial("b", "CONS-001", one="FIELD-001")

    assert (right.is_caught, wrong.is_caught) == (True, False)
    assert qualification(right, wrong).missed == (wrong,)


def test_one_of_several_scenarios_is_enough() -> None:
    found = trial("a", "CONS-001 CONS-002", one="", two="CONS-002")

    assert found.caught_in == ("x/two",)


def test_a_missed_variant_says_what_was_expected_and_what_happened() -> None:
    found = trial("a", "CONS-001", one="FIELD-001", two="")

    assert found.why_missed == "expected CONS-001, fired FIELD-001; x/one: FAIL; x/two: PASS"


def test_a_finding_about_the_correct_connector_and_an_unknown_are_false_alarms() -> None:
    clean = (outcome("x/one"), outcome("x/two", "FIELD-001", "FIELD-002"), outcome("x/three", verdict="UNKNOWN", reason="crashed"))

    found = qualification(trial("a", "CONS-001", one="CONS-001"), clean=clean)

    assert found.false_alarms == 3
    assert [o.task.scenario.id for o in found.alarms] == ["x/two", "x/three"]
    assert not found.is_good


def test_everything_caught_and_nothing_invented_is_good() -> None:
    assert qualification(trial("a", "CONS-001", one="CONS-001")).is_good
    assert not qualification(trial("a", "CONS-001", one="")).is_good


def test_a_variant_none_of_whose_scenarios_is_in_the_pack_is_neither_caught_nor_missed() -> None:
    found = qualification(trial("a", "CONS-001"), trial("b", "CONS-001", one="CONS-001"))

    numbers = as_json(found)
    assert found.is_good
    assert numbers["variants"] == {"total": 1, "caught": 1, "missed": [], "not_tried": ["a"], "beside_the_mapping": {}}


def test_a_class_is_detected_only_when_none_of_its_variants_is_missed() -> None:
    found = qualification(
        trial("a", "CONS-001", "B001", one="CONS-001"), trial("b", "CONS-001", "B001", one=""), trial("c", "FIELD-001", "B017", one="FIELD-001")
    )

    assert found.detected == ("B017",)


def test_a_scenario_is_worth_what_it_catches_and_what_only_it_catches() -> None:
    found = qualification(
        trial("a", "CONS-001", one="CONS-001"), trial("b", "CONS-001", one="CONS-001", two="CONS-001"),
        trial("c", "CONS-001", one="FIELD-001"), clean=(outcome("x/one"), outcome("x/two"), outcome("x/idle")),
    )  # fmt: skip

    assert [(p.scenario, p.catches, p.alone) for p in found.powers] == [
        ("x/one", ("a", "b"), ("a",)), ("x/two", ("b",), ()), ("x/idle", (), ()),
    ]


def test_every_class_stands_in_exactly_one_place_of_the_numbers() -> None:
    told = as_json(qualification(trial("a", "CONS-001", "B001", one="CONS-001")))["classes"]

    places = [told["detected_ids"], told["not_applicable"], told["not_reached"], told["not_shown"], told["open"]]
    assert sorted(c for place in places for c in place) == list(bug_classes())
    assert told["total"] == 101
    assert told["detected_ids"] == ["B001"]
    assert set(told["not_applicable_why"]) == set(told["not_applicable"])


def test_a_share_holds_all_of_tier_1_and_all_shares_together_everything() -> None:
    everything = _variants([])
    grave = {v.name for v in everything if bug_classes()[v.bug_class].tier == 1}

    shares = [[v.name for v in _share(everything, f"{k}/4")] for k in (1, 2, 3, 4)]

    assert all(grave <= set(names) for names in shares)
    assert {n for names in shares for n in names} == {v.name for v in everything}
    rest = [n for names in shares for n in names if n not in grave]
    assert len(rest) == len(set(rest))


@pytest.mark.parametrize("share", ["0/4", "5/4", "x", "1", "1/0", "-1/2"])
def test_what_is_no_share_is_told(share: str) -> None:
    with pytest.raises(InputError, match="is no share"):
        qualify(share=share)


def test_an_unknown_variant_and_an_unknown_pack_are_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no variant is called `optout_stiky` \(did you mean `optout_sticky`\?\)"):
        qualify(["optout_stiky"])
    with pytest.raises(InputError, match=r"no pack is called `ful` \(did you mean `full`\?\)"):
        qualify(pack="ful")
