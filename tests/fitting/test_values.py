"""Values of one's own: as many fields as an organisation may have, each told from the others; small fields too."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import phonenumbers
import pytest
from email_validator import validate_email
from syncproof.fitting.choices import joined, pairs
from syncproof.fitting.storage import Ends, accepts
from syncproof.fitting.values import Field, Subject, own_value
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.population.fresh import fresh_value
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.people import Population
from syncproof_mocks.schema import FieldInfo, FieldType, Option

VENDORS = {Side.CRM: "salesforce", Side.MA: "hubspot"}
UNIQUE = (FieldType.TEXT, FieldType.NUMBER, FieldType.EMAIL, FieldType.PHONE, FieldType.DATETIME)


@pytest.fixture(scope="module")
def crowd() -> Population:
    return make_population(7, PopulationSpec(300, "2026-11-22"))


@pytest.mark.parametrize("kind", UNIQUE)
def test_thirty_fields_of_three_hundred_people_and_their_companies_hold_as_many_values(kind: FieldType, crowd: Population) -> None:
    fields = [Field(f"contact.Field_{n}__c", kind, n, 30) for n in range(30)]
    values = [own_value(f, Subject.of(x)) for f in fields for x in (*crowd.people, *crowd.companies)]

    assert len(set(values)) == len(values)


@pytest.mark.parametrize("kind", UNIQUE)
def test_no_edit_writes_what_somebody_had_from_the_start(kind: FieldType, crowd: Population) -> None:
    fields = [Field(f"contact.Field_{n}__c", kind, n, 30) for n in range(30)]
    seeded = {own_value(f, Subject.of(p)) for f in fields for p in crowd.people}

    assert not seeded & {fresh_value(kind, p, None, n, salt=f"Field_{m}__c") for p in crowd.people for n in (1, 2, 3) for m in range(9)}


def test_dates_differ_from_field_to_field_and_lie_apart_from_birthdays_and_edits(crowd: Population) -> None:
    fields = [Field(f"contact.Day_{n}__c", FieldType.DATE, n, 10) for n in range(10)]
    for person in crowd.people:
        days = [own_value(f, Subject.of(person)) for f in fields]
        assert len(set(days)) == 10
        assert all("2005-01-01" <= day <= "2021-12-31" for day in days)
    assert len({own_value(fields[0], Subject.of(p)) for p in crowd.people}) == 300


def test_phones_and_addresses_are_valid(crowd: Population) -> None:
    for person in crowd.people[::7]:
        number = phonenumbers.parse(own_value(Field("contact.Line__c", FieldType.PHONE, 4, 9), Subject.of(person)))
        assert phonenumbers.is_valid_number_for_region(number, person.country)
        validate_email(own_value(Field("contact.Mail__c", FieldType.EMAIL, 4, 9), Subject.of(person)), check_deliverability=False)


@pytest.mark.parametrize("room", [1, 3, 5, 8, 12, 20, 40])
def test_a_text_fits_its_field(room: int, crowd: Population) -> None:
    values = [own_value(Field("contact.Code__c", FieldType.TEXT, 0, 1, room), Subject.of(p)) for p in crowd.people]

    assert max(map(len, values)) <= room
    assert len(set(values)) == min(300, 26**room)


@pytest.mark.parametrize("digits", [(3, 0), (5, 2), (4, 4), (12, 2)])
def test_a_number_fits_its_field(digits: tuple[int, int], crowd: Population) -> None:
    info = FieldInfo("N", "N", FieldType.NUMBER, "double", digits=digits)
    for person in crowd.people:
        value = own_value(Field("contact.N__c", FieldType.NUMBER, 1, 4, None, digits), Subject.of(person))
        assert value > 0
        assert accepts(info, value)
        assert value == round(value, digits[1])
    assert not accepts(info, Decimal(10) ** (digits[0] - digits[1]))


def ends(rule: FieldRule, crm: FieldInfo, ma: FieldInfo) -> Ends:
    return Ends(rule, {Side.CRM: crm, Side.MA: ma}, VENDORS)


def listed(name: str, *words: str, type_: FieldType = FieldType.PICKLIST) -> FieldInfo:
    options = tuple(Option(w.lstrip("!"), w, not w.startswith("!")) for w in words)
    return FieldInfo(name, name, type_, "list", options=options, restricted=True)


@pytest.mark.parametrize(("crm", "ma", "values", "chosen"), [
    (("A", "B", "!Old"), ("B", "A"), {}, [("A", "A"), ("B", "B")]),
    (("A", "B", "C"), ("a", "b"), {"A": "a", "B": "b"}, [("A", "a"), ("B", "b")]),
    (("A", "B"), (), {}, [("A", "A"), ("B", "B")]),
    ((), ("a", "b"), {"A": "a"}, [("A", "a"), ("b", "b")]),
    (("A", "A2"), ("a",), {"A": "a", "A2": "a"}, [("A", "a"), ("A2", "a")]),
    (("A",), ("b",), {}, []),
])  # fmt: skip
def test_a_choice_is_what_both_lists_hold_by_the_table(
    crm: tuple[str, ...], ma: tuple[str, ...], values: Mapping[str, str], chosen: list[tuple[str, str]]
) -> None:
    rule = FieldRule(crm="C", ma="m", type=FieldType.PICKLIST, values=dict(values), direction="crm_to_ma", where="")
    free = FieldInfo("f", "f", FieldType.TEXT, "string")
    found = pairs(ends(rule, listed("C", *crm) if crm else free, listed("m", *ma) if ma else free), frozenset(Side))

    assert list(found) == chosen


def test_a_box_on_one_side_and_a_list_on_the_other_are_joined_by_the_table() -> None:
    rule = FieldRule(crm="C", ma="m", type=FieldType.PICKLIST, values={"Yes": "true", "No": "false"}, where="")
    box = FieldInfo("m", "m", FieldType.BOOLEAN, "bool", options=(Option("true", "Yes"), Option("false", "No")))

    assert pairs(ends(rule, listed("C", "Yes", "No"), box), frozenset(Side)) == (("Yes", "true"), ("No", "false"))


def test_several_picks_are_joined_in_one_order_on_both_sides() -> None:
    assert joined((("A", "a"), ("B", "b"), ("C", "c")), 0b101) == ("A;C", "a;c")
    assert joined((("A", None), ("B", None)), 0b11) == ("A;B", None)


@pytest.mark.parametrize(("rule_type", "crm", "ma", "wanted"), [
    ("text", "text", "email", "email"), ("text", "text", "date", "date"), ("text", "phone", "text", "phone"),
    ("email", "text", "text", "email"), ("date", "date", "datetime", "date"), ("text", "text", "text", "text"),
    ("picklist", "text", "text", "text"), ("text", "reference", "text", "reference"),
])  # fmt: skip
def test_the_narrowest_type_of_rule_and_fields_counts(rule_type: str, crm: str, ma: str, wanted: str) -> None:
    rule = FieldRule(crm="C", ma="m", type=FieldType(rule_type), where="")

    assert ends(rule, FieldInfo("C", "C", FieldType(crm), crm), FieldInfo("m", "m", FieldType(ma), ma)).type == wanted
