"""The container engine of this machine (Docker or Podman): found, tried, asked for an image, and swept of what dead runs left.

testcontainers connects (settings, contexts, logins to registries); its reaper, a container of its own, is never started:
it would have to come from a registry. What is ours carries a label instead, and the next run removes what is nobody's.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from ..errors import InputError, Problem
from ..held_folders import HeldFolder, hold, make_temporary
from ..network.trust import SYSTEM_BUNDLES
from ..start_kinds import Image

LABEL = "syncproof.run"
WHERE = "start: container"
# Longer than any answer of an engine that works; what may take longer (a pull, a wait) has no such bound.
_ANSWER_S = 120
_PING_S = 10
# An engine lists no folder of a container, so versions are tried one by one.
_PACKAGES = (*(f"lib/python3.{minor}/site-packages" for minor in range(8, 17)), "lib/python3/dist-packages")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def sockets() -> list[Path]:
    """Return where engines listen when nothing says otherwise, and a socket is there: Docker first."""
    runtime, home = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"), Path.home()
    places = (
        Path("/var/run/docker.sock"), runtime / "docker.sock", home / ".docker/run/docker.sock", home / ".docker/desktop/docker.sock",
        runtime / "podman/podman.sock", Path("/run/podman/podman.sock"),
    )  # fmt: skip
    return [place for place in places if place.is_socket()]


def connect() -> Any:
    """Return a client (docker-py) of the engine that answers. Raises InputError with what was tried and what to do.

    `DOCKER_HOST`, `CONTAINER_HOST` and a docker context say which one; without them the usual sockets are tried.
    """
    try:
        ours = importlib.import_module("testcontainers.core.docker_client")
    except ImportError as error:
        raise _refusal("it needs testcontainers, which is not installed.", "Install it: pip install 'syncproof[drivers]'") from error
    docker_error = importlib.import_module("docker.errors").DockerException
    given = os.environ.get("DOCKER_HOST") or os.environ.get("CONTAINER_HOST") or ours.get_docker_host()
    tried = []
    for address in [given] if given else [f"unix://{place}" for place in sockets()]:
        _refuse_elsewhere(address)
        try:
            # First with little patience: a socket may be there with nobody behind it.
            ours.DockerClient(environment={**os.environ, "DOCKER_HOST": address}, timeout=_PING_S).client.close()
            return ours.DockerClient(environment={**os.environ, "DOCKER_HOST": address}, timeout=_ANSWER_S).client
        except (docker_error, OSError, ValueError) as error:
            tried.append(f"{address}: {_short(error)}")
    raise _refusal(
        f"no container engine answers ({'; '.join(tried) or 'no socket of Docker or Podman is there'}).",
        "Start Docker, or `podman system service`, or say where it listens in DOCKER_HOST or CONTAINER_HOST.",
    )


def _refuse_elsewhere(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme in ("unix", "npipe", "http+unix") or parts.hostname in _LOOPBACK:
        return
    raise _refusal(f"the engine at {address} is on another machine, from which nobody reaches the mocks: they listen on loopback only.",
                   "Use an engine of this machine: unset DOCKER_HOST, or choose another docker context.")


def refuse_unfit(client: Any, image: Image, memory_mb: int) -> None:
    """Raise InputError when containers of this engine could not reach the mocks, or their memory could not be bounded."""
    info, version = client.info(), client.version()
    is_podman = any("podman" in str(part.get("Name", "")).lower() for part in version.get("Components") or ())
    if not image.over_gateway and info.get("OperatingSystem") == "Docker Desktop":
        raise _refusal("Docker Desktop runs containers in a machine of its own.", "Write `reach: gateway`.")
    if not image.over_gateway and not is_podman and "name=rootless" in (info.get("SecurityOptions") or ()):
        raise _refusal("Docker without root has a network of its own, from which nobody reaches the mocks.",
                       "Use Docker with root, or Podman (with or without).")
    if memory_mb and info.get("MemoryLimit") is False:
        raise _refusal("this engine cannot bound the memory of a container.", "Write `start: {memory_mb: 0}` to run it without a bound.")


def find_image(client: Any, name: str) -> Any:
    """Return the image, pulled when the engine does not have it. Raises InputError.

    Podman calls what was built here `localhost/NAME`, and its API, other than its command, does not look there by itself.
    """
    errors = importlib.import_module("docker.errors")
    with contextlib.suppress(errors.NotFound):
        return client.images.get(name)
    with contextlib.suppress(errors.APIError):  # it may be no name at all with that in front
        return client.images.get(f"localhost/{name}")
    try:
        return client.images.pull(name)
    except (errors.DockerException, OSError) as error:
        raise InputError([Problem(
            f"{WHERE}: image", f"`{name}` is not on this machine and could not be pulled: {_short(error)}.",
            "Build it (`docker build -t NAME .`), correct its name, or log in to its registry (`docker login`).",
        )]) from error  # fmt: skip


def bundles(client: Any, container: Any, image: Any) -> tuple[str, ...]:
    """Return the certificate bundles that a container has where clients look that read no variable.

    The system's, and those of the Python packages beside each folder of the image's PATH and in those of its PYTHONPATH.
    """
    words = dict(word.partition("=")[::2] for word in (image.attrs.get("Config") or {}).get("Env") or ())
    prefixes = dict.fromkeys(str(PurePosixPath(folder).parent) for folder in words.get("PATH", "/usr/local/bin:/usr/bin").split(":"))
    packages = [f"{prefix}/{below}" for prefix in prefixes for below in _PACKAGES]
    packages += filter(None, words.get("PYTHONPATH", "").split(":"))
    api = client.api
    url = f"{api.base_url}/v{api.api_version}/containers/{container.id}/archive"
    return tuple(
        path for path in (*SYSTEM_BUNDLES, *(f"{folder}/certifi/cacert.pem" for folder in packages))
        if api.head(url, params={"path": path}, timeout=_ANSWER_S).status_code == 200
    )  # fmt: skip


def identity(image: Any, name: str) -> Mapping[str, str]:
    """Return what a report says of an image: its name, its id (of its content) and, from a registry, its digest there."""
    digests = image.attrs.get("RepoDigests") or []
    return {"image": name, "image_id": str(image.id), "image_digest": str(digests[0]) if digests else ""}


class Ownership:
    """By which label the containers and volumes of this run are known, for as long as it lives."""

    def __init__(self) -> None:
        self._folder: HeldFolder = make_temporary("containers")
        self.labels = {LABEL: f"{_owner()}{self._folder.path}"}

    def release(self) -> None:
        """Let what is left be nobody's; safe to call twice."""
        self._folder.release()


def sweep(client: Any) -> None:
    """Remove the containers and volumes of runs on this machine that have died; those of other machines and users stay."""
    errors = importlib.import_module("docker.errors")
    wanted = {"label": LABEL}
    for container in client.containers.list(all=True, filters=wanted, sparse=True, ignore_removed=True):
        if _is_nobodys((container.attrs.get("Labels") or {}).get(LABEL, "")):
            with contextlib.suppress(errors.DockerException):
                container.remove(force=True, v=True)
    for volume in client.volumes.list(filters=wanted):
        if _is_nobodys((volume.attrs.get("Labels") or {}).get(LABEL, "")):
            with contextlib.suppress(errors.DockerException):
                volume.remove(force=True)


def _owner() -> str:
    return f"{socket.gethostname()}/{os.getuid()}:"


def _is_nobodys(label: str) -> bool:
    """Tell whether the folder that a living run would hold is gone, or is held by nobody."""
    if not label.startswith(_owner()):
        return False
    try:
        dead = hold(Path(label[len(_owner()):]))
    except OSError:
        return True
    if dead is None:
        return False
    dead.let_go()
    return dead.is_locked


def _short(error: Exception) -> str:
    lines: Iterator[str] = iter(str(getattr(error, "explanation", None) or error).strip().splitlines())
    return next(lines, type(error).__name__)[:400].rstrip(".")


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Turn what an engine says instead of an answer into InputError."""
    docker_error = importlib.import_module("docker.errors").DockerException
    try:
        yield
    except (docker_error, OSError) as error:
        raise _refusal(f"the engine does not do what it was asked for: {_short(error)}.", "Look into the engine's own log.") from error


def _refusal(message: str, remedy: str) -> InputError:
    return InputError([Problem(WHERE, message, remedy)])
