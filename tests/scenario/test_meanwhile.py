"""Steps that happen while a connector is at work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from syncproof.connector_file import builtin_reference
from syncproof.errors import InputError
from syncproof.mapping.load import load_mapping
from syncproof.model import ScenarioResult, Verdict
from syncproof.run_request import RunRequest
from syncproof.runner import run
from syncproof.sandbox import default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.scenario.loader import load_scenarios

EDIT = "edit: {side: crm, who: {count: 2}, set: {Title: $fresh}}"


def played(tmp_path: Path, *steps: str) -> ScenarioResult:
    text = "population: {total: 4, placement: both, kinds: {customer: 4}}\nsteps:\n" + "".join(f"  - {s}\n" for s in steps)
    (tmp_path / "story.yaml").write_text(text)
    path = default_mapping_file()
    request = RunRequest(tuple(load_scenarios([str(tmp_path / "story.yaml")])), builtin_reference(()), load_mapping(path), path)
    return run(request).scenarios[0]


def test_a_connector_killed_between_two_writes_is_started_again_and_must_make_good(tmp_path: Path) -> None:
    killing = "meanwhile: {system: ma, at: write_done, do: [kill]}"

    result = played(tmp_path, "sync", EDIT, killing, "sync", "sync")

    assert [s.ended for s in result.syncs][:3] == ["exited", "killed", "exited"]
    assert result.verdict is Verdict.PASS, result.findings


def test_a_moment_that_never_comes_is_no_pass(tmp_path: Path) -> None:
    result = played(tmp_path, "meanwhile: {system: ma, nth: 99, do: [{snapshot: x}]}", "sync")

    assert result.verdict is Verdict.UNKNOWN
    assert "ended before the moment" in result.reason


def test_an_operation_nobody_has_ends_the_run_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no operation of hubspot matches"):
        played(tmp_path, "meanwhile: {system: ma, operation: nobody.knows, do: [{snapshot: x}]}", "sync")


def test_what_fails_meanwhile_is_told_with_its_reason(tmp_path: Path) -> None:
    broken = "meanwhile: {system: crm, do: [{edit: {side: crm, set: {Nothing: 1}}}]}"

    result = played(tmp_path, broken, "sync")

    assert result.verdict is Verdict.UNKNOWN
    assert "no field `Nothing`" in result.reason


def test_kill_without_a_running_sync_ends_the_run_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no sync runs at this step"):
        played(tmp_path, "kill", "sync")


@pytest.mark.parametrize("inner", ["sync", {"meanwhile": {"system": "crm", "do": [{"snapshot": "x"}]}}, {"edti": {}}])
def test_a_sync_cannot_happen_within_a_sync_and_unknown_words_are_told(inner: object) -> None:
    with pytest.raises(ValidationError, match="step 1 of `do`"):
        Scenario.model_validate({"steps": [{"meanwhile": {"system": "crm", "do": [inner]}}, "sync"]})


@pytest.mark.parametrize(("entry", "told"), [
    ({"edti": {"side": "crm"}}, ("step 1 of `do`: unknown key `edti`; allowed: activity, ", "Did you mean `edit`?")),
    ({"edit": {"sid": "crm", "set": {"Phone": "1"}}},
     ("the key `side` is missing in `edit`. Add `side: ...`. unknown key `sid` in `edit`; allowed: side, ", "Did you mean `side`?")),
    ({"merge": {"side": "crm", "into": {"indx": 1}}}, ("unknown key `indx` in `merge.into`; allowed: index, ", "Did you mean `index`?")),
])  # fmt: skip
def test_what_is_wrong_inside_is_told_as_it_would_be_outside(tmp_path: Path, entry: Any, told: tuple[str, str]) -> None:
    (tmp_path / "story.yaml").write_text(yaml.safe_dump({"steps": [{"meanwhile": {"system": "ma", "do": [entry]}}, "sync"]}))

    with pytest.raises(InputError) as wrong:
        load_scenarios([str(tmp_path / "story.yaml")])

    (problem,) = wrong.value.problems
    assert told[0] in str(problem)
    assert str(problem).endswith(told[1])
