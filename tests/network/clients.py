"""Every client that is tried: how it is started, what it needs, and whether it takes a proxy from the environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE_MODULES = HERE / "node" / "node_modules"


@dataclass(frozen=True)
class Asker:
    """One client: ``argv`` prints `200 200`; ``proxied`` tells whether `network: proxy` can lead it to the mocks."""

    name: str
    argv: tuple[str, ...]
    proxied: bool
    needs: str = ""


def _python(name: str, *, proxied: bool, needs: str = "") -> Asker:
    return Asker(f"python {name}", (sys.executable, str(HERE / "clients" / "ask.py"), name), proxied, needs or "python")


def _node(name: str, *, proxied: bool, needs: str = "") -> Asker:
    return Asker(f"node {name}", ("node", str(HERE / "node" / "ask.mjs"), name), proxied, f"node:{needs}")


CURL = (
    'curl -sS -o /dev/null -w "%{http_code} " -H "Authorization: Bearer $TOKEN" https://api.hubapi.com/crm/v3/objects/contacts && '
    'curl -sS -o /dev/null -w "%{http_code}" https://login.salesforce.com/services/data'
)
ASKERS = (
    _python("requests", proxied=True, needs="module:requests"),
    _python("requests_session_send", proxied=False, needs="module:requests"),
    _python("httpx", proxied=True),
    _python("aiohttp", proxied=False, needs="module:aiohttp"),
    _python("aiohttp_trust_env", proxied=True, needs="module:aiohttp"),
    _python("urllib", proxied=True),
    _python("http_client", proxied=False),
    _python("urllib3", proxied=False, needs="module:urllib3"),
    _node("fetch", proxied=False),
    _node("https", proxied=False),
    _node("axios", proxied=True, needs="axios"),
    _node("axios_old", proxied=True, needs="axios-old"),
    _node("got", proxied=False, needs="got"),
    _node("undici", proxied=False, needs="undici"),
    Asker("curl", ("/bin/sh", "-c", CURL), True, "program:curl"),
    Asker("java httpclient", ("java", str(HERE / "clients" / "Ask.java"), "httpclient"), True, "program:java"),
    Asker("java urlconnection", ("java", str(HERE / "clients" / "Ask.java"), "urlconnection"), True, "program:java"),
    Asker("php curl", ("php", str(HERE / "clients" / "ask.php"), "curl"), True, "php"),
    Asker("php streams", ("php", str(HERE / "clients" / "ask.php"), "streams"), False, "php"),
)


def skip_without(asker: Asker) -> list[str]:
    """Return the words that start a client; skip, with the reason, where its runtime or package is missing."""
    kind, _, what = asker.needs.partition(":")
    if kind == "module":
        pytest.importorskip(what)
    program = {"program": what, "node": "node", "php": "php"}.get(kind)
    if program is not None and shutil.which(program) is None:
        pytest.skip(f"there is no `{program}` in PATH")
    if kind == "node" and what and not (NODE_MODULES / what).is_dir():
        pytest.skip(f"the package {what} is not installed: tools/node_modules.sh tests/network/node")
    if kind == "php" and "curl" not in said_by("php", "-m"):
        pytest.skip("this PHP has no curl extension")
    if what == "java" and "jdk.compiler" not in said_by("java", "--list-modules"):
        pytest.skip("this Java is no JDK: it cannot run a source file")
    first = asker.argv[0]
    return [first if first.startswith("/") else str(shutil.which(first)), *asker.argv[1:]]


@lru_cache
def said_by(*argv: str) -> str:
    """Return what a program prints; empty when it fails."""
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30).stdout


def node_version() -> int:
    """Return the major version of Node (0: none)."""
    return int(said_by("node", "--version").lstrip("v").partition(".")[0] or 0) if shutil.which("node") else 0
