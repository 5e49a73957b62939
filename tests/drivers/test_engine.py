"""Which engine is taken, what is refused before anything runs, and what a dead run leaves for the next one to remove."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from syncproof.drivers import _containing, _engine
from syncproof.drivers._containing import Containers
from syncproof.drivers._engine import LABEL, Ownership
from syncproof.errors import InputError
from syncproof.model import Verdict
from syncproof.ordering import make_request
from syncproof.runner import run
from syncproof.start_kinds import Image, Start
from tests.drivers.engine import IMAGE
from tests.drivers.test_four_ways import ENV, FOLDER, STORIES

WANTED = Start.model_validate({"container": IMAGE})


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_HOST", "CONTAINER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_engine, "sockets", list)


def connector(folder: Path, image: dict[str, Any], **more: Any) -> Path:
    file = folder / "connector.yaml"
    file.write_text(yaml.safe_dump({"connector": "a", "mapping": str(FOLDER / "mapping.yaml"), "env": ENV, "start": {"container": image, "timeout_s": 30}, **more}))
    return file


def refused(start: Start = WANTED) -> str:
    with pytest.raises(InputError) as told:
        Containers().prepare(start)
    return str(told.value)


def test_without_an_engine_a_run_is_refused_with_what_to_do(no_engine: None, tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        run(make_request(STORIES[:1], connector=connector(tmp_path, {"image": IMAGE}), report=tmp_path / "report"))

    assert str(told.value) == (
        "start: container: no container engine answers (no socket of Docker or Podman is there). "
        "Start Docker, or `podman system service`, or say where it listens in DOCKER_HOST or CONTAINER_HOST."
    )
    assert not (tmp_path / "report" / "result.json").exists()


@pytest.mark.parametrize("name", ["DOCKER_HOST", "CONTAINER_HOST"])
def test_an_engine_that_was_named_and_does_not_answer_is_told(no_engine: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv(name, f"unix://{tmp_path}/none.sock")

    assert f"no container engine answers (unix://{tmp_path}/none.sock: " in refused()


@pytest.mark.parametrize("address", ["tcp://10.1.2.3:2375", "ssh://root@build.example"])
def test_an_engine_on_another_machine_is_refused(no_engine: None, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)

    assert f"the engine at {address} is on another machine, from which nobody reaches the mocks" in refused()


def test_without_testcontainers_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "testcontainers.core.docker_client", None)

    assert refused() == "start: container: it needs testcontainers, which is not installed. Install it: pip install 'syncproof[drivers]'"


def test_the_usual_sockets_of_docker_and_podman_are_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "podman").mkdir()
    (tmp_path / "docker.sock").write_text("no socket")
    monkeypatch.chdir(tmp_path / "podman")
    with socket.socket(socket.AF_UNIX) as podman:
        podman.bind("podman.sock")  # a short name: a socket's path is bounded

        found = _engine.sockets()

    assert [place for place in found if place.is_relative_to(tmp_path)] == [tmp_path / "podman" / "podman.sock"]


class Told:
    """An engine as it describes itself."""

    def __init__(self, info: dict[str, Any], name: str = "Engine") -> None:
        self._info, self._name = info, name

    def info(self) -> dict[str, Any]:
        return {"OperatingSystem": "Debian", "MemoryLimit": True, "SecurityOptions": ["name=seccomp"], **self._info}

    def version(self) -> dict[str, Any]:
        return {"Components": [{"Name": self._name}]}


@pytest.mark.parametrize(
    ("engine", "reach", "said"),
    [
        (Told({"OperatingSystem": "Docker Desktop"}), "host", "Write `reach: gateway`."),
        (Told({"SecurityOptions": ["name=rootless"]}), "host", "Docker without root has a network of its own"),
        (Told({"MemoryLimit": False}), "host", "Write `start: {memory_mb: 0}`"),
        (Told({}), "host", ""),
        (Told({"OperatingSystem": "Docker Desktop"}), "gateway", ""),
        (Told({"SecurityOptions": ["name=rootless"]}, "Podman Engine"), "host", ""),
    ],
)
def test_an_engine_that_cannot_do_it_is_refused(engine: Told, reach: str, said: str) -> None:
    image = Image.model_validate({"image": "a", "reach": reach})
    if not said:
        _engine.refuse_unfit(engine, image, 512)
        return
    with pytest.raises(InputError, match=said):
        _engine.refuse_unfit(engine, image, 512)


@pytest.mark.slow
def test_an_image_that_nobody_has_is_told(engine: Any) -> None:
    told = refused(Start.model_validate({"container": "localhost:1/no-such/image:1"}))

    assert told.startswith("start: container: image: `localhost:1/no-such/image:1` is not on this machine and could not be pulled: ")
    assert "docker build" in told


@pytest.mark.slow
def test_what_a_dead_run_left_is_removed_by_the_next_and_what_lives_stays(engine: Any, tmp_path: Path) -> None:
    living, dead = Ownership(), Ownership()
    labels = {"living": living.labels, "dead": dead.labels, "elsewhere": {LABEL: f"elsewhere/0:{tmp_path}/gone"}}
    for name, label in labels.items():
        engine.containers.create(IMAGE, ["sleep", "60"], name=f"spt-{name}", labels=label, network_mode="host")
        engine.volumes.create(f"spt-{name}", labels=label)
    engine.containers.get("spt-dead").start()
    dead._folder.let_go()  # as the kernel does when its process is killed
    containers = Containers()
    try:
        containers.prepare(WANTED)

        assert {c.name for c in engine.containers.list(all=True)} >= {"spt-living", "spt-elsewhere"}
        assert "spt-dead" not in {c.name for c in engine.containers.list(all=True)}
        assert {v.name for v in engine.volumes.list()} & {"spt-living", "spt-dead", "spt-elsewhere"} == {"spt-living", "spt-elsewhere"}
    finally:
        containers.close()
        living.release()
        dead.release()
        for name in ("living", "elsewhere"):
            engine.containers.get(f"spt-{name}").remove(force=True)
            engine.volumes.get(f"spt-{name}").remove()


@pytest.mark.slow
def test_over_a_gateway_every_address_names_the_host_as_the_container_does(
    engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What Docker Desktop forwards is put in its place here: the name leads to this machine's loopback.
    asked: list[Image] = []

    def reaching(image: Image) -> dict[str, Any]:
        asked.append(image)
        return {"network_mode": "host", "extra_hosts": {"host.docker.internal": "127.0.0.1"}}

    monkeypatch.setattr(_containing, "reaching", reaching)
    shown = {"image": IMAGE, "reach": "gateway", "command": ["sh", "-c", "echo $SF_INSTANCE_URL $HUBSPOT_BASE_URL; exec python3 /srv/one_way.py"]}

    result = run(make_request(STORIES[:1], connector=connector(tmp_path, shown), report=tmp_path / "report"))

    assert asked
    assert result.scenarios[0].verdict is Verdict.PASS, result.scenarios[0].reason
    assert result.scenarios[0].syncs[0].output_tail.count("http://host.docker.internal:") == 2
    told = json.loads((tmp_path / "report" / "result.json").read_text())["connector"]
    assert (told["image"], told["image_id"]) == (IMAGE, engine.images.get(IMAGE).id)
    assert told["image_id"] in (tmp_path / "report" / "report.html").read_text()


def test_over_a_gateway_the_engine_is_asked_to_name_the_host() -> None:
    assert _containing.reaching(Image.model_validate({"image": "a", "reach": "gateway"})) == {"extra_hosts": {"host.docker.internal": "host-gateway"}}
    assert _containing.reaching(Image.model_validate({"image": "a", "reach": "host"})) == {"network_mode": "host", "extra_hosts": {}}
