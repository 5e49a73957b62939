"""Steps for what connectors read: bulk edits, activities that are no edits, old records, switches, clocks that change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from syncproof.drivers import Ended
from syncproof.errors import SetupError
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.planning import newcomers
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.stage import Stage
from syncproof.starting import connector_for
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Actor, Change

WARSAW = ZoneInfo("Europe/Warsaw")


def staged(*steps: object, **population: object) -> Stage:
    given = {"population": {"total": 3, "kinds": {"customer": 3}, **population}, "steps": list(steps) or ["sync"]}
    scenario = Scenario.model_validate(given).placed("test/case", "", "test/case", ())
    mapping = load_mapping(default_mapping_file())
    stage = Stage(scenario, mapping, Sandbox(mapping, 3), lambda *_: Ended(0, "exited", 0.0, b"", 0, False, (), ""))
    stage.seed()
    return stage


def done(*steps: object, **population: object) -> Stage:
    stage = staged(*steps, **population)
    for step in stage.scenario.steps:
        step.run(stage)
    return stage


def stamps(stage: Stage, since: int = 0) -> set[int]:
    return {e.after.modified_ms for e in stage.journal.entries[since:] if isinstance(e, Change) and e.after and e.kind == "contacts"}


# -- one stamp for many ---------------------------------------------------------------------------------------------------


def test_a_bulk_edit_gives_all_its_records_one_stamp_and_the_clock_goes_on() -> None:
    stage = done({"edit": {"side": "ma", "who": "all", "set": {"jobtitle": "$fresh"}, "at_once": True}})

    assert len(stage.acts) == 3
    assert len(stamps(stage)) == 1
    assert not stage.sandbox.world.clock.is_frozen


def test_a_clock_that_stands_for_a_moment_loses_no_time() -> None:
    clock = Clock()
    with clock.standing():
        first = clock.now_ms()
        while Clock().now_ms() <= first:
            pass
        assert clock.now_ms() == first
    assert clock.now_ms() > first
    assert clock.offset_ms == 0


def test_a_frozen_clock_stays_frozen_after_a_bulk_edit() -> None:
    clock = Clock(frozen_at_ms=5)
    with clock.standing():
        pass
    assert clock.is_frozen


# -- activities -----------------------------------------------------------------------------------------------------------


def test_an_activity_moves_the_vendors_own_fields_alone_and_leaves_nothing_to_carry() -> None:
    stage = staged({"activity": {"side": "ma", "times": 2}}, {"activity": {"side": "crm"}})
    stage.run_sync()
    for step in stage.scenario.steps:
        step.run(stage)

    moved = {n for e in stage.journal.entries if isinstance(e, Change) and e.kind in ("contacts", "Contact") for n in e.fields}
    mapped = {r.field_on(side) for o in stage.mapping.objects for r in o.fields for side in Side}
    assert {"hs_email_open", "LastActivityDate"} <= moved
    assert not moved & mapped
    assert not stage.has_unsynced_acts
    assert {e.actor for e in stage.journal.entries if isinstance(e, Change) and e.kind == "contacts"} == {Actor.VENDOR_AUTOMATION}


def test_an_activity_does_not_hide_an_edit_that_nobody_has_carried() -> None:
    stage = staged({"edit": {"side": "ma", "set": {"jobtitle": "$fresh"}}}, {"activity": {"side": "ma"}})
    stage.run_sync()
    for step in stage.scenario.steps:
        step.run(stage)

    assert stage.has_unsynced_acts


# -- old records ----------------------------------------------------------------------------------------------------------


def test_untouched_days_age_the_seeded_and_not_who_comes_in_later() -> None:
    stage = done({"ramp": {"to": [5]}}, untouched_days=1900)
    now = stage.sandbox.world.clock.now_ms()
    days = sorted((now - row.modified_ms) // 86_400_000 for row in stage.sandbox.crm.store.rows("Contact"))

    assert days[:2] == [0, 0]
    assert all(age >= 1900 for age in days[2:])


# -- switches -------------------------------------------------------------------------------------------------------------


def test_a_switch_changes_the_mock_and_an_unknown_one_is_told_with_what_exists() -> None:
    stage = done({"switch": {"system": "ma", "name": "search_most_results", "value": 400}})

    assert stage.sandbox.ma.settings["search_most_results"] == 400
    with pytest.raises(SetupError, match="search_most_results"):
        done({"switch": {"system": "ma", "name": "search_most_result", "value": 400}})


# -- time zones -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("clocks", "hours"), [("back", 1), ("forward", -1)])
def test_the_clock_moves_to_shortly_before_the_next_change(clocks: str, hours: int) -> None:
    stage = staged()
    before = stage.sandbox.world.clock.now()
    done_steps = Scenario.model_validate({"steps": [{"move_clock": {"before": {"zone": "Europe/Warsaw", "clocks": clocks, "minutes": 30}}}]})
    done_steps.steps[0].run(stage)
    now = stage.sandbox.world.clock.now()

    def offset(ahead_s: int) -> float:
        at = datetime.fromtimestamp(now.timestamp() + ahead_s, UTC).astimezone(WARSAW).utcoffset()
        assert at is not None
        return at.total_seconds() / 3600

    assert now > before
    assert offset(29 * 60) - offset(31 * 60) == hours


@pytest.mark.parametrize("given", [{}, {"seconds": 1, "before": {"zone": "Europe/Warsaw"}}, {"before": {"zone": "Mars/Olympus"}}])
def test_a_clock_moves_by_seconds_or_to_a_change_in_a_zone_that_exists(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Scenario.model_validate({"steps": [{"move_clock": given}]})


def test_a_zone_that_leaves_its_clocks_alone_is_told() -> None:
    with pytest.raises(SetupError, match="does not turn its clocks"):
        done({"move_clock": {"before": {"zone": "UTC"}}})


def test_a_scenario_may_put_the_connectors_machine_into_another_zone_unless_its_file_says_where_it_stands() -> None:
    from syncproof.connector_file import builtin_reference

    given = {"steps": ["sync"], "options": {"time_zone": "Europe/Warsaw"}}
    scenario = Scenario.model_validate(given)
    connector = builtin_reference(())

    assert connector_for(connector, scenario).env["TZ"] == "Europe/Warsaw"
    at_home = connector.model_copy(update={"env": {"TZ": "America/New_York"}})
    assert connector_for(at_home, scenario).env["TZ"] == "America/New_York"
    with pytest.raises(SetupError, match="Mars/Olympus"):
        connector_for(connector, Scenario.model_validate({**given, "options": {"time_zone": "Mars/Olympus"}}))


# -- people who come in meanwhile -----------------------------------------------------------------------------------------


def test_people_who_come_in_while_a_sync_runs_are_counted_too() -> None:
    inner = {"meanwhile": {"system": "ma", "do": [{"create": {"side": "ma", "object": "lead", "count": 2}}]}}

    assert newcomers(Scenario.model_validate({"steps": [inner, "sync", {"create": {"side": "crm"}}]})) == 3
