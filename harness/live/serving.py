"""`syncproof sandbox`: both mocks, seeded, and the control API, until Ctrl-C; a place to click in and to point a connector at."""

from __future__ import annotations

import shlex
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..connector_file import NETWORKS, ConnectorFile, load_connector
from ..drivers import Driver, drivers
from ..errors import InputError, Problem, SetupError
from ..held_folders import temporary_folder
from ..legible import plural
from ..mapping.grammar import Mapping, Side
from ..nearest import suggest
from ..network import Plan, plan_for
from ..ordering import disagreements, find_mapping, find_shape
from ..run_request import RunRequest
from ..sandbox import Sandbox
from ..shape import Shape, load_shape
from ..starting import Starter
from .api import control_api
from .client import TOKEN, URL
from .session import Session
from .stage import live_scenario

# What a shell variable is called for each placeholder of the connector file that systems give.
_PREFIX = {Side.CRM: "CRM", Side.MA: "MA"}
# How late Ctrl-C may be heard.
_LOOK_EVERY_S = 0.1


def parse_ports(text: str | None) -> tuple[int, int] | None:
    """Return the two ports of `8001,8002`, None for None. Raises InputError."""
    if text is None:
        return None
    parts = text.split(",")
    numbers = [int(p) for p in parts if p.strip().isdigit()]
    if len(parts) != 2 or len(set(numbers)) != 2 or not all(0 < n < 65_536 for n in numbers):
        raise InputError([Problem("--ports", f"`{text}` is not two different ports.", "Write them as `8001,8002`.")])
    return numbers[0], numbers[1]


@dataclass(frozen=True)
class _Wanted:
    """What the command line asked for, loaded."""

    connector: ConnectorFile | None
    mapping: Mapping
    mapping_path: Path
    shape: Shape | None
    plan: Plan


def serve(
    mapping: Path | None, shape: Path | None = None, *, seed: int, people: int, ports: tuple[int, int] | None,
    tell: Callable[[str], None], network: str | None = None, connector: Path | None = None,
) -> None:  # fmt: skip
    """Serve both mocks with ``people`` linked people, and the control API, until Ctrl-C or SIGTERM.

    ``connector`` is what the step `sync` starts. Raises InputError when a file is wrong, a port is taken, the network is
    none, or this system does not let us build it.
    """
    wanted = _wanted(mapping, shape, connector, network)
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(wanted.mapping, seed, ports=ports, shape=wanted.shape, plan=wanted.plan))
        session = stack.enter_context(opened(sandbox, people, wanted))
        url = sandbox.listen(control_api(session, sandbox.control_token))
        # Before anything else goes: watchers end by themselves, and nothing waits for them.
        stack.callback(session.close)
        with _told_to_stop() as stop:
            tell("\n".join(exports(sandbox, url)))
            tell(f"# seeded with {plural(people, 'person', 'people')}; `syncproof sandbox --help` tells what can be done; Ctrl-C ends it")
            while not stop:
                time.sleep(_LOOK_EVERY_S)


def _wanted(mapping: Path | None, shape: Path | None, connector: Path | None, network: str | None) -> _Wanted:
    """Load everything. Raises InputError."""
    if network is not None and network not in NETWORKS:
        raise InputError([Problem("--network", f"`{network}` is not a network{suggest(network, NETWORKS)}.")])
    program = load_connector(connector) if connector is not None else None
    found, path = find_mapping(mapping, program)
    orgs = load_shape(shape) if shape is not None else find_shape(None, program, found)
    if program is not None and (problems := disagreements(program, found, path)):
        raise InputError(problems)
    plan = Plan(network) if network is not None else plan_for(program) if program is not None else Plan("direct")
    return _Wanted(program, found, path, orgs, plan)


@contextmanager
def opened(sandbox: Sandbox, people: int, wanted: _Wanted | None = None) -> Iterator[Session]:
    """Seed a running sandbox and yield its session; with a connector, nothing of it is left afterwards."""
    if wanted is None or wanted.connector is None:
        yield Session(sandbox.mapping, sandbox, people)
        return
    with ExitStack() as stack:
        work = stack.enter_context(temporary_folder("sandbox"))
        request = RunRequest((live_scenario(people),), wanted.connector, wanted.mapping, wanted.mapping_path, seed=sandbox.seed, shape=wanted.shape)
        driver: Driver = drivers()[wanted.connector.start.kind]()
        stack.callback(driver.close)
        try:
            starter = Starter(request, driver, sandbox, work / "world", work / "output", lambda _: None)
        except SetupError as error:
            raise InputError([Problem(str(wanted.connector.path), str(error))]) from error
        stack.callback(starter.stop)

        def restart() -> None:
            starter.stop()
            starter.engaged = None

        session = Session(sandbox.mapping, sandbox, people, starter, state_dir=work / "world" / "state", restart=restart)
        session.stage.success_exit_codes = wanted.connector.exit_codes
        yield session


def exports(sandbox: Sandbox, control_url: str = "") -> list[str]:
    """Return shell lines that tell a connector where both systems are, how to get in, and what to trust."""
    found = []
    for name, value in sandbox.placeholders().items():
        side, dot, word = name.partition(".")
        if dot and side in (Side.CRM, Side.MA):
            found.append(f"export {_PREFIX[Side(side)]}_{word.upper()}={shlex.quote(value)}")
    found += [f"export {name}={shlex.quote(value)}" for name, value in sandbox.network.environment.items()]
    if sandbox.network.entry:
        found.append(f"# in the private network: {shlex.join(sandbox.network.entry)} COMMAND")
    if control_url:
        found.append(f"export {URL}={shlex.quote(control_url)}")
    return [*found, f"export {TOKEN}={shlex.quote(sandbox.control_token)}"]


@contextmanager
def _told_to_stop() -> Iterator[list[int]]:
    """Yield a list that Ctrl-C and SIGTERM fill; both mean here that all went well.

    Whoever waits for them has to look again and again: the system may hand a signal to another thread, which wakes nobody
    who waits for a lock (seen once in some thirty Ctrl-C during a sync: it was never heard).
    """
    told: list[int] = []
    kept = {number: signal.signal(number, lambda number, _: told.append(number)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
