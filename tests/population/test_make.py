"""A population: nobody shares a value, strata are met, the same seed makes the same people."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections import Counter
from datetime import date

import phonenumbers
import pytest
from email_validator import validate_email
from syncproof.population.birthdays import birthdays
from syncproof.population.codes import number, word
from syncproof.population.countries import LOCALES
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.people import ConsentSeed, Dirt, PersonKind, Population
from syncproof.population.spec import USUAL_DIRT

TODAY = "2026-11-22"
UNIQUE = (
    "key", "first_name", "last_name", "email", "phone", "mobile", "title", "street", "city", "postal_code", "birthdate",
    "score", "national_id",
)
LONGEST = {"first_name": 40, "last_name": 80, "email": 80, "title": 128, "street": 255, "city": 40, "postal_code": 20}


@pytest.mark.parametrize("field", UNIQUE)
def test_ten_thousand_people_share_no_value_of(field: str, crowd: Population) -> None:
    assert len({getattr(p, field) for p in crowd.people}) == 10_000


def test_no_text_of_one_person_equals_any_other_text(crowd: Population) -> None:
    fields = [f for f in UNIQUE if f != "key"]
    texts = Counter(str(getattr(p, f)).casefold() for p in crowd.people for f in fields)

    assert texts.total() == len(texts)


def test_companies_share_no_value(crowd: Population) -> None:
    for field in ("key", "name", "domain", "tax_id", "city"):
        assert len({getattr(c, field) for c in crowd.companies}) == len(crowd.companies) > 2_000


def test_every_text_carries_the_code_word_of_its_person(crowd: Population) -> None:
    for person in crowd.people[::7]:
        code = word(2 * person.number)
        for text in (person.last_name, person.title, person.street, person.city, person.national_id):
            assert code in text
        assert code.lower() in person.email
        assert number(person.first_name.split()[-1]) == 2 * person.number + 1


@pytest.mark.parametrize(("field", "longest"), LONGEST.items())
def test_no_value_is_longer_than_its_field(field: str, longest: int, crowd: Population) -> None:
    assert max(len(getattr(p, field)) for p in crowd.people) <= longest
    assert max(len(c.city) for c in crowd.companies) <= 40


def test_addresses_are_valid_lower_case_and_under_reserved_domains(crowd: Population) -> None:
    for person in crowd.people[::5]:
        # The address itself must not be changed by validation, or a system may store another one.
        assert validate_email(person.email, check_deliverability=False).normalized == person.email == person.email.lower()
        assert re.search(r"[@.]example\.(com|org|net)$", person.email), person.email


def test_phones_are_valid_for_the_country(crowd: Population) -> None:
    for person in crowd.people[::5]:
        for text in (person.phone, person.mobile):
            assert phonenumbers.is_valid_number_for_region(phonenumbers.parse(text), person.country)


def test_diacritics_are_kept_in_every_language_that_has_them(crowd: Population) -> None:
    for locale in set(LOCALES) - {"en_US"}:
        names = [p.first_name + p.last_name for p in crowd.people if p.locale == locale]
        assert any(not name.isascii() for name in names), locale


@pytest.mark.parametrize("total", [20, 35, 50])
@pytest.mark.parametrize("seed", range(5))
def test_every_stratum_occurs_from_twenty_people_on(seed: int, total: int) -> None:
    people = make_population(seed, PopulationSpec(total, TODAY)).people

    assert {p.kind for p in people} == set(PersonKind)
    assert {p.locale for p in people} == set(LOCALES)
    assert {p.consent for p in people} == {p.newsletter for p in people} == set(ConsentSeed)
    assert {d for p in people for d in p.dirt} == set(USUAL_DIRT)
    assert {p.segment[0] for p in people} == {"A", "B", "C"}


@pytest.mark.parametrize("seed", range(5))
def test_mailable_people_have_every_consent_and_some_are_clean(seed: int) -> None:
    people = make_population(seed, PopulationSpec(20, TODAY)).people
    for kind in (PersonKind.CUSTOMER, PersonKind.LEAD):
        mine = [p for p in people if p.kind is kind]
        assert {p.consent for p in mine} == set(ConsentSeed)
        assert not mine[0].dirt
    assert all(len(p.dirt) <= 1 for p in people)


def test_ten_people_have_every_kind_language_and_consent() -> None:
    people = make_population(3, PopulationSpec(10, TODAY)).people

    assert {p.kind for p in people} == set(PersonKind)
    assert {p.locale for p in people} == set(LOCALES)
    assert {p.consent for p in people} == set(ConsentSeed)
    assert sum(1 for p in people if not p.dirt) >= 5


def test_shares_hold_in_the_large(crowd: Population) -> None:
    kinds = Counter(p.kind for p in crowd.people)
    dirt = Counter(d for p in crowd.people for d in p.dirt)

    assert kinds[PersonKind.CUSTOMER] == 5_000
    assert kinds[PersonKind.TEST] == 500
    assert set(dirt.values()) == {200}


def test_dirt_may_be_ordered_by_number_and_left_out() -> None:
    spec = PopulationSpec(30, TODAY, dirt={Dirt.DUPLICATE: 3, Dirt.INACTIVE: 0})
    dirt = Counter(d for p in make_population(1, spec).people for d in p.dirt)

    assert dirt == {Dirt.DUPLICATE: 3}


def test_dates_have_leap_days_and_both_kinds_of_days(sample: Population, crowd: Population) -> None:
    born = [date.fromisoformat(p.birthdate) for p in sample.people]

    assert any((d.month, d.day) == (2, 29) for d in born)
    assert any(d.day <= 12 for d in born)
    assert any(d.day > 12 for d in born)
    assert sum(p.birthdate.endswith("-02-29") for p in crowd.people) == 14


def test_activity_is_counted_back_from_the_day_of_the_run() -> None:
    for today in ("2026-11-22", "2031-03-01"):
        for person in make_population(2, PopulationSpec(60, today)).people:
            age = (date.fromisoformat(today) - date.fromisoformat(person.last_activity)).days
            assert age > 760 if Dirt.INACTIVE in person.dirt else 0 < age < 400
            assert person.active is (Dirt.INACTIVE not in person.dirt)


def test_who_refused_all_mail_is_no_subscriber_and_silence_has_no_evidence(crowd: Population) -> None:
    for person in crowd.people:
        if person.consent is ConsentSeed.OPTED_OUT:
            assert person.newsletter is not ConsentSeed.SUBSCRIBED
        said = {person.consent, person.newsletter} != {ConsentSeed.NEVER_ASKED}
        assert bool(person.consent_at) == bool(person.consent_source) == said


def test_the_traps_for_lookups_are_there(sample: Population) -> None:
    assert any("'" in p.last_name for p in sample.people)
    assert any("+" in p.email for p in sample.people)
    assert any("&" in c.name for c in sample.companies)
    assert any(p.email.startswith(("noreply@", "no-reply@", "info@", "mailer-daemon@", "postmaster@")) for p in sample.people)


def test_four_owners_one_of_whom_has_left_own_everybody(crowd: Population) -> None:
    assert [active for *_, active in crowd.owners] == [True, True, True, False]
    assert len({address for _, _, address, _ in crowd.owners}) == 4
    assert {p.owner for p in crowd.people} == {address for _, _, address, active in crowd.owners if active}
    left = make_population(1, PopulationSpec(50, TODAY, inactive_owner_share=1.0))
    assert {p.owner for p in left.people} == {left.owners[-1][2]}


def test_a_company_never_mixes_kinds_and_a_lead_has_its_own(crowd: Population) -> None:
    people = Counter(p.company.key for p in crowd.people if p.company)

    assert all(p.company.kind is p.kind and p.company.country == p.country for p in crowd.people if p.company)
    assert all(people[p.company.key] == 1 for p in crowd.people if p.company and p.kind is PersonKind.LEAD)
    assert max(people.values()) == 5
    assert any(p.company is None for p in crowd.people)


def test_another_seed_gives_other_people(sample: Population) -> None:
    other = make_population(8, PopulationSpec(20, TODAY))

    assert [p.first_name for p in other.people] != [p.first_name for p in sample.people]


_PRINT = """
import hashlib
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.records import records
p = make_population(5, PopulationSpec(400, "2026-11-22"))
text = repr([(x.key, x.email, x.title, x.street, x.last_activity, sorted(x.dirt), x.owner, x.interests) for x in p.people])
print(hashlib.sha256((text + repr(p.companies) + repr(p.owners) + repr(records(p))).encode()).hexdigest())
"""


def test_two_processes_with_different_hash_seeds_make_the_same_bytes() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", _PRINT], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"total": -1}, "0 to 100000"),
        ({"total": 100_001}, "0 to 100000"),
        ({"owners": 1}, "two owners"),
        ({"people_per_company": 0}, "one person or more"),
        ({"locales": {"fr_FR": 1.0}}, "fr_FR; known: pl_PL"),
        ({"today": "22.11.2026"}, "22.11.2026"),
    ],
)
def test_an_impossible_order_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PopulationSpec(**{"total": 10, "today": TODAY, **wrong})


def test_a_reserve_of_the_same_seed_shares_the_owners_and_no_value() -> None:
    first, more = (make_population(4, PopulationSpec(total, TODAY), first=number) for total, number in ((400, 1), (300, 401)))
    again = make_population(4, PopulationSpec(300, TODAY), first=401)

    assert first.owners == more.owners
    assert again == more
    assert more.people[0].key == "p0401"
    for field in UNIQUE:
        assert len({getattr(p, field) for p in (*first.people, *more.people)}) == 700, field
    for field in ("key", "name", "domain", "tax_id", "city"):
        assert not {getattr(c, field) for c in first.companies} & {getattr(c, field) for c in more.companies}
    stems = [[p.title.rsplit(" ", 1)[0] for p in part.people[:50]] for part in (first, more)]
    assert stems[0] != stems[1]


@pytest.mark.parametrize("number", [0, 99_992])
def test_numbers_that_run_out_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="numbered 1 to 100000"):
        make_population(1, PopulationSpec(10, TODAY), first=number)


def test_without_companies_only_leads_name_one() -> None:
    people = make_population(1, PopulationSpec(40, TODAY, company_share=0.0, dirt={})).people

    assert {p.kind for p in people if p.company} == {PersonKind.LEAD}


def test_more_dirt_than_carriers_is_refused() -> None:
    with pytest.raises(ValueError, match="50 people with duplicate"):
        make_population(1, PopulationSpec(20, TODAY, dirt={Dirt.DUPLICATE: 50}))


def test_nobody_is_a_population_too() -> None:
    assert make_population(1, PopulationSpec(0, TODAY)).people == ()


def test_nineteen_thousand_people_share_no_birthday() -> None:
    birthday = birthdays(random.Random(3))

    assert len({birthday(n) for n in range(19_000)}) == 19_000
    other = birthdays(random.Random(4))
    assert [other(n) for n in range(50)] != [birthday(n) for n in range(50)]
