"""Sandboxes in each network mode, and a connector that is any program in them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from syncproof.drivers import Ended
from syncproof.drivers.command import Command
from syncproof.errors import InputError
from syncproof.mapping.load import load_mapping
from syncproof.network import Plan
from syncproof.network.egress import Attempt, attempts
from syncproof.network.enclosure import EnclosureError, enclose
from syncproof.network.trust import Surroundings
from syncproof.sandbox import Sandbox, default_mapping_file


def open_sandbox(mode: str) -> Sandbox:
    """Return a running sandbox; skip where the system has no namespaces for us."""
    around = Surroundings(Path(sys.executable), (Path(__file__).parent,))
    try:
        return Sandbox(load_mapping(default_mapping_file()), 5, plan=Plan(mode, around)).start()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def isolated() -> Iterator[Sandbox]:
    sandbox = open_sandbox("isolated")
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="session")
def proxied() -> Iterator[Sandbox]:
    sandbox = open_sandbox("proxy")
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="session")
def fenced(proxied: Sandbox) -> Iterator[tuple[int, ...]]:
    """Namespaces in which there is nothing but the proxy, so that no client of a test ever knocks at a real vendor."""
    proxy = proxied.network._proxy
    try:
        enclosure = enclose([], [("127.0.0.1", proxy_port(proxied))], ("127.0.0.1", 53))
    except EnclosureError as error:
        pytest.skip(str(error))

    async def serve() -> asyncio.Server:
        return await asyncio.start_server(proxy._talk, sock=enclosure.listeners[0])

    server = proxied._servers.perform(serve())
    yield enclosure.namespaces
    proxied.call(server.close)
    enclosure.close()
    enclosure.names.close()


def proxy_port(sandbox: Sandbox) -> int:
    return int(sandbox.network.proxy_url.rpartition(":")[2])


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Ended]:
    """Run a program as the runner does: with the network's environment, inside its namespaces."""

    def run(sandbox: Sandbox, argv: Sequence[str], namespaces: tuple[int, ...] = (), timeout_s: float = 30.0) -> Ended:
        network = sandbox.network
        known = sandbox.placeholders()
        env = {**network.environment, "TOKEN": known["ma.token"], "NAME": sandbox.network.mode, "SF_USER": known["crm.username"],
               "SF_PASSWORD": known["crm.password"], "SF_CLIENT": known["crm.client_id"],
               "SF_SECRET": known["crm.client_secret"]}  # fmt: skip
        network.sync_begins()
        ended = Command(0.5).run(argv, env, tmp_path, timeout_s, tmp_path / "log", tmp_path / "home", namespaces or network.entrance)
        network.sync_ended()
        return ended

    return run


def tried(sandbox: Sandbox) -> list[Attempt]:
    """Return what was tried in the last sync."""
    entries = sandbox.world.journal.entries
    begun = max(e.seq for e in entries if getattr(e, "name", "") == "network")
    return attempts(entries[begun:])


def asked_hosts(sandbox: Sandbox) -> list[str]:
    """Return the hosts that requests of the last sync were meant for, once each, in order."""
    entries = sandbox.world.journal.entries
    begun = max(e.seq for e in entries if getattr(e, "name", "") == "network")
    return list(dict.fromkeys(e.request_headers["host"] for e in sandbox.world.journal.exchanges(begun)))
