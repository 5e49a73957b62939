"""A private network and mount namespace for the connector (Linux), made once per sandbox and entered for each sync.

Inside there is only loopback. The listening sockets are made inside and served from the harness's own process, so no
relay stands between; the namespaces live in descriptors that the harness holds, so no process stands there either.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BUILDER = Path(__file__).with_name("_builder.py")
_PATIENCE_S = 20.0
_MOST_DESCRIPTORS = 64
# Order matters: what a process may do in the others follows from the user namespace it is in.
_COUNTED = ("Ip:", "Ip6OutNoRoutes")


class EnclosureError(Exception):
    """The system does not let us build one; the text says why."""


@dataclass
class Enclosure:
    """What `enclose` made. ``namespaces`` are descriptors in the order in which they are to be entered.

    ``kinds`` (`user`, `net`, `mnt`) says what each of them is, as `/proc/PID/ns` calls them.
    """

    kinds: tuple[str, ...]
    namespaces: tuple[int, ...]
    listeners: tuple[socket.socket, ...]
    names: socket.socket
    _counters: tuple[int, ...]

    def unroutable(self) -> int:
        """Return how many connections and datagrams were meant for addresses outside; the kernel has refused them."""
        return sum(_no_routes(os.pread(fd, 1 << 16, 0).decode()) for fd in self._counters)

    def entry(self) -> list[str]:
        """Return the words that start a command inside from a shell, as long as this process lives (util-linux)."""
        options = {"user": "--user", "net": "--net", "mnt": "--mount"}
        places = (f"{options[kind]}=/proc/{os.getpid()}/fd/{fd}" for kind, fd in zip(self.kinds, self.namespaces, strict=True))
        return ["nsenter", "--preserve-credentials", *places, "--wd=."]

    def close(self) -> None:
        """Let go of the namespaces; the kernel ends them with the last process inside. Sockets are their servers'."""
        for fd in (*self.namespaces, *self._counters):
            os.close(fd)
        self.namespaces = self._counters = ()


def enclose(binds: Sequence[tuple[Path, Path, bool]], listen: Sequence[tuple[str, int]], names: tuple[str, int]) -> Enclosure:
    """Build one: ``binds`` are (source, target, needed), ``listen`` TCP addresses, ``names`` the UDP one for DNS.

    Raises EnclosureError where the system has no such namespaces, or forbids them.
    """
    if not sys.platform.startswith("linux"):
        raise EnclosureError(f"{sys.platform} has no network namespaces, only Linux has")
    order = {"binds": [[str(s), str(t), needed] for s, t, needed in binds], "listen": list(listen), "names": names}
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        process = subprocess.Popen(  # noqa: S603 (our own file)
            [sys.executable, "-I", "-S", str(_BUILDER), str(theirs.fileno())], pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        theirs.close()
        ours.settimeout(_PATIENCE_S)
        try:
            ours.send(json.dumps(order).encode())
            return _received(ours, process.pid)
        except (OSError, ValueError) as error:
            process.kill()
            said = process.communicate()[1].decode("utf-8", "replace").strip().splitlines()
            raise EnclosureError(said[-1] if said else str(error)) from error
        finally:
            process.communicate()


def _received(link: socket.socket, pid: int) -> Enclosure:
    message, fds, _, _ = socket.recv_fds(link, 1 << 16, _MOST_DESCRIPTORS)
    if message == b"map":
        _map_everyone(pid)
        link.send(b"go")
        message, fds, _, _ = socket.recv_fds(link, 1 << 16, _MOST_DESCRIPTORS)
    told = json.loads(message or b'{"error": "the process that builds it died"}')
    if "error" in told:
        raise EnclosureError(told["error"])
    for fd in fds:
        os.set_inheritable(fd, False)
    return _sorted(fds, told["kinds"])


def _sorted(fds: list[int], kinds: list[str]) -> Enclosure:
    sockets = []
    rest = list(fds)
    while rest and _is_socket(rest[0]):
        sockets.append(socket.socket(fileno=rest.pop(0)))
    for sock in sockets:
        sock.setblocking(False)
    namespaces, counters = rest[: len(kinds)], rest[len(kinds) :]
    return Enclosure(tuple(kinds), tuple(namespaces), tuple(sockets[:-1]), sockets[-1], tuple(counters))


def _is_socket(fd: int) -> bool:
    return stat.S_ISSOCK(os.fstat(fd).st_mode)


def _map_everyone(pid: int) -> None:
    """Give every id that we know the same number inside. Only root may map more than itself, and only from outside."""
    for name in ("uid_map", "gid_map"):
        lines = Path(f"/proc/self/{name}").read_text().splitlines()
        same = (" ".join((parts[0], parts[0], parts[2])) for line in lines if (parts := line.split()))
        Path(f"/proc/{pid}/{name}").write_text("\n".join(same) + "\n")


def _no_routes(text: str) -> int:
    """Return OutNoRoutes of /proc/net/snmp (two lines, names and values) or snmp6 (a name and a value per line)."""
    heads = [line.split() for line in text.splitlines() if line.startswith(_COUNTED)]
    if not heads:
        return 0
    if heads[0][0] == "Ip6OutNoRoutes":
        return int(heads[0][1])
    return int(dict(zip(heads[0], heads[1], strict=True))["OutNoRoutes"])
