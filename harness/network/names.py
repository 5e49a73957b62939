"""The name server of an enclosure: vendors' names lead to the mocks, every other name does not exist and is noted."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import struct
from typing import Any

from .directory import Directory
from .egress import Recorder

_HEAD = struct.Struct("!6H")
_A, _ANY, _IN = 1, 255, 1
_NO_ERROR, _FORMAT_ERROR, _NO_SUCH_NAME, _NOT_IMPLEMENTED = 0, 1, 3, 4
# Response, recursion desired as asked, recursion available, authoritative.
_ANSWERED = 0x8480
_TTL_S = 60


class Names(asyncio.DatagramProtocol):
    """Answers DNS over UDP (RFC 1035): one question each, A records only; other types of a known name are empty."""

    def __init__(self, directory: Directory, recorder: Recorder) -> None:
        self._directory = directory
        self._recorder = recorder
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Keep the transport to answer through."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Answer one query; what is no query gets none."""
        answer = self.answer(data)
        if answer:
            self._transport.sendto(answer, addr)

    def answer(self, data: bytes) -> bytes:
        """Return the answer to one query, empty for what is none."""
        if len(data) < _HEAD.size:
            return b""
        number, flags, questions, *_ = _HEAD.unpack_from(data)
        if flags & 0x8000:
            return b""
        asked = flags & 0x0100
        if flags & 0x7800 or questions != 1:
            return _HEAD.pack(number, _ANSWERED | asked | _NOT_IMPLEMENTED, 0, 0, 0, 0)
        parsed = question(data)
        if parsed is None:
            return _HEAD.pack(number, _ANSWERED | asked | _FORMAT_ERROR, 0, 0, 0, 0)
        name, kind, end = parsed
        code, address = self._look_up(name)
        record = b""
        if address and kind in (_A, _ANY):
            record = struct.pack("!HHHIH", 0xC00C, _A, _IN, _TTL_S, 4) + socket.inet_aton(address)
        return _HEAD.pack(number, _ANSWERED | asked | code, 1, bool(record), 0, 0) + data[_HEAD.size : end] + record

    def _look_up(self, name: str) -> tuple[int, str | None]:
        address = "127.0.0.1" if name == "localhost" or name.endswith(".localhost") else self._directory.address_of(name)
        if address is not None:
            return _NO_ERROR, address
        if not _is_loopback_reversed(name):
            self._recorder.tried("name", name or "(the root)")
        return _NO_SUCH_NAME, None


def question(data: bytes) -> tuple[str, int, int] | None:
    """Return (name in lower case, type, where the question ends) of a query, or None when it cannot be read."""
    labels, at = [], _HEAD.size
    while at < len(data) and data[at]:
        length = data[at]
        if length > 63 or at + 1 + length > len(data):
            return None
        labels.append(data[at + 1 : at + 1 + length].decode("ascii", "backslashreplace").lower())
        at += 1 + length
    if at + 5 > len(data):
        return None
    return ".".join(labels), struct.unpack_from("!H", data, at + 1)[0], at + 5


def _is_loopback_reversed(name: str) -> bool:
    """Tell whether somebody asks for the name of a loopback address, which leads nowhere else."""
    parts = name.split(".")
    if name.endswith(".in-addr.arpa") and len(parts) == 6:
        parts = parts[3::-1]
        return all(p.isdigit() and len(p) < 4 for p in parts) and parts[0] == "127"
    return name == ipaddress.ip_address("::1").reverse_pointer
