"""What is shown to an enclosed connector in the place of the machine's own files, and how those files are found.

The rule (stated in docs/connector.md): the system's bundle of certificates; every `cacert.pem` in the packages of every
Python that the connector's PATH, program or PYTHONPATH leads to, and in the connector's own folder; the files that turn
names into addresses; and the sockets of services through which a name or a request would leave all the same.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .directory import Directory

SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem", "/usr/lib/ssl/cert.pem",
    "/var/lib/ca-certificates/ca-bundle.pem", "/usr/local/share/certs/ca-root-nss.crt",
)  # fmt: skip
# They look names up, or start programs and containers, outside: path sockets do not end at a network namespace.
OUTSIDE_SERVICES = (
    "/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve", "/run/avahi-daemon/socket", "/run/dbus/system_bus_socket",
    "/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock", "/run/snapd.socket",
)  # fmt: skip
_PACKAGES = ("lib/python3*/site-packages", "lib64/python3*/site-packages", "lib/python3*/dist-packages",
             "lib/python3/dist-packages", "local/lib/python3*/dist-packages")  # fmt: skip
_BUNDLES = ("*/cacert.pem", "pip/_vendor/*/cacert.pem", "httplib2/cacerts.txt", "grpc/_cython/_credentials/roots.pem")
_BUNDLE_NAMES = frozenset({"cacert.pem", "cacerts.txt"})
_MOST_FOLDERS = 20_000
_SKIPPED = frozenset({".git", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache"})


@dataclass(frozen=True)
class Surroundings:
    """Where an enclosed connector may find certificates of its own: its program, its folders, its PATH."""

    program: Path | None = None
    folders: tuple[Path, ...] = ()
    search: tuple[Path, ...] = field(default_factory=lambda: tuple(map(Path, os.get_exec_path())))


def bundles(around: Surroundings) -> list[Path]:
    """Return every certificate bundle that exists where the rule looks, without links, each once."""
    found = [Path(p) for p in SYSTEM_BUNDLES]
    for packages in _package_folders(around):
        for pattern in _BUNDLES:
            found.extend(packages.glob(pattern))
    for folder in around.folders:
        found.extend(_walk(folder))
    return list(dict.fromkeys(Path(os.path.realpath(p)) for p in found if _is_file(p)))


def _package_folders(around: Surroundings) -> Iterator[Path]:
    program = around.program
    own = [program.parent, Path(os.path.realpath(program)).parent] if program is not None else []
    for start in dict.fromkeys([*own, *around.search]):
        for prefix in dict.fromkeys((start.parent, Path(os.path.realpath(start)).parent, *_bases(start.parent), *_shimmed(start))):
            for pattern in _PACKAGES:
                yield from _found(prefix, pattern)


def _bases(prefix: Path) -> Iterator[Path]:
    """Yield the installation that a virtual environment was made from."""
    try:
        lines = (prefix / "pyvenv.cfg").read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        key, _, value = line.partition("=")
        if key.strip() == "home" and value.strip():
            yield Path(value.strip()).parent


def _shimmed(start: Path) -> Iterator[Path]:
    """Yield the versions behind a folder of shims (pyenv): the shims themselves say nothing."""
    if start.name == "shims":
        yield from _found(start.parent, "versions/*")


def _found(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []


def _walk(folder: Path) -> Iterator[Path]:
    for count, (here, below, files) in enumerate(os.walk(folder)):
        if count >= _MOST_FOLDERS:
            return
        below[:] = [name for name in below if name not in _SKIPPED]
        yield from (Path(here, name) for name in _BUNDLE_NAMES.intersection(files))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def name_files(folder: Path, directory: Directory) -> list[tuple[Path, Path, bool]]:
    """Write the files by which names become addresses and return (source, target, needed) for those that exist."""
    me = socket.gethostname()
    hosts = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback", f"127.0.1.1 {me}"]
    hosts += [f"{address} {host}" for address, host in directory.named_hosts()]
    # `search .`: without it, the machine's own domain would be tried after every name that does not exist.
    texts = {
        "/etc/hosts": "\n".join(hosts) + "\n",
        "/etc/resolv.conf": "nameserver 127.0.0.1\nsearch .\noptions timeout:2 attempts:2\n",
        "/etc/nsswitch.conf": _plain_lookup("/etc/nsswitch.conf"),
    }
    found = []
    for target, text in texts.items():
        if _is_file(Path(target)):
            source = folder / Path(target).name
            source.write_text(text)
            found.append((source, Path(os.path.realpath(target)), True))
    return found


def _plain_lookup(path: str) -> str:
    """Return the machine's nsswitch.conf with hosts looked up in the file and by DNS only, not by a service outside."""
    try:
        lines = Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    return "\n".join([*(x for x in lines if not x.strip().startswith("hosts:")), "hosts: files dns", ""])


def closed_services(paths: Iterable[str] = OUTSIDE_SERVICES) -> list[tuple[Path, Path, bool]]:
    """Return (source, target, needed) that puts something one cannot connect to over each service's socket."""
    return [(Path("/dev/null"), Path(os.path.realpath(p)), False) for p in paths if Path(p).is_socket()]
