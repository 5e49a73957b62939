"""A connector in Node, written apart from the harness: the right one is let through, each mistake is named.

It shares no code and no idea with `syncproof.reference`: another language, the vendors' JavaScript SDKs, one way only,
its own mapping, hashes in a JSON file. What holds for it holds because the harness judges behaviour.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from syncproof.errors import InputError
from syncproof.mapping.load import load_mapping
from syncproof.model import RunResult, ScenarioResult, Verdict
from syncproof.ordering import make_request, mapping_problems
from syncproof.runner import run

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "node"
OWN = sorted((FOLDER / "scenarios").glob("*.yaml"))
SHIPPED = (
    "consent/opt_out_in_ma_survives_push",
    "faults/one_bad_record",
    "faults/server_down",
    "lifecycle/deleted_in_the_crm",
)
# What npm says when it is the network that is missing, and not something of ours that is wrong.
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT")
# The mistake, where it shows, and the rule that names it.
MISTAKES = {
    "first_batch_only": ("two_batches", "SCOPE-001"),
    "leaves_refusals_behind": ("new_address", "CONS-002"),
    "prints_people": ("two_batches", "SECRET-001"),
    "resends_everything": ("stray_edits", "FIELD-002"),
    "resubscribe": ("yes_and_no", "CONS-001"),
    "swap_day_month": ("two_batches", "FIELD-009"),
    "upsert_after_move": ("new_address", "IDENT-001"),
}


@pytest.fixture(scope="module")
def node_modules() -> Path:
    """Return the installed packages; skips where there is no Node, no npm, or no way to the registry."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no `{program}` in PATH")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < 20:
        pytest.skip(f"the connector needs Node 20, this is {version.strip()}")
    with (FOLDER / "package-lock.json").open() as lock:
        # Test processes that run side by side must not install into one folder at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install()
    return FOLDER / "node_modules"


def _install() -> None:
    # The list that npm leaves behind; `make test` has installed already (tools/node_modules.sh), as a rule.
    stamp, wanted = FOLDER / "node_modules" / ".package-lock.json", FOLDER / "package-lock.json"
    if stamp.is_file() and stamp.stat().st_mtime >= wanted.stat().st_mtime:
        return
    try:
        done = subprocess.run(["npm", "ci"], cwd=FOLDER, capture_output=True, text=True, timeout=240, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("`npm ci` did not end in four minutes")
    if done.returncode and any(word in done.stderr for word in OFFLINE):
        pytest.skip(f"`npm ci` cannot reach the registry: {done.stderr.strip().splitlines()[0]}")
    assert done.returncode == 0, done.stderr
    stamp.touch()


@pytest.fixture(scope="module")
def right_one(node_modules: Path) -> dict[str, ScenarioResult]:
    """Return name of a scenario -> what the connector without a mistake made of it."""
    request = make_request([*map(str, OWN), *SHIPPED], connector=FOLDER / "connector.yaml")
    return {scenario.id.removeprefix("scenarios/"): scenario for scenario in run(request).scenarios}


@pytest.fixture
def wrong_one(node_modules: Path, tmp_path: Path) -> Callable[..., RunResult]:
    """Return a function that runs one scenario with a mistake in the program (`BUG`) or in the connector file."""

    def run_one(scenario: str, mistake: str = "", **changes: object) -> RunResult:
        connector = yaml.safe_load((FOLDER / "connector.yaml").read_text("utf-8")) | changes
        connector["env"]["BUG"] = mistake
        connector["mapping"] = str(FOLDER / connector["mapping"])
        connector["start"]["cwd"] = str(FOLDER)
        path = tmp_path / "connector.yaml"
        path.write_text(yaml.safe_dump(connector), "utf-8")
        own = FOLDER / "scenarios" / f"{scenario}.yaml"
        return run(make_request([str(own) if own.is_file() else scenario], connector=path))

    return run_one


def told(result: ScenarioResult) -> str:
    return "\n".join([f"{result.id}: {result.verdict} {result.reason}", *(f"{f.rule} {f.message}" for f in result.findings[:10])])


@pytest.mark.parametrize("name", [*(path.stem for path in OWN), *SHIPPED])
def test_the_right_connector_passes(right_one: dict[str, ScenarioResult], name: str) -> None:
    assert right_one[name].verdict is Verdict.PASS, told(right_one[name])


def test_a_pass_means_that_something_was_looked_at(right_one: dict[str, ScenarioResult]) -> None:
    looked = {rule for result in right_one.values() for rule in result.rules_checked}

    assert {"STATUS-001", *(rule for _, rule in MISTAKES.values())} <= looked
    assert {"CONS-007", "CONS-008", "DEAD-001", "DEAD-002", "FIELD-001", "FIELD-003", "FIELD-004"} <= looked
    assert {"LINK-001", "QUIET-001", "SCOPE-002", "SCOPE-003"} <= looked


def test_every_cell_of_the_matrix_was_judged(right_one: dict[str, ScenarioResult]) -> None:
    cells = right_one["matrix"].matrix

    assert len(cells) > 50
    assert {cell["verdict"] for cell in cells} == {"PASS"}


def test_the_mocks_know_every_call_of_two_sdks_they_were_not_written_with(right_one: dict[str, ScenarioResult]) -> None:
    assert [call for result in right_one.values() for call in result.unsupported] == []


def test_faults_did_strike(right_one: dict[str, ScenarioResult]) -> None:
    assert right_one["faults/server_down"].faults_fired
    assert [sync.exit_code for sync in right_one["faults/one_bad_record"].syncs][:2] == [1, 0]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_the_right_rule(wrong_one: Callable[..., RunResult], mistake: str) -> None:
    scenario, rule = MISTAKES[mistake]

    (result,) = wrong_one(scenario, mistake).scenarios

    assert result.verdict is Verdict.FAIL
    assert rule in {finding.rule for finding in result.findings}, told(result)


def test_an_exit_code_that_the_connector_file_calls_success_is_a_claim_of_success(wrong_one: Callable[..., RunResult]) -> None:
    (result,) = wrong_one("faults/one_bad_record", success={"exit_codes": [0, 1]}).scenarios

    assert "STATUS-001" in {finding.rule for finding in result.findings}, told(result)


def test_every_mistake_of_the_program_is_tried() -> None:
    source = (FOLDER / "lib" / "settings.mjs").read_text("utf-8")
    listed = source.partition("const BUGS = [")[2].partition("];")[0]

    assert {line.split("'")[1] for line in listed.strip().splitlines()} == set(MISTAKES)


def test_the_mapping_says_itself_that_refusals_made_in_the_ma_stay_there() -> None:
    problems = mapping_problems(load_mapping(FOLDER / "one_way.yaml"))

    assert len(problems) == 2
    assert all("a refusal given in the MA never leaves it" in problem for problem in problems)


def test_a_scenario_about_leads_is_no_pass_for_a_connector_without_leads(node_modules: Path) -> None:
    result = run(make_request(["overwrite/lead_matrix"], connector=FOLDER / "connector.yaml"))

    assert result.verdict is Verdict.UNKNOWN
    assert "no object `lead`" in result.scenarios[0].reason


def test_the_lock_pins_contents_and_names_no_registry() -> None:
    packages = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))["packages"]

    assert all(package.get("integrity") for path, package in packages.items() if path)
    assert not any("resolved" in package for package in packages.values())


def test_a_bug_is_for_the_reference_connector_only() -> None:
    with pytest.raises(InputError, match="only the reference connector"):
        make_request(["two_batches"], connector=FOLDER / "connector.yaml", bugs=["anything"])
