"""What a SOAP client sends, and an answer without its namespaces."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

Soap = Callable[..., ElementTree.Element]
Send = Callable[..., httpx.Response]


@pytest.fixture
def send(org: Salesforce, plain: httpx.Client) -> Send:
    def call(name: str, inner: str, headers: str = "", version: str = "59.0") -> httpx.Response:
        token = org.credentials()["token"]
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Header xmlns="urn:partner.soap.sforce.com">'
            f"<SessionHeader><sessionId>{token}</sessionId></SessionHeader>{headers}</soapenv:Header>"
            f'<soapenv:Body xmlns="urn:partner.soap.sforce.com"><{name}>{inner}</{name}></soapenv:Body></soapenv:Envelope>'
        )
        return plain.post(f"{org.base_url}/services/Soap/u/{version}", content=body.encode())

    return call


@pytest.fixture
def soap(send: Send) -> Soap:
    """Call and return the response element without namespaces."""

    def call(name: str, inner: str, headers: str = "") -> ElementTree.Element:
        answer = send(name, inner, headers)
        assert answer.status_code == 200, answer.text
        body = re.sub(r' xmlns(:\w+)?="[^"]*"|(?<=[</])(?:sf|soapenv):|xsi:', "", answer.text)
        found = ElementTree.fromstring(body.partition("?>")[2]).find("Body")
        assert found is not None
        return found[0]

    return call


@pytest.fixture(scope="session")
def texts() -> Callable[[ElementTree.Element, str], list[str | None]]:
    """Return the texts of all elements at a path."""
    return lambda element, path: [e.text for e in element.findall(path)]


@pytest.fixture
def window(org: Salesforce) -> Callable[[], str]:
    """Return the arguments that ask for what happened to contacts in the last half hour."""

    def arguments() -> str:
        now = org.clock.now()
        start, end = ((now + timedelta(minutes=m)).isoformat() for m in (-30, 2))
        return f"<sObjectType>Contact</sObjectType><startDate>{start}</startDate><endDate>{end}</endDate>"

    return arguments
