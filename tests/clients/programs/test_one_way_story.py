"""tap-hubspot and a loader as one connector, through the runner: the whole product on a connector that is not ours."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.errors import InputError
from syncproof.model import RunResult, Verdict
from syncproof.ordering import make_request
from syncproof.runner import run

from .conftest import CONNECTORS, ENVIRONMENTS, skip_without

pytestmark = pytest.mark.slow


@pytest.fixture
def story(tmp_path: Path) -> Callable[..., RunResult]:
    """Run the story with the pipeline in isolated mode; both environments' certificates are found by its PATH."""
    skip_without("clients")
    skip_without("tap-hubspot")

    def run_it(*words: str) -> RunResult:
        loader, tap = (ENVIRONMENTS / name / "bin" for name in ("clients", "tap-hubspot"))
        command = ", ".join([f"{loader}/python", str(CONNECTORS / "pipeline.py"), *words])
        file = tmp_path / "connector.yaml"
        file.write_text(
            f"connector: tap and loader\nnetwork: isolated\nstart: {{command: [{command}]}}\nenv:\n"
            f"  PATH: {loader}:{tap}:{os.defpath}\n  TAP_PYTHON: {tap}/python\n  STREAMS: contacts\n"
            '  STATE_DIR: "{state_dir}"\n  SF_USERNAME: "{crm.username}"\n  SF_PASSWORD: "{crm.password}"\n'
            '  TAP_CONFIG: \'{"api_key": "{ma.token}", "start_date": "2000-01-01T00:00:00Z"}\'\n'
        )
        request = make_request(
            [str(CONNECTORS / "one_way.yaml")], connector=file, mapping=CONNECTORS / "one_way_mapping.yaml", seed=3
        )
        try:
            return run(request)
        except InputError as error:
            pytest.skip(str(error))

    return run_it


def test_a_pipeline_that_carries_everything_passes(story: Callable[..., RunResult]) -> None:
    result = story()

    (scenario,) = result.scenarios
    assert result.verdict is Verdict.PASS, [f.message for f in scenario.findings] + [scenario.reason]
    assert {"EGRESS-001", "CONS-001"} <= set(scenario.rules_checked)
    assert (scenario.unsupported, scenario.other_hosts) == ((), ())
    assert scenario.calls["objects.list"] == len(scenario.syncs)


def test_a_pipeline_that_forgets_the_opt_outs_fails_for_just_that(story: Callable[..., RunResult]) -> None:
    result = story("--forgets-opt-outs")

    (scenario,) = result.scenarios
    assert result.verdict is Verdict.FAIL
    assert {f.rule.partition("-")[0] for f in scenario.findings} == {"CONS"}
    assert {f.field for f in scenario.findings} == {"email/*"}
    assert len({f.person for f in scenario.findings}) == 2
