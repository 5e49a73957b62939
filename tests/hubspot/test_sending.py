"""Single send, the outbox, bounces and what they do: nobody who said no or bounced is mailed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.marketing.transactional import PublicSingleSendEmail, PublicSingleSendRequestEgg
from syncproof_mocks.dialect import DeskError
from syncproof_mocks.journal import Row
from syncproof_mocks.ma.hubspot import Hubspot, sending
from syncproof_mocks.ma.hubspot.consent_state import Cause, set_portal, set_status

from .conftest import START_MS

SEND, SEND_V4 = "/marketing/v3/transactional/single-email/send", "/marketing/v4/email/single-send"
PAGE = Cause("recipient", "page")


@pytest.fixture
def news(hub: Hubspot) -> Row:
    """A marketing e-mail of the type "Newsletter"."""
    hub.subscription_types.add("Newsletter")
    return sending.add_email(hub, "March news", subscription="newsletter")


@pytest.fixture
def receipt(hub: Hubspot) -> Row:
    """A transactional e-mail."""
    return sending.add_email(hub, "Receipt", transactional=True)


def result(api: httpx.Client, mail: Row, to: str, path: str = SEND_V4, **message: Any) -> str:
    answer = api.post(path, json={"emailId": int(mail.id), "message": {"to": to, **message}})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], set(answer.json())) == ("PENDING", {"requestedAt", "statusId", "status"})
    status = api.get(f"/marketing/v3/email/send-statuses/{answer.json()['statusId']}").json()
    assert status["status"] == "COMPLETE"
    return str(status["sendResult"])


def contact(hub: Hubspot, contact_id: str) -> dict[str, Any]:
    row = hub.store.get("contacts", contact_id)
    assert row is not None
    return row.values


def test_the_vendors_client_sends_and_the_contact_is_made(hub: Hubspot, sdk: HubSpot, receipt: Row) -> None:
    answer = sdk.marketing.transactional.single_send_api.send_email(PublicSingleSendRequestEgg(
        email_id=int(receipt.id), message=PublicSingleSendEmail(to="New@acme.com", cc=[], bcc=[], reply_to=[]),
        contact_properties={"firstname": "Nina"}, custom_properties={},
    ))

    row = hub.contact_by_email("new@acme.com")
    assert answer.status == "PENDING"
    assert row is not None
    assert (row.values["firstname"], row.values["hs_email_delivered"]) == ("Nina", "1")
    message = next(iter(sending.messages(hub.store.snapshot())))
    assert {k: message.values[k] for k in ("email", "contact", "mail", "outcome", "via", "at_ms")} == {
        "email": "new@acme.com", "contact": row.id, "mail": receipt.id, "outcome": "SENT", "via": "single_send", "at_ms": START_MS,
    }


def test_a_marketing_send_makes_a_marketing_contact(hub: Hubspot, api: httpx.Client, bob: str, news: Row) -> None:
    assert contact(hub, bob).get("hs_marketable_status") in (None, "false")

    assert result(api, news, "bob@acme.com") == "SENT"

    assert contact(hub, bob)["hs_marketable_status"] == "true"


def test_who_opted_out_of_the_type_gets_receipts_only(hub: Hubspot, api: httpx.Client, bob: str, news: Row, receipt: Row) -> None:
    type_id = hub.subscription_types.by_name("Newsletter") or ""
    other = sending.add_email(hub, "Offers")
    set_status(hub, "bob@acme.com", type_id, "UNSUBSCRIBED", PAGE)

    assert result(api, news, "BOB@acme.com") == "PREVIOUSLY_UNSUBSCRIBED_MESSAGE"
    assert result(api, other, "bob@acme.com") == "SENT"
    assert result(api, receipt, "bob@acme.com", SEND) == "SENT"
    set_portal(hub, "bob@acme.com", "UNSUBSCRIBED", PAGE)
    assert result(api, other, "bob@acme.com", SEND) == "PREVIOUSLY_UNSUBSCRIBED_PORTAL"
    assert result(api, receipt, "bob@acme.com") == "SENT"
    refused = [r for e in hub.journal.exchanges() for r in e.refused]
    assert [r[:2] for r in refused] == [("bob@acme.com", "PREVIOUSLY_UNSUBSCRIBED_MESSAGE"), ("bob@acme.com", "PREVIOUSLY_UNSUBSCRIBED_PORTAL")]


def test_silence_is_no_permission_when_privacy_settings_are_on(hub: Hubspot, api: httpx.Client, bob: str, news: Row) -> None:
    hub.switch("gdpr_mode", True)
    assert result(api, news, "bob@acme.com") == "ADDRESS_OPTED_OUT"
    set_status(hub, "bob@acme.com", news.values["subscription"], "SUBSCRIBED", PAGE)
    assert result(api, news, "bob@acme.com") == "SENT"


@pytest.mark.parametrize(("what", "outcome"), [
    ("hard", "PREVIOUSLY_BOUNCED"), ("soft", "SENT"), ("spam", "PREVIOUS_SPAM"), ("quarantine", "QUARANTINED_ADDRESS"),
])
def test_what_bounced_is_not_mailed_again(hub: Hubspot, api: httpx.Client, bob: str, receipt: Row, what: str, outcome: str) -> None:
    hub.desk_bounce(bob, what)

    assert result(api, receipt, "bob@acme.com") == outcome


def test_a_hard_bounce_shows_everywhere_but_in_consent(hub: Hubspot, api: httpx.Client, bob: str, receipt: Row) -> None:
    result(api, receipt, "bob@acme.com")
    hub.clock.move(60)

    hub.desk_bounce(bob, "hard")

    assert (contact(hub, bob)["hs_email_bounce"], contact(hub, bob)["hs_email_hard_bounce_reason_enum"]) == ("1", "UNKNOWN_USER")
    status = api.get("/email/public/v1/subscriptions/bob@acme.com").json()
    assert (status["bounced"], status["markedAsSpam"], status["status"]) == (True, False, "subscribed")
    assert hub.store.get("consents", "bob@acme.com") is None, "a bounce is no withdrawal"
    item = api.get("/email/public/v1/subscriptions/timeline").json()["timeline"][0]
    event = api.get("/email/public/v1/events?eventType=BOUNCE").json()["events"][0]
    assert item["changes"] == [{
        "source": "SOURCE_NON_DELIVERY_REPORT", "portalId": hub.portal_id, "changeType": "PORTAL_BOUNCE", "change": "BOUNCED",
        "causedByEvent": {"id": event["id"], "created": event["created"]},
    }]
    assert (event["recipient"], event["category"], event["emailCampaignId"]) == ("bob@acme.com", "UNKNOWN_USER", receipt.values["campaign_id"])


def test_a_complaint_is_a_withdrawal(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.desk_bounce(bob, "spam")

    status = api.get("/email/public/v1/subscriptions/bob@acme.com").json()
    changes = [c["change"] for i in api.get("/email/public/v1/subscriptions/timeline").json()["timeline"] for c in i["changes"]]
    assert (status["markedAsSpam"], status["unsubscribeFromPortal"]) == (True, True)
    assert sorted(changes) == ["REPORTED_SPAM", "UNSUBSCRIBED"]
    assert contact(hub, bob)["hs_email_optout"] == "true"


def test_a_complaint_leaves_consent_alone_when_the_switch_says_so(hub: Hubspot, bob: str) -> None:
    hub.switch("spam_report_opts_out", False)
    hub.desk_bounce(bob, "spam")
    assert hub.store.get("consents", "bob@acme.com") is None


def test_a_bounce_needs_an_address_and_a_known_word(hub: Hubspot, bob: str) -> None:
    nobody = hub.desk_create("contacts", {"firstname": "No"}).id
    for contact_id, what in ((nobody, "hard"), (bob, "loud"), ("999", "hard")):
        with pytest.raises(DeskError):
            hub.desk_bounce(contact_id, what)


def test_one_send_id_is_one_message(hub: Hubspot, api: httpx.Client, bob: str, receipt: Row) -> None:
    assert result(api, receipt, "bob@acme.com", sendId="a1") == "SENT"
    assert result(api, receipt, "bob@acme.com", sendId="a1") == "IDEMPOTENT_IGNORE"
    assert [e["type"] for e in api.get("/email/public/v1/events").json()["events"]].count("SENT") == 1


def test_a_campaign_leaves_out_those_who_are_no_marketing_contacts(hub: Hubspot, bob: str, news: Row) -> None:
    assert hub.desk_send(news.id, bob).values["outcome"] == "NON_MARKETABLE_CONTACT"
    hub.system_write(hub.store.get("contacts", bob), {"hs_marketable_status": "true"}, "CRM_UI")  # type: ignore[arg-type]
    assert hub.desk_send(news.id, bob).values["outcome"] == "SENT"
    assert contact(hub, bob)["hs_email_delivered"] == "1"
    with pytest.raises(DeskError):
        hub.desk_send("1", bob)


@pytest.mark.parametrize(("switch", "value", "outcome"), [
    ("portal_suspended", True, "PORTAL_SUSPENDED"), ("blocked_domains", ("ACME.com",), "BLOCKED_DOMAIN"),
])
def test_what_stops_the_portal(hub: Hubspot, api: httpx.Client, bob: str, receipt: Row, switch: str, value: Any, outcome: str) -> None:
    hub.switch(switch, value)
    assert result(api, receipt, "bob@acme.com") == outcome


def test_an_address_that_is_none_makes_no_contact(hub: Hubspot, api: httpx.Client, receipt: Row) -> None:
    assert result(api, receipt, "x@y.invalidtld") == "INVALID_TO_ADDRESS"
    assert list(hub.store.rows("contacts")) == []


def test_v1_tells_at_once(api: httpx.Client, bob: str, receipt: Row) -> None:
    body = {"emailId": int(receipt.id), "message": {"to": "bob@acme.com"}, "contactProperties": [{"name": "city", "value": "Brno"}]}
    answer = api.post("/email/public/v1/singleEmail/send", json=body).json()
    assert (answer["sendResult"], set(answer["eventId"])) == ("SENT", {"id", "created"})


@pytest.mark.parametrize("body", [
    {}, {"emailId": 1}, {"emailId": 1, "message": "x"}, {"emailId": [], "message": {"to": "a@b.com"}},
    {"emailId": 1, "message": {}}, {"emailId": 1, "message": {"to": "bob@acme.com"}},
    {"emailId": 190000000001, "message": {"to": "bob@acme.com"}, "contactProperties": {"nope": "1"}},
    {"emailId": 190000000001, "message": {"to": "bob@acme.com"}, "contactProperties": "x"},
    {"emailId": 190000000001, "message": {"to": "bob@acme.com", "sendId": 7}},
])
def test_a_bad_send_is_refused_and_nothing_is_sent(hub: Hubspot, api: httpx.Client, receipt: Row, body: Any) -> None:
    assert receipt.id == "190000000001"
    assert api.post(SEND, json=body).status_code == 400
    assert list(hub.store.rows("sent_emails")) == []
    assert list(hub.store.rows("contacts")) == []


def test_smtp_tokens_and_unknown_statuses_are_404(api: httpx.Client) -> None:
    answer = api.post("/marketing/v3/transactional/smtp-tokens", json={"campaignName": "x", "createContact": True})
    assert answer.status_code == 404
    assert api.get("/marketing/v3/email/send-statuses/none").status_code == 404


def test_the_outbox_comes_back_with_a_snapshot_and_goes_with_the_person(hub: Hubspot, api: httpx.Client, bob: str, receipt: Row) -> None:
    kept = hub.store.snapshot()
    result(api, receipt, "bob@acme.com")
    hub.store.restore(kept)
    assert list(sending.messages(hub.store.snapshot())) == []
    result(api, receipt, "bob@acme.com")
    hub.desk_bounce(bob, "hard")
    hub.desk_erase("contacts", bob)
    left = {k: len(list(hub.store.rows(k))) for k in ("sent_emails", "bounces", "deliverability", "subscription_events")}
    assert set(left.values()) == {0}


def test_a_bounce_from_before_the_story_counts_and_a_new_address_is_clean(hub: Hubspot, api: httpx.Client, bob: str, receipt: Row) -> None:
    seeded = {"email": "old@acme.com", "hs_email_hard_bounce_reason_enum": "UNKNOWN_USER"}
    hub.seed("contacts", seeded, created_ms=START_MS - 9, modified_ms=START_MS - 9)
    assert result(api, receipt, "old@acme.com") == "PREVIOUSLY_BOUNCED"

    hub.desk_bounce(bob, "hard")
    hub.desk_edit("contacts", bob, {"email": "bob.new@acme.com"})

    assert result(api, receipt, "bob.new@acme.com") == "SENT"
    assert result(api, receipt, "bob@acme.com") == "PREVIOUSLY_BOUNCED"


@pytest.mark.parametrize("copies", [{"cc": ["ann@acme.com"]}, {"bcc": ["ann@acme.com"]}])
def test_copies_are_refused_before_anything_is_sent(hub: Hubspot, api: httpx.Client, receipt: Row, copies: dict[str, list[str]]) -> None:
    body = {"emailId": int(receipt.id), "message": {"to": "new@acme.com", **copies}}

    refused = api.post("/marketing/v3/transactional/single-email/send", json=body)

    assert (refused.status_code, "cc" in refused.headers["x-syncproof-hint"]) == (400, True)
    assert (hub.contact_by_email("new@acme.com"), list(sending.messages(hub.store.snapshot()))) == (None, [])
