"""Distributions and forecasts are arithmetic, and say so when there is nothing to go by."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syncproof.forecast import FEWEST_RECORDS, SYNCS_A_DAY, Budget, budgets_of
from syncproof.model import SyncCalls, Travel
from syncproof.spreads import reactions, spread
from tests.renderers.sample import quiet


def made(records: int, calls: int, *, sync: int = 1, sound: bool = True, idle: bool = False, **more: int) -> SyncCalls:
    return SyncCalls(sync, "hubspot", calls, 0, 0, 0, 0, 0, more.pop("counted", calls), records, more.pop("batch", 3), 7, 50, idle, sound)


def budget(*calls: SyncCalls, limit: int | None = 10_000) -> Budget:
    scenario = replace(quiet(), sync_calls=calls, day_limits={"hubspot": limit} if limit else {})
    (found,) = budgets_of([scenario])
    return found


def travel(seconds: float | None, state: str = "arrived", direction: str = "crm_to_ma", syncs: int | None = 1) -> Travel:
    return Travel(1, direction, "p1", "Phone", state, None, syncs, seconds, seconds)


def test_a_spread_tells_seen_times_by_nearest_rank() -> None:
    found = spread([float(n) for n in range(10, 0, -1)])

    assert found is not None
    assert (found.count, found.least, found.median, found.p90, found.most) == (10, 1.0, 5.5, 9.0, 10.0)
    assert spread([]) is None


def test_what_never_arrived_is_counted_apart_and_never_averaged_away() -> None:
    both, crm, ma = reactions([travel(1.0), travel(3.0, syncs=2), travel(None, "missing"), travel(None, "not_owed"), travel(9.0, direction="ma_to_crm")])

    assert (both.direction, both.arrived, both.missing, both.not_owed, both.at_once) == ("", 3, 1, 1, 2)
    assert (crm.direction, crm.arrived, crm.missing, crm.at_once) == ("crm_to_ma", 2, 1, 1)
    assert crm.from_edit is not None
    assert (crm.from_edit.median, crm.from_edit.count) == (2.0, 2)
    assert (ma.direction, ma.arrived, ma.missing) == ("ma_to_crm", 1, 0)


def test_one_direction_is_not_told_twice_and_nothing_at_all_is_nothing() -> None:
    (only,) = reactions([travel(None, "missing")])

    assert (only.direction, only.from_edit, only.missing) == ("crm_to_ma", None, 1)
    assert reactions([]) == ()


def test_a_forecast_is_the_calls_of_a_sync_at_rest_and_the_calls_per_record() -> None:
    found = budget(made(0, 10, idle=True), made(10, 15), made(100, 60))

    assert found.line is not None
    assert (found.line.fixed, found.line.per_record, found.line.off_by, found.line.least, found.line.most) == (10, 0.5, 0, 0, 100)
    assert [(o.records, o.calls, o.share) for o in found.outlook] == [(10_000, 5_010, 0.501), (100_000, 50_010, 5.001)]
    assert (found.idle, found.idle_share) == (10, 10 * SYNCS_A_DAY / 10_000)
    assert found.per_record == pytest.approx(75 / 110)


def test_without_a_sync_at_rest_the_fixed_calls_are_read_off_the_line() -> None:
    found = budget(made(10, 25), made(20, 35), made(30, 45))

    assert found.line is not None
    assert (found.line.fixed, found.line.per_record) == (pytest.approx(15), pytest.approx(1))
    assert (found.idle, found.idle_share) == (None, None)


def test_how_far_the_syncs_are_off_the_line_is_told() -> None:
    found = budget(made(0, 10), made(10, 24), made(10, 16))

    assert found.line is not None
    assert found.line.off_by == 4
    assert "within 4 calls" in found.rests_on[0]


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ((made(30, 40), made(30, 42)), "all 2 syncs to go by (of 2: those that ended in success, without a fault) changed 30 records"),
        ((made(30, 40), made(60, 80, sound=False)), "only one sync (of 2) ended in success without a fault; it changed 30 records"),
        ((made(30, 40, sound=False),), "no sync ended in success without a fault"),
        ((made(0, 10), made(FEWEST_RECORDS - 1, 12)), "too few to tell of many"),
        ((made(0, 10), made(50, 10)), "calls did not grow with the records (from 0 to 50)"),
    ],
)
def test_where_the_syncs_do_not_carry_a_forecast_it_says_why(calls: tuple[SyncCalls, ...], words: str) -> None:
    found = budget(*calls)

    assert (found.line, found.outlook, found.rests_on) == (None, (), ())
    assert words in found.why_not


def test_only_calls_that_count_are_forecast_and_what_it_rests_on_is_told() -> None:
    found = budget(made(0, 10, counted=8), made(100, 60, counted=58, batch=25))

    assert found.line is not None
    assert found.line.fixed == 8
    told = " ".join(found.rests_on)
    assert "2 syncs that changed 0 to 100 records, in orgs of up to 50 records" in told
    assert "10,000 records are 100 times the largest sync seen" in told
    assert "one call changed at most 25 records and showed at most 7" in told
    assert "10,000 calls a day: yours is stated in a shape file" in told


def test_an_org_scaled_down_for_one_story_is_not_the_limit_of_the_run() -> None:
    small, usual = (replace(quiet(), sync_calls=(made(n, 10 + n),), day_limits={"hubspot": limit}) for n, limit in ((10, 50), (40, 9_000)))
    (found,) = budgets_of([small, usual])

    assert found.limit == 9_000
    assert "(scenarios with 50 had it scaled down)" in found.rests_on[-1]


def test_a_system_that_counts_by_other_measures_has_no_share() -> None:
    found = budget(made(0, 10), made(10, 20), limit=None)

    assert [o.share for o in found.outlook] == [None, None]
    assert not any("limit" in line for line in found.rests_on)
