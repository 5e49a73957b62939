"""A container at work, and where the containers of one scenario live: their image, their state, their files."""

from __future__ import annotations

import contextlib
import importlib
import io
import math
import tarfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import SetupError
from ..network import GATEWAY_HOST
from ..start_kinds import Image, Start
from . import Ended, Task
from ._at_work import AtWork, OneShot
from ._engine import Ownership, answering, bundles, connect, find_image, identity, refuse_unfit, sweep
from ._running import GRACE_S, Output
from ._serving import Serving

# So many processes and threads may be in one container: a program that forks without end hurts only itself.
MOST_PROCESSES = 4_096
_PATIENCE_S = 15.0
# In the state folder on our side: in which volume the connector's state is. Who takes the folder away takes the state away.
_MARK = "volume"


class Containers:
    """The engine and the image of a run. `prepare` first; `close` at the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: Any = None
        self._image: Any = None
        self._owned: Ownership | None = None

    def prepare(self, start: Start) -> Mapping[str, str]:
        """Find engine and image, remove what dead runs have left, and return what the image is. Raises InputError."""
        image = start.container
        assert image is not None
        with self._lock:
            if self._client is None:
                client = connect()
                with answering():
                    refuse_unfit(client, image, start.memory_mb)
                    sweep(client)
                    self._image, self._owned, self._client = find_image(client, image.image), Ownership(), client
            return identity(self._image, image.image)

    def once(self, task: Task) -> OneShot:
        """Return a connector of which one sync is one container."""
        return _Once(task, self._house(task))

    def serving(self, task: Task) -> Serving:
        """Return a connector whose container runs all the time."""
        return _Serving(task, self._house(task))

    def _house(self, task: Task) -> House:
        self.prepare(task.start)
        assert self._owned is not None
        return House(self._client, self._image, self._owned.labels, task)

    def close(self) -> None:
        """Let go of the engine; safe to call twice."""
        with self._lock:
            if self._owned is not None:
                self._owned.release()
                self._client.close()
            self._client = self._image = self._owned = None


class House:
    """The containers of one scenario and the volume with their state, which outlives each of them."""

    def __init__(self, client: Any, image: Any, labels: Mapping[str, str], task: Task) -> None:
        assert task.start.container is not None
        self._client, self._image, self._labels, self._task = client, image, dict(labels), task
        self._wanted, self._memory_mb = task.start.container, task.start.memory_mb
        self._volume: Any = None
        self._made: list[Contained] = []
        self._bundles: tuple[str, ...] | None = None  # the same in every container of the image
        self.errors = importlib.import_module("docker.errors")

    def make(self, log: Path, timeout_s: float | None) -> Contained:
        """Create a container, not started yet. Raises SetupError when the engine does not."""
        with self._understood("the container could not be made"):
            self._renew_state()
            container = self._client.containers.create(self._image.id, list(self._task.argv) or None, **self._settings())
            try:
                container.put_archive("/", self._packed(container))
                contained = Contained(container, log, timeout_s, self.errors, self._memory_mb)
            except BaseException:
                container.remove(force=True, v=True)
                raise
        self._made.append(contained)
        return contained

    def _settings(self) -> dict[str, Any]:
        types = importlib.import_module("docker.types")
        reach = reaching(self._wanted)
        found: dict[str, Any] = {
            "environment": dict(self._task.env), "labels": self._labels, "pids_limit": MOST_PROCESSES,
            "mounts": [types.Mount(str(self._task.state_dir), self._volume.name, type="volume")],
            # What it prints is kept by us, within bounds; the engine would keep all of it.
            "log_config": types.LogConfig(type="none"),
            # docker-py would hand on the proxies of our user's own settings.
            "use_config_proxy": False,
            **reach, "extra_hosts": {**reach["extra_hosts"], **self._task.hosts},
        }  # fmt: skip
        if self._memory_mb:
            found |= {"mem_limit": f"{self._memory_mb}m", "memswap_limit": f"{self._memory_mb}m"}
        return found

    def _packed(self, container: Any) -> bytes:
        """Return a tar of our files at their own places, and of the state folder, writable for whoever the image runs as.

        The run's certificate also takes the place of every bundle that is there.
        """
        files = {str(file.absolute()): file for file in self._task.files}
        if self._task.authority is not None:
            if self._bundles is None:
                self._bundles = bundles(self._client, container, self._image)
            files |= dict.fromkeys(self._bundles, self._task.authority)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for path, file in files.items():
                content = file.read_bytes()
                entry = tarfile.TarInfo(path.lstrip("/"))
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
            folder = tarfile.TarInfo(str(self._task.state_dir).lstrip("/"))
            folder.type, folder.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(folder)
        return packed.getvalue()

    def _renew_state(self) -> None:
        """Make a new volume where the state folder does not say that there is one: `lose_state` takes the folder away."""
        mark = self._task.state_dir / _MARK
        if self._volume is None or not mark.exists():
            self._drop_state()
            self._volume = self._client.volumes.create(labels=self._labels)
            mark.write_text(self._volume.name)

    def _drop_state(self) -> None:
        if self._volume is not None:
            self._volume.remove(force=True)
            self._volume = None

    def empty(self) -> None:
        """Remove everything; safe to call twice. Raises SetupError when the engine does not."""
        with self._understood("the container could not be removed"):
            for contained in self._made:
                contained.remove()
            self._drop_state()

    @contextlib.contextmanager
    def _understood(self, what: str) -> Iterator[None]:
        try:
            yield
        except (self.errors.DockerException, OSError) as error:
            raise SetupError(f"{what}: {error}") from error


def reaching(image: Image) -> dict[str, Any]:
    """Return the settings by which a container reaches the mocks, which listen on this machine's loopback only."""
    if image.over_gateway:
        return {"extra_hosts": {GATEWAY_HOST: "host-gateway"}}
    return {"network_mode": "host", "extra_hosts": {}}


class Contained:
    """One container: `start` it, then see `AtWork`."""

    def __init__(self, container: Any, log: Path, timeout_s: float | None, errors: Any, memory_mb: int) -> None:
        self.is_over = False
        self._container, self._timeout_s, self._errors, self._memory_mb = container, timeout_s, errors, memory_mb
        self._output = Output(log)
        self._over = threading.Event()
        self._lost: list[Exception] = []  # the engine stopped answering
        self._is_killed = self._is_removed = False
        self._refusal = ""
        self._began = 0.0
        frames: Iterable[bytes] = ()
        with self._refused():
            # Before the start: nothing that is printed is missed, and nothing is kept by the engine.
            frames = container.attach(stdout=True, stderr=True, stream=True, logs=False)
        self._reader = threading.Thread(target=self._output.drain, args=(_Frames(frames, errors),), name="syncproof-output", daemon=True)

    def start(self) -> None:
        """Start it; what is wrong with its words or its image is told by `wait`. Raises SetupError when the engine fails."""
        self._began = time.monotonic()
        self._reader.start()
        if not self._refusal:
            with self._refused():
                self._container.start()
                threading.Thread(target=self._watch, name="syncproof-container", daemon=True).start()

    @contextlib.contextmanager
    def _refused(self) -> Iterator[None]:
        """Keep why an engine does not start what it was given; Podman looks for the program before the start already."""
        try:
            yield
        except self._errors.APIError as error:
            if not error.is_client_error():
                raise SetupError(f"the container could not be started: {error.explanation or error}") from error
            self._refusal = str(error.explanation or error)
        except (self._errors.DockerException, OSError) as error:
            raise SetupError(f"the container could not be started: {error}") from error

    def _watch(self) -> None:
        try:
            self._container.wait(timeout=None)
        except (self._errors.DockerException, OSError) as error:
            self._lost.append(error)
        self._over.set()

    # -- the contract -------------------------------------------------------------------------------

    def wait(self) -> Ended:
        """Return how it ended, and remove it. Raises SetupError when the engine stopped answering."""
        try:
            if self._refusal:
                return Ended(None, "not started", 0.0, reason=self._refusal)
            is_late = not self._over.wait(self._timeout_s and max(0.0, self._began + self._timeout_s - time.monotonic()))
            seconds = time.monotonic() - self._began
            if is_late:
                self._container.stop(timeout=math.ceil(GRACE_S))
                self._over.wait(_PATIENCE_S)
            if self._lost:
                raise SetupError(f"the container engine stopped answering: {self._lost[0]}")
            self._container.reload()
            self._reader.join(_PATIENCE_S)
            return self._ended(is_late, seconds, self._container.attrs["State"])
        except (self._errors.DockerException, OSError) as error:
            raise SetupError(f"the container engine stopped answering: {error}") from error
        finally:
            with contextlib.suppress(self._errors.DockerException, OSError):
                self.remove()
            self.is_over = True

    def _ended(self, is_late: bool, seconds: float, state: Mapping[str, Any]) -> Ended:
        code, reason = int(state["ExitCode"]), ""
        printed = self._output.so_far()
        if code == 137 and self._memory_mb:
            reason = f"it was killed (exit code 137), as what needs more than its {self._memory_mb} MB is (`start: memory_mb`)"
        if state.get("OOMKilled"):
            reason = f"it needed more than {self._memory_mb} MB of memory, which is its bound (`start: memory_mb`)"
        if is_late:
            return Ended(None, "timeout", seconds, *printed, (), reason)
        if self._is_killed:
            return Ended(None, "killed", seconds, *printed, (), reason)
        # An engine says 128 + 9 of who was killed with signal 9, and a shell says the same of its child.
        if state.get("OOMKilled") and code == 137:
            return Ended(-9, "killed", seconds, *printed, (), reason)
        return Ended(code, "exited", seconds, *printed, (), reason)

    def kill(self) -> None:
        """End it at once with everything in it; nothing happens when it does not run (any more)."""
        if self.is_over:
            return
        self._is_killed = True  # before the end is known to `wait`
        try:
            self._container.kill()
        except (self._errors.DockerException, OSError):
            self._is_killed = False

    def pause(self) -> None:
        """Freeze it, with everything in it. Raises SetupError when the engine cannot."""
        self._ask("paused", self._container.pause)

    def go_on(self) -> None:
        """Let it go on."""
        self._ask("continued", self._container.unpause)

    def _ask(self, what: str, word: Any) -> None:
        try:
            word()
        except self._errors.APIError as error:
            if not self._over.wait(1.0):
                raise SetupError(f"the container could not be {what}: {error.explanation or error}") from error
            while not self.is_over:  # whoever is in `wait` is about to know how it ended
                time.sleep(0.01)

    def turn_output(self, path: Path) -> None:
        """Let what is printed from now on go to another file, and be counted anew."""
        self._output.turn(path)

    def printed(self) -> tuple[bytes, int, bool]:
        """Return tail and length of what was printed into this file, and whether the file has less."""
        return self._output.so_far()

    def await_text(self, text: str, seconds: float) -> bool:
        """Wait until it printed ``text``; tell whether it did within ``seconds``."""
        return self._output.await_text(text.encode(), seconds)

    def remove(self) -> None:
        """Remove it, whatever it does; safe to call twice."""
        if not self._is_removed:
            with contextlib.suppress(self._errors.NotFound):
                self._container.remove(force=True, v=True)
            self._is_removed = True
            if self._reader.is_alive():
                self._reader.join(_PATIENCE_S)
            self._output.close()


class _Once(OneShot):
    """One container for each sync; all of a sync are made before the first is started, so that they run together."""

    def __init__(self, task: Task, house: House) -> None:
        super().__init__(task, self._start_all)
        self._home, self._house = task, house

    def _start_all(self, number: int, instances: int, running: list[AtWork]) -> None:
        made = [self._house.make(self._home.log(number, n), self._home.start.timeout_s) for n in range(1, instances + 1)]
        running.extend(made)
        for contained in made:
            contained.start()

    def stop(self) -> None:
        """End what is at work, and remove everything."""
        super().stop()
        self._house.empty()


class _Serving(Serving):
    """A container that runs all the time."""

    def __init__(self, task: Task, house: House) -> None:
        super().__init__(task, GRACE_S, self._start_one)
        self._home, self._house = task, house

    def _start_one(self, number: int) -> AtWork:
        contained = self._house.make(self._home.log(number), None)
        contained.start()
        return contained

    def stop(self) -> None:
        """End it for good, and remove everything."""
        super().stop()
        self._house.empty()


class _Frames:
    """What an engine sends of a container's output, read as a stream."""

    def __init__(self, frames: Iterable[bytes], errors: Any) -> None:
        self._frames, self._errors = iter(frames), errors

    def read(self, _: int) -> bytes:
        """Return the next piece; nothing at the end."""
        try:
            return next((frame for frame in self._frames if frame), b"")
        except self._errors.DockerException as error:
            raise OSError(str(error)) from error
