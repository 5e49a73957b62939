"""Each way out that a connector tries becomes the finding EGRESS-001, wherever we hold the path."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syncproof.errors import InputError
from syncproof.ordering import make_request
from syncproof.runner import run

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the connector is a line of shell with curl")

STORY = "population: {total: 2, kinds: {customer: 1}}\noptions: {final_quiet: false}\nsteps: [sync]\n"
CURL = "curl -s -m 5"


@pytest.fixture
def found(tmp_path: Path) -> Callable[[str, str], list[Any]]:
    """Return what is found by the rule about other hosts when a line of shell is the connector."""

    def run_it(network: str, code: str) -> list[Any]:
        (tmp_path / "s.scenario.yaml").write_text(STORY)
        command = json.dumps(["sh", "-c", f"{code}; exit 0"])
        (tmp_path / "c.yaml").write_text(f"connector: x\nnetwork: {network}\nstart: {{command: {command}}}\n")
        try:
            result = run(make_request([str(tmp_path / "s.scenario.yaml")], connector=tmp_path / "c.yaml"))
        except InputError as error:
            pytest.skip(str(error))
        (scenario,) = result.scenarios
        assert ("EGRESS-001" in scenario.rules_checked) is (network != "direct")
        return [f.found for f in scenario.findings if f.rule == "EGRESS-001"]

    return run_it


def test_in_the_private_network_by_name_by_number_and_by_a_proxy_of_its_own(found: Callable[[str, str], list[Any]]) -> None:
    tries = (
        f"{CURL} https://telemetry.example/", f"{CURL} https://203.0.113.7/",
        f"HTTPS_PROXY=http://proxy.example:3128 {CURL} https://api.hubapi.com/",
        f"{CURL} -x http://198.51.100.1:3128 https://api.hubapi.com/",
    )  # fmt: skip

    assert sorted(found("isolated", "; ".join(tries))) == ["addresses by number (2 times)", "proxy.example", "telemetry.example"]


def test_through_our_proxy_by_name_and_by_number(found: Callable[[str, str], list[Any]]) -> None:
    tries = f"{CURL} https://telemetry.example/; {CURL} https://203.0.113.7/; {CURL} http://203.0.113.8:8080/"

    assert sorted(found("proxy", tries)) == ["203.0.113.7:443", "203.0.113.8:8080", "telemetry.example:443"]


def test_with_plain_base_urls_nobody_sees_it_and_nothing_is_claimed(found: Callable[[str, str], list[Any]]) -> None:
    # Nothing is sent anywhere: the name cannot exist (RFC 6761).
    assert found("direct", f"{CURL} https://telemetry.invalid/") == []
