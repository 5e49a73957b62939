"""Who must not be synced."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from syncproof.mapping.grammar import ObjectMapping, Side
from syncproof.mapping.meaning import excluded
from syncproof.mapping.moments import months_before

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def contact(*exclude: dict[str, Any]) -> ObjectMapping:
    return ObjectMapping.model_validate(
        {"object": "contact", "crm": "Contact", "ma": "contacts", "match": [{"crm": "Email", "ma": "email"}],
         "fields": [], "exclude": [{"reason": "kept out", **e} for e in exclude]}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "out", "stays"),
    [
        ({"in": ["Partner", "Test"]}, ["Partner", " test ", "Customer;Partner"], [None, "", "Customer", "Testing"]),
        ({"in": [True]}, [True, "true", "TRUE"], [False, None, "false"]),
        ({"in": [3]}, [3, "3"], [4, None]),
        ({"in": [None]}, [None, "", " "], ["x"]),
        ({"blank": True}, [None, "", "  "], ["x", 0, False]),
        ({"blank": False}, ["x", 0], [None, ""]),
        ({"matches": "^(no-?reply|info)@"}, ["info@x.pl", "NoReply@x.pl"], [None, "", "anna.info@x.pl"]),
        ({"older_than_months": 24}, ["2024-11-21", None, "", "unknown", 1_600_000_000_000 - 1_600_000_000_000 % 86_400_000],
         ["2024-11-22", "2026-01-01", "2024-11-22T00:00:00Z"]),
    ],
)  # fmt: skip
def test_a_condition_holds_on_what_it_names_and_on_nothing_else(
    condition: Any, out: list[Any], stays: list[Any]
) -> None:
    obj = contact({"crm": "X", **condition})

    assert [excluded(obj, Side.CRM, {"X": raw}, NOW) for raw in out] == ["kept out"] * len(out)
    assert [excluded(obj, Side.CRM, {"X": raw}, NOW) for raw in stays] == [None] * len(stays)


def test_a_condition_on_the_other_sides_field_does_not_apply() -> None:
    obj = contact({"ma": "x", "blank": True})

    assert excluded(obj, Side.CRM, {}, NOW) is None
    assert excluded(obj, Side.MA, {}, NOW) == "kept out"


def test_the_reason_is_that_of_the_first_exclusion_that_holds() -> None:
    obj = contact(
        {"crm": "A", "blank": True, "reason": "one"},
        {"crm": "B", "blank": True, "reason": "two"},
        {"crm": "B", "in": ["x"], "reason": "three"},
    )

    assert excluded(obj, Side.CRM, {"A": "a"}, NOW) == "two"
    assert excluded(obj, Side.CRM, {"A": "a", "B": "x"}, NOW) == "three"
    assert excluded(obj, Side.CRM, {"A": "a", "B": "y"}, NOW) is None


def test_months_are_months_of_the_calendar() -> None:
    assert months_before(datetime(2026, 5, 31, tzinfo=UTC), 1) == date(2026, 4, 30)
    assert months_before(datetime(2024, 2, 29, tzinfo=UTC), 12) == date(2023, 2, 28)
    assert months_before(datetime(2026, 1, 15, tzinfo=UTC), 1) == date(2025, 12, 15)
    assert months_before(datetime(2026, 12, 31, tzinfo=UTC), 0) == date(2026, 12, 31)
