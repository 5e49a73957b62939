"""The page of the sandbox: its commands end as they say, and it knows every call of the API."""

from __future__ import annotations

import re
import shlex

from syncproof.live.api import control_api
from tests.live.conftest import Live
from tests.project.folders import ROOT

PAGE = (ROOT / "docs" / "sandbox.md").read_text()


def test_the_commands_of_the_page_end_as_they_say(live: Live) -> None:
    from syncproof.cli import invoke

    (block,) = re.findall(r"^```console sandbox\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    commands = re.findall(r"^\$ syncproof (.*?)(?:\s+# exit (\d+))?$", block, re.MULTILINE)

    assert len(commands) == len(block.splitlines())
    for line, code in commands:
        assert invoke(shlex.split(line)) == int(code or 0), line


def test_every_call_of_the_api_has_a_row(live: Live) -> None:
    calls = [f"{method} {route.path}" for route in control_api(live.session, "x").routes for method in route.methods]  # type: ignore[attr-defined]

    assert len(calls) == 6
    assert [c for c in calls if f"| `{c}` |" not in PAGE] == []


def test_a_test_of_ones_own_can_go_back(live: Live) -> None:
    moment = live.sandbox.checkpoint()
    live.asks_ma()

    live.sandbox.call(moment.go_back)

    assert len(live.sandbox.world.journal) == moment.seq
