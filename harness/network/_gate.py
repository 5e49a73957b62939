"""Lets connections into a private network: a port of the machine's loopback leads to the same port inside.

Runs alone (`python -I -S DOOR,DOOR... NAMESPACE...`: descriptors of sockets that are bound outside, all to the one port, and of
what to enter; a socket that has listened cannot do so again), imports only Python, and is a process of its own because it
enters the namespaces. The end of standard input ends it, and so does the death of its parent.

It takes connections only while somebody inside does: who asks whether the port is open is told the truth. Each byte on standard
input is repeated on standard output once the next look has been taken.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import socket
import sys
import threading

_LISTENING = b"0A"
_LOOK_S = 0.01
_CHUNK = 1 << 16


def enter(namespaces: list[int]) -> None:
    """Move this process into the namespaces, in order. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    for fd in namespaces:
        if libc.setns(fd, 0):
            number = ctypes.get_errno()
            raise OSError(number, f"the private network could not be entered: {os.strerror(number)}")


def is_served(port: int) -> bool:
    """Tell whether somebody inside listens on a port."""
    ending = b":%04X" % port
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError), open(f"/proc/self/net/{name}", "rb") as table:  # noqa: PTH123 (must start at once)
            for line in table:
                words = line.split()
                if words[1].endswith(ending) and words[3] == _LISTENING:
                    return True
    return False


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copy what comes from one socket to the other, its end too."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def carry(outer: socket.socket, port: int) -> None:
    """Carry one connection inside and back, to its end."""
    outer.setblocking(True)
    with outer:
        for address in ("127.0.0.1", "::1"):
            try:
                inner = socket.create_connection((address, port))
                break
            except OSError:
                continue
        else:
            return
        with inner:
            back = threading.Thread(target=pump, args=(inner, outer), daemon=True)
            back.start()
            pump(outer, inner)
            back.join()


def serve(doors: list[socket.socket], port: int) -> None:
    """Take connections while the port is served inside, until standard input ends or all doors are used up."""
    door: socket.socket | None = None
    asked, parent = b"", os.getppid()
    # Another process may hold our standard input open after the harness is gone.
    while os.getppid() == parent:
        if is_served(port) != (door is not None):
            if door is not None:
                door.close()
                door = None
            elif doors:
                door = doors.pop()
                door.listen(128)
            else:
                return
        os.write(1, asked)
        watched: list[int | socket.socket] = [0] if door is None else [0, door]
        ready, _, _ = select.select(watched, [], [], _LOOK_S)
        asked = os.read(0, 64) if 0 in ready else b""
        if 0 in ready and not asked:
            return
        if door is not None and door in ready:
            with contextlib.suppress(OSError):
                outer, _ = door.accept()
                threading.Thread(target=carry, args=(outer, port), daemon=True).start()


def main() -> None:
    """Take the order and carry it out. The doors were made outside, and stay there."""
    doors = [socket.socket(fileno=int(word)) for word in sys.argv[1].split(",")]
    for door in doors:
        door.setblocking(False)
    enter([int(word) for word in sys.argv[2:]])
    serve(doors, doors[0].getsockname()[1])


if __name__ == "__main__":
    main()
    os._exit(0)
