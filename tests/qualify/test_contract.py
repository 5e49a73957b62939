"""A user's own mapping: what it cannot show is left out and counted apart, with the reason; what it can show must be caught."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from syncproof.errors import InputError
from syncproof.qualify import qualify
from syncproof.qualify.contract import contract_of, not_set_up, unfit, why_beside
from syncproof.qualify.numbers import as_json
from syncproof.qualify.printing import lines
from syncproof.scenario.grammar import Scenario
from tests.qualify.made import outcome, qualification, scenario, trial

SMALL = {
    "mapping": "Names only", "systems": {"crm": "salesforce", "ma": "hubspot"},
    "objects": [{
        "object": "contact", "crm": "Contact", "ma": "contacts", "match": [{"crm": "Email", "ma": "email"}], "creates": ["crm_to_ma"],
        "fields": [
            {"crm": "Email", "ma": "email", "type": "email", "direction": "crm_to_ma"},
            {"crm": "LastName", "ma": "lastname", "direction": "both", "winner": "crm", "blank": "keep"},
        ],
    }],
}  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(SMALL))
    return tmp_path / "small.yaml"


def test_a_scenario_about_what_the_mapping_has_not_is_left_out_and_says_so(small: Path) -> None:
    about_leads = Scenario.model_validate({"scenario": "x/leads", "steps": ["sync"], "population": {"total": 4, "kinds": {"lead": 4}}})

    assert unfit([scenario("x/one"), about_leads], contract_of(small)) == {"x/leads": "the mapping has no leads"}
    assert unfit([about_leads], None) == {}


def test_a_mapping_between_other_systems_is_refused_with_what_was_allowed(small: Path) -> None:
    small.write_text(yaml.safe_dump(SMALL | {"systems": {"crm": "salesforce", "ma": "mailchimp"}}))

    with pytest.raises(InputError, match="between salesforce and mailchimp; the reference connector speaks salesforce and hubspot"):
        contract_of(small)


def test_what_shows_only_when_it_is_played_is_left_out_with_the_reason() -> None:
    broken = outcome("x/one", verdict="UNKNOWN", reason="could not be set up: there is no field Phone (/somewhere/one.yaml:3: edit)")

    assert not_set_up([broken, outcome("x/two"), outcome("x/three", verdict="UNKNOWN", reason="crashed")]) == {"x/one": "there is no field Phone"}


@pytest.mark.parametrize(
    ("looked", "left_out", "why"),
    [
        ({"x/one": ("CONS-001",)}, {}, ""),
        ({"x/one": ("FIELD-001",)}, {}, "CONS-001 would have to see it, and nothing is mapped for that to look at in x/one"),
        ({}, {"x/one": "the mapping has no leads"}, "x/one: the mapping has no leads"),
        ({"x/one": ()}, {"x/one": "there is no field Phone"}, "x/one: there is no field Phone"),
        ({}, {}, ""),
    ],
)
def test_why_a_variant_cannot_be_shown(looked: dict[str, tuple[str, ...]], left_out: dict[str, str], why: str) -> None:
    assert why_beside(trial("a", "CONS-001", one=""), looked, left_out) == why


def test_what_cannot_be_shown_is_neither_caught_nor_missed_and_a_set_up_that_failed_is_no_false_alarm() -> None:
    clean = (outcome("x/one", looked=("FIELD-001",)), outcome("x/two", verdict="UNKNOWN", reason="could not be set up: no"))
    trials = (trial("seen", "FIELD-001", one="FIELD-001"), trial("beside", "CONS-001", one=""), trial("missed", "FIELD-001", one=""))
    found = replace(qualification(*trials, clean=clean), mapping="Names only", left_out={"x/two": "no"})

    numbers = as_json(found)
    assert numbers["variants"] == {
        "total": 2, "caught": 1, "missed": ["missed"], "not_tried": [],
        "beside_the_mapping": {"beside": "CONS-001 would have to see it, and nothing is mapped for that to look at in x/one"},
    }
    assert (numbers["mapping"], numbers["left_out"], found.false_alarms) == ("Names only", {"x/two": "no"}, 0)
    told = "\n".join(map(str, lines(found)))
    assert "1 scenario cannot be played with the mapping `Names only`:\n  x/two: no" in told
    assert "1 variant cannot be shown with the mapping `Names only`, and count apart:\n  B001 beside: CONS-001" in told
    assert "1 of 2 variants caught, 1 cannot be shown with this mapping" in told


def test_under_the_default_mapping_nothing_counts_apart() -> None:
    found = qualification(trial("a", "CONS-001", one=""), clean=(outcome("x/one", looked=("FIELD-001",)),))

    assert [t.variant.name for t in found.missed] == ["a"]
    assert found.beside == {}


@pytest.mark.slow
def test_a_small_mapping_shows_what_it_can_and_names_what_it_cannot(small: Path) -> None:
    found = qualify(["html_entities", "stranger_opted_in"], mapping=small)

    assert [t.variant.name for t in found.tried if t.is_caught] == ["html_entities"]
    assert set(found.beside) == {"stranger_opted_in"}
    assert found.missed == ()
    assert found.false_alarms == 0
