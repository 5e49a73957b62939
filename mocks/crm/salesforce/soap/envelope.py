"""Envelopes: a request is read by local names, an answer is written in the prefixes that clients search for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from ....wire import Response
from ..errors import ApiError

XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns="urn:partner.soap.sforce.com" xmlns:sf="{sf}"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{header}<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'
)
_FAULTS, _SOBJECTS = "urn:fault.partner.soap.sforce.com", "urn:sobject.partner.soap.sforce.com"
# Characters that XML 1.0 cannot carry at all, escaped or not.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLACE = re.compile(r"ERROR at Row:(\d+):Column:(\d+)")
_DETAILS = {
    "MALFORMED_QUERY": "MalformedQueryFault", "MALFORMED_SEARCH": "MalformedSearchFault",
    "INVALID_FIELD": "InvalidFieldFault", "INVALID_TYPE": "InvalidSObjectFault", "INVALID_ID_FIELD": "InvalidIdFault",
    "MALFORMED_ID": "InvalidIdFault", "INVALID_QUERY_LOCATOR": "InvalidQueryLocatorFault",
    "INVALID_SESSION_ID": "UnexpectedErrorFault", "INVALID_OPERATION": "UnexpectedErrorFault",
    "UNKNOWN_EXCEPTION": "UnexpectedErrorFault",
}
_WITH_PLACE = frozenset({"MalformedQueryFault", "MalformedSearchFault", "InvalidFieldFault", "InvalidSObjectFault"})


class SoapError(Exception):
    """A SOAP call is refused: status 500 and a fault whose code carries a prefix (``sf``; ``soapenv``: no such call)."""

    def __init__(self, code: str, message: str, detail: str = "", prefix: str = "sf", hint: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.prefix, self.hint = code, message, prefix, hint
        self.detail = detail or _DETAILS.get(code, "ApiFault")

    @classmethod
    def of(cls, error: ApiError) -> SoapError:
        """Return the fault that says what a REST answer would have said."""
        return cls(error.code, error.message, hint=error.hint)


class _Tree(TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Refuse document types: entities have no place in an envelope."""
        del pubid, system
        raise ParseError(f"a document type ({name}) is not allowed")


def parse_envelope(body: bytes) -> tuple[Element, Element | None]:
    """Return the call and the header. Raises SoapError when the body is not an envelope with a call."""
    try:
        parser = XMLParser(target=_Tree())  # noqa: S314 (no document type, so no entities, see above)
        parser.feed(body)
        root = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise SoapError("UNKNOWN_EXCEPTION", f"the request is not XML: {error}") from None
    found = next((e for e in root if local(e) == "Body"), None)
    if found is None or not len(found):
        raise SoapError("UNKNOWN_EXCEPTION", "the envelope has no body")
    return found[0], next((e for e in root if local(e) == "Header"), None)


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """Yield the direct children of this local name, in order."""
    return (e for e in element if local(e) == name)


def text_of(element: Element | None, name: str, default: str = "") -> str:
    """Return the text of the first direct child of this local name."""
    found = next(children(element, name), None) if element is not None else None
    return default if found is None else (found.text or "").strip() or default


def texts_of(element: Element, name: str) -> list[str]:
    """Return the texts of all direct children of this local name, in order; a nil or empty one is an empty text."""
    return [(e.text or "").strip() for e in children(element, name)]


def is_true(text: str) -> bool:
    """Return a flag as XML schema writes it."""
    return text.lower() in ("true", "1")


def escaped(value: object) -> str:
    """Return a value as text of an element."""
    text = str(value)
    return escape(_UNSPEAKABLE.sub("", text), quote=False) if not text.isalnum() else text


def element(name: str, value: Any) -> str:
    """Return an element: flags in words, None as nil, everything else as text."""
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    shown = ("true" if value else "false") if isinstance(value, bool) else escaped(value)
    return f"<{name}>{shown}</{name}>"


def errors_xml(code: str, message: str, fields: tuple[str, ...] | None) -> str:
    """Return what one refused item carries."""
    named = "".join(element("fields", name) for name in fields or ())
    return f"<errors>{named}{element('message', message)}{element('statusCode', code)}</errors>"


def answer(body: str, header: str = "") -> Response:
    """Return a successful answer; ``header`` is the content of its SOAP header."""
    shown = f"<soapenv:Header>{header}</soapenv:Header>" if header else ""
    whole = _OPEN.format(sf=_SOBJECTS, header=shown, body=body)
    return Response(200, whole.encode(), "text/xml;charset=UTF-8")


def fault(error: SoapError) -> Response:
    """Return the fault of a refused call: status 500, in the prefixes that clients search for."""
    message = escaped(error.message)
    if error.prefix != "sf":
        # The envelope itself is at fault: no API code, no detail.
        inner = f"<faultcode>{error.prefix}:Client</faultcode><faultstring>{message}</faultstring>"
    else:
        inner = (
            f"<faultcode>sf:{error.code}</faultcode><faultstring>{error.code}: {message}</faultstring>"
            f'<detail><sf:{error.detail} xsi:type="sf:{error.detail}"><sf:exceptionCode>{error.code}</sf:exceptionCode>'
            f"<sf:exceptionMessage>{message}</sf:exceptionMessage>{_place(error)}</sf:{error.detail}></detail>"
        )
    whole = _OPEN.format(sf=_FAULTS, header="", body=f"<soapenv:Fault>{inner}</soapenv:Fault>")
    response = Response(500, whole.encode(), "text/xml;charset=UTF-8")
    if error.hint:
        response.headers.append(("x-syncproof-hint", error.hint))
    return response


def _place(error: SoapError) -> str:
    if error.detail not in _WITH_PLACE:
        return ""
    found = _PLACE.search(error.message)
    row, column = found.groups() if found else ("-1", "-1")
    return f"<sf:row>{row}</sf:row><sf:column>{column}</sf:column>"
