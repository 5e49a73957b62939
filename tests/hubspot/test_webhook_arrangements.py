"""Webhooks as a story wants them: in another order, twice, lost, late; and an app that its owner has set up."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from syncproof_mocks.journal import Mark
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.webhooks import Webhooks
from syncproof_mocks.outbox import Arrangement
from tests.hubspot.listening import TARGET


class Receiver:
    def __init__(self) -> None:
        self.got: list[list[dict[str, Any]]] = []
        self.at_once = self.most_at_once = 0

    async def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.got.append(json.loads(body))
        self.at_once -= 1
        return 200

    @property
    def values(self) -> list[str]:
        return [event["propertyValue"] for batch in self.got for event in batch]


@pytest.fixture
def told(still: Hubspot) -> Hubspot:
    """A portal with an app that listens, and four edits that wait to be told."""
    contact = still.desk_create("contacts", {"email": "bob@acme.com"})
    still.outbox.listen(TARGET, ["contact.propertyChange:lastname", "contact.creation"])
    for number in range(4):
        still.desk_edit("contacts", contact.id, {"lastname": f"v{number}"})
    return still


def deliver(hooks: Webhooks) -> Receiver:
    receiver = Receiver()
    asyncio.run(hooks.deliver(receiver))
    return receiver


def test_what_an_owner_sets_up_is_what_the_app_is_told(told: Hubspot) -> None:
    receiver = deliver(told.outbox)

    assert [len(batch) for batch in receiver.got] == [4]
    assert {e["subscriptionType"] for e in receiver.got[0]} == {"contact.propertyChange"}
    assert told.outbox.settings is not None
    assert told.outbox.settings.target_url == TARGET


@pytest.mark.parametrize("event", ["contact.propertyChange", "contact.creation:phone", "contact.subscribed", "phone"])
def test_an_event_that_hubspot_does_not_have_is_refused(still: Hubspot, event: str) -> None:
    with pytest.raises(ValueError, match=f"no event `{event}`"):
        still.outbox.listen(TARGET, [event])


def test_reversed_events_come_one_by_one_the_latest_first(told: Hubspot) -> None:
    told.outbox.arrange(Arrangement(order="reversed"))
    receiver = deliver(told.outbox)

    assert receiver.values == ["v3", "v2", "v1", "v0"]
    assert [len(batch) for batch in receiver.got] == [1, 1, 1, 1]
    assert receiver.most_at_once == 1


def test_shuffled_events_come_in_an_order_that_the_seed_decides(told: Hubspot) -> None:
    told.outbox.arrange(Arrangement(order="shuffled", copies=3))
    values = deliver(told.outbox).values

    assert sorted(values) == sorted(f"v{n}" for n in range(4) for _ in range(3))
    assert values != sorted(values)


def test_copies_may_come_at_the_same_time(told: Hubspot) -> None:
    told.outbox.arrange(Arrangement(copies=2, together=True))
    receiver = deliver(told.outbox)

    assert sorted(receiver.values) == [f"v{n}" for n in range(4) for _ in range(2)]
    assert receiver.most_at_once == 8


def test_what_is_lost_is_the_oldest_and_told_in_the_journal(told: Hubspot) -> None:
    told.outbox.arrange(Arrangement(lose=3))
    receiver = deliver(told.outbox)

    assert receiver.values == ["v3"]
    assert len(told.outbox.abandoned) == 3
    marks = [e.detail for e in told.journal.entries if isinstance(e, Mark) and e.name == "webhook"]
    assert [m.split("-> ")[1].split(":")[0] for m in marks] == ["lost", "200"]


def test_late_events_come_when_their_time_has_come(told: Hubspot) -> None:
    told.outbox.arrange(Arrangement(delay_s=600))

    assert deliver(told.outbox).values == []
    told.clock.move(601)
    assert deliver(told.outbox).values == ["v0", "v1", "v2", "v3"]


def test_what_happens_later_goes_as_the_vendor_sends_it(told: Hubspot) -> None:
    told.outbox.arrange(Arrangement(order="reversed", copies=2))
    told.desk_create("contacts", {"email": "eve@acme.com"})
    told.desk_create("contacts", {"email": "kim@acme.com"})
    receiver = deliver(told.outbox)

    assert [len(batch) for batch in receiver.got] == [1] * 8 + [2]
    assert told.outbox.pending == 0
