"""A one-shot program: started for each sync, expected to end by itself, ended with all its children otherwise."""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from . import Ended

MARKER = "SYNCPROOF_RUN"
OUTPUT_LIMIT = 64 * 1024 * 1024
TAIL_LIMIT = 64 * 1024
GRACE_S = 2.0
# How much longer than its own limits the supervisor may take before it is taken for dead.
_PATIENCE_S = 15.0
_SUPERVISOR = Path(__file__).with_name("_supervisor.py")


def clean_environment(declared: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return what a connector gets to see: PATH, a private HOME, a fixed locale and time zone, and what is declared.

    Nothing else of the machine's settings leaks in; a declared variable wins over ours.
    """
    ours = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {**ours, **declared}


class Running:
    """A program that was started. `wait` for its end, or `kill` it from another thread."""

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, timeout_s: float, output_path: Path, grace_s: float,
        entrance: Sequence[int] = (),
    ) -> None:
        self._mark = f"{MARKER}={secrets.token_hex(16)}"
        self._patience_s = timeout_s + grace_s + _PATIENCE_S
        self._output = _Output(output_path)
        self._report_fd, report_write_fd = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 (to start the connector is what this is for)
                [sys.executable, "-I", "-S", str(_SUPERVISOR)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                pass_fds=(report_write_fd, *entrance), start_new_session=True, bufsize=0,
            )  # fmt: skip
        except BaseException:
            os.close(self._report_fd)
            self._output.close()
            raise
        finally:
            os.close(report_write_fd)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._output.drain, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        name, _, value = self._mark.partition("=")
        order = {"argv": list(argv), "env": {**env, name: value}, "cwd": str(cwd), "timeout_s": timeout_s,
                 "grace_s": grace_s, "report_fd": report_write_fd, "entrance": list(entrance)}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    def kill(self) -> None:
        """End the program and all its children; `wait` then returns ``killed``. Safe to call at any time."""
        assert self._process.stdin is not None
        if not self._process.stdin.closed:
            self._process.stdin.close()

    def wait(self) -> Ended:
        """Return how it ended, once nothing of it is left. Ends it when this wait is interrupted (Ctrl-C)."""
        report: dict[str, Any] | None = None
        try:
            report = self._read_report()
        finally:
            self._clean_up()
        if report is None:
            # Nobody but the program under test (or an administrator) can have killed the supervisor.
            report = {"ended": "killed", "exit_code": None, "seconds": 0.0, "leftovers": [],
                      "reason": "the process that watches over the connector was killed"}
        return Ended(
            report["exit_code"], report["ended"], report["seconds"], bytes(self._output.tail), self._output.total,
            self._output.total > self._output.kept, tuple(report["leftovers"]), report["reason"],
        )  # fmt: skip

    def _read_report(self) -> dict[str, Any] | None:
        until = time.monotonic() + self._patience_s
        text = b""
        while not text.endswith(b"\n"):
            ready, _, _ = select.select([self._report_fd], [], [], max(0.0, until - time.monotonic()))
            chunk = os.read(self._report_fd, 1 << 16) if ready else b""
            if not chunk:
                return None
            text += chunk
        found: dict[str, Any] = json.loads(text)
        return found

    def _clean_up(self) -> None:
        self.kill()
        try:
            self._process.wait(self._patience_s if self._is_interrupted() else _PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # The supervisor has ended every descendant; this is for the case that it was killed itself.
        end_marked(self._mark)
        self._reader.join(timeout=5)
        os.close(self._report_fd)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._output.close()

    def _is_interrupted(self) -> bool:
        return sys.exc_info()[0] is not None


class Command:
    """Starts a program once per sync."""

    def __init__(self, grace_s: float = GRACE_S) -> None:
        self.grace_s = grace_s

    def start(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, timeout_s: float, output_path: Path, home: Path,
        entrance: Sequence[int] = (),
    ) -> Running:
        """Start ``argv`` (first word: an absolute path) in ``cwd`` and return at once.

        ``env`` is what the connector file declares; `clean_environment` is added. What it prints goes to
        ``output_path`` up to 64 MiB, whatever is beyond that is counted and dropped. ``entrance``
        are descriptors of namespaces that it enters first (`network.Network.entrance`). Raises OSError when ``output_path`` or ``home`` cannot be made; a program that cannot be executed is told by `Running.wait`.
        """
        home.mkdir(parents=True, exist_ok=True)
        return Running(argv, clean_environment(env, home), cwd, timeout_s, output_path, self.grace_s, entrance)

    def run(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, timeout_s: float, output_path: Path, home: Path,
        entrance: Sequence[int] = (),
    ) -> Ended:
        """Start it, wait for its end, and leave nothing behind; see `start`."""
        return self.start(argv, env, cwd, timeout_s, output_path, home, entrance).wait()


class _Output:
    """Keeps what a program prints: a bounded file, the tail in memory, and the count of everything."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self.tail = bytearray()
        self.total = 0
        self.kept = 0
        self._limit = OUTPUT_LIMIT

    def drain(self, stream: IO[bytes]) -> None:
        """Read to the end of ``stream``; past the bound only count, so that the program never blocks on us."""
        while True:
            try:
                chunk = stream.read(1 << 16)
            except (OSError, ValueError):
                return
            if not chunk:
                return
            self._keep(chunk[: self._limit - self.kept])
            self.total += len(chunk)
            self.tail += chunk
            del self.tail[:-TAIL_LIMIT]

    def _keep(self, part: bytes) -> None:
        try:
            written = self._file.write(part)
        except OSError:
            written = 0
        self.kept += written
        if written < len(part):
            # The disk is full: what is there stays, the rest is dropped; the program must not hang for it.
            self._limit = self.kept

    def close(self) -> None:
        """Close the file; idempotent."""
        self._file.close()


def end_marked(mark: str) -> list[int]:
    """Kill every process whose environment holds ``mark`` (Linux; elsewhere nobody is found) and return their ids."""
    wanted = mark.encode()
    ended = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # Inherited environments are looked at as they were at exec: a program cannot hide by unsetting it later.
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                os.kill(int(entry.name), signal.SIGKILL)
                ended.append(int(entry.name))
        except OSError:
            continue
    return ended
