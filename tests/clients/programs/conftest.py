"""Real programs as connectors: started from a connector file by the product's own driver, in the private network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from syncproof.connector_file import ConnectorFile, expand, load_connector
from syncproof.drivers import Ended
from syncproof.drivers.command import Command
from syncproof.errors import InputError
from syncproof.mapping.load import load_mapping
from syncproof.network import Plan, plan_for
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof_mocks.journal import Exchange
from tests.network.conftest import asked_hosts, tried

CONNECTORS = Path(__file__).parent / "connectors"
ENVIRONMENTS = Path(__file__).parents[3] / ".build" / "clients"


def skip_without(environment: str) -> None:
    """Skip, with the reason, where the environment of a program was not made."""
    if not (ENVIRONMENTS / environment / ".ready").is_file():
        pytest.skip(f"the environment `{environment}` is not installed: tools/client_venvs.sh makes it from PyPI")


@dataclass
class Program:
    """A connector file and the sandbox it runs in. `start` starts it once, as the runner does."""

    connector: ConnectorFile
    sandbox: Sandbox
    folder: Path

    @property
    def state_dir(self) -> Path:
        return self.folder / "state"

    def start(self) -> Ended:
        """Run it to its end; it must have reached nothing but the mocks, left nothing behind, and broken none of them."""
        sandbox, network = self.sandbox, self.sandbox.network
        self.state_dir.mkdir(exist_ok=True)
        expanded = expand(self.connector, {**sandbox.placeholders(), "state_dir": str(self.state_dir)})
        env = {**network.environment, **expanded.env}
        network.sync_begins()
        ended = Command().run(
            expanded.argv, env, self.connector.cwd, self.connector.timeout_s, self.folder / "log", self.folder / "home",
            network.entrance,
        )
        network.sync_ended()
        assert (ended.ended, ended.leftovers) == ("exited", ()), ended.output.decode()[-6000:]
        assert tried(sandbox) == []
        assert [e.crash for e in self.exchanges() if e.crash] == []
        return ended

    def sync(self) -> Ended:
        """Run it to its end, which must be a good one."""
        ended = self.start()
        assert ended.exit_code == 0, ended.output.decode()[-6000:]
        return ended

    def exchanges(self) -> list[Exchange]:
        """Return the requests of the last sync."""
        entries = self.sandbox.world.journal.entries
        begun = max(e.seq for e in entries if getattr(e, "name", "") == "network")
        return list(self.sandbox.world.journal.exchanges(begun))

    def hosts(self) -> set[str]:
        """Return the hosts that the requests of the last sync were meant for."""
        return set(asked_hosts(self.sandbox))

    def not_understood(self) -> list[str]:
        """Return the requests of the last sync that no operation of the mocks takes, or that were answered with a hint."""
        return [f"{e.method} {e.path}: {e.hint}" for e in self.exchanges() if e.operation is None or e.hint]

    def refused(self) -> list[str]:
        """Return the requests of the last sync that were not answered with success."""
        return [f"{e.method} {e.path}: {e.status} {e.response_body[:300]!r}" for e in self.exchanges() if e.status >= 300]

    def catalog(self) -> dict[str, Any]:
        """Return what a Singer tap has found there to be read."""
        found: dict[str, Any] = json.loads((self.state_dir / "catalog.json").read_text())
        return found

    def records(self, run: int) -> dict[str, list[dict[str, Any]]]:
        """Return what a Singer tap has written in its ``run``-th sync (from 1): stream -> records."""
        found: dict[str, list[dict[str, Any]]] = {}
        for line in (self.state_dir / f"records-{run}.jsonl").read_text("utf-8").splitlines():
            message = json.loads(line)
            if message["type"] == "RECORD":
                found.setdefault(message["stream"], []).append(message["record"])
        return found


@pytest.fixture(scope="session")
def _sandboxes() -> Iterator[dict[Plan, Sandbox]]:
    made: dict[Plan, Sandbox] = {}
    yield made
    for sandbox in made.values():
        sandbox.stop()


@pytest.fixture(scope="session")
def program(_sandboxes: dict[Plan, Sandbox], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Program]:
    """A function that returns the program of a connector file, in a fresh world; skips where it cannot run."""

    def make(name: str) -> Program:
        environment = "tap-hubspot" if name == "tap_hubspot" else "clients"
        skip_without(environment)
        connector = load_connector(CONNECTORS / f"{name}.yaml")
        plan = plan_for(connector)
        try:
            if plan not in _sandboxes:
                _sandboxes[plan] = Sandbox(load_mapping(default_mapping_file()), 5, plan=plan).start()
        except InputError as error:
            pytest.skip(str(error))
        sandbox = _sandboxes[plan]
        sandbox.renew(7)
        return Program(connector, sandbox, tmp_path_factory.mktemp(name))

    return make
