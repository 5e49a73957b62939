"""A container engine for the tests, and an image from the files of this machine: no registry is asked.

The engine that DOCKER_HOST or a usual socket names is taken when it answers; else one is started in a temporary folder
(root, Debian's docker.io) and stopped with the session. It touches neither bridges nor the firewall of the machine.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from syncproof.drivers._engine import connect
from syncproof.errors import InputError

IMAGE = "localhost/syncproof-test:latest"  # Podman takes no other tag when it imports
# What `one_way.py` imports besides the standard library.
PACKAGES = ("httpx", "httpcore", "h11", "anyio", "idna", "certifi", "sniffio", "typing_extensions.py")
_LEFT_OUT = {"test", "tests", "idlelib", "lib2to3", "tkinter", "ensurepip", "turtledemo", "site-packages", "dist-packages", "pydoc_data"}
_START_S = 30


@contextlib.contextmanager
def an_engine() -> Iterator[Any]:
    """Give a client of an engine that answers, with DOCKER_HOST leading to it. Skips the test, with the reason, where there is none."""
    try:
        client = connect()
    except InputError as error:
        reason = str(error)
    else:
        with contextlib.closing(client):
            yield client
        return
    if os.getuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip(f"{reason} To start one here: root, and Debian's docker.io (tools/test_packages.sh)")
    with _started() as address:
        before = os.environ.get("DOCKER_HOST")
        os.environ["DOCKER_HOST"] = address
        try:
            with contextlib.closing(connect()) as client:
                yield client
        finally:
            os.environ.pop("DOCKER_HOST") if before is None else os.environ.update(DOCKER_HOST=before)


@contextlib.contextmanager
def _started() -> Iterator[str]:
    """Start dockerd with everything it has in one folder, and take it all away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="spd-"))  # short: the path of a socket has 108 characters at most
    address = f"unix://{folder}/docker.sock"
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            ["dockerd", "--data-root", folder / "root", "--exec-root", folder / "exec", "--pidfile", folder / "pid", "-H", address,
             "--bridge=none", "--iptables=false", "--ip6tables=false", "--log-level=error"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        until = time.monotonic() + _START_S
        while not (folder / "docker.sock").is_socket():
            if daemon.poll() is not None or time.monotonic() > until:
                said = (folder / "log").read_text("utf-8", "replace")[-600:]
                pytest.skip(f"dockerd does not start on this machine: {said}")
            time.sleep(0.02)
        yield address
    finally:
        daemon.terminate()
        try:
            daemon.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(daemon.pid, signal.SIGKILL)
            daemon.wait()
        for line in reversed(Path("/proc/self/mountinfo").read_text().splitlines()):
            if str(folder) in line.split()[4]:
                subprocess.run(["umount", "-l", line.split()[4]], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def make_image(client: Any, extra: dict[str, Path]) -> None:
    """Make IMAGE: this Python, a shell, `sleep`, what `one_way.py` needs, and ``extra`` (path in the image -> file of ours)."""
    python, standard = Path(os.path.realpath(sys.executable)), Path(sysconfig.get_paths()["stdlib"])
    programs = [python, *(Path(found) for name in ("sh", "sleep", "cat") if (found := shutil.which(name)))]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", dereference=True) as tar:
        for file in (*programs, *_libraries([*programs, *standard.glob("lib-dynload/*.so")])):
            tar.add(file, str(file).lstrip("/"))
        tar.add(python, "usr/bin/python3")
        tar.add(standard, str(standard).lstrip("/"), filter=_wanted)
        for name in PACKAGES:  # in a folder of their own: Pythons differ in which one they look at by themselves
            place = Path(sysconfig.get_paths()["purelib"], name)
            if place.exists():
                tar.add(place, f"srv/packages/{name}", filter=_wanted)
        for name, file in extra.items():
            tar.add(file, name)
    packed.seek(0)
    client.api.import_image(
        src=packed, repository=IMAGE.partition(":")[0], tag=IMAGE.partition(":")[2],
        changes=[f"ENV PATH={sys.base_prefix}/bin:/usr/bin:/bin", f"ENV PYTHONHOME={sys.base_prefix}",
                 "ENV PYTHONPATH=/srv/packages", "ENV IN_THE_IMAGE=yes", 'CMD ["cat", "/etc/hosts"]'],
    )  # fmt: skip


def _libraries(programs: list[Path]) -> set[Path]:
    told = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    return {Path(word) for line in told.splitlines() for word in line.split() if word.startswith("/") and not word.endswith(":")}


def _wanted(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    name = Path(entry.name).name
    return None if name in _LEFT_OUT or name.startswith("config-") else entry
