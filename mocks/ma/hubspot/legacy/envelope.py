"""How v1 and v2 refuse, and how their bodies and paths are read.

A refusal of the shared write path is put into the older words: bad properties are `validationResults` beside a plain
message (research/hubspot.md 2.6), which n8n reads.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..errors import Refusal
from ..kinds import NOT_MOCKED, OBJECT_TYPES, ObjectType, find_type
from ..portal import Portal
from ..wire import Answer, answers, text_of

Body = dict[str, Any]


def answers_v1(
    method: str, *paths: str, id: str, evidence: Evidence, note: str = "", probe: str = ""
) -> Callable[[Answer], Answer]:
    """Declare a legacy operation; a `Refusal` that its function raises is put into the v1 shape."""

    def declare(function: Answer) -> Answer:
        @functools.wraps(function)
        def translated(dialect: Any, request: Request) -> Response:
            try:
                return function(dialect, request)
            except Refusal as refusal:
                raise as_v1(refusal) from None

        return answers(method, *paths, id=id, evidence=evidence, note=note, probe=probe)(translated)

    return declare


def as_v1(refusal: Refusal) -> Refusal:
    """Return the refusal in v1 words; one that has no v1 form of its own stays as it is."""
    listed = refusal.members.get("errors")
    if refusal.status != 400 or not isinstance(listed, list) or not all(_is_property_error(e) for e in listed):
        return refusal
    results = [
        {"isValid": False, "message": e["message"], "error": e["code"], "name": e["context"]["propertyName"][0]}
        for e in listed
    ]
    return Refusal(400, "Property values were not valid", category=None, code=refusal.code, assumed=refusal.assumed,
                   validationResults=results)


def _is_property_error(entry: object) -> bool:
    return isinstance(entry, dict) and "code" in entry and bool(entry.get("context", {}).get("propertyName"))


# -- bodies ---------------------------------------------------------------------------------------------


def properties_in(body: Body, name_key: str) -> dict[str, Any]:
    """Return the `properties` of a v1 body (`[{name_key: ..., "value": ...}]`) by name. Raises `Refusal`.

    Contacts call the name `property`, companies and deals `name`.
    """
    given = body.get("properties")
    if given is None:
        raise errors.not_set("properties")
    if not isinstance(given, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    found: dict[str, Any] = {}
    for item in given:
        if not isinstance(item, dict) or not isinstance(item.get(name_key), str) or "value" not in item:
            raise errors.not_set(name_key, "value")
        found[item[name_key]] = item["value"]
    return found


def numbers_in(body: Body, member: str) -> list[str]:
    """Return a list of record ids of a body as text; absent is empty. Raises `Refusal`."""
    given = [] if body.get(member) is None else body[member]
    if not isinstance(given, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Long>", "the given value")
    return [checked_number(text_of(item), member) for item in given]


# -- paths and queries ----------------------------------------------------------------------------------


def number_param(request: Request, name: str) -> str:
    """Return an id of the path as text. Raises `Refusal` (400) when it is no number."""
    text = request.params[name]
    if not is_number(text):
        raise Refusal(400, f"Unable to parse value for path parameter: {name}", category=None, code="INVALID_PARAMETER")
    return text


def checked_number(text: str, member: str) -> str:
    """Return an id that a body gives. Raises `Refusal` when it is no number (wording not captured)."""
    if not is_number(text):
        raise Refusal(400, f"Unable to parse value of {member}: {text}", category=None, code="INVALID_PARAMETER",
                      assumed="hubspot.text_legacy_number")
    return text


def number_arg(request: Request, *names: str, default: int, most: int | None = None) -> int:
    """Return a number of the query under the first of its spellings that is there, at most ``most``. Raises `Refusal`."""
    for name in names:
        text = request.arg(name)
        if text is None or text == "":
            continue
        if not is_number(text):
            raise Refusal(400, f"Unable to parse value for query parameter: {name}", category=None, code="INVALID_PARAMETER")
        return int(text) if most is None else min(int(text), most)
    return default


def is_number(text: str) -> bool:
    """Tell whether this is a whole number of at most 18 ASCII digits, as every id and time of v1 is."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def vendor_type(name: str) -> ObjectType:
    """Return the object type that a path spells ``name``; custom objects are unknown to v1. Raises `Refusal`."""
    found = find_type(name)
    if found is None and name.lower() in NOT_MOCKED:
        raise errors.not_mocked(f"object type {name}", ", ".join(OBJECT_TYPES))
    if found is None:
        raise errors.unknown_type(name)
    return found


# -- what is missing (2.5) ------------------------------------------------------------------------------


def no_contact(key: str) -> Refusal:
    """Return the 404 of contacts v1; an address reads `e:x@y`."""
    return Refusal(404, "contact does not exist", category="OBJECT_NOT_FOUND",
                   errors=[{"message": f"The contact {key} does not exist."}])


def no_company(dialect: Portal, company_id: str) -> Refusal:
    """Return the 404 of writes to companies v2; a GET is answered by the thin one."""
    return Refusal(404, f"Couldn't find a company with the ID '{company_id}' in portal '{dialect.portal_id}'",
                   category="OBJECT_NOT_FOUND", subCategory="COMPANY_NOT_FOUND")


def no_deal(dialect: Portal, deal_id: str) -> Refusal:
    """Return the 404 of deals v1."""
    return Refusal(404, f"No deal found for dealId={deal_id} portalId={dialect.portal_id}", category=None,
                   code="OBJECT_NOT_FOUND")


def living(dialect: Portal, kind: str, record_id: str, refusal: Refusal) -> Row:
    """Return the living record (old ids of merges lead to the survivor). Raises ``refusal``."""
    row = dialect.store.get(kind, record_id)
    if row is None:
        raise refusal
    return row
