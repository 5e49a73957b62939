"""The words for values that programs stumble over: what they are in a field, and where there are none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from syncproof.errors import SetupError
from syncproof.fitting.storage import Ends
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.population.make import make_population
from syncproof.population.people import Population
from syncproof.population.spec import PopulationSpec
from syncproof.scenario.values import SPECIAL, WORDS, Special, Surroundings, parse_value, resolve
from syncproof.special import BEYOND, special_value
from syncproof_mocks.schema import FieldInfo, FieldType
from tests.scenario.test_values import around


@pytest.fixture(scope="module")
def population() -> Population:
    return make_population(7, PopulationSpec(3, "2026-11-22"))


def info(kind: FieldType = FieldType.TEXT, **more: Any) -> FieldInfo:
    return FieldInfo("Field", "Field", kind, str(kind), **more)


def special(
    what: str, population: Population, mine: FieldInfo, theirs: FieldInfo | None = None, *, old: Any = None, **rule: Any
) -> Any:
    pair = FieldRule(crm="Field", ma="field", type=mine.type, **rule)
    ends = Ends(pair, {Side.CRM: mine, Side.MA: theirs}, {Side.CRM: "salesforce", Side.MA: "hubspot"})
    options = tuple(o.value for o in mine.options)
    return special_value(what, ends, Side.CRM, mine, population.people[0], old, 1, options)


@pytest.mark.parametrize("what", SPECIAL)
def test_each_word_is_known_and_reads_back(what: str) -> None:
    assert parse_value(f"${what}") == Special(what)
    assert str(parse_value(f"${what}")) == f"${what}"
    assert f"${what}" in WORDS
    assert parse_value(Special(what)) == Special(what)


def test_a_word_asks_its_surroundings_and_a_place_without_a_record_says_so() -> None:
    given = around()
    asked = Surroundings(given.old, given.now, given.type, given.fresh, given.read, special=lambda what: f"made {what}")

    assert resolve(Special("odd"), asked) == "made odd"
    with pytest.raises(SetupError, match="is made for a field of a record"):
        resolve(Special("odd"), given)


def test_zero_is_a_number_of_the_side(population: Population) -> None:
    found = special("zero", population, info(FieldType.NUMBER))

    assert (found, type(found)) == (0, int)
    with pytest.raises(SetupError, match="is for numbers; Field is text"):
        special("zero", population, info())


def test_an_odd_number_is_stored_as_the_side_stores_numbers(population: Population) -> None:
    found = special("odd", population, info(FieldType.NUMBER), old=Decimal(7))

    assert isinstance(found, float)
    assert found != int(found)


def test_the_longest_text_fits_the_narrower_end_and_the_mapping(population: Population) -> None:
    assert len(special("longest", population, info(max_length=80), info(max_length=40))) == 40
    assert len(special("longest", population, info(max_length=80), info(max_length=40), max_length=30)) == 30


def test_a_text_is_too_long_for_the_mapping_and_never_for_its_own_side(population: Population) -> None:
    assert len(special("too_long", population, info(), info(max_length=40))) == 40 + BEYOND
    with pytest.raises(SetupError, match="itself holds only 50 characters"):
        special("too_long", population, info(max_length=50), info(max_length=40))
    with pytest.raises(SetupError, match="texts of limited length; Field is text, limit none"):
        special("longest", population, info())
    with pytest.raises(SetupError, match="limited length; Field is phone"):
        special("longest", population, info(FieldType.PHONE, max_length=40))
