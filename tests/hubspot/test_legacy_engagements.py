"""Engagements v1 and crm-objects v1: the records of v3 under other names."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot
from tests.hubspot.conftest import START_MS

ROOT = "/engagements/v1/engagements"


def make(api: httpx.Client, kind: str, ties: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    about = {"type": kind, "timestamp": START_MS}
    found = api.post(ROOT, json={"engagement": about, "associations": ties or {}, "metadata": metadata})
    assert found.status_code == 200, found.text
    return dict(found.json())


def test_a_note_is_the_note_of_v3(api: httpx.Client, bob: str) -> None:
    made = make(api, "NOTE", {"contactIds": [int(bob)]}, body="Called <b>him</b>")
    number = made["engagement"]["id"]

    assert (made["engagement"]["type"], made["engagement"]["timestamp"]) == ("NOTE", START_MS)
    assert (made["associations"]["contactIds"], made["metadata"]["body"]) == ([int(bob)], "Called <b>him</b>")
    note = api.get(f"/crm/v3/objects/notes/{number}?properties=hs_note_body&associations=contacts").json()
    assert note["properties"]["hs_note_body"] == "Called <b>him</b>"
    assert note["associations"]["contacts"]["results"][0]["id"] == bob
    assert api.get(f"{ROOT}/{number}").json() == made


def test_an_engagement_is_changed_and_deleted(hub: Hubspot, api: httpx.Client) -> None:
    number = make(api, "TASK", subject="Call", body="x", status="NOT_STARTED", forObjectType="CONTACT")["engagement"]["id"]
    hub.clock.move(5)

    changed = api.patch(f"{ROOT}/{number}", json={"metadata": {"status": "COMPLETED"}}).json()
    assert (changed["metadata"]["status"], changed["metadata"]["subject"]) == ("COMPLETED", "Call")
    assert changed["engagement"]["lastUpdated"] == START_MS + 5000
    assert api.delete(f"{ROOT}/{number}").status_code == 204
    assert api.get(f"{ROOT}/{number}").status_code == 404


def test_engagements_of_all_types_page_by_id(api: httpx.Client, bob: str) -> None:
    made = [make(api, kind, {"contactIds": [bob]}, body="x")["engagement"]["id"] for kind in ("NOTE", "MEETING", "CALL")]

    first = api.get(f"{ROOT}/paged?limit=2").json()
    rest = api.get(f"{ROOT}/paged?limit=2&offset={first['offset']}").json()
    of_bob = api.get(f"{ROOT}/associated/CONTACT/{bob}/paged").json()

    assert [e["engagement"]["id"] for e in first["results"] + rest["results"]] == sorted(made)
    assert (first["hasMore"], rest["hasMore"]) == (True, False)
    assert len(of_bob["results"]) == 3
    assert api.get(f"{ROOT}/associated/CONTACT/999/paged").status_code == 404


def test_engagements_changed_lately_or_after_a_moment(hub: Hubspot, api: httpx.Client) -> None:
    ids = []
    for _ in range(3):
        hub.clock.move(1)
        ids.append(make(api, "NOTE", body="x")["engagement"]["id"])

    recent = api.get(f"{ROOT}/recent/modified?count=2&since={START_MS}").json()
    after = api.get(f"{ROOT}/modified/after?after={START_MS + 1000}").json()

    assert [e["engagement"]["id"] for e in recent["results"]] == [ids[2], ids[1]]
    assert (recent["hasMore"], recent["total"]) == (True, 3)
    assert [e["engagement"]["id"] for e in after["results"]] == ids[1:]
    assert after["after"] == START_MS + 3000


@pytest.mark.parametrize("body", [
    {}, {"engagement": {"type": "FAX"}}, {"engagement": []}, {"engagement": {"type": "NOTE"}, "metadata": {"sentiment": "x"}},
    {"engagement": {"type": "NOTE"}, "metadata": {"body": "x"}, "associations": {"contactIds": [999]}},
    {"engagement": {"type": "NOTE"}, "metadata": {"body": "x"}, "associations": {"contactIds": "x"}},
    {"engagement": {"type": "NOTE", "ownerId": 404}, "metadata": {"body": "x"}},
    {"engagement": {"type": "NOTE", "timestamp": "soon"}, "metadata": {"body": "x"}},
])
def test_a_bad_engagement_is_refused_and_not_made(hub: Hubspot, api: httpx.Client, body: dict[str, Any]) -> None:
    assert api.post(ROOT, json=body).status_code == 400
    assert api.get(f"{ROOT}/paged").json()["results"] == []


def test_tickets_in_the_shape_before_v3(api: httpx.Client) -> None:
    root = "/crm-objects/v1/objects/tickets"
    given = [{"name": "subject", "value": "Help"}, {"name": "hs_pipeline", "value": "0"}, {"name": "hs_pipeline_stage", "value": "1"}]

    made = api.post(root, json=given).json()
    path = f"{root}/{made['objectId']}"
    changed = api.put(path, json=[{"name": "subject", "value": "Help!"}]).json()

    assert (made["objectType"], made["properties"]["subject"]["value"], made["isDeleted"]) == ("TICKET", "Help", False)
    assert [v["value"] for v in changed["properties"]["subject"]["versions"]] == ["Help!", "Help"]
    page = api.get(f"{root}/paged?properties=subject").json()
    assert [o["properties"]["subject"]["value"] for o in page["objects"]] == ["Help!"]
    assert api.get(path).json()["properties"] == {}
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.get("/crm-objects/v1/objects/quotes/paged").status_code == 404
    assert api.post(root, json={"name": "subject"}).status_code == 400
