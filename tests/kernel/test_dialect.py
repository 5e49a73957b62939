"""What every dialect gets from its parent: switches, notes in the exchange, owners."""

from __future__ import annotations

import pytest
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Actor
from syncproof_mocks.world import World
from tests.kernel.toy import Toy


@pytest.fixture
def dialect() -> Toy:
    return Toy(World(1, Clock(1_790_000_000_000)))


def test_a_switch_takes_its_allowed_values_and_no_others(dialect: Toy) -> None:
    assert dialect.settings == {"lag_ms": 0, "free": "x"}
    dialect.switch("lag_ms", 100)
    dialect.switch("free", "anything")
    assert dialect.settings == {"lag_ms": 100, "free": "anything"}
    with pytest.raises(ValueError, match="toy.lag_ms cannot be 7; allowed: 0, 100"):
        dialect.switch("lag_ms", 7)
    with pytest.raises(ValueError, match="toy has no switch `lag`; did you mean `lag_ms`"):
        dialect.switch("lag", 7)


def test_notes_go_into_the_exchange_under_way(dialect: Toy) -> None:
    entry = dialect.journal.open_exchange("toy", Actor.CONNECTOR, "GET", "/", "", {}, b"")
    dialect.rests_on("toy.lag_ms")
    dialect.refused("1", "BAD", "no")
    dialect.served(dialect.store.create("thing", "1", {}))

    assert (entry.assumed, entry.refused, entry.served) == (["toy.lag_ms"], [("1", "BAD", "no")], [("thing", "1", 1)])


def test_outside_an_exchange_there_is_nothing_to_note_in(dialect: Toy) -> None:
    row = dialect.store.create("thing", "1", {})
    before = len(dialect.journal)
    dialect.rests_on("x")
    dialect.refused("1", "BAD", "no")
    dialect.served(row)

    assert len(dialect.journal) == before


def test_owners_are_known_by_their_address(dialect: Toy) -> None:
    owner = dialect.seed_owner("Jan", "Novák", "Jan@Firma.test", True)
    snapshot = dialect.store.snapshot()

    assert dialect.owner_email(snapshot, owner) == "jan@firma.test"
    assert dialect.owner_email(snapshot, "nobody") is None
    assert dialect.owner_email(snapshot, None) is None
    assert dialect.has_active_owner(snapshot, "JAN@firma.test")
    assert not dialect.has_active_owner(snapshot, "eva@firma.test")


def test_fields_that_the_vendor_moves_itself_are_known(dialect: Toy) -> None:
    assert [dialect.is_system_field("thing", n) for n in ("modified", "sys_x", "name")] == [True, True, False]


@pytest.mark.parametrize("call", [lambda d: d.add_subscription("News"), lambda d: d.seed_company_link("thing", "1", "2")])
def test_what_a_vendor_does_not_have_is_refused_by_name(dialect: Toy, call: object) -> None:
    with pytest.raises(NotImplementedError, match="toy"):
        call(dialect)  # type: ignore[operator]
    assert dialect.subscription_names() == ()
