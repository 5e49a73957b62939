"""A mapping against the field metadata of both systems."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Any

import pytest
from syncproof.mapping.check import MappingProblem, check_mapping
from syncproof.mapping.grammar import Mapping, Side
from syncproof.model import Severity
from syncproof_mocks.schema import FieldInfo, FieldType, Option


def info(name: str, type_: str = "text", options: str = "", **more: Any) -> FieldInfo:
    made = tuple(Option(o.lstrip("!"), o, active=not o.startswith("!")) for o in options.split())
    return FieldInfo(name, name, FieldType(type_), f"vendor_{type_}", options=made, restricted=bool(made), **more)


CRM = {
    f.name: f
    for f in (
        info("Email", "email", max_length=80), info("Title", max_length=128), info("City", max_length=40),
        info("Birthdate", "date"), info("Seen__c", "datetime", custom=True), info("Kind__c", "picklist", "A B !Old", custom=True),
        info("Tags__c", "multi-picklist", "x y"), info("Vip__c", "boolean", custom=True), info("Score__c", "number"),
        info("OwnerId", "reference"), info("AccountId", "reference"), info("OptOut", "boolean"), info("At__c", "datetime"),
        info("Born_Text"), info("Made", createable=False, updateable=False), info("Once", updateable=False),
    )
}  # fmt: skip
MA = {
    f.name: f
    for f in (
        info("email", "email"), info("jobtitle"), info("city", max_length=30), info("birth_date", "date"), info("seen", "datetime"),
        info("kind", "picklist", "A B"), info("kind_code", "picklist", "a b"), info("tags", "multi-picklist", "x y z"),
        info("vip", "boolean"), info("score", "number"), info("owner", "picklist"), info("note"), info("born_text"),
        info("hs_email_optout", "boolean", createable=False, updateable=False), info("custom_only", custom=True),
    )
}  # fmt: skip


def schema(kinds: Dictionary[str, Dictionary[str, FieldInfo]]) -> Any:
    return lambda kind: kinds[kind]


SCHEMAS = {Side.CRM: schema({"Contact": CRM}), Side.MA: schema({"contacts": MA})}


def checked(*fields: dict[str, Any], **more: Any) -> list[MappingProblem]:
    mapping = Mapping.model_validate(
        {"mapping": "m", "objects": [
            {"object": "contact", "crm": "Contact", "ma": "contacts", "match": [{"crm": "Email", "ma": "email"}], "fields": fields, **more}
        ]}
    )  # fmt: skip
    return check_mapping(mapping, SCHEMAS, subscriptions=("Newsletter", "Product news"))


def test_a_mapping_without_fault_has_no_problem() -> None:
    assert checked(
        {"crm": "Email", "ma": "email", "type": "email", "max_length": 80},
        {"crm": "Title", "ma": "jobtitle", "direction": "crm_to_ma"},
        {"crm": "City", "ma": "city", "max_length": 30},
        {"crm": "Birthdate", "ma": "birth_date", "type": "date"},
        {"crm": "Kind__c", "ma": "kind", "type": "picklist"},
        {"crm": "Tags__c", "ma": "tags", "type": "multi-picklist", "direction": "crm_to_ma"},
        {"crm": "Vip__c", "ma": "vip", "type": "boolean"},
        {"crm": "OptOut", "ma": "hs_email_optout", "type": "boolean", "winner": "most_restrictive", "consent": {}},
        {"crm": "Score__c", "ma": "subscription:Newsletter", "winner": "most_restrictive", "consent": {"crm_at": "At__c"}},
        {"crm": "Made", "ma": "note", "direction": "crm_to_ma"},
        owner={"crm": "OwnerId", "ma": "owner"},
        company={"match": {"crm": "Whatever", "ma": "whatever"}},
        exclude=[{"reason": "r", "crm": "Kind__c", "in": ["b"]}],
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "message", "remedy", "severity"),
    [
        ({"crm": "Titel", "ma": "jobtitle"}, "`Titel` is unknown in Contact of the CRM", "Did you mean `Title`?", "critical"),
        ({"crm": "Title", "ma": "jobtitel"}, "`jobtitel` is unknown in contacts of the MA", "Did you mean `jobtitle`?", "critical"),
        ({"crm": "Zip__c", "ma": "custom_only"}, "the custom field `Zip__c` is missing in Contact of the CRM", "Else an administrator", "critical"),
        ({"crm": "Vip__c", "ma": "very_important"}, "the custom field `very_important` is missing in contacts", "Else an administrator", "critical"),
        ({"crm": "Title", "ma": "birth_date", "direction": "crm_to_ma"}, "type mismatch: the rule says text, `birth_date` of the MA (vendor_date) is date", "Correct", "major"),
        ({"crm": "Birthdate", "ma": "seen", "type": "date", "direction": "crm_to_ma"}, "days shift between time zones", "one type", "major"),
        ({"crm": "Birthdate", "ma": "born_text", "type": "date"}, "which date format it holds is not said", "Declare it: `format: {ma: iso_date}`", "major"),
        ({"crm": "Score__c", "ma": "note", "type": "number"}, "nothing there keeps the type", "Use a field of type number", "minor"),
        ({"crm": "City", "ma": "city", "direction": "crm_to_ma"}, "up to 40 characters, `city` of the MA only 30", "max_length: 30", "minor"),
        ({"crm": "City", "ma": "note", "direction": "ma_to_crm"}, "any number of characters, `City` of the CRM only 40", "max_length: 40", "minor"),
        ({"crm": "City", "ma": "city", "direction": "crm_to_ma", "max_length": 35}, "max_length is 35, but `city` of the MA holds 30", "`max_length: 30` or less", "major"),
        ({"crm": "Kind__c", "ma": "kind_code", "type": "picklist", "direction": "crm_to_ma", "values": {"A": "a"}}, "`B` of `Kind__c` of the CRM becomes `B`, which `kind_code`", "", "major"),
        ({"crm": "Kind__c", "ma": "kind", "type": "picklist", "direction": "none", "values": {"C": "A"}}, "has `C`, which is no option of `Kind__c`", "Correct", "major"),
        ({"crm": "Kind__c", "ma": "kind", "type": "picklist", "direction": "none", "values": {"A": "c"}}, "has `c`, which is no option of `kind`", "Correct", "major"),
        ({"crm": "Tags__c", "ma": "tags", "type": "multi-picklist", "direction": "ma_to_crm"}, "`z` of `tags` of the MA becomes `z`, which `Tags__c` of the CRM does not have", "Add the option", "major"),
        ({"crm": "Title", "ma": "kind", "type": "picklist", "direction": "crm_to_ma"}, "takes only its options, but `Title` of the CRM is free text", "Use a picklist", "major"),
        ({"crm": "Made", "ma": "note", "direction": "ma_to_crm"}, "`Made` of the CRM is read-only, yet the rule writes it", "Turn", "major"),
        ({"crm": "Once", "ma": "note", "direction": "ma_to_crm"}, "can be set only when a record is created", "Turn", "major"),
        ({"crm": "Vip__c", "ma": "subscription:newsletter", "consent": {}, "winner": "most_restrictive"}, "no subscription `newsletter`; known: Newsletter, Product news", "Did you mean `Newsletter`?", "major"),
        ({"crm": "OptOut", "ma": "hs_email_optout", "consent": {}, "direction": "crm_to_ma"}, "a refusal given in the MA never leaves it", "Write", "major"),
        ({"crm": "OptOut", "ma": "hs_email_optout", "consent": {"crm_at": "When__c"}, "winner": "most_restrictive"}, "the evidence field `When__c` is unknown", "", "critical"),
    ],
)  # fmt: skip
def test_each_fault_of_a_rule_is_told_with_its_remedy(
    rule: dict[str, Any], message: str, remedy: str, severity: str
) -> None:
    problems = checked(rule)

    assert len(problems) == 1
    assert message in problems[0].message
    assert remedy in problems[0].remedy
    assert problems[0].severity is Severity(severity)
    assert rule["crm"] in problems[0].where


def test_a_text_field_with_a_declared_date_format_is_accepted() -> None:
    assert checked({"crm": "Birthdate", "ma": "born_text", "type": "date", "format": {"ma": "iso_date"}}) == []


def test_several_facts_in_one_note_are_told_with_all_their_names() -> None:
    problems = checked(
        {"crm": "Title", "ma": "note", "direction": "crm_to_ma"},
        {"crm": "City", "ma": "note", "direction": "crm_to_ma"},
        {"crm": "Born_Text", "ma": "jobtitle", "direction": "none"},
    )

    assert [p.message for p in problems] == [
        "several facts (`Title`, `City`) are written into one field, `note` of the MA: the last one stays."
    ]


def test_a_field_that_only_the_real_system_works_out_is_told() -> None:
    crm = {**CRM, "Score__c": info("Score__c", "number", uncomputed=True)}
    mapping = Mapping.model_validate({"mapping": "m", "objects": [{
        "object": "contact", "crm": "Contact", "ma": "contacts", "match": [{"crm": "Email", "ma": "email"}],
        "fields": [{"crm": "Score__c", "ma": "score", "type": "number", "direction": "crm_to_ma"}],
    }]})  # fmt: skip
    [problem] = check_mapping(mapping, {Side.CRM: schema({"Contact": crm}), Side.MA: schema({"contacts": MA})})

    assert problem.message.startswith("`Score__c` of the CRM is worked out by the system itself (formula, running number), but not")
    assert problem.severity is Severity.MINOR


def test_an_unknown_kind_is_told_once_and_nothing_is_said_of_its_fields() -> None:
    problems = checked({"crm": "Nothing", "ma": "nothing"}, crm="Kontakt")

    assert [p.message for p in problems] == ["the CRM (salesforce) has no kind `Kontakt`."]


def test_fields_of_object_rules_are_checked_too() -> None:
    problems = checked(
        match=[{"crm": "Key__c", "ma": "email"}],
        owner={"crm": "Owner", "ma": "owner"},
        company={"crm": "Account", "match": {"crm": "x", "ma": "y"}},
        exclude=[{"reason": "r", "ma": "knid", "blank": True}, {"reason": "s", "crm": "Kind__c", "in": ["Z", "a"]}],
    )

    assert [p.message.partition(" is unknown")[0] for p in problems] == [
        "the match key `Key__c`",
        "the exclusion `r`: the field `knid`",
        "the exclusion `s` waits for `Z`, which is no option of `Kind__c` of the CRM.",
        "the owner field `Owner`",
        "the company field `Account`",
    ]
    assert [p.severity.value for p in problems] == ["critical", "critical", "minor", "critical", "critical"]
