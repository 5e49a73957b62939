"""Records as SOAP carries them: an element with a type, the fields to blank, an id, and one element per field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from ..errors import ApiError
from ..kinds import Kind
from ..org import Org
from .envelope import XSI_NIL, element, local

_ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True)
class Given:
    """One record of a request: its type, its id (may be empty), and the fields to write (None: blank it)."""

    type_name: str
    record_id: str
    fields: dict[str, Any]


def parse_sobject(source: Element) -> Given:
    """Return what an sObject element says; a nested one (a parent by external id) becomes a dictionary."""
    type_name = record_id = ""
    fields: dict[str, Any] = {}
    blanked: list[str] = []
    for child in source:
        name, text = local(child), child.text or ""
        if name == "type" and not type_name:
            type_name = text.strip()
        elif name == "fieldsToNull":
            blanked.append(text.strip())
        elif name.lower() == "id":
            record_id = record_id or text.strip()
        elif child.get(XSI_NIL) in ("true", "1"):
            continue  # the vendor blanks a field only when `fieldsToNull` names it
        elif len(child):
            fields[name] = _parent(child)
        else:
            fields[name] = text
    return Given(type_name, record_id, {**fields, **dict.fromkeys(filter(None, blanked))})


def _parent(source: Element) -> dict[str, Any]:
    described: dict[str, Any] = {}
    for child in source:
        if local(child) == "type":
            described[_ATTRIBUTES] = {"type": (child.text or "").strip()}
        else:
            described[local(child)] = child.text or ""
    return described


def kind_named(org: Org, name: str) -> Kind:
    """Return the object of this name. Raises ApiError INVALID_TYPE."""
    try:
        return org.kind(name)
    except ApiError as error:
        text = f"sObject type '{name}' is not supported." if name else "Must send a concrete entity type."
        raise ApiError("INVALID_TYPE", text, fields=(), hint=error.hint) from None


def record_xml(org: Org, tag: str, record: dict[str, Any]) -> str:
    """Return a REST record as an sObject element: type, id (nil when it was not asked for), then its fields in order."""
    org.rests_on("salesforce.soap_records")
    return _record(tag, record)


def _record(tag: str, record: dict[str, Any]) -> str:
    about = record.get(_ATTRIBUTES) or {}
    parts = [element("sf:type", about.get("type", "AggregateResult")), element("sf:Id", record.get("Id"))]
    parts += [_field(name, value) for name, value in record.items() if name != _ATTRIBUTES]
    return f'<{tag} xsi:type="sf:sObject">{"".join(parts)}</{tag}>'


def _field(name: str, value: Any) -> str:
    if isinstance(value, dict):
        if "records" in value:
            inner = "".join(_record("records", r) for r in value["records"])
            size = element("size", value["totalSize"])
            done = element("done", value["done"])
            return f'<sf:{name} xsi:type="QueryResult">{done}<queryLocator xsi:nil="true"/>{inner}{size}</sf:{name}>'
        if _ATTRIBUTES in value:
            return _record(f"sf:{name}", value)
        parts = "".join(element(part, v) for part, v in value.items())
        return f'<sf:{name} xsi:type="address">{parts}</sf:{name}>'
    return element(f"sf:{name}", _moment(value))


def _moment(value: Any) -> Any:
    # REST writes the offset without a colon, which is no XML schema dateTime.
    if isinstance(value, str) and value.endswith(".000+0000") and len(value) == 28:
        return value[:-5] + "Z"
    return value
