"""A program at work under its supervisor: started, paused, ended, with all it prints; nothing of it outlives us."""

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
from typing import Any, Protocol

from . import Ended

MARKER = "SYNCPROOF_RUN"
OUTPUT_LIMIT = 64 * 1024 * 1024
TAIL_LIMIT = 64 * 1024
GRACE_S = 2.0
# How much longer than its own limits the supervisor may take before it is taken for dead.
_PATIENCE_S = 15.0
_LOOK_UP_EVERY_S = 0.2
# How long processes of a run are looked for whose supervisor was killed, how often in vain, and what lies between.
_MARKED_S, _EMPTY_LOOKS, _MARKED_PAUSE_S = 5.0, 4, 0.02
_SUPERVISOR = Path(__file__).with_name("_supervisor.py")


def clean_environment(declared: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return what a connector gets to see: PATH, a private HOME, a fixed locale and time zone, and what is declared.

    Nothing else of the machine's settings leaks in; a declared variable wins over ours.
    """
    ours = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {**ours, **declared}


class Supervisor:
    """The process that watches over one run of a program (`_supervisor.py`), waiting for its order.

    ``entrance`` are descriptors of namespaces it hands on. Raises OSError when no process can be started.
    """

    def __init__(self, entrance: Sequence[int] = ()) -> None:
        self.report_fd, self.report_write_fd = os.pipe()
        try:
            self.process = subprocess.Popen(  # noqa: S603 (to start the connector is what this is for)
                [sys.executable, "-I", "-S", str(_SUPERVISOR), str(os.getpid())],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                pass_fds=(self.report_write_fd, *entrance), start_new_session=True, bufsize=0,
            )  # fmt: skip
        except BaseException:
            os.close(self.report_fd)
            raise
        finally:
            os.close(self.report_write_fd)

    def take(self, order: Mapping[str, Any]) -> None:
        """Give it its order. Raises OSError when it is dead."""
        assert self.process.stdin is not None
        # The number is that of its own end of the pipe: inherited descriptors keep theirs.
        self.process.stdin.write(json.dumps({**order, "report_fd": self.report_write_fd}).encode() + b"\n")

    def dismiss(self) -> None:
        """Send it away without an order: the end of its standard input ends it."""
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        self.process.wait()
        os.close(self.report_fd)


class Running:
    """A program that was started. `wait` for its end, or `kill` it from another thread.

    ``waiting`` is a supervisor that was started ahead; without one, or when it died meanwhile, a new one is started.
    """

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, timeout_s: float, output_path: Path, grace_s: float,
        entrance: Sequence[int] = (), waiting: Supervisor | None = None, memory_mb: int = 0,
    ) -> None:
        self._mark = f"{MARKER}={secrets.token_hex(16)}"
        self._patience_s = timeout_s + grace_s + _PATIENCE_S
        name, _, value = self._mark.partition("=")
        order = {"argv": list(argv), "env": {**env, name: value}, "cwd": str(cwd), "timeout_s": timeout_s,
                 "grace_s": grace_s, "memory_mb": memory_mb, "entrance": list(entrance)}
        self._heard = threading.Event()
        self.is_over = False
        self._output = Output(output_path)
        try:
            supervisor = _ordered(order, waiting, entrance)
        except BaseException:
            self._output.close()
            raise
        self._process, self._report_fd = supervisor.process, supervisor.report_fd
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._output.drain, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def kill(self) -> None:
        """End the program and all its children; `wait` then returns ``killed``. Safe to call at any time."""
        assert self._process.stdin is not None
        if not self._process.stdin.closed:
            self._process.stdin.close()

    def pause(self) -> None:
        """Stop the program and its children where they are, and return once they stand; somebody must be in `wait`."""
        self._say(b"p")

    def go_on(self) -> None:
        """Let a paused program go on."""
        self._say(b"c")

    def _say(self, word: bytes) -> None:
        assert self._process.stdin is not None
        self._heard.clear()
        try:
            self._process.stdin.write(word)
        except (OSError, ValueError):
            return  # it has ended: `wait` tells how
        while not self._heard.wait(0.05) and not self.is_over:
            continue

    def turn_output(self, path: Path) -> None:
        """Let what is printed from now on go to another file, and be counted anew."""
        self._output.turn(path)

    def printed(self) -> tuple[bytes, int, bool]:
        """Return tail and length of what was printed into this file, and whether the file has less."""
        return self._output.so_far()

    def await_text(self, text: str, seconds: float) -> bool:
        """Wait until it printed ``text``; tell whether it did within ``seconds``."""
        return self._output.await_text(text.encode(), seconds)

    def wait(self) -> Ended:
        """Return how it ended, once nothing of it is left. Ends it when this wait is interrupted (Ctrl-C)."""
        report: dict[str, Any] | None = None
        try:
            report = self._read_report()
        finally:
            self._clean_up()
            self.is_over = True
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
            ready: list[int] = []
            left = 1.0
            while not ready and left > 0:
                left = until - time.monotonic()
                # Ctrl-C that the system gave to another thread is heard when this one wakes.
                ready, _, _ = select.select([self._report_fd], [], [], max(0.0, min(left, _LOOK_UP_EVERY_S)))
            chunk = os.read(self._report_fd, 1 << 16) if ready else b""
            if not chunk:
                return None
            text += chunk
            while text[:2] in (b"p\n", b"c\n"):  # how the supervisor says that it has done what `pause` or `go_on` wanted
                text = text[2:]
                self._heard.set()
        found: dict[str, Any] = json.loads(text)
        return found

    def _clean_up(self) -> None:
        self.kill()
        try:
            self._process.wait(self._patience_s if self._is_interrupted() else _PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode != 0 or self._is_interrupted():
            # A supervisor that came to its end has ended every descendant; this is for one that was killed itself.
            end_marked(self._mark)
        self._reader.join(timeout=5)
        os.close(self._report_fd)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._output.close()

    def _is_interrupted(self) -> bool:
        return sys.exc_info()[0] is not None


def _ordered(order: Mapping[str, Any], waiting: Supervisor | None, entrance: Sequence[int]) -> Supervisor:
    """Return a supervisor that has taken the order: the one that waits, or a new one when that is dead or none waits."""
    if waiting is not None:
        try:
            waiting.take(order)
        except OSError:
            waiting.dismiss()
        else:
            return waiting
    supervisor = Supervisor(entrance)
    supervisor.take(order)
    return supervisor


class Stream(Protocol):
    """Whatever a program's output can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return some of it, nothing at the end. Raises OSError or ValueError when it can no longer be read."""


class Output:
    """Keeps what a program prints: a bounded file, the tail in memory, and the count of everything."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self.tail = bytearray()
        self.total = 0
        self.kept = 0
        self.more = threading.Condition()  # notified whenever something was printed, and at the end
        self.is_closed = False
        self._limit = OUTPUT_LIMIT

    def turn(self, path: Path) -> None:
        """Begin another file, and count anew."""
        with self.more:
            self._file.close()
            self._file = path.open("wb", buffering=0)
            self.tail, self.total, self.kept, self._limit = bytearray(), 0, 0, OUTPUT_LIMIT

    def so_far(self) -> tuple[bytes, int, bool]:
        """Return tail and length of what was printed, and whether the file has less."""
        with self.more:
            return bytes(self.tail), self.total, self.total > self.kept

    def await_text(self, text: bytes, seconds: float) -> bool:
        """Wait until ``text`` was printed; tell whether it was, within ``seconds`` and before the output ended."""
        with self.more:
            self.more.wait_for(lambda: text in self.tail or self.is_closed, seconds)
            return text in self.tail

    def drain(self, stream: Stream) -> None:
        """Read to the end of ``stream``; past the bound only count, so that the program never blocks on us."""
        while True:
            try:
                chunk = stream.read(1 << 16)
            except (OSError, ValueError):
                chunk = b""
            with self.more:
                if not chunk:
                    self.is_closed = True
                    self.more.notify_all()
                    return
                self._keep(chunk[: self._limit - self.kept])
                self.total += len(chunk)
                self.tail += chunk
                del self.tail[:-TAIL_LIMIT]
                self.more.notify_all()

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
    """Kill every process whose environment holds ``mark`` (Linux; elsewhere nobody is found) and return their ids.

    One that is just forking or changing into another program shows no environment: nobody is left once several looks in a
    row, a moment apart, have found nobody.
    """
    ended: dict[int, None] = {}
    empty = 0
    until = time.monotonic() + _MARKED_S
    while empty < _EMPTY_LOOKS and time.monotonic() < until:
        found = _end_marked_once(mark.encode())
        ended.update(dict.fromkeys(found))
        empty = 0 if found else empty + 1
        time.sleep(_MARKED_PAUSE_S)
    return list(ended)


def _end_marked_once(mark: bytes) -> list[int]:
    ended = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # Inherited environments are looked at as they were at exec: a program cannot hide by unsetting it later.
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                os.kill(int(entry.name), signal.SIGKILL)
                ended.append(int(entry.name))
        except OSError:
            continue
    return ended
