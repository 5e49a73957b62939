"""What a live sandbox can be told: one step at a time, checkpoints and going back to them, where both sides differ.

All but the steps that last (`sync`, `wait`) is done on the servers' thread between two requests, so that two clients
never meet in the middle; and a step that fails leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from syncproof_mocks.checkpoint import Checkpoint
from syncproof_mocks.contents import UnkeepableError
from syncproof_mocks.faults import Armed

from ..errors import InputError, Problem, SetupError
from ..mapping.grammar import Mapping, Side
from ..nearest import suggest
from ..sandbox import Sandbox
from ..scenario.grammar import Scenario, ScenarioStep, known_steps
from ..scenario.loader import load_step
from ..stage import Connecting
from .differences import differences
from .following import Follower
from .happened import act_as_data, plain, sync_as_data
from .stage import LiveStage

SEEDED = "seeded"
MOST_CHECKPOINTS = 50
LONGEST_NAME = 80
FAREWELL_S, LONGEST_FAREWELL_S = 0.05, 2.0
# What a stage refers to and does not own: it is the same before and after.
_APART = (Sandbox, Scenario, Mapping, threading.Event)


class BusyError(Exception):
    """A step that lasts is under way; what was asked for cannot be done meanwhile."""


@dataclass(frozen=True)
class _Kept:
    checkpoint: Checkpoint
    state: Path | None  # a copy of the connector's state folder


class Session:
    """One live sandbox, from its seeding to its end. Call it on the servers' thread, except `close`."""

    def __init__(
        self, mapping: Mapping, sandbox: Sandbox, people: int, connect: Connecting | None = None, *,
        state_dir: Path | None = None, restart: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """Seed so many people. ``state_dir`` is the connector's, ``restart`` lets it forget what it holds in memory."""
        self.sandbox, self.stage = sandbox, LiveStage(mapping, sandbox, people, connect)
        self.stage.state_dir = state_dir
        self._restart, self._copies = restart, 0
        self._state_dir = state_dir
        self._followers: list[Follower] = []
        self._lasting: tuple[str, float] | None = None
        self._awaited: asyncio.Future[None] | None = None
        self.is_over = False
        self._kept: dict[str, _Kept] = {}
        self.sandbox.call(lambda: self._keep(SEEDED))

    # -- steps --------------------------------------------------------------------------------------

    async def step(self, entry: Any) -> dict[str, Any]:
        """Do one step, given as it stands in YAML, and return what happened.

        Raises InputError when it is none, SetupError when it cannot be done now, BusyError while another one lasts.
        """
        step = load_step(entry, "step")
        self._be_free(step.name)
        before = _Before(self)
        kind = known_steps()[step.name]
        if syncs := getattr(kind, "syncs", False):
            self.stage.need_connector()
        if syncs or getattr(kind, "lasts", False):
            await self._lasting_step(step)
        else:
            with self._all_or_nothing():
                self.sandbox.world.journal.mark("step", str(step))
                step.run(self.stage)
        return {"step": str(step), **before.since()}

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Go back to where things stood if what is done inside fails; nobody else can act meanwhile."""
        before = self._checkpoint()
        try:
            yield
        except BaseException:
            before.undo()
            raise

    async def _lasting_step(self, step: ScenarioStep) -> None:
        """Do it in a thread of its own: the servers' thread must be free for the connector's requests."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        ended.add_done_callback(lambda future: future.exception())  # it is known, also when whoever asked has hung up
        self._awaited = ended

        def done(error: BaseException | None) -> None:
            self._lasting = None
            if not ended.done():
                ended.set_result(None) if error is None else ended.set_exception(error)

        def work() -> None:
            try:
                step.run(self.stage)
            except BaseException as error:  # noqa: BLE001 (told to whoever asked)
                found: BaseException | None = error
            else:
                found = None
            if not self.is_over:
                loop.call_soon_threadsafe(done, found)

        self._lasting = step.name, time.monotonic()
        self.sandbox.world.journal.mark("step", str(step))
        threading.Thread(target=work, name=f"syncproof-{step.name}", daemon=True).start()
        # Whoever asked may hang up: the step goes on, and nothing else begins before it has ended.
        await asyncio.shield(ended)

    def _be_free(self, wanted: str) -> None:
        if self._lasting is not None:
            name, since = self._lasting
            raise BusyError(f"`{wanted}` must wait: `{name}` has been under way for {time.monotonic() - since:.0f} s")

    # -- checkpoints --------------------------------------------------------------------------------

    def checkpoint(self, name: str | None) -> dict[str, Any]:
        """Keep this moment under a name (None: the next free number); one that exists is kept anew. Raises InputError."""
        self._be_free("checkpoint")
        chosen = name if name is not None else str(next(n for n in range(1, len(self._kept) + 2) if str(n) not in self._kept))
        if not chosen.strip() or len(chosen) > LONGEST_NAME or not chosen.isprintable():
            raise InputError([Problem("checkpoint", f"a name has 1 to {LONGEST_NAME} letters that can be printed.")])
        if chosen == SEEDED:
            raise InputError([Problem("checkpoint", f"`{SEEDED}` is the state in which the sandbox began.", "Choose another name.")])
        if chosen not in self._kept and len(self._kept) > MOST_CHECKPOINTS:
            raise InputError([Problem("checkpoint", f"a sandbox keeps at most {MOST_CHECKPOINTS}.", "Give the name of one that may be replaced.")])
        return {"checkpoint": chosen, "journal": self._keep(chosen).seq}

    async def rewind(self, name: str | None, *, time_goes_on: bool = False) -> dict[str, Any]:
        """Go back to a checkpoint (None: the seeded state). Raises InputError naming those that there are."""
        self._be_free("rewind")
        chosen = name if name is not None else SEEDED
        kept = self._kept.get(chosen)
        if kept is None:
            raise InputError([Problem("rewind", f"there is no checkpoint `{chosen}`{suggest(chosen, self._kept)}.")])
        if self.stage.has_connector:
            self._lasting = "rewind", time.monotonic()
            try:
                await asyncio.to_thread(self._restart)
            finally:
                self._lasting = None
        undone = len(self.stage.journal) - kept.checkpoint.seq
        for follower in self._followers:
            follower.goes_back()
        kept.checkpoint.go_back(time_goes_on=time_goes_on)
        self._put_back(kept.state)
        for follower in self._followers:
            follower.went_back(chosen)
        return {"rewound": chosen, "undone": max(undone, 0), "now": self.sandbox.world.clock.now().isoformat(timespec="seconds")}

    def _checkpoint(self) -> Checkpoint:
        apps = [self.sandbox.app(side) for side in Side]
        apart = (*_APART, type(self.stage.connect))
        try:
            return Checkpoint(apps, [self.stage], apart)
        except UnkeepableError as error:
            raise SetupError(str(error)) from error

    def _keep(self, name: str) -> Checkpoint:
        checkpoint, earlier = self._checkpoint(), self._kept.get(name)
        self._kept[name] = _Kept(checkpoint, self._copied())
        if earlier is not None and earlier.state is not None:
            shutil.rmtree(earlier.state, ignore_errors=True)
        return checkpoint

    def _copied(self) -> Path | None:
        """Return a copy of what the connector knows: its cursors and its map of ids belong to the moment."""
        if self._state_dir is None:
            return None
        self._copies += 1
        copy = self._state_dir.with_name(f"{self._state_dir.name}.{self._copies}")
        if self._state_dir.exists():
            shutil.copytree(self._state_dir, copy, symlinks=True)
        return copy

    def _put_back(self, copy: Path | None) -> None:
        if self._state_dir is None or copy is None:
            return
        shutil.rmtree(self._state_dir, ignore_errors=True)
        if copy.exists():
            shutil.copytree(copy, self._state_dir, symlinks=True)

    # -- looking ------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """Return what is there: people, checkpoints, faults that are on, the time."""
        sandbox = self.sandbox
        faults = [
            {"fault": armed.name, "system": str(side), "operation": armed.operation, "struck": armed.struck, "matched": armed.seen}
            for side in Side for armed in sandbox.app(side).interceptors if isinstance(armed, Armed)
        ]  # fmt: skip
        return {
            "mapping": self.stage.mapping.mapping, "systems": {str(side): sandbox.on(side).name for side in Side}, "seed": sandbox.seed,
            "people": len(self.stage.cast.people), "now": sandbox.world.clock.now().isoformat(timespec="seconds"),
            "journal": len(self.stage.journal), "checkpoints": list(self._kept), "faults": faults,
            "connector": self.stage.has_connector, "busy": self._lasting[0] if self._lasting else "",
        }  # fmt: skip

    def differences(self) -> dict[str, Any]:
        """Return where both sides differ now, by the mapping; see `differences`."""
        self.stage.catch_up()
        return differences(self.stage)

    @contextmanager
    def followed(self) -> Iterator[Follower]:
        """Tell somebody what happens for as long as the block lasts."""
        follower = Follower(self.sandbox)
        self._followers.append(follower)
        try:
            yield follower
        finally:
            self._followers.remove(follower)

    def close(self) -> None:
        """Let followers hear the rest and go (call it while the mocks still serve). A step that still lasts is not waited for."""
        self.is_over = True
        self.sandbox.perform(self._alone())

    async def _alone(self) -> None:
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_exception(SetupError("the sandbox was ended meanwhile"))
            await asyncio.sleep(FAREWELL_S)
        until = time.monotonic() + LONGEST_FAREWELL_S
        while self._followers and time.monotonic() < until:
            await asyncio.sleep(0.01)


class _Before:
    """How much had happened before a step."""

    def __init__(self, session: Session) -> None:
        stage = self._stage = session.stage
        self._acts, self._syncs, self._claims, self._armed = len(stage.acts), len(stage.syncs), len(stage.asserted), len(stage.armed)

    def since(self) -> dict[str, Any]:
        """Return what has happened since: acts of people, syncs, claims of `assert`, faults that were switched on."""
        stage = self._stage
        return {
            "acts": [act_as_data(act, stage) for act in stage.acts[self._acts :]],
            "syncs": [sync_as_data(sync) for sync in stage.syncs[self._syncs :]],
            "claims": [{name: plain(value) for name, value in claim.items()} for claim in stage.asserted[self._claims :]],
            "faults": [f"{armed.name} on the {side.upper()} ({armed.operation})" for side, armed, _ in stage.armed[self._armed :]],
        }
