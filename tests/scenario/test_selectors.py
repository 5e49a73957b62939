"""Who a step is about."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from syncproof.errors import SetupError
from syncproof.population.people import ConsentSeed, Dirt, Person, PersonKind
from syncproof.scenario.selectors import FIRST, Selector, Who, select


def person(number: int, **told: Any) -> Person:
    values: dict[str, Any] = {
        "key": f"p{number:04}", "kind": PersonKind.CUSTOMER, "locale": "pl_PL", "country": "PL", "first_name": f"A{number}",
        "last_name": f"B{number}", "email": f"p{number}@example.org", "phone": f"+4860000{number:04}", "mobile": "",
        "title": "", "street": "", "city": "Kraków", "postal_code": "", "birthdate": "1980-01-01", "segment": "key",
        "company": None, "owner": "o@example.org", "consent": ConsentSeed.SUBSCRIBED, "newsletter": ConsentSeed.NEVER_ASKED,
        "consent_at": "", "consent_source": "", "active": True, "score": 0, "vip": False, "interests": ("events",),
        "last_activity": "2026-01-01",
    }  # fmt: skip
    return Person(**{**values, **told})


PEOPLE = [
    person(1),
    person(2, kind=PersonKind.LEAD, consent=ConsentSeed.OPTED_OUT),
    person(3, locale="cs_CZ", city="Brno", vip=True),
    person(4, newsletter=ConsentSeed.OPTED_OUT, dirt=frozenset({Dirt.EMAIL_CASE})),
    person(5, interests=("events", "pricing"), kind=PersonKind.LEAD),
]


def chosen(raw: Any, seed: int = 1) -> list[int]:
    selector: Selector = TypeAdapter(Who).validate_python(raw)
    return [PEOPLE.index(p) + 1 for p in select(PEOPLE, selector, random.Random(seed))]


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ({}, [1]),
        ("all", [1, 2, 3, 4, 5]),
        ({"index": 3}, [3]),
        ({"key": "p0004"}, [4]),
        ({"stratum": "lead"}, [2]),
        ({"stratum": "opted_out"}, [2]),
        ({"stratum": "email_case"}, [4]),
        ({"kind": "lead", "count": "all"}, [2, 5]),
        ({"kind": "lead", "skip": 1}, [5]),
        ({"newsletter": "opted_out"}, [4]),
        ({"dirt": "email_case"}, [4]),
        ({"locale": "cs_CZ"}, [3]),
        ({"field": {"city": "Kraków"}, "count": 3}, [1, 2, 4]),
        ({"field": {"vip": True}}, [3]),
        ({"field": {"interests": "pricing"}}, [5]),
        ({"field": {"interests": ["pricing", "events"]}}, [5]),
        ({"field": {"interests": ["pricing"]}, "kind": "lead", "count": "all"}, None),
    ],
)
def test_conditions_are_combined_and_the_first_match_is_taken(raw: Any, numbers: list[int] | None) -> None:
    if numbers is None:
        with pytest.raises(SetupError, match="nobody matches"):
            chosen(raw)
    else:
        assert chosen(raw) == numbers


def test_a_share_is_drawn_from_the_stream_and_repeats_with_its_seed() -> None:
    assert chosen({"share": 0.4}, seed=7) == chosen({"share": 0.4}, seed=7)
    assert len(chosen({"share": 0.4})) == 2
    assert len({tuple(chosen({"share": 0.4}, seed=n)) for n in range(20)}) > 1


def test_a_small_share_is_at_least_one_person() -> None:
    assert len(chosen({"share": 0.01})) == 1


def test_a_selector_without_a_share_draws_nothing() -> None:
    stream = random.Random(1)
    select(PEOPLE, FIRST, stream)

    assert stream.random() == random.Random(1).random()


def test_nobody_is_an_error_and_not_an_empty_step() -> None:
    with pytest.raises(SetupError, match="nobody matches `locale: de_DE` among the 5 people"):
        chosen({"locale": "de_DE"})


def test_fewer_people_than_wanted_is_an_error() -> None:
    with pytest.raises(SetupError, match="wants 3 people, the scenario has 2 such"):
        chosen({"kind": "lead", "count": 3})


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({"stratum": "custmer"}, "did you mean `customer`"),
        ({"field": {"twon": "x"}}, "a person has no `twon`"),
        ({"count": 2, "share": 0.5}, "`count` or `share`, not both"),
        ({"index": 1, "key": "p0001"}, "`index` or `key`, not both"),
        ({"count": 0}, "a number from 1, or `all`"),
        ({"count": True}, "a number from 1, or `all`"),
        ({"share": 1.5}, "less than or equal to 1"),
        ({"index": 0}, "greater than or equal to 1"),
        ({"who": 1}, "Extra inputs"),
        ("everyone", "write `{index: 1}` or `{stratum: customer}`"),
    ],
)
def test_a_selector_that_cannot_be_meant_is_refused(raw: Any, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        chosen(raw)

    assert told in str(caught.value)
