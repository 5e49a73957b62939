"""How a connector reaches the mocks: `direct` base URLs, `isolated` in a namespace of its own, or through a `proxy`.

In the last two, vendors' own host names lead to the mocks over TLS with the run's own authority, everything else is
refused, and what was tried stands in the journal. `isolated` (Linux) is the one for connectors with hard-coded hosts:
there is no other network at all, whatever the client does. `proxy` works anywhere and holds only clients that honour
it (`clients.py` lists those that do not).
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.server import MockApp, Servers

from ..connector_file import ConnectorFile, program
from ..errors import InputError, Problem
from ..legible import plural
from .directory import Directory
from .egress import Recorder
from .enclosure import Enclosure, EnclosureError, enclose
from .environment import variables
from .front import Front
from .names import Names
from .proxy import Doors, Proxy
from .trust import Surroundings, bundles, closed_services, name_files

_HTTPS, _HTTP = 443, 80


@dataclass(frozen=True)
class Plan:
    """Which mode, and where the connector lives (its certificates are looked for there)."""

    mode: str = "direct"
    around: Surroundings = field(default_factory=Surroundings)


def plan_for(connector: ConnectorFile) -> Plan:
    """Return the plan that a connector file asks for. Raises InputError when its program does not exist."""
    if connector.network == "direct":
        return Plan()
    declared = [Path(p) for p in connector.env.get("PYTHONPATH", "").split(":") if p and "{" not in p]
    folders = (connector.folder, connector.cwd, *declared) if connector.path else tuple(declared)
    search = tuple(map(Path, os.get_exec_path(connector.env if "PATH" in connector.env else None)))
    return Plan(connector.network, Surroundings(program(connector), tuple(dict.fromkeys(folders)), search))


class Network:
    """The network of one sandbox. `start` once the mocks answer, `stop` before they end."""

    def __init__(self, plan: Plan, apps: Sequence[MockApp], servers: Servers) -> None:
        self.plan = plan
        self.mode = plan.mode
        self.proxy_url = ""
        self.entrance: tuple[int, ...] = ()  # namespaces that the connector's process is to enter, in this order
        self._apps = tuple(apps)
        self._servers = servers
        self._directory = Directory(apps)
        self._recorder = Recorder(lambda: self._apps[0].dialect.journal)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
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

        self._folder = tempfile.TemporaryDirectory(prefix="syncproof-network-")
        authority = Authority()
        self._files = authority.write(Path(self._folder.name))
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
            self.proxy_url = f"http://127.0.0.1:{self._servers.perform(self._proxy.start())}"

    def _enclosed(self) -> Enclosure:
        assert self._folder is not None
        folder, addresses = Path(self._folder.name), self._directory.addresses
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
            self._folder.cleanup()
            self._folder = None

    # -- use ----------------------------------------------------------------------------------------

    def url_of(self, dialect: Dialect) -> str:
        """Return the vendor's own address of an account, "" in `direct` mode or when the dialect names no hosts."""
        return f"https://{dialect.vendor_host}" if self.mode != "direct" and dialect.vendor_host else ""

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables a connector gets besides those it declares (none in `direct` mode)."""
        return variables(self._files, self.proxy_url) if self._files else {}

    @property
    def entry(self) -> list[str]:
        """Return the words that start a command in the private network from a shell (none in other modes)."""
        return self._enclosure.entry() if self._enclosure else []

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


def _free_listener() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.bind(("127.0.0.1", 0))
    sock.listen(2048)
    sock.setblocking(False)
    return sock
