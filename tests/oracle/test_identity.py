"""Only what was planted to be one person's tells whose it is, whatever field it stands in and whether that is mapped."""

from __future__ import annotations

import pytest
from syncproof.population.fresh import fresh_value
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.people import Person
from syncproof.population.trace import Trace, is_planted
from syncproof_mocks.schema import FieldType

PEOPLE = make_population(7, PopulationSpec(60, "2026-11-22")).people
UNIQUE = ("first_name", "last_name", "email", "title", "street", "city", "national_id")
NEW = (FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE, FieldType.NUMBER, FieldType.DATETIME)


@pytest.mark.parametrize("attribute", UNIQUE)
def test_a_seeded_text_is_its_persons_by_what_it_is_made_of(attribute: str) -> None:
    for person in PEOPLE:
        assert is_planted(getattr(person, attribute), person, "Any__c", 0), getattr(person, attribute)


@pytest.mark.parametrize("kind", NEW)
@pytest.mark.parametrize("room", [None, 40, 8])
def test_a_new_value_is_its_persons_and_nobody_elses(kind: FieldType, room: int | None) -> None:
    for person in PEOPLE[::7]:
        value = str(fresh_value(kind, person, None, 5, salt="Any__c", max_length=room))
        assert is_planted(value, person, "Any__c", 6)
        if kind is not FieldType.EMAIL:
            assert not any(is_planted(value, other, "Any__c", 6) for other in PEOPLE if other is not person)


@pytest.mark.parametrize(
    "value",
    ["Poland", "PL", "Customer", "Contact - Employee", "A - Key", "events;product", "true", "2026-11-22", "1974-10-06", "Kraków",
     "2026-11-22T10:00:00.000Z", "Łukasz", "+48 22 100 00 00", "1000000", "[not provided]", "Unknown", "web form", "en-us"],
)
def test_what_two_people_may_share_is_nobodys(value: str) -> None:
    assert not any(is_planted(value, person, "Any__c", 30) for person in PEOPLE)


def test_what_is_shared_is_known_by_its_fields_and_tells_of_nobody() -> None:
    trace, person = Trace(), PEOPLE[0]
    trace.add("Poland", person.key, "Country", is_unique=False)

    assert trace.whose("Poland") == ()
    assert trace.fields("poland", person.key) == {"Country"}
    assert trace.fields("Poland", PEOPLE[1].key) == frozenset()


def test_a_planted_value_is_told_in_other_letter_case_and_spelling() -> None:
    person: Person = PEOPLE[3]
    phone = str(fresh_value(FieldType.PHONE, person, None, 2, salt="Phone"))

    assert is_planted(person.last_name.upper(), person, "LastName", 0)
    assert is_planted(f"+{phone[1:3]} {phone[3:6]} {phone[6:]}", person, "Phone", 3)
