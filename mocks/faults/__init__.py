"""What goes wrong at the API. One file = one fault; its own dataclass fields are its settings.

A fault is called instead of the request: ``await fault.strike(dialect, request, proceed)``. It decides whether the
vendor's work is done (``await proceed()``) and what the connector gets to see. When a fault strikes is decided here:
by system, operation, kind, record, number of the matching request and seeded chance.

A fault may offer more (`Choosy`, `Lasting`, ``records``, ``sort``); one that offers only ``strike`` is a whole fault.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal, Protocol, runtime_checkable
from urllib.parse import unquote_plus

from ..dialect import Dialect, Trip
from ..discovery import discover
from ..server import MockApp
from ..troubles import Tripping
from ..wire import Operation, Request, Response

Proceed = Callable[[], Awaitable[Response]]
Sort = Literal["passing", "refusal", "silent"]


class Fault(Protocol):
    """One thing going wrong at the API."""

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer in place of the vendor; call ``proceed`` for the vendor's own answer (and effect).

        Raises `UnfeltError` with the vendor's answer when there was nothing to strike at in this request.
        """


@runtime_checkable
class Choosy(Protocol):
    """A fault that cannot strike every operation of every vendor."""

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike this operation; "" when it can."""


@runtime_checkable
class Lasting(Protocol):
    """A fault that holds between requests too, from the moment it is switched on."""

    def begin(self, dialect: Dialect) -> None:
        """Bring about what holds."""

    def end(self, dialect: Dialect) -> None:
        """Undo it."""


class UnfeltError(Exception):
    """There was nothing to strike at: the vendor's own answer stands, and nothing counts as a strike."""

    def __init__(self, response: Response) -> None:
        super().__init__("nothing to strike at")
        self.response = response


async def refusing(dialect: Dialect, request: Request, proceed: Proceed, trip: Trip) -> Response:
    """Let the vendor do its work with the records refused that ``trip`` names. Raises UnfeltError when it named none."""
    with_it = Tripping(dialect, trip)
    request.around = (*request.around, with_it)
    response = await proceed()
    if not with_it.refused:
        raise UnfeltError(response)
    return response


@lru_cache(maxsize=1)
def faults() -> dict[str, type[Fault]]:
    """Return every fault by name (the folder is the registry)."""
    return discover(sys.modules[__name__])


def sort_of(name: str) -> Sort:
    """Return what a fault means for a connector.

    `passing`: time heals it, trying again gets through. `refusal`: nothing but a change of the record gets it through.
    `silent`: nobody can notice it, the answer looks like any other.
    """
    found: Sort = getattr(faults().get(name), "sort", "passing")
    return found


def struck_by(exchange_fault: str) -> tuple[str, ...]:
    """Return the names of the faults that an exchange carries."""
    return tuple(name for name in exchange_fault.split(", ") if name)


@dataclass(eq=False)
class Armed:
    """A fault that is switched on, and how often it has struck. Used as an interceptor of a `MockApp`."""

    name: str
    fault: Fault
    operation: str
    times: int | None
    after: int
    probability: float
    kinds: tuple[str, ...] = ()  # the words by which requests name the kind that is meant; empty: any
    records: frozenset[str] = frozenset()  # ids and addresses, lower case; empty: any record or none
    is_scoped: bool = False  # records were asked for, be there any or not
    seen: int = 0
    struck: int = 0

    async def __call__(
        self, dialect: Dialect, request: Request, operation: Operation | None, proceed: Proceed
    ) -> Response:
        """Strike or let the request pass."""
        if operation is None or not self._matches(dialect, request, operation):
            return await proceed()
        # Counted before it strikes: another request may arrive while it does.
        self.struck += 1
        entry = request.exchange
        entry.fault = f"{entry.fault}, {self.name}" if entry.fault else self.name
        try:
            return await self.fault.strike(dialect, request, proceed)
        except UnfeltError as unfelt:
            self.struck -= 1
            left = list(struck_by(entry.fault))
            left.remove(self.name)
            entry.fault = ", ".join(left)
            return unfelt.response

    def _matches(self, dialect: Dialect, request: Request, operation: Operation) -> bool:
        if not operation.is_meant_by(dialect.patterns(self.operation)):
            return False
        if isinstance(self.fault, Choosy) and self.fault.misses(dialect, operation):
            return False
        if (self.kinds or self.is_scoped) and not self._concerns(request):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.struck >= self.times):
            return False
        # Drawn for each matching request, whether or not it is needed, so that draws do not depend on the settings.
        return dialect.dice.stream(f"fault/{self.name}").random() < self.probability

    def _concerns(self, request: Request) -> bool:
        said = words_of(request)
        return (not self.kinds or not said.isdisjoint(self.kinds)) and (not self.is_scoped or not said.isdisjoint(self.records))


# What stands between the words of an address, a query or a JSON text; `@`, `.`, `+`, `-` and `_` are parts of words.
_BETWEEN = re.compile(r"[\s\"'`,;:/\\(){}\[\]<>=&?|^]+")


def words_of(request: Request) -> frozenset[str]:
    """Return the words of a request, lower case: of its path, its query (decoded) and its body."""
    # `+` in an address is part of it, in a query it is a blank: both readings count.
    text = " ".join((
        *request.segments, unquote_plus(request.query_string), request.query_string, request.body.decode("utf-8", "replace"),
    ))
    return frozenset(_BETWEEN.split(text.casefold()))


def complaint(dialect: Dialect, settings: Mapping[str, Any]) -> str:
    """Return why a rule (settings of the step `inject`) can never strike at this dialect; "" when it can."""
    name = settings["fault"]
    if name not in faults():
        return f"no fault is called `{name}`; known: {', '.join(sorted(faults()))}"
    pattern = settings.get("operation") or "*"
    meant = dialect.meant(pattern)
    if not meant:
        return f"no operation of {dialect.name} matches `{pattern}`, so it could never strike"
    if wrong := wrong_settings(name, settings.get("settings") or {}):
        return wrong
    kind = settings.get("kind")
    if kind and kind not in dialect.store.kinds:
        return f"{dialect.name} has no kind `{kind}`, so it could never strike; kinds: {', '.join(sorted(dialect.store.kinds)[:12])}..."
    fault = faults()[name](**settings.get("settings") or {})
    missed = [fault.misses(dialect, op) for op in meant] if isinstance(fault, Choosy) else [""]
    return f"`{name}` could never strike: {missed[0]}" if all(missed) else ""


def wrong_settings(name: str, given: Mapping[str, Any]) -> str:
    """Return what is wrong with the settings of a fault that exists; "" when nothing is."""
    kind = faults()[name]
    allowed = {f.name for f in fields(kind) if f.init}  # type: ignore[arg-type]
    if unknown := sorted(set(given) - allowed):
        return f"`{name}` has no setting {', '.join(unknown)}; allowed: {', '.join(sorted(allowed)) or 'none'}"
    try:
        kind(**given)
    except (ValueError, TypeError) as error:
        return str(error)
    return ""


def arm(app: MockApp, settings: Mapping[str, Any], records: Iterable[str] | None = None) -> Armed:
    """Switch a fault on. ``records``: ids and addresses of the records that are meant (None: any record or none).

    Raises ValueError for a fault, operation, kind or setting that does not exist, and for a rule that can never strike.
    """
    dialect = app.dialect
    if problem := complaint(dialect, settings):
        raise ValueError(problem)
    name, kind = settings["fault"], settings.get("kind")
    marks = frozenset(mark.casefold() for mark in records or ())
    fault = faults()[name](**settings.get("settings") or {})
    if hasattr(fault, "records"):
        fault.records = marks
    armed = Armed(
        name, fault, settings.get("operation") or "*", settings.get("times"), settings.get("after") or 0,
        settings.get("probability", 1.0), tuple(w.casefold() for w in dialect.words_for(kind)) if kind else (), marks,
        records is not None,
    )
    app.interceptors = [*app.interceptors, armed]
    if isinstance(fault, Lasting):
        fault.begin(dialect)
    dialect.journal.mark("fault_armed", f"{name} on {dialect.name} {armed.operation}")
    return armed


def disarm(app: MockApp, name: str | None = None) -> None:
    """Switch faults off: the one with this name, or all."""
    gone = [i for i in app.interceptors if isinstance(i, Armed) and (name is None or i.name == name)]
    app.interceptors = [i for i in app.interceptors if i not in gone]
    for armed in gone:
        if isinstance(armed.fault, Lasting):
            armed.fault.end(app.dialect)
    app.dialect.journal.mark("fault_healed", f"{name or 'all'} on {app.dialect.name}")
