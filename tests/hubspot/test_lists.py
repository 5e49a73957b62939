"""Lists v3: made, found, renamed, deleted; members by hand, in pages; probe 20 with the vendor's client."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.lists import ListCreateRequest
from hubspot.crm.lists.exceptions import ApiException
from syncproof_mocks.journal import Exchange
from syncproof_mocks.ma.hubspot import Hubspot

from .conftest import START_MS

ROOT = "/crm/v3/lists"


def people(hub: Hubspot, count: int) -> list[str]:
    return [
        hub.seed("contacts", {"email": f"p{n}@acme.com"}, created_ms=START_MS - 1000, modified_ms=START_MS - 1000).id
        for n in range(count)
    ]


def made(api: httpx.Client, name: str = "Guests", processing: str = "MANUAL", **more: Any) -> str:
    answer = api.post(ROOT, json={"name": name, "objectTypeId": "0-1", "processingType": processing, **more})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["list"]["listId"])


def put(api: httpx.Client, path: str, body: Any = None) -> httpx.Response:
    return api.put(f"{ROOT}/{path}", json=body)


def test_probe_20_with_the_vendors_client(hub: Hubspot, sdk: HubSpot) -> None:
    ids = people(hub, 3)
    made = sdk.crm.lists.lists_api.create(ListCreateRequest(name="Probe", object_type_id="0-1", processing_type="MANUAL"))
    list_id = made.list.list_id
    members = sdk.crm.lists.memberships_api

    added = members.add(list_id, ids[:2])
    page = members.get_page(list_id, limit=1)
    rest = members.get_page(list_id, limit=1, after=page.paging.next.after)
    removed = members.remove(list_id, [ids[0]])
    sdk.crm.lists.lists_api.remove(list_id)

    assert added.records_ids_added == ids[:2]
    assert ([r.record_id for r in page.results], [r.record_id for r in rest.results]) == ([ids[0]], [ids[1]])
    assert rest.paging is None
    assert removed.record_ids_removed == [ids[0]]
    with pytest.raises(ApiException) as gone:
        sdk.crm.lists.lists_api.get_by_id(list_id)
    assert gone.value.status == 404
    assert "ListError.LIST_ID_DOES_NOT_EXIST" in gone.value.body


def test_the_list_object_has_what_recordings_show(api: httpx.Client) -> None:
    list_id = made(api)

    found = api.get(f"{ROOT}/{list_id}").json()["list"]

    assert {k: found[k] for k in ("listId", "listVersion", "processingStatus", "processingType", "objectTypeId", "name")} == {
        "listId": list_id, "listVersion": 1, "processingStatus": "COMPLETE", "processingType": "MANUAL",
        "objectTypeId": "0-1", "name": "Guests",
    }
    assert found["listPermissions"] == {"teamsWithEditAccess": [], "usersWithEditAccess": []}
    assert api.get(f"{ROOT}/object-type-id/contacts/name/gUESTS").json()["list"]["listId"] == list_id
    assert [x["listId"] for x in api.get(f"{ROOT}/?listIds={list_id}&listIds=999").json()["lists"]] == [list_id]
    assert api.get("/crm/lists/2026-03/" + list_id).json()["list"]["name"] == "Guests"


def test_an_unknown_list_is_refused_in_the_recorded_words(api: httpx.Client) -> None:
    answer = api.get(f"{ROOT}/-1")

    body = answer.json()
    assert answer.status_code == 404
    assert {k: body[k] for k in body if k != "correlationId"} == {
        "status": "error", "message": "List does not exist with ID -1.", "context": {"listId": ["-1"]},
        "category": "OBJECT_NOT_FOUND", "subCategory": "ListError.LIST_ID_DOES_NOT_EXIST",
    }


def test_a_change_names_only_what_happened(hub: Hubspot, api: httpx.Client) -> None:
    ids, list_id = people(hub, 3), made(api)

    first = put(api, f"{list_id}/memberships/add", [int(ids[0]), ids[1], "999"])
    again = put(api, f"{list_id}/memberships/add", ids[:2])
    both = put(api, f"{list_id}/memberships/add-and-remove", {"recordIdsToAdd": [ids[2]], "recordIdsToRemove": [ids[0]]})

    assert first.json() == {"recordsIdsAdded": ids[:2], "recordIdsMissing": ["999"]}
    assert again.json() == {}
    assert both.json() == {"recordsIdsAdded": [ids[2]], "recordIdsRemoved": [ids[0]]}
    last = [e for e in hub.journal.entries if isinstance(e, Exchange)][0:2]
    assert [r[0] for r in last[1].refused] == ["999"]


def test_pages_go_both_ways_and_in_join_order(hub: Hubspot, api: httpx.Client) -> None:
    ids, list_id = people(hub, 5), made(api)
    for record_id in (ids[4], ids[0], ids[2]):
        hub.clock.move(1)
        put(api, f"{list_id}/memberships/add", [record_id])

    first = api.get(f"{ROOT}/{list_id}/memberships?limit=2").json()
    link = api.get(first["paging"]["next"]["link"]).json()
    joined = api.get(f"{ROOT}/{list_id}/memberships/join-order?limit=2").json()
    after = joined["paging"]["next"]["after"]
    late = api.get(f"{ROOT}/{list_id}/memberships/join-order", params={"limit": 2, "after": after}).json()
    back = api.get(f"{ROOT}/{list_id}/memberships?limit=2&before={first['paging']['next']['after']}").json()

    assert [r["recordId"] for r in first["results"]] == [ids[0], ids[2]]
    assert first["total"] == 3
    assert ([r["recordId"] for r in link["results"]], "paging" in link) == ([ids[4]], False)
    assert [r["recordId"] for r in (*joined["results"], *late["results"])] == [ids[4], ids[0], ids[2]]
    assert [r["recordId"] for r in back["results"]] == [ids[0]]
    assert api.get(f"{ROOT}/{list_id}/memberships?after=nonsense").status_code == 400


def test_members_follow_the_records(hub: Hubspot, api: httpx.Client) -> None:
    ids, list_id = people(hub, 3), made(api)
    put(api, f"{list_id}/memberships/add", ids)

    survivor = hub.desk_merge("contacts", ids[0], ids[1])
    hub.desk_delete("contacts", ids[2])

    found = api.get(f"{ROOT}/{list_id}/memberships").json()
    assert [r["recordId"] for r in found["results"]] == [survivor.id]
    assert api.get(f"{ROOT}/records/0-1/{ids[0]}/memberships").json()["results"][0]["listId"] == list_id
    assert put(api, f"{list_id}/memberships/remove", [ids[1]]).json() == {"recordIdsRemoved": [survivor.id]}
    assert api.get(f"{ROOT}/{list_id}").json()["list"]["size"] == 0


def test_add_from_and_clear(hub: Hubspot, api: httpx.Client) -> None:
    ids = people(hub, 3)
    source, target = made(api, "A"), made(api, "B")
    put(api, f"{source}/memberships/add", ids)

    assert put(api, f"{target}/memberships/add-from/{source}").status_code == 204
    assert api.delete(f"{ROOT}/{source}/memberships").status_code == 204

    assert [api.get(f"{ROOT}/{i}").json()["list"]["size"] for i in (source, target)] == [0, 3]


def test_names_are_unique_and_a_deleted_list_comes_back(hub: Hubspot, api: httpx.Client) -> None:
    ids, list_id = people(hub, 1), made(api)
    put(api, f"{list_id}/memberships/add", ids)
    twice = api.post(ROOT, json={"name": "guests", "objectTypeId": "0-1", "processingType": "MANUAL"})
    assert (twice.status_code, twice.json()["subCategory"]) == (400, "ListError.DUPLICATE_LIST_NAMES")
    assert made(api, "Guests", objectTypeId="0-2") != list_id

    renamed = api.put(f"{ROOT}/{list_id}/update-list-name?listName=Visitors").json()["updatedList"]
    api.delete(f"{ROOT}/{list_id}")
    other = made(api, "Visitors")
    taken = put(api, f"{list_id}/restore")
    api.delete(f"{ROOT}/{other}")
    back = put(api, f"{list_id}/restore")

    assert renamed["name"] == "Visitors"
    assert (taken.status_code, back.status_code) == (400, 204)
    assert api.get(f"{ROOT}/{list_id}").json()["list"]["size"] == 1
    api.delete(f"{ROOT}/{list_id}")
    hub.clock.move(91 * 86_400)
    assert put(api, f"{list_id}/restore").status_code == 404


def test_a_search_pages_and_tells_sizes(hub: Hubspot, api: httpx.Client) -> None:
    ids = people(hub, 2)
    for n in range(5):
        hub.clock.move(1)
        made(api, f"Event {n}")
    put(api, "3/memberships/add", ids)

    first = api.post(f"{ROOT}/search", json={"query": "event", "count": 2, "sort": "-HS_UPDATED_AT"}).json()
    rest = api.post(f"{ROOT}/search", json={"query": "event", "count": 1000, "offset": first["offset"]}).json()

    assert (first["offset"], first["hasMore"], first["total"]) == (2, True, 5)
    assert (rest["hasMore"], len(rest["lists"])) == (False, 3)
    assert [x["name"] for x in first["lists"]] == ["Event 4", "Event 3"]
    sizes = {x["listId"]: x["additionalProperties"]["hs_list_size"] for x in rest["lists"]}
    assert sizes["3"] == "2"
    assert api.post(f"{ROOT}/search", json={"listIds": ["2"], "processingTypes": ["MANUAL"]}).json()["total"] == 1
    assert api.post(f"{ROOT}/search", json={"count": "many"}).status_code == 400


def test_ids_of_v1_are_mapped(hub: Hubspot, api: httpx.Client) -> None:
    list_id = made(api)
    row = hub.store.get("lists", list_id)
    assert row is not None
    legacy = row.values["legacy_id"]

    assert api.get(f"{ROOT}/idmapping?legacyListId={legacy}").json() == {"listId": list_id, "legacyListId": legacy}
    assert api.post(f"{ROOT}/idmapping", json=[legacy, "77"]).json() == {
        "legacyListIdsToIdsMapping": [{"legacyListId": legacy, "listId": list_id}], "missingLegacyListIds": ["77"],
    }


@pytest.mark.parametrize("body", [
    {}, [], {"name": "x"}, {"name": 7, "objectTypeId": "0-1", "processingType": "MANUAL"},
    {"name": "x", "objectTypeId": "0-99", "processingType": "MANUAL"},
    {"name": "x", "objectTypeId": ["0-1"], "processingType": "MANUAL"},
    {"name": "x", "objectTypeId": "0-1", "processingType": "MAGIC"},
    {"name": "x", "objectTypeId": "0-1", "processingType": "DYNAMIC"},
    {"name": "x", "objectTypeId": "0-1", "processingType": "MANUAL", "listFolderId": 7},
    {"name": "x", "objectTypeId": "0-1", "processingType": "MANUAL", "filterBranch": {}},
])
def test_a_bad_list_is_refused_and_nothing_is_kept(hub: Hubspot, api: httpx.Client, body: Any) -> None:
    assert api.post(ROOT, json=body).status_code == 400
    assert list(hub.store.rows("lists")) == []


@pytest.mark.parametrize("body", [{}, "x", [[]], [{"id": 1}], [True]])
def test_a_bad_membership_body_is_refused(hub: Hubspot, api: httpx.Client, body: Any) -> None:
    list_id = made(api)
    assert put(api, f"{list_id}/memberships/add", body).status_code == 400
    assert list(hub.store.rows("list_members")) == []


def test_lists_come_back_with_a_snapshot(hub: Hubspot, api: httpx.Client) -> None:
    ids, list_id = people(hub, 2), made(api)
    put(api, f"{list_id}/memberships/add", ids[:1])
    kept = hub.store.snapshot()

    put(api, f"{list_id}/memberships/add", ids)
    made(api, "Late")
    hub.store.restore(kept)

    assert api.get(f"{ROOT}/{list_id}").json()["list"]["size"] == 1
    assert api.get(f"{ROOT}/object-type-id/0-1/name/Late").status_code == 404


def test_v1_lists_are_gone_unless_the_switch_says_otherwise(hub: Hubspot, api: httpx.Client) -> None:
    ids, list_id = people(hub, 3), made(api)
    put(api, f"{list_id}/memberships/add", ids[:2])
    assert api.get("/contacts/v1/lists").status_code == 404
    assert api.get("/contacts/v1/lists/all/contacts/all").status_code == 200

    hub.switch("legacy_lists_v1", "alive")
    shown = api.get("/contacts/v1/lists").json()["lists"][0]
    path = f"/contacts/v1/lists/{shown['listId']}"
    change = api.post(f"{path}/add", json={"vids": [int(ids[2]), int(ids[0]), 5], "emails": ["p1@acme.com", "x@y.com"]})
    page = api.get(f"{path}/contacts/all?count=2&property=email").json()

    assert (shown["dynamic"], shown["metaData"]["size"]) == (False, 2)
    assert change.json() == {
        "updated": [int(ids[2])], "discarded": [int(ids[0]), int(ids[1])], "invalidVids": [5], "invalidEmails": ["x@y.com"],
    }
    refused = next(e.refused for e in hub.journal.exchanges() if e.operation == "lists_v1.add")
    assert [what for what, _, _ in refused] == ["5", "x@y.com"]
    assert ([c["vid"] for c in page["contacts"]], page["has-more"]) == ([int(ids[0]), int(ids[1])], True)
    assert len(api.get(f"{path}/contacts/all?vidOffset={page['vid-offset']}").json()["contacts"]) == 1
    assert api.post(f"{path}/remove", json={"vids": [int(ids[0])]}).json()["updated"] == [int(ids[0])]
    assert len(api.get(f"{path}/contacts/recent").json()["contacts"]) == 2


def test_parts_of_lists_that_are_not_mocked_are_refused_loudly(api: httpx.Client) -> None:
    folders = api.get(f"{ROOT}/folders")

    assert (folders.status_code, "folders" in folders.headers["x-syncproof-hint"]) == (404, True)
    assert "x-syncproof-hint" not in api.get(f"{ROOT}/-1").headers
