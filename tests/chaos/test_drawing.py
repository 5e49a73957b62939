"""Chaos draws: the same seed the same scenarios, within reach, within the budget, and nothing that nobody can survive."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from syncproof.cli import invoke
from syncproof.errors import InputError
from syncproof.mapping.grammar import Deletes, Erases, Mapping, Side
from syncproof.mapping.load import load_mapping
from syncproof.ordering import chosen_scenarios, ground_of, make_request
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.chaos import MOST_NUMBER, PACK_SIZE, drawn, drawn_text, number_of
from syncproof.scenario.chaos.drawing import APART, LATE, MOST_EVENTS, MOST_PEOPLE, SYNCS_TO_RECOVER, draw
from syncproof.scenario.chaos.ground import Ground, survey
from syncproof.scenario.loader import load_scenario
from syncproof.scenario.packs import find_pack
from syncproof.scenario.reach import every_step, out_of_reach
from syncproof_mocks.dice import Dice

STORIES = 200


@cache
def default() -> Mapping:
    return load_mapping(default_mapping_file())


@cache
def sandbox() -> Sandbox:
    return Sandbox(default())


@cache
def ground() -> Ground:
    return survey(default(), {side: sandbox().on(side) for side in Side})


@cache
def many() -> list[Any]:
    return [scenario for seed in (1, 2, 3) for scenario in drawn(range(1, 21), seed, ground())]


def steps(scenario: Any) -> Iterator[Any]:
    for line in scenario.steps:
        yield from every_step(line)


def words(ground: Ground) -> set[str]:
    """Return the words of all steps, and of those inside them, over many stories."""
    found = set()
    for number in range(STORIES):
        for step in draw(Dice(number).stream("chaos"), ground).steps:
            ((word, settings),) = step.items()
            found |= {word, *(inner if isinstance(inner, str) else next(iter(inner)) for inner in settings.get("do", ()))}
            found |= {settings["fault"]} if word == "inject" else set()
    return found


def narrowed(**objects: Any) -> Ground:
    """Return the ground of the default mapping with its contacts only, changed."""
    contact = default().of("contact")
    assert contact is not None
    mapping = default().model_copy(update={"objects": (contact.model_copy(update=objects),)})
    return survey(mapping, {side: sandbox().on(side) for side in Side})


# -- the same seed ---------------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_scenarios_byte_for_byte_and_another_seed_others() -> None:
    one, again, other = ([drawn_text(n, seed, ground()) for n in range(1, PACK_SIZE + 1)] for seed in (3, 3, 4))

    assert one == again
    assert not set(one) & set(other)
    assert len({text.partition("population:")[2] for text in one}) == PACK_SIZE


def test_one_scenario_does_not_depend_on_which_others_are_drawn() -> None:
    assert drawn([7], 3, ground())[0] == drawn(range(1, 9), 3, ground())[6]


def test_a_new_sandbox_gives_the_same_ground() -> None:
    assert drawn_text(7, 3, ground_of(default())) == drawn_text(7, 3, ground())


# -- what is drawn ---------------------------------------------------------------------------------------


def test_every_drawn_fault_can_strike_and_every_field_exists_and_can_be_edited() -> None:
    dialects = {side: sandbox().on(side) for side in Side}
    for scenario in many():
        assert out_of_reach(scenario, dialects) == []
        for step in steps(scenario):
            if step.name == "edit":
                known = dialects[step.settings.side].schema("Contact" if step.settings.side is Side.CRM else "contacts")
                lead = dialects[step.settings.side].schema("Lead" if step.settings.side is Side.CRM else "contacts")
                infos = [known.get(name) or lead.get(name) for name in step.settings.set]
                assert all(info is not None and info.updateable for info in infos), step


def test_the_budget_is_kept_and_everything_is_healed_before_the_last_syncs() -> None:
    for scenario in many():
        assert scenario.population.total <= MOST_PEOPLE
        there = [step.name for step in scenario.steps]
        assert there[-SYNCS_TO_RECOVER:] == ["sync"] * SYNCS_TO_RECOVER
        events = [w for w in there if w not in ("sync", "heal")]
        assert 1 <= len(events) <= MOST_EVENTS
        faults = [n for n, w in enumerate(there) if w == "inject"]
        if faults:
            assert "heal" in there[faults[-1]:-SYNCS_TO_RECOVER]
        assert all(step.settings.optional for step in steps(scenario) if step.name in ("inject", "meanwhile"))


def test_over_some_seeds_every_sort_of_step_and_every_fault_comes_up() -> None:
    people = {"edit", "opt_out", "opt_in", "create", "delete", "erase", "change_owner", "bounce", "activity"}

    assert words(ground()) == people | {"move_clock", "lose_state", "meanwhile", "kill", "inject", "heal", "sync"} | {
        trouble.fault for trouble in ground().troubles
    }


def test_what_is_kept_apart_is_never_drawn_together() -> None:
    for number in range(STORIES):
        story = draw(Dice(number).stream("chaos"), ground())
        there = {word for step in story.steps for word in (*step, step.get("inject", {}).get("fault"))}
        assert not [pair for pair in APART if pair <= there]


def test_a_fault_that_shows_the_past_begins_when_everything_is_older_and_holds_until_healed() -> None:
    found = 0
    for scenario in many():
        for before, step in zip(scenario.steps, scenario.steps[1:], strict=False):
            if step.name == "inject" and step.settings.fault in LATE:
                found += 1
                assert before.name == "move_clock"
                assert before.settings.seconds > step.settings.settings["lag_s"]
                assert (step.settings.times, step.settings.after, step.settings.probability) == (None, 0, 1.0)
    assert found


def test_nobody_who_is_gone_is_touched_again() -> None:
    gone = 0
    for scenario in many():
        ended: list[Any] = []
        for step in steps(scenario):
            who = getattr(step.settings, "who", None)
            assert who is None or who not in ended, (scenario.id, scenario.why)
            if step.name in ("delete", "erase"):
                ended.append(who)
                gone += 1
    assert gone


# -- what a mapping does not offer -----------------------------------------------------------------------


def test_what_the_mapping_has_no_rule_for_is_not_drawn() -> None:
    bare = narrowed(creates=(), owner=None, deletes=Deletes(), erases=Erases())

    assert not words(bare) & {"create", "change_owner", "delete", "erase"}
    assert {"edit", "opt_out", "inject"} <= words(bare)


def test_fields_that_no_person_can_edit_are_not_offered() -> None:
    fields = {(f.object, f.rule.crm): f.sides for f in ground().fields}

    assert ("contact", "Email") not in fields
    assert ("contact", "National_Id__c") not in fields
    assert ("contact", "HasOptedOutOfEmail") not in fields
    assert fields["contact", "Title"] == tuple(Side)


def test_a_connector_in_our_own_process_is_never_killed() -> None:
    ours = survey(default(), {side: sandbox().on(side) for side in Side}, can_kill=False)

    assert "kill" not in words(ours)
    assert "meanwhile" in words(ours)


def test_a_mapping_that_leaves_nothing_to_edit_is_told() -> None:
    with pytest.raises(InputError, match="the mapping has no field of contacts or leads that people could edit"):
        drawn([1], 1, narrowed(fields=()))


# -- names -----------------------------------------------------------------------------------------------


def test_the_pack_is_the_first_ones_and_a_name_is_one_of_them() -> None:
    pack = make_request([], pack="chaos", seed=3).scenarios
    (seventh,) = make_request(["chaos/7"], seed=3).scenarios

    assert [s.id for s in pack] == [f"chaos/{n}" for n in range(1, PACK_SIZE + 1)]
    assert seventh == pack[6]
    assert seventh.argument == "chaos/7"


@pytest.mark.parametrize("name", ["chaos/0", "chaos/07", f"chaos/{MOST_NUMBER + 1}"])
def test_a_number_that_there_is_not_is_told(name: str) -> None:
    with pytest.raises(InputError, match=f"from `chaos/1` to `chaos/{MOST_NUMBER}`"):
        number_of(name)


def test_the_pack_cannot_be_had_where_scenarios_stand_in_files() -> None:
    assert number_of("consent/full_resync") is None
    with pytest.raises(InputError, match="are drawn when they are run. Write `syncproof run --pack chaos`"):
        find_pack("chaos").of([])
    with pytest.raises(InputError, match="`chaos` is a pack"):
        chosen_scenarios(["chaos"])


# -- keeping one -----------------------------------------------------------------------------------------


def test_show_prints_a_file_that_says_the_same_when_it_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["show", "chaos/7", "--seed", "3"]) == 0
    text = capsys.readouterr().out
    kept = tmp_path / "found.scenario.yaml"
    kept.write_text(text)

    (original,) = drawn([7], 3, ground())
    assert text == drawn_text(7, 3, ground())
    assert load_scenario(kept).model_dump() == original.model_dump()


def test_the_story_tells_every_step_in_words() -> None:
    for scenario in many()[:40]:
        told = [line for line in scenario.why.splitlines() if line[:1].isdigit()]
        assert len(told) == len(scenario.steps)
        assert all(line.endswith(".") for line in told)
    assert "chaos/1" in yaml.safe_load(drawn_text(1, 1, ground()))["scenario"]


def test_show_prints_the_file_of_a_built_in_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["show", "faults/killed_midway"]) == 0
    assert "killed in the middle" in capsys.readouterr().out
    assert invoke(["show", "faults"]) == 64
    assert "Name one of them." in capsys.readouterr().err
