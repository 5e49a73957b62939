"""A callable in our own process: what it returns, raises, prints, and whom it can reach."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from syncproof.drivers import Ended, Rest, Task
from syncproof.drivers.python import Python
from syncproof.errors import SetupError
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.network.egress import attempts
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.start_kinds import Start
from syncproof_mocks.journal import Exchange

Call = Callable[..., Ended]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(load_mapping(default_mapping_file()), 5) as found:
        yield found


@pytest.fixture
def call(tmp_path: Path, sandbox: Sandbox) -> Call:
    def do(body: str, *, head: str = "def go(env):", timeout_s: float = 10, number: int = 1, instances: int = 1) -> Ended:
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        (tmp_path / "acme_connector.py").write_text(f"import asyncio, sys, httpx\n\n{head}\n{lines}\n")
        env = {"URL": sandbox.url(Side.MA), "TOKEN": sandbox.ma.credentials()["token"]}
        task = Task(
            Start.model_validate({"python": "acme_connector:go", "timeout_s": timeout_s}), [], env, tmp_path, tmp_path / "state", tmp_path,
            tmp_path, (), lambda *_, **__: Rest(True), lambda text: text, sandbox.apps, sandbox.perform,
        )  # fmt: skip
        return Python().engage(task).sync(number, instances)

    return do


@pytest.mark.parametrize(
    ("body", "code"), [("return None", 0), ("return 3", 3), ("return True", 0), ("raise ValueError('no')", 1), ("sys.exit(4)", 4), ("sys.exit('sorry')", 1), ("sys.exit()", 0)],
)
def test_what_it_returns_or_raises_is_its_exit_code(call: Call, body: str, code: int) -> None:
    ended = call(body)

    assert (ended.ended, ended.exit_code) == ("exited", code)
    assert (b"ValueError: no" in ended.output) is ("ValueError" in body)


def test_it_may_be_asynchronous(call: Call) -> None:
    assert call("await asyncio.sleep(0)\nreturn 7", head="async def go(env):").exit_code == 7


def test_what_it_prints_is_kept(call: Call, tmp_path: Path) -> None:
    ended = call("print('one')\nprint('two', file=sys.stderr)", number=2)

    assert ended.output == b"one\ntwo\n"
    assert (tmp_path / "sync-2.log").read_bytes() == ended.output


GET = "httpx.get(f'{URL}/crm/v3/objects/contacts', headers={{'Authorization': 'Bearer ' + env['TOKEN']}}, trust_env=False)"


@pytest.mark.parametrize("url", ["' + env['URL'] + '", "https://api.hubapi.com"])
def test_its_client_finds_the_mock_at_its_address_and_at_the_vendors_host(call: Call, sandbox: Sandbox, url: str) -> None:
    ended = call(GET.replace("f'{URL}", f"'{url}").replace("{{", "{").replace("}}", "}") + ".raise_for_status()\n")

    assert ended.exit_code == 0, ended.output.decode()
    (exchange,) = [e for e in sandbox.world.journal.entries if isinstance(e, Exchange)]
    assert (exchange.system, exchange.path, exchange.status) == ("hubspot", "/crm/v3/objects/contacts", 200)


def test_any_other_host_is_refused_and_told(call: Call, sandbox: Sandbox) -> None:
    ended = call("httpx.get('https://example.com/', trust_env=False)")

    assert ended.exit_code == 1
    assert b"no mock answers for example.com" in ended.output
    assert [a.what for a in attempts(sandbox.world.journal.entries)] == ["example.com"]


def test_many_requests_of_an_async_client_go_at_once(call: Call) -> None:
    body = (
        "async with httpx.AsyncClient(trust_env=False) as client:\n"
        "    headers = {'Authorization': 'Bearer ' + env['TOKEN']}\n"
        "    urls = ['https://api.hubapi.com/crm/v3/objects/contacts'] * 8\n"
        "    found = await asyncio.gather(*(client.get(u, headers=headers) for u in urls))\n"
        "return sum(r.status_code == 200 for r in found)"
    )

    assert call(body, head="async def go(env):").exit_code == 8


def test_one_that_hangs_runs_into_its_time_limit(call: Call) -> None:
    ended = call("import time\ntime.sleep(1.5)", timeout_s=0.2)

    assert (ended.ended, ended.exit_code) == ("timeout", None)


def test_each_sync_reads_its_module_anew_and_leaves_nothing_imported(call: Call, tmp_path: Path) -> None:
    assert [call("return 1").exit_code, call("return 22").exit_code] == [1, 22]
    assert "acme_connector" not in sys.modules
    assert str(tmp_path) not in sys.path


def test_it_runs_once(call: Call) -> None:
    with pytest.raises(SetupError, match="a callable runs once"):
        call("return 0", instances=2)


def test_it_cannot_be_killed(call: Call) -> None:
    task: Any = None
    with pytest.raises(SetupError, match="cannot be killed"):
        Python().engage(task).kill()
