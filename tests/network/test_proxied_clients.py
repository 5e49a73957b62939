"""What `network: proxy` can hold: clients that honour the proxy reach the mocks, the others are on the written list."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syncproof.drivers import Ended
from syncproof.network.clients import CLIENTS, ignoring_the_proxy
from syncproof.sandbox import Sandbox
from tests.network.clients import ASKERS, Asker, node_version, skip_without
from tests.network.conftest import asked_hosts, tried

pytestmark = pytest.mark.slow

HONOURING = [a for a in ASKERS if a.proxied]
# From Node 24 on, `NODE_USE_ENV_PROXY` mends what ignored the proxy before.
MENDED_BY_NODE_24 = {"node fetch", "node https", "node got", "node undici"}
IGNORING = [a for a in ASKERS if not a.proxied]


@pytest.mark.parametrize("asker", HONOURING, ids=lambda a: a.name)
def test_a_client_that_honours_the_proxy_reaches_both_vendors(
    proxied: Sandbox, fenced: tuple[int, ...], start: Callable[..., Ended], asker: Asker
) -> None:
    argv = skip_without(asker)

    ended = start(proxied, argv, fenced)

    assert ended.output.split()[-2:] == [b"200", b"200"], ended.output.decode()
    assert asked_hosts(proxied) == ["api.hubapi.com", "login.salesforce.com"]
    assert tried(proxied) == []


@pytest.mark.parametrize("asker", IGNORING, ids=lambda a: a.name)
def test_a_client_that_ignores_the_proxy_or_the_authority_never_reaches_a_mock(
    proxied: Sandbox, fenced: tuple[int, ...], start: Callable[..., Ended], asker: Asker
) -> None:
    argv = skip_without(asker)
    if asker.name in MENDED_BY_NODE_24 and node_version() >= 24:
        pytest.skip("this Node honours NODE_USE_ENV_PROXY")

    ended = start(proxied, argv, fenced)

    assert ended.output.split()[-2:] != [b"200", b"200"]
    assert asked_hosts(proxied) == []


def test_the_written_list_names_every_client_that_ignores_the_proxy() -> None:
    said = " ".join(c.name for c in ignoring_the_proxy())

    for word in ("Session.send", "aiohttp", "http.client", "urllib3", "fetch", "https.get", "got", "undici", "file_get_contents"):
        assert word in said
    assert {c.name for c in CLIENTS if c.proxy} >= {"requests", "httpx", "curl", "axios"}
