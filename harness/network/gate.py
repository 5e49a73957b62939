"""A way in for whoever calls a connector in a private network: webhooks, `start: {http: ...}`, the question whether it is up."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

_PATIENCE_S = 5.0
# How often it can open: each time that a service is started anew takes one.
_OPENINGS = 64
_PROGRAM = Path(__file__).with_name("_gate.py")


class Gate:
    """A port of 127.0.0.1 that leads to the same port of a private network for as long as somebody listens there.

    ``namespaces`` are `Enclosure.namespaces`. Raises OSError when no process can be started.
    """

    def __init__(self, namespaces: Sequence[int]) -> None:
        with ExitStack() as stack:
            doors = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) for _ in range(_OPENINGS)]
            self.port = 0
            for door in doors:
                # Several may be bound to a port of which none listens; whoever else wants it is refused.
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                door.bind(("127.0.0.1", self.port))
                self.port = door.getsockname()[1]
            fds = [door.fileno() for door in doors]
            self._process = subprocess.Popen(  # noqa: S603 (our own file)
                [sys.executable, "-I", "-S", str(_PROGRAM), ",".join(map(str, fds)), *map(str, namespaces)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, stderr=subprocess.DEVNULL,
                pass_fds=(*fds, *namespaces), start_new_session=True,
            )  # fmt: skip

    def look(self) -> None:
        """Return once it is open if somebody listens inside now, and closed if nobody does; at once when it is gone.

        A gate that somebody has stopped is not waited for: what is tried through it then fails, and is told.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(b"?")
            if select.select([self._process.stdout], [], [], _PATIENCE_S)[0]:
                self._process.stdout.read(1)
        except (OSError, ValueError):
            return

    def close(self) -> None:
        """Close it, with every connection through it; safe to call twice."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
