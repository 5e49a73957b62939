"""What is no SOQL, or not allowed: codes and texts are Salesforce's; nothing wrong is ever half-answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syncproof_mocks.crm.salesforce.soql import QueryResult, SoqlError

Ask = Callable[..., QueryResult]

COLUMN_ADVICE = (
    " If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
    " Please reference your WSDL or the describe call for the appropriate names."
)

WHOLE_MESSAGES = [
    ("SELECT Id, Foo__c FROM Contact", "INVALID_FIELD",
     "\nSELECT Id, Foo__c FROM Contact\n           ^\nERROR at Row:1:Column:12\n"
     f"No such column 'Foo__c' on entity 'Contact'.{COLUMN_ADVICE}"),
    ("SELECT Id FROM Nope__c", "INVALID_TYPE",
     "\nSELECT Id FROM Nope__c\n               ^\nERROR at Row:1:Column:16\nsObject type 'Nope__c' is not supported. If you are"
     " attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or"
     " the describe call for the appropriate names."),
    ("SELECT Id FORM Contact", "MALFORMED_QUERY",
     "\nSELECT Id FORM Contact\n          ^\nERROR at Row:1:Column:11\nunexpected token: 'FORM'"),
    ("SELECT Id FROM", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("SELECT Id\nFROM Contact\nWHERE Nope = 1", "INVALID_FIELD",
     f"\nWHERE Nope = 1\n      ^\nERROR at Row:3:Column:7\nNo such column 'Nope' on entity 'Contact'.{COLUMN_ADVICE}"),
    ("SELECT Id from $x", "MALFORMED_QUERY",
     "\nSELECT Id from $x\n               ^\nERROR at Row:1:Column:15\nline 1:15 unexpected token: '$'"),
    ("SELECT Id, FIELDS(ALL) FROM User LIMIT 200", "INVALID_FIELD", "duplicate field selected: Id"),
    ("SELECT Id, Account.Nope FROM Contact", "INVALID_FIELD",
     "\nSELECT Id, Account.Nope FROM Contact\n           ^\nERROR at Row:1:Column:12\n"
     f"No such column 'Nope' on entity 'Account'.{COLUMN_ADVICE}"),
]


@pytest.mark.parametrize(("text", "code", "message"), WHOLE_MESSAGES)
def test_the_whole_message_is_salesforces(ask: Ask, text: str, code: str, message: str) -> None:
    with pytest.raises(SoqlError) as caught:
        ask(text)

    assert (caught.value.code, caught.value.message) == (code, message)


def test_a_long_line_is_quoted_around_the_caret_only(ask: Ask) -> None:
    fields = ", ".join(["LastName", "FirstName", "Email", "Phone", "MailingCity", "MailingCountry", "Wrong__c", "Birthdate",
                        "Description", "OwnerId", "AccountId", "Segment__c"])
    with pytest.raises(SoqlError) as caught:
        ask(f"SELECT Id, {fields} FROM Contact")
    _, excerpt, caret, place, _ = caught.value.message.split("\n")

    assert len(excerpt) <= 85
    assert excerpt[len(caret) - 1 :].startswith("Wrong__c")
    assert place == f"ERROR at Row:1:Column:{len('SELECT Id, ') + fields.index('Wrong__c') + 1}"


BROKEN = [
    # injection: a quote in a value, comments, a second statement, other languages
    ("SELECT Id FROM Contact WHERE LastName = 'O'Neil'", "unexpected token: 'Neil'"),
    ("SELECT Id FROM Contact WHERE LastName = 'x' OR 'a' = 'a'", "unexpected token: ''a''"),
    ("SELECT Id FROM Contact WHERE LastName = 'x' OR 1 = 1", "unexpected token: '1'"),
    ("SELECT Id FROM Contact WHERE LastName = 'x'; DELETE FROM Contact", "line 1:43 unexpected token: ';'"),
    ("SELECT Id FROM Contact WHERE LastName = 'x' -- y", "line 1:44 unexpected token: '-'"),
    ("SELECT Id FROM Contact WHERE LastName = 'x' UNION SELECT Id FROM User", "unexpected token: 'UNION'"),
    ("SELECT Id FROM Contact WHERE LastName = 'x", "line 1:40 mismatched character '<EOF>' expecting '''"),
    ("SELECT Id FROM Contact WHERE LastName = 'x\\'", "line 1:40 mismatched character '<EOF>' expecting '''"),
    ("SELECT Id FROM Contact WHERE LastName = 'a\\qb'",
     "Invalid string literal 'a\\qb'. Illegal character sequence '\\q' in string literal."),
    ('SELECT Id FROM Contact WHERE LastName = "x"', "line 1:40 unexpected token: '\"'"),
    ("SELECT Id FROM Contact WHERE LastName = ‘x’", "line 1:40 unexpected token: '‘'"),
    ("SELECT Id FROM Contact WHERE LastName = :name", "Bind variables only allowed in Apex code"),
    ("SELECT * FROM Contact", "line 1:7 unexpected token: '*'"),
    ("DELETE FROM Contact", "unexpected token: 'DELETE'"),
    # grammar
    ("SELECT Id, FROM Contact", "unexpected token: 'FROM'"),
    ("SELECT Id FROM Contact WHERE LastName == 'x'", "unexpected token: '='"),
    ("SELECT Id FROM Contact WHERE LastName IS NULL", "unexpected token: 'IS'"),
    ("SELECT Id FROM Contact WHERE LastName IN ()", "unexpected token: ')'"),
    ("SELECT Id FROM Contact WHERE (LastName = 'x'", "unexpected token: '<EOF>'"),
    ("SELECT Id FROM Contact WHERE LastName = 'a' AND FirstName = 'b' OR Phone = 'c'", "unexpected token: 'OR'"),
    ("SELECT Id FROM Contact WHERE LastName = FirstName", "unexpected token: 'FirstName'"),
    ("SELECT Id FROM Contact WHERE LastName LIKE NULL", "unexpected token: 'NULL'"),
    ("SELECT Id FROM Contact WHERE COUNT(Id) > 1", "unexpected token: 'COUNT'"),
    ("SELECT Id FROM Contact LIMIT 1 ORDER BY Id", "unexpected token: 'ORDER'"),
    ("SELECT Id FROM Contact ORDER BY Id LIMIT x", "unexpected token: 'x'"),
    ("SELECT TYPEOF Owner WHEN User THEN Name END FROM Lead", "unexpected token: 'TYPEOF'"),
    ("SELECT UPPER(LastName) FROM Contact", "unexpected token: 'UPPER'"),
    ("SELECT LastName n FROM Contact", "only aggregate expressions use field aliasing"),
    ("SELECT FIELDS(ALL) FROM Contact", "The SOQL FIELDS function must have a LIMIT of at most 200"),
    ("SELECT FIELDS(CUSTOM) FROM Contact LIMIT 201", "The SOQL FIELDS function must have a LIMIT of at most 200"),
    ("SELECT FIELDS(SOME) FROM Contact LIMIT 1", "unexpected token: 'SOME'"),
    # semi-joins
    ("SELECT Id FROM Contact WHERE Id IN (SELECT ContactId FROM CampaignMember) OR LastName = 'x'",
     "Semi join sub-selects are not allowed with the 'OR' operator"),
    ("SELECT Id FROM Contact WHERE NOT Id IN (SELECT ContactId FROM CampaignMember)",
     "Semi join sub-selects are only allowed at the top level WHERE expressions"),
    ("SELECT Id FROM Account WHERE ParentId IN (SELECT Id FROM Account)",
     "The inner and outer selects should not be on the same object type"),
    ("SELECT Id FROM Contact WHERE Id IN (SELECT CampaignId FROM CampaignMember)",
     "The selected field 'CampaignId' in the subquery and the left operand field in the where expression in the outer query"
     " 'Id' should point to the same object type"),
    ("SELECT Id FROM Contact WHERE Email IN (SELECT Email FROM Lead)",
     "The left operand field in the where expression for outer query should be an id field, cannot use: 'Email'"),
    ("SELECT Id FROM Contact WHERE Account.Id IN (SELECT Id FROM Account)",
     "The left operand 'Account.Id' cannot have more than one level of relationships"),
    ("SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Account))",
     "Nesting of semi join sub-selects is not supported"),
    ("SELECT Id FROM Contact WHERE Id IN (SELECT ContactId FROM CampaignMember) AND AccountId IN (SELECT Id FROM Account)"
     " AND OwnerId IN (SELECT Id FROM User)", "Maximum 2 semi join sub-selects are allowed"),
]


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_a_malformed_query_is_refused_with_this_reason(refusal: Callable[..., str], text: str, expected: str) -> None:
    assert refusal(text) == f"MALFORMED_QUERY: {expected}"


MISTYPED = [
    ("HasOptedOutOfEmail = 'true'", "INVALID_FIELD: value of filter criterion for field 'HasOptedOutOfEmail' must be of type"
     " boolean and should not be enclosed in quotes"),
    ("Score__c = '1'", "INVALID_FIELD: value of filter criterion for field 'Score__c' must be of type double and should not"
     " be enclosed in quotes"),
    ("Account.NumberOfEmployees > '1'", "INVALID_FIELD: value of filter criterion for field 'Account.NumberOfEmployees' must"
     " be of type int and should not be enclosed in quotes"),
    ("LastName = 5", "INVALID_FIELD: value of filter criterion for field 'LastName' must be of type string and should be"
     " enclosed in quotes"),
    ("LastName IN ('a', 5)", "INVALID_FIELD: value of filter criterion for field 'LastName' must be of type string and should"
     " be enclosed in quotes"),
    ("Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR: invalid ID field: abc"),
    ("Id = ''", "INVALID_QUERY_FILTER_OPERATOR: invalid ID field: "),
    ("AccountId = '0015G00000AB001AAA'", "INVALID_QUERY_FILTER_OPERATOR: invalid ID field: 0015G00000AB001AAA"),
    ("Id LIKE '003%'", "INVALID_QUERY_FILTER_OPERATOR: invalid operator on id field"),
    ("HasOptedOutOfEmail > true", "INVALID_QUERY_FILTER_OPERATOR: invalid operator on boolean field"),
    ("LastName INCLUDES ('x')", "INVALID_QUERY_FILTER_OPERATOR: includes or excludes operator only valid on multipicklist"
     " field"),
    ("Interests__c LIKE '%x%'", "INVALID_QUERY_FILTER_OPERATOR: invalid operator on multipicklist field"),
    ("Score__c > null", "INVALID_QUERY_FILTER_OPERATOR: invalid operator"),
    ("Description = 'x'", "INVALID_FIELD: field 'Description' can not be filtered in a query call"),
    ("MailingAddress = 'x'", "INVALID_FIELD: field 'MailingAddress' can not be filtered in a query call"),
    ("Secret__c = 's'", f"INVALID_FIELD: No such column 'Secret__c' on entity 'Contact'.{COLUMN_ADVICE}"),
    ("Acount.Name = 's'", "INVALID_FIELD: Didn't understand relationship 'Acount' in field path. If you are attempting to use"
     " a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or"
     " the describe call for the appropriate names."),
]


@pytest.mark.parametrize(("condition", "expected"), MISTYPED)
def test_a_mistyped_condition_is_refused(refusal: Callable[..., str], condition: str, expected: str) -> None:
    assert refusal(f"SELECT Id FROM Contact WHERE {condition}") == expected


def test_an_unknown_child_relationship_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("SELECT (SELECT Id FROM Nopes) FROM Account").startswith(
        "INVALID_TYPE: Didn't understand relationship 'Nopes' in FROM part of query call."
    )


def test_a_polymorphic_parent_knows_no_columns_but_those_of_its_kinds(refusal: Callable[..., str]) -> None:
    assert refusal("SELECT Owner.Nope FROM Lead") == f"INVALID_FIELD: No such column 'Nope' on entity 'Name'.{COLUMN_ADVICE}"


def test_typeof_says_what_to_do_instead(ask: Ask) -> None:
    with pytest.raises(SoqlError) as caught:
        ask("SELECT TYPEOF Owner WHEN User THEN Name END FROM Lead")

    assert "not mocked" in caught.value.hint


def test_a_query_that_is_nested_too_deep_is_refused_not_crashed(refusal: Callable[..., str]) -> None:
    nested = "Id != null"
    for _ in range(2000):
        nested = f"Id = null OR (Id != null AND ({nested}))"

    assert refusal(f"SELECT Id FROM Contact WHERE {nested}").startswith("QUERY_TOO_COMPLICATED: ")


def test_a_query_over_the_length_limit_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("SELECT Id FROM Contact" + " " * 100_000) == (
        "MALFORMED_QUERY: SOQL statements cannot be longer than 100,000 characters."
    )
