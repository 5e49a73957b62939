"""The one way into a private network: open while somebody inside listens, closed otherwise, and gone with its owner."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from syncproof.drivers._running import Running
from syncproof.network.gate import Gate
from syncproof.sandbox import Sandbox

# Answers each connection with what it was sent, in capitals, once the sender has said that this was all.
SERVER = """
import os, socket, sys
door = socket.create_server((sys.argv[2], int(sys.argv[1])), family=socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET)
print(os.getpid(), flush=True)
while True:
    one, _ = door.accept()
    told = b""
    while part := one.recv(65536): told += part
    one.sendall(told.upper())
    one.close()
"""
Serve = Callable[..., Running]


@pytest.fixture
def gate(isolated: Sandbox) -> Iterator[Gate]:
    gate = isolated.network.gate()
    assert gate is not None
    yield gate
    gate.close()


@pytest.fixture
def serve(isolated: Sandbox, tmp_path: Path) -> Iterator[Serve]:
    begun: list[Running] = []

    def start(gate: Gate, address: str = "127.0.0.1") -> Running:
        argv = [sys.executable, "-I", "-S", "-c", textwrap.dedent(SERVER), str(gate.port), address]
        begun.append(Running(argv, {}, tmp_path, 30, tmp_path / f"log{len(begun)}", 0.1, isolated.network.entrance))
        return begun[-1]

    yield start
    for one in begun:
        one.kill()
        if not one.is_over:
            one.wait()


def is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def is_at_work(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def becomes(port: int, state: bool) -> bool:
    until = time.monotonic() + 10
    while is_open(port) != state and time.monotonic() < until:
        time.sleep(0.01)
    return is_open(port) == state


def said(port: int, words: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(words)
        sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(65536), b""))


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1"])
def test_what_listens_inside_is_called_from_outside(gate: Gate, serve: Serve, address: str) -> None:
    assert not is_open(gate.port)
    serve(gate, address)

    assert becomes(gate.port, True)
    words = b"some words " * 100_000
    assert said(gate.port, words) == words.upper()
    assert said(gate.port, b"again") == b"AGAIN"


def test_it_closes_with_who_listened_and_opens_for_the_next(gate: Gate, serve: Serve) -> None:
    for _ in range(2):
        inside = serve(gate)
        assert becomes(gate.port, True)
        inside.kill()
        inside.wait()
        assert becomes(gate.port, False)


def test_after_a_look_it_is_as_open_as_what_it_leads_to(gate: Gate, serve: Serve) -> None:
    for _ in range(6):
        inside = serve(gate)
        assert becomes(gate.port, True)
        assert inside.await_text("\n", 10)
        server = int(inside.printed()[0])
        os.kill(server, signal.SIGKILL)
        while is_at_work(server):
            continue  # not a moment longer: the gate's own looks are rare

        gate.look()

        assert not is_open(gate.port)
        inside.wait()


def test_nobody_else_can_take_its_port_meanwhile(gate: Gate) -> None:
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", gate.port))


def test_closed_it_leaves_no_process_and_no_port(gate: Gate, serve: Serve) -> None:
    serve(gate)
    assert becomes(gate.port, True)

    gate.close()
    gate.close()

    assert not is_open(gate.port)
    assert gate._process.returncode == 0


def test_it_ends_with_its_owner(isolated: Sandbox, tmp_path: Path) -> None:
    code = """
        import os, sys
        from syncproof.network.gate import Gate
        gate = Gate([int(word) for word in sys.argv[1:]])
        print(gate._process.pid, flush=True)
        os.kill(os.getpid(), 9)
    """
    entrance = isolated.network.entrance
    owner = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, entrance)], capture_output=True, pass_fds=entrance, cwd=tmp_path, check=False
    )
    pid = int(owner.stdout)

    until = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not Path(f"/proc/{pid}").exists()
