"""Which mock answers for which host name: the vendors' own names, as their dialects list them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from syncproof_mocks.server import MockApp

# Loopback addresses of the vendors inside an enclosure: one each, so that port 443 of 127.0.0.1 stays the connector's.
_FIRST_ADDRESS = "127.0.77.{}"


def host_of(authority: str) -> str:
    """Return the bare host name of ``host[:port]``: lower case, without port and final dot."""
    name, colon, port = authority.strip().rpartition(":")
    if not colon or not port.isdigit():
        name = authority.strip()
    return name.lower().rstrip(".")


def fits(pattern: str, host: str) -> bool:
    """Tell whether a bare host name fits a pattern; a leading `*.` stands for one or more labels."""
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern


class Directory:
    """The mocks of one sandbox by vendor host name. A mock keeps its hosts when it is given a fresh world."""

    def __init__(self, apps: Sequence[MockApp]) -> None:
        self._apps = tuple(apps)
        self._known: dict[str, int | None] = {}

    @property
    def patterns(self) -> tuple[str, ...]:
        """Return every pattern of every mock, once."""
        return tuple(dict.fromkeys(p for app in self._apps for p in app.dialect.hosts))

    @property
    def vendors(self) -> str:
        """Return the names of the dialects, for people."""
        return " and ".join(app.dialect.name for app in self._apps)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the loopback address of each mock inside an enclosure."""
        return tuple(_FIRST_ADDRESS.format(number) for number in range(1, len(self._apps) + 1))

    def app_of(self, authority: str) -> MockApp | None:
        """Return the mock that answers for a host name (a port is ignored), or None."""
        number = self._number(authority)
        return None if number is None else self._apps[number]

    def address_of(self, authority: str) -> str | None:
        """Return the address inside an enclosure that a host name leads to, or None."""
        number = self._number(authority)
        return None if number is None else self.addresses[number]

    def named_hosts(self) -> Iterable[tuple[str, str]]:
        """Yield (address, host) for every host that is listed in full."""
        for pattern in self.patterns:
            address = self.address_of(pattern)
            if not pattern.startswith("*") and address is not None:
                yield address, pattern

    def _number(self, authority: str) -> int | None:
        if authority not in self._known:
            if len(self._known) > 1_000:  # a connector that makes up names must not fill our memory
                self._known.clear()
            host = host_of(authority)
            found = (n for n, app in enumerate(self._apps) if any(fits(p, host) for p in app.dialect.hosts))
            self._known[authority] = next(found, None)
        return self._known[authority]
