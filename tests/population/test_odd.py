"""Odd values are right values: they fit their fields, tell whose they are, and are odd in the way that is said."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from syncproof.mapping.countries import is_code
from syncproof.mapping.moments import is_iso_date, is_iso_moment
from syncproof.population.codes import word
from syncproof.population.odd import COUNTRIES, DATES, MOMENTS, NUMBERS, TEXTS, long_text, odd_value
from syncproof.population.people import Population
from syncproof_mocks.schema import FieldType


def test_the_texts_hold_every_oddity_that_programs_are_known_to_stumble_over() -> None:
    whole = " ".join(TEXTS)

    assert any(ord(c) > 0xFFFF for c in whole)
    assert any(unicodedata.bidirectional(c) == "R" for c in whole)
    assert all(sign in whole for sign in ("'", "&", "<", '"', "+", "%", "\\", "\u200d", "&amp;"))
    assert [t for t in TEXTS if unicodedata.normalize("NFC", t) != t], "one is decomposed"
    assert [t for t in TEXTS if t.startswith("0")]
    assert all(t == t.strip() for t in TEXTS)


def test_the_days_and_moments_and_countries_exist() -> None:
    assert all(map(is_iso_date, DATES))
    assert all(map(is_iso_moment, MOMENTS))
    assert all(map(is_code, COUNTRIES))
    assert {int(d[8:]) > 12 for d in DATES} == {True, False}
    assert any(n != n.to_integral_value() for n in NUMBERS)
    assert min(NUMBERS) < 0


def test_a_text_tells_whose_it_is_and_fits_its_field(sample: Population) -> None:
    person = sample.people[3]
    seen = {odd_value(FieldType.TEXT, person, None, n, salt="Title") for n in range(20)}

    assert len(seen) == 20
    assert all(word(2 * person.number) in text for text in seen)
    assert len(odd_value(FieldType.TEXT, person, None, 1, salt="Title", room=12)) <= 12


@pytest.mark.parametrize("kind", [FieldType.NUMBER, FieldType.DATE, FieldType.DATETIME, FieldType.COUNTRY])
def test_an_odd_value_is_never_what_is_there_already(kind: FieldType, sample: Population) -> None:
    person = sample.people[0]
    held = odd_value(kind, person, None, 2, salt="Field")

    assert odd_value(kind, person, held, 2, salt="Field") != held
    assert isinstance(held, Decimal if kind is FieldType.NUMBER else str)


def test_a_choice_of_several_is_all_of_them_or_all_but_one(sample: Population) -> None:
    options = ("a", "b", "c")
    everything = odd_value(FieldType.MULTI_PICKLIST, sample.people[0], None, 1, salt="F", options=options)
    less = odd_value(FieldType.MULTI_PICKLIST, sample.people[0], everything, 1, salt="F", options=options)

    assert everything == frozenset(options)
    assert less < everything
    assert len(less) == 2


def test_other_types_get_a_new_value(sample: Population) -> None:
    assert odd_value(FieldType.BOOLEAN, sample.people[0], True, 1, salt="Vip__c") is False
    assert odd_value(FieldType.PICKLIST, sample.people[0], "a", 1, salt="F", options=("a", "b")) == "b"


@pytest.mark.parametrize("length", [1, 2, 12, 40, 255])
def test_a_long_text_is_as_long_as_wanted_and_ends_in_an_emoji(length: int, sample: Population) -> None:
    text = long_text(sample.people[1], 3, length)

    assert len(text) == length
    assert text.endswith("😊")
    assert text == text.strip()
    assert len(text.encode("utf-16-le")) // 2 > length
    assert length < 40 or text.startswith(word(2 * sample.people[1].number))
