"""Batches: probes 8 to 11, all or nothing, and the shapes of 207."""

from __future__ import annotations

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import (
    ApiException,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchReadInputSimplePublicObjectId,
    BatchResponseSimplePublicObjectWithErrors,
    SimplePublicObjectBatchInputForCreate,
    SimplePublicObjectId,
)
from syncproof_mocks.ma.hubspot import Hubspot

ROOT = "/crm/v3/objects/contacts/batch"


def inputs(*trace_ids: str | None) -> BatchInputSimplePublicObjectBatchInputForCreate:
    bad = [{"email": "a@acme.com"}, {"missing": "1"}, {"email": "c@acme.com"}]
    return BatchInputSimplePublicObjectBatchInputForCreate(inputs=[
        SimplePublicObjectBatchInputForCreate(properties=p, associations=[], object_write_trace_id=t)
        for p, t in zip(bad, trace_ids, strict=True)
    ])


def test_without_trace_ids_one_bad_input_refuses_all(hub: Hubspot, sdk: HubSpot) -> None:
    with pytest.raises(ApiException) as error:
        sdk.crm.contacts.batch_api.create(inputs(None, None, None))

    assert error.value.status == 400
    assert list(hub.store.rows("contacts")) == []
    refused = next(iter(hub.journal.exchanges())).refused
    assert [what for what, _, _ in refused] == [""]  # the bad input, which has no address; the others are innocent


def test_every_bad_input_of_a_refused_batch_is_journalled_and_no_other(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    bad = [{"email": "a_b"}, {"email": "ann@acme.com"}, {"email": "bob@acme.com"}]

    answer = api.post(f"{ROOT}/create", json={"inputs": [{"properties": p} for p in bad]})

    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")  # that of the first one
    found = next(iter(hub.journal.exchanges())).refused
    assert [(what, code) for what, code, _ in found] == [("a_b", "INVALID_EMAIL"), ("bob@acme.com", "CONFLICT")]


def test_trace_ids_that_are_not_unique_let_one_bad_input_refuse_all(hub: Hubspot, sdk: HubSpot) -> None:
    with pytest.raises(ApiException) as error:
        sdk.crm.contacts.batch_api.create(inputs("t1", "t2", "t1"))

    assert (error.value.status, list(hub.store.rows("contacts"))) == (400, [])


def test_a_refusal_by_trace_id_names_whom_it_is_about(hub: Hubspot, api: httpx.Client) -> None:
    body = {"inputs": [{"objectWriteTraceId": "t1", "properties": {"email": "ann@acme.com", "missing": "1"}}]}

    assert api.post(f"{ROOT}/create", json=body).status_code == 207
    assert [what for what, _, _ in next(iter(hub.journal.exchanges())).refused] == ["t1 (ann@acme.com)"]


def test_with_trace_ids_the_good_inputs_are_written(hub: Hubspot, sdk: HubSpot) -> None:
    found = sdk.crm.contacts.batch_api.create(inputs("t1", "t2", "t3"))

    assert isinstance(found, BatchResponseSimplePublicObjectWithErrors)
    assert found.num_errors == 1
    assert found.errors[0].context["objectWriteTraceId"] == ["t2"]
    assert [r.properties["email"] for r in found.results] == ["a@acme.com", "c@acme.com"]
    assert [what for what, _, _ in next(iter(hub.journal.exchanges())).refused] == ["t2"]


def test_the_raw_207_has_no_members_that_the_vendor_leaves_out(api: httpx.Client) -> None:
    body = {"inputs": [{"objectWriteTraceId": "t1", "properties": {"missing": "1"}}]}
    found = api.post(f"{ROOT}/create", json=body)

    assert found.status_code == 207
    assert set(found.json()["errors"][0]) == {"status", "category", "message", "context"}
    assert set(found.json()) == {"status", "results", "numErrors", "errors", "startedAt", "completedAt"}


def test_ids_that_are_missing_make_a_read_a_207(sdk: HubSpot, bob: str) -> None:
    ids = [SimplePublicObjectId(bob), SimplePublicObjectId("999")]
    body = BatchReadInputSimplePublicObjectId(inputs=ids, properties=["email"], properties_with_history=[])
    found = sdk.crm.contacts.batch_api.read(body)

    assert [r.id for r in found.results] == [bob]
    assert (found.errors[0].category, found.errors[0].context["ids"]) == ("OBJECT_NOT_FOUND", ["999"])


def test_results_do_not_come_in_the_order_of_the_inputs(hub: Hubspot, api: httpx.Client) -> None:
    ids = [hub.desk_create("contacts", {"email": f"p{n}@acme.com"}).id for n in range(3)]
    read = api.post(f"{ROOT}/read", json={"inputs": [{"id": i} for i in reversed(ids)], "properties": ["email"]})
    body = {"inputs": [{"id": i, "properties": {"city": i}} for i in reversed(ids)]}
    updated = api.post(f"{ROOT}/update", json=body)

    assert (read.status_code, updated.status_code) == (200, 200)
    assert [r["id"] for r in read.json()["results"]] == ids
    assert [(r["id"], r["properties"]["city"]) for r in updated.json()["results"]] == [(i, i) for i in ids]


def test_upsert_tells_new_from_known_by_the_unique_property(api: httpx.Client, bob: str) -> None:
    found = api.post(f"{ROOT}/upsert", json={"inputs": [
        {"id": "zed@acme.com", "idProperty": "email", "properties": {}},
        {"id": "Bob@acme.com", "idProperty": "email", "properties": {"phone": "1"}},
    ]})

    by_email = {r["properties"].get("email", r["id"]): r for r in found.json()["results"]}
    assert found.status_code == 200
    assert (by_email["zed@acme.com"]["new"], by_email[bob]["new"]) == (True, False)
    assert by_email[bob]["properties"]["phone"] == "1"


def test_upsert_needs_an_id_property(api: httpx.Client) -> None:
    found = api.post(f"{ROOT}/upsert", json={"inputs": [{"id": "1", "properties": {}}]})

    assert (found.status_code, "idProperty" in found.json()["message"]) == (400, True)


@pytest.mark.parametrize("verb", ["update", "upsert"])
def test_an_id_given_twice_refuses_the_batch(api: httpx.Client, bob: str, verb: str) -> None:
    item = {"id": bob, "idProperty": "hs_object_id", "properties": {"city": "x"}}
    found = api.post(f"{ROOT}/{verb}", json={"inputs": [item, item]})

    assert found.status_code == 400
    assert found.json()["message"] == f"Duplicate IDs found in batch input: [{bob}]. IDs must be unique"
    assert found.json()["context"] == {"ids": [bob]}


def test_two_inputs_with_one_new_address_create_nothing(hub: Hubspot, api: httpx.Client) -> None:
    item = {"properties": {"email": "twin@acme.com"}}
    found = api.post(f"{ROOT}/create", json={"inputs": [item, {"properties": {"email": "TWIN@acme.com"}}]})

    assert found.status_code == 400
    assert list(hub.store.rows("contacts")) == []


def test_a_known_address_refuses_the_whole_batch_as_a_conflict(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    body = {"inputs": [{"properties": {"email": "new@acme.com"}}, {"properties": {"email": "bob@acme.com"}}]}
    found = api.post(f"{ROOT}/create", json=body)

    assert (found.status_code, found.json()["message"]) == (409, f"Contact already exists. Existing ID: {bob}")
    assert [r.id for r in hub.store.rows("contacts")] == [bob]


def test_archiving_ignores_unknown_ids(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    assert api.post(f"{ROOT}/archive", json={"inputs": [{"id": bob}, {"id": "999"}]}).status_code == 204
    assert list(hub.store.rows("contacts")) == []


def test_unknown_ids_in_an_update_are_reported_and_the_switch_omits_them(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    body = {"inputs": [{"id": bob, "properties": {"city": "x"}}, {"id": "999", "properties": {"city": "x"}}]}
    reported = api.post(f"{ROOT}/update", json=body)
    hub.switch("batch_update_missing", "omit")
    omitted = api.post(f"{ROOT}/update", json=body)

    assert (reported.status_code, reported.json()["errors"][0]["context"]) == (207, {"ids": ["999"]})
    assert (omitted.status_code, "errors" in omitted.json()) == (200, False)
    assert "hubspot.batch_update_missing" in next(iter(hub.journal.exchanges())).assumed


@pytest.mark.parametrize(("verb", "count"), [("create", 101), ("read", 101), ("update", 101)])
def test_more_than_a_hundred_inputs_are_refused(api: httpx.Client, verb: str, count: int) -> None:
    body = {"inputs": [{"id": str(n), "properties": {}} for n in range(count)]}

    assert api.post(f"{ROOT}/{verb}", json=body).status_code == 400


def test_history_is_read_for_fifty_at_most(api: httpx.Client) -> None:
    body = {"inputs": [{"id": str(n)} for n in range(51)], "propertiesWithHistory": ["email"]}

    assert api.post(f"{ROOT}/read", json=body).status_code == 400
