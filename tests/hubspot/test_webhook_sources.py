"""Whoever writes, and through whichever API, the app is told once, and can tell its own writes by their source."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.webhooks import Settings, Webhooks
from tests.hubspot.listening import TARGET, listen


@pytest.fixture
def app(hub: Hubspot) -> Webhooks:
    """The webhooks of the served portal, listening to what happens to contacts."""
    found = hub.webhooks
    assert isinstance(found, Webhooks)
    found.settings = Settings(TARGET, 10, 0, 0)
    listen(found, "contact.propertyChange:firstname", "contact.creation", "contact.deletion", "contact.privacyDeletion",
           "contact.merge", "contact.associationChange", "company.associationChange", "deal.creation")
    return found


def told(app: Webhooks, *members: str) -> list[tuple[Any, ...]]:
    found = [tuple(e.members.get(m) for m in ("subscriptionType", *members)) for e in app.due()]
    app.clear()
    return found


def test_every_api_that_changes_a_name_tells_it_with_its_source(hub: Hubspot, app: Webhooks, api: httpx.Client, bob: str) -> None:
    own = ("contact.propertyChange", "INTEGRATION", str(hub.app_id))

    api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"firstname": "A"}})
    assert told(app, "changeSource", "sourceId") == [own]
    api.post("/crm/v3/objects/contacts/batch/update", json={"inputs": [{"id": bob, "properties": {"firstname": "B"}}]})
    assert told(app, "changeSource", "sourceId") == [own]
    api.post(f"/contacts/v1/contact/vid/{bob}/profile", json={"properties": [{"property": "firstname", "value": "C"}]})
    assert told(app, "changeSource", "sourceId") == [own]
    page = {"hasHeader": True, "columnMappings": [
        {"columnObjectTypeId": "0-1", "columnName": n, "propertyName": n} for n in ("email", "firstname")]}
    request = {"name": "I", "files": [{"fileName": "a.csv", "fileFormat": "CSV", "fileImportPage": page}]}
    api.post("/crm/v3/imports", data={"importRequest": json.dumps(request)},
             files={"files": ("a.csv", b"email,firstname\nbob@acme.com,D\n", "text/csv")})
    assert told(app, "changeSource", "propertyValue") == [("contact.propertyChange", "IMPORT", "D")]
    hub.desk_edit("contacts", bob, {"firstname": "E"})
    assert told(app, "changeSource", "propertyValue") == [("contact.propertyChange", "CRM_UI", "E")]
    api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"firstname": "E"}})
    assert told(app) == []  # nothing changed


def test_an_association_made_by_any_api_is_told_in_both_directions(app: Webhooks, api: httpx.Client, bob: str, acme: str) -> None:
    wanted = [("company.associationChange", int(acme), int(bob)), ("contact.associationChange", int(bob), int(acme))]

    api.put(f"/crm/v4/objects/contacts/{bob}/associations/default/companies/{acme}")
    assert sorted(told(app, "fromObjectId", "toObjectId")) == wanted
    api.delete(f"/crm/v4/objects/contacts/{bob}/associations/companies/{acme}")
    assert {e[1] for e in told(app, "associationRemoved")} == {True}
    api.put(f"/companies/v2/companies/{acme}/contacts/{bob}")
    assert sorted(told(app, "fromObjectId", "toObjectId")) == wanted


def test_merging_and_erasing_through_the_api(app: Webhooks, api: httpx.Client, bob: str) -> None:
    ann = api.post("/contacts/v1/contact", json={"properties": [{"property": "email", "value": "ann@acme.com"}]}).json()["vid"]
    assert told(app, "objectId", "changeFlag") == [("contact.creation", ann, "CREATED")]

    api.post(f"/contacts/v1/contact/merge-vids/{bob}", json={"vidToMerge": ann})
    (merge, *gone) = told(app, "objectId")
    assert (merge[0], gone) == ("contact.merge", [("contact.deletion", int(bob)), ("contact.deletion", ann)])

    api.post("/crm/v3/objects/contacts/gdpr-delete", json={"objectId": str(merge[1])})
    assert told(app, "objectId") == [("contact.privacyDeletion", merge[1]), ("contact.deletion", merge[1])]


def test_a_refused_write_tells_nobody(app: Webhooks, api: httpx.Client, bob: str) -> None:
    api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"firstname": "A", "nope": "1"}})
    api.post("/contacts/v1/contact/batch", json=[
        {"vid": bob, "properties": [{"property": "firstname", "value": "A"}]},
        {"email": "x", "properties": [{"property": "firstname", "value": "A"}]},
    ])

    assert told(app) == []
