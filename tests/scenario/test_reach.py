"""Faults of a scenario that could never strike are told before anything runs; those of some people strike only them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from syncproof.connector_file import builtin_reference
from syncproof.errors import InputError
from syncproof.evidence import Link
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.run_request import RunRequest
from syncproof.runner import Runner
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.scenario.loader import load_scenario
from syncproof.scenario.reach import out_of_reach, refuse_out_of_reach
from syncproof.validation import validate_files
from tests.scenario.test_every_step import on_stage


def dialects() -> dict[Side, Any]:
    sandbox = Sandbox(load_mapping(default_mapping_file()), 3)
    return {side: sandbox.on(side) for side in Side}


def scenario(*injects: dict[str, Any]) -> Scenario:
    return Scenario.model_validate({"steps": [{"inject": i} for i in injects] + ["sync"]}).placed("test/case", "mine.yaml", "", (3, 7))


@pytest.mark.parametrize(("inject", "says"), [
    ({"fault": "server_error", "system": "crm", "operation": "objects.*"}, "no operation of salesforce matches `objects.*`"),
    ({"fault": "duplicate_rule", "system": "ma"}, "hubspot has no duplicate rules"),
    ({"fault": "server_error", "system": "ma", "kind": "Contact"}, "hubspot has no kind `Contact`"),
    ({"fault": "rate_limit", "system": "crm", "settings": {"limit": "second"}}, "salesforce has no limit `second`; it has: daily, concurrent"),
    ({"fault": "late_commit", "system": "crm", "operation": "rows.*"}, "salesforce does so at query.* only"),
])  # fmt: skip
def test_a_rule_that_can_never_match_is_told_with_its_line(inject: dict[str, Any], says: str) -> None:
    (problem,) = out_of_reach(scenario({"fault": "slow"}, inject), dialects())

    assert str(problem).startswith("mine.yaml:7")
    assert says in str(problem)


def test_for_both_systems_the_one_that_does_not_know_it_is_told() -> None:
    (problem,) = out_of_reach(scenario({"fault": "duplicate_rule"}), dialects())

    assert "Change the rule, or say `system: crm`." in str(problem)


def test_what_happens_meanwhile_is_looked_at_too() -> None:
    step = {"meanwhile": {"system": "crm", "do": [{"inject": {"fault": "ip_blocked", "system": "ma"}}]}}
    made = Scenario.model_validate({"steps": [step, "sync"]}).placed("test/case", "", "", ())

    (problem,) = out_of_reach(made, dialects())
    assert str(problem).startswith("test/case, step 1")


@pytest.mark.parametrize(("step", "says"), [
    ({"meanwhile": {"system": "ma", "operation": "contacts.*", "do": ["lose_state"]}}, "no operation of hubspot matches `contacts.*`"),
    ({"meanwhile": {"system": "ma", "operation": "writs", "do": ["lose_state"]}}, "lists them), or changes, creates, reads, writes."),
    ("kill", "no sync runs at this step, so there is nothing to kill. Write `kill` under `do` of a `meanwhile`."),
    ({"switch": {"system": "ma", "name": "merge_mod", "value": 1}}, "hubspot has no switch `merge_mod` (did you mean `merge_mode`?"),
    ({"switch": {"system": "ma", "name": "merge_mode", "value": 1}}, "hubspot.merge_mode cannot be 1; allowed: 'new_id', 'keep_primary'"),
])  # fmt: skip
def test_what_could_never_happen_is_told_with_its_line(step: Any, says: str) -> None:
    made = Scenario.model_validate({"steps": ["sync", step, "sync"]}).placed("test/case", "mine.yaml", "", (2, 5, 9))

    (problem,) = out_of_reach(made, dialects())
    assert str(problem).startswith("mine.yaml:5: ")
    assert says in str(problem)


def test_what_can_happen_is_not_told() -> None:
    fine = [
        {"meanwhile": {"system": "crm", "operation": "writes", "at": "write_done", "do": ["kill"]}},
        {"switch": {"system": "ma", "name": "search_most_results", "value": 400}},
        {"inject": {"fault": "row_lock", "operation": "changes"}},
    ]
    assert out_of_reach(Scenario.model_validate({"steps": fine}), dialects()) == []


def test_validate_tells_what_a_run_would_refuse_before_it_starts(tmp_path: Path) -> None:
    one, other = tmp_path / "one.scenario.yaml", tmp_path / "two" / "other.scenario.yaml"
    one.write_text("steps:\n  - sync\n  - inject: {fault: page_shift, system: crm}\n")
    other.parent.mkdir()
    other.write_text("steps:\n  - kill\n")

    with pytest.raises(InputError) as caught:
        validate_files([one, other.parent])
    assert [str(p).partition(": ")[0] for p in caught.value.problems] == [f"{one}:3", f"{other}:2"]
    one.write_text("steps:\n  - sync\n")
    assert [v.kind for v in validate_files([one])] == ["scenario"]


def test_all_problems_of_all_scenarios_are_told_at_once() -> None:
    wrong = scenario({"fault": "duplicate_rule", "system": "ma"}, {"fault": "page_shift", "system": "crm"})

    with pytest.raises(InputError) as caught:
        refuse_out_of_reach([scenario({"fault": "slow"}), wrong, wrong], dialects())
    assert len(caught.value.problems) == 4
    refuse_out_of_reach([scenario({"fault": "slow"})], dialects())


def test_a_run_does_not_begin_with_a_fault_that_can_never_strike() -> None:
    path = default_mapping_file()
    request = RunRequest((scenario({"fault": "page_shift", "system": "crm"}),), builtin_reference(), load_mapping(path), path, None, 1, 1)

    with pytest.raises(InputError, match="salesforce does not fail in this way"):
        Runner(request).run()


@pytest.mark.parametrize(("line", "says"), [
    ("change_schema: {side: ma, field: segment, change: remove_value}", ":2: `steps[0].change_schema`: `change: remove_value` needs a `value`"),
    ("change_schema: {side: ma, field: segment, change: hide, value: key}", "`change: hide` takes no `value`"),
    ("inject: {fault: slow, settings: {seconds: 0}}", ":2: `slow`: `seconds` is above 0"),
    ("inject: {fault: server_error, settings: {status: x}}", ":2: `server_error`: "),
    ("meanwhile: {system: crm, do: [{inject: {fault: slwo}}]}", "no fault is called `slwo` (did you mean `slow`?"),
    ("meanwhile: {system: crm, do: [{inject: {fault: slow, settings: {second: 1}}}]}", "`slow` has no setting `second`"),
])  # fmt: skip
def test_settings_that_a_step_or_a_fault_does_not_take_are_told_when_the_file_is_read(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "a.scenario.yaml"
    path.write_text(f"steps:\n  - {line}\n  - sync\n")

    with pytest.raises(InputError) as caught:
        load_scenario(path)
    assert says in str(caught.value.problems[0])


def test_a_fault_of_some_people_knows_their_records_and_addresses() -> None:
    stage = on_stage([{"inject": {"fault": "row_lock", "system": "crm", "who": {"index": 2}}}])
    person = stage.cast.people[sorted(stage.cast.people)[1]]
    link: Link = stage.record(person, Side.CRM, None)

    stage.scenario.steps[0].run(stage)

    ((side, armed, optional),) = stage.armed
    assert (side, optional) == (Side.CRM, False)
    assert armed.records == {link.record_id.casefold(), link.record_id[:15].casefold(), person.email.casefold()}
    assert armed.fault.records == armed.records  # type: ignore[attr-defined]


def test_a_fault_of_everybody_is_scoped_to_nobody() -> None:
    stage = on_stage([{"inject": {"fault": "row_lock", "kind": "Contact", "system": "crm"}}])
    stage.scenario.steps[0].run(stage)

    armed = stage.armed[0][1]
    assert (armed.records, armed.is_scoped, armed.kinds) == (frozenset(), False, ("contact",))


def test_a_fault_that_struck_is_not_told_as_one_that_did_not() -> None:
    stage = on_stage([{"inject": {"fault": "slow"}}])
    stage.scenario.steps[0].run(stage)
    assert [optional for _, optional in stage.unfelt()] == [False, False]
    stage.armed[0][1].struck = 1

    ((text, _),) = stage.unfelt()
    assert text.startswith("fault `slow` on hubspot (*) never struck (0 requests matched)")
