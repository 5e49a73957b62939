"""What a value of the YAML means, and what it becomes when the step runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from syncproof.errors import SetupError
from syncproof.mapping.grammar import Side
from syncproof.scenario.values import (
    Blank,
    Fresh,
    Literal,
    Moment,
    Of,
    OtherCase,
    SameAs,
    Surroundings,
    parse_value,
    resolve,
)
from syncproof_mocks.schema import FieldType

NOW = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


def around(old: Any = "Anna", type: FieldType = FieldType.TEXT) -> Surroundings:
    return Surroundings(
        old, NOW, type, lambda: "never used", lambda side: f"what {side} holds", lambda person: f"what {person} holds"
    )


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("plain", Literal("plain")),
        (7, Literal(7)),
        (False, Literal(False)),
        (["a", "b"], Literal(["a", "b"])),
        ("$$5 off", Literal("$5 off")),
        (date(2026, 2, 1), Literal("2026-02-01")),
        ("$fresh", Fresh()),
        ("$blank", Blank()),
        ("$other_case", OtherCase()),
        ("$same_as: crm", SameAs(Side.CRM)),
        ({"$same_as": "ma"}, SameAs(Side.MA)),
        ("$of: p0002", Of("p0002")),
        ({"$of": "p0002"}, Of("p0002")),
        ("$now", Moment(0, 0, "$now")),
        ("$now+2d", Moment(172_800, 0, "$now+2d")),
        ("$now-90min", Moment(-5_400, 0, "$now-90min")),
        ("$now-24mo", Moment(0, -24, "$now-24mo")),
        ("$now+1y", Moment(0, 12, "$now+1y")),
    ],
)
def test_a_value_is_a_literal_or_one_of_the_words(raw: Any, meant: Any) -> None:
    assert parse_value(raw) == meant


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("$fesh", "did you mean `$fresh`"),
        ("$now+2", "is not a value"),
        ("$now+2 fortnights", "is not a value"),
        ("$same_as: mars", "`crm` or `ma`; `mars` was given"),
        ("$of: anna", "the key of a person, such as `p0002`; `anna` was given"),
        ("$offer", "is not a value"),
        (None, "write `$blank` to empty the field"),
        ({"nested": 1}, "a value is a scalar, a list"),
    ],
)
def test_a_value_that_means_nothing_is_refused_with_what_is_possible(raw: Any, told: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_value(raw)

    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "type", "becomes"),
    [
        ("Kraków", FieldType.TEXT, "Kraków"),
        ("$fresh", FieldType.TEXT, "never used"),
        ("$blank", FieldType.TEXT, None),
        ("$other_case", FieldType.TEXT, "aNNA"),
        ("$same_as: ma", FieldType.TEXT, "what ma holds"),
        ("$of: p0002", FieldType.TEXT, "what p0002 holds"),
        ("$now", FieldType.DATETIME, "2026-01-31T23:30:00Z"),
        ("$now+1h", FieldType.DATE, "2026-02-01"),
        ("$now+1mo", FieldType.DATE, "2026-02-28"),
        ("$now-24mo", FieldType.DATE, "2024-01-31"),
        ("$now+13mo", FieldType.DATE, "2027-02-28"),
    ],
)
def test_a_value_becomes_what_is_written(raw: Any, type: FieldType, becomes: Any) -> None:
    assert resolve(parse_value(raw), around(type=type)) == becomes


@pytest.mark.parametrize("old", [None, "", "123", 5])
def test_the_other_letter_case_of_something_without_letters_cannot_be_had(old: Any) -> None:
    with pytest.raises(SetupError, match="needs a field that holds letters"):
        resolve(OtherCase(), around(old))


def test_another_persons_value_cannot_be_had_where_nobody_has_a_record() -> None:
    with pytest.raises(SetupError, match="needs a record of that person"):
        resolve(Of("p0002"), Surroundings(None, NOW, FieldType.TEXT, lambda: None, lambda _: None))


@pytest.mark.parametrize("raw", ["$fresh", "$now-24mo", "$same_as: crm", "$of: p0002", "$$5", "plain"])
def test_a_value_is_shown_the_way_it_was_written(raw: str) -> None:
    assert parse_value(str(parse_value(raw))) == parse_value(raw)
