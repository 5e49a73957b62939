"""The error catalogue: every refusal of the objects half of the mock, in the vendor's words and shapes.

Facts: research/hubspot.md section 2. Texts that nobody has captured are marked; they rest on an assumption.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from ...wire import Response


class Refusal(Exception):  # noqa: N818 (an answer the vendor gives, not a fault)
    """A request, or one item of a batch, is refused. ``code`` is what the journal calls the reason."""

    def __init__(self, status: int, message: str, *, category: str | None = "VALIDATION_ERROR", code: str = "",
                 assumed: str = "", hint: str = "", **members: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.code = code or category or str(status)
        self.assumed = assumed
        self.hint = hint
        self.members = members
        self.noted = False  # the journal already knows, item by item


@dataclass(frozen=True, slots=True)
class PropertyProblem:
    """One bad property of a write."""

    name: str
    code: str
    message: str


def error_response(refusal: Refusal, correlation_id: str) -> Response:
    """Return the vendor's envelope; keys in the order in which the vendor emits them."""
    body: dict[str, Any] = {"status": "error", "message": refusal.message, "correlationId": correlation_id}
    body.update(refusal.members)
    if refusal.category is not None:
        body["category"] = refusal.category
    if "subCategory" in body:  # the vendor puts it last
        body["subCategory"] = body.pop("subCategory")
    response = Response(refusal.status, orjson.dumps(body), headers=[("X-HubSpot-Correlation-Id", correlation_id)])
    if refusal.hint:
        response.headers.append(("x-syncproof-hint", refusal.hint))
    return response


def error_item(refusal: Refusal, context: dict[str, list[str]]) -> dict[str, Any]:
    """Return the refusal as an entry of `errors` of a 207 answer (no id, links or nested errors)."""
    item: dict[str, Any] = {"status": "error", "category": refusal.category or "VALIDATION_ERROR"}
    if "subCategory" in refusal.members:
        item["subCategory"] = refusal.members["subCategory"]
    item["message"] = refusal.message
    item["context"] = {**refusal.members.get("context", {}), **context}
    return item


# -- property values (2.1) ------------------------------------------------------------------------------


def invalid_properties(problems: Iterable[PropertyProblem], portal_id: int) -> Refusal:
    """Return the 400 that names all bad properties at once; the message holds a JSON array that clients parse."""
    found = list(problems)
    listed = [
        {"isValid": False, "message": p.message, "error": p.code, "name": p.name, "localizedErrorMessage": p.message,
         "portalId": portal_id}
        for p in found
    ]
    errors = [{"message": p.message, "code": p.code, "context": {"propertyName": [p.name]}} for p in found]
    message = f"Property values were not valid: {orjson.dumps(listed).decode()}"
    return Refusal(400, message, errors=errors, code=found[0].code)


def missing_properties(legacy: str, names: Iterable[str]) -> Refusal:
    """Return the 400 for required properties that were not given on create."""
    message = f"Error creating {legacy}. Some required properties were not set."
    return Refusal(400, message, context={"properties": list(names)})


def unique_conflict(portal_id: int, legacy: str, name: str, value: str, record_id: str, owner_id: str) -> Refusal:
    """Return the 400 for a value that must be unique and belongs to ``owner_id``."""
    coordinates = (
        f"PropertyValueCoordinates{{portalId={portal_id}, objectTypeId=ObjectTypeId{{legacyObjectType={legacy}}}, "
        f"propertyName={name}, value={value}}}"
    )
    return Refusal(400, f"Cannot set {coordinates} on {record_id}. {owner_id} already has that value.")


def invalid_stage(value: str, options: str) -> Refusal:
    """Return the 400 for a deal stage that no pipeline has."""
    return Refusal(400, f"{value} is not a valid pipeline stage ID. Valid options are: {options}")


def invalid_pipeline(value: str, options: str) -> Refusal:
    """Return the 400 for a pipeline that does not exist."""
    return Refusal(400, f"{value} is not a valid pipeline ID. Valid options are: {options}")


# -- bodies (2.1) ---------------------------------------------------------------------------------------


def malformed(line: int, column: int, what: str) -> Refusal:
    """Return the 400 for a body that is not the JSON that was expected."""
    return Refusal(400, f"Invalid input JSON on line {line}, column {column}: {what}")


def not_set(*names: str) -> Refusal:
    """Return the 400 for members of the body that are missing."""
    return malformed(1, 2, f"Some required fields were not set: [{', '.join(names)}]")


def wrong_type(wanted: str, token: str) -> Refusal:
    """Return the 400 for a member of the body that has the wrong JSON type."""
    return malformed(1, 2, f"Cannot deserialize value of type `{wanted}` from {token}")


def null_body() -> Refusal:
    """Return the 400 for an empty or null body; its `errors` are plain strings."""
    return Refusal(400, "validation error", category=None, errors=["The request body may not be null"])


def unsupported_media() -> Refusal:
    """Return the 415 for a body without the JSON content type (wording not captured)."""
    return Refusal(415, "HTTP 415 Unsupported Media Type", category=None, assumed="hubspot.text_415")


# -- batches and search ---------------------------------------------------------------------------------


def duplicate_ids(ids: Iterable[str]) -> Refusal:
    """Return the 400 for ids that occur twice in a batch."""
    found = list(ids)
    message = f"Duplicate IDs found in batch input: [{', '.join(found)}]. IDs must be unique"
    return Refusal(400, message, context={"ids": found})


def too_many_inputs(limit: int, given: int) -> Refusal:
    """Return the 400 for a batch that is too long (wording not captured)."""
    return Refusal(400, f"The maximum number of inputs supported in a batch request is {limit}. {given} were given.",
                   assumed="hubspot.text_batch_limit")


def search_refused(message: str, **members: Any) -> Refusal:
    """Return the 400 for a search that cannot be run."""
    return Refusal(400, message, **members)


# -- identity (2.2, 2.5) --------------------------------------------------------------------------------


def contact_exists(contact_id: str) -> Refusal:
    """Return the 409 from which connectors parse the number behind `Existing ID:`."""
    return Refusal(409, f"Contact already exists. Existing ID: {contact_id}", category="CONFLICT")


def already_exists(what: str, name: str) -> Refusal:
    """Return the 409 for a name that is taken (wording not captured)."""
    return Refusal(409, f"{what} with name {name} already exists.", category="OBJECT_ALREADY_EXISTS",
                   assumed="hubspot.text_409")


def not_found() -> Refusal:
    """Return the thin 404 of an unknown numeric id."""
    return Refusal(404, "resource not found", category=None, code="OBJECT_NOT_FOUND")


def not_numeric(record_id: str) -> Refusal:
    """Return the 404 of an id that is not a number (two blanks are the vendor's)."""
    return Refusal(404, "Object not found.  objectId are usually numeric.", category="OBJECT_NOT_FOUND",
                   context={"id": [record_id]})


def some_not_found(legacy: str, ids: list[str]) -> Refusal:
    """Return the item that a 207 reports for ids that were not found."""
    message = f"Could not get some {legacy} objects, they may be deleted or not exist. Check that ids are valid."
    return Refusal(404, message, category="OBJECT_NOT_FOUND", context={"ids": ids})


def unknown_property(name: str) -> Refusal:
    """Return the 404 of the property API (wording not captured)."""
    return Refusal(404, f'Property "{name}" does not exist', category="OBJECT_NOT_FOUND",
                   subCategory="PropertiesError.PROPERTY_NOT_FOUND", assumed="hubspot.text_property_404")


def unknown_type(name: str) -> Refusal:
    """Return the 400 for a path that names no object type at all (wording not captured)."""
    return Refusal(400, f"Unable to infer object type from: {name}", assumed="hubspot.text_object_type")


def not_mocked(what: str, supported: str) -> Refusal:
    """Return the 404 for something that HubSpot has and this mock does not know: loud, with a hint."""
    return Refusal(404, "resource not found", category=None, code="NOT_MOCKED",
                   hint=f"{what} is not mocked; supported: {supported}")
