"""Two mocks on loopback, one world: started once per run, given a fresh world for each scenario."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from functools import cache
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from syncproof_mocks.checkpoint import Checkpoint
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.dialect import ConsentField, Dialect
from syncproof_mocks.discovery import discover
from syncproof_mocks.server import MockApp, Servers
from syncproof_mocks.world import World

from .errors import InputError, Problem
from .mapping.grammar import Mapping, Side
from .network import LOCALHOST, Network, Plan
from .shape import Shape, apply_side, builtin_shape, check_shape, read_shape

T = TypeVar("T")


@cache
def dialects() -> dict[str, type[Dialect]]:
    """Return every dialect by name, CRM and MA ones alike (their folders are the registry)."""
    import syncproof_mocks.crm
    import syncproof_mocks.ma

    return {**discover(syncproof_mocks.crm), **discover(syncproof_mocks.ma)}


def fitting_shape(path: Path, mapping: Mapping | None) -> Shape:
    """Return the shape file at ``path``, tried on empty systems of the mapping (None: not tried).

    Raises InputError with every problem of the file and everything that the systems do not take, at once.
    """
    shape, problems = read_shape(path)
    if mapping is not None:
        try:
            try_shape(shape, mapping)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return shape


def try_shape(shape: Shape, mapping: Mapping) -> None:
    """Put a shape onto empty systems of the mapping. Raises InputError with everything that does not fit."""
    known, world = dialects(), World(1)
    # A system nobody mocks is told by whoever starts it.
    check_shape(shape, {side: known[name](world) for side, name in mapping.systems.items() if name in known})


class Sandbox:
    """Mocks of a CRM and an MA that answer on 127.0.0.1. Use as a context manager; `renew` gives a fresh world."""

    def __init__(
        self, mapping: Mapping, seed: int = 1, *, ports: tuple[int, int] | None = None, shape: Shape | None = None,
        plan: Plan | None = None,
    ) -> None:
        self.mapping = mapping
        self.seed = seed
        self.control_token = secrets.token_urlsafe(24)
        self._ports = ports
        self.shape = shape or builtin_shape()
        self._servers = Servers()
        self.world, self.crm, self.ma = self._world(seed)
        self._apps = [MockApp(self.crm, self.control_token), MockApp(self.ma, self.control_token)]
        self.network = Network(plan or Plan(), self._apps, self._servers)
        self._urls: dict[Side, str] = {}
        self.kept: dict[str, Any] = {}  # what follows from mapping and shape alone: the same for every world of this sandbox

    # -- life ---------------------------------------------------------------------------------------

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> Sandbox:
        """Listen. Raises InputError when a port that was asked for is taken, or the system denies the network mode."""
        try:
            found = self._servers.start(self._apps, self._ports)
        except OSError as error:
            ports = ", ".join(map(str, self._ports or ()))
            raise InputError([Problem("--ports", f"port taken ({ports}): {error.strerror}.", "Give other ports, or none for free ones.")]) from error
        self._urls = {Side.CRM: f"http://127.0.0.1:{found[0]}", Side.MA: f"http://127.0.0.1:{found[1]}"}
        try:
            self.network.start()
        except BaseException:
            self.stop()
            raise
        self._place()
        return self

    def stop(self) -> None:
        """Stop listening; safe to call twice."""
        self.network.stop()
        self._servers.stop()

    def _place(self) -> None:
        """Tell both dialects where they are found."""
        for side in Side:
            self.on(side).base_url = self.url(side)

    def renew(self, seed: int) -> None:
        """Replace the world by an empty one with another seed; the ports stay."""

        def swap() -> None:
            self.seed = seed
            self.world, self.crm, self.ma = self._world(seed)
            for app, side in zip(self._apps, (Side.CRM, Side.MA), strict=True):
                app.become(self.on(side))
            self._place()

        self.call(swap)

    def _world(self, seed: int) -> tuple[World, Dialect, Dialect]:
        world = World(seed)
        crm, ma = (self._dialect(side, world) for side in (Side.CRM, Side.MA))
        return world, crm, ma

    def _dialect(self, side: Side, world: World) -> Dialect:
        known = dialects()
        name = self.mapping.systems[side.value]
        if name not in known:
            raise InputError([Problem("mapping: systems", f"no dialect is called `{name}`.", f"Known: {', '.join(sorted(known))}.")])
        dialect = known[name](world)
        apply_side(self.shape, side.value, dialect)
        for obj in self.mapping.objects:
            for rule in obj.fields:
                if rule.consent is not None and not rule.field_on(side).startswith("subscription:"):
                    key = ConsentKey(rule.consent.channel, rule.consent.purpose)
                    at, source = (rule.consent.crm_at, rule.consent.crm_source) if side is Side.CRM else (None, None)
                    dialect.declare_consent(obj.kind_on(side), rule.field_on(side), ConsentField(key, at, source))
        return dialect

    # -- use ----------------------------------------------------------------------------------------

    def on(self, side: Side) -> Dialect:
        """Return the dialect of one side."""
        return self.crm if side is Side.CRM else self.ma

    def url(self, side: Side) -> str:
        """Return the base URL that a connector is given for one side: the vendor's own, except in `direct` mode.

        It is "" before `start`.
        """
        if not self._urls:
            return ""
        return self.network.url_of(self.on(side)) or self._urls[side].replace(LOCALHOST, self.network.plan.host)

    def app(self, side: Side) -> MockApp:
        """Return the ASGI app of one side; faults are interceptors of it."""
        return self._apps[0 if side is Side.CRM else 1]

    @property
    def apps(self) -> dict[str, MockApp]:
        """Return the mocks by the address at which they listen."""
        return {self._urls.get(side, ""): self.app(side) for side in Side}

    def perform(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the servers' thread and return its result."""
        return self._servers.perform(work)

    def call(self, function: Callable[[], T]) -> T:
        """Run ``function`` between two requests, so that what it does to a store is atomic."""
        result: T = self._servers.call(function)
        return result

    def listen(self, app: Any) -> str:
        """Serve a further ASGI app on a loopback port of its own, and return its address."""
        return f"http://{LOCALHOST}:{self._servers.listen_beside(app)}"

    def checkpoint(self) -> Checkpoint:
        """Return this moment, to go back to with `go_back` (by way of `call`); `renew` makes it useless."""
        return self.call(lambda: Checkpoint(self._apps))

    def placeholders(self) -> dict[str, str]:
        """Return what a connector file may refer to: `crm.url`, `crm.token`, ..., `ma.token`, `seed`."""
        found = {"seed": str(self.seed), **self.network.placeholders}
        for side in (Side.CRM, Side.MA):
            url = self.url(side)
            found[f"{side}.url"] = url
            found[f"{side}.host"] = url.partition("://")[2]
            found.update({f"{side}.{name}": str(value) for name, value in self.on(side).credentials().items() if name not in ("url", "host")})
        return found

    def secrets(self) -> tuple[str, ...]:
        """Return every credential of this world: they must not be printed by a connector nor stand in a report."""
        public = {"url", "host", "username", "portal_id", "app_id", "client_id"}
        given = [str(v) for side in Side for k, v in self.on(side).credentials().items() if k not in public]
        # What the connector was handed out since then is as secret as what it was given.
        return tuple(dict.fromkeys([*given, *(token for side in Side for token in self.on(side).tokens_issued())]))


def default_mapping_file() -> Path:
    """Return the path of the default mapping."""
    return Path(str(resources.files("syncproof_scenarios") / "salesforce_hubspot" / "mapping.yaml"))
