"""The private network: built once, entered for each sync, gone without a trace, refused with advice where forbidden."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from syncproof.drivers import Ended
from syncproof.drivers.command import Command
from syncproof.sandbox import Sandbox
from tests.network.conftest import open_sandbox

Start = Callable[..., Ended]

# Runs as nobody: a sandbox, two clients in it, and what they see of themselves. The program itself is the test's.
AS_NOBODY = """
import os, sys
from pathlib import Path
from syncproof.drivers.command import Command
from syncproof.mapping.load import load_mapping
from syncproof.network import Plan
from syncproof.sandbox import Sandbox, default_mapping_file
folder = Path(sys.argv[1])
with Sandbox(load_mapping(default_mapping_file()), 5, plan=Plan("isolated")) as sandbox:
    code = "id -u; grep CapEff /proc/self/status; (exec 3<>/dev/tcp/1.1.1.1/443) || echo fenced; " + sys.argv[2]
    env = {**sandbox.network.environment, "TOKEN": sandbox.placeholders()["ma.token"]}
    ended = Command().run(["/bin/bash", "-c", code], env, folder, 30, folder / "log", folder / "home", sandbox.network.entrance)
    print(ended.output.decode(), ended.ended, ended.exit_code, ended.reason)
"""
# In processes of their own: what an earlier test left to end in this one is not counted.
COUNTED = """
import json, sys, threading
from pathlib import Path
from syncproof import network
from syncproof.errors import InputError
from syncproof.mapping.load import load_mapping
from syncproof.network import Plan
from syncproof.network.enclosure import EnclosureError
from syncproof.sandbox import Sandbox, default_mapping_file

def counted():
    mounts = Path("/proc/self/mountinfo").read_text()
    return {"descriptors": len(list(Path("/proc/self/fd").iterdir())), "threads": threading.active_count(), "mounts": mounts}

def opened(mode):
    return Sandbox(load_mapping(default_mapping_file()), 5, plan=Plan(mode)).start()
"""
STOPPED = """
opened(sys.argv[1]).stop()  # what is made once for the whole process is made now
before = counted()
sandbox = opened(sys.argv[1])
folder = Path(sandbox.placeholders()["ca_file"]).parent
assert folder.exists()
meanwhile = counted()
sandbox.stop()
sandbox.stop()
print(json.dumps([before, meanwhile, counted(), folder.exists()]))
"""
REFUSED = """
opened("direct").stop()
def refuse(*_):
    raise EnclosureError("unshare: Operation not permitted")
network.enclose = refuse
before = counted()
try:
    opened("isolated")
except InputError as error:
    print(json.dumps([before, [[p.where, p.message, p.remedy] for p in error.problems], counted()]))
"""


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """A folder that whoever we become can reach and write to."""
    with tempfile.TemporaryDirectory(prefix="syncproof-nobody-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def told_by(program: str, *arguments: str) -> Any:
    """Run a program after `COUNTED` in a process of its own, and return what it prints."""
    words = [sys.executable, "-c", COUNTED + program, *arguments]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("mode", ["isolated", "proxy"])
def test_nothing_is_left_after_the_end(mode: str) -> None:
    open_sandbox(mode).stop()  # a skip where the system has no namespaces for us

    before, meanwhile, after, is_folder_left = told_by(STOPPED, mode)

    assert meanwhile["threads"] > before["threads"]
    assert meanwhile["descriptors"] > before["descriptors"]
    assert after == before
    assert not is_folder_left


def test_private_keys_never_reach_the_disk(isolated: Sandbox) -> None:
    folder = Path(isolated.placeholders()["ca_file"]).parent
    files = [p for p in folder.rglob("*") if p.is_file()]

    assert len(files) >= 3
    assert not any(b"PRIVATE KEY" in p.read_bytes() for p in files)


@pytest.mark.skipif(os.getuid() != 0, reason="this already runs without root")
def test_it_works_without_root(anybodys: Path) -> None:
    # Nobody may not read where our Python lives; to read is all that it is given.
    may_read = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search"]  # fmt: skip
    if subprocess.run([*may_read, "true"], capture_output=True, check=False).returncode:
        pytest.skip("setpriv (util-linux) cannot make us nobody here")
    if subprocess.run([*may_read, "unshare", "-U", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system has no user namespaces for anyone but root")
    curl = 'curl -sS -o /dev/null -w "%{http_code}" -H "Authorization: Bearer $TOKEN" https://api.hubapi.com/crm/v3/objects/contacts'

    done = subprocess.run(
        [*may_read, sys.executable, "-c", AS_NOBODY, str(anybodys), curl], capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip

    said = done.stdout.split()
    assert said[0] == "65534", done.stdout + done.stderr
    assert said[2] == "0000000000000000"
    assert "fenced" in said
    assert said[-3:] == ["200", "exited", "0"], done.stdout + done.stderr


def test_where_namespaces_are_forbidden_the_run_is_refused_with_advice() -> None:
    before, problems, after = told_by(REFUSED)

    ((where, message, remedy),) = problems
    assert where == "network: isolated"
    assert "unshare: Operation not permitted" in message
    assert "network: proxy" in remedy
    assert after == before


@pytest.mark.skipif(os.getuid() != 0, reason="only root can forbid it")
def test_the_reason_is_the_systems_own(tmp_path: Path) -> None:
    # In a user namespace whose own limit of namespaces is 0, nobody may make more of them.
    code = (
        "from syncproof.network.enclosure import *\n"
        "try: enclose([], [], ('127.0.0.1', 53))\nexcept EnclosureError as e: print('told:', e)"
    )
    shell = f'echo 0 > /proc/sys/user/max_net_namespaces && exec {sys.executable} -c "$CODE"'
    done = subprocess.run(
        ["unshare", "-U", "-r", "/bin/sh", "-c", shell], env={**os.environ, "CODE": code}, capture_output=True, text=True, check=False
    )  # fmt: skip
    if "max_net_namespaces" in done.stderr:
        pytest.skip("the limit cannot be set here")

    assert done.stdout.startswith("told: unshare: "), done.stdout + done.stderr


def test_a_daemon_inside_is_found_and_ended(isolated: Sandbox, start: Start, tmp_path: Path) -> None:
    ended = start(isolated, ["/bin/sh", "-c", "(setsid sh -c 'setsid sleep 61 & echo $! > pid' &); while ! test -s pid; do sleep 0.01; done"])

    pid = int((tmp_path / "pid").read_text())
    assert [told.partition(" ")[2] for told in ended.leftovers] == ["sleep 61"]
    assert not Path(f"/proc/{pid}").exists()


def test_a_program_that_hangs_inside_is_ended_at_its_time_limit(isolated: Sandbox, start: Start) -> None:
    ended = start(isolated, ["/bin/sh", "-c", "trap '' TERM; sleep 62; sleep 62"], timeout_s=0.3)

    assert ended.ended == "timeout"


def test_a_program_that_kills_its_watcher_dies_with_it(isolated: Sandbox, start: Start, tmp_path: Path) -> None:
    ended = start(isolated, ["/bin/sh", "-c", "setsid sleep 63 & echo $! > pid; kill -9 $PPID; sleep 63"])

    assert ended.ended == "killed"
    until = time.monotonic() + 5
    pid = int((tmp_path / "pid").read_text())
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not Path(f"/proc/{pid}").exists()


def test_a_namespace_that_cannot_be_entered_starts_nothing(tmp_path: Path) -> None:
    with (tmp_path / "no namespace").open("w") as file:
        ended = Command().run(
            ["/bin/echo", "started"], {}, tmp_path, 5, tmp_path / "log", tmp_path / "home", (file.fileno(),)
        )

    assert (ended.ended, ended.output) == ("not started", b"")
    assert "private network could not be entered" in ended.reason


@pytest.mark.speed
def test_to_enter_costs_next_to_nothing(isolated: Sandbox, tmp_path: Path) -> None:
    def best(namespaces: tuple[int, ...]) -> float:
        times = []
        for _ in range(7):
            began = time.monotonic()
            Command().run(["/bin/true"], {}, tmp_path, 5, tmp_path / "log", tmp_path / "home", namespaces)
            times.append(time.monotonic() - began)
        return min(times)

    assert best(isolated.network.entrance) - best(()) < 0.06
