"""Chance: the same seed and the same calls give the same values, whoever else draws."""

from __future__ import annotations

import uuid

from syncproof_mocks.dice import Dice


def test_the_same_seed_draws_the_same() -> None:
    one, two = Dice(5), Dice(5)

    assert [one.stream("a").random() for _ in range(3)] == [two.stream("a").random() for _ in range(3)]
    assert one.uuid("u") == two.uuid("u")
    assert one.token("t") == two.token("t")


def test_another_seed_and_another_stream_draw_otherwise() -> None:
    draws = {Dice(5).stream("a").random(), Dice(6).stream("a").random(), Dice(5).stream("b").random()}

    assert len(draws) == 3


def test_a_new_consumer_of_chance_does_not_disturb_the_others() -> None:
    quiet, busy = Dice(5), Dice(5)
    quiet.stream("a").random()
    busy.stream("a").random()
    busy.stream("newcomer").random()

    assert busy.stream("a").random() == quiet.stream("a").random()


def test_counters_count_from_where_they_are_told() -> None:
    dice = Dice(1)

    assert [dice.count("a"), dice.count("a"), dice.count("b", 100), dice.count("b", 100)] == [1, 2, 100, 101]


def test_a_uuid_is_of_version_four_and_a_token_of_the_length_asked_for() -> None:
    dice = Dice(1)

    assert uuid.UUID(dice.uuid("u")).version == 4
    token = dice.token("t", 40)
    assert len(token) == 40
    assert token.isalnum()


def test_rewinding_repeats_what_was_drawn_since() -> None:
    dice = Dice(1)
    dice.stream("old").random()
    state = dice.state()
    first = (dice.stream("old").random(), dice.stream("new").random(), dice.count("n"))
    dice.rewind(state)

    assert (dice.stream("old").random(), dice.stream("new").random(), dice.count("n")) == first


def test_a_state_may_be_returned_to_from_before_its_streams_were_opened() -> None:
    dice = Dice(1)
    early = dice.state()
    dice.stream("a").random()
    late = dice.state()
    expected = dice.stream("a").random()
    dice.rewind(early)
    dice.rewind(late)

    assert dice.stream("a").random() == expected
