"""Time: wall time plus an offset, frozen or moved, never backwards."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syncproof_mocks.clock import Clock, from_ms, to_ms

START_MS = 1_790_000_000_000


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def test_an_untouched_clock_shows_wall_time() -> None:
    before = wall_ms()

    assert before <= Clock().now_ms() <= wall_ms()


def test_a_frozen_clock_stands_until_it_is_moved() -> None:
    clock = Clock(START_MS)

    assert clock.is_frozen
    assert [clock.now_ms(), clock.now_ms()] == [START_MS, START_MS]
    clock.move(1.5)
    assert clock.now_ms() == START_MS + 1_500


def test_a_clock_may_be_stopped_where_it_is_and_runs_on_from_there() -> None:
    clock = Clock()
    clock.freeze()
    stopped = clock.now_ms()
    time.sleep(0.02)

    assert clock.now_ms() == stopped
    clock.thaw()
    assert not clock.is_frozen
    assert stopped <= clock.now_ms() < stopped + 15
    clock.thaw()
    assert clock.offset_ms < 0


def test_moving_a_running_clock_keeps_it_ahead_of_wall_time() -> None:
    clock = Clock()
    clock.move(3_600)

    assert clock.offset_ms == 3_600_000
    assert abs(clock.now_ms() - wall_ms() - 3_600_000) < 1_000


def test_a_host_clock_that_steps_back_does_not_reorder_stamps(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    first = clock.now_ms()
    monkeypatch.setattr(time, "time_ns", lambda: (first - 60_000) * 1_000_000)

    assert clock.now_ms() == first


def test_skipping_ahead_leaves_no_lasting_difference_to_wall_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    now = clock.now_ms()
    clock.skip_to(now + 900)

    assert clock.now_ms() == now + 900
    monkeypatch.setattr(time, "time_ns", lambda: (now + 400) * 1_000_000)
    assert clock.now_ms() == now + 900, "it stands"
    monkeypatch.setattr(time, "time_ns", lambda: (now + 2_000) * 1_000_000)
    assert clock.now_ms() == now + 2_000, "wall time has caught up"
    assert clock.offset_ms == 0


def test_skipping_to_the_past_changes_nothing() -> None:
    clock = Clock(START_MS)
    clock.skip_to(START_MS - 5)

    assert clock.now_ms() == START_MS


def test_a_move_after_a_skip_is_a_whole_move(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(time, "time_ns", lambda: START_MS * 1_000_000)
    clock.skip_to(START_MS + 900)
    clock.move(0.5)

    assert clock.now_ms() == START_MS + 1_400


@pytest.mark.parametrize("seconds", [-0.001, math.nan, math.inf])
def test_only_a_finite_move_ahead_is_accepted(seconds: float) -> None:
    clock = Clock(START_MS)

    with pytest.raises(ValueError, match="ahead only"):
        clock.move(seconds)
    assert clock.now_ms() == START_MS


@given(st.lists(st.one_of(st.tuples(st.just("move"), st.floats(0, 1e6)), st.tuples(st.just("skip"), st.integers(-10**6, 10**6)),
                          st.tuples(st.just("freeze"), st.integers(-10**6, 10**6)), st.tuples(st.just("thaw"), st.just(0)))))
def test_no_sequence_of_acts_lets_time_run_backwards(acts: list[tuple[str, float]]) -> None:
    clock = Clock(START_MS)
    last = clock.now_ms()
    for act, value in acts:
        if act == "move":
            clock.move(value)
        elif act == "skip":
            clock.skip_to(last + int(value))
        elif act == "freeze":
            clock.freeze(last + int(value))
        else:
            clock.thaw()
        assert clock.now_ms() >= last
        last = clock.now_ms()


def test_milliseconds_and_moments_are_the_same_thing() -> None:
    moment = datetime(2026, 11, 22, 13, 37, 0, 123_000, UTC)

    assert from_ms(to_ms(moment)) == moment
    assert Clock(to_ms(moment)).now() == moment
