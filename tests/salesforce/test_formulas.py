"""The formula language: what each part gives, and what is refused before any record is saved."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.crm.salesforce.formula import EvaluationError, FormulaError, Frame, parse_formula
from syncproof_mocks.crm.salesforce.formula.regexes import compile_pattern
from syncproof_mocks.schema import FieldInfo, FieldType
from syncproof_mocks.world import World

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def org() -> Salesforce:
    made = Salesforce(World(7))
    made.add_field("Contact", FieldInfo("Score__c", "Score", FieldType.NUMBER, "double", custom=True))
    made.add_field("Contact", FieldInfo("Rate__c", "Rate", FieldType.NUMBER, "percent", custom=True))
    made.add_field("Contact", FieldInfo("Multi__c", "M", FieldType.MULTI_PICKLIST, "multipicklist", custom=True))
    return made


VALUES: dict[str, Any] = {
    "Id": "0035g00000XyZ12AAB", "LastName": "Nováková", "Email": "eva@nova.cz", "Title": None, "Score__c": 7.5, "Rate__c": 50.0,
    "Birthdate": "2000-02-29", "LeadSource": "Web", "Multi__c": "a;b", "DoNotCall": True, "HasOptedOutOfEmail": False,
    "CreatedDate": "2026-02-28T23:30:00.000+0000", "Phone": "+48 22", "AccountId": None, "MailingCity": "Brno",
}


def _true(org: Salesforce, text: str, old: dict[str, Any] | None = None, **values: Any) -> Any:
    formula = parse_formula(text, org.kinds, org.kinds["Contact"])
    return formula.evaluate(Frame(org, {**VALUES, **values}, old, NOW))


@pytest.mark.parametrize(
    "text",
    [
        "TRUE && !FALSE || FALSE", "NOT(OR(FALSE, FALSE))", "and(true, TRUE)", "1 + 2 * 3 = 7", "-(2 - 5) = 3", "10 / 4 == 2.5",
        "0.1 + 0.2 = 0.3", '"a" & "b" & "c" = "abc"', '"a" + \'b\' = "ab"', "LEN(LastName) = 8", '"x" <> "X"', 'Email != ""',
        "IF(DoNotCall, 1, 2) = 1", "ISBLANK(Title)", "NOT(ISNULL(Title))", 'Title = ""', "Title = NULL", "Score__c <> NULL",
        'ISPICKVAL(LeadSource, "Web")', 'NOT(ISPICKVAL(LeadSource, "web"))', 'TEXT(LeadSource) = "Web"',
        'CASE(LeadSource, "Web", 1, "Phone", 2, 3) = 1', 'CASE(2, 1, "x", "y") = "y"', 'INCLUDES(Multi__c, "b")',
        'NOT(INCLUDES(Multi__c, "c"))', 'BEGINS(Phone, "+48")', 'CONTAINS(Email, "@nova")', 'NOT(CONTAINS(Email, "NOVA"))',
        'UPPER("ab") = "AB" && LOWER("AB") = "ab" && TRIM(" a ") = "a"', 'LEFT("abc", 2) & RIGHT("abc", 1) = "abc"',
        'MID("abcdef", 2, 3) = "bcd"', 'FIND("c", "abc") = 3', 'SUBSTITUTE("a-b", "-", "") = "ab"', 'VALUE("12.5") = 12.5',
        'TEXT(12.50) = "12.5"', 'TEXT(Birthdate) = "2000-02-29"', 'ISNUMBER("1e3") && NOT(ISNUMBER("x"))',
        'BLANKVALUE(Title, "none") = "none"', "NULLVALUE(Score__c, 0) = 7.5", "Rate__c = 0.5",
        "Birthdate < TODAY()", "TODAY() - Birthdate > 9000", "TODAY() + 1 = DATE(2026, 3, 2)", "YEAR(TODAY()) = 2026",
        "MONTH(Birthdate) = 2 && DAY(Birthdate) = 29", "DATEVALUE(CreatedDate) = DATE(2026, 2, 28)", "NOW() - CreatedDate < 1",
        'DATEVALUE("2026-03-01") = TODAY()', "ROUND(2.345, 2) = 2.35 && FLOOR(-1.5) = -2 && CEILING(1.2) = 2",
        "MAX(1, 3, 2) - MIN(1, 3, 2) = 2 && ABS(-2) = 2", 'Id = "0035g00000XyZ12"', "ISBLANK(Account.Name)",
        'REGEX(Email, "[a-z.]+@[a-z]+\\\\.(cz|pl)")', "ISNEW() && NOT(ISCHANGED(Email))", "PRIORVALUE(Email) = Email",
        '/* a remark */ lastname = "Nováková"', 'Owner:User.Email = ""',
    ],
)
def test_this_is_true(org: Salesforce, text: str) -> None:
    assert _true(org, text) is True
    assert _true(org, f"NOT({text})") is False


def test_changes_are_told_from_the_record_before(org: Salesforce) -> None:
    old = {**VALUES, "Email": "old@nova.cz", "LeadSource": "Other"}
    assert _true(org, 'ISCHANGED(Email) && PRIORVALUE(Email) = "old@nova.cz" && NOT(ISNEW())', old)
    assert _true(org, 'ISPICKVAL(PRIORVALUE(LeadSource), "Other") && NOT(ISCHANGED(Phone))', old)


def test_a_blank_number_compares_as_the_org_is_set(org: Salesforce) -> None:
    assert not _true(org, "Score__c < 5", Score__c=None)
    assert not _true(org, "Score__c = 0", Score__c=None)
    org.switch("formula_blank", "zero")
    try:
        assert _true(org, "Score__c < 5 && Score__c = 0", Score__c=None)
    finally:
        org.switch("formula_blank", "blank")


@pytest.mark.parametrize("text", ["1 / 0 = 1", 'VALUE("x") = 1', "DATE(2026, 2, 30) = TODAY()", 'DATEVALUE("x") = TODAY()',
                                  "TODAY() + 99999999999 = TODAY()", "ROUND(99999999999999999999999999999999999999, 9) = 1"])
def test_a_part_without_a_value_says_so(org: Salesforce, text: str) -> None:
    with pytest.raises(EvaluationError):
        _true(org, text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('LeadSource = "Web"', "field LeadSource is a picklist field"), ("1", "gives number, but true or false"),
        ('Email > "a"', "> is mocked for numbers and dates"), ('Score__c = "1"', "not number with text"),
        ("VLOOKUP(1)", "function VLOOKUP is unknown or not mocked; known: ABS"), ("ISNEW(1)", "ISNEW takes 0 arguments"),
        ('$Profile.Name = "x"', r"\$Profile.Name"), ("Owner.Nope = 1", "field Nope does not exist on User"),
        ("Nope.Name = 1", "Contact has no relationship Nope; known: MasterRecord"), ("MailingAddress = NULL", "of type address"),
        ("ISPICKVAL(LeadSource, Title)", "a text in quotation marks"), ("ISCHANGED(1)", "a field of the record itself"),
        ('IF(TRUE, 1, "a") = 1', "results of one type"), ("CASE(1, 2, 3, 4, 5, 6) = 1", None),
        ("1 = 1)", r"`\)` is not expected at character 6"), ("Email = 'x", "is not expected at character 9"), ("", "too early"),
        ("(" * 100 + "TRUE" + ")" * 100, None), ("!" * 100 + "TRUE", "nested more than 60 deep"), ("!" * 3800 + "TRUE", "nested"),
        ("TRUE" + " " * 4000, "at most 3900 characters"), ("DoNotCall + 1 = 2", "cannot be used between"),
    ],
)
def test_what_does_not_fit_is_refused_beforehand(org: Salesforce, text: str, why: str | None) -> None:
    if why is None:
        _true(org, text)
        return
    with pytest.raises(FormulaError, match=why):
        _true(org, text)


PATTERNS = (
    "a|bc", "(a|b)*c", "a{2,3}", "a{2}", "a{0,1}b", "a{2,}", "[^@]+@[a-z.]+", "(?i)aBc", r"\d{3}-\d{4}", "^a$", "a*", "(ab)*a",
    "x?y", "(a*)*", "[]a]", "a+b*", "(a?){3}", "(a*b)*c", "(a*)b?a", r"\w+\s\W", "[a-c-]+", "(?:ab|a)b", r"[\d.]+", "a.c", "",
)
TEXTS = (
    "", "a", "b", "ab", "abc", "ABC", "aa", "aaa", "aaaa", "bc", "c", "ababc", "x@y.z", "123-4567", "]", "y", "xy", "aab", "aabbc",
    "abb", "a-c", "1.5", "a\nc", "word !", "abac",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_matches_what_it_matches_elsewhere(pattern: str) -> None:
    ours = [t for t in TEXTS if compile_pattern(pattern).matches(t)]
    assert ours == [t for t in TEXTS if re.fullmatch(pattern, t, re.ASCII)]


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*)*b", "a*a*a*a*a*a*b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    found, began = compile_pattern(pattern), time.process_time()
    assert not found.matches("a" * 4000)
    assert time.process_time() - began < 2
    with pytest.raises(EvaluationError):
        found.matches("a" * 4001)


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?=a)b", "a++", "(a", "a)", "[a", "a{3,1}", "a{5000}", "(a{30}){30}", "*a", "a**", r"\p{Han}", "[a&&b]",
                "[b-a]", r"\u12", "a\\", "(" * 30 + "a" + ")" * 30, "a^b", "a{x}"],
)
def test_a_pattern_that_cannot_be_mocked_is_refused(pattern: str) -> None:
    with pytest.raises(FormulaError):
        compile_pattern(pattern)
