"""`syncproof sandbox`: both mocks, seeded, until Ctrl-C; a place to click in and to point a connector at by hand."""

from __future__ import annotations

import shlex
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .cast import make_cast, seed_owners, seed_people
from .connector_file import NETWORKS
from .errors import InputError, Problem
from .legible import plural
from .mapping.grammar import Side
from .mapping.load import default_mapping_path, load_mapping
from .nearest import suggest
from .network import Plan
from .sandbox import Sandbox
from .scenario.grammar import PopulationSettings
from .shape import load_shape

# What a shell variable is called for each placeholder of the connector file that systems give.
_PREFIX = {Side.CRM: "CRM", Side.MA: "MA"}


def parse_ports(text: str | None) -> tuple[int, int] | None:
    """Return the two ports of `8001,8002`, None for None. Raises InputError."""
    if text is None:
        return None
    parts = text.split(",")
    numbers = [int(p) for p in parts if p.strip().isdigit()]
    if len(parts) != 2 or len(set(numbers)) != 2 or not all(0 < n < 65_536 for n in numbers):
        raise InputError([Problem("--ports", f"`{text}` is not two different ports.", "Write them as `8001,8002`.")])
    return numbers[0], numbers[1]


def serve(
    mapping: Path | None, shape: Path | None = None, *,
    seed: int, people: int, ports: tuple[int, int] | None, tell: Callable[[str], None], network: str = "direct",
) -> None:
    """Serve both mocks with ``people`` linked people until Ctrl-C or SIGTERM.

    Raises InputError when a port is taken, the network is none, or this system does not let us build it.
    """
    if network not in NETWORKS:
        raise InputError([Problem("--network", f"`{network}` is not a network{suggest(network, NETWORKS)}.")])
    wanted = load_shape(shape) if shape is not None else None
    with Sandbox(load_mapping(mapping or default_mapping_path()), seed, ports=ports, shape=wanted, plan=Plan(network)) as sandbox:
        _seed(sandbox, people)
        with _told_to_stop() as stop:
            tell("\n".join(exports(sandbox)))
            tell(f"# seeded with {plural(people, 'person', 'people')}; Ctrl-C ends both mocks")
            stop.wait()


def exports(sandbox: Sandbox) -> list[str]:
    """Return shell lines that tell a connector where both systems are, how to get in, and what to trust."""
    found = []
    for name, value in sandbox.placeholders().items():
        side, dot, word = name.partition(".")
        if dot and side in (Side.CRM, Side.MA):
            found.append(f"export {_PREFIX[Side(side)]}_{word.upper()}={shlex.quote(value)}")
    found += [f"export {name}={shlex.quote(value)}" for name, value in sandbox.network.environment.items()]
    if sandbox.network.entry:
        found.append(f"# in the private network: {shlex.join(sandbox.network.entry)} COMMAND")
    return [*found, f"export SYNCPROOF_CONTROL_TOKEN={shlex.quote(sandbox.control_token)}"]


def _seed(sandbox: Sandbox, number: int) -> None:
    if not number:
        return
    settings = PopulationSettings.model_validate({"total": number})
    cast = make_cast(settings, 0, sandbox)
    everybody = cast.population.people

    def fill() -> None:
        seed_owners(cast, sandbox)
        seed_people(cast, sandbox, everybody, {p.key: cast.place(p) for p in everybody})
        sandbox.world.journal.entries.clear()

    sandbox.call(fill)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C and SIGTERM set; both mean here that all went well."""
    told = threading.Event()
    kept = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
