"""Imports: a CSV file becomes records through the one write path, and every row that does not says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from syncproof_mocks.ma.hubspot import Hubspot

ROOT = "/crm/v3/imports"


def column(header: str, name: str | None, type_id: str = "0-1", **more: Any) -> dict[str, Any]:
    return {"columnObjectTypeId": type_id, "columnName": header, "propertyName": name, **more}


PEOPLE = [column("Mail", "email", columnType="HUBSPOT_ALTERNATE_ID"), column("First", "firstname"), column("Birth", "closedate")]


def wanted(columns: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    page = {"hasHeader": True, "columnMappings": PEOPLE if columns is None else columns}
    return {"name": "Leads", "files": [{"fileName": "people.csv", "fileFormat": "CSV", "fileImportPage": page}], **more}


def send(api: httpx.Client, text: str | bytes, request: dict[str, Any] | None = None) -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    return api.post(ROOT, data={"importRequest": json.dumps(request or wanted())}, files={"files": ("people.csv", content, "text/csv")})


def done(api: httpx.Client, text: str | bytes, request: dict[str, Any] | None = None) -> dict[str, Any]:
    started = send(api, text, request)
    assert (started.status_code, started.json()["state"]) == (200, "STARTED"), started.text
    found: dict[str, Any] = api.get(f"{ROOT}/{started.json()['id']}").json()
    assert found["state"] == "DONE"
    return found


def failures(api: httpx.Client, found: dict[str, Any]) -> list[tuple[int, str, str | None]]:
    listed = api.get(f"{ROOT}/{found['id']}/errors").json()["results"]
    return [(e["sourceData"]["lineNumber"], e["errorType"], e.get("invalidValue")) for e in listed]


def test_rows_are_upserted_by_address_and_counted(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    found = done(api, "Mail,First,Birth\nBOB@acme.com,Robert,\nann@acme.com,Ann,12/31/2026\n")

    assert found["metadata"]["counters"] == {
        "TOTAL_ROWS": 2, "CREATED_OBJECTS": 1, "UPDATED_OBJECTS": 1, "PROPERTY_VALUES_EMITTED": 5,
        "UNIQUE_OBJECTS_WRITTEN": 2, "ERRORS": 0,
    }
    assert (found["mappedObjectTypeIds"], found["importName"], found["optOutImport"]) == (["0-1"], "Leads", False)
    ann = hub.contact_by_email("ann@acme.com")
    assert ann is not None
    assert (ann.values["firstname"], ann.values["closedate"][:10]) == ("Ann", "2026-12-31")
    history = api.get(f"/crm/v3/objects/contacts/{bob}?propertiesWithHistory=firstname").json()["propertiesWithHistory"]
    assert [(v["value"], v["sourceType"]) for v in history["firstname"]] == [("Robert", "IMPORT"), ("Bob", "INTEGRATION")]


def test_the_vendors_own_client_starts_and_reads_an_import(sdk: HubSpot, hub: Hubspot, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Mail,First,Birth\nann@acme.com,Anná,\nbad,B,\n", "utf-8")

    started = sdk.crm.imports.core_api.create(import_request=json.dumps(wanted()), files=str(path))
    found = sdk.crm.imports.core_api.get_by_id(started.id)
    listed = sdk.crm.imports.public_imports_api.get_errors(started.id)

    assert (started.state, found.state, found.metadata.counters["ERRORS"]) == ("STARTED", "DONE", 1)
    assert [e.error_type for e in listed.results] == ["INVALID_EMAIL"]
    assert hub.contact_by_email("ann@acme.com").values["firstname"] == "Anná"  # type: ignore[union-attr]
    assert [i.id for i in sdk.crm.imports.core_api.get_page().results] == [started.id]


def test_a_bad_cell_costs_the_value_and_a_bad_address_the_row(hub: Hubspot, api: httpx.Client) -> None:
    columns = [column("Mail", "email"), column("Stage", "lifecyclestage"), column("Nope", "nope"), column("Date", "closedate")]
    text = "Mail,Stage,Nope,Date\na@acme.com,Customer,x,31.12.2026\nb@acme.com,nonsense,,soon\nc@@,customer,,\n"

    found = done(api, text, wanted(columns, dateFormat="DAY_MONTH_YEAR"))

    assert failures(api, found) == [
        (2, "PROPERTY_DEFINITION_NOT_FOUND", "x"), (3, "INVALID_ENUMERATION_OPTION", "nonsense"),
        (3, "COULD_NOT_PARSE_DATE", "soon"), (4, "INVALID_EMAIL", "c@@"),
    ]
    a, b = hub.contact_by_email("a@acme.com"), hub.contact_by_email("b@acme.com")
    assert a is not None
    assert b is not None
    assert (a.values["lifecyclestage"], a.values["closedate"][:10]) == ("customer", "2026-12-31")
    assert (b.values["lifecyclestage"], b.values.get("closedate")) == ("lead", None)
    assert hub.store.size("contacts") == 2
    post = next(e for e in hub.journal.exchanges() if e.method == "POST")
    assert [what for what, _, _ in post.refused] == [
        "row 2 (a@acme.com)", "row 3 (b@acme.com)", "row 3 (b@acme.com)", "row 4 (c@@)",
    ]


def test_the_switch_makes_a_bad_cell_cost_the_row(hub: Hubspot, api: httpx.Client) -> None:
    hub.switch("import_bad_values", "skip_row")

    done(api, "Mail,First,Birth\na@acme.com,A,soon\nb@acme.com,B,\n")

    assert [r.values["email"] for r in hub.store.rows("contacts")] == ["b@acme.com"]


@pytest.mark.parametrize(("operation", "wrong"), [("CREATE", "CREATE_ONLY_IMPORT"), ("UPDATE", "UPDATE_ONLY_IMPORT")])
def test_an_import_that_only_creates_or_only_updates(hub: Hubspot, api: httpx.Client, bob: str, operation: str, wrong: str) -> None:
    found = done(api, "Mail,First,Birth\nbob@acme.com,R,\nann@acme.com,A,\n", wanted(importOperations={"0-1": operation}))

    assert [kind for _, kind, _ in failures(api, found)] == [wrong]
    assert (hub.store.get("contacts", bob).values["firstname"] == "R") is (operation == "UPDATE")  # type: ignore[union-attr]
    assert (hub.contact_by_email("ann@acme.com") is not None) is (operation == "CREATE")


def test_an_erased_person_does_not_come_back_by_import(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.desk_erase("contacts", bob)

    found = done(api, "Mail,First,Birth\nbob@acme.com,Bob,\n")

    assert failures(api, found) == [(2, "GDPR_BLACKLISTED_EMAIL", None)]
    assert hub.contact_by_email("bob@acme.com") is None


def test_an_opt_out_list_opts_people_out_of_everything(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    done(api, "Mail,First,Birth\nbob@acme.com,,\nann@acme.com,,\n", wanted(optOutImport=True))

    for email in ("bob@acme.com", "ann@acme.com"):
        assert hub.contact_by_email(email).values["hs_email_optout"] == "true"  # type: ignore[union-attr]
        assert api.get(f"/email/public/v1/subscriptions/{email}").json()["unsubscribeFromPortal"] is True


def test_marketing_status_and_the_list_that_was_asked_for(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    request = wanted(marketableContactImport=True, createContactListFromImport=True)

    found = done(api, "Mail,First,Birth\nbob@acme.com,R,\nann@acme.com,A,\n", request)

    assert hub.store.get("contacts", bob).values["hs_marketable_status"] == "true"  # type: ignore[union-attr]
    (made,) = found["metadata"]["objectLists"]
    members = api.get(f"/crm/v3/lists/{made['listId']}/memberships").json()["results"]
    assert {m["recordId"] for m in members} == {r.id for r in hub.store.rows("contacts")}


def test_contacts_and_companies_of_one_row_are_tied(hub: Hubspot, api: httpx.Client, acme: str) -> None:
    columns = [column("Mail", "email"), column("Site", "domain", "0-2"), column("Firm", "name", "0-2")]

    done(api, "Mail,Site,Firm\nann@acme.com,www.acme.com,ACME\nb@x.org,x.org,X\n", wanted(columns))

    ann = hub.contact_by_email("ann@acme.com")
    assert ann is not None
    assert hub.associated("contacts", ann.id, "companies") == [acme]  # companies are told apart by domain here
    assert hub.store.get("companies", acme).values["name"] == "ACME"  # type: ignore[union-attr]
    assert hub.store.size("companies") == 2


def test_rows_by_record_id_and_a_row_that_occurs_twice(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    columns = [column("Id", None, columnType="HUBSPOT_OBJECT_ID"), column("First", "firstname")]

    found = done(api, f"First,Id\nR,{bob}\nR,{bob}\nX,999\n", wanted(columns))  # not in the order of the mapping

    assert hub.store.get("contacts", bob).values["firstname"] == "R"  # type: ignore[union-attr]
    assert [(line, kind) for line, kind, _ in failures(api, found)] == [(3, "DUPLICATE_ROW_CONTENT"), (4, "INVALID_RECORD_ID")]


def test_errors_tell_more_when_asked_and_come_by_the_page(api: httpx.Client) -> None:
    found = done(api, "Mail,First,Birth\nx,1,\ny,2,\nz,3,\n")
    path = f"{ROOT}/{found['id']}/errors"

    page = api.get(f"{path}?limit=2&includeErrorMessage=true&includeRowData=true").json()
    rest = api.get(f"{path}?limit=2&after={page['paging']['next']['after']}").json()

    assert page["results"][0]["sourceData"]["rowData"] == ["x", "1", ""]
    assert page["results"][0]["errorMessage"] == "Email address x is invalid"
    assert [e["invalidValue"] for e in page["results"] + rest["results"]] == ["x", "y", "z"]
    assert ("paging" in rest, "errorMessage" in rest["results"][0]) == (False, False)
