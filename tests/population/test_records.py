"""The records of people on both sides: linked, in each vendor's shape, with the dirt that was planted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from syncproof.mapping.grammar import Direction, FieldRule, Mapping, Side
from syncproof.mapping.meaning import neutral, same
from syncproof.population.make import INTERESTS, SEGMENTS, PopulationSpec, make_population
from syncproof.population.people import ConsentSeed, Dirt, Person, PersonKind, Population, RecordSeed, Ref
from syncproof.population.records import records, usual_placement

FOLDER = Path(__file__).parents[2] / "scenarios" / "salesforce_hubspot"
MAPPING = Mapping.model_validate(yaml.safe_load((FOLDER / "mapping.yaml").read_text()))
SHAPE = yaml.safe_load((FOLDER / "shape.yaml").read_text())
PLANTED = {Dirt.COUNTRY_VARIANT: "MailingCountry", Dirt.COMPANY_VARIANT: "Company", Dirt.SECONDARY_ADDRESS: "Email"}


@pytest.fixture(scope="module")
def people() -> Population:
    return make_population(11, PopulationSpec(300, "2026-11-22", dirt=dict.fromkeys(Dirt, 5)))


@pytest.fixture(scope="module")
def seeds(people: Population) -> list[RecordSeed]:
    return records(people)


def of(seeds: list[RecordSeed], person: str, side: str) -> list[RecordSeed]:
    return [s for s in seeds if s.person == person and s.side == side]


def carrier(people: Population, dirt: Dirt, kind: PersonKind | None = None) -> Person:
    return next(p for p in people.people if dirt in p.dirt and kind in (None, p.kind))


def pairs(people: Population, seeds: list[RecordSeed]) -> list[tuple[Person, dict[str, Any], dict[str, Any], str]]:
    found = []
    for person in people.people:
        crm, ma = of(seeds, person.key, "crm"), of(seeds, person.key, "ma")
        if crm and ma:
            found.append((person, crm[0].values, ma[0].values, crm[0].object))
    return found


def test_linked_people_mean_the_same_on_both_sides_but_for_planted_dirt(people: Population, seeds: list[RecordSeed]) -> None:
    looked_at = 0
    for person, crm, ma, name in pairs(people, seeds):
        mapping = MAPPING.of(name)
        assert mapping is not None
        for rule in mapping.fields:
            if rule.consent is not None or rule.direction is Direction.NONE or rule.crm == PLANTED.get(next(iter(person.dirt), None)):
                continue
            left, right = neutral(rule, Side.CRM, crm.get(rule.crm)), neutral(rule, Side.MA, ma.get(rule.ma))
            assert same(rule, left, right), (person.key, rule.name, left, right)
            assert rule.crm in crm, (person.key, rule.name)
            looked_at += 1
    assert looked_at > 2_000


def _cleaned(value: str, rule: FieldRule) -> str:
    return value.strip().upper() if rule.crm == "Tax_Id__c" else value


def test_companies_mean_the_same_on_both_sides_and_come_first(people: Population, seeds: list[RecordSeed]) -> None:
    mapping = MAPPING.of("company")
    assert mapping is not None
    both = 0
    for company in people.companies:
        crm, ma = of(seeds, company.key, "crm"), of(seeds, company.key, "ma")
        for rule in mapping.fields if crm and ma else ():
            assert crm[0].values[rule.crm] == _cleaned(ma[0].values[rule.ma], rule)
            both += 1
    first_person = next(n for n, s in enumerate(seeds) if s.object != "company")
    assert both > 50
    assert all(s.object != "company" for s in seeds[first_person:])


def test_consents_agree(people: Population, seeds: list[RecordSeed]) -> None:
    seen = set()
    for person, crm, ma, _ in pairs(people, seeds):
        said = {(channel, purpose): (act, at, source) for channel, purpose, act, at, source in ma["$consents"]}
        assert crm["HasOptedOutOfEmail"] is (("email", "*") in said) is (person.consent is ConsentSeed.OPTED_OUT)
        act = said.get(("email", "newsletter"), (None, None, None))
        assert {None: "NotSeen", "grant": "OptIn", "withdraw": "OptOut"}[act[0]] == crm["Newsletter_Consent__c"]
        assert (crm["Newsletter_Consent_At__c"] or "").replace("+0000", "Z") == (act[1] or "")
        assert crm["Newsletter_Consent_Source__c"] == act[2]
        seen.add((crm["HasOptedOutOfEmail"], crm["Newsletter_Consent__c"]))
    assert len(seen) == 5, "opted out of everything and subscribed to the newsletter is the only one missing"


def test_values_have_the_types_of_the_vendor(seeds: list[RecordSeed]) -> None:
    for seed in seeds:
        for field, value in seed.values.items():
            if seed.side == "ma" and field[0] != "$":
                assert value is None or isinstance(value, (str, Ref)), (field, value)
    contact = next(s for s in seeds if s.kind == "Contact").values
    assert type(contact["Vip__c"]) is type(contact["HasOptedOutOfEmail"]) is bool
    assert type(contact["Engagement_Score__c"]) is int
    assert {s.values["vip"] for s in seeds if s.kind == "contacts"} == {"true", "false"}
    assert any(";" in (s.values["interests"] or "") for s in seeds if s.kind == "contacts")
    assert {s.values["Newsletter_Consent_At__c"][-9:] for s in seeds if s.values.get("Newsletter_Consent_At__c")} == {".000+0000"}


def test_kinds_are_leads_and_contacts_with_accounts_of_their_type(people: Population, seeds: list[RecordSeed]) -> None:
    types = {s.person: s.values["Type"] for s in seeds if s.kind == "Account"}
    for person in people.people:
        record = of(seeds, person.key, "crm")[0]
        assert (record.object, record.kind) == (("lead", "Lead") if person.kind is PersonKind.LEAD else ("contact", "Contact"))
        assert record.values["Contact_Kind__c"].lower() == person.kind
        assert record.values["OwnerId"] == Ref("owner", person.owner)
        if person.company and person.kind is not PersonKind.LEAD:
            wanted = {"supplier": "Vendor", "partner": "Partner", "test": "Test", "customer": "Customer - Direct"}
            assert record.values["AccountId"] == Ref("company", person.company.key)
            assert types[person.company.key] == wanted[person.kind]
    assert len(set(types.values())) == 4


def test_every_reference_points_to_a_seeded_company_of_the_same_side(people: Population, seeds: list[RecordSeed]) -> None:
    placed = {"p0001": "ma", "p0003": "crm"}
    for made in (seeds, records(people, lambda p: placed.get(p.key, "both"))):
        there = {(s.side, s.person) for s in made if s.object == "company"}
        wanted = {(s.side, v.key) for s in made for v in s.values.values() if isinstance(v, Ref) and v.what == "company"}
        assert wanted == there


def test_placement_decides_who_stands_where(people: Population) -> None:
    places = {p.key: ("both", "crm", "ma", "none")[p.number % 4] for p in people.people}
    made = records(people, places)
    for person in people.people:
        sides = {s.side for s in made if s.person == person.key}
        assert sides == {"both": {"crm", "ma"}, "crm": {"crm"}, "ma": {"ma"}, "none": set()}[places[person.key]]


def test_a_person_without_a_place_or_with_a_wrong_one_is_refused(people: Population) -> None:
    with pytest.raises(ValueError, match="p0001 is placed in None; possible: both"):
        records(people, {})
    with pytest.raises(ValueError, match="p0001 is placed in 'left'"):
        records(people, lambda _: "left")


def test_partners_suppliers_and_tests_usually_stand_in_the_crm_only(people: Population) -> None:
    places = {p.kind: usual_placement(p) for p in people.people}

    assert places == {"customer": "both", "lead": "both", "partner": "crm", "supplier": "crm", "test": "crm"}


def test_planted_dirt_shows(people: Population, seeds: list[RecordSeed]) -> None:
    cased = carrier(people, Dirt.EMAIL_CASE)
    crm, ma = of(seeds, cased.key, "crm")[0].values, of(seeds, cased.key, "ma")[0].values
    assert crm["Email"] != ma["email"] == crm["Email"].lower() == cased.email

    lead = carrier(people, Dirt.COMPANY_VARIANT, PersonKind.LEAD)
    assert lead.company
    assert of(seeds, lead.key, "crm")[0].values["Company"] == lead.company.name
    assert of(seeds, lead.key, "ma")[0].values["company"] != lead.company.name

    bounced = carrier(people, Dirt.HARD_BOUNCE)
    assert bounced.email in of(seeds, bounced.key, "crm")[0].values["EmailBouncedReason"]
    assert of(seeds, bounced.key, "ma")[0].values["hs_email_hard_bounce_reason_enum"] == "UNKNOWN_USER"

    dated = carrier(people, Dirt.DATE_FORMAT)
    text = of(seeds, dated.key, "crm")[0].values["Description"]
    assert dated.last_activity[:4] in text
    assert dated.last_activity not in text


def test_a_duplicate_is_a_second_crm_record_in_capitals(people: Population, seeds: list[RecordSeed]) -> None:
    twins = [p for p in people.people if Dirt.DUPLICATE in p.dirt]
    assert len(twins) == 5
    for twin in twins:
        first, second = of(seeds, twin.key, "crm")
        assert second.values["Email"] == first.values["Email"].upper() != first.values["Email"]
        assert second.created_days_ago < first.created_days_ago
        assert len(of(seeds, twin.key, "ma")) == 1
    assert all(len(of(seeds, p.key, "crm")) == 1 for p in people.people if p not in twins)


def test_country_variants_mean_the_country_and_stand_where_the_person_stands(people: Population) -> None:
    person = carrier(people, Dirt.COUNTRY_VARIANT, PersonKind.CUSTOMER)
    rule = FieldRule(crm="MailingCountry", ma="country", type="country")
    for place, sides in (("both", ("ma",)), ("ma", ("ma",)), ("crm", ("crm",))):
        made = records(people, dict.fromkeys((p.key for p in people.people), place))
        for side in ("crm", "ma") if place == "both" else (place,):
            text = of(made, person.key, side)[0].values[rule.field_on(Side(side))]
            assert neutral(rule, Side(side), text) == person.country
            assert (text in ("Poland", "Czechia", "United States", "Germany", "Brazil")) is (side not in sides)


def test_nothing_sensitive_is_in_the_ma(seeds: list[RecordSeed]) -> None:
    for seed in seeds:
        if seed.side == "ma":
            assert "national_id" not in seed.values
            assert not any("NID-" in str(v) for v in seed.values.values())


def test_records_are_older_than_what_happened_to_them(people: Population, seeds: list[RecordSeed]) -> None:
    inactive = {p.key for p in people.people if Dirt.INACTIVE in p.dirt}
    for seed in seeds:
        if seed.created_days_ago != 90:
            assert seed.created_days_ago >= (1_100 if seed.person in inactive else 500)
        assert 0 < seed.modified_days_ago < seed.created_days_ago


def test_a_lead_without_company_names_itself_because_the_field_is_required(people: Population) -> None:
    lead = replace(next(p for p in people.people if p.kind is PersonKind.LEAD), company=None)
    crm, ma = records(Population(1, (lead,), (), people.owners), {lead.key: "both"})

    assert crm.values["Company"] == ma.values["company"] == f"{lead.last_name}, self-employed"


def test_every_custom_field_exists_in_the_shape_of_the_orgs(seeds: list[RecordSeed]) -> None:
    made = {kind: {f["name"]: f for f in SHAPE["crm"]["fields"][kind]} for kind in ("Account", "Contact", "Lead")}
    for seed in seeds:
        if seed.side == "crm":
            assert {f for f in seed.values if f.endswith("__c")} <= set(made[seed.kind])
            for field, value in seed.values.items():
                options = made[seed.kind].get(field, {}).get("options", [])
                assert not options or all(v in options for v in (value or "").split(";") if v), (field, value)
    assert set(SEGMENTS) == set(made["Contact"]["Segment__c"]["options"])
    assert list(INTERESTS) == made["Contact"]["Interests__c"]["options"]
