"""Faults that refuse some records of a request, each vendor's way, whichever door they come in by."""

from __future__ import annotations

import pytest
from tests.faults.conftest import DATA, OBJECTS, Vendors


def people(*names: str) -> list[dict[str, object]]:
    return [{"properties": {"email": f"{n}@example.com", "lastname": n}} for n in names]


def test_hubspot_answers_207_and_names_the_refused_record(vendors: Vendors) -> None:
    vendors.arm("ma", "partial_failure", settings={"item": 2}, times=1)
    answer = vendors.batch(*people("a", "b", "c"))

    assert answer.status_code == 207
    assert [r["properties"]["lastname"] for r in answer.json()["results"]] == ["a", "c"]
    assert [e["context"]["objectWriteTraceId"] for e in answer.json()["errors"]] == [["t1"]]
    assert (vendors.faults, vendors.refused) == (["partial_failure"], ["VALIDATION_ERROR"])
    assert vendors.batch(*people("b")).status_code == 201, "it was for once"


def test_salesforce_answers_200_with_an_error_for_the_refused_record(vendors: Vendors) -> None:
    vendors.arm("crm", "partial_failure", settings={"item": 1})
    answer = vendors.collection({"LastName": "A"}, {"LastName": "B"})

    assert answer.status_code == 200
    assert [r["success"] for r in answer.json()] == [False, True]
    assert answer.json()[0]["errors"][0]["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert (vendors.faults, vendors.refused) == (["partial_failure"], ["FIELD_CUSTOM_VALIDATION_EXCEPTION"])


def test_a_batch_that_is_taken_as_one_is_lost_as_one(vendors: Vendors) -> None:
    vendors.arm("ma", "partial_failure", settings={"item": 2, "whole": True})
    vendors.arm("crm", "partial_failure", settings={"item": 2, "whole": True})
    before = vendors.crm.store.size("Contact"), vendors.ma.store.size("contacts")
    ma, crm = vendors.batch(*people("a", "b", "c")), vendors.collection({"LastName": "A"}, {"LastName": "B"})

    assert ma.status_code == 400
    assert [r["errors"][0]["statusCode"] for r in crm.json()] == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "FIELD_CUSTOM_VALIDATION_EXCEPTION"]
    assert (vendors.crm.store.size("Contact"), vendors.ma.store.size("contacts")) == before


def test_the_records_of_a_person_are_refused_by_id_and_by_address_through_every_door(vendors: Vendors) -> None:
    record = vendors.contacts["crm"][1]
    vendors.arm("crm", "partial_failure", [record, record[:15], "p1@example.com"])
    client = vendors.http["crm"]

    assert client.patch(f"{DATA}/sobjects/Contact/{record}", json={"Phone": "1"}).status_code == 400
    assert client.patch(f"{DATA}/sobjects/Contact/{record[:15]}", json={"Phone": "1"}).status_code == 400
    assert client.post(f"{DATA}/sobjects/Contact", json={"LastName": "X", "Email": "P1@example.com"}).status_code == 400
    assert client.patch(f"{DATA}/sobjects/Contact/{vendors.contacts['crm'][0]}", json={"Phone": "1"}).status_code == 204
    assert [r["success"] for r in vendors.collection({"Id": vendors.contacts["crm"][0], "Phone": "2"}, {"Id": record, "Phone": "2"}, method="PATCH").json()] == [True, False]


def test_a_request_that_has_no_such_record_is_not_struck(vendors: Vendors) -> None:
    armed = vendors.arm("ma", "partial_failure", settings={"item": 5})

    assert vendors.batch(*people("a", "b")).status_code == 201
    assert vendors.http["ma"].get(OBJECTS).status_code == 200
    assert (vendors.faults, armed.struck) == (["", ""], 0)


def test_a_locked_row_of_salesforce_leaves_the_others_alone(vendors: Vendors) -> None:
    one, other, _ = vendors.contacts["crm"]
    vendors.arm("crm", "row_lock", [one], times=1)
    update = [{"Id": one, "Phone": "1"}, {"Id": other, "Phone": "1"}]
    first, second = vendors.collection(*update, method="PATCH"), vendors.collection(*update, method="PATCH")

    assert [r["success"] for r in first.json()] == [False, True]
    assert first.json()[0]["errors"][0] == {
        "statusCode": "UNABLE_TO_LOCK_ROW", "fields": [],
        "message": f"unable to obtain exclusive access to this record or 1 records: {one}",
    }  # fmt: skip
    assert [r["success"] for r in second.json()] == [True, True]


def test_without_names_every_record_of_the_request_is_locked(vendors: Vendors) -> None:
    vendors.arm("crm", "row_lock", times=1)
    answer = vendors.collection({"LastName": "A"}, {"LastName": "B"})

    assert [r["errors"][0]["statusCode"] for r in answer.json()] == ["UNABLE_TO_LOCK_ROW", "UNABLE_TO_LOCK_ROW"]
    assert vendors.query().status_code == 200, "reading locks nothing"


def test_a_duplicate_rule_holds_up_new_records_only(vendors: Vendors) -> None:
    armed = vendors.arm("crm", "duplicate_rule")
    created = vendors.collection({"LastName": "A"})
    changed = vendors.collection({"Id": vendors.contacts["crm"][0], "Phone": "1"}, method="PATCH")

    assert created.json()[0]["errors"][0]["statusCode"] == "DUPLICATES_DETECTED"
    assert changed.json()[0]["success"] is True
    assert (vendors.faults, armed.struck) == (["duplicate_rule", ""], 1)
    vendors.heal("crm")
    assert vendors.collection({"LastName": "A"}).json()[0]["success"] is True


@pytest.mark.parametrize(("side", "fault", "settings", "says"), [
    ("ma", "duplicate_rule", {}, "hubspot has no duplicate rules"),
    ("ma", "late_commit", {}, "hubspot does not fail in this way"),
    ("ma", "ip_blocked", {}, "hubspot does not fail in this way"),
    ("crm", "page_shift", {}, "salesforce does not fail in this way"),
    ("ma", "rate_limit", {"limit": "concurrent"}, "it has: ten_seconds, second, daily"),
    ("crm", "partial_failure", {"item": 0}, "`item` counts from 1; 0 was given"),
    ("ma", "page_shift", {"by": 0}, "0 shifts nothing"),
    ("crm", "late_commit", {"lag_s": 0}, "`lag_s` is above 0"),
    ("crm", "clock_skew", {"seconds": 90_000}, "at most 86400 ahead or behind"),
])  # fmt: skip
def test_what_can_never_strike_at_a_vendor_is_refused(vendors: Vendors, side: str, fault: str, settings: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match="never strike|counts from|shifts nothing|above 0|ahead or behind") as caught:
        vendors.arm(side, fault, settings=settings)
    assert says in str(caught.value)


def test_an_operation_that_a_fault_cannot_meet_is_refused_by_name(vendors: Vendors) -> None:
    with pytest.raises(ValueError, match=r"`index_lag` could never strike: hubspot does so at objects.search only"):
        vendors.arm("ma", "index_lag", operation="objects.batch_*")
