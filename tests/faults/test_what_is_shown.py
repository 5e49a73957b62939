"""Faults that nobody can notice: answers out of date, shifted, or empty."""

from __future__ import annotations

import pytest
from tests.faults.conftest import DATA, OBJECTS, Vendors


def test_a_query_of_salesforce_shows_a_change_later_than_its_stamp(vendors: Vendors) -> None:
    record = vendors.contacts["crm"][0]
    vendors.crm.desk_edit("Contact", record, {"LastName": "Changed"})
    vendors.arm("crm", "late_commit", times=1, settings={"lag_s": 30})
    late, then = vendors.query(), vendors.query()

    assert [r["LastName"] for r in late.json()["records"]] == ["L0", "L1", "L2"]
    assert [r["LastName"] for r in then.json()["records"]] == ["Changed", "L1", "L2"]
    assert vendors.faults == ["late_commit", ""]
    assert vendors.crm.settings["commit_delay_ms"] == 0
    assert vendors.http["crm"].get(f"{DATA}/sobjects/Contact/{record}").json()["LastName"] == "Changed"


def test_the_search_of_hubspot_lags_and_reading_by_id_does_not(vendors: Vendors) -> None:
    record = vendors.contacts["ma"][0]
    vendors.ma.desk_edit("contacts", record, {"lastname": "Changed"})
    vendors.arm("ma", "index_lag", settings={"lag_s": 30})

    assert vendors.search().json()["results"][0]["properties"].get("lastname", "L0") == "L0"
    assert vendors.http["ma"].get(f"{OBJECTS}/{record}").json()["properties"]["lastname"] == "Changed"
    assert vendors.faults == ["index_lag", ""]
    assert vendors.ma.settings["search_lag_ms"] == 0


def test_a_lag_that_an_org_has_anyway_is_never_shortened(vendors: Vendors) -> None:
    vendors.ma.switch("search_lag_ms", 3_600_000)
    vendors.ma.desk_edit("contacts", vendors.contacts["ma"][0], {"lastname": "Changed"})
    vendors.ma.clock.move(600)
    vendors.arm("ma", "index_lag", settings={"lag_s": 1})

    assert vendors.search().json()["total"] == 3
    assert vendors.ma.settings["search_lag_ms"] == 3_600_000


@pytest.mark.parametrize(("by", "seen"), [(1, [0, 1]), (-1, [0, 1, 1, 2])])
def test_later_pages_of_a_search_shift(vendors: Vendors, by: int, seen: list[int]) -> None:
    armed = vendors.arm("ma", "page_shift", settings={"by": by})
    pages = [vendors.search(0), vendors.search(2)]
    found = [r["id"] for page in pages for r in page.json()["results"]]

    assert found == [vendors.contacts["ma"][n] for n in seen]
    assert (vendors.faults, armed.struck) == (["", "page_shift"], 1), "a first page cannot shift"


def test_a_side_is_empty_for_one_answer(vendors: Vendors) -> None:
    vendors.arm("crm", "side_empty", times=1)
    vendors.arm("ma", "side_empty", times=3)

    assert vendors.query().json() == {"totalSize": 0, "done": True, "records": []}
    assert vendors.query().json()["totalSize"] == 3
    assert vendors.search().json() == {"total": 0, "results": []}
    assert vendors.http["ma"].get(OBJECTS).json() == {"results": []}
    assert vendors.http["ma"].get(f"{OBJECTS}/{vendors.contacts['ma'][0]}").status_code == 200
    assert vendors.faults == ["side_empty", "", "side_empty", "side_empty", ""]


def test_only_one_vendors_clock_is_wrong(vendors: Vendors) -> None:
    now_s = vendors.crm.world.clock.now_ms() / 1000
    vendors.arm("crm", "clock_skew", settings={"seconds": -3600})
    vendors.collection({"LastName": "A"})
    vendors.batch({"properties": {"email": "a@example.com"}})
    crm, ma = (list(d.store.rows(k))[-1] for d, k in ((vendors.crm, "Contact"), (vendors.ma, "contacts")))

    assert abs(crm.created_ms / 1000 - now_s + 3600) < 60
    assert abs(ma.created_ms / 1000 - now_s) < 60
    vendors.heal("crm")
    vendors.collection({"LastName": "B"})
    assert abs(list(vendors.crm.store.rows("Contact"))[-1].created_ms / 1000 - now_s) < 60
