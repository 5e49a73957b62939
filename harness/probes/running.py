"""Running probes against one or two accounts, and telling where they differ."""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import httpx
from syncproof_mocks.server import MockApp, Servers
from syncproof_mocks.world import World

from ..errors import InputError, Problem
from ..nearest import suggest
from ..sandbox import dialects
from .probing import Facts, NotSeenError, Probe, Target

URL_VARIABLE, TOKEN_VARIABLE = "SYNCPROOF_LIVE_URL", "SYNCPROOF_LIVE_TOKEN"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# A live account may take its time; one answer that never comes must not stop the others.
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Outcome:
    """What one target showed: facts, or why nothing was seen."""

    target: str
    facts: Facts | None
    reason: str = ""


@dataclass(frozen=True)
class Compared:
    """One probe with what each target showed. ``differences`` are lines for people; empty: all agree."""

    probe: Probe
    outcomes: tuple[Outcome, ...]
    differences: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """Return `same`, `differs`, or `not seen` when some target showed nothing."""
        if self.differences:
            return "differs"
        return "not seen" if any(o.facts is None for o in self.outcomes) else "same"


def probes_of(name: str) -> ModuleType:
    """Return the probes of a dialect. Raises InputError naming the dialects that have some."""
    known = sorted(dialects())
    if name not in known:
        raise InputError([Problem("probe", f"no dialect is called `{name}`{suggest(name, known)}.")])
    try:
        return importlib.import_module(f"{__package__}.{name}")
    except ModuleNotFoundError as error:
        raise InputError([Problem("probe", f"`{name}` has no parity probes.")]) from error


def compare(probes: Sequence[Probe], targets: Sequence[Target], tell: Callable[[str], None] | None = None) -> list[Compared]:
    """Ask every target every probe. A probe that crashes, or whose traces could not be removed, saw nothing."""
    found = []
    for probe in probes:
        if tell is not None:
            tell(f"probe {probe.id}: {probe.title}")
        outcomes = tuple(_asked(probe, target) for target in targets)
        found.append(Compared(probe, outcomes, tuple(_differences(probe, outcomes))))
    return found


def _asked(probe: Probe, target: Target) -> Outcome:
    try:
        facts: Facts | None = target.plain(dict(probe.look(target)))
        reason = ""
    except NotSeenError as error:
        facts, reason = None, str(error)
    except Exception as error:  # noqa: BLE001 (an answer of another form than any known: that is what was seen)
        facts, reason = None, f"an answer has another form ({type(error).__name__}: {error}); the last one was {target.last}"
    left = target.tidy()
    if left and not reason:
        return Outcome(target.name, None, f"could not be tidied up: {', '.join(left)}")
    return Outcome(target.name, facts, reason)


def _differences(probe: Probe, outcomes: Sequence[Outcome]) -> Iterator[str]:
    shown: list[tuple[str, Facts]] = [("research", probe.expected), *((o.target, o.facts) for o in outcomes if o.facts is not None)]
    for name in dict.fromkeys(key for _, facts in shown for key in facts):
        values = [(who, facts[name]) for who, facts in shown if name in facts]
        if any(value != values[0][1] for _, value in values[1:]):
            yield f"{name}: " + "; ".join(f"{who} {value!r}" for who, value in values)


@contextmanager
def mock_target(name: str, seed: int = 1, switches: Mapping[str, Any] | None = None, label: str = "mock") -> Iterator[Target]:
    """Yield a fresh mock on loopback, set up as the probes of its dialect need it."""
    module = probes_of(name)
    dialect = dialects()[name](World(seed))
    for switch, value in (switches or {}).items():
        dialect.switch(switch, value)
    furnish = getattr(module, "furnish", None)
    if furnish is not None:
        furnish(dialect)
    servers = Servers()
    [port] = servers.start([MockApp(dialect, secrets.token_urlsafe(16))])
    try:
        with _client(f"http://127.0.0.1:{port}", str(dialect.credentials()["token"])) as http:
            yield Target(label, http, f"syncproof{seed:x}")
    finally:
        servers.stop()


@contextmanager
def live_target(name: str, environment: Mapping[str, str]) -> Iterator[Target]:
    """Yield a live account, once it has said of itself that it is a test or sandbox account. Raises InputError.

    Address and token come from the environment, so that no shell history keeps them.
    """
    module = probes_of(name)
    missing = [Problem(variable, "is not set.", "Probes need a sandbox account's address and token.")
               for variable in (URL_VARIABLE, TOKEN_VARIABLE) if not environment.get(variable)]
    if missing:
        raise InputError(missing)
    url = environment[URL_VARIABLE].rstrip("/")
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise InputError([Problem(URL_VARIABLE, f"`{url}` is not https: a token must not travel in the open.")])
    with _client(url, environment[TOKEN_VARIABLE]) as http:
        target = Target("live", http, f"syncproof{secrets.token_hex(4)}")
        try:
            says = module.identify(target)
        except NotSeenError as error:
            raise InputError([Problem(URL_VARIABLE, f"the account does not tell what it is: {error}.")]) from error
        if not says.is_sandbox:
            raise InputError([Problem(URL_VARIABLE, f"the account says it is {says.text}: probes write, so only test and sandbox "
                                      "accounts are asked.", "Use a sandbox, a developer edition or a test account.")])  # fmt: skip
        yield target


def _client(url: str, token: str) -> httpx.Client:
    # Only what is asked for leaves this machine: no proxy, no .netrc.
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=_PATIENCE_S, trust_env=False)
