"""ORDER BY, LIMIT, OFFSET, COUNT(), GROUP BY and HAVING."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syncproof_mocks.crm.salesforce.soql import QueryResult

Ask = Callable[..., QueryResult]

ORDERS = [
    ("", "c0 c1 c2 c3 c4"),
    ("ORDER BY FirstName", "c3 c0 c1 c4 c2"),
    ("ORDER BY FirstName ASC NULLS LAST", "c0 c1 c4 c2 c3"),
    ("ORDER BY FirstName DESC", "c3 c2 c4 c1 c0"),
    ("ORDER BY FirstName DESC NULLS FIRST", "c3 c2 c4 c1 c0"),
    ("ORDER BY FirstName desc nulls last", "c2 c4 c1 c0 c3"),
    ("ORDER BY Score__c NULLS LAST, LastName DESC", "c2 c0 c1 c4 c3"),
    ("ORDER BY Score__c DESC NULLS LAST, LastName", "c4 c1 c0 c2 c3"),
    ("ORDER BY HasOptedOutOfEmail DESC, Id DESC", "c3 c1 c4 c2 c0"),
    # A picklist sorts in the order of its values in Setup: Key, Growth, Standard.
    ("ORDER BY Segment__c NULLS LAST", "c1 c0 c4 c2 c3"),
    ("ORDER BY Birthdate DESC NULLS LAST", "c4 c0 c2 c1 c3"),
    ("ORDER BY SystemModstamp DESC", "c4 c3 c2 c1 c0"),
    ("ORDER BY Account.Name, Id", "c3 c0 c1 c2 c4"),
    ("ORDER BY CALENDAR_MONTH(CreatedDate) DESC, Id", "c2 c3 c4 c1 c0"),
    ("ORDER BY Id LIMIT 2", "c0 c1"),
    ("ORDER BY Id LIMIT 2 OFFSET 1", "c1 c2"),
    ("ORDER BY Id OFFSET 4", "c4"),
    ("LIMIT 0", ""),
    ("LIMIT 2000 OFFSET 2000", ""),
    ("FOR VIEW", "c0 c1 c2 c3 c4"),
    ("LIMIT 1 FOR REFERENCE", "c0"),
    ("LIMIT 1 FOR UPDATE", "c0"),
]


@pytest.mark.parametrize(("tail", "expected"), ORDERS)
def test_rows_come_in_the_order_asked_for(found: Callable[..., str], tail: str, expected: str) -> None:
    assert found(f"SELECT Id FROM Contact {tail}") == expected


def test_total_counts_what_limit_leaves(ask: Ask) -> None:
    assert ask("SELECT Id FROM Contact LIMIT 3").total == 3


def test_scope_mine_is_what_the_user_owns(found: Callable[..., str]) -> None:
    assert found("SELECT Id FROM Contact USING SCOPE mine WHERE Score__c != null") == "c0 c2"
    assert found("SELECT Id FROM Contact USING SCOPE Everything LIMIT 1") == "c0"


def test_count_of_everything_is_a_number_without_records(ask: Ask) -> None:
    result = ask("select count() from contact")

    assert (result.total, result.records, result.is_count) == (5, [], True)
    assert ask("SELECT COUNT() FROM Contact WHERE Email LIKE 'c%' LIMIT 2").total == 2
    assert ask("SELECT COUNT() FROM Contact", include_deleted=True).total == 6


AGGREGATES: list[tuple[str, list[dict[str, Any]]]] = [
    ("SELECT COUNT(Id) FROM Contact", [{"expr0": 5}]),
    ("SELECT COUNT(FirstName) n, COUNT_DISTINCT(Score__c) d FROM Contact", [{"n": 4, "d": 3}]),
    ("SELECT MIN(Score__c), MAX(Score__c), SUM(Score__c), AVG(Score__c) FROM Contact",
     [{"expr0": -3.0, "expr1": 2.5, "expr2": 3.0, "expr3": 0.75}]),
    ("SELECT SUM(NumberOfEmployees) s, AVG(NumberOfEmployees) a FROM Account WHERE NumberOfEmployees > 6",
     [{"s": 57, "a": 28.5}]),
    ("SELECT MIN(CreatedDate) a, MAX(Birthdate) b, MAX(LastName) c FROM Contact",
     [{"a": "2024-01-02T03:04:05.000+0000", "b": "2000-02-29", "c": "Zed"}]),
    ("SELECT COUNT(Id) n, SUM(Score__c) s FROM Contact WHERE LastName = 'nobody'", [{"n": 0, "s": None}]),
    ("SELECT COUNT(Id) FROM Contact WHERE LastName = 'nobody' GROUP BY OwnerId", []),
    ("SELECT HasOptedOutOfEmail, COUNT(Id) FROM Contact GROUP BY HasOptedOutOfEmail",
     [{"HasOptedOutOfEmail": False, "expr0": 3}, {"HasOptedOutOfEmail": True, "expr0": 2}]),
    ("SELECT HasOptedOutOfEmail FROM Contact GROUP BY HasOptedOutOfEmail",
     [{"HasOptedOutOfEmail": False}, {"HasOptedOutOfEmail": True}]),
    ("SELECT Account.Name, COUNT(Id) n FROM Contact GROUP BY Account.Name ORDER BY COUNT(Id) DESC, Account.Name",
     [{"Name": "Acme", "n": 2}, {"Name": None, "n": 1}, {"Name": "Beta Corp", "n": 1}, {"Name": "gamma", "n": 1}]),
    ("SELECT account.name who, COUNT(Id) FROM Contact GROUP BY Account.Name HAVING COUNT(Id) > 1",
     [{"who": "Acme", "expr0": 2}]),
    ("SELECT Account.Name FROM Contact GROUP BY Account.Name HAVING COUNT(Id) = 1 AND Account.Name LIKE '%a%' LIMIT 1",
     [{"Name": "Beta Corp"}]),
    ("SELECT CALENDAR_MONTH(CreatedDate) m, COUNT(Id) n FROM Contact GROUP BY CALENDAR_MONTH(CreatedDate)"
     " ORDER BY CALENDAR_MONTH(CreatedDate) DESC LIMIT 2", [{"m": 3, "n": 3}, {"m": 2, "n": 1}]),
    ("SELECT CALENDAR_YEAR(CreatedDate), COUNT(Id) FROM Contact GROUP BY CALENDAR_YEAR(CreatedDate)",
     [{"expr0": 2024, "expr1": 5}]),
    ("SELECT Status, COUNT(Id) FROM CampaignMember GROUP BY Status HAVING NOT Status = 'Sent'",
     [{"Status": "Responded", "expr0": 1}]),
]


@pytest.mark.parametrize(("text", "expected"), AGGREGATES)
def test_an_aggregate_query_gives_exactly_these_records(ask: Ask, text: str, expected: list[dict[str, Any]]) -> None:
    result = ask(text)

    assert [{k: v for k, v in r.items() if k != "attributes"} for r in result.records] == expected
    assert all(next(iter(r)) == "attributes" and r["attributes"] == {"type": "AggregateResult"} for r in result.records)
    assert result.total == len(expected)
    assert result.rows == []


REFUSED = [
    ("SELECT LastName, COUNT(Id) FROM Contact", "MALFORMED_QUERY: Field must be grouped or aggregated: LastName"),
    ("SELECT LastName, COUNT(Id) FROM Contact GROUP BY FirstName",
     "MALFORMED_QUERY: Field must be grouped or aggregated: LastName"),
    ("SELECT COUNT(Id) FROM Contact GROUP BY FirstName ORDER BY LastName",
     "MALFORMED_QUERY: Ordered field must be grouped or aggregated: LastName"),
    ("SELECT COUNT(Id) FROM Contact LIMIT 1",
     "MALFORMED_QUERY: Non-grouped query that uses overall aggregate functions cannot also use LIMIT"),
    ("SELECT COUNT(Id) n, MAX(LastName) N FROM Contact", "MALFORMED_QUERY: duplicate alias: N"),
    ("SELECT SUM(LastName) FROM Contact", "MALFORMED_QUERY: field LastName does not support aggregate operator SUM"),
    ("SELECT COUNT(Id) FROM Contact GROUP BY Description",
     "MALFORMED_QUERY: field 'Description' can not be grouped in a query call"),
    ("SELECT Id FROM Contact ORDER BY Description", "MALFORMED_QUERY: field 'Description' can not be sorted in a query call"),
    ("SELECT Name, (SELECT COUNT(Id) FROM Contacts) FROM Account",
     "MALFORMED_QUERY: only root queries support aggregate expressions"),
    ("SELECT COUNT(), Id FROM Contact",
     "MALFORMED_QUERY: count() must be the only element of the SELECT list, without GROUP BY or ORDER BY"),
    ("SELECT COUNT(Id) FROM Contact GROUP BY OwnerId HAVING OwnerId IN (SELECT Id FROM User)",
     "MALFORMED_QUERY: Semi join sub-selects are only allowed at the top level WHERE expressions"),
    ("SELECT Id FROM Contact HAVING Id != null", "MALFORMED_QUERY: HAVING can only be used with GROUP BY"),
    ("SELECT Id FROM Contact LIMIT 5 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE: Maximum SOQL offset allowed is 2000"),
    ("SELECT Id FROM Contact LIMIT 99999999999", "MALFORMED_QUERY: numeric value out of range: 99999999999"),
    ("SELECT Id FROM Contact LIMIT -1", "MALFORMED_QUERY: unexpected token: '-1'"),
    ("SELECT Id FROM Campaign USING SCOPE mine", "INVALID_QUERY_SCOPE: USING SCOPE mine is not supported for Campaign"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_a_wrong_order_or_aggregate_is_refused(refusal: Callable[..., str], text: str, expected: str) -> None:
    assert refusal(text) == expected


def test_groups_that_differ_by_case_only_are_reported_as_an_assumption(ask: Ask, org: Any) -> None:
    rows = {row.values["Ext__c"]: row for row in org.rows("Contact", False)}
    rows["x1"].values["FirstName"] = "ADA"

    assert ask("SELECT FirstName FROM Contact GROUP BY FirstName").assumed == ("soql.group_by_is_case_sensitive",)
    assert ask("SELECT LastName FROM Contact GROUP BY LastName").assumed == ()
