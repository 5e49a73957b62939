"""Unmodified clients against one org: the fixtures of `tests/salesforce`, and jsforce in a process of its own."""

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
from syncproof_mocks.crm.salesforce import Salesforce
from tests.connectors import test_node_connector as node_connector
from tests.salesforce.conftest import contacts, listening, org, plain, session, sf

__all__ = ["contacts", "listening", "org", "plain", "session", "sf"]
HERE = Path(__file__).parent
OLDEST_NODE = 20


@pytest.fixture(scope="session")
def node() -> Iterator[subprocess.Popen[str]]:
    """A process with jsforce loaded; skips where there is no Node, no npm, or no way to the registry."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no `{program}` in PATH")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"jsforce needs Node {OLDEST_NODE}, this is {version.strip()}")
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
def jsforce(node: subprocess.Popen[str], org: Salesforce) -> Callable[..., dict[str, Any]]:
    """A function that lets jsforce do one thing: ``{"value": ...}``, or ``{"error": {name, code, message, content}}``.

    Every call is given the address and the session of the org, unless it says otherwise.
    """

    def perform(probe: str, **args: Any) -> dict[str, Any]:
        known = {"url": org.base_url, "token": org.credentials()["token"]}
        assert node.stdin is not None
        assert node.stdout is not None
        node.stdin.write(json.dumps({"probe": probe, "args": known | args}) + "\n")
        node.stdin.flush()
        return dict(json.loads(node.stdout.readline()))

    return perform
