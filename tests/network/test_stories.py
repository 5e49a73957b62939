"""A connector with hard-coded hosts goes through a built-in scenario, in both modes; who reports home is found."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from syncproof import network
from syncproof.connector_file import builtin_reference
from syncproof.errors import InputError
from syncproof.model import RunResult, Verdict
from syncproof.network.gate import Gate
from syncproof.ordering import make_request
from syncproof.runner import run

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).parent / "clients" / "hard_coded.py"
SCENARIO = "sample_sync/blank_fields"


@pytest.fixture
def sync(tmp_path: Path) -> Callable[..., RunResult]:
    """Run one scenario with the connector in a network mode and write its report."""

    def run_it(network: str, *words: str, scenario: str = SCENARIO) -> RunResult:
        file = tmp_path / "connector.yaml"
        command = ", ".join([sys.executable, str(PROGRAM), *words])
        file.write_text(
            f"connector: hard-coded\nnetwork: {network}\nstart: {{command: [{command}]}}\nenv:\n"
            '  SF_ACCESS_TOKEN: "{crm.token}"\n  HUBSPOT_TOKEN: "{ma.token}"\n  MAPPING_FILE: "{mapping_file}"\n'
            '  STATE_DIR: "{state_dir}"\n'
        )
        request = make_request([scenario], connector=file, mapping=None, report=tmp_path / "report", seed=3, jobs=1)
        try:
            return run(request)
        except InputError as error:
            pytest.skip(str(error))

    return run_it


@pytest.mark.parametrize(("network", "words"), [("isolated", ()), ("proxy", ("--proxied",))])
def test_a_connector_with_hard_coded_hosts_passes(sync: Callable[..., RunResult], network: str, words: tuple[str, ...]) -> None:
    result = sync(network, *words)

    (scenario,) = result.scenarios
    assert result.verdict is Verdict.PASS, [f.message for f in scenario.findings] + [scenario.reason]
    assert result.connector["network"] == network
    assert "EGRESS-001" in scenario.rules_checked
    assert scenario.other_hosts == ()


@pytest.mark.parametrize(
    ("network", "words", "said"),
    [
        ("isolated", (), "asked for the address of telemetry.example"),
        ("proxy", ("--proxied",), "asked the proxy to reach telemetry.example:443"),
    ],
)
def test_who_reports_home_is_found_once_per_sync_and_told_in_the_report(
    sync: Callable[..., RunResult], tmp_path: Path, network: str, words: tuple[str, ...], said: str
) -> None:
    result = sync(network, *words, "--telemetry", "telemetry.example")

    (scenario,) = result.scenarios
    assert result.verdict is Verdict.FAIL
    assert {f.rule for f in scenario.findings} == {"EGRESS-001"}
    assert [f.sync for f in scenario.findings] == [s.number for s in scenario.syncs]
    assert scenario.findings[0].message.startswith(f"Sync 1 {said}. It was refused")
    assert scenario.other_hosts == (said,)
    page = (tmp_path / "report" / "report.html").read_text()
    assert "Other places it tried to reach" in page
    assert any(e.kind == "fault" and "telemetry.example" in e.text for e in scenario.timeline)


def test_direct_base_urls_say_nothing_about_other_hosts(sync: Callable[..., RunResult], tmp_path: Path) -> None:
    file = tmp_path / "direct.yaml"
    file.write_text(
        f"connector: direct\nstart: {{command: [{sys.executable}, -m, syncproof.reference]}}\nenv:\n"
        '  SF_INSTANCE_URL: "{crm.url}"\n  SF_ACCESS_TOKEN: "{crm.token}"\n  HUBSPOT_BASE_URL: "{ma.url}"\n'
        '  HUBSPOT_TOKEN: "{ma.token}"\n  MAPPING_FILE: "{mapping_file}"\n  STATE_DIR: "{state_dir}"\n'
    )
    result = run(make_request([SCENARIO], connector=file, mapping=None, report=None, seed=3, jobs=1))

    (scenario,) = result.scenarios
    assert result.verdict is Verdict.PASS
    assert "EGRESS-001" not in scenario.rules_checked
    assert next(c.reason for c in scenario.checks if c.check == "nothing_leaves") == "nothing to look at in this scenario"


def test_webhooks_reach_a_service_in_a_private_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gates: list[Gate] = []

    def made(namespaces: tuple[int, ...]) -> Gate:
        gates.append(Gate(namespaces))
        return gates[-1]

    monkeypatch.setattr(network, "Gate", made)
    file = tmp_path / "connector.yaml"
    told = builtin_reference(start="service")
    hosts = {"SF_INSTANCE_URL": "{crm.url}", "HUBSPOT_BASE_URL": "https://api.hubapi.com"}
    start = {"service": [sys.executable, *told.start.words[1:]], "ready": {"line": "listening"}}
    webhooks = {name: {"path": one.path, "events": list(one.events)} for name, one in told.webhooks.items()}
    file.write_text(yaml.safe_dump({
        "connector": "reference inside", "network": "isolated", "start": start, "webhooks": webhooks, "env": {**told.env, **hosts},
    }))  # fmt: skip

    (scenario,) = run(make_request(["webhooks/unsubscribe_is_told"], connector=file, seed=3, report=tmp_path / "report")).scenarios

    assert (scenario.verdict, [f.message for f in scenario.findings]) == (Verdict.PASS, []), scenario.reason
    lines = gzip.decompress((tmp_path / "report" / "journal.jsonl.gz").read_bytes()).splitlines()
    tries = [e["detail"].partition(" -> ")[2].partition(":")[0] for e in map(json.loads, lines) if e.get("name") == "webhook"]
    assert tries
    assert set(tries) == {"204"}
    # Held here, so that none ends by being forgotten.
    assert [gate._process.returncode for gate in gates] == [0]
