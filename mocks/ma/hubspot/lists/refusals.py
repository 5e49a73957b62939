"""What HubSpot refuses about lists, in its words where they are known (research/hubspot.md 1.6, 2.5).

Captured: a list that does not exist, an object type that has no lists. The other texts are reconstructions.
"""

from __future__ import annotations

from ..errors import Refusal

_FILTERS = "PROPERTY, IN_LIST, EMAIL_SUBSCRIPTION; branches: OR of AND, ASSOCIATION inside AND"


def no_list(list_id: str) -> Refusal:
    """Return the 404 of a list id that names nothing (recorded); what is no number may be a part of lists not mocked."""
    is_number = list_id.lstrip("-").isdigit()
    return Refusal(404, f"List does not exist with ID {list_id}.", context={"listId": [list_id]},
                   category="OBJECT_NOT_FOUND", subCategory="ListError.LIST_ID_DOES_NOT_EXIST",
                   code="ListError.LIST_ID_DOES_NOT_EXIST",
                   hint="" if is_number else f"ids of lists are numbers; {list_id} of lists is not mocked")


def no_list_named(type_id: str, name: str) -> Refusal:
    """Return the 404 of a list name that names nothing."""
    return Refusal(404, f"List does not exist with name {name} and object type ID {type_id}.",
                   context={"listName": [name]}, category="OBJECT_NOT_FOUND",
                   subCategory="ListError.LIST_NAME_DOES_NOT_EXIST", code="ListError.LIST_NAME_DOES_NOT_EXIST",
                   assumed="hubspot.text_lists")


def name_taken(name: str) -> Refusal:
    """Return the 400 of a name that another list of the same object type has."""
    return Refusal(400, f"The list name {name} is already in use. List names must be unique.",
                   context={"listName": [name]}, subCategory="ListError.DUPLICATE_LIST_NAMES",
                   code="ListError.DUPLICATE_LIST_NAMES", assumed="hubspot.text_lists")


def no_such_type(type_id: object) -> Refusal:
    """Return the 400 of an object type that cannot have lists here (captured by users of a tap)."""
    return Refusal(400, f"The objectTypeId {type_id} provided for the list is not valid for this portal.",
                   subCategory="ListError.INVALID_OBJECT_TYPE_FOR_LIST", code="ListError.INVALID_OBJECT_TYPE_FOR_LIST")


def members_are_computed(list_id: str) -> Refusal:
    """Return the 400 for changing the members of a DYNAMIC list by hand."""
    return Refusal(400, f"List {list_id} is DYNAMIC: its memberships cannot be changed manually.",
                   context={"listId": [list_id]}, code="DYNAMIC_LIST", assumed="hubspot.text_lists")


def bad_filter(what: str) -> Refusal:
    """Return the 400 of a filter that cannot be understood."""
    return Refusal(400, f"The filter definition is not valid: {what}", code="INVALID_FILTER",
                   assumed="hubspot.text_list_filter")


def filter_not_mocked(what: str) -> Refusal:
    """Return the 400 of a filter that HubSpot may know and this mock does not: never ignored, always with a hint."""
    return Refusal(400, f"The filter definition is not valid: {what}", code="NOT_MOCKED",
                   assumed="hubspot.text_list_filter", hint=f"{what} is not mocked; supported filters: {_FILTERS}")
