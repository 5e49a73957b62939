"""Dates and datetimes: the six literal shapes that connectors send, date literals, date functions, time zones.

It is Friday 2024-03-15 12:00:00 UTC; contacts were created on 2024-01-02 (c0), 02-29 (c1), 03-01 (c2), 03-14 (c3)
and this very second (c4).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from syncproof_mocks.crm.salesforce.soql import QueryResult
from syncproof_mocks.crm.salesforce.soql.dates import as_stamp, parse_datetime, relative_span

SIX_SHAPES = [
    "2024-03-01T00:00:00Z",
    "2024-03-01T00:00:00.000000Z",
    "2024-03-01T02:00:00.000+02:00",
    "2024-03-01T00:00:00+00:00",
    "2024-02-29T19:00:00.000-0500",
    "2024-03-01T00:00:00.000Z",
]


@pytest.mark.parametrize("literal", SIX_SHAPES)
def test_all_six_unquoted_datetime_shapes_mean_the_same_moment(found: Callable[..., str], literal: str) -> None:
    assert found(f"SELECT Id FROM Contact WHERE CreatedDate>={literal}") == "c2 c3 c4"
    assert found(f"SELECT Id FROM Contact WHERE CreatedDate < {literal}") == "c0 c1"
    assert found(f"SELECT Id FROM Contact WHERE CreatedDate = {literal}") == "c2"


CONDITIONS = [
    ("SystemModstamp >= 2024-02-29T23:59:59Z AND SystemModstamp < 2024-03-01T00:00:00Z", "c1"),
    ("CreatedDate = TODAY", "c4"),
    ("CreatedDate = yesterday", "c3"),
    ("CreatedDate < TODAY", "c0 c1 c2 c3"),
    ("CreatedDate <= YESTERDAY", "c0 c1 c2 c3"),
    ("CreatedDate > YESTERDAY", "c4"),
    ("CreatedDate >= YESTERDAY", "c3 c4"),
    ("CreatedDate != TODAY", "c0 c1 c2 c3"),
    ("CreatedDate = TOMORROW", ""),
    ("CreatedDate = LAST_N_DAYS:1", "c3 c4"),
    ("CreatedDate = LAST_N_DAYS: 15", "c1 c2 c3 c4"),
    ("CreatedDate = last_n_days:14", "c2 c3 c4"),
    ("CreatedDate = LAST_90_DAYS", "c0 c1 c2 c3 c4"),
    ("CreatedDate > LAST_N_DAYS:1", ""),
    ("CreatedDate = N_DAYS_AGO:1", "c3"),
    ("CreatedDate = THIS_WEEK", "c3 c4"),
    ("CreatedDate = LAST_WEEK", ""),
    ("CreatedDate = LAST_N_WEEKS:1", ""),
    ("CreatedDate = LAST_N_WEEKS:2", "c1 c2"),
    ("CreatedDate = N_WEEKS_AGO:2", "c1 c2"),
    ("CreatedDate = THIS_MONTH", "c2 c3 c4"),
    ("CreatedDate = LAST_MONTH", "c1"),
    ("CreatedDate = LAST_N_MONTHS:2", "c0 c1"),
    ("CreatedDate = N_MONTHS_AGO:2", "c0"),
    ("CreatedDate = THIS_QUARTER", "c0 c1 c2 c3 c4"),
    ("CreatedDate = LAST_FISCAL_QUARTER", ""),
    ("CreatedDate = THIS_YEAR", "c0 c1 c2 c3 c4"),
    ("CreatedDate < LAST_N_YEARS:1", ""),
    ("CreatedDate IN (TODAY, YESTERDAY)", "c3 c4"),
    ("Birthdate = 1990-05-01", "c0"),
    ("Birthdate < 1990-05-01", "c2"),
    ("Birthdate != 1990-05-01 AND Birthdate != null", "c2 c4"),
    ("Birthdate IN (1990-05-01, 2000-02-29)", "c0 c4"),
    ("Birthdate < LAST_N_YEARS:24", "c0 c2"),
    ("Birthdate > LAST_YEAR", ""),
    ("CALENDAR_YEAR(CreatedDate) = 2024 AND CALENDAR_MONTH(CreatedDate) = 3", "c2 c3 c4"),
    ("CALENDAR_QUARTER(Birthdate) = 4", "c2"),
    ("DAY_IN_MONTH(Birthdate) = 29", "c4"),
    ("DAY_IN_WEEK(CreatedDate) = 6", "c2 c4"),
    ("DAY_IN_YEAR(CreatedDate) = 60", "c1"),
    ("DAY_ONLY(CreatedDate) = 2024-03-14", "c3"),
    ("DAY_ONLY(CreatedDate) = YESTERDAY", "c3"),
    ("HOUR_IN_DAY(CreatedDate) = 23", "c1"),
    ("WEEK_IN_MONTH(CreatedDate) = 2", "c3"),
    ("FISCAL_YEAR(Birthdate) = 1985", "c2"),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_a_date_condition_finds_exactly_these_contacts(found: Callable[..., str], condition: str, expected: str) -> None:
    assert found(f"SELECT Id FROM Contact WHERE {condition}") == expected


def test_a_day_begins_at_midnight_of_the_users_time_zone(found: Callable[..., str]) -> None:
    prague = ZoneInfo("Europe/Prague")

    assert found("SELECT Id FROM Contact WHERE CreatedDate = LAST_MONTH", timezone=prague) == ""
    assert found("SELECT Id FROM Contact WHERE CreatedDate = THIS_MONTH", timezone=prague) == "c1 c2 c3 c4"


def test_date_functions_count_in_utc_unless_the_time_zone_is_converted(found: Callable[..., str]) -> None:
    prague = ZoneInfo("Europe/Prague")
    plain = "SELECT Id FROM Contact WHERE CALENDAR_MONTH(CreatedDate) = 2"
    converted = "SELECT Id FROM Contact WHERE CALENDAR_MONTH(convertTimezone(CreatedDate)) = 2"

    assert found(plain, timezone=prague) == "c1"
    assert found(converted, timezone=prague) == ""


WRONG = [
    ("CreatedDate > '2024-01-01T00:00:00Z'", "INVALID_FIELD: value of filter criterion for field 'CreatedDate' must be of"
     " type dateTime and should not be enclosed in quotes"),
    ("CreatedDate > 2024-01-01", "INVALID_FIELD: value of filter criterion for field 'CreatedDate' must be of"
     " type dateTime and should not be enclosed in quotes"),
    ("Birthdate = '1990-05-01'", "INVALID_FIELD: value of filter criterion for field 'Birthdate' must be of"
     " type date and should not be enclosed in quotes"),
    ("Birthdate = 1990-05-01T00:00:00Z", "INVALID_FIELD: value of filter criterion for field 'Birthdate' must be of"
     " type date and should not be enclosed in quotes"),
    ("LastName = TODAY", "INVALID_FIELD: value of filter criterion for field 'LastName' must be of type string and should"
     " be enclosed in quotes"),
    ("CreatedDate > 2020-52-12t12:12:00-05:00", "MALFORMED_QUERY: Invalid datetime: 2020-52-12t12:12:00-05:00"),
    ("CreatedDate > 2020-12-12t12:12:00-25:00", "MALFORMED_QUERY: Invalid datetime: 2020-12-12t12:12:00-25:00"),
    ("CreatedDate > 2024-01-01T00:00:00", "MALFORMED_QUERY: Invalid datetime: 2024-01-01T00:00:00"),
    # A plus that became a blank on its way through a URL.
    ("CreatedDate > 2024-01-01T00:00:00.000 00:00", "MALFORMED_QUERY: Invalid datetime: 2024-01-01T00:00:00.000"),
    ("Birthdate = 2023-02-29", "MALFORMED_QUERY: Invalid date: 2023-02-29"),
    ("CreatedDate = LAST_N_DAYS:99999999", "MALFORMED_QUERY: Invalid date: LAST_N_DAYS:99999999"),
    ("CreatedDate = LAST_N_DAYS", "MALFORMED_QUERY: unexpected token: 'LAST_N_DAYS'"),
    ("CreatedDate = TODAY:3", "MALFORMED_QUERY: unexpected token: 'TODAY'"),
    ("CreatedDate = SOMEDAY", "MALFORMED_QUERY: unexpected token: 'SOMEDAY'"),
    ("DAY_ONLY(Birthdate) = TODAY", "MALFORMED_QUERY: DAY_ONLY can only be applied to a field of type dateTime: Birthdate"),
]


@pytest.mark.parametrize(("condition", "expected"), WRONG)
def test_a_wrong_date_is_refused(refusal: Callable[..., str], condition: str, expected: str) -> None:
    assert refusal(f"SELECT Id FROM Contact WHERE {condition}") == expected


def test_a_stored_datetime_may_have_any_offset_and_precision(
    ask: Callable[..., QueryResult], org: object, found: Callable[..., str]
) -> None:
    rows = org.table.values()  # type: ignore[attr-defined]
    next(r for r in rows if r.values.get("Ext__c") == "x0").values["CreatedDate"] = "2024-03-10T02:00:00+02:00"

    assert found("SELECT Id FROM Contact WHERE CreatedDate = 2024-03-10T00:00:00Z") == "c0"
    assert as_stamp("2024-03-10T02:00:00+02:00") == "2024-03-10T00:00:00.000+0000"


SPANS = [
    ("LAST_N_QUARTERS", 2, date(2023, 7, 1), date(2024, 1, 1)),
    ("NEXT_N_QUARTERS", 2, date(2024, 4, 1), date(2024, 10, 1)),
    ("N_QUARTERS_AGO", 1, date(2023, 10, 1), date(2024, 1, 1)),
    ("NEXT_N_DAYS", 3, date(2024, 3, 16), date(2024, 3, 19)),
    ("NEXT_90_DAYS", None, date(2024, 3, 16), date(2024, 6, 14)),
    ("LAST_90_DAYS", None, date(2023, 12, 16), date(2024, 3, 16)),
    ("NEXT_N_WEEKS", 1, date(2024, 3, 17), date(2024, 3, 24)),
    ("NEXT_WEEK", None, date(2024, 3, 17), date(2024, 3, 24)),
    ("NEXT_N_MONTHS", 10, date(2024, 4, 1), date(2025, 2, 1)),
    ("NEXT_QUARTER", None, date(2024, 4, 1), date(2024, 7, 1)),
    ("LAST_FISCAL_YEAR", None, date(2023, 1, 1), date(2024, 1, 1)),
    ("N_FISCAL_YEARS_AGO", 2, date(2022, 1, 1), date(2023, 1, 1)),
    ("LAST_N_YEARS", 5, date(2019, 1, 1), date(2024, 1, 1)),
    ("NEXT_YEAR", None, date(2025, 1, 1), date(2026, 1, 1)),
]


@pytest.mark.parametrize(("name", "count", "first", "end"), SPANS)
def test_a_date_literal_names_these_days(name: str, count: int | None, first: date, end: date) -> None:
    span = relative_span(name, count, date(2024, 3, 15))

    assert span is not None
    assert (span.first, span.end) == (first, end)


def test_a_week_begins_on_sunday() -> None:
    sunday = relative_span("THIS_WEEK", None, date(2024, 3, 17))

    assert sunday is not None
    assert sunday.first == date(2024, 3, 17)


def test_digits_beyond_microseconds_are_cut() -> None:
    assert parse_datetime("2024-03-15T12:00:00.123456789Z") == datetime(2024, 3, 15, 12, 0, 0, 123_456, tzinfo=UTC)
