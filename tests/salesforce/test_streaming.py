"""Change data capture over CometD, spoken by hand: the protocol, its refusals, and waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.journal import Actor
from syncproof_mocks.server import MockApp

CONTACTS = "/data/ContactChangeEvent"


class Comet:
    """A CometD client that says exactly what it is told to."""

    def __init__(self, http: httpx.Client, org: Salesforce, version: str = "/59.0") -> None:
        self.http = http
        self.url = f"{org.base_url}/cometd{version}"
        self.headers = {"Authorization": f"OAuth {org.credentials()['token']}"}
        self.client_id = ""

    def send(self, *messages: dict[str, Any]) -> list[dict[str, Any]]:
        body = [{"id": str(n), "clientId": self.client_id, **m} for n, m in enumerate(messages, 1)]
        return list(self.http.post(self.url, json=body, headers=self.headers, timeout=20).json())

    def handshake(self) -> dict[str, Any]:
        (answer,) = self.send({"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"]})
        self.client_id = answer.get("clientId", "")
        return answer

    def connect(self, **more: Any) -> list[dict[str, Any]]:
        return self.send({"channel": "/meta/connect", "connectionType": "long-polling", **more})

    def subscribe(self, channel: object, replay: object = -1) -> dict[str, Any]:
        (answer,) = self.send({"channel": "/meta/subscribe", "subscription": channel, "ext": {"replay": {str(channel): replay}}})
        return answer

    def begin(self, channel: str = CONTACTS, replay: object = -1) -> Comet:
        """Shake hands, connect and subscribe."""
        self.handshake()
        self.connect()
        assert self.subscribe(channel, replay)["successful"], channel
        return self


def meanwhile(org: Salesforce, act: Callable[[], Any]) -> threading.Thread:
    """Do something as soon as a request is being held."""

    def run() -> None:
        while not any(e.status == 0 for e in list(org.journal.exchanges())[-1:]):
            time.sleep(0.01)
        time.sleep(0.1)
        act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def comet(plain: httpx.Client, org: Salesforce) -> Comet:
    org.switch("streaming_hold_s", 5)
    return Comet(plain, org)


def test_the_first_connect_is_answered_at_once_and_gives_the_advice(comet: Comet) -> None:
    hands = comet.handshake()
    (connected,) = comet.connect()

    assert (hands["supportedConnectionTypes"], hands["ext"]["replay"]) == (["long-polling"], True)
    assert connected["advice"] == {"interval": 0, "timeout": 5000, "reconnect": "retry"}


def test_a_connect_waits_for_a_change_and_no_longer(comet: Comet, org: Salesforce, listening: tuple[MockApp, int]) -> None:
    comet.begin()
    record = next(org.store.rows("Contact")).id
    start = time.monotonic()
    person = meanwhile(org, lambda: org.desk_edit("Contact", record, {"Title": "Boss"}))
    event, connected = comet.connect()
    took = time.monotonic() - start
    person.join()

    assert 0.1 < took < 4
    assert event["channel"] == CONTACTS
    assert event["data"]["payload"]["Title"] == "Boss"
    assert connected == {"clientId": comet.client_id, "channel": "/meta/connect", "id": "1", "successful": True}
    entry = list(org.journal.exchanges())[-1]
    assert (entry.operation, entry.served) == ("streaming.read_events", [("Contact", record, 2)])


def test_a_connect_without_news_ends_with_its_time(comet: Comet, org: Salesforce) -> None:
    comet.begin()
    org.switch("streaming_hold_s", 0.2)
    start = time.monotonic()
    answers = comet.connect()

    assert time.monotonic() - start >= 0.2
    assert [(a["channel"], a["successful"]) for a in answers] == [("/meta/connect", True)]


def test_a_client_that_hung_up_gets_its_events_next_time(comet: Comet, org: Salesforce) -> None:
    comet.begin()
    with pytest.raises(httpx.ReadTimeout):
        comet.http.post(
            comet.url, headers=comet.headers, timeout=0.2,
            json=[{"channel": "/meta/connect", "clientId": comet.client_id, "connectionType": "long-polling"}],
        )
    time.sleep(0.1)
    record = next(org.store.rows("Contact")).id
    org.desk_edit("Contact", record, {"Title": "Boss"})
    time.sleep(0.1)

    assert comet.connect()[0]["data"]["payload"]["ChangeEventHeader"]["recordIds"] == [record]


def test_nothing_is_told_while_a_load_is_being_saved(comet: Comet, org: Salesforce) -> None:
    comet.begin()
    done: list[float] = []

    def load() -> None:
        org.backlog.append(lambda: True)
        with org.journal.acting(Actor.CRM_USER):
            org.store.update(next(org.store.rows("Contact")), {"Title": "Half-way"})
        time.sleep(0.3)
        done.append(time.monotonic())
        org.backlog.clear()

    thread = meanwhile(org, load)
    event, _ = comet.connect()
    told = time.monotonic()
    thread.join()

    assert event["data"]["payload"]["Title"] == "Half-way"
    assert done
    assert told >= done[0]


def test_a_newer_connect_sends_an_older_one_home(comet: Comet, org: Salesforce) -> None:
    comet.begin()
    newer = meanwhile(org, lambda: comet.connect(advice={"timeout": 0}))
    start = time.monotonic()
    found = comet.connect()
    newer.join()

    assert time.monotonic() - start < 4
    assert [a["channel"] for a in found] == ["/meta/connect"]


def test_a_session_that_ends_while_a_client_waits_is_told_to_it(comet: Comet, org: Salesforce) -> None:
    comet.begin()
    end = meanwhile(org, org.expire_sessions)
    (answer,) = comet.connect()
    end.join()

    assert (answer["error"], answer["advice"]["reconnect"]) == ("401::Authentication invalid", "none")


def test_a_session_does_not_time_out_while_its_client_stays_connected(comet: Comet, org: Salesforce) -> None:
    org.switch("session_timeout_s", 7200)
    comet.begin()
    org.switch("streaming_hold_s", 1)
    hours = meanwhile(org, lambda: org.clock.move(7201))
    first = comet.connect()
    hours.join()

    assert first[0]["successful"]
    assert comet.connect(advice={"timeout": 0})[0]["successful"]


@pytest.mark.parametrize(("header", "reason"), [
    ({}, "401::Request requires authentication"),
    ({"Authorization": "OAuth 00Dnothing"}, "401::Authentication invalid"),
    ({"Authorization": "Basic eDp5"}, "401::Authentication invalid"),
])
def test_a_handshake_without_a_session_is_denied(comet: Comet, header: dict[str, str], reason: str) -> None:
    comet.headers = header
    answer = comet.handshake()

    assert answer["successful"] is False
    assert (answer["error"], answer["advice"]) == ("403::Handshake denied", {"reconnect": "none"})
    assert answer["ext"]["sfdc"]["failureReason"] == reason


@pytest.mark.parametrize(("version", "reason"), [
    ("", "400::API version in the URI is mandatory"), ("/36.0", "400::Unsupported API version"),
    ("/68.0", "400::Unsupported API version"), ("/replay/36.0", "400::Unsupported API version"),
])
def test_versions_that_do_not_stream_are_denied(plain: httpx.Client, org: Salesforce, version: str, reason: str) -> None:
    answer = Comet(plain, org, version).handshake()

    assert answer["ext"]["sfdc"]["failureReason"].startswith(reason)


def test_a_client_that_stayed_away_is_unknown_and_is_sent_to_shake_hands(comet: Comet, org: Salesforce) -> None:
    comet.begin()
    org.switch("streaming_reconnect_s", 0.1)
    time.sleep(0.15)
    (answer,) = comet.connect()

    assert (answer["error"], answer["advice"]) == ("403::Unknown client", {"interval": 0, "reconnect": "handshake"})


def test_a_disconnected_client_is_unknown(comet: Comet) -> None:
    comet.begin()
    assert comet.send({"channel": "/meta/disconnect"})[0]["successful"]
    assert comet.connect()[0]["error"] == "403::Unknown client"


@pytest.mark.parametrize("channel", [
    "/data/OpportunityChangeEvent", "/data/contactchangeevent", "/data/ContactHistoryChangeEvent", "/data/Nope__ChangeEvent",
    "/topic/Contacts", "/event/Order__e", "/u/notes", "/data/*",
])
def test_a_channel_that_is_not_offered_is_refused_by_name(comet: Comet, org: Salesforce, channel: str) -> None:
    comet.handshake()
    answer = comet.subscribe(channel)
    entry = list(org.journal.exchanges())[-1]

    assert answer["error"] == f"400::The channel you requested to subscribe to does not exist {{{channel}}}"
    assert entry.refused == [(channel, "400", answer["error"])]
    assert "/data/ContactChangeEvent" in entry.hint


def test_an_object_that_is_not_selected_may_have_a_silent_channel(comet: Comet, org: Salesforce) -> None:
    org.switch("unselected_channel", "silent")
    comet.begin("/data/OpportunityChangeEvent")
    org.desk_create("Opportunity", {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-01"})

    assert len(comet.connect(advice={"timeout": 0})) == 1
    assert "salesforce.unselected_channel" in list(org.journal.exchanges())[-1].assumed


@pytest.mark.parametrize(("channel", "error"), [
    (None, "400::Channel name not specified"), ("data/x", "400::Channel subscriptions must start with a leading '/'"),
    ({"a": 1}, "400::Channel name not specified"),
])
def test_a_subscription_without_a_channel_is_refused(comet: Comet, channel: object, error: str) -> None:
    comet.handshake()
    assert comet.subscribe(channel)["error"] == error


def test_nothing_is_told_after_unsubscribing(comet: Comet, org: Salesforce) -> None:
    comet.begin()
    assert comet.send({"channel": "/meta/unsubscribe", "subscription": CONTACTS})[0]["successful"]
    org.desk_create("Contact", {"LastName": "New"})

    assert [a["channel"] for a in comet.connect(advice={"timeout": 0})] == ["/meta/connect"]


def test_publishing_and_other_transports_are_refused(comet: Comet) -> None:
    comet.handshake()
    assert comet.send({"channel": CONTACTS, "data": {}})[0]["successful"] is False
    (answer,) = comet.send({"channel": "/meta/connect", "connectionType": "websocket"})
    assert answer["error"] == "400::Invalid connection type websocket"
    assert comet.http.get(comet.url, headers=comet.headers).status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"no":"channel"}', b'[{"channel":7}]', b"null"])
def test_what_is_no_bayeux_is_a_bad_request(comet: Comet, body: bytes) -> None:
    assert comet.http.post(comet.url, content=body, headers=comet.headers).status_code == 400


def test_ids_that_are_no_ids_are_not_repeated(comet: Comet) -> None:
    comet.handshake()
    deep: Any = "x"
    for _ in range(300):
        deep = [deep]
    (answer,) = comet.send({"channel": "/meta/subscribe", "subscription": deep, "id": deep})
    assert (answer["successful"], "id" in answer) == (False, False)
    (answer,) = comet.send({"channel": "/meta/connect", "clientId": {"a": deep}, "connectionType": deep})
    assert answer["error"] == "403::Unknown client"


def test_a_message_that_is_too_long_is_refused(comet: Comet) -> None:
    comet.handshake()
    assert comet.subscribe("/" + "x" * 40_000)["error"] == "413::Maximum Request Size Exceeded"


def test_listening_uses_up_no_api_calls(comet: Comet, org: Salesforce) -> None:
    used = org.calls_used
    comet.begin()
    assert org.calls_used == used
