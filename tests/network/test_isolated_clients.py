"""Unmodified clients with hard-coded hosts reach the mocks in `network: isolated`, whatever they read or ignore."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.drivers import Ended
from syncproof.sandbox import Sandbox
from tests.network.clients import ASKERS, Asker, skip_without
from tests.network.conftest import asked_hosts, tried

pytestmark = pytest.mark.slow

SDKS = Path(__file__).parent / "clients" / "sdks.py"


@pytest.mark.parametrize("asker", ASKERS, ids=lambda a: a.name)
def test_a_client_reaches_both_vendors_at_their_own_names(
    isolated: Sandbox, start: Callable[..., Ended], asker: Asker
) -> None:
    argv = skip_without(asker)

    ended = start(isolated, argv)

    assert ended.output.split()[-2:] == [b"200", b"200"], ended.output.decode()
    assert asked_hosts(isolated) == ["api.hubapi.com", "login.salesforce.com"]
    assert tried(isolated) == []


def test_vendors_own_clients_need_no_address_and_every_link_leads_back(isolated: Sandbox, start: Callable[..., Ended]) -> None:
    pytest.importorskip("simple_salesforce")
    pytest.importorskip("hubspot")

    ended = start(isolated, [sys.executable, str(SDKS)])

    assert ended.exit_code == 0, ended.output.decode()
    found = json.loads(ended.output.splitlines()[-1])
    url = isolated.placeholders()["crm.url"]
    assert url.startswith("https://acme-")
    assert (f"https://{found['instance']}", found["organizations"]) == (url, 1)
    # The identity stays where one logged in, the API is at the org's own host: so the vendor answers too.
    assert found["instance_url"] == url
    assert found["id"].startswith("https://login.salesforce.com/id/00D")
    assert found["next"].startswith("https://api.hubapi.com/crm/v3/objects/contacts?")
    assert (found["following"], found["listed"]) == (200, 2)
    assert set(asked_hosts(isolated)) == {"login.salesforce.com", url.removeprefix("https://"), "api.hubapi.com"}
    assert tried(isolated) == []
