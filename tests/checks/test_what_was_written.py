"""What a connector wrote, on made evidence: into fields that are not its own, of others, for nothing, or across a border."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.mapping.grammar import CompanyRule, FieldRule, MatchKey, OwnerRule, Side
from syncproof_mocks.journal import Actor, Row
from tests.checks.small import Speaking, around, asked, told
from tests.oracle.made import EMAIL, TITLE, act, change, contact, exchange, mapped, there

CRM, MA = (contact("003A"),), (there("501"),)
BOTH = (CRM, MA)


def seen(check: str, *entries: Any, states: Any = (BOTH, BOTH), **more: Any) -> Any:
    return asked(check, around(*states, entries=entries, **more))


def edited(name: str, old: Any = "a", new: Any = "b", *, seq: int = 12, side: Side = Side.CRM, actor: Actor = Actor.CONNECTOR, by: int | None = None) -> Any:
    make, record = (contact, "003A") if side is Side.CRM else (there, "501")
    return change(seq, make(record, **{name: old}), make(record, 2, **{name: new}), actor, by=by)


# -- only what is mapped -------------------------------------------------------------------------------

OWN = mapped(
    fields=(TITLE, FieldRule(crm="Idle", ma="idle", direction="none"),
            FieldRule(crm="News__c", ma="subscription:News", type="picklist",
                      consent={"channel": "email", "purpose": "newsletter", "crm_at": "News_At__c", "crm_source": "News_Source__c"})),
    owner=OwnerRule(), company=CompanyRule(match=MatchKey(crm="Website", ma="domain")),
)  # fmt: skip


def test_a_field_that_nobody_mapped_stays_as_it_is() -> None:
    found = seen("untouched_stays", exchange(11), edited("Department", by=11), objects=(OWN,))

    assert told(found, "field", "expected", "found", "classification", "caused_by", "record_id", "requests") == [
        ("WRITE-001", "crm", "p1 Label", "Department", "a", "b", "unmapped_field_written", 12, "003A", (11,))
    ]
    assert found.looked == {"WRITE-001": 1}


@pytest.mark.parametrize(("side", "name", "is_own"), [
    (Side.CRM, "Title", True), (Side.MA, "jobtitle", True), (Side.CRM, "jobtitle", False), (Side.CRM, "Idle", False),
    (Side.CRM, "News__c", True), (Side.CRM, "News_At__c", True), (Side.CRM, "News_Source__c", True), (Side.MA, "News_At__c", False),
    (Side.CRM, "OwnerId", True), (Side.MA, "hubspot_owner_id", True), (Side.MA, "OwnerId", False),
    (Side.CRM, "AccountId", True), (Side.MA, "companies", True),
])
def test_what_a_connector_may_write_stands_in_the_mapping(side: Side, name: str, is_own: bool) -> None:
    found = seen("untouched_stays", edited(name, side=side), objects=(OWN,))

    assert ([f.field for f in found.findings] == []) is is_own
    assert found.looked == {"WRITE-001": 1}


@pytest.mark.parametrize("entry", [
    edited("Department", actor=Actor.CRM_USER), edited("SysModstamp"), change(12, None, contact("003A", Department="x")),
    change(12, contact("003A", Department="x"), None), change(12, contact("1", kind="Task", Department="x"), contact("1", 2, kind="Task")),
    change(12, contact("003A", Department="x"), Row("Contact", "003A", {}, 2, 0, 0, deleted=True)), exchange(12),
])
def test_what_is_no_update_of_a_mapped_record_by_the_connector(entry: Any) -> None:
    found = seen("untouched_stays", entry, objects=(OWN,))

    assert (found.findings, found.looked) == ([], {})


def test_several_objects_may_share_a_kind_and_what_each_names_is_its_own() -> None:
    lead = mapped("lead", "Lead", "contacts", fields=(FieldRule(crm="Rating", ma="rating"),))

    assert seen("untouched_stays", edited("rating", side=Side.MA), objects=(OWN, lead)).findings == []
    assert len(seen("untouched_stays", edited("Rating"), objects=(OWN, lead)).findings) == 1


# -- sensitive values ----------------------------------------------------------------------------------

SECRET = mapped(fields=(EMAIL, FieldRule(crm="National_Id__c", ma="national_id", direction="none", sensitive=True)))
HELD = ((contact("003A", National_Id__c="XY-1234"), contact("003B", National_Id__c='XY-"5"6')), MA)


def leaks(*entries: Any, states: Any = (HELD, HELD), **more: Any) -> Any:
    return seen("sensitive_stays", *entries, states=states, objects=(SECRET,), **more)


def sends(body: bytes, seq: int = 12, system: str = "hubspot", method: str = "PATCH") -> Any:
    return exchange(seq, system, method=method, body=body)


@pytest.mark.parametrize(("body", "person"), [
    (b'{"note": "XY-1234"}', "p1 Label"), (b"xxXY-1234yy", "p1 Label"), (b'XY-"5"6', "p2 Label"), (b'{"note": "XY-\\"5\\"6"}', "p2 Label"),
])
def test_a_sensitive_value_never_crosses_in_whatever_field_and_form(body: bytes, person: str) -> None:
    found = leaks(sends(body))

    assert told(found, "field", "classification", "caused_by", "requests") == [("SCOPE-003", "ma", person, "National_Id__c", "sensitive_crossed", 12, (12,))]
    assert found.looked == {"SCOPE-003": 2}


@pytest.mark.parametrize(("entry", "looked"), [
    (sends(b"XY-12"), 2), (sends(b'Y-\\"5\\"6'), 2), (sends(b'XY-\\"5\\"'), 2), (sends(b"nothing"), 2), (sends(b"XY-1234", system="salesforce"), 0), (sends(b"XY-1234", method="GET"), 0),
    (edited("jobtitle", side=Side.MA), 0),
])
def test_what_carries_no_sensitive_value_across(entry: Any, looked: int) -> None:
    found = leaks(entry)

    assert (found.findings, found.looked.total()) == ([], looked)


def test_every_value_that_the_side_ever_held_and_only_those_that_tell_are_searched_for() -> None:
    later = ((contact("003A", National_Id__c="ZZ-9999"),), MA)
    two_ids = b"ZZ-9999 XY-1234"

    assert [f.found for f in leaks(sends(two_ids, 22), states=(HELD, HELD, HELD), befores={2: later}).findings] == ["the sensitive value"] * 2
    seeded = leaks(sends(b"XY-1234"), states=(HELD, later), befores={1: later})
    assert [f.field for f in seeded.findings] == ["National_Id__c"], "people entered another one before the first sync"
    short = ((contact("003A", National_Id__c="12345"),), MA)
    assert leaks(sends(b"12345"), states=(short, short)).looked == {}
    six = ((contact("003A", National_Id__c="123456"), contact("003B", National_Id__c=123456)), MA)
    assert leaks(sends(b"123456"), states=(six, six)).looked == {"SCOPE-003": 1}
    other_way = (CRM, (there("501", national_id="MA-12345"),))
    assert told(leaks(sends(b"MA-12345", system="salesforce"), states=(other_way, other_way)), "field") == [("SCOPE-003", "crm", "p1 Label", "national_id")]


def test_what_is_not_marked_sensitive_may_cross() -> None:
    titled = ((contact("003A", Title="XY-1234"),), MA)

    assert seen("sensitive_stays", sends(b"XY-1234"), states=(titled, titled), objects=(mapped(fields=(*SECRET.fields, TITLE)),)).looked == {}


# -- placeholders --------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["unknown", "[Not Provided]", " N/A ", "-none-", "BRAK", "neuvedeno."])
def test_a_word_for_nothing_is_no_value(word: str) -> None:
    found = seen("no_placeholders", exchange(11), edited("Title", new=word, by=11))

    assert told(found, "field", "expected", "found", "classification", "caused_by", "record_id", "requests") == [
        ("FIELD-020", "crm", "p1 Label", "Title", "a", word, "placeholder", 12, "003A", (11,))
    ]
    assert found.looked == {"FIELD-020": 1}


@pytest.mark.parametrize(("entry", "looked"), [
    (edited("Title", new="None of the above"), 1), (edited("Title", new=None), 1), (edited("Title", new=0), 1),
    (edited("Title", new="unknown", actor=Actor.CRM_USER), 0), (edited("Department", new="unknown"), 0), (edited("News__c", new="unknown"), 0),
    (edited("Email", new="unknown"), 0), (change(12, contact("003A", Title="unknown"), None), 0), (exchange(12), 0),
    (change(12, contact("1", kind="Task"), contact("1", 2, kind="Task", Title="unknown")), 0),
])
def test_what_is_no_placeholder_in_a_text_that_is_mapped(entry: Any, looked: int) -> None:
    found = seen("no_placeholders", entry)

    assert (found.findings, found.looked.total()) == ([], looked)


@pytest.mark.parametrize(("required", "before", "is_found"), [(True, False, False), (False, False, True), (True, True, True)])
def test_only_a_new_record_that_demands_the_field_may_have_one(required: bool, before: bool, is_found: bool) -> None:
    dialects = {Side.CRM: Speaking("salesforce", {"Title": SimpleNamespace(required=required)}), Side.MA: Speaking("hubspot")}
    entry = edited("Title", new="unknown") if before else change(12, None, contact("003A", Title="unknown"))
    people = mapped(fields=(TITLE,))
    # What many share is looked up by the schema, and nobody asks for it here.
    found = seen("no_placeholders", entry, dialects=dialects, objects=(people,))

    assert bool(found.findings) is is_found


def test_a_blank_is_not_the_word_none() -> None:
    blank, cleared = (CRM, (there("501", jobtitle=None),)), act(5, "edit", "p1", Side.MA, field="jobtitle", value=None)

    assert len(seen("no_placeholders", edited("Title", new="None"), states=(blank, blank), acts=(cleared,)).findings) == 1


@pytest.mark.parametrize(("more", "is_found"), [
    ({"states": ((CRM, (there("501", jobtitle="(unknown)"),)), BOTH)}, False),  # the seed has it on the other side
    ({"states": ((CRM, (there("501", jobtitle="none"),)), BOTH)}, True),
    ({"states": (((contact("003B", Title="unknown"),), MA), BOTH)}, True),
    ({"acts": (act(5, "edit", "p1", Side.MA, field="jobtitle", value="Unknown"),)}, False),
    ({"acts": (act(5, "edit", "p1", Side.CRM, field="Title", value="Unknown"),)}, True),
    ({"acts": (act(5, "edit", "p1", Side.MA, field="company", value="unknown"),)}, True),
    ({"acts": (act(5, "edit", "p1", Side.MA, field="jobtitle", value="none of it"),)}, True),
    ({"acts": (act(5, "delete", "p1", Side.MA, value="unknown"),)}, True),
])
def test_a_word_that_somebody_entered_on_the_other_side_is_a_value(more: Any, is_found: bool) -> None:
    assert bool(seen("no_placeholders", edited("Title", new="unknown"), **more).findings) is is_found


# -- lost fields ---------------------------------------------------------------------------------------

LOST = act(5, "change_schema", "", Side.MA, field="jobtitle", value="remove")
CHANGED = ((contact("003A", Title="b"),), MA)
BEFORE = ((contact("003A", Title="a"),), MA)


def lost(*entries: Any, lost_by: Any = LOST, states: Any = (BEFORE, CHANGED), **more: Any) -> Any:
    return seen("lost_fields_harmless", *entries, acts=(lost_by,), states=states, **more)


@pytest.mark.parametrize("how", ["remove", "hide"])
def test_the_partner_of_a_field_that_went_stays(how: str) -> None:
    gone = act(5, "change_schema", "", Side.MA, field="jobtitle", value=how)
    found = lost(exchange(11), edited("Title", by=11), lost_by=gone)

    assert told(found, "field", "expected", "found", "caused_by", "record_id", "requests", "sync") == [
        ("LIFE-003", "crm", "p1 Label", "Title", "a", "b", 12, "003A", (11,), 1)
    ]
    assert found.looked == {"LIFE-003": 1}


@pytest.mark.parametrize(("entries", "more", "looked"), [
    ((), {}, 1),  # nobody wrote it
    ((edited("Title", actor=Actor.CRM_USER),), {}, 1),
    ((edited("Title", "b", "a"),), {"states": (BEFORE, BEFORE)}, 1),
    ((edited("Title"),), {"lost_by": act(5, "change_schema", "", Side.MA, field="jobtitle", value="add")}, 0),
    ((edited("Title"),), {"lost_by": act(5, "edit", "", Side.MA, field="jobtitle", value="remove")}, 0),
    ((edited("Title"),), {"lost_by": act(5, "change_schema", "", Side.MA, field="other", value="remove")}, 0),
    ((edited("Title"),), {"lost_by": act(5, "change_schema", "", Side.CRM, field="jobtitle", value="remove")}, 0),
    ((edited("Title"),), {"lost_by": act(12, "change_schema", "", Side.MA, field="jobtitle", value="remove")}, 0),
    ((edited("Title"),), {"lost_by": act(5, "change_schema", "", Side.MA, field="jobtitle", value="remove", object="lead")}, 0),
    ((edited("News__c"),), {"lost_by": act(5, "change_schema", "", Side.MA, field="subscription:News", value="remove")}, 0),
    ((edited("Title"),), {"states": (((), MA), CHANGED)}, 0),
    ((edited("Title"),), {"states": (BEFORE, ((), MA))}, 0),
    ((edited("Title"),), {"states": (((*BEFORE[0], contact("003Z")), MA), CHANGED), "twice": True}, 0),
])
def test_what_is_no_change_of_a_lost_fields_partner(entries: Any, more: Any, looked: int) -> None:
    if more.pop("twice", False):
        more["links"] = (*around(BOTH).links, type(around(BOTH).links[0])(Side.CRM, "contact", "Contact", "003Z", "p1"))
    found = lost(*entries, **more)

    assert (found.findings, found.looked.total()) == ([], looked)


def test_each_sync_that_began_after_the_loss_is_looked_at() -> None:
    late = act(19, "change_schema", "", Side.MA, field="jobtitle", value="remove", after_sync=1)

    after_it = lost(edited("Title", seq=22), lost_by=late, states=(BEFORE, BEFORE, CHANGED))
    assert ([f.sync for f in after_it.findings], after_it.looked) == ([2], {"LIFE-003": 1})
    assert lost(states=(BEFORE, BEFORE, BEFORE)).looked == {"LIFE-003": 2}
    found = lost(edited("Title", seq=22), states=(BEFORE, BEFORE, CHANGED))
    assert [(f.sync, f.caused_by) for f in found.findings] == [(2, 22)]
