"""One program, started in every way: the same stories come to the same verdicts (containers: on a real engine)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from syncproof.model import RunResult, Verdict
from syncproof.ordering import make_request
from syncproof.runner import run
from tests.drivers.engine import IMAGE

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "four_ways"
STORIES = sorted(str(p) for p in (FOLDER / "stories").glob("*.yaml"))
WORDS = [sys.executable, str(FOLDER / "one_way.py")]
ENV = {
    "SF_INSTANCE_URL": "{crm.url}", "SF_ACCESS_TOKEN": "{crm.token}", "HUBSPOT_BASE_URL": "{ma.url}", "HUBSPOT_TOKEN": "{ma.token}",
    "STATE_DIR": "{state_dir}", "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip
TRIGGER = {
    "url": "http://127.0.0.1:{webhook_port}/runs", "poll": "http://127.0.0.1:{webhook_port}/runs/{answer.run.number}",
    "every_s": 0.02, "done": {"path": "$.runs[0].state", "is": "done"}, "success": {"path": "$.runs[0].code", "is": [0]},
}  # fmt: skip
VENDORS = {"HUBSPOT_BASE_URL": "https://api.hubapi.com"}
PORT = {"PORT": "{webhook_port}"}
UP = {"port": "{webhook_port}"}
IMAGE_OF_IT = {"image": IMAGE}
IN_IMAGE = ["python3", "/srv/one_way.py"]
HARD_CODED = {"SF_INSTANCE_URL": "{crm.url}", "HUBSPOT_BASE_URL": "https://api.hubapi.com"}
SETTLE = {"polls": ["crm"], "quiet_s": 0.3}
WAYS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "command": ({"command": WORDS}, {}),
    "service": ({"service": [*WORDS, "--serve"], "ready": UP, "settle": SETTLE}, {**PORT, "POLL_S": "0.15"}),
    "http": ({"service": [*WORDS, "--serve"], "ready": UP, "http": TRIGGER}, PORT),
    "service in a private network": ({"service": [*WORDS, "--serve"], "ready": UP, "settle": SETTLE}, {**PORT, **HARD_CODED, "POLL_S": "0.15"}),
    "http in a private network": ({"service": [*WORDS, "--serve"], "ready": UP, "http": TRIGGER}, {**PORT, **HARD_CODED}),
    "container": ({"container": {**IMAGE_OF_IT, "command": IN_IMAGE}}, {}),
    "container that serves": ({"container": {**IMAGE_OF_IT, "command": [*IN_IMAGE, "--serve"], "mode": "service"}, "ready": UP, "settle": SETTLE}, {**PORT, "POLL_S": "0.15"}),
    "container that is asked": ({"container": {**IMAGE_OF_IT, "command": [*IN_IMAGE, "--serve"]}, "ready": UP, "http": TRIGGER}, PORT),
    "container at the vendors' hosts": ({"container": {**IMAGE_OF_IT, "command": IN_IMAGE}}, {**HARD_CODED}),
    "python": ({"python": "one_way:sync", "cwd": str(FOLDER)}, {}),
    "python, async, at the vendor's host": ({"python": "one_way:sync_async", "cwd": str(FOLDER)}, VENDORS),
}  # fmt: skip


def play(folder: Path, way: str, stories: list[str], **more: str) -> RunResult:
    start, env = WAYS[way]
    network = {"network": "proxy"} if "hosts" in way else {"network": "isolated"} if "private" in way else {}
    text = {"connector": way, **network, "mapping": str(FOLDER / "mapping.yaml"), "start": {"timeout_s": 20, **start}, "env": {**ENV, **env, **more}}
    file = folder / "connector.yaml"
    file.write_text(yaml.safe_dump(text))
    return run(make_request(stories, connector=file))


def told(result: RunResult) -> list[tuple[str, Verdict, list[str], int, str]]:
    return [(s.id, s.verdict, sorted({f.rule for f in s.findings}), len(s.syncs), s.reason) for s in result.scenarios]


@pytest.fixture(autouse=True)
def _engine_where_needed(request: pytest.FixtureRequest) -> None:
    if "container" in request.node.name:
        request.getfixturevalue("engine")


@pytest.mark.parametrize("way", WAYS)
def test_the_same_stories_come_to_the_same_verdicts(tmp_path: Path, way: str) -> None:
    result = play(tmp_path, way, STORIES)

    assert [(verdict, rules) for _, verdict, rules, _, _ in told(result)] == [(Verdict.PASS, [])] * 3, told(result)
    assert [syncs for *_, syncs, _ in told(result)] == [3, 2, 3]


# A container that is asked, or that is sent elsewhere, makes its mistakes in the same program.
@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("container that is asked", "container at the vendors' hosts")])
def test_the_same_mistake_is_found_in_the_same_place(tmp_path: Path, way: str) -> None:
    result = play(tmp_path, way, [s for s in STORIES if "edits" in s], MISTAKE="drops_edits")

    assert [(verdict, rules) for _, verdict, rules, _, _ in told(result)] == [(Verdict.FAIL, ["FIELD-001"])], told(result)
