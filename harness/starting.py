"""The connector of one scenario: what it is told (placeholders, variables, webhooks), and the driver that makes it sync."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .connector_file import ConnectorFile, builtin_reference, expand
from .drivers import Driver, Ended, Engaged, Task
from .errors import SetupError
from .mapping.grammar import Side
from .mapping.written_out import written_out
from .placeholders import fill_in
from .run_request import RunRequest
from .sandbox import Sandbox
from .scenario.grammar import Scenario
from .settling import Settling

# An answer's value in a text of `start: http:`; it is filled in when the answer is there.
_ANSWER = re.compile(r"\{answer\.[^}]*\}")
_CALLED = ("service", "http")  # ways to start in which somebody calls the connector


class Starter:
    """Lets the connector of one scenario sync, and can kill the one at work.

    ``enlist`` is told of what is at work, so that the whole run can be ended; it raises SetupError when it is over.
    """

    def __init__(
        self, request: RunRequest, driver: Driver, sandbox: Sandbox, world: Path, output: Path, enlist: Callable[[Engaged], None]
    ) -> None:
        self._request, self._driver, self._enlist = request, driver, enlist
        self._world, self._output = world, output
        self._output.mkdir(parents=True)
        self.engaged: Engaged | None = None
        # In a private network nobody could call it otherwise.
        self._gate = sandbox.network.gate() if request.connector.start.manner in _CALLED else None
        try:
            self._values = self._told(sandbox, self._gate.port if self._gate else free_port())
        except BaseException:
            self.stop()
            raise

    def __call__(self, sandbox: Sandbox, number: int, instances: int = 1) -> Ended:
        """Let the connector sync (several of it at once, where it can) and return how that ended."""
        network = sandbox.network
        if self.engaged is None:
            self.engaged = self._driver.engage(self._task(sandbox))
        self._enlist(self.engaged)
        network.sync_begins()
        try:
            return self.engaged.sync(number, instances)
        finally:
            network.sync_ended()

    def kill(self) -> None:
        """End the connector and its children at once; nothing happens when none is at work."""
        if self.engaged is not None:
            self.engaged.kill()

    def stop(self) -> None:
        """End it for good; nothing of it is left afterwards."""
        try:
            if self.engaged is not None:
                self.engaged.stop()
        finally:
            if self._gate is not None:
                self._gate.close()

    # -- what it is told ----------------------------------------------------------------------------

    def _told(self, sandbox: Sandbox, port: int) -> dict[str, str]:
        """Return the value of every placeholder, and have the vendors tell it what its owner has set up."""
        connector = self._request.connector
        base = f"http://127.0.0.1:{port}"
        paths = [told.path for told in connector.webhooks.values()]
        values = {
            **sandbox.placeholders(), "state_dir": str(self._world / "state"), "mapping_file": str(written_out(self._request.mapping, self._request.mapping_path, self._world)),
            "webhook_port": str(port), "webhook_url": base + (paths[0] if paths else ""),
        }  # fmt: skip
        for name, told in connector.webhooks.items():
            side = Side(name)
            outbox = sandbox.on(side).outbox
            if outbox is None:
                raise SetupError(f"{sandbox.on(side).name} has no webhooks: `webhooks: {{{name}: ...}}` cannot be set up")
            try:
                sandbox.call(partial(outbox.listen, base + told.path, list(self._events(sandbox, side, told.events))))
            except ValueError as error:
                raise SetupError(f"webhooks: {name}: {error}") from error
        return values

    def _events(self, sandbox: Sandbox, side: Side, events: Sequence[str]) -> Iterator[str]:
        """Yield the events with `:*` replaced by each mapped field of the kind that the event is about."""
        dialect, mapping = sandbox.on(side), self._request.mapping
        found: dict[str, None] = {}
        for event in events:
            head, star, rest = event.partition(":*")
            if not star or rest:
                found[event] = None
                continue
            kind = head.partition(".")[0]
            for obj in mapping.objects:
                if kind in dialect.words_for(obj.kind_on(side)):
                    known = dialect.schema(obj.kind_on(side))
                    found |= {f"{head}:{rule.field_on(side)}": None for rule in obj.fields if rule.field_on(side) in known}
        yield from found

    def _task(self, sandbox: Sandbox) -> Task:
        connector, network = self._request.connector, sandbox.network
        expanded = expand(connector, self._values)
        return Task(
            connector.start, expanded.argv, {**network.environment, **expanded.env}, connector.cwd, Path(self._values["state_dir"]),
            self._world / "home", self._output, network.entrance, Settling(sandbox, self._request.mapping, connector.start),
            self._fill, sandbox.apps, sandbox.perform, (Path(self._values["mapping_file"]), *network.files), network.hosts, network.authority,
            self._gate.look if self._gate else lambda: None,
        )  # fmt: skip

    def _fill(self, text: str) -> str:
        kept = _ANSWER.findall(text)
        parts = [fill_in(part, self._values) for part in _ANSWER.split(text)]
        return "".join(word for pair in zip(parts, [*kept, ""], strict=True) for word in pair)


def connector_for(connector: ConnectorFile, scenario: Scenario) -> ConnectorFile:
    """Return the connector as a scenario needs it: `options: {start: service}` is about one that runs all the time.

    The reference connector can be both. Raises SetupError for a connector that is started otherwise.
    """
    wanted = scenario.options.get("start", connector.start.manner)
    if wanted == connector.start.manner:
        return _in_zone(connector, scenario)
    if connector.path is None and wanted in ("command", "service"):
        return _in_zone(builtin_reference(filter(None, connector.env.get("SYNC_BUGS", "").split(",")), wanted), scenario)
    raise SetupError(f"this story is about connectors with `start: {wanted}`, and this one has `start: {connector.start.manner}`")


def _in_zone(connector: ConnectorFile, scenario: Scenario) -> ConnectorFile:
    """Return the connector as it runs on a machine in another time zone: `options: {time_zone: Europe/Warsaw}`.

    A connector whose own file sets `TZ` stays where it is. Raises SetupError for a zone that this machine does not know.
    """
    zone = scenario.options.get("time_zone")
    if zone is None or "TZ" in connector.env:
        return connector
    try:
        ZoneInfo(str(zone))
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise SetupError(f"`time_zone`: this machine knows no zone `{zone}`: {error}") from error
    return connector.model_copy(update={"env": {**connector.env, "TZ": str(zone)}})


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def described(connector: ConnectorFile, prepared: Mapping[str, str]) -> dict[str, object]:
    """Return what a report says of the connector; ``prepared`` is what its driver has found out (an image's digest)."""
    start = connector.start
    image = [start.container.image, *start.container.command] if start.container else []
    command = image or list(start.words) or [start.python or (start.http.url if start.http else "")]
    return {"name": connector.name, "command": command, "start": start.kind, "network": connector.network,
            "file": str(connector.path) if connector.path else "built in", **prepared}  # fmt: skip
