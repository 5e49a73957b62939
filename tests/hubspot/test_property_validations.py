"""Validation rules: the API that sets them, and each documented rule kept on writes (1.4, 2.1, 3.13)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.property_validations import ValidationRule
from syncproof_mocks.ma.hubspot.validations import RULE_TYPES

ROOT = "/crm/v3/property-validations/0-1"
OWN = {"a_text": ("string", "text"), "a_number": ("number", "number"), "a_date": ("date", "date"), "a_moment": ("datetime", "date"),
       "a_phone": ("string", "phonenumber")}
NOW = "2026-09-21T14:13:20Z"  # the frozen clock of the folder, a Monday


@pytest.fixture(autouse=True)
def _properties(api: httpx.Client) -> None:
    for name, (type_, field_type) in OWN.items():
        body = {"name": name, "label": name, "type": type_, "fieldType": field_type, "groupName": "contactinformation"}
        assert api.post("/crm/v3/properties/contacts", json=body).status_code == 201


def put(api: httpx.Client, name: str, rule: str, *arguments: str, normalise: bool = False) -> httpx.Response:
    body = {"ruleArguments": list(arguments), "shouldApplyNormalization": normalise}
    return api.put(f"{ROOT}/{name}/rule-type/{rule}", json=body)


def write(api: httpx.Client, name: str, value: str) -> httpx.Response:
    return api.post("/crm/v3/objects/contacts", json={"properties": {name: value}})


# rule -> property, arguments, values that keep it, values that break it
KEPT: list[tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = [
    ("AFTER_DATETIME_DURATION", "a_moment", ("PT12H",), ("2026-09-22T02:13:20Z",), ("2026-09-22T02:13:19Z", NOW)),
    ("AFTER_DURATION", "a_date", ("P7D",), ("2026-09-28",), ("2026-09-27",)),
    ("ALPHANUMERIC", "a_text", ("ALPHA_ONLY",), ("Łucja",), ("a1", "a-b")),
    ("ALPHANUMERIC", "a_text", ("NUMERIC_ONLY",), ("0123",), ("12a", "1.2")),
    ("ALPHANUMERIC", "a_text", ("ALPHANUMERIC",), ("a1",), ("a_1",)),
    ("BEFORE_DATETIME_DURATION", "a_moment", ("P1M",), ("2026-08-21T14:13:20Z",), ("2026-08-21T14:13:21Z",)),
    ("BEFORE_DURATION", "a_date", ("P1Y",), ("2025-09-21",), ("2025-09-22", "2027-01-01")),
    ("DAYS_OF_WEEK", "a_date", ("MONDAY", "FRIDAY"), ("2026-09-21", "2026-09-25"), ("2026-09-22",)),
    ("DECIMAL", "a_number", ("2",), ("1", "1.25"), ("1.255",)),
    ("DOMAIN", "a_text", (), ("example.com",), ("https://example.com", "example")),
    ("EMAIL", "a_text", (), ("a@example.com",), ("a@", "example.com")),
    ("EMAIL_ALLOWED_DOMAINS", "a_text", ("example.com",), ("a@example.com", "a@mail.EXAMPLE.com"), ("a@example.org", "a@badexample.com")),
    ("EMAIL_BLOCKED_DOMAINS", "a_text", ("example.com",), ("a@example.org",), ("a@example.com",)),
    ("END_DATE", "a_date", ("1790035200000",), ("2026-09-22",), ("2026-09-23",)),
    ("END_DATETIME", "a_moment", ("1790000000000",), (NOW,), ("2026-09-21T14:13:21Z",)),
    ("FORMAT", "a_text", ("UPPER",), ("ADA B",), ("Ada",)),
    ("FORMAT", "a_text", ("CAPITALIZATION",), ("Ada Byron",), ("Ada byron",)),
    ("MAX_LENGTH", "a_text", ("3",), ("abc",), ("abcd",)),
    ("MAX_NUMBER", "a_number", ("10.5",), ("10.5", "-3"), ("10.6",)),
    ("MIN_LENGTH", "a_phone", ("5",), ("12345",), ("1234",)),
    ("MIN_NUMBER", "a_number", ("-1",), ("-1",), ("-1.1",)),
    ("PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE", "a_phone", (), ("+48 601 222 333",), ("0123456789", "+1")),
    ("PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE", "a_phone", ("pl",), ("+48601222333",), ("+420601222333",)),
    ("REGEX", "a_text", ("^[A-Z]{2}[0-9]+$", "Two letters, then digits"), ("AB1",), ("ab1",)),
    ("SPECIAL_CHARACTERS", "a_text", ("NOT_ALLOWED",), ("Zoë 1",), ("a!", "a_b")),
    ("START_DATE", "a_date", ("1790035200000",), ("2026-09-22",), ("2026-09-21",)),
    ("START_DATETIME", "a_moment", ("1790000000000",), (NOW,), ("2026-09-21T14:13:19Z",)),
    ("URL", "a_text", (), ("https://example.com/a?b", "example.com"), ("ftp://example.com", "no url", "http://[::1")),
    ("URL_ALLOWED_DOMAINS", "a_text", ("example.com",), ("https://www.example.com/x",), ("https://example.org",)),
    ("URL_BLOCKED_DOMAINS", "a_text", ("example.com",), ("https://example.org",), ("https://example.com",)),
    ("WHITESPACE", "a_text", (), ("ab",), ("a b", " ab")),
    ("WHITESPACE", "a_text", ("TRIM",), ("a b",), ("ab ",)),
]


@pytest.mark.parametrize(("rule", "name", "arguments", "good", "bad"), KEPT, ids=lambda v: v if isinstance(v, str) else "")
def test_a_rule_is_kept_by_every_write(
    api: httpx.Client, rule: str, name: str, arguments: tuple[str, ...], good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    assert put(api, name, rule, *arguments).status_code == 204

    for value in good:
        assert write(api, name, value).status_code == 201, value
    for value in bad:
        refused = write(api, name, value)
        assert (refused.status_code, [e["context"] for e in refused.json()["errors"]]) == (400, [{"propertyName": [name]}]), value
        assert refused.json()["message"].startswith("Property values were not valid: [{")
    assert write(api, name, "").status_code == 201


def test_every_documented_rule_is_tried() -> None:
    assert {k[0] for k in KEPT} == set(RULE_TYPES)


@pytest.mark.parametrize(("name", "rule", "arguments"), [
    ("a_text", "ALPHANUMERIC", ["LETTERS"]), ("a_text", "MIN_LENGTH", ["-1"]), ("a_text", "MIN_NUMBER", ["1"]), ("a_text", "NO_SUCH", []),
    ("a_number", "MAX_NUMBER", ["nan"]), ("a_date", "AFTER_DURATION", ["7 days"]), ("a_date", "DAYS_OF_WEEK", ["MON"]),
    ("a_text", "REGEX", ["(?=a)"]), ("a_text", "REGEX", ["("]), ("a_text", "URL_ALLOWED_DOMAINS", []), ("a_date", "END_DATE", ["tomorrow"]),
    ("a_text", "EMAIL", ["x"]), ("a_number", "DECIMAL", ["21"]), ("a_phone", "REGEX", ["a"]), ("a_text", "FORMAT", [{"a": 1}]),
])
def test_a_rule_that_does_not_fit_is_refused(api: httpx.Client, name: str, rule: str, arguments: list[Any]) -> None:
    assert api.put(f"{ROOT}/{name}/rule-type/{rule}", json={"ruleArguments": arguments}).status_code == 400
    assert api.get(f"{ROOT}/{name}").json() == {"results": []}


def test_rules_are_shown_replaced_and_kept_beside_each_other(api: httpx.Client) -> None:
    put(api, "a_text", "MIN_LENGTH", "2")
    put(api, "a_text", "MIN_LENGTH", "3")
    put(api, "a_text", "MAX_LENGTH", "5")

    assert api.get(f"{ROOT}/a_text/rule-type/MIN_LENGTH").json()["ruleArguments"] == ["3"]
    shown = api.get(ROOT).json()["results"]
    assert [(p["propertyName"], [r["ruleType"] for r in p["propertyValidationRules"]]) for p in shown] == [("a_text", ["MAX_LENGTH", "MIN_LENGTH"])]
    assert api.get("/crm/property-validations/2026-03/contacts/a_text").json()["results"][0]["ruleArguments"] == ["5"]
    assert api.get(f"{ROOT}/a_text/rule-type/REGEX").status_code == 404
    assert api.get(f"{ROOT}/nope").status_code == 404
    assert [write(api, "a_text", "x" * n).status_code for n in (2, 3, 5, 6)] == [400, 201, 201, 400]


def test_normalisation_puts_values_into_shape_instead(hub: Hubspot, api: httpx.Client) -> None:
    put(api, "a_text", "FORMAT", "CAPITALIZATION", normalise=True)
    put(api, "a_text", "WHITESPACE", "TRIM", normalise=True)

    assert write(api, "a_text", " ada byron ").json()["properties"]["a_text"] == "Ada Byron"
    assert "hubspot.validation_normalisation" in [a for e in hub.journal.exchanges() for a in e.assumed]


def test_one_bad_input_of_a_batch_is_named(api: httpx.Client) -> None:
    put(api, "a_text", "ALPHANUMERIC", "ALPHA_ONLY")
    inputs = [{"properties": {"a_text": v}, "objectWriteTraceId": v} for v in ("ok", "n0")]

    found = api.post("/crm/v3/objects/contacts/batch/create", json={"inputs": inputs})

    assert (found.status_code, found.json()["errors"][0]["context"]["objectWriteTraceId"]) == (207, ["n0"])
    assert "Enter only letters" in found.json()["errors"][0]["message"]
    assert "INVALID_ALPHA" in found.json()["errors"][0]["message"]


def test_people_meet_the_rule_on_the_screen_and_seeds_do_not(hub: Hubspot) -> None:
    hub.declare("validation_rules", ValidationRule(kind="contacts", property="zip", rule="ALPHANUMERIC", arguments=("NUMERIC_ONLY",)))

    hub.seed("contacts", {"zip": "00-950"}, created_ms=1, modified_ms=1)
    with pytest.raises(ValueError, match="Enter only numbers"):
        hub.desk_create("contacts", {"zip": "00-950"})
    with pytest.raises(ValueError, match="no property `zipp`"):
        hub.declare("validation_rules", ValidationRule(kind="contacts", property="zipp", rule="EMAIL"))
    with pytest.raises(ValueError, match="does not apply"):
        hub.declare("validation_rules", ValidationRule(kind="contacts", property="zip", rule="MAX_NUMBER", arguments=("1",)))
