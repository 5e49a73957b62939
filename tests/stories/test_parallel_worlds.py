"""Sixteen worlds at once: each holds its own planted marker and nobody else's, and the result is that of one after another."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest
from syncproof.connector_file import builtin_reference
from syncproof.drivers import Ended
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.run_request import RunRequest
from syncproof.runner import Runner
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.starting import Starter
from tests.ideal import Ideal
from tests.stories.test_go_live import without_times

WORLDS = 16
MARKER = re.compile(r"Planted in world (\d\d)")


def world(number: int) -> Scenario:
    name = f"worlds/{number:02}"
    edit = {"side": "crm", "set": {"Title": f"Planted in world {number:02}"}}
    steps: list[Any] = ["sync", {"edit": edit}, "sync"]
    return Scenario.model_validate({"population": {"total": 2}, "steps": steps}).placed(name, "", name, ())


class InWorld:
    """The connector of one world. It works in the process, prints what it has seen, and asks its mock over a socket.

    It delivers titles spoilt, so that the report of its world has something to tell.
    """

    engaged = None

    def __init__(self, starter: Starter, meet: Barrier, seen: dict[str, str]) -> None:
        self.starter, self.meet, self.seen = starter, meet, seen
        self.ideal = Ideal(spoil=lambda rule, side, value: f"{value} (spoilt)" if rule.crm == "Title" else value)

    def __call__(self, sandbox: Sandbox, number: int, instances: int = 1) -> Ended:
        self.meet.wait(120)  # nobody goes on before all are at work
        ended = self.ideal(sandbox, number)
        reply = httpx.get(
            f"{sandbox.url(Side.MA)}/crm/v3/objects/contacts?properties=jobtitle", trust_env=False,
            headers={"Authorization": f"Bearer {sandbox.ma.credentials()['token']}"},
        )  # fmt: skip
        assert reply.status_code == 200
        self.seen["shown"] = reply.text
        self.seen["stores"] = str([row.values for side in Side for kind in sandbox.on(side).store.kinds for row in sandbox.on(side).store.rows(kind)])
        (self.starter._output / f"sync-{number}.log").write_text(reply.text)
        return ended

    def stop(self) -> None:
        self.starter.stop()


class Worlds(Runner):
    def __init__(self, jobs: int, report: Path, numbers: range = range(1, WORLDS + 1)) -> None:
        path = default_mapping_file()
        chosen = tuple(map(world, numbers))
        super().__init__(RunRequest(chosen, builtin_reference(()), load_mapping(path), path, report, seed=3, jobs=jobs))
        self.meet = Barrier(jobs)
        self.seen: dict[str, dict[str, str]] = {s.id: {} for s in chosen}

    def _starter(self, scenario: Scenario, sandbox: Sandbox, work: Path) -> Any:
        return InWorld(super()._starter(scenario, sandbox, work), self.meet, self.seen[scenario.id])


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    played = Worlds(WORLDS, tmp_path_factory.mktemp("together"))
    played.run()
    return played


def result_of(worlds: Worlds) -> dict[str, Any]:
    assert worlds.request.report_dir is not None
    found: dict[str, Any] = json.loads((worlds.request.report_dir / "result.json").read_text())
    return found


def by_world(worlds: Worlds) -> Mapping[str, Mapping[str, str]]:
    """Return place -> id of the scenario -> everything that stands there: stores, journal, report..."""
    folder = worlds.request.report_dir
    assert folder is not None
    journal: dict[str, str] = {}
    with gzip.open(folder / "journal.jsonl.gz", "rt") as lines:
        for line in lines:
            name = json.loads(line)["scenario"]
            journal[name] = journal.get(name, "") + line
    return {
        "stores": {name: seen["stores"] for name, seen in worlds.seen.items()},
        "shown": {name: seen["shown"] for name, seen in worlds.seen.items()},
        "entries": {name: str(entries) for name, entries in worlds.journals.items()},
        "journal": journal,
        "report": {s["id"]: json.dumps(s) for s in result_of(worlds)["scenarios"]},
        "output": {
            name: "".join(p.read_text() for p in (folder / "connector-output" / name.replace("/", "__")).iterdir()) for name in worlds.seen
        },
    }


def test_each_world_holds_its_own_marker_and_no_other(together: Worlds) -> None:
    for place, texts in by_world(together).items():
        assert len(texts) == WORLDS, place
        for name, text in texts.items():
            assert set(MARKER.findall(text)) == {name[-2:]}, (place, name)


def test_sixteen_at_once_come_to_the_same_result_as_one_after_another(together: Worlds, tmp_path: Path) -> None:
    alone = Worlds(1, tmp_path, range(1, 6))
    alone.run()

    one, many = (json.dumps(without_times(result_of(worlds)["scenarios"][:5])) for worlds in (alone, together))
    assert one == many
    assert {s["verdict"] for s in result_of(together)["scenarios"]} == {"FAIL"}
    assert "Planted in world 05 (spoilt)" in many
