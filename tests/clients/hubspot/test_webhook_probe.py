"""Probe 19: a receiver over a real socket, and the checks that both of the vendor's clients ship for what it gets."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import SimplePublicObjectInputForCreate
from hubspot.utils.signature import Signature
from hubspot.webhooks import SettingsChangeRequest, SubscriptionCreateRequest, ThrottlingSettings
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.webhooks import Webhooks, http_post

Got = tuple[str, dict[str, str], str]


class _App(BaseHTTPRequestHandler):
    """Answers 500, then sleeps for six seconds, then 200."""

    got: ClassVar[list[Got]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.got.append((self.path, dict(self.headers.items()), body))
        if len(self.got) == 2:
            time.sleep(6)
        self.send_response(500 if len(self.got) == 1 else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    _App.got.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _App)
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook?portal=1"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_a_receiver_that_fails_and_one_that_is_slow_get_the_same_events_again(
    hub: Hubspot, sdk: HubSpot, endpoint: str, js: Callable[..., dict[str, Any]]
) -> None:
    hub.clock.freeze(time.time_ns() // 1_000_000)
    developer = HubSpot(api_key=hub.tokens.developer_key)
    developer.config["host"] = hub.base_url
    developer.webhooks.settings_api.configure(hub.app_id, settings_change_request=SettingsChangeRequest(
        target_url=endpoint, throttling=ThrottlingSettings(max_concurrent_requests=10)))
    developer.webhooks.subscriptions_api.create(hub.app_id, subscription_create_request=SubscriptionCreateRequest(
        event_type="contact.creation", active=True))
    sdk.crm.contacts.basic_api.create(simple_public_object_input_for_create=SimplePublicObjectInputForCreate(
        properties={"email": "new@acme.com", "firstname": "Żółć 1.0"}, associations=[]))
    hooks = hub.webhooks
    assert isinstance(hooks, Webhooks)

    for _ in range(3):
        asyncio.run(hooks.deliver(http_post))
        hub.clock.move(400)

    assert [d.status for d in hooks.log] == [500, 0, 200]
    events = [json.loads(body) for _, _, body in _App.got]
    assert [[e["attemptNumber"] for e in batch] for batch in events] == [[0], [1], [2]]
    assert len({(e["eventId"], e["subscriptionId"]) for batch in events for e in batch}) == 1
    # The app hears of its own write, and can tell that it was its own.
    assert (events[0][0]["changeSource"], events[0][0]["sourceId"]) == ("INTEGRATION", str(hub.app_id))
    for _, headers, body in _App.got[:1]:
        _check(hub.tokens.client_secret, endpoint, headers, body, js)


def _check(secret: str, url: str, headers: dict[str, str], body: str, js: Callable[..., dict[str, Any]]) -> None:
    known = {name.lower(): value for name, value in headers.items()}
    stamp = known["x-hubspot-request-timestamp"]
    assert Signature.is_valid(signature=known["x-hubspot-signature"], client_secret=secret, request_body=body, signature_version="v1")
    assert Signature.is_valid(
        signature=known["x-hubspot-signature-v3"], client_secret=secret, request_body=body, http_uri=url,
        signature_version="v3", timestamp=stamp,
    )
    told = js("signatures", secret=secret, uri=url, body=body, v1=known["x-hubspot-signature"],
              v3=known["x-hubspot-signature-v3"], timestamp=int(stamp))
    assert told["value"] == {"v1": True, "v3": True, "n8n": True, "foreign": False}
