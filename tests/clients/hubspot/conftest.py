"""Unmodified clients against one portal: the fixtures of `tests/hubspot`, and @hubspot/api-client in a process of its own."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from syncproof_mocks.ma.hubspot import Hubspot
from tests.connectors import test_node_connector as node_connector
from tests.hubspot.conftest import START_MS, acme, api, bob, hub, hub_server, sdk

__all__ = ["acme", "api", "bob", "hub", "hub_server", "sdk"]
HERE = Path(__file__).parent
OLDEST_NODE = 20


@pytest.fixture
def ann(hub: Hubspot) -> str:
    """Contact `ann@acme.com` (the probes' contact 102); her id."""
    values = {"email": "ann@acme.com", "firstname": "Ann"}
    return hub.seed("contacts", values, created_ms=START_MS - 1000, modified_ms=START_MS - 500).id


@pytest.fixture
def newsletter(hub: Hubspot) -> str:
    """The id of the subscription type that the probes opt out of."""
    hub.subscription_types.add("Newsletter")
    return next(t.id for t in hub.subscription_types if t.name == "Newsletter")


@pytest.fixture(scope="session")
def node() -> Iterator[subprocess.Popen[str]]:
    """A process with the client loaded; skips where there is no Node, no npm, or no way to the registry."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no `{program}` in PATH")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"@hubspot/api-client needs Node {OLDEST_NODE}, this is {version.strip()}")
    with (node_connector.FOLDER / "package-lock.json").open() as lock:
        # Test processes that run side by side must not install into one folder at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        node_connector._install()
    environment = {"PATH": os.environ["PATH"], "CLIENT_MODULES": str(node_connector.FOLDER)}
    with subprocess.Popen(
        ["node", str(HERE / "node" / "client.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def js(node: subprocess.Popen[str], hub: Hubspot) -> Callable[..., dict[str, Any]]:
    """A function that lets the client do one thing: ``{"value": ..., "ms": ...}``, or ``{"error": {name, code, message, body}}``.

    Every call is given the address and the token of the portal, unless it says otherwise.
    """

    def perform(probe: str, **args: Any) -> dict[str, Any]:
        known = {"url": hub.base_url, "token": hub.credentials()["token"]}
        assert node.stdin is not None
        assert node.stdout is not None
        node.stdin.write(json.dumps({"probe": probe, "args": known | args}) + "\n")
        node.stdin.flush()
        return dict(json.loads(node.stdout.readline()))

    return perform
