"""neutral(rule, side, stored(rule, side, v, vendor)) == v, for every meaning v of any rule."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from syncproof.mapping.countries import english_name, iso2_of
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.mapping.meaning import format_problem, neutral, same, stored
from syncproof.mapping.moments import date_meaning, moment_meaning

words = st.text("abcXYZ ąćęłńóśźżéß0123456789-_.+'", min_size=1, max_size=12)
anything = st.one_of(
    st.none(),
    st.text(max_size=40),
    words,
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=True, width=32),
    st.booleans(),
    st.dates().map(date.isoformat),
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    st.from_regex(r"\+?[0-9 ()-]{5,16}", fullmatch=True),
    st.from_regex(r"\+(48|420|49|1|55)[0-9]{7,11}", fullmatch=True),
    st.sampled_from(["Polska", "PL", "USA", "Brasil", "Česko", "true", "FALSE", "A;B", "A", "k"]),
    st.lists(words, max_size=4),
)
TYPES = [
    "text",
    "number",
    "boolean",
    "date",
    "datetime",
    "picklist",
    "multi-picklist",
    "email",
    "phone",
    "country",
    "reference",
]
FORMATS = {"text": ["upper", "verbatim"], "phone": ["e164", "verbatim"], "country": ["iso2", "name", "verbatim"],
           "date": ["iso_date"], "datetime": ["iso_datetime"], "email": ["verbatim"]}  # fmt: skip
SIDES = st.sampled_from(list(Side))
VENDORS = st.sampled_from(["salesforce", "hubspot"])


@st.composite
def rules(draw: st.DrawFn) -> FieldRule:
    type_ = draw(st.sampled_from(TYPES))
    formats = st.sampled_from([None, *FORMATS.get(type_, [])])
    values = {"A": "k", "B": "m"} if "picklist" in type_ and draw(st.booleans()) else {}
    return FieldRule.model_validate(
        {"crm": "A", "ma": "b", "type": type_, "values": values, "format": {"crm": draw(formats), "ma": draw(formats)}}
    )


@settings(max_examples=200, deadline=None)
@given(rules(), SIDES, SIDES, anything, VENDORS)
def test_what_a_right_connector_stores_means_what_was_meant(
    rule: FieldRule, read_on: Side, write_on: Side, raw: Any, vendor: Any
) -> None:
    meaning = neutral(rule, read_on, raw)
    if rule.values:
        # A word that only the other side's table knows would be translated on its way back.
        assume(not ({meaning} if isinstance(meaning, str) else meaning or set()) & {"k", "m"})
    if isinstance(meaning, Decimal):
        assume(len(meaning.as_tuple().digits) <= 15 and abs(meaning.adjusted()) <= 20)

    again = neutral(rule, write_on, stored(rule, write_on, meaning, vendor))

    assert again == meaning
    assert same(rule, again, meaning)


@settings(max_examples=200, deadline=None)
@example(FieldRule.model_validate({"crm": "A", "ma": "b", "type": "phone"}), Side.CRM, 0.09375)
@given(rules(), SIDES, anything)
def test_a_meaning_is_its_own_meaning(rule: FieldRule, side: Side, raw: Any) -> None:
    meaning = neutral(rule, side, raw)

    assert neutral(rule.model_copy(update={"values": {}}), side, meaning) == meaning


@settings(max_examples=200, deadline=None)
@given(st.dates(min_value=date(1000, 1, 1)), SIDES, VENDORS)
def test_what_a_right_connector_stores_has_the_declared_format(day: date, side: Side, vendor: Any) -> None:
    for type_, wanted, raw in (("date", "iso_date", day.isoformat()), ("datetime", "iso_datetime", f"{day}T10:11:12Z")):
        rule = FieldRule.model_validate({"crm": "A", "ma": "b", "type": type_, "format": {"crm": wanted, "ma": wanted}})
        assert format_problem(rule, side, stored(rule, side, neutral(rule, side, raw), vendor)) is None


@pytest.mark.parametrize("wanted", ["iso2", "name"])
@pytest.mark.parametrize("code", ["PL", "CZ", "DE", "BR", "US", "TW", "BO", "CI", "GB", "XK"])
def test_a_stored_country_has_the_declared_format(code: str, wanted: str) -> None:
    rule = FieldRule.model_validate({"crm": "A", "ma": "b", "type": "country", "format": {"crm": wanted, "ma": "name"}})

    assert format_problem(rule, Side.CRM, stored(rule, Side.CRM, code, "salesforce")) is None
    assert iso2_of(english_name(code)) == code


@settings(max_examples=200, deadline=None)
@given(anything)
def test_no_value_makes_dates_or_moments_fail(raw: Any) -> None:
    for meaning in (date_meaning(raw), moment_meaning(raw)):
        assert meaning is None or (len(meaning) in (10, 24) and meaning[4] == meaning[7] == "-")
