"""However the connector is started, it and its daemons die with a harness that is killed, and so does its private network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.drivers.test_nothing_is_left import is_alive, pid_in, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes in /proc")]

KINDS = ("net", "mnt")
SYNCPROOF = Path(sys.executable).with_name("syncproof")
# The daemon has left session and parents; both ignore what asks them to end.
CODE = "trap '' TERM HUP; cd {folder}; (setsid sh -c 'trap \"\" TERM HUP; echo $$ > daemon; sleep 64' &); echo $$ > main; sleep 64"


@pytest.mark.parametrize(
    "start",
    [
        "network: isolated\nstart: {command: %s}",
        "start: {service: %s, ready: {line: never}}",
        "start: {service: %s, ready: {line: never}, http: {url: 'http://127.0.0.1:{webhook_port}/'}}",
    ],
    ids=["isolated", "service", "http"],
)
def test_nothing_outlives_a_harness_that_is_killed(tmp_path: Path, start: str) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "s.scenario.yaml").write_text("population: {total: 2, kinds: {customer: 1}}\nsteps: [sync]\n")
    command = json.dumps(["sh", "-c", CODE.format(folder=tmp_path)])
    (tmp_path / "c.yaml").write_text(f"connector: x\n{start % command}\n")
    words = [str(SYNCPROOF), "run", str(tmp_path / "s.scenario.yaml"), "--connector", str(tmp_path / "c.yaml")]
    run = subprocess.Popen(words, env={**os.environ, "TMPDIR": str(scratch)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if not wait_until(lambda: (tmp_path / "daemon").exists() or run.poll() == 64, 60) or run.poll() == 64:
        told = run.communicate()[1].decode()
        assert "does not let us build a private network" in told, told
        pytest.skip(told)
    main, daemon = pid_in(tmp_path / "main"), pid_in(tmp_path / "daemon")
    private = {os.readlink(f"/proc/{main}/ns/{kind}") for kind in KINDS} - {os.readlink(f"/proc/self/ns/{kind}") for kind in KINDS}  # noqa: PTH115
    assert len(private) == (2 if "isolated" in start else 0)

    run.kill()
    run.wait(20)

    assert wait_until(lambda: not is_alive(main) and not is_alive(daemon), 20)
    assert not private or wait_until(lambda: not private & namespaces(), 20)
    assert str(scratch) not in Path("/proc/self/mountinfo").read_text()
    assert len(list(scratch.iterdir())) >= 1, "this is what the next run removes"


def namespaces() -> set[str]:
    """Return the namespaces in which processes are, or that descriptors of processes keep alive."""
    found = set()
    for place in (*(p for kind in KINDS for p in Path("/proc").glob(f"[0-9]*/ns/{kind}")), *Path("/proc").glob("[0-9]*/fd/*")):
        try:
            found.add(os.readlink(place))  # noqa: PTH115
        except OSError:
            continue
    return found
