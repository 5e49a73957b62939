"""`syncproof sandbox` in both modes: what it prints is enough for a shell of one's own."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from syncproof.errors import InputError
from syncproof.live.serving import exports, serve
from syncproof.sandbox import Sandbox


def in_a_shell(lines: list[str], command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "-c", "\n".join([*lines, command])], env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}, capture_output=True,
        text=True, check=False, timeout=30,
    )  # fmt: skip


CURL = 'curl -sS -o /dev/null -w "%{http_code}" -H "Authorization: Bearer $MA_TOKEN" $MA_URL/crm/v3/objects/contacts'


def test_the_exports_of_proxy_mode_are_all_that_curl_needs(proxied: Sandbox) -> None:
    done = in_a_shell(exports(proxied), CURL)

    assert "export MA_URL=https://api.hubapi.com" in exports(proxied)
    assert (done.stdout, done.stderr) == ("200", "")


def test_isolated_mode_prints_the_way_in(isolated: Sandbox) -> None:
    if shutil.which("nsenter") is None:
        pytest.skip("there is no nsenter (util-linux)")
    lines = exports(isolated)
    (way,) = (line.partition(": ")[2].removesuffix(" COMMAND") for line in lines if line.startswith("# in the private network"))

    done = in_a_shell([x for x in lines if not x.startswith("#")], f"{way} {CURL}; pwd; {way} pwd")

    status, outside, inside = done.stdout.replace("200", "200\n", 1).split()
    assert (status, done.stderr) == ("200", "")
    assert inside == outside


def test_an_unknown_network_is_an_input_error() -> None:
    with pytest.raises(InputError, match="did you mean `proxy`"):
        serve(None, None, seed=1, people=0, ports=None, tell=print, network="proxi")
