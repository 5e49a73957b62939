"""Requests, operations and the router."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syncproof_mocks.wire import Evidence, Operation, Request, Response, Router, operation, operations_of


def handler(dialect: object, request: Request) -> Response:
    return Response(200)


def op(method: str, path: str, id: str | None = None) -> Operation:
    return Operation(id or f"{method} {path}", method, path, Evidence.DOCUMENT, handler)


def request(path: str = "/", query: str = "", body: bytes = b"") -> Request:
    return Request("GET", path, query, {}, body, "http://127.0.0.1:1")


ROUTER = Router([
    op("GET", "/contacts"), op("POST", "/contacts"), op("GET", "/contacts/{id}"), op("GET", "/contacts/search"),
    op("GET", "/{kind}/{id}/notes"), op("GET", "/contacts/{id}/owners/{owner}"),
])  # fmt: skip


@pytest.mark.parametrize(("method", "path", "found", "params"), [
    ("GET", "/contacts", "GET /contacts", {}),
    ("GET", "/contacts/", "GET /contacts", {}),
    ("POST", "/contacts", "POST /contacts", {}),
    ("GET", "/contacts/7", "GET /contacts/{id}", {"id": "7"}),
    ("GET", "/contacts/search", "GET /contacts/search", {}),
    ("GET", "/contacts/7/notes", "GET /{kind}/{id}/notes", {"kind": "contacts", "id": "7"}),
    ("GET", "/contacts/search/notes", "GET /{kind}/{id}/notes", {"kind": "contacts", "id": "search"}),
    ("GET", "/contacts/7/owners/9", "GET /contacts/{id}/owners/{owner}", {"id": "7", "owner": "9"}),
])  # fmt: skip
def test_literal_segments_win_and_captures_are_named(method: str, path: str, found: str, params: dict[str, str]) -> None:
    matched = ROUTER.match(method, request(path).segments)

    assert matched is not None
    assert (matched[0].id, matched[1]) == (found, params)


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/contacts"), ("GET", "/nothing"), ("GET", "/contacts/7/8/9")])
def test_what_was_not_declared_is_not_found(method: str, path: str) -> None:
    assert ROUTER.match(method, request(path).segments) is None


def test_a_wrong_method_can_be_told_what_is_allowed() -> None:
    assert ROUTER.allowed(("contacts",)) == ("GET", "POST")
    assert ROUTER.allowed(("nothing",)) == ()


def test_the_nearest_operation_is_the_one_that_looks_like_it() -> None:
    nearest = ROUTER.nearest("GET", "/contact/7")

    assert nearest is not None
    assert nearest.path == "/contacts/{id}"
    assert Router([]).nearest("GET", "/") is None


@pytest.mark.parametrize(("method", "path", "found"), [
    ("GET", "/data/v9/analytics/reports", None),
    ("GET", "/apexrest/mine", None),
    ("GET", "/cms/v3/objects-of-mine/posts", None),
    ("GET", "/", None),
    ("GET", "/data/v9/querry/7", "/data/{version}/query/{locator}"),
    ("POST", "/crm/v3/objects/people/batch/upserts", "/crm/v3/objects/{kind}/batch/upsert"),
    ("GET", "/crm/v4/object/people", "/crm/v3/objects/{kind}"),
    ("GET", "/crm/objects/people", "/crm/v3/objects/{kind}"),
    ("DELETE", "/crm/v3/objects/people", "/crm/v3/objects/{kind}"),
])  # fmt: skip
def test_nothing_is_called_near_that_only_shares_its_beginning(method: str, path: str, found: str | None) -> None:
    router = Router([
        op("GET", "/data/{version}"), op("GET", "/data/{version}/query/{locator}"), op("GET", "/crm/v3/objects/{kind}"),
        op("POST", "/crm/v3/objects/{kind}/batch/upsert"),
    ])  # fmt: skip
    nearest = router.nearest(method, path)

    assert (nearest.path if nearest else None) == found


def test_an_operation_declared_twice_is_an_error_that_names_both() -> None:
    with pytest.raises(ValueError, match="declared twice: first, second"):
        Router([op("GET", "/a/{x}", "first"), op("GET", "/a/{y}", "second")])


def test_an_escaped_slash_is_no_separator_and_a_plus_stays_a_plus() -> None:
    assert request("/contacts/a%2Fb+c%40x.test").segments == ("contacts", "a/b+c@x.test")


@given(st.text(min_size=1, max_size=30))
def test_any_text_sent_as_a_segment_arrives_as_it_was(text: str) -> None:
    from urllib.parse import quote

    matched = ROUTER.match("GET", request(f"/contacts/{quote(text, safe='')}/owners/x").segments)

    assert matched is not None
    assert matched[1]["id"] == text


def test_query_arguments_are_decoded_in_order() -> None:
    found = request(query="a=1&b=x%20y&a=2,3&c=")

    assert found.query == [("a", "1"), ("b", "x y"), ("a", "2,3"), ("c", "")]
    assert (found.arg("a"), found.arg("c"), found.arg("z", "no")) == ("2,3", "", "no")
    assert found.args("a") == ["1", "2", "3"]


def test_a_body_is_read_as_json_or_as_a_form() -> None:
    assert request(body=b'{"a": [1, "\xc4\x8d"]}').json() == {"a": [1, "č"]}
    assert request(body=b"a=1&b=%C4%8D&a=2").form() == {"a": "2", "b": "č"}
    with pytest.raises(ValueError):
        request(body=b"{").json()


def test_operations_are_collected_from_the_module_that_declares_them_in_order() -> None:
    module = ModuleType("here")

    @operation("GET", "/a", "/b", id="ab", evidence=Evidence.RECORDING, note="n", probe="7")
    @operation("POST", "/c", id="c", evidence=Evidence.ASSUMED)
    def mine(dialect: object, request: Request) -> Response:
        return Response(200)

    @operation("GET", "/elsewhere", id="e", evidence=Evidence.DOCUMENT)
    def imported(dialect: object, request: Request) -> Response:
        return Response(200)

    mine.__module__, imported.__module__ = "here", "there"
    module.__dict__.update(mine=mine, imported=imported)
    found = operations_of([module])

    assert [(o.id, o.method, o.path) for o in found] == [("c", "POST", "/c"), ("ab", "GET", "/a"), ("ab", "GET", "/b")]
    assert (found[1].evidence, found[1].note, found[1].probe) == (Evidence.RECORDING, "n", "7")
