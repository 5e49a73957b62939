"""The catalogue of bug classes: complete, and each class in exactly one place."""

from __future__ import annotations

import pytest
from syncproof.checks import all_rules
from syncproof.qualify.classes import BugClass, Standing, bug_classes, standings
from syncproof.qualify.expected import EXPECTED, NOT_APPLICABLE, NOT_REACHED
from syncproof.reference_bugs import variants
from syncproof.scenario.loader import builtin, load_scenarios

A_CLASS = BugClass("B001", "slug", "says", 1, "consents")
FAMILIES = {"consents", "identity", "values", "lifecycle", "reading", "webhooks", "weather"}


def test_there_are_101_classes_with_a_name_and_a_line_of_their_own() -> None:
    found = bug_classes()

    assert list(found) == [f"B{n:03}" for n in range(1, 102)]
    assert len({c.slug for c in found.values()}) == len({c.says for c in found.values()}) == 101
    assert {c.tier for c in found.values()} == {1, 2, 3}
    assert {c.family for c in found.values()} == FAMILIES
    assert [c.id for c in found.values() if c.tier == 1] == [f"B{n:03}" for n in range(1, 19)]


def test_each_class_has_a_scenario_and_a_rule_or_says_why_not() -> None:
    wrong = {
        f"{s.bug_class.id} {s.bug_class.slug}: {s.state}": (s.scenarios, s.rules, s.variants, s.not_applicable, s.not_reached)
        for s in standings() if s.state not in ("covered", "not_applicable", "not_reached")
    }  # fmt: skip

    assert wrong == {}


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"scenarios": ("s",), "rules": ("R",)}, "covered"),
        ({"scenarios": ("s",), "rules": ("R",), "variants": ("v",)}, "covered"),
        ({"scenarios": ("s",)}, "open"),
        ({"rules": ("R",)}, "open"),
        ({}, "open"),
        ({"not_applicable": "because"}, "not_applicable"),
        ({"not_reached": "because", "rules": ("R",)}, "not_reached"),
        ({"not_reached": "because", "scenarios": ("s",), "rules": ("R",)}, "contradictory"),
        ({"not_applicable": "because", "variants": ("v",)}, "contradictory"),
        ({"not_applicable": "because", "not_reached": "because"}, "contradictory"),
    ],
)
def test_where_a_class_stands(given: dict[str, object], state: str) -> None:
    told: dict[str, object] = {"scenarios": (), "rules": (), "variants": (), **given}

    assert Standing(A_CLASS, **told).state == state  # type: ignore[arg-type]


def test_reasons_are_sentences() -> None:
    for bug_class, why in {**NOT_APPLICABLE, **NOT_REACHED}.items():
        assert bug_class in bug_classes()
        assert len(why.split()) >= 5, f"{bug_class}: `{why}` explains nothing"


def test_every_variant_has_an_expectation_and_belongs_to_a_known_class() -> None:
    assert {v.name for v in variants()} == set(EXPECTED)
    assert {v.bug_class for v in variants()} <= set(bug_classes())


def test_an_expected_scenario_exists_and_one_of_them_says_that_it_is_there_for_the_class() -> None:
    known = {s.id: s for s in load_scenarios(list(builtin()))}
    assert {n: e.scenarios for n, e in EXPECTED.items() if not set(e.scenarios) <= set(known)} == {}

    silent = {
        (v.name, v.bug_class) for v in variants() if v.name in EXPECTED
        and not any(v.bug_class in known[s].classes for s in EXPECTED[v.name].scenarios)
    }  # fmt: skip

    assert silent == set()


def test_an_expected_rule_exists_and_one_of_them_names_the_class() -> None:
    assert {n: e.rules for n, e in EXPECTED.items() if not set(e.rules) <= set(all_rules())} == {}

    silent = {
        (v.name, v.bug_class, EXPECTED[v.name].rules) for v in variants() if v.name in EXPECTED
        and not any(v.bug_class in all_rules()[r][0].classes for r in EXPECTED[v.name].rules)
    }  # fmt: skip

    assert silent == set()
