"""A fresh value is one that nobody has had, of its field's type and length."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import yaml
from email_validator import validate_email
from syncproof.errors import SetupError
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.mapping.meaning import neutral, stored
from syncproof.population.codes import number
from syncproof.population.fresh import fresh_value
from syncproof.population.people import Person, Population
from syncproof_mocks.schema import FieldType

MAPPING = Path(__file__).parents[2] / "scenarios" / "salesforce_hubspot" / "mapping.yaml"
UNIQUE_TYPES = [
    FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE, FieldType.NUMBER, FieldType.DATETIME,
]
OPTIONS = ("events", "product", "pricing", "research")


def fresh(kind: FieldType, person: Person, n: int = 0, old: Any = None, **more: Any) -> Any:
    return fresh_value(kind, person, old, n, **{"salt": "Title", **more})


@pytest.mark.parametrize("kind", UNIQUE_TYPES)
def test_no_two_edits_of_ten_thousand_people_write_the_same(kind: FieldType, crowd: Population) -> None:
    values = [fresh(kind, p, n) for p in crowd.people for n in (0, 1, 999)]

    assert len(set(values)) == len(values)


def test_dates_of_two_thousand_people_and_eight_edits_differ(crowd: Population) -> None:
    values = [fresh(FieldType.DATE, p, n) for p in crowd.people[:2_000] for n in range(8)]

    assert len(set(values)) == len(values)
    assert not set(values) & {p.birthdate for p in crowd.people}


def test_no_fresh_value_is_a_seeded_one(crowd: Population) -> None:
    seeded = {str(v) for p in crowd.people for v in (p.phone, p.mobile, p.email, p.title, p.city, p.score)}
    for kind in (FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE, FieldType.NUMBER):
        assert not {str(fresh(kind, p, n)) for p in crowd.people[:3_000] for n in range(3)} & seeded


@pytest.mark.parametrize("max_length", [None, 128, 40, 20])
def test_no_two_fields_of_the_default_mapping_share_a_text(max_length: int | None, sample: Population) -> None:
    rules = [(o["object"], f) for o in yaml.safe_load(MAPPING.read_text())["objects"] for f in o["fields"]]
    salts = {f"{o}.{f[side]}" for o, f in rules for side in ("crm", "ma")}
    values = [fresh(FieldType.TEXT, sample.people[4], n, salt=s, max_length=max_length) for s in salts for n in range(20)]

    assert len(salts) > 50
    assert len(set(values)) == len(values)
    assert max(map(len, values)) <= (max_length or 255)


def test_a_text_names_its_person_and_keeps_letters_beyond_ascii(sample: Population) -> None:
    for person in sample.people:
        words = fresh(FieldType.TEXT, person, 3).split()
        assert not words[0].isascii()
        assert number(words[1]) == 2 * person.number
        assert words[-1] == "3"


def test_short_fields_get_short_texts_that_still_differ(sample: Population) -> None:
    for room in (19, 16, 12, 10, 8):
        values = [fresh(FieldType.TEXT, p, n, max_length=room) for p in sample.people for n in range(20)]
        assert len(set(values)) == len(values)
        assert max(map(len, values)) <= room


@pytest.mark.parametrize("room", [1, 2, 3, 5])
def test_a_field_of_few_letters_gets_another_text_as_often_as_it_can(room: int, sample: Population) -> None:
    values = [fresh(FieldType.TEXT, p, n, max_length=room) for p in sample.people for n in range(8)]

    assert {len(v) for v in values} == {room}
    assert len(set(values)) == min(len(values), 26**room)
    for person in sample.people:
        old = fresh(FieldType.TEXT, person, 1, max_length=room)
        assert fresh(FieldType.TEXT, person, 1, old=old, max_length=room) != old


@pytest.mark.parametrize("digits", [(1, 0), (3, 2), (5, 2), (8, 0), (18, 2)])
def test_a_number_has_no_more_digits_than_its_field(digits: tuple[int, int], sample: Population) -> None:
    precision, scale = digits
    values = [fresh(FieldType.NUMBER, p, n, digits=digits) for p in sample.people for n in range(8)]

    assert all(0 < v < Decimal(10) ** (precision - scale) for v in values)
    assert all(v == round(v, scale) for v in values)
    assert len(set(values)) >= min(len(values), 10**precision - 1)


@pytest.mark.parametrize("salt", ["Phone", "MobilePhone"])
def test_phones_are_valid_for_the_country_of_the_person(salt: str, crowd: Population) -> None:
    for person in crowd.people[::11]:
        parsed = phonenumbers.parse(fresh(FieldType.PHONE, person, 2, salt=salt))
        assert phonenumbers.is_valid_number_for_region(parsed, person.country)
        mobile = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
        assert person.country == "US" or mobile is (salt == "MobilePhone")


def test_phones_of_one_edit_differ_from_field_to_field(sample: Population) -> None:
    fields = [f"Phone {n}" for n in range(40)]

    assert len({fresh(FieldType.PHONE, sample.people[0], salt=f) for f in fields}) == 3, "as many blocks as there are"


def test_addresses_are_valid(crowd: Population) -> None:
    for person in crowd.people[::101]:
        address = fresh(FieldType.EMAIL, person, 2)
        assert validate_email(address, check_deliverability=False).normalized == address


def test_a_boolean_is_the_opposite_and_a_blank_one_becomes_yes(sample: Population) -> None:
    first = sample.people[0]

    assert fresh(FieldType.BOOLEAN, first, old=True) is False
    assert fresh(FieldType.BOOLEAN, first, old=False) is True
    assert fresh(FieldType.BOOLEAN, first, old=None) is True


@pytest.mark.parametrize("old", [None, *OPTIONS])
def test_a_picklist_takes_another_option(old: str | None, sample: Population) -> None:
    chosen = {fresh(FieldType.PICKLIST, p, n, old=old, options=OPTIONS) for p in sample.people for n in range(3)}

    assert chosen == set(OPTIONS) - {old}


def test_a_multi_picklist_takes_another_choice_that_is_not_blank(sample: Population) -> None:
    for person in sample.people:
        for old in (None, frozenset({"events"}), frozenset(OPTIONS)):
            chosen = fresh(FieldType.MULTI_PICKLIST, person, old=old, options=OPTIONS)
            assert chosen
            assert chosen != old
            assert chosen <= set(OPTIONS)


def test_a_country_is_another_one(sample: Population) -> None:
    for person in sample.people:
        assert fresh(FieldType.COUNTRY, person, old=person.country) != person.country


@pytest.mark.parametrize(
    ("kind", "more", "message"),
    [
        (FieldType.REFERENCE, {}, "no fresh value exists for the reference Title"),
        (FieldType.PICKLIST, {"old": "a", "options": ("a",)}, "no other value exists"),
        (FieldType.MULTI_PICKLIST, {"old": frozenset("a"), "options": ("a",)}, "no other choice exists"),
        (FieldType.MULTI_PICKLIST, {}, "no other choice exists"),
        (FieldType.TEXT, {"n": 1_000}, "0 to 999 times"),
    ],
)
def test_what_cannot_exist_is_a_set_up_error(
    kind: FieldType, more: dict[str, Any], message: str, sample: Population
) -> None:
    with pytest.raises(SetupError, match=message):
        fresh(kind, sample.people[0], **more)


@pytest.mark.parametrize("kind", [k for k in FieldType if k is not FieldType.REFERENCE])
@pytest.mark.parametrize(("side", "vendor"), [(Side.CRM, "salesforce"), (Side.MA, "hubspot")])
def test_both_vendors_can_store_a_fresh_value_and_give_it_back(
    kind: FieldType, side: Side, vendor: Any, sample: Population
) -> None:
    rule = FieldRule(crm="A", ma="a", type=kind)
    for person in sample.people:
        value = fresh(kind, person, 5, options=("CZ", "PL", "US"))
        assert neutral(rule, side, stored(rule, side, value, vendor)) == value
        assert isinstance(value, (str, bool, Decimal, frozenset))
