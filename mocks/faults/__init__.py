"""What goes wrong at the API. One file = one fault; its own dataclass fields are its settings.

A fault is called instead of the request: ``await fault.strike(dialect, request, proceed)``. It decides whether the
vendor's work is done (``await proceed()``) and what the connector gets to see. When a fault strikes is decided here:
by system, operation, number of the matching request and seeded chance.
"""

from __future__ import annotations

import fnmatch
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Protocol

from ..dialect import Dialect
from ..discovery import discover
from ..server import MockApp
from ..wire import Operation, Request, Response

Proceed = Callable[[], Awaitable[Response]]


class Fault(Protocol):
    """One thing going wrong at the API."""

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer in place of the vendor; call ``proceed`` for the vendor's own answer (and effect)."""


@lru_cache(maxsize=1)
def faults() -> dict[str, type[Fault]]:
    """Return every fault by name (the folder is the registry)."""
    return discover(sys.modules[__name__])


@dataclass
class Armed:
    """A fault that is switched on, and how often it has struck. Used as an interceptor of a `MockApp`."""

    name: str
    fault: Fault
    operation: str
    times: int | None
    after: int
    probability: float
    seen: int = 0
    struck: int = 0

    async def __call__(
        self, dialect: Dialect, request: Request, operation: Operation | None, proceed: Proceed
    ) -> Response:
        """Strike or let the request pass."""
        if not self._matches(dialect, operation):
            return await proceed()
        self.struck += 1
        entry = request.exchange
        entry.fault = f"{entry.fault}, {self.name}" if entry.fault else self.name
        return await self.fault.strike(dialect, request, proceed)

    def _matches(self, dialect: Dialect, operation: Operation | None) -> bool:
        names = (operation.id, operation.shares) if operation is not None else ()
        if not any(fnmatch.fnmatchcase(name, self.operation) for name in names if name):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.struck >= self.times):
            return False
        # Drawn for each matching request, whether or not it is needed, so that draws do not depend on the settings.
        return dialect.dice.stream(f"fault/{self.name}").random() < self.probability


def arm(app: MockApp, settings: Mapping[str, Any]) -> Armed:
    """Switch a fault on. Raises ValueError for a fault, operation or setting that does not exist."""
    name = settings["fault"]
    if name not in faults():
        raise ValueError(f"no fault is called `{name}`; known: {', '.join(sorted(faults()))}")
    pattern = settings.get("operation") or "*"
    router = app.dialect.router
    known = [*(op.id for op in router.operations), *router.calls]
    if not fnmatch.filter(known, pattern):
        raise ValueError(f"no operation of {app.dialect.name} matches `{pattern}`, so it could never strike")
    kind = faults()[name]
    given = dict(settings.get("settings") or {})
    allowed = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(given) - allowed):
        raise ValueError(f"`{name}` has no setting {', '.join(unknown)}; allowed: {', '.join(sorted(allowed)) or 'none'}")
    armed = Armed(
        name, kind(**given), pattern, settings.get("times"), settings.get("after") or 0, settings.get("probability", 1.0)
    )
    app.interceptors = [*app.interceptors, armed]
    app.dialect.journal.mark("fault_armed", f"{name} on {app.dialect.name} {pattern}")
    return armed


def disarm(app: MockApp, name: str | None = None) -> None:
    """Switch faults off: the one with this name, or all."""
    app.interceptors = [i for i in app.interceptors if not isinstance(i, Armed) or (name is not None and i.name != name)]
    app.dialect.journal.mark("fault_healed", f"{name or 'all'} on {app.dialect.name}")
