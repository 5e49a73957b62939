"""WHERE, row by row: a table of conditions on Contact and the contacts they find."""

from __future__ import annotations

from collections.abc import Callable

import pytest

ALL = "c0 c1 c2 c3 c4"

CONDITIONS = [
    # text: no case, escapes, null and empty are the same
    ("LastName = 'zed'", "c0"),
    ("lastname='ZED'", "c0"),
    ("LastName = 'O\\'Neil'", "c1"),
    ("LastName = 'o\\u0027neil'", "c1"),
    ("LastName = 'back\\\\slash'", "c3"),
    ("FirstName = 'čeněk'", "c2"),
    ("MailingCity = 'ŁÓDŹ'", "c2"),
    ("FirstName = ''", "c3"),
    ("FirstName = null", "c3"),
    ("FirstName = NULL", "c3"),
    ("FirstName != ''", "c0 c1 c2 c4"),
    ("FirstName <> null", "c0 c1 c2 c4"),
    ("FirstName != 'ada'", "c1 c2 c3 c4"),
    ("LastName > 'o'", "c0 c1"),
    ("LastName <= '100xydone'", "c2 c4"),
    # LIKE
    ("LastName LIKE 'z%'", "c0"),
    ("LastName LIKE '%D'", "c0"),
    ("LastName LIKE '%e%'", "c0 c1 c2 c4"),
    ("LastName LIKE '100%done'", "c2 c4"),
    ("LastName LIKE '100__done'", "c2 c4"),
    ("LastName LIKE '100\\%\\_done'", "c2"),
    ("LastName LIKE '100\\%%'", "c2"),
    ("LastName LIKE '%\\\\\\\\%'", ""),
    ("LastName LIKE 'back\\\\slash'", "c3"),
    ("LastName LIKE '_ed'", "c0"),
    ("LastName LIKE 'ed'", ""),
    ("LastName LIKE 'ze%ed'", ""),
    ("LastName LIKE 'z%ed'", "c0"),
    ("LastName LIKE 'ze%e%d'", ""),
    ("LastName LIKE '%'", ALL),
    ("FirstName LIKE '%'", "c0 c1 c2 c4"),
    ("FirstName NOT LIKE 'a%'", "c1 c2 c3 c4"),
    ("(NOT FirstName LIKE 'a%')", "c1 c2 c3 c4"),
    ("LastName LIKE '%%%%%%%%x'", ""),
    ("Email LIKE 'C_@EXAMPLE.com'", ALL),
    # IN
    ("Email IN ('C0@EXAMPLE.COM')", "c0"),
    ("Email in('c4@example.com','c0@example.com')", "c0 c4"),
    ("FirstName IN ('Ada', null)", "c0 c3"),
    ("FirstName NOT IN ('Ada', 'Eve')", "c1 c2 c3"),
    ("FirstName NOT IN ('Ada', null)", "c1 c2 c4"),
    # ids
    ("Id = '{c1}'", "c1"),
    ("Id = '{c1:15}'", "c1"),
    ("Id IN ('{c1:15}','{c3}')", "c1 c3"),
    ("AccountId = '{a1:15}'", "c0 c1"),
    ("AccountId != '{a1}'", "c2 c3 c4"),
    ("AccountId = null", "c3"),
    ("Id > '{c2}'", "c3 c4"),
    ("Id = '{a1}'", ""),
    # numbers
    ("Score__c = 2.5", "c1 c4"),
    ("Score__c >= 1", "c0 c1 c4"),
    ("Score__c < 0", "c2"),
    ("Score__c > -3.5e0", "c0 c1 c2 c4"),
    ("Score__c != 1", "c1 c2 c3 c4"),
    ("Score__c IN (1, 2.5)", "c0 c1 c4"),
    ("Score__c = +1.0", "c0"),
    # booleans: null is false
    ("HasOptedOutOfEmail = TRUE", "c1 c3"),
    ("HasOptedOutOfEmail = false", "c0 c2 c4"),
    ("HasOptedOutOfEmail = null", "c0 c2 c4"),
    ("HasOptedOutOfEmail != null", "c1 c3"),
    ("HasOptedOutOfEmail != true", "c0 c2 c4"),
    ("isDeleted = false and Email in ('c0@example.com','c5@example.com')", "c0"),
    # picklists and multi-select picklists
    ("Segment__c = 'g'", "c0"),
    ("Segment__c = 'Growth'", ""),
    ("toLabel(Segment__c) = 'growth'", "c0"),
    ("Interests__c INCLUDES ('events')", "c0 c2"),
    ("Interests__c includes ('events;pricing', 'nothing')", "c2"),
    ("Interests__c EXCLUDES ('events')", "c1 c3 c4"),
    ("Interests__c = 'product;events'", "c0"),
    ("Interests__c != 'pricing'", "c0 c2 c3 c4"),
    ("Interests__c = null", "c3 c4"),
    # logic
    ("LastName = 'Zed' OR LastName = 'O\\'Neil'", "c0 c1"),
    ("HasOptedOutOfEmail = true AND (FirstName = null OR Score__c > 2)", "c1 c3"),
    ("NOT (HasOptedOutOfEmail = true OR Score__c = 1)", "c2 c4"),
    ("NOT NOT FirstName = 'Ada'", "c0"),
    ("NOT FirstName != 'Ada'", "c0"),
    ("(((LastName = 'Zed')))", "c0"),
    ("NOT Score__c < 2", "c1 c3 c4"),
    # parents: an outer join
    ("Account.Name = 'acme'", "c0 c1"),
    ("account.name LIKE 'B%'", "c2"),
    ("Account.Name = null", "c3"),
    ("Account.Parent.Name = 'Acme'", "c4"),
    ("Account.IsDeleted = false", ALL),
    ("Account.Owner.IsActive = true", "c0 c1"),
    ("Owner.Manager.Name = 'Ugo'", "c0 c2 c3"),
    ("Contact.LastName = 'Zed'", "c0"),
    ("Account.NumberOfEmployees > 6", "c0 c1 c4"),
    # semi-joins
    ("AccountId IN (SELECT Id FROM Account WHERE Name LIKE '%a%')", "c0 c1 c2 c4"),
    ("AccountId NOT IN (SELECT Id FROM Account WHERE Industry = 'Technology')", "c2 c3 c4"),
    ("Id IN (SELECT ContactId FROM CampaignMember WHERE Status = 'Sent')", "c0"),
    ("Id NOT IN (SELECT ContactId FROM CampaignMember)", "c2 c3 c4"),
    ("Id IN (SELECT ContactId FROM CampaignMember) AND AccountId IN (SELECT Id FROM Account)", "c0 c1"),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_a_condition_finds_exactly_these_contacts(found: Callable[..., str], condition: str, expected: str) -> None:
    assert found(f"SELECT Id FROM Contact WHERE {condition}") == expected


NULLS_STAY_OUT = [
    ("FirstName != 'ada'", "c1 c2 c4"),
    ("FirstName NOT IN ('Ada', 'Eve')", "c1 c2"),
    ("(NOT FirstName = 'Ada')", "c1 c2 c4"),
    ("NOT (FirstName = 'Ada' OR LastName = 'Zed')", "c1 c2 c4"),
    ("Interests__c EXCLUDES ('events')", "c1"),
    ("AccountId NOT IN (SELECT Id FROM Account WHERE Industry = 'Technology')", "c2 c4"),
    ("FirstName != null", "c0 c1 c2 c4"),
    ("FirstName = null", "c3"),
    ("HasOptedOutOfEmail != true", "c0 c2 c4"),
]


@pytest.mark.parametrize(("condition", "expected"), NULLS_STAY_OUT)
def test_with_the_switch_off_a_negation_leaves_nulls_out(found: Callable[..., str], condition: str, expected: str) -> None:
    assert found(f"SELECT Id FROM Contact WHERE {condition}", nulls_match_not_equal=False) == expected


def test_an_answer_names_the_null_assumption_only_when_a_null_decided_something(ask: Callable[..., object]) -> None:
    rests = ask("SELECT Id FROM Contact WHERE FirstName != 'Ada'")
    certain = ask("SELECT Id FROM Contact WHERE LastName != 'Zed'")

    assert rests.assumed == ("soql.nulls_match_not_equal",)  # type: ignore[attr-defined]
    assert certain.assumed == ()  # type: ignore[attr-defined]
