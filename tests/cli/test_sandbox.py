"""`syncproof sandbox`: live mocks until somebody says stop."""

from __future__ import annotations

import shlex
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from syncproof.cli import invoke
from syncproof.connector_file import builtin_reference
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

        process.send_signal(signal_number)

        assert process.wait(10) == 0


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
