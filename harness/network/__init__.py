"""How a connector reaches the mocks: `direct` base URLs, `isolated` in a namespace of its own, or through a `proxy`.

In the last two, vendors' own host names lead to the mocks over TLS with the run's own authority, everything else is
refused, and what was tried stands in the journal. `isolated` (Linux) is the one for connectors with hard-coded hosts:
there is no other network at all, whatever the client does. `proxy` works anywhere and holds only clients that honour
it (`clients.py` lists those that do not).
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.server import MockApp, Servers

from ..connector_file import ConnectorFile, program
from ..errors import InputError, Problem
from ..held_folders import HeldFolder, make_temporary
from ..legible import plural
from .directory import Directory
from .egress import Recorder
from .enclosure import Enclosure, EnclosureError, enclose
from .environment import variables
from .front import Front
from .gate import Gate
from .names import Names
from .proxy import Doors, Proxy
from .trust import Surroundings, bundles, closed_services, name_files

if TYPE_CHECKING:
    import ssl

LOCALHOST = "127.0.0.1"
GATEWAY_HOST = "host.docker.internal"
_HTTPS, _HTTP = 443, 80
# Each run takes the first of these whose port 443 nobody has: runs at the same time do not meet.
_BLOCKS = [f"127.77.{number}.{{}}" for number in range(1, 255)]


@dataclass(frozen=True)
class Plan:
    """Which mode, and where the connector lives (its certificates are looked for there).

    ``host`` is how it calls the machine that the mocks listen on. ``doors``: `proxy` also opens port 443 on an address of
    this machine for each vendor, for a connector that can be told where hosts are (a container).
    """

    mode: str = "direct"
    around: Surroundings = field(default_factory=Surroundings)
    host: str = LOCALHOST
    doors: bool = False


def plan_for(connector: ConnectorFile) -> Plan:
    """Return the plan that a connector file asks for. Raises InputError when its program does not exist."""
    image = connector.start.container
    if image is not None:
        return Plan(connector.network, host=GATEWAY_HOST if image.over_gateway else LOCALHOST, doors=not image.over_gateway)
    if connector.network == "direct":
        return Plan()
    declared = [Path(p) for p in connector.env.get("PYTHONPATH", "").split(":") if p and "{" not in p]
    folders = (connector.folder, connector.cwd, *declared) if connector.path else tuple(declared)
    search = tuple(map(Path, os.get_exec_path(connector.env if "PATH" in connector.env else None)))
    found = program(connector) if connector.start.words else None
    return Plan(connector.network, Surroundings(found, tuple(dict.fromkeys(folders)), search))


class Network:
    """The network of one sandbox. `start` once the mocks answer, `stop` before they end."""

    def __init__(self, plan: Plan, apps: Sequence[MockApp], servers: Servers) -> None:
        self.plan = plan
        self.mode = plan.mode
        self.proxy_url = ""
        self._block = _BLOCKS[-1]
        self.entrance: tuple[int, ...] = ()  # namespaces that the connector's process is to enter, in this order
        self._apps = tuple(apps)
        self._servers = servers
        self._directory = Directory(apps)
        self._recorder = Recorder(lambda: self._apps[0].dialect.journal)
        self._folder: HeldFolder | None = None
        self._files: dict[str, Path] = {}
        self._enclosure: Enclosure | None = None
        self._proxy: Proxy | None = None
        self._unroutable = 0

    # -- life ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Set everything up. Raises InputError, with what to do, where the system does not let us."""
        if self.mode == "direct":
            return
        from .authority import Authority  # certificates are heavy, and `direct` needs none

        self._folder = make_temporary("network")
        authority = Authority()
        self._files = authority.write(self._folder.path)
        tls = authority.context(self._directory, self._recorder)
        secure = Front(self._directory, self._recorder, secure=True)
        plain = Front(self._directory, self._recorder, secure=False)
        if self.mode == "isolated":
            enclosure = self._enclosed()
            half = len(enclosure.listeners) // 2
            self._servers.listen(secure, list(enclosure.listeners[:half]), tls)
            self._servers.listen(plain, list(enclosure.listeners[half:]))
            self._servers.perform(self._serve_names(enclosure.names))
        else:
            doors = [_free_listener() for _ in range(3)]
            for door, front, context in zip(doors, (secure, secure, plain), (tls, None, None), strict=True):
                self._servers.listen(front, [door], context)
            self._proxy = Proxy(self._directory, self._recorder, secure, Doors(*(d.getsockname()[1] for d in doors)))
            self.proxy_url = f"http://{self.plan.host}:{self._servers.perform(self._proxy.start())}"
            self._open_doors(secure, plain, tls)

    def _open_doors(self, secure: Front, plain: Front, tls: ssl.SSLContext) -> None:
        """Let vendors' hosts lead to the mocks for clients that take no proxy, where we may listen on port 443.

        Where we may not, they lead to addresses at which nobody answers: better than to the real vendor.
        """
        if not self.plan.doors:
            return
        self._block, listeners = _free_block(len(self._apps))
        if listeners:
            self._servers.listen(secure, listeners[0::2], tls)
            self._servers.listen(plain, listeners[1::2])

    def _enclosed(self) -> Enclosure:
        assert self._folder is not None
        folder, addresses = self._folder.path, self._directory.addresses
        binds = [(self._files["pem"], bundle, False) for bundle in bundles(self.plan.around)]
        binds += [*name_files(folder, self._directory), *closed_services()]
        listen = [(address, port) for port in (_HTTPS, _HTTP) for address in addresses]
        try:
            self._enclosure = enclose(binds, listen, ("127.0.0.1", 53))
        except EnclosureError as error:
            self.stop()
            raise InputError([Problem(
                "network: isolated", f"this system does not let us build a private network: {error}.",
                "Write `network: proxy`, which works anywhere; or run where user namespaces are allowed (in a container: "
                "`--privileged`, or `--cap-add SYS_ADMIN` with a seccomp profile that allows `unshare`).",
            )]) from error  # fmt: skip
        self.entrance = self._enclosure.namespaces
        return self._enclosure

    async def _serve_names(self, sock: socket.socket) -> None:
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: Names(self._directory, self._recorder), sock=sock)

    def stop(self) -> None:
        """Take everything away; safe to call twice, and before `start`."""
        if self._proxy is not None:
            self._servers.perform(self._proxy.stop())
            self._proxy = None
        self.entrance = ()
        if self._enclosure is not None:
            self._enclosure.close()
            self._enclosure = None
        if self._folder is not None:
            self._folder.release()
            self._folder = None

    # -- use ----------------------------------------------------------------------------------------

    def url_of(self, dialect: Dialect) -> str:
        """Return the vendor's own address of an account, "" in `direct` mode or when the dialect names no hosts."""
        return f"https://{dialect.vendor_host}" if self.mode != "direct" and dialect.vendor_host else ""

    def gate(self) -> Gate | None:
        """Return a way in for whoever calls the connector; None where it is reached as anybody on this machine is."""
        return Gate(self.entrance) if self.entrance else None

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables a connector gets besides those it declares (none in `direct` mode)."""
        return variables(self._files, self.proxy_url) if self._files else {}

    @property
    def entry(self) -> list[str]:
        """Return the words that start a command in the private network from a shell (none in other modes)."""
        return self._enclosure.entry() if self._enclosure else []

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the files that `environment` names, for a connector that does not see ours (none in `direct` mode)."""
        return tuple(p for p in self._folder.path.rglob("*") if p.is_file()) if self._folder is not None else ()

    @property
    def hosts(self) -> dict[str, str]:
        """Return the address of each vendor host, for a connector that can be told where hosts are (none in `direct` mode).

        An account's own host is another one in each world. Names below a wildcard that nobody lists stay unknown.
        """
        if self.mode == "direct":
            return {}
        known = self._directory
        numbers = {address: self._block.format(n) for n, address in enumerate(known.addresses, start=1)}
        own = [(known.address_of(app.dialect.vendor_host), app.dialect.vendor_host) for app in self._apps]
        return {host: numbers[address] for address, host in (*known.named_hosts(), *own) if address}

    @property
    def authority(self) -> Path | None:
        """Return the certificate that the mocks prove themselves with (none in `direct` mode)."""
        return self._files.get("pem")

    @property
    def placeholders(self) -> dict[str, str]:
        """Return the values of `{ca_file}` and `{proxy.url}` as far as this mode has them."""
        found = {"ca_file": str(self._files["pem"])} if self._files else {}
        return {**found, "proxy.url": self.proxy_url} if self.proxy_url else found

    def sync_begins(self) -> None:
        """Note that a connector is about to be started."""
        if self.mode != "direct":
            self._servers.call(lambda: self._recorder.began(self.mode))
            self._unroutable = self._enclosure.unroutable() if self._enclosure else 0

    def sync_ended(self) -> None:
        """Note what only the kernel has seen: attempts to reach addresses outside by number."""
        if self._enclosure is not None:
            more = self._enclosure.unroutable() - self._unroutable
            if more > 0:
                self._servers.call(lambda: self._recorder.tried("address", plural(more, "time")))


def _free_listener(address: str = LOCALHOST, port: int = 0) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if port:  # what an earlier run has left behind in the kernel is nobody's
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
        sock.listen(2048)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def _free_block(number: int) -> tuple[str, list[socket.socket]]:
    """Return the first block of addresses on which nobody listens, and a listener for HTTPS and HTTP on each of them.

    No listeners where this system does not let us have these ports.
    """
    for block in _BLOCKS:
        found: list[socket.socket] = []
        try:
            for n in range(1, number + 1):
                found += [_free_listener(block.format(n), port) for port in (_HTTPS, _HTTP)]
        except OSError as error:
            for sock in found:
                sock.close()
            if error.errno != errno.EADDRINUSE:
                break
        else:
            return block, found
    return _BLOCKS[-1], []
