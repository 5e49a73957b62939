"""Whose record it is: by link, by address, by what stands in it; and whose an address is when several share it."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.oracle.identity import Identity, changes_between, row_at, side_of
from syncproof.population.codes import word
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.people import Dirt
from syncproof.population.trace import Trace
from syncproof_mocks.schema import FieldInfo, FieldType, Option
from tests.oracle.made import (
    TITLE,
    Tongue,
    act,
    change,
    contact,
    evidence,
    exchange,
    link,
    mapped,
    padded,
    person,
    state,
    there,
)

ANN, BOB, CID = person("p1", "Ann@x.cz", Dirt.SECONDARY_ADDRESS, other="ann@home.cz"), person("p2", "two@x.cz"), person("p3", "two@x.cz")
PEOPLE = (ANN, BOB, CID)


def identity(**more: Any) -> Identity:
    return Identity(evidence(more.pop("people", PEOPLE), **more))


def test_an_address_is_its_only_owners_or_shared() -> None:
    found = identity(acts=(
        act(5, "edit", "p1", field="Email", value=" New@x.cz "), act(6, "edit", "p1", field="Title", value="t@x.cz"),
        act(7, "edit", "p2", Side.MA, field="email", value="ma@x.cz"), act(8, "edit", "p1", field="Email"),
    ))

    assert found.addresses == {"ann@x.cz": "p1", "ann@home.cz": "p1", "new@x.cz": "p1", "ma@x.cz": "p2"}
    assert found.sharers == {"two@x.cz": frozenset({"p2", "p3"})}
    assert found.fellows("p2") == {"p3"}
    assert found.fellows("p1") == frozenset()


def test_a_second_address_is_only_theirs_who_were_given_one() -> None:
    assert identity(people=(person("p1", "a@x.cz", other="b@x.cz"),)).addresses == {"a@x.cz": "p1"}


def test_of_several_who_share_it_an_address_is_the_one_whose_record_has_it() -> None:
    states = (state(0, 0, (contact("003B", Email="two@x.cz"),), ()), state(1, 9, (), (there("2", email="Two@x.cz"), there("3", email="two@x.cz"))))
    found = identity(states=states, links=(link("003B", "p2"), link("2", "p2", Side.MA), link("3", "p3", Side.MA)))

    assert found.holder(Side.CRM, " TWO@x.cz") == "p2"
    assert found.holder(Side.MA, "two@x.cz") is None
    assert found.holder(Side.MA, "ann@X.cz ") == "p1"
    assert found.holder(Side.MA, "who@x.cz") is None


def test_an_address_seen_only_before_a_sync_has_been_held_too() -> None:
    found = identity(befores=(state(0, 5, (contact("003B", Email="two@x.cz"),)),), links=(link("003B", "p2"),))

    assert found.holder(Side.CRM, "two@x.cz") == "p2"


def planted(found: Identity, *owned: tuple[str, str]) -> Identity:
    trace = Trace()
    for value, who in owned:
        trace.add(value, who, "Title")
    found.__dict__["trace"] = trace
    return found


def test_a_record_is_known_by_link_then_address_then_the_most_of_its_values() -> None:
    found = planted(identity(links=(link("003A", "p3"),)), ("clerk one", "p1"), ("clerk two", "p2"), ("more two", "p2"))

    assert found.person_of(Side.CRM, contact("003A", Email="ann@x.cz")) == "p3"
    assert found.person_of(Side.MA, there("003A", Email="ANN@x.cz", Title="clerk two")) == "p1"
    assert found.person_of(Side.CRM, contact("1", Title="clerk one", City="clerk two", Street="more two")) == "p2"
    assert found.person_of(Side.CRM, contact("2", Title="clerk two", City="clerk one")) == "p1", "a draw is settled by name"
    assert found.person_of(Side.CRM, contact("3", Title="nobody's")) is None
    assert found.person_of(Side.CRM, contact("4", Email="ann@x.cz")) == "p1"


def test_of_a_shared_address_only_those_who_share_it_are_meant() -> None:
    found = planted(identity(), ("clerk one", "p1"), ("one more", "p1"), ("clerk two", "p2"), ("two", "p2"))

    assert found.person_of(Side.CRM, contact("1", Email="TWO@x.cz", Title="clerk one", City="one more", Street="clerk two")) == "p2"
    assert found.person_of(Side.CRM, contact("2", Email="two@x.cz", Title="clerk one")) is None


@pytest.mark.parametrize(("value", "known"), [("abc", None), ("abcd", "p1"), (7, None)])
def test_three_letters_tell_of_nobody(value: Any, known: str | None) -> None:
    assert planted(identity(people=()), ("abc", "p1"), ("abcd", "p1")).person_of(Side.CRM, contact("1", Title=value)) == known


def test_a_day_tells_of_nobody() -> None:
    found = planted(identity(people=()), ("2020-01-31", "p1"), ("2020-01-31x", "p1"))

    assert found.owners("2020-01-31") == ()
    assert found.owners("2020-01-31x") == (("p1", "Title"),)


def test_records_are_those_of_people_living_and_not_converted() -> None:
    objects = (mapped(), mapped("lead", "Lead", "contacts"), mapped("company", "Account", "companies"))
    rows = (contact("003A"), contact("00Q1", kind="Lead"), contact("001", kind="Account", Email="ann@x.cz"), contact("9"))
    found = identity(objects=objects, links=(link("003A", "p1"), link("00Q1", "p1", name="lead")),
                     acts=(act(5, "convert", "p1", record="00Q1", object="lead"),))

    assert found.people_kinds(Side.CRM) == ("Contact", "Lead")
    assert found.people_kinds(Side.MA) == ("contacts",)
    assert [r.id for r in found.records(Side.CRM, state(0, 5, rows))["p1"]] == ["003A", "00Q1"]
    assert {p: [r.id for r in some] for p, some in found.records(Side.CRM, state(1, 6, rows)).items()} == {"p1": ["003A"]}
    assert [r.id for r in found.records(Side.CRM, state(1, 6, rows), seq=0)["p1"]] == ["003A", "00Q1"]


def test_who_was_merged_is_the_survivor_from_then_on() -> None:
    found = identity(links=(link("003A", "p1"), link("003B", "p2")),
                     acts=(act(5, "merge", "p1", record="003A", others=("003B",), value="003A"),))

    assert [found.subject_of(Side.CRM, contact("003B"), seq) for seq in (5, 6)] == ["p2", "p1"]
    assert found.subject_of(Side.CRM, contact("?"), 6) is None


def test_labels_are_names_where_there_are_any() -> None:
    assert [identity().label(p) for p in ("p1", "c7", None)] == ["p1 Label", "c7", "nobody known"]


def told(rule: FieldRule = TITLE, info: FieldInfo | None = None, kind: str = "edit", value: Any = "Chief Tarupe", field: str = "Title") -> Any:
    """Return whether what was entered into a field tells whose it is; `Tarupe` is the code word of the made person."""
    someone = make_population(7, PopulationSpec(3, "2026-11-22")).people[0]
    text = value.replace("Tarupe", word(2 * someone.number)) if isinstance(value, str) else value
    schema = {} if info is None else {rule.crm: info}
    found = Identity(evidence((someone,), acts=(act(5, kind, someone.key, field=field, value=text),), objects=(mapped(fields=(rule,)),),
                              dialects={Side.CRM: Tongue("salesforce", schema), Side.MA: Tongue("hubspot")}))
    return bool(found.trace.whose(text))


def info(kind: FieldType = FieldType.TEXT, **more: Any) -> FieldInfo:
    return FieldInfo("Title", "Title", kind, str(kind), **more)


@pytest.mark.parametrize(
    ("more", "tells"),
    [
        ({}, True), ({"kind": "create"}, True), ({"kind": "merge"}, False), ({"value": None}, False), ({"value": ""}, False),
        ({"field": None}, False), ({"field": "Other__c"}, True), ({"value": "Chief"}, False),
        ({"rule": FieldRule(crm="Title", ma="jobtitle", type="picklist")}, False),
        ({"rule": FieldRule(crm="Title", ma="jobtitle", type="picklist"), "field": "jobtitle"}, False),
        ({"info": info()}, True), ({"info": info(options=(Option("a", "A"),))}, False),
        ({"info": info(max_length=5)}, False), ({"info": info(max_length=6)}, True),
        ({"info": info(FieldType.NUMBER, max_length=5)}, True),
        ({"info": info(FieldType.NUMBER, digits=(10, 2))}, False), ({"info": info(FieldType.NUMBER, digits=(11, 2))}, True),
    ],
)
def test_what_many_share_tells_of_nobody(more: dict[str, Any], tells: bool) -> None:
    assert told(**more) is tells


def test_places_in_the_journal_and_sides() -> None:
    journal = padded(change(3, None, there("1")), exchange(4), change(5, None, there("2")), change(6, None, there("3")))
    found = evidence(entries=journal)

    assert [c.seq for c in changes_between(found, 3, 6)] == [3, 5]
    assert (side_of(found, "salesforce"), side_of(found, "hubspot")) == (Side.CRM, Side.MA)
    with pytest.raises(KeyError):
        side_of(found, "other")


def test_a_deleted_row_is_none() -> None:
    gone = contact("2")
    object.__setattr__(gone, "deleted", True)
    snapshot: Any = state(0, 0, (contact("1"), gone)).crm

    assert row_at(snapshot, "Contact", "1") is not None
    assert row_at(snapshot, "Contact", "2") is None
    assert row_at(snapshot, "Contact", "3") is None
