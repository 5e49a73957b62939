"""A refusal excuses the value it was about, and nothing else of the record."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.mapping.grammar import Direction, FieldRule, MatchKey, ObjectMapping, Side
from syncproof.oracle.classify import Damage
from syncproof.oracle.excuses import excuse, fits, holds_too_much, is_of_values, is_refused, keeps_out
from syncproof_mocks.journal import Actor, Exchange, Row
from syncproof_mocks.schema import FieldInfo, FieldType, Option

CHANNEL = FieldRule(crm="Channel__c", ma="channel", type=FieldType.PICKLIST, values={"Phone": "phone"})
TITLE = FieldRule(crm="Title", ma="jobtitle", max_length=10)
EMAIL = FieldRule(crm="Email", ma="email", type=FieldType.EMAIL)
SINCE = FieldRule(crm="Since__c", ma="since", type=FieldType.DATE, direction=Direction.CRM_TO_MA)
PERSON = ObjectMapping(object="contact", crm="Contact", ma="contacts", match=(MatchKey(crm="Email", ma="email"),),
                       fields=(EMAIL, TITLE, CHANNEL, SINCE))


def info(name: str, kind: FieldType = FieldType.TEXT, **more: Any) -> FieldInfo:
    return FieldInfo(name, name, kind, str(kind), **more)


LIST = (Option("phone", "Phone"), Option("old", "Old", active=False))
MA = {i.name: i for i in (
    info("email", FieldType.EMAIL), info("jobtitle", max_length=12),
    info("channel", FieldType.PICKLIST, options=LIST, restricted=True), info("since", FieldType.DATE),
)}
CRM = {i.name: i for i in (
    info("Email", FieldType.EMAIL), info("Title"), info("Channel__c", FieldType.PICKLIST),
    info("Since__c", FieldType.DATE, updateable=False),
)}


def exchange(code: str, text: str, fault: str = "") -> Any:
    return SimpleNamespace(refused=[("501", code, text)], fault=fault, seq=7)


def oracle_of(refusal: Any, crm: dict[str, Any], ma: dict[str, Any], *, entries: tuple[Any, ...] = ()) -> tuple[Any, Any]:
    rows = {Side.CRM: Row("Contact", "003", crm, 1, 0, 0), Side.MA: Row("contacts", "501", ma, 1, 0, 0)}
    meeting = SimpleNamespace(sync=1, subject="p0001", object=PERSON, before=rows.__getitem__)
    dialects = {
        Side.CRM: SimpleNamespace(name="salesforce", schema=lambda _: CRM),
        Side.MA: SimpleNamespace(name="hubspot", schema=lambda _: MA),
    }
    evidence = SimpleNamespace(dialects=dialects, syncs=[SimpleNamespace(start_seq=0, end_seq=9), SimpleNamespace(start_seq=9, end_seq=9)], entries=list(entries))
    refusals = SimpleNamespace(excuses=lambda *_: refusal)
    return SimpleNamespace(evidence=evidence, refusals=refusals, meetings={1: (meeting,)}), meeting


def asked(refusal: Any, rule: FieldRule, expected: Any, crm: dict[str, Any], side: Side = Side.MA) -> Any:
    oracle, meeting = oracle_of(refusal, crm, {"jobtitle": "new"})
    return excuse(oracle, SimpleNamespace(meeting=meeting, rule=rule), side, expected)  # type: ignore[arg-type]


NO_OPTION = exchange("INVALID_OPTION", "Pigeon was not one of the allowed options: [phone]")


def test_what_the_list_does_not_have_is_excused_and_what_went_with_it_is_not() -> None:
    crm = {"Channel__c": "Pigeon", "Title": "new"}

    crm["Email"] = "a@example.com"
    assert asked(NO_OPTION, CHANNEL, "Pigeon", crm) is NO_OPTION
    assert asked(NO_OPTION, TITLE, "new", crm) is Damage.LOST_WITH_ANOTHER


def test_a_value_that_would_have_been_taken_was_sent_in_a_wrong_form() -> None:
    label = exchange("INVALID_OPTION", "Phone was not one of the allowed options: [phone]")

    assert asked(label, CHANNEL, "Phone", {"Channel__c": "Phone", "Email": "a@example.com"}) is Damage.WRONG_FORM


def test_a_list_that_was_another_one_at_the_time_is_believed() -> None:
    right = exchange("INVALID_OPTION", "phone was not one of the allowed options: [email]")

    assert asked(right, CHANNEL, "Phone", {"Channel__c": "Phone"}) is right


def test_a_word_that_the_vendor_only_offers_was_not_refused() -> None:
    offered = exchange("INVALID_OPTION", "Fon was not one of the allowed options: [phone]")

    assert asked(offered, CHANNEL, "Phone", {"Channel__c": "Phone"}) is Damage.WRONG_FORM


def test_a_read_only_field_in_the_payload_is_the_connectors_own_fault() -> None:
    closed = exchange("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Since__c. Please check")

    assert asked(closed, TITLE, "new", {"Since__c": "2010-01-01"}, Side.CRM) is Damage.WRONG_FORM


def test_a_field_that_was_closed_is_excused_and_the_others_are_not() -> None:
    closed = exchange("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Title. Please check")

    assert asked(closed, TITLE, "new", {}, Side.CRM) is closed
    assert asked(closed, CHANNEL, None, {}, Side.CRM) is Damage.LOST_WITH_ANOTHER


@pytest.mark.parametrize("code", ["UNABLE_TO_LOCK_ROW", "DUPLICATES_DETECTED", "FIELD_CUSTOM_VALIDATION_EXCEPTION"])
def test_a_refusal_of_the_record_excuses_all_of_it(code: str) -> None:
    refusal = exchange(code, "no")

    assert asked(refusal, TITLE, "new", {"Title": "new"}) is refusal


def test_the_own_fault_of_the_form_is_none_where_something_struck_at_the_sync() -> None:
    label = exchange("INVALID_OPTION", "Phone was not one of the allowed options: [phone]")
    for fault, told in (("", Damage.WRONG_FORM), ("server_error", label)):
        seen = Exchange(3, 3, "hubspot", Actor.CONNECTOR, "GET", "/", "", {}, b"")
        seen.fault = fault
        oracle, meeting = oracle_of(label, {"Channel__c": "Phone", "Email": "a@example.com"}, {}, entries=(SimpleNamespace(fault="x"), seen))
        assert excuse(oracle, SimpleNamespace(meeting=meeting, rule=CHANNEL), Side.MA, "Phone") is told  # type: ignore[arg-type]


def test_what_a_fault_refused_in_an_earlier_sync_is_still_excused_in_the_next() -> None:
    label = exchange("INVALID_OPTION", "Phone was not one of the allowed options: [phone]")
    struck = Exchange(3, 3, "hubspot", Actor.CONNECTOR, "GET", "/", "", {}, b"")
    struck.fault = "partial_failure"
    oracle, meeting = oracle_of(label, {"Channel__c": "Phone", "Email": "a@example.com"}, {}, entries=(struck,))
    meeting.sync = 2

    assert keeps_out(oracle, meeting, Side.MA, label)
    assert excuse(oracle, SimpleNamespace(meeting=meeting, rule=CHANNEL), Side.MA, "Phone") is label  # type: ignore[arg-type]


def test_what_does_not_travel_that_way_was_not_refused_there() -> None:
    closed = exchange("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Since__c. Please check")
    oracle, meeting = oracle_of(closed, {}, {})

    assert not is_refused(oracle, meeting.object, SINCE, Side.CRM, "2010-01-01", closed)
    assert is_refused(oracle, meeting.object, TITLE, Side.MA, "x" * 13, NO_OPTION), "what the schema has no room for is refused in any words"
    assert is_refused(oracle, meeting.object, TITLE.model_copy(update={"crm": "Since__c"}), Side.CRM, "x", closed)


def test_no_refusal_is_no_excuse() -> None:
    assert asked(None, TITLE, "new", {"Title": "new"}) is None


def test_refusals_are_about_values_only_when_all_of_them_are() -> None:
    mixed = SimpleNamespace(refused=[("a", "INVALID_OPTION", ""), ("b", "UNABLE_TO_LOCK_ROW", "")])

    assert is_of_values(NO_OPTION)
    assert not is_of_values(mixed)  # type: ignore[arg-type]
    assert not is_of_values(SimpleNamespace(refused=[]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "value", "field", "taken"),
    [
        (CHANNEL, "Phone", MA["channel"], True),
        (CHANNEL, "Pigeon", MA["channel"], False),
        (CHANNEL, "old", MA["channel"], False),
        (TITLE, "x" * 12, MA["jobtitle"], True),
        (TITLE, "x" * 13, MA["jobtitle"], False),
        (TITLE, None, MA["jobtitle"], True),
        (TITLE, None, info("jobtitle", required=True), False),
        (TITLE, "x", None, False),
        (TITLE, "x", info("jobtitle", updateable=False), False),
        (EMAIL, "a@example.com", MA["email"], True),
        (SINCE, "2010-01-31", MA["since"], True),
        (SINCE, "January", MA["since"], False),
        (FieldRule(crm="N", ma="n", type=FieldType.NUMBER), Decimal("1.5"), info("n", FieldType.NUMBER), True),
        (FieldRule(crm="N", ma="n", type=FieldType.NUMBER), Decimal(10) ** 12, info("n", FieldType.NUMBER), False),
        (FieldRule(crm="N", ma="n", type=FieldType.NUMBER), "many", info("n", FieldType.NUMBER), False),
        (FieldRule(crm="B", ma="b", type=FieldType.BOOLEAN), True, info("b", FieldType.BOOLEAN), True),
        (FieldRule(crm="B", ma="b", type=FieldType.BOOLEAN), "maybe", info("b", FieldType.BOOLEAN), False),
        (FieldRule(crm="D", ma="d", type=FieldType.DATETIME), "2024-01-01T00:00:00.000Z", info("d", FieldType.DATETIME), True),
        (FieldRule(crm="D", ma="d", type=FieldType.DATETIME), "soon", info("d", FieldType.DATETIME), False),
    ],
)
def test_what_a_field_takes(rule: FieldRule, value: Any, field: FieldInfo | None, taken: bool) -> None:
    assert fits(rule, Side.MA, value, field, "hubspot") is taken


def test_a_record_is_kept_out_by_its_key_alone() -> None:
    bad_key = exchange("INVALID_EMAIL", "Email address a@b is invalid")
    oracle, meeting = oracle_of(NO_OPTION, {"Email": "a@b", "Channel__c": "Pigeon"}, {})

    assert keeps_out(oracle, meeting, Side.MA, bad_key)  # an address is for the vendor to judge
    oracle, meeting = oracle_of(NO_OPTION, {"Email": "a@example.com", "Channel__c": "Pigeon"}, {})
    assert not keeps_out(oracle, meeting, Side.MA, NO_OPTION)
    assert keeps_out(oracle, meeting, Side.MA, exchange("UNABLE_TO_LOCK_ROW", "locked"))


def test_an_honest_connector_complains_of_what_is_too_long_for_the_mapping() -> None:
    short, _ = oracle_of(None, {"Title": "x" * 10}, {"jobtitle": "x" * 10})
    from_crm, _ = oracle_of(None, {"Title": "x" * 11}, {"jobtitle": "x"})
    from_ma, _ = oracle_of(None, {"Title": "x"}, {"jobtitle": "x" * 11})

    assert (holds_too_much(short, 1), holds_too_much(from_crm, 1), holds_too_much(from_ma, 1)) == (False, True, True)
    assert not holds_too_much(from_crm, 2)
