"""Rows as JSON and XML (Bulk API 1.0), read without ever following what a document declares about itself."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import escape

import orjson

from ..kinds import Kind
from .header import Payload
from .tables import TableError

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
MOST_LEVELS = 32
_NIL = "nil"


class XmlError(ValueError):
    """A document is not XML, or has what a caller of this API has no reason to send: a document type, deep nesting."""


def parse_xml(body: bytes) -> ElementTree.Element:
    """Return the root element with local names. Raises XmlError; entities cannot be declared, so none is expanded."""
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    level = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal level
        level += 1
        if level > MOST_LEVELS:
            raise XmlError("the document is nested too deeply")
        builder.start(_local(name), {_local(k): v for k, v in attributes.items()})

    def end(name: str) -> None:
        nonlocal level
        level -= 1
        builder.end(_local(name))

    def refuse(*_: object) -> None:
        raise XmlError("a document type is not allowed")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as error:
        raise XmlError(str(error)) from None


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def element(name: str, value: object) -> str:
    """Return an element with a text; None makes no element at all, a flag is written in lower case."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(_printable(text))}</{name}>"


def _printable(text: str) -> str:
    # What XML 1.0 has no way to write.
    return "".join(c for c in text if c >= " " or c in "\t\n\r") if any(c < " " for c in text) else text


def document(name: str, inner: str) -> bytes:
    """Return a whole document of the API's namespace."""
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{NAMESPACE}">{inner}</{name}>'.encode()


def json_rows(body: bytes) -> list[Payload]:
    """Return the rows of a JSON batch. Raises TableError when it is not a list of objects."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise TableError(f"InvalidBatch : Failed to parse JSON: {error.msg}", assumed=True) from None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise TableError("InvalidBatch : Records not found: a batch is a list of records", assumed=True)
    return found


def xml_rows(body: bytes, kind: Kind) -> list[Payload]:
    """Return the rows of an XML batch; an empty field is left alone, `xsi:nil` is null. Raises TableError."""
    try:
        root = parse_xml(body)
    except XmlError as error:
        raise TableError(f"InvalidBatch : Failed to parse XML: {error}", assumed=True) from None
    if root.tag != "sObjects" or any(child.tag != "sObject" for child in root):
        raise TableError("InvalidBatch : Records not found: a batch is `sObjects` with `sObject` elements", assumed=True)
    return [_xml_row(child, kind) for child in root]


def _xml_row(record: ElementTree.Element, kind: Kind | None) -> Payload:
    made: Payload = {}
    for field in record:
        name = field.tag
        if name == "type":
            made["attributes"] = {"type": (field.text or "").strip()}
            continue
        if kind is not None and name.lower() not in kind.lower and name.lower() not in kind.relationships:
            raise TableError(f"InvalidBatch : Field name not found : {name}")
        value = _xml_value(field)
        if value != "":
            made[name] = value
    return made


def _xml_value(field: ElementTree.Element) -> Any:
    if field.get(_NIL) in ("true", "1"):
        return None
    if len(field):
        # <Account><sObject><Ext__c>..</Ext__c></sObject></Account>
        inner = field[0] if len(field) == 1 and field[0].tag == "sObject" else field
        return _xml_row(inner, None)
    return field.text or ""
