"""The life of an import, and bodies that cannot become one."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from syncproof_mocks.journal import Change
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.imports.multipart import MultipartError, Part, parts_of
from tests.hubspot.test_imports import ROOT, column, done, send, wanted

ONE = "Mail,First,Birth\nann@acme.com,Ann,\n"
FORM = 'multipart/form-data; boundary="xx"'


def state(api: httpx.Client, number: str) -> str:
    return str(api.get(f"{ROOT}/{number}").json()["state"])


def test_an_import_that_takes_time_goes_through_its_states(hub: Hubspot, api: httpx.Client) -> None:
    hub.switch("import_ms", 10_000)
    number = send(api, ONE).json()["id"]

    assert state(api, number) == "STARTED"
    hub.clock.move(6)
    assert state(api, number) == "PROCESSING"
    assert hub.contact_by_email("ann@acme.com") is None
    hub.clock.move(4)
    # Any request finds the rows written, and the one that brought them is to blame.
    assert api.get("/crm/v3/objects/contacts/ann@acme.com?idProperty=email").status_code == 200
    assert state(api, number) == "DONE"
    made = next(c for c in hub.journal.changes() if c.kind == "contacts")
    assert hub.journal.entries[made.exchange or 0].path == ROOT  # type: ignore[union-attr]
    assert made.exchange == 0


def test_a_fourth_import_waits_until_one_of_three_is_over(hub: Hubspot, api: httpx.Client) -> None:
    hub.switch("import_ms", 10_000)
    started = [send(api, ONE.replace("ann", f"p{n}")).json() for n in range(4)]

    assert [i["state"] for i in started] == ["STARTED", "STARTED", "STARTED", "DEFERRED"]
    hub.clock.move(10)
    assert [state(api, i["id"]) for i in started] == ["DONE", "DONE", "DONE", "STARTED"]
    hub.clock.move(10)
    assert state(api, started[3]["id"]) == "DONE"
    assert hub.store.size("contacts") == 4


def test_a_cancelled_import_writes_nothing_and_lets_the_next_one_in(hub: Hubspot, api: httpx.Client) -> None:
    hub.switch("import_ms", 10_000)
    numbers = [send(api, ONE.replace("ann", f"p{n}")).json()["id"] for n in range(4)]

    assert api.post(f"{ROOT}/{numbers[0]}/cancel").json()["status"] == "CANCELED"
    assert [state(api, n) for n in numbers] == ["CANCELED", "STARTED", "STARTED", "STARTED"]
    hub.clock.move(10)
    assert [state(api, n) for n in numbers] == ["CANCELED", "DONE", "DONE", "DONE"]
    assert hub.store.size("contacts") == 3
    assert api.post(f"{ROOT}/{numbers[1]}/cancel").status_code == 400


def test_a_running_import_survives_snapshot_and_restore(hub: Hubspot, api: httpx.Client) -> None:
    hub.switch("import_ms", 10_000)
    number = send(api, ONE).json()["id"]
    snapshot = hub.store.snapshot()
    hub.clock.move(10)
    assert state(api, number) == "DONE"

    hub.store.restore(snapshot)

    assert hub.store.size("contacts") == 0
    assert state(api, number) == "DONE"
    assert hub.store.size("contacts") == 1


@pytest.mark.parametrize(("text", "request_", "said"), [
    (ONE, {"name": "x"}, "files"), (ONE, {**wanted(), "files": "x"}, "ArrayList"), (ONE, {**wanted(), "files": [5]}, "ArrayList"),
    (ONE, wanted([]), "No column"), (ONE, wanted([column("Nope", "email")]), "Column Nope is not in the file"),
    (ONE, wanted([column("Mail", "email", "9-9")]), "object type"), (ONE, wanted([5]), "LinkedHashMap"),  # type: ignore[list-item]
    (ONE, wanted(dateFormat="D"), "dateFormat"), (ONE, wanted(importOperations={"0-1": "DELETE"}), "operation"),
    (ONE, wanted(importOperations=[1]), "LinkedHashMap"), (b"Mail\n\xff\xfe", wanted([column("Mail", "email")]), "UTF-8"),
    (b"PK\x03\x04...", wanted(), "spreadsheet"),
    (ONE, wanted([column("Mail", "email", columnType="FLEXIBLE_ASSOCIATION_LABEL")]), "not mocked"),
])
def test_what_cannot_be_imported_is_refused_before_anything_is_kept(
    hub: Hubspot, api: httpx.Client, text: str | bytes, request_: dict[str, Any], said: str
) -> None:
    found = send(api, text, request_)

    assert (found.status_code, said in found.json()["message"]) == (400, True), found.text
    assert [e for e in hub.journal.entries if isinstance(e, Change)] == []


@pytest.mark.parametrize(("content_type", "body", "status"), [
    ("application/json", b"{}", 415), ("", b"", 415), ("multipart/form-data", b"x", 400),
    (FORM, b"", 400), (FORM, b"--xx\r\n", 400), (FORM, b"--xx\r\n\r\n\r\n--xx--", 400),
    (FORM, b'--xx\r\nContent-Disposition: form-data; name="importRequest"\r\n\r\n{\r\n--xx--\r\n', 400),
    (FORM, b'--xx\r\nContent-Disposition: form-data; name="importRequest"\r\n\r\n[]\r\n--xx--\r\n', 400),
    (FORM, b'--xx\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n[]\r\n--xx--\r\n', 400),
])
def test_a_body_that_is_no_form_is_refused(api: httpx.Client, content_type: str, body: bytes, status: int) -> None:
    found = api.post(ROOT, content=body, headers={"content-type": content_type} if content_type else {})

    assert found.status_code == status


def test_a_file_that_was_not_sent_and_one_that_is_a_spreadsheet(api: httpx.Client) -> None:
    request = wanted()
    request["files"][0]["fileName"] = "other.csv"
    assert "was not sent" in send(api, ONE, request).json()["message"]
    request["files"][0]["fileFormat"] = "SPREADSHEET"
    found = send(api, ONE, request)
    assert (found.status_code, "spreadsheets are not mocked" in found.headers["x-syncproof-hint"]) == (400, True)


def test_unknown_imports_and_missing_scope(hub: Hubspot, api: httpx.Client) -> None:
    assert api.get(f"{ROOT}/1").status_code == 404
    assert api.get(f"{ROOT}/x/errors").status_code == 404
    api.headers["authorization"] = f"Bearer {hub.tokens.issue_private(['oauth'])}"
    assert send(api, ONE).json()["category"] == "MISSING_SCOPES"


def test_a_form_is_taken_apart_whatever_it_holds() -> None:
    body = (b'preamble\r\n--xx  \r\nContent-Disposition: form-data; name="a"\r\n\r\n--x\r\n\r\ny\r\n'
            b'--xx\r\ncontent-disposition: form-data; name="f"; filename="\xc5\xbc.csv"\r\nContent-Type: text/csv\r\n\r\n'
            b"\x00\xff\r\n\r\n--xx--\r\nepilogue")

    assert parts_of(FORM, body)[0] == Part("a", None, b"--x\r\n\r\ny")
    assert parts_of(FORM, body)[1] == Part("f", "ż.csv", b"\x00\xff\r\n")
    with pytest.raises(MultipartError):
        parts_of(FORM, body.replace(b"--xx--", b"--xx"))
    with pytest.raises(MultipartError):
        parts_of(FORM, b"--xx\r\n" * 100_000 + b"--xx--")


def test_columns_of_a_file_without_header_stand_in_the_order_of_the_mapping(hub: Hubspot, api: httpx.Client) -> None:
    request = wanted()
    request["files"][0]["fileImportPage"]["hasHeader"] = False
    body = {"importRequest": json.dumps(request)}

    api.post(ROOT, data=body, files={"files": ("people.csv", '"ann@acme.com","An\nna",\n'.encode("utf-8-sig"), "text/csv")})

    assert hub.contact_by_email("ann@acme.com").values["firstname"] == "An\nna"  # type: ignore[union-attr]


def test_a_column_of_ids_may_be_named_as_in_older_documentation(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    columns = [column("Id", None, idColumnType="HUBSPOT_OBJECT_ID"), column("First", "firstname")]

    found = done(api, f"Id,First\n{bob},Robert\n", wanted(columns))

    assert found["metadata"]["counters"]["UPDATED_OBJECTS"] == 1
    assert (hub.store.get("contacts", bob) or pytest.fail("gone")).values["firstname"] == "Robert"
