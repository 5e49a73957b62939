"""From a value found anywhere to the person it was planted for."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.population.people import PersonKind, Population, Ref
from syncproof.population.phones import national
from syncproof.population.records import records
from syncproof.population.trace import Trace


@pytest.fixture(scope="module")
def trace(crowd: Population) -> Trace:
    return Trace(crowd)


def keys(found: tuple[tuple[str, str], ...]) -> set[str]:
    return {key for key, _ in found}


def test_every_unique_value_leads_to_its_person_alone(trace: Trace, crowd: Population) -> None:
    for person in crowd.people[::13]:
        for field in ("first_name", "last_name", "email", "phone", "mobile", "title", "street", "city", "birthdate", "score",
                      "annual_spend", "last_order_at"):
            found = trace.whose(getattr(person, field))
            assert keys(found) == {person.key}, (field, found)
            assert (person.key, field) in found


SHARED = {
    "Contact_Kind__c", "Last_Engaged__c", "Segment__c", "Interests__c", "Newsletter_Consent__c", "segment", "interests",
    "vip", "MailingCountry", "Country", "country", "BillingCountry", "Type", "Industry", "Website", "domain", "company",
    "EmailBouncedDate", "EmailBouncedReason", "Description", "hs_email_bounce", "hs_email_hard_bounce_reason_enum",
    "Spend_Currency__c", "spend_currency", "Preferred_Channel__c", "preferred_channel", "Content_Topics__c", "content_topics",
    "Client_Since__c", "client_since", "Lifecycle_Stage__c", "lifecyclestage",
}


def test_every_seeded_value_is_found_under_its_name_in_the_vendor(sample: Population) -> None:
    trace = Trace(sample)
    looked_at = 0
    for seed in records(sample):
        for field, value in seed.values.items():
            if field not in SHARED and isinstance(value, (str, int)) and not isinstance(value, bool) and field[0] != "$":
                assert (seed.person, field) in trace.whose(value) or seed.object == "company", (seed.person, field, value)
                assert seed.person in keys(trace.whose(value))
                looked_at += 1
    assert looked_at > 300


def test_spelling_does_not_matter(trace: Trace, crowd: Population) -> None:
    person = next(p for p in crowd.people if p.consent_at and not p.last_name.isascii())
    spelled: list[Any] = [
        person.email.upper(), f"  {person.title} ", person.last_name.upper(), person.consent_at.replace(".000Z", "Z"),
        person.consent_at.replace("Z", "+0000"), person.consent_at.replace("Z", "+00:00"),
        person.consent_at.replace(".000Z", "+0000"), person.consent_at.replace(".000Z", "+00:00"), float(person.score),
        str(person.score), f"{person.score}.0",
    ]
    for value in spelled:
        assert person.key in keys(trace.whose(value)), value


def test_phones_are_found_by_their_digits(trace: Trace, crowd: Population) -> None:
    for person in crowd.people[:50]:
        digits, local = person.phone[1:], national(person.phone)
        for text in (digits, f"00{digits}", local, f"0{local}", f"+{digits[:2]} {digits[2:5]}-{digits[5:]}", f"({local[:3]}) {local[3:]}"):
            assert person.key in keys(trace.whose(text)), text


@pytest.mark.parametrize("value", [None, "", "  ", True, False, "Poland", "true", "A - Key", "0", 7, "+", "nobody at all"])
def test_what_many_share_or_nobody_has_tells_nothing(value: Any, trace: Trace) -> None:
    assert trace.whose(value) == ()


def test_a_company_belongs_to_itself_and_to_its_people(trace: Trace, crowd: Population) -> None:
    company = next(c for c in crowd.companies if c.kind is PersonKind.CUSTOMER)
    people = {p.key for p in crowd.people if p.company is company}

    assert keys(trace.whose(company.name)) == {company.key, *people}
    assert keys(trace.whose(company.tax_id)) == {company.key}


def test_edits_are_found_whether_added_before_or_after_the_first_question(sample: Population) -> None:
    trace = Trace(sample)
    assert trace.whose("Żółć Minude 1") == ()
    trace.add("Żółć Minude 1", "p0001", "Title")
    assert trace.whose("żółć minude 1") == (("p0001", "Title"),)
    trace.add("Żółć Minude 1", "p0002", "Title")
    trace.add("+48120001112", "p0003", "Phone")
    assert trace.whose("Żółć Minude 1") == (("p0001", "Title"), ("p0002", "Title"))
    assert trace.whose("12 000 11 12") == (("p0003", "Phone"),)


def test_a_value_written_back_is_found_in_both_fields_seeded_first(sample: Population) -> None:
    person = sample.people[0]
    trace = Trace(sample)
    trace.add(person.city, "p0002", "Title")

    found = trace.whose(person.city)
    assert found[0] == (person.key, "city")
    assert found[-1] == ("p0002", "Title")


def test_a_trace_of_people_knows_their_companies(sample: Population) -> None:
    person = next(p for p in sample.people if p.company)
    assert person.company is not None
    trace = Trace.of_people([person])

    assert keys(trace.whose(person.company.name)) == {person.key, person.company.key}
    assert not any(trace.whose(p.email) for p in sample.people if p is not person)


def test_blank_and_boolean_edits_are_not_remembered(sample: Population) -> None:
    trace = Trace(sample)
    for value in (None, "", True):
        trace.add(value, "p0001", "Vip__c")

    assert trace.whose("true") == trace.whose("") == ()


def test_a_reference_is_not_a_value_of_a_person(trace: Trace) -> None:
    assert trace.whose(Ref("company", "c0001")) == ()
