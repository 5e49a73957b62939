"""What stored values mean, how vendors store a meaning, and when a representation is not the declared one."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from syncproof.mapping.countries import english_name, iso2_of
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.mapping.meaning import format_problem, neutral, same, stored

CRM, MA = Side.CRM, Side.MA


def rule(type_: str, **more: Any) -> FieldRule:
    return FieldRule.model_validate({"crm": "A", "ma": "b", "type": type_, **more})


@pytest.mark.parametrize(
    "type_",
    ["text", "number", "boolean", "date", "datetime", "picklist", "multi-picklist", "email", "phone", "country"],
)
@pytest.mark.parametrize("raw", [None, "", "  ", "\t\n", []])
def test_nothing_and_white_space_are_blank(type_: str, raw: Any) -> None:
    assert neutral(rule(type_), CRM, raw) is None
    assert stored(rule(type_), MA, None, "hubspot") is None


@pytest.mark.parametrize(
    ("type_", "raw", "meaning"),
    [
        ("text", " Łódź\r\nB ", "Łódź\nB"),
        ("text", "Zofia", "Zofia"),
        ("text", "O\u0301", "Ó"),
        ("text", "a\rb", "a\nb"),
        ("text", 5, "5"),
        ("number", "12.50", Decimal("12.5")),
        ("number", 12.5, Decimal("12.5")),
        ("number", 0.1, Decimal("0.1")),
        ("number", "100", Decimal(100)),
        ("number", 1e3, Decimal(1000)),
        ("number", "-0.0", Decimal(0)),
        ("number", "1,000", "1,000"),
        ("number", "1_000", "1_000"),
        ("number", "NaN", "NaN"),
        ("boolean", True, True),
        ("boolean", "true", True),
        ("boolean", "TRUE", True),
        ("boolean", "0", False),
        ("boolean", 1, True),
        ("boolean", "maybe", "maybe"),
        ("date", "2026-01-31", "2026-01-31"),
        ("date", date(2026, 1, 31), "2026-01-31"),
        ("date", 1769817600000, "2026-01-31"),
        ("date", "1769817600000", "2026-01-31"),
        ("date", "-86400000", "1969-12-31"),
        ("date", 1769817600001, "1769817600001"),
        ("date", "2026-01-31T00:00:00.000+0000", "2026-01-31"),
        ("date", "2026-01-31T00:00:00+02:00", "2026-01-30"),
        ("date", "31.01.2026", "31.01.2026"),
        ("date", "2026-02-30", "2026-02-30"),
        ("date", "20260131", "20260131"),
        ("datetime", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"),
        ("datetime", "2026-01-31T12:00:00.1239+0000", "2026-01-31T12:00:00.123Z"),
        ("datetime", "2026-01-31 13:00:00+01:00", "2026-01-31T12:00:00.000Z"),
        ("datetime", datetime(2026, 1, 31, 13, tzinfo=timezone(timedelta(hours=1))), "2026-01-31T12:00:00.000Z"),
        ("datetime", 1769860800000, "2026-01-31T12:00:00.000Z"),
        ("datetime", "2026-01-31", "2026-01-31T00:00:00.000Z"),
        ("datetime", "soon", "soon"),
        ("datetime", "9" * 15, "9" * 15),
        ("picklist", " Key ", "Key"),
        ("multi-picklist", "b;a;;a", frozenset({"a", "b"})),
        ("multi-picklist", ";a", frozenset({"a"})),
        ("multi-picklist", ["a", "b"], frozenset({"a", "b"})),
        ("multi-picklist", ";", None),
        ("email", " Zofia.B@Example.COM", "zofia.b@example.com"),
        ("phone", "+48 22 123-45-67", "+48221234567"),
        ("phone", "0048 (22) 1234567", "+48221234567"),
        ("phone", "48221234567", "+48221234567"),
        ("phone", "22 123 45 67", "221234567"),
        ("phone", "+1 415 555 2671 ext. 12", "+14155552671;ext=12"),
        ("phone", "+48 601 700 800 / +48 601 700 801", "+48 601 700 800 / +48 601 700 801"),
        ("phone", "Ask Anna", "ask anna"),
        ("country", "Polska", "PL"),
        ("country", "POLAND", "PL"),
        ("country", "pl", "PL"),
        ("country", "POL", "PL"),
        ("country", "Deutschland", "DE"),
        ("country", "Česko", "CZ"),
        ("country", "Czech Republic", "CZ"),
        ("country", "Brasil", "BR"),
        ("country", "U.S.A.", "US"),
        ("country", "UK", "GB"),
        ("country", "Atlantis", "atlantis"),
        ("reference", "005xx", "005xx"),
        ("date", ["0"], "1970-01-01"),
        ("phone", "+49 000000", "+49000000"),
    ],
)
def test_a_stored_value_has_one_meaning_on_both_sides(type_: str, raw: Any, meaning: Any) -> None:
    for side in Side:
        found = neutral(rule(type_), side, raw)
        assert found == meaning
        assert type(found) is type(meaning)


def test_a_region_reads_local_numbers_only() -> None:
    phone = rule("phone")

    assert neutral(phone, CRM, "22 123 45 67", "PL") == "+48221234567"
    assert neutral(phone, CRM, "(415) 555-2671", "US") == "+14155552671"
    assert neutral(phone, CRM, "+420 601 123 456", "PL") == "+420601123456"
    assert neutral(phone, CRM, "12", "PL") == "12"


SEGMENT = {"A - Key": "key", "B - Growth": "growth"}


def test_picklists_mean_the_words_of_the_crm() -> None:
    segment = rule("picklist", values=SEGMENT)
    several = rule("multi-picklist", values=SEGMENT)

    assert (neutral(segment, CRM, "A - Key"), neutral(segment, MA, "key")) == ("A - Key", "A - Key")
    assert neutral(segment, MA, "A - Key") == "A - Key"
    assert neutral(segment, MA, "other") == "other"
    assert neutral(several, MA, "growth;key;other") == frozenset({"A - Key", "B - Growth", "other"})


def test_words_that_one_way_leads_to_one_word_mean_the_same() -> None:
    merged = rule("picklist", values={"Gold": "vip", "Platinum": "vip", "None": "std"}, direction="crm_to_ma")

    assert neutral(merged, CRM, "Platinum") == neutral(merged, MA, "vip") == "Gold"
    assert neutral(merged, CRM, "None") == "None"


@pytest.mark.parametrize(
    ("made", "side", "value", "salesforce", "hubspot"),
    [
        (rule("text"), MA, "Łódź", "Łódź", "Łódź"),
        (rule("boolean"), CRM, False, False, "false"),
        (rule("number"), CRM, Decimal("12.5"), 12.5, "12.5"),
        (rule("number"), CRM, Decimal(1000), 1000, "1000"),
        (rule("date"), MA, "2026-01-31", "2026-01-31", "2026-01-31"),
        (rule("datetime"), MA, "2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.000+0000", "2026-01-31T12:00:00Z"),
        (rule("datetime"), MA, "2026-01-31T12:00:00.120Z", "2026-01-31T12:00:00.120+0000", "2026-01-31T12:00:00.120Z"),
        (rule("picklist", values=SEGMENT), CRM, "A - Key", "A - Key", "A - Key"),
        (rule("picklist", values=SEGMENT), MA, "A - Key", "key", "key"),
        (
            rule("multi-picklist", values=SEGMENT),
            MA,
            frozenset({"z", "B - Growth", "A - Key"}),
            "key;growth;z",
            "key;growth;z",
        ),
        (rule("multi-picklist"), MA, frozenset({"b", "a"}), "a;b", "a;b"),
        (rule("country"), CRM, "PL", "Poland", "Poland"),
        (rule("country", format={"crm": "iso2"}), CRM, "PL", "PL", "PL"),
        (rule("country", format={"crm": "iso2"}), MA, "PL", "Poland", "Poland"),
        (rule("text", format={"ma": "upper"}), MA, "ŁÓDŹ", "ŁÓDŹ", "ŁÓDŹ"),
        (rule("phone"), MA, "+48221234567", "+48221234567", "+48221234567"),
    ],
)
def test_each_vendor_stores_a_meaning_in_its_own_form(
    made: FieldRule, side: Side, value: Any, salesforce: Any, hubspot: Any
) -> None:
    for vendor, expected in (("salesforce", salesforce), ("hubspot", hubspot)):
        raw = stored(made, side, value, vendor)  # type: ignore[arg-type]
        assert raw == expected
        assert type(raw) is type(expected)


def test_a_boolean_that_was_never_set_is_false_and_nothing_else_is() -> None:
    assert same(rule("boolean"), None, False)
    assert not same(rule("boolean"), None, True)
    assert not same(rule("text"), None, "")
    assert not same(rule("number"), Decimal(1), True)
    assert same(rule("number"), Decimal("1.0"), Decimal(1))


@pytest.mark.parametrize(
    ("type_", "wanted", "good", "bad"),
    [
        ("phone", "e164", ["+48221234567"], ["+48 22 123 45 67", "48221234567", "22 123"]),
        ("date", "iso_date", ["2026-01-31"], ["31.01.2026", "2026-02-30", "1769817600000", "2026-01-31T00:00:00Z"]),
        (
            "datetime",
            "iso_datetime",
            ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000+0000"],
            ["2026-01-31", "1769860800000"],
        ),
        ("country", "iso2", ["PL"], ["pl", "Poland", "POL", "XX"]),
        ("country", "name", ["Poland", "Czech Republic", "Czechia"], ["PL", "Polska", "Atlantis"]),
        ("text", "upper", ["ŁÓDŹ 1"], ["Łódź 1"]),
    ],
)
def test_a_representation_other_than_declared_is_a_problem(
    type_: str, wanted: str, good: list[str], bad: list[str]
) -> None:
    made = rule(type_, format={"crm": wanted})

    assert [format_problem(made, CRM, raw) for raw in (*good, None, "")] == [None] * (len(good) + 2)
    for raw in bad:
        assert raw in str(format_problem(made, CRM, raw))
        assert format_problem(made, MA, raw) is None


def test_verbatim_makes_every_sign_count() -> None:
    loose, strict = rule("phone"), rule("phone", format={"ma": "verbatim"})

    assert neutral(loose, CRM, "+48 22 1234567") == neutral(loose, MA, "+48221234567")
    assert neutral(strict, CRM, "+48 22 1234567") != neutral(strict, MA, "+48221234567")


def test_a_country_that_is_verbatim_on_one_side_is_stored_as_it_is() -> None:
    made = rule("country", format={"ma": "verbatim"})

    assert [stored(made, side, neutral(made, side, "PL"), "hubspot") for side in Side] == ["PL", "PL"]


def test_upper_on_one_side_makes_letter_case_mean_nothing() -> None:
    made = rule("text", format={"ma": "upper"})

    assert neutral(made, CRM, "Łódź") == neutral(made, MA, "ŁÓDŹ")


def test_every_country_is_known_by_its_english_name_and_code() -> None:
    import pycountry

    codes = [c.alpha_2 for c in pycountry.countries] + ["XK"]
    assert [c for c in codes if iso2_of(english_name(c)) != c or iso2_of(c.lower()) != c] == []
    with pytest.raises(KeyError):
        english_name("XX")


@pytest.mark.parametrize(
    ("type_", "raw"), [("phone", "+48 22 123 45 67"), ("country", "Polska"), ("datetime", "2026-01-31T12:00:00Z")]
)
@pytest.mark.speed
def test_values_seen_before_are_cheap(type_: str, raw: str) -> None:
    made = rule(type_)
    neutral(made, CRM, raw)
    start = time.process_time()
    for _ in range(20_000):
        neutral(made, CRM, raw)

    # 100,000 a second is the promise; a parse each time would be five to fifty times slower than this bound.
    assert time.process_time() - start < 0.4


def test_now_as_a_value_is_read_in_utc() -> None:
    assert neutral(rule("datetime"), CRM, datetime(2026, 1, 31, 12)) == "2026-01-31T12:00:00.000Z"  # noqa: DTZ001
    assert neutral(rule("date"), CRM, datetime(2026, 1, 31, 23, 59, tzinfo=UTC)) == "2026-01-31"
