"""Whether and when what people entered arrived on the other side, by the journal of small worlds."""

from __future__ import annotations

from typing import Any

from syncproof.mapping.grammar import Side
from syncproof.model import ScenarioResult, Travel
from syncproof.oracle.fields import Oracle
from syncproof.reaction import travels
from syncproof_mocks.consent import ConsentState
from syncproof_mocks.journal import Actor, Mark
from tests.checks.deeds import Once, world
from tests.ideal import Ideal
from tests.oracle import made
from tests.staging import play

SUBSCRIBED = {"consent": {"subscribed": 4}, "newsletter": {"subscribed": 4}}
TITLE = {"edit": {"side": "crm", "who": {"count": 2}, "set": {"Title": "$fresh"}}}


class Late(Ideal):
    """Skips its second sync."""

    number = 0

    def _sync(self, sandbox: Any) -> None:
        self.number += 1
        if self.number != 2:
            super()._sync(sandbox)


def told(result: ScenarioResult) -> list[tuple[str, str, str, int | None]]:
    return [(t.direction, t.what, t.state, t.syncs) for t in result.travels]


def test_values_refusals_and_new_records_are_followed_to_the_sync_that_carried_them() -> None:
    steps = ("sync", TITLE, {"opt_out": {"side": "ma", "purpose": "newsletter", "who": {"count": 1}}}, {"create": {"side": "crm"}}, "sync")
    result = play(world(*steps, **SUBSCRIBED), Ideal())

    assert told(result) == [
        ("crm_to_ma", "Title", "arrived", 1), ("crm_to_ma", "Title", "arrived", 1), ("ma_to_crm", "email/newsletter", "arrived", 1),
        ("crm_to_ma", "the record", "arrived", 1),
    ]


def test_a_sync_that_carried_nothing_is_counted() -> None:
    result = play(world("sync", TITLE, "sync", "sync", **SUBSCRIBED), Late())

    assert told(result) == [("crm_to_ma", "Title", "arrived", 2)] * 2


def test_what_a_finding_misses_is_missing_and_has_no_time() -> None:
    result = play(world("sync", TITLE, "sync"), Once())

    assert told(result) == [("crm_to_ma", "Title", "missing", None)] * 2
    assert {(t.edit_s, t.arrival) for t in result.travels} == {(None, None)}
    assert {f.rule for f in result.findings} >= {"FIELD-001"}


def test_the_loser_of_a_conflict_was_not_owed() -> None:
    ma = {"edit": {"side": "ma", "who": {"count": 1}, "set": {"lastname": "$fresh"}}}
    crm = {"edit": {"side": "crm", "who": {"count": 1}, "set": {"LastName": "$fresh"}}}
    won, lost = play(world("sync", ma, crm, "sync"), Ideal()), play(world("sync", ma, crm, "sync"), Ideal(sins=frozenset({"wrong_winner"})))

    assert told(won) == [("ma_to_crm", "lastname", "not_owed", None), ("crm_to_ma", "LastName", "arrived", 1)]
    assert told(lost) == [("ma_to_crm", "lastname", "arrived", 1), ("crm_to_ma", "LastName", "missing", None)]


def test_what_was_entered_after_the_last_sync_had_no_chance_and_is_left_out() -> None:
    scenario = {**world("sync", TITLE), "options": {"final_quiet": False}}

    assert told(play(scenario, Ideal())) == []


def evidence_of(*entries: Any, acts: tuple[Any, ...]) -> Oracle:
    before, there = made.contact("003A", Email="a@x.cz", Title="old"), made.there("501", email="a@x.cz", jobtitle="old")
    return Oracle(made.evidence(
        (made.person("p1", "a@x.cz"),), made.LINKED, acts, (made.state(0, 0, (before,), (there,)), made.state(1, 60, (before,), (there,))),
        (made.state(0, 20, (before,), (there,)),), (made.sync(1, 20, 60),), made.padded(*entries),
    ))


def journey(value: str, seq: int = 10, *, ran: int = 40_000) -> tuple[Travel, ...]:
    """One edit at 10 s, a sync from 30 s on, and a write at ``ran`` that brings `new`."""
    there = made.there("501", email="a@x.cz", jobtitle="old")
    entries = (
        Mark(5, 9_000, "step", "", 10_000), Mark(20, 9_000, "sync_start", "1", 30_000), made.exchange(30, ran_ms=ran),
        made.change(31, there, made.there("501", 2, email="a@x.cz", jobtitle="new"), by=30),
    )
    act = made.act(seq, "edit", "p1", field="Title", old="old", value=value)
    return travels(evidence_of(*entries, acts=(act,)), ())


def test_times_are_those_of_the_clock_that_never_skips() -> None:
    (found,) = journey("new")

    assert (found.state, found.arrival, found.edit_s, found.sync_s, found.syncs) == ("arrived", 31, 30.0, 10.0, 1)


def test_an_act_during_the_sync_waits_from_the_act_on() -> None:
    (found,) = journey("new", seq=25, ran=31_500)

    assert (found.edit_s, found.sync_s) == (1.5, 1.5)


def test_another_value_is_no_arrival_and_a_value_that_was_there_needs_none() -> None:
    (found,) = journey("newer")

    assert (found.state, found.edit_s) == ("not_owed", None)
    assert journey("old") == ()


def test_a_persons_own_hand_on_the_other_side_is_no_arrival() -> None:
    there = made.there("501", email="a@x.cz", jobtitle="old")
    by_hand = made.change(31, there, made.there("501", 2, email="a@x.cz", jobtitle="new"), Actor.MA_USER)
    found = travels(evidence_of(by_hand, acts=(made.act(10, "edit", "p1", field="Title", old="old", value="new"),)), ())

    assert [t.state for t in found] == ["not_owed"]


def test_a_refusal_that_the_other_side_holds_already_does_not_travel() -> None:
    refused = made.there("501", email="a@x.cz", said=(made.mark(made.NEWS, ConsentState.WITHDRAWN),))
    start = made.state(0, 0, (made.contact("003A", Email="a@x.cz"),), (refused,))
    oracle = Oracle(made.evidence(
        (made.person("p1", "a@x.cz"),), made.LINKED, (made.act(10, "opt_out", "p1", key=made.NEWS),), (start,), (), (made.sync(1, 20, 60),), made.padded(),
    ))

    assert travels(oracle, ()) == ()
    assert oracle.evidence.acts[0].side is Side.CRM
