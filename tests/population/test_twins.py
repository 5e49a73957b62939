"""Two people behind one address, and addresses that are nearly the same."""

from __future__ import annotations

import pytest
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.people import Dirt, Person, PersonKind, Population
from syncproof.population.records import records
from syncproof.population.trace import Trace

TODAY = "2026-11-22"
MAILABLE = {PersonKind.CUSTOMER: 1.0, PersonKind.LEAD: 1.0}


def with_dirt(dirt: Dirt, count: int, total: int = 12, seed: int = 5) -> Population:
    return make_population(seed, PopulationSpec(total, TODAY, kinds=MAILABLE, dirt={dirt: count}))


def carriers(population: Population, dirt: Dirt) -> list[Person]:
    return [p for p in population.people if dirt in p.dirt]


@pytest.mark.parametrize("seed", range(6))
def test_two_people_share_one_address_and_nothing_else(seed: int) -> None:
    population = with_dirt(Dirt.SHARED_ADDRESS, 3, seed=seed)

    partners = []
    for person in carriers(population, Dirt.SHARED_ADDRESS):
        others = [p for p in population.people if p is not person and p.email == person.email]
        assert len(others) == 1
        assert others[0].kind is person.kind
        assert not others[0].dirt
        assert {person.first_name, person.last_name, person.phone}.isdisjoint({others[0].first_name, others[0].last_name, others[0].phone})
        partners.append(others[0].key)
    assert len(set(partners)) == 3, "nobody shares with two others"
    assert len({p.email for p in population.people}) == 9


def test_a_shared_address_tells_of_both_and_a_name_of_one() -> None:
    population = with_dirt(Dirt.SHARED_ADDRESS, 1)
    [person] = carriers(population, Dirt.SHARED_ADDRESS)
    trace = Trace(population)

    assert len({key for key, _ in trace.whose(person.email)}) == 2
    assert {key for key, _ in trace.whose(person.last_name)} == {person.key}


def test_the_tag_makes_an_address_of_its_own() -> None:
    population = with_dirt(Dirt.PLUS_TWIN, 3)

    for person in carriers(population, Dirt.PLUS_TWIN):
        name, _, domain = person.email.partition("@")
        assert name.endswith("+shop")
        assert [p for p in population.people if p.email == f"{name.removesuffix('+shop')}@{domain}"]
    assert len({p.email for p in population.people}) == 12


@pytest.mark.parametrize(("dirt", "sign"), [(Dirt.APOSTROPHE, "'"), (Dirt.PLUS, "+")])
def test_an_odd_sign_stands_in_the_address(dirt: Dirt, sign: str) -> None:
    found = carriers(with_dirt(dirt, 4), dirt)

    assert len(found) == 4
    assert all(sign in p.email.partition("@")[0] for p in found)


def test_blanks_stand_around_the_number_in_the_ma_only() -> None:
    population = make_population(2, PopulationSpec(30, TODAY, kinds={PersonKind.CUSTOMER: 1.0}, dirt={Dirt.BLANKS_IN_KEY: 12}))
    owners = {p.company.key: p.company.tax_id for p in carriers(population, Dirt.BLANKS_IN_KEY) if p.company}
    seeds = [s for s in records(population) if s.object == "company" and s.person in owners]

    for seed in seeds:
        number = seed.values["tax_id" if seed.side == "ma" else "Tax_Id__c"]
        assert number.strip() == owners[seed.person]
        assert (number != owners[seed.person]) is (seed.side == "ma")
    blanks = {s.values["tax_id"].replace(owners[s.person], "") for s in seeds if s.side == "ma"}
    assert blanks == {" ", "\t", "\u00a0"}


def test_who_has_nobody_to_share_with_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody is left"):
        make_population(1, PopulationSpec(4, TODAY, kinds={PersonKind.CUSTOMER: 1.0}, dirt={Dirt.SHARED_ADDRESS: 3}))
