"""Workflows that change a record after a write, and what an administrator demands (3.13)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.demands import PropertyRule
from syncproof_mocks.ma.hubspot.enrolment import Workflow

PATH = "/crm/v3/objects/contacts"


def flow(hub: Hubspot, **given: Any) -> None:
    hub.declare("workflows", Workflow.model_validate({"name": "flow", "kind": "contacts", **given}))


def values(api: httpx.Client, record_id: str, *names: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{PATH}/{record_id}", params={"properties": ",".join(names)}).json()["properties"]
    return {n: found[n] for n in names}


CUSTOMER = {"property": "lifecyclestage", "value": "customer"}


def test_a_workflow_acts_after_the_write_was_answered(hub: Hubspot, api: httpx.Client) -> None:
    flow(hub, when=CUSTOMER, after=[{"set": "hs_lead_status", "to": "CONNECTED"}, {"set": "city", "copy": "state"},
                                    {"set": "message", "blank": True}, {"set": "closedate", "now": True}])
    given = {"lifecyclestage": "customer", "state": "Mazovia", "message": "hello"}

    made = api.post(PATH, json={"properties": given}).json()
    found = values(api, made["id"], "hs_lead_status", "city", "message", "closedate")

    assert (made["properties"].get("hs_lead_status"), made["properties"]["message"]) == (None, "hello")
    assert found == {"hs_lead_status": "CONNECTED", "city": "Mazovia", "message": "", "closedate": "2026-09-21T14:13:20Z"}
    changes = [c for c in hub.journal.changes() if c.kind == "contacts" and c.actor is Actor.VENDOR_AUTOMATION]
    assert [c.exchange for c in changes] == [next(e.seq for e in hub.journal.exchanges())] * 4
    assert {c.note for c in changes} == {"workflow flow"}
    history = api.get(f"{PATH}/{made['id']}", params={"propertiesWithHistory": "city"}).json()["propertiesWithHistory"]["city"]
    assert history[0]["sourceType"] == "AUTOMATION_PLATFORM"
    assert history[0]["sourceId"].startswith("enrollmentId:")
    assert history[0]["sourceId"].endswith(";actionExecutionIndex:1")
    assert "updatedByUserId" not in history[0]


def test_a_delayed_action_waits_for_its_time_and_belongs_to_no_request(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    flow(hub, when={"property": "city", "op": "known"}, after={"set": "state", "to": "late"}, delay_ms=60_000)
    api.patch(f"{PATH}/{bob}", json={"properties": {"city": "Brno"}})

    assert hub.workflows.due_ms() == hub.clock.now_ms() + 60_000
    hub.clock.move(59)
    assert values(api, bob, "state") == {"state": None}
    hub.clock.move(1)
    assert values(api, bob, "state") == {"state": "late"}
    assert hub.workflows.due_ms() is None
    last = [c for c in hub.journal.changes() if c.kind == "contacts"][-1]
    assert (last.actor, last.exchange) == (Actor.VENDOR_AUTOMATION, None)


def test_a_record_goes_through_once_unless_it_may_again(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    flow(hub, when={"property": "city", "op": "changed"}, after={"set": "state", "copy": "city"})
    flow(hub, name="again", when={"property": "city", "op": "changed"}, after={"set": "zip", "copy": "city"}, re_enrol=True)

    for city in ("Brno", "Praha"):
        api.patch(f"{PATH}/{bob}", json={"properties": {"city": city}})

    assert values(api, bob, "state", "zip") == {"state": "Brno", "zip": "Praha"}


def test_conditions_must_all_hold_and_one_of_them_must_have_changed(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    flow(hub, when=[CUSTOMER, {"property": "city", "op": "in", "value": ["Brno"]}], on="change", after={"set": "state", "to": "yes"})

    api.patch(f"{PATH}/{bob}", json={"properties": {"zip": "1"}})
    api.patch(f"{PATH}/{bob}", json={"properties": {"city": "Praha"}})
    assert values(api, bob, "state") == {"state": None}
    api.patch(f"{PATH}/{bob}", json={"properties": {"city": "Brno"}})
    assert values(api, bob, "state") == {"state": "yes"}
    made = api.post(PATH, json={"properties": {"lifecyclestage": "customer", "city": "Brno"}}).json()["id"]
    assert values(api, made, "state") == {"state": None}


def test_workflows_that_wake_each_other_come_to_an_end(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    flow(hub, name="one", when={"property": "city", "op": "changed"}, after={"set": "state", "copy": "city"}, re_enrol=True)
    flow(hub, name="two", when={"property": "state", "op": "changed"}, after={"set": "city", "to": "back"}, re_enrol=True)

    api.patch(f"{PATH}/{bob}", json={"properties": {"city": "Brno"}})
    assert values(api, bob, "city", "state") == {"city": "back", "state": "Brno"}
    assert "hubspot.workflow_loops" in [a for e in hub.journal.exchanges() for a in e.assumed]
    api.patch(f"{PATH}/{bob}", json={"properties": {"city": "Praha"}})
    assert values(api, bob, "city", "state") == {"city": "back", "state": "Praha"}


def test_people_imports_and_the_vendor_itself_enrol_too_and_seeds_do_not(hub: Hubspot, api: httpx.Client) -> None:
    flow(hub, on="create", after={"set": "state", "to": "seen"})
    seeded = hub.seed("contacts", {"email": "a@example.com"}, created_ms=1, modified_ms=1)
    made = hub.desk_create("contacts", {"email": "b@example.com"})

    assert values(api, seeded.id, "state") == {"state": None}
    assert values(api, made.id, "state") == {"state": "seen"}


def test_what_the_rules_refuse_stays_and_the_request_is_not_blamed(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    flow(hub, when={"property": "city", "op": "known"}, after=[{"set": "email", "copy": "city"}, {"set": "lifecyclestage", "to": "lead"},
                                                                  {"set": "state", "to": "done"}])
    api.patch(f"{PATH}/{bob}", json={"properties": {"city": "no address"}})

    assert values(api, bob, "email", "lifecyclestage", "state") == {"email": "bob@acme.com", "lifecyclestage": "customer", "state": "done"}
    assert [e.refused for e in hub.journal.exchanges() if e.refused] == []


def test_a_snapshot_brings_waiting_actions_back(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    flow(hub, when={"property": "city", "op": "known"}, after={"set": "state", "to": "late"}, delay_ms=1000)
    api.patch(f"{PATH}/{bob}", json={"properties": {"city": "Brno"}})
    before = hub.store.snapshot()
    hub.clock.move(2)
    assert values(api, bob, "state") == {"state": "late"}

    hub.store.restore(before)

    assert hub.workflows.due_ms() is not None
    assert values(api, bob, "state") == {"state": "late"}


def test_a_webhook_tells_that_automation_did_it(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    root = f"/webhooks/v3/{hub.app_id}"
    api.put(f"{root}/settings", json={"targetUrl": "http://127.0.0.1:1/"})
    api.post(f"{root}/subscriptions", json={"eventType": "contact.propertyChange", "propertyName": "state", "active": True})
    flow(hub, when={"property": "city", "op": "known"}, after={"set": "state", "to": "x"})

    api.patch(f"{PATH}/{bob}", json={"properties": {"city": "Brno"}})

    assert [e.members["changeSource"] for e in hub.webhooks.due()] == ["AUTOMATION_PLATFORM"]


@pytest.mark.parametrize(("given", "message"), [
    ({"when": {"property": "citty", "op": "known"}, "after": {"set": "state", "to": "x"}}, "no property `citty`"),
    ({"on": "create", "after": {"set": "hs_object_id", "to": "1"}}, "read-only"),
    ({"on": "create", "after": {"set": "city", "now": True}}, "not a date"),
    ({"on": "create", "after": {"set": "lifecyclestage", "to": "king"}}, "no option 'king'"),
    ({"kind": "parcels", "on": "create", "after": {"set": "city", "to": "x"}}, "parcels"),
])
def test_a_workflow_that_cannot_be_is_refused(hub: Hubspot, given: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, KeyError), match=message):
        flow(hub, **given)


@pytest.mark.parametrize("given", [
    {"after": {"set": "state", "to": "x"}}, {"on": "create", "after": {"set": "state"}}, {"on": "create", "after": []},
    {"on": "create", "after": {"set": "state", "to": "x", "blank": True}}, {"on": "create", "after": {"set": "state", "to": "x"}, "colour": 1},
    {"when": {"property": "city", "op": "in", "value": "Brno"}, "after": {"set": "state", "to": "x"}},
    {"when": {"property": "city", "op": "known", "value": "Brno"}, "after": {"set": "state", "to": "x"}},
])
def test_the_form_says_what_is_wrong(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Workflow.model_validate({"name": "w", "kind": "contacts", **given})


def test_demands_hold_on_the_screen_and_in_2026_09_only(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.declare("property_rules", PropertyRule.model_validate({"kind": "contacts", "property": "phone"}))
    hub.declare("property_rules", PropertyRule.model_validate({
        "kind": "contacts", "property": "city", "required": "always", "when": {"property": "country", "value": "Poland"}}))
    body = {"properties": {"email": "new@example.com"}}

    assert api.post("/crm/objects/2026-09/contacts", json=body).json()["context"] == {"properties": ["phone"]}
    with pytest.raises(ValueError, match="required properties"):
        hub.desk_create("contacts", body["properties"])
    assert api.post(PATH, json=body).status_code == 201
    poland = {"properties": {"country": "Poland"}}
    assert api.patch(f"/crm/objects/2026-09/contacts/{bob}", json=poland).json()["context"] == {"properties": ["city"]}
    assert api.patch(f"{PATH}/{bob}", json=poland).status_code == 200
    with pytest.raises(ValueError, match="people can fill in"):
        hub.declare("property_rules", PropertyRule(kind="contacts", property="hs_object_id"))
