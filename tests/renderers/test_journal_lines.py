"""The journal as lines: everything is in it, but credentials."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import orjson
from syncproof.journal_lines import MOST_BODY, credentials, journal_lines
from syncproof_mocks.journal import Actor, Change, Entry, Exchange, Mark, Row

TOKEN = "00Dxx!AQ0.abc/def+ghi=="
PASSWORD = 'pa"ss & wörd<1>'


def exchange(seq: int = 0, **given: Any) -> Exchange:
    fields: dict[str, Any] = {
        "seq": seq, "at_ms": 5, "system": "salesforce", "actor": Actor.CONNECTOR, "method": "GET", "path": "/x", "query": "",
        "request_headers": {}, "request_body": b"", "status": 200,
    }
    return Exchange(**(fields | given))


def lines(entries: Iterable[Entry], secrets: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in journal_lines("s/one", tuple(entries), secrets)]


def text(*entries: Entry, secrets: tuple[str, ...] = ()) -> str:
    return b"\n".join(journal_lines("s/one", entries, secrets)).decode()


def test_each_kind_of_entry_is_one_object_with_its_place() -> None:
    row = Row("contact", "1", {"email": "a@b", "#hidden": 1}, 1, 0, 0)
    change = Change(1, 6, "hubspot", Actor.MA_USER, None, "contact", "1", None, row, "note")

    found = lines([exchange(), change, Mark(2, 7, "sync_start", "1")])

    assert [(x["scenario"], x["seq"], x["type"]) for x in found] == [("s/one", 0, "exchange"), ("s/one", 1, "change"), ("s/one", 2, "mark")]
    assert found[1]["fields"] == {"email": [None, "a@b"]}
    assert found[1]["what"] == "created"


def test_a_token_is_hidden_wherever_it_stands() -> None:
    found = text(
        exchange(path=f"/oauth/v1/access-tokens/{TOKEN}", query=f"q={quote(TOKEN, safe='')}"),
        exchange(1, request_headers={"Authorization": f"Bearer {TOKEN}"}, response_body=f"you sent {TOKEN}".encode()),
        exchange(2, hint=f"not {TOKEN}"),
    )

    assert TOKEN not in found
    assert quote(TOKEN, safe="") not in found
    assert found.count("***") == 5


def test_credentials_in_bodies_are_found_by_their_names() -> None:
    form = f"grant_type=password&client_secret=s3cr3t-of-app&password={quote(PASSWORD)}".encode()
    answer = orjson.dumps({"access_token": TOKEN, "id": "https://login/id/1"})
    soap = b"<n1:login><n1:username>joe</n1:username><n1:password>SoapPassw0rd</n1:password></n1:login>"
    entries = (exchange(request_body=form, response_body=answer), exchange(1, request_body=soap))

    assert set(credentials(entries)) == {"s3cr3t-of-app", PASSWORD, TOKEN, "SoapPassw0rd"}
    found = text(*entries)
    for secret in ("s3cr3t-of-app", quote(PASSWORD), TOKEN, "SoapPassw0rd", "wörd"):
        assert secret not in found
    assert "https://login/id/1" in found


def test_given_secrets_are_hidden_also_as_json_in_json() -> None:
    body = orjson.dumps({"echo": PASSWORD})

    assert "wörd" not in text(exchange(response_body=body), secrets=(PASSWORD,))


def test_basic_credentials_and_cookies_are_hidden() -> None:
    basic = base64.b64encode(b"client:secret-of-client").decode()
    found = text(exchange(request_headers={"authorization": f"Basic {basic}", "cookie": "sid=1234567890"}, response_body=basic.encode()))

    assert basic not in found
    assert "1234567890" not in found


def test_short_texts_are_never_taken_for_secrets() -> None:
    assert lines([exchange(path="/abc")], ("abc",))[0]["path"] == "/abc"


def test_a_long_body_is_cut_says_so_and_leaves_no_half_secret() -> None:
    body = b"x" * (MOST_BODY - 5) + TOKEN.encode() + b"y" * 100
    found = lines([exchange(response_body=body)], (TOKEN,))[0]["response_body"]

    assert found.endswith(f"... ({len(body)} bytes)")
    assert TOKEN[:5] not in found


def test_people_are_not_taken_for_credentials() -> None:
    body = b'{"properties": {"email": "zofia@acme.example", "lastname": "Token-Secretova"}}'

    assert "zofia@acme.example" in text(exchange(request_body=body))
