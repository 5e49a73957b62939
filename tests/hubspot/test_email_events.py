"""E-mail events, campaigns, marketing e-mails, the subscription timeline and the links of v4."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.journal import Row
from syncproof_mocks.ma.hubspot import Hubspot, forms, sending

EVENTS, TIMELINE = "/email/public/v1/events", "/email/public/v1/subscriptions/timeline"


@pytest.fixture
def mail(hub: Hubspot) -> Row:
    hub.subscription_types.add("Newsletter")
    return sending.add_email(hub, "Receipt", transactional=True)


def mailed(hub: Hubspot, contact_id: str, mail: Row) -> Row:
    hub.clock.move(10)
    return hub.desk_send(mail.id, contact_id)


def test_events_tell_what_became_of_messages_latest_first(hub: Hubspot, api: httpx.Client, bob: str, mail: Row) -> None:
    message = mailed(hub, bob, mail)
    hub.clock.move(10)
    hub.desk_bounce(bob, "hard")
    mailed(hub, bob, mail)

    found = api.get(f"{EVENTS}?limit=1000").json()["events"]

    assert [e["type"] for e in found][:2] == ["DROPPED", "BOUNCE"]
    assert sorted(e["type"] for e in found[2:]) == ["DELIVERED", "SENT"]
    assert found[0]["dropReason"] == "PREVIOUSLY_BOUNCED"
    by_type = {e["type"]: e for e in found}
    sent = {"id": message.values["event_id"], "created": message.values["at_ms"]}
    assert by_type["DELIVERED"]["sentBy"] == by_type["BOUNCE"]["sentBy"] == sent
    assert by_type["DELIVERED"]["obsoletedBy"]["id"] == by_type["BOUNCE"]["id"]
    assert {e["recipient"] for e in found} == {"bob@acme.com"}
    assert api.get(f"{EVENTS}/{sent['created']}/{sent['id']}").json() == by_type["SENT"]
    assert api.get(f"{EVENTS}/1/{sent['id']}").status_code == 404


def test_events_are_filtered_and_paged(hub: Hubspot, api: httpx.Client, bob: str, mail: Row) -> None:
    for _ in range(5):
        mailed(hub, bob, mail)
    last = hub.clock.now_ms()

    first = api.get(f"{EVENTS}?eventType=SENT&limit=3").json()
    rest = api.get(f"{EVENTS}?eventType=SENT&limit=3&offset={first['offset']}").json()

    assert (first["hasMore"], rest["hasMore"]) == (True, False)
    assert len({e["id"] for e in (*first["events"], *rest["events"])}) == 5
    assert len(api.get(f"{EVENTS}?startTimestamp={last}&endTimestamp={last}").json()["events"]) == 2
    assert api.get(f"{EVENTS}?recipient=ann@acme.com").json()["events"] == []
    assert api.get(f"{EVENTS}?campaignId=1").json()["events"] == []
    for bad in ("eventType=LOVED", "startTimestamp=now", "limit=-1", "offset=%21%21", "offset=YWJj"):
        assert api.get(f"{EVENTS}?{bad}").status_code == 400, bad


def test_what_a_person_said_is_one_event_and_one_item(hub: Hubspot, api: httpx.Client, bob: str, mail: Row) -> None:
    form = forms.add(hub, "Sign up")
    boxes = [{"value": True, "subscriptionTypeId": int(hub.subscription_types.by_name(n) or 0), "text": "yes"}
             for n in ("Newsletter", "Marketing Information")]
    consent = {"consent": {"consentToProcess": True, "text": "ok", "communications": boxes}}
    api.post(f"/submissions/v3/integration/submit/{hub.portal_id}/{form.id}",
             json={"fields": [{"name": "email", "value": "bob@acme.com"}], "legalConsentOptions": consent})

    items = api.get(TIMELINE).json()["timeline"]
    events = api.get(EVENTS).json()["events"]

    assert [len(i["changes"]) for i in items] == [2]
    assert [(e["type"], len(e["subscriptions"])) for e in events] == [("STATUSCHANGE", 2)]
    assert {c["causedByEvent"]["id"] for c in items[0]["changes"]} == {events[0]["id"]}


def test_the_timeline_runs_backwards_and_is_filtered(hub: Hubspot, api: httpx.Client, bob: str, mail: Row) -> None:
    news = hub.subscription_types.by_name("Newsletter")
    api.post("/communication-preferences/v3/subscribe", json={"emailAddress": "bob@acme.com", "subscriptionId": news})
    hub.clock.move(5)
    hub.desk_consent("contacts", bob, ConsentKey("email", "*"), grant=False, proof=None)
    hub.clock.move(5)
    hub.desk_bounce(bob, "hard")
    hub.desk_bounce(bob, "spam")

    changes = [c for i in api.get(TIMELINE).json()["timeline"] for c in i["changes"]]

    assert [(c["changeType"], c["change"]) for c in changes] == [
        ("PORTAL_SPAMREPORT", "REPORTED_SPAM"), ("PORTAL_BOUNCE", "BOUNCED"), ("PORTAL_STATUS", "UNSUBSCRIBED"),
        ("SUBSCRIPTION_STATUS", "SUBSCRIBED"),
    ]
    assert ("timestamp" in changes[3], "causedByEvent" in changes[3]) == (True, False)
    assert ("timestamp" in changes[2], "causedByEvent" in changes[2]) == (False, True)
    assert len(api.get(f"{TIMELINE}?changeType=PORTAL_BOUNCE").json()["timeline"]) == 1
    assert api.get(f"{TIMELINE}?includeSnapshot=true").status_code == 400


def test_campaigns_count_what_happened(hub: Hubspot, api: httpx.Client, bob: str, mail: Row) -> None:
    other = sending.add_email(hub, "Offers")
    mailed(hub, bob, mail)
    mailed(hub, bob, other)
    hub.desk_bounce(bob, "soft")

    listed = api.get("/email/public/v1/campaigns/by-id?limit=1").json()
    rest = api.get(f"/email/public/v1/campaigns/by-id?limit=1&offset={listed['offset']}").json()
    shown = api.get(f"/email/public/v1/campaigns/{mail.values['campaign_id']}?appId=113").json()

    assert [c["id"] for c in (*listed["campaigns"], *rest["campaigns"])] == [mail.values["campaign_id"], other.values["campaign_id"]]
    assert (listed["hasMore"], rest["hasMore"]) == (True, False)
    assert shown["counters"] == {"bounce": 1, "delivered": 1, "sent": 1, "softbounced": 1}
    assert (shown["contentId"], shown["name"]) == (int(mail.id), "Receipt")
    assert len(api.get("/email/public/v1/campaigns").json()["campaigns"]) == 2
    assert api.get("/email/public/v1/campaigns/7").status_code == 404
    stats = api.get("/marketing/v3/emails/statistics/list").json()
    assert stats["aggregate"]["counters"] == {"bounce": 1, "delivered": 1, "dropped": 1, "sent": 1, "softbounced": 1}


def test_marketing_emails_are_listed(hub: Hubspot, sdk: HubSpot, api: httpx.Client, mail: Row) -> None:
    made = api.post("/marketing/v3/emails", json={"name": "Draft", "subscriptionDetails": {
        "subscriptionId": hub.subscription_types.by_name("Newsletter")}})
    assert (made.status_code, made.json()["state"], made.json()["isPublished"]) == (201, "DRAFT", False)

    page = sdk.marketing.emails.marketing_emails_api.get_page(limit=1)
    published = api.get("/marketing/v3/emails/?isPublished=true").json()

    assert (page.total, page.results[0].id, page.paging.next.after) == (2, mail.id, "1")
    assert [e["id"] for e in published["results"]] == [mail.id]
    one = api.get(f"/marketing/v3/emails/{made.json()['id']}?includeStats=true").json()
    assert (one["subscriptionDetails"]["subscriptionId"], one["stats"]["counters"]) == (hub.subscription_types.by_name("Newsletter"), {})
    assert api.get("/marketing/v3/emails/1").status_code == 404
    assert api.get("/marketing/v3/emails?createdAfter=soon").status_code == 400


@pytest.mark.parametrize("body", [
    {}, {"name": 7}, {"name": "x", "content": {"widgets": {}}}, {"name": "x", "subscriptionDetails": {"subscriptionId": "1"}},
    {"name": "x", "subject": {}},
])
def test_a_bad_email_is_refused(hub: Hubspot, api: httpx.Client, body: Any) -> None:
    assert api.post("/marketing/v3/emails", json=body).status_code == 400
    assert list(hub.store.rows("marketing_emails")) == []


def test_links_to_the_preference_pages(hub: Hubspot, api: httpx.Client) -> None:
    path = "/communication-preferences/v4/links/generate"
    news = hub.subscription_types.add("Newsletter")

    full = api.post(f"{path}?channel=EMAIL", json={"subscriberIdString": "Bob@acme.com", "subscriptionId": int(news)})

    assert set(full.json()) == {"subscriberIdString", "managePreferencesUrl", "unsubscribeAllUrl", "unsubscribeSingleUrl"}
    assert full.json()["subscriberIdString"] == "bob@acme.com"
    for query, body in (("", {"subscriberIdString": "b@acme.com"}), ("?channel=EMAIL", {}), ("?channel=EMAIL&businessUnitId=7", {"subscriberIdString": "b@acme.com"}),
                        ("?channel=EMAIL", {"subscriberIdString": "b@acme.com", "subscriptionId": 1})):
        assert api.post(path + query, json=body).status_code == 400


def test_whatsapp_is_refused_with_a_hint_and_brands_everywhere(hub: Hubspot, api: httpx.Client) -> None:
    root = "/communication-preferences/v4"
    answer = api.get(f"{root}/statuses/bob@acme.com?channel=WHATSAPP")
    assert (answer.status_code, "WhatsApp" in answer.headers["x-syncproof-hint"]) == (400, True)
    write = {"subscriptionId": 530858991, "statusState": "SUBSCRIBED", "channel": "EMAIL"}
    assert api.post(f"{root}/statuses/bob@acme.com?businessUnitId=9", json=write).status_code == 400
    assert api.get(f"{root}/definitions?businessUnitId=9").status_code == 400
    assert list(hub.store.rows("consents")) == []


def test_an_administrator_declares_forms_and_emails(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.subscription_types.add("Newsletter")
    for what, entry in (
        ("forms", {"name": "Sign up", "guid": "78c2891f-ebdd-44c0-bd94-15c012bbbfbf", "fields": ["email", "firstname"]}),
        ("marketing_emails", {"name": "March", "id": "7001", "subscription": "Newsletter"}),
    ):
        hub.declare(what, hub.declarations[what].model_validate(entry))

    sent = api.post("/marketing/v4/email/single-send", json={"emailId": 7001, "message": {"to": "bob@acme.com"}})

    assert sent.status_code == 200
    assert api.get("/forms/v2/forms/78c2891f-ebdd-44c0-bd94-15c012bbbfbf").json()["name"] == "Sign up"
    for what, entry in (("forms", {"name": "x", "fields": ["nope"]}), ("marketing_emails", {"name": "x", "id": "7001"}),
                        ("marketing_emails", {"name": "x", "subscription": "Weather"})):
        with pytest.raises(ValueError):
            hub.declare(what, hub.declarations[what].model_validate(entry))
