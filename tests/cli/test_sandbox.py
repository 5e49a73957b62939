"""`syncproof sandbox`: live mocks until somebody says stop."""

from __future__ import annotations

import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from syncproof.cli import invoke
from syncproof.connector_file import builtin_reference
from syncproof.errors import InputError
from syncproof.held_folders import hold
from syncproof.live.client import Client
from syncproof.live.serving import exports
from syncproof.mapping.load import default_mapping_path, load_mapping
from syncproof.placeholders import words_in
from syncproof.sandbox import Sandbox

SYNCPROOF = Path(sys.executable).with_name("syncproof")


@contextmanager
def live(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    process = subprocess.Popen([SYNCPROOF, "sandbox", *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    text = ""
    try:
        while not text.splitlines()[-1:] or not text.splitlines()[-1].startswith("#"):
            line = process.stdout.readline()
            assert line, text
            text += line
        words = [w for w in shlex.split(text, comments=True) if "=" in w]
        yield process, dict(word.split("=", 1) for word in words)
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_both_mocks_answer_seeded_until_they_are_told_to_stop(signal_number: int) -> None:
    with live("--people", "5") as (process, told):
        request = urllib.request.Request(
            f"{told['MA_URL']}/crm/v3/objects/contacts?limit=100", headers={"authorization": f"Bearer {told['MA_TOKEN']}"}
        )
        with urllib.request.urlopen(request) as answer:
            assert b'"results":[{' in answer.read()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{told['CRM_URL']}/services/data/v60.0/sobjects")

        # Who follows it from elsewhere hears everything to the end, and then that it has ended.
        client = Client(told["SYNCPROOF_SANDBOX_URL"], told["SYNCPROOF_CONTROL_TOKEN"])
        with ThreadPoolExecutor(1) as pool:
            begun = threading.Event()
            followed = pool.submit(lambda: [(begun.set(), one)[1] for one in client.watch()])
            assert begun.wait(20)
            client.step({"edit": {"side": "crm", "set": {"Phone": "+48229876543"}}})

            process.send_signal(signal_number)

            assert process.wait(10) == 0
            assert [one["fields"]["Phone"][1] for one in followed.result(10) if "Phone" in one.get("fields", ())] == ["+48229876543"]


@pytest.mark.slow
def test_the_connector_syncs_goes_back_with_the_sandbox_and_ends_with_it(tmp_path: Path) -> None:
    assert invoke(["init", str(tmp_path / "demo")]) == 0
    file = tmp_path / "demo" / "connector.yaml"
    with live("--people", "12", "--connector", str(file)) as (process, told):
        client = Client(told["SYNCPROOF_SANDBOX_URL"], told["SYNCPROOF_CONTROL_TOKEN"])
        client.step({"edit": {"side": "crm", "who": {"key": "p0003"}, "set": {"Phone": "+48221234567"}}})
        client.checkpoint("edited")
        first = client.step("sync")["syncs"][0]
        assert (first["exit_code"], first["writes"], client.differences()["fields"]) == (0, 1, [])
        client.rewind("edited", time_goes_on=False)
        assert len(client.differences()["fields"]) == 1
        # A connector that had kept its cursor would find nothing to write.
        assert client.step("sync")["syncs"][0]["writes"] == 1

        # Ctrl-C while it syncs: nothing is left of it.
        with ThreadPoolExecutor(1) as pool:
            syncing = pool.submit(client.step, "sync")
            while not client.status()["busy"] and not syncing.done():
                pass
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
            with pytest.raises(InputError, match="ended meanwhile"):
                syncing.result(20)
    assert [p for p in Path(tempfile.gettempdir()).glob("syncproof-sandbox-*") if _is_nobodys(p)] == []


def _is_nobodys(folder: Path) -> bool:
    """Whether a process that is gone has left a folder behind: nobody holds it any more."""
    found = hold(folder)
    if found is not None:
        found.let_go()
    return found is not None


def test_a_taken_port_is_told_with_the_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert invoke(["sandbox", "--people", "0", "--ports", f"{port},{port + 1}"]) == 64

    told = capsys.readouterr()
    assert told.out == ""
    assert f"port taken ({port}, {port + 1})" in told.err
    assert "Give other ports" in told.err


def test_the_sandbox_offers_every_placeholder_that_the_reference_connector_uses() -> None:
    wanted = {w for text in builtin_reference().env.values() for w in words_in(text)} - {"mapping_file", "state_dir"}
    with Sandbox(load_mapping(default_mapping_path())) as sandbox:
        assert wanted <= set(sandbox.placeholders())
        names = [line.removeprefix("export ").partition("=")[0] for line in exports(sandbox)]

    assert {"CRM_URL", "CRM_TOKEN", "MA_URL", "MA_TOKEN", "SYNCPROOF_CONTROL_TOKEN"} <= set(names)
