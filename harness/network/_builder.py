"""Builds the private namespaces of one sandbox and hands them over; runs alone (`python -I -S`), imports only Python.

It is a process of its own because only one without threads may enter a user namespace. It unshares, sets up loopback,
mounts and listening sockets, sends descriptors of all of them through the socket whose number is its argument, and
ends: namespaces live as long as somebody holds a descriptor, so nothing is left when the harness is gone, however it
went.

Messages (one datagram each): order in (JSON), `map` out, `go` in (only where the parent must write the id maps), then
`{"ok": true}` with the descriptors, or `{"error": ...}`.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import socket
import struct
import sys
from typing import Any

NEW_MOUNTS, NEW_USER, NEW_NETWORK = 0x0002_0000, 0x1000_0000, 0x4000_0000
_MS_BIND, _MS_REC, _MS_SLAVE = 1 << 12, 1 << 14, 1 << 19
_SIOCSIFFLAGS, _SIOCSIFADDR, _IFF_UP, _IFF_RUNNING = 0x8914, 0x8916, 1, 64
_LIBC = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    """Raise OSError for the failure of a system call."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def write(path: str, text: str) -> None:
    """Write a file of /proc in one go."""
    with open(path, "w") as file:  # noqa: PTH123 (no pathlib in a process that must start at once)
        file.write(text)


def unshare(link: socket.socket) -> tuple[str, ...]:
    """Leave the system's namespaces and return which kinds are ours now. Ids inside are those outside.

    Root gets a user namespace too, where that is allowed: in it, it is root over nothing but this enclosure, and cannot
    walk back into the system's network.
    """
    uid, gid = os.geteuid(), os.getegid()
    try:
        check(_LIBC.unshare(NEW_USER | NEW_NETWORK | NEW_MOUNTS), "unshare")
    except OSError:
        if uid:
            raise
        check(_LIBC.unshare(NEW_NETWORK | NEW_MOUNTS), "unshare")
        return ("net", "mnt")
    if uid:
        write("/proc/self/setgroups", "deny")
        write("/proc/self/uid_map", f"{uid} {uid} 1")
        write("/proc/self/gid_map", f"{gid} {gid} 1")
    else:
        link.send(b"map")
        link.recv(16)
    return ("user", "net", "mnt")


def raise_loopback(addresses: list[str]) -> None:
    """Switch the only network device on, and give it the vendors' addresses.

    It answers for all of 127.0.0.0/8 without them, but the C library takes a machine with nothing than 127.0.0.1 for
    one without IPv4, and then finds no address of any name for programs that ask with AI_ADDRCONFIG.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP | _IFF_RUNNING))
        for number, address in enumerate(addresses):
            named = struct.pack("16sHH4s8x", f"lo:{number}".encode(), socket.AF_INET, 0, socket.inet_aton(address))
            fcntl.ioctl(sock, _SIOCSIFADDR, named)


def mount_over(binds: list[list[str]]) -> None:
    """Show each source in the place of its target, in this mount namespace only."""
    check(_LIBC.mount(b"none", b"/", None, _MS_REC | _MS_SLAVE, None), "mount --make-rslave /")
    for source, target, needed in binds:
        try:
            check(_LIBC.mount(os.fsencode(source), os.fsencode(target), None, _MS_BIND, None), f"mount over {target}")
        except OSError:
            if needed:
                raise


def listening(address: list[Any], kind: int) -> socket.socket:
    """Return a socket bound inside; the harness serves it from outside."""
    sock = socket.socket(socket.AF_INET, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(tuple(address))
    if kind == socket.SOCK_STREAM:
        sock.listen(2048)
    return sock


def build(order: dict[str, Any], link: socket.socket) -> None:
    """Carry out the order and send everything back."""
    kinds = unshare(link)
    raise_loopback(sorted({host for host, _ in order["listen"]} - {"127.0.0.1"}))
    mount_over(order["binds"])
    sockets = [listening(address, socket.SOCK_STREAM) for address in order["listen"]]
    sockets.append(listening(order["names"], socket.SOCK_DGRAM))
    files = [os.open(f"/proc/self/ns/{kind}", os.O_RDONLY) for kind in kinds]
    # An open file of /proc/net keeps telling about the network it was opened in.
    files += [os.open(f"/proc/self/net/{name}", os.O_RDONLY) for name in ("snmp", "snmp6") if os.path.exists(f"/proc/self/net/{name}")]  # noqa: PTH110
    socket.send_fds(link, [json.dumps({"kinds": kinds}).encode()], [*(s.fileno() for s in sockets), *files])


def main() -> None:
    """Take the order from the socket, carry it out, or say why not."""
    link = socket.socket(fileno=int(sys.argv[1]))
    try:
        build(json.loads(link.recv(1 << 20)), link)
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        link.send(json.dumps({"error": f"{error.strerror or error}{place}"}).encode())


if __name__ == "__main__":
    main()
