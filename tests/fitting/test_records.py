"""Records for a user's own mapping and orgs: linked, valid, unique where unique, told apart by person and field."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from syncproof.cast import fitting_for
from syncproof.fitting import Fitting
from syncproof.mapping.exclusions import excluded
from syncproof.mapping.grammar import Direction, Side
from syncproof.mapping.load import load_mapping
from syncproof.mapping.meaning import format_problem, is_blank, neutral, same
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.people import Dirt, PersonKind, Population, RecordSeed, Ref
from syncproof.population.records import records
from syncproof.population.trace import Trace
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.shape import load_shape
from tests.fitting import orgs

OUTSIDERS = (PersonKind.PARTNER, PersonKind.SUPPLIER, PersonKind.TEST)
MADE = {"Job_Role__c", "Direct_Line__c", "Loyalty_Tier__c", "Topics__c", "Member_Since__c", "Last_Visit__c", "Discount__c",
        "Is_Reseller__c", "Birth_Country__c", "Second_Email__c", "Member_No__c", "Grade__c", "Points__c"}  # fmt: skip


def of(seeds: list[RecordSeed], kind: str) -> list[RecordSeed]:
    return [s for s in seeds if s.kind == kind]


def pairs(seeds: list[RecordSeed]) -> list[tuple[RecordSeed, RecordSeed]]:
    first: dict[tuple[str, str], RecordSeed] = {}
    for seed in seeds:
        first.setdefault((seed.side, seed.person), seed)
    return [(s, first["ma", p]) for (side, p), s in first.items() if side == "crm" and ("ma", p) in first]


def test_the_default_mapping_in_the_built_in_orgs_gets_exactly_the_built_in_records() -> None:
    fitting = fitting_for(Sandbox(load_mapping(default_mapping_file()), 1))
    people = make_population(3, PopulationSpec(300, "2026-11-22", dirt=dict.fromkeys(Dirt, 5)))

    assert fitting.is_trivial
    assert fitting.dressed(people) is people
    assert repr(fitting.records(people)) == repr(records(people))
    assert fitting.problems() == []


def test_the_same_seed_gives_the_same_bytes(sandbox: Sandbox, people: Population, seeds: list[RecordSeed]) -> None:
    again = fitting_for(sandbox)
    spec = PopulationSpec(240, sandbox.world.clock.now().date().isoformat(), dirt=dict.fromkeys(Dirt, 6))

    assert repr(again.records(again.dressed(make_population(11, spec)))) == repr(seeds)


def test_linked_records_mean_the_same_by_the_mapping_in_every_field(fitting: Fitting, people: Population, seeds: list[RecordSeed]) -> None:
    dirt = {p.key: p.dirt for p in people.people}
    looked_at: Counter[str] = Counter()
    for crm, ma in pairs(seeds):
        mapping = fitting.mapping.of(crm.object)
        assert mapping is not None
        for rule in mapping.fields:
            if rule.consent or rule.direction is Direction.NONE or {Dirt.SECONDARY_ADDRESS, Dirt.COMPANY_VARIANT} & dirt.get(crm.person, set()):
                continue
            left, right = neutral(rule, Side.CRM, crm.values.get(rule.crm)), neutral(rule, Side.MA, ma.values.get(rule.ma))
            assert same(rule, left, right), (crm.person, rule.name, left, right)
            looked_at[rule.crm] += left is not None
    assert set(looked_at) >= MADE | {"Customer_No__c", "Branch__c", "Turnover__c", "Founded__c"}
    assert min(looked_at[name] for name in MADE) > 40


def test_every_value_suits_its_field_on_both_sides(sandbox: Sandbox, seeds: list[RecordSeed]) -> None:
    """The vendors' own screens are the judge: they take each kind of record with all its own values."""
    taken: Counter[str] = Counter()
    for seed in seeds[::3]:
        dialect = sandbox.on(Side(seed.side))
        schema = dialect.schema(seed.kind)
        values = {
            k: v for k, v in seed.values.items() if k in schema and schema[k].createable and not isinstance(v, Ref) and not is_blank(v)
        }
        # An address that is there already would be refused whatever else the record holds.
        moved = {"email": f"a.{values['email']}"} if "email" in values else {}
        dialect.desk_create(seed.kind, values | moved)
        taken.update(values.keys())
    assert min(taken[n] for n in MADE) > 8
    assert min(taken[n] for n in ("Audit_Code__c", "Region__c", "Seen_On__c", "job_role", "topics", "points", "founded_on")) > 4


@pytest.mark.parametrize(("kind", "field"), [
    ("Account", "Customer_No__c"), ("Contact", "Member_No__c"), ("contacts", "member_number"), ("companies", "customer_number"),
    ("Contact", "Job_Role__c"), ("Contact", "Second_Email__c"), ("Contact", "Direct_Line__c"), ("Contact", "Last_Visit__c"),
    ("Contact", "Passport__c"), ("Account", "Turnover__c"), ("Lead", "Job_Role__c"),
])  # fmt: skip
def test_no_two_people_have_the_same_value(seeds: list[RecordSeed], kind: str, field: str) -> None:
    twice = {s.person for s in of(seeds, kind) if [x.person for x in of(seeds, kind)].count(s.person) > 1}
    values = [v for s in of(seeds, kind) if not is_blank(v := s.values.get(field)) and s.person not in twice]

    assert len(values) > 15
    assert len(set(values)) == len(values)


def test_a_second_record_of_a_person_does_not_repeat_what_is_unique(people: Population, seeds: list[RecordSeed]) -> None:
    looked_at = 0
    for person in people.people:
        found = [s for s in of(seeds, "Contact") if s.person == person.key]
        if len(found) == 2:
            one, other = (s.values["Member_No__c"] for s in found)
            assert one is None or one != other
            looked_at += 1
    assert looked_at > 2


def test_one_in_ten_is_blank_on_both_sides_and_what_must_not_be_never_is(seeds: list[RecordSeed]) -> None:
    contacts = of(seeds, "Contact")
    for field in MADE - {"Is_Reseller__c"}:
        share = sum(is_blank(s.values[field]) for s in contacts) / len(contacts)
        assert 0.02 < share < 0.25, (field, share)
    for kind, field in (("Contact", "Status__c"), ("Contact", "Audit_Code__c"), ("Lead", "Audit_Code__c"), ("Account", "Region__c"),
                        ("Account", "Customer_No__c"), ("Contact", "Email"), ("Contact", "Seen_On__c")):  # fmt: skip
        assert all(not is_blank(s.values[field]) for s in of(seeds, kind)), field


def test_people_may_be_wanted_without_blanks(fitting: Fitting, people: Population) -> None:
    full = fitting.records(people, full={p.key for p in people.people})

    firsts = [crm for crm, _ in pairs(full) if crm.kind == "Contact"]
    assert len(firsts) > 80
    assert all(not is_blank(s.values[field]) for s in firsts for field in MADE)


def test_all_words_of_a_list_are_used_and_translated(seeds: list[RecordSeed]) -> None:
    both = [(crm.values, ma.values) for crm, ma in pairs(seeds) if crm.kind in ("Contact", "Lead")]

    assert {(c["Loyalty_Tier__c"], m["loyalty_tier"]) for c, m in both} == set(orgs.TIERS.items()) | {(None, None)}
    picked = {(c["Topics__c"], m["topics"]) for c, m in both if c.get("Topics__c")}
    assert len(picked) == 7
    assert all([orgs.TOPICS[w] for w in c.split(";")] == m.split(";") for c, m in picked)


def test_declared_formats_are_kept(fitting: Fitting, seeds: list[RecordSeed], people: Population) -> None:
    mapping = fitting.mapping.of("contact")
    assert mapping is not None
    rule = mapping.rule_for(Side.CRM, "Birth_Country__c")
    assert rule is not None
    careless = {p.key for p in people.people if Dirt.COUNTRY_VARIANT in p.dirt}
    clean = [(c, m) for c, m in pairs(seeds) if c.kind == "Contact" and c.person not in careless]

    assert not any(format_problem(rule, Side.MA, m.values["birth_country"]) for _, m in clean)
    dirty = [m.values["birth_country"] for c, m in pairs(seeds) if c.person in careless and c.kind == "Contact"]
    assert any(v and len(v) > 2 for v in dirty), "planted dirt shows in fields of one's own too"


def test_a_secret_stands_in_the_crm_alone(seeds: list[RecordSeed]) -> None:
    assert all(s.values["Passport__c"] for s in of(seeds, "Contact"))
    assert not any(s.values.get("passport") for s in of(seeds, "contacts"))


def test_who_is_to_stay_out_stays_out_and_nobody_else(fitting: Fitting, sandbox: Sandbox, people: Population, seeds: list[RecordSeed]) -> None:
    contact = fitting.mapping.of("contact")
    assert contact is not None
    now = sandbox.world.clock.now()
    out = {s.person: excluded(contact, Side.CRM, s.values, now) for s in of(seeds, "Contact")}
    for person in people.people:
        if person.kind is not PersonKind.LEAD:
            left_out = person.kind in OUTSIDERS or Dirt.INACTIVE in person.dirt
            assert bool(out[person.key]) is left_out, (person.label, out[person.key])
            assert fitting.keeps_out(person) is left_out
    assert set(out.values()) == {None, "partners, vendors and tests stay out", "not seen for a year"}


def test_people_say_in_fields_of_ones_own_what_they_say_in_the_ma(people: Population, seeds: list[RecordSeed]) -> None:
    kinds = {p.key: p for p in people.people}
    words = {"never_asked": "NotSeen", "subscribed": "OptIn", "opted_out": "OptOut"}
    for seed in (*of(seeds, "Contact"), *of(seeds, "Lead")):
        person = kinds[seed.person]
        assert seed.values["News__c"] == words[person.newsletter]
        assert bool(seed.values["News_At__c"]) is bool(seed.values["News_Source__c"]) is (person.newsletter != "never_asked")
    assert {s.values["News__c"] for s in of(seeds, "Contact")} == set(words.values())


def test_a_value_found_anywhere_tells_person_and_field(people: Population, seeds: list[RecordSeed]) -> None:
    trace = Trace(people)
    unique = {"Job_Role__c": "job_role", "Second_Email__c": "second_email", "Member_No__c": "member_number", "Direct_Line__c": "direct_line"}
    for crm, ma in pairs(seeds):
        for left, right in unique.items():
            for value in (crm.values.get(left), ma.values.get(right)):
                if value:
                    assert {(crm.person, left), (crm.person, right)} <= set(trace.whose(value)), (left, value)
                    assert {person for person, _ in trace.whose(value)} == {crm.person}
    company = next(s for s in seeds if s.kind == "Account")
    assert (company.person, "Customer_No__c") in trace.whose(company.values["Customer_No__c"])


def test_partners_suppliers_and_tests_are_called_so_where_the_list_has_such_words(people: Population, seeds: list[RecordSeed]) -> None:
    called = {PersonKind.PARTNER: "Partner", PersonKind.SUPPLIER: "Vendor", PersonKind.TEST: "Test"}
    kinds = {p.key: p.kind for p in people.people}
    found = {(kinds[s.person], s.values["Status__c"]) for s in of(seeds, "Contact") if kinds[s.person] in called}

    assert found == set(called.items())


def test_each_field_of_a_type_has_a_number_of_its_own(fitting: Fitting) -> None:
    for plan in fitting.plans.values():
        numbers = [(s.own.type, s.own.index) for s in plan.slots]
        assert len(set(numbers)) == len(numbers)
    assert sum(s.own.type == "number" for s in fitting.plans["contact"].slots) == 2


def test_built_in_values_give_way_where_this_org_cannot_hold_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = orgs.described("Industry", "picklist", options=("Mining", "Fishing"), length=255)
    monkeypatch.setitem(orgs.DESCRIBES, "Account", (*orgs.DESCRIBES["Account"], lists))
    monkeypatch.setitem(orgs.DESCRIBES, "Contact", (*orgs.DESCRIBES["Contact"], orgs.described("MailingCity", length=20)))
    folder = orgs.write(tmp_path)
    fitting = fitting_for(Sandbox(load_mapping(folder / "mapping.yaml"), 1, shape=load_shape(folder / "orgs.yaml")))
    people = make_population(11, PopulationSpec(60, "2026-11-22"))
    seeds = fitting.records(people)
    cities = {p.key: p.city for p in people.people}
    both = [(c.person, c.values["MailingCity"], m.values["city"]) for c, m in pairs(seeds) if c.kind == "Contact"]

    assert not any("Industry" in s.values for s in of(seeds, "Account"))
    assert all(left == right and len(left) <= 20 for _, left, right in both if left)
    assert any(left == cities[who] for who, left, _ in both), "what fits stays"
    assert any(left and left != cities[who] for who, left, _ in both), "what does not is made anew on both sides"
