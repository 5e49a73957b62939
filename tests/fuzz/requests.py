"""Requests that nobody should send, made from a number: the same number and org, the same request.

Three sources: the paths the mock declares, the words its own code looks for (so that keys and values get past the
first check), and bodies that are right until something in them is changed.
"""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote as _quote

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Exchange, Row
from syncproof_mocks.wire import Operation

from .bodies import BODIES

_IDS = re.compile(rb'"(?:id|listId|clientId|guid|statusId|jobId|vid|engagementId)":"?([\w-]+)')
NASTY = (
    "", " ", "\x00", "\x7f\u0085", "a" * 3000, "\U0001f4a5", "é", "..", "../..", "%", "%zz", "%00", "'", '"', "\\", "\\'", "`",
    "null", "true", "NaN", "0", "-1", "1e999", "9" * 400, "0x10", "1_000", "٣", "2026-13-45T99:99:99Z", "2026-02-30",
    "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "<a>&</a>", "a,b;c", "a\r\nb", "=1+1", "@{x.y}", "{}", "[]", "*", "?",
    "' OR 1=1 --", "\u202e\u200b", "İ", "ß", "Ω" * 300, "a@b", "a@b.test", "+", "a+b@example.com", "#", "003", "00D" + "0" * 15,
)
NUMBERS = (0, 1, -1, 2, 100, 101, 200, 201, 10_000, 10_001, 2**31, 2**53 + 1, -(2**63), 2**64, 1e308, 0.5, -0.0)
CONTENT_TYPES = (
    "application/json", "application/json", "application/json", "application/x-www-form-urlencoded", "text/csv", "application/xml",
    "text/xml; charset=UTF-8", "text/plain", "multipart/form-data; boundary=b", "multipart/form-data", "", "application/json;charset=utf-16",
    "application/json; charset=klingon", "a/b/c",
)


@dataclass(frozen=True)
class Sent:
    """One request as it goes over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.target[:300]} {dict(self.headers)} {self.body[:300]!r}"


@cache
def words_of(path: str) -> tuple[str, ...]:
    """Return the texts that a source file holds: the keys and values its code looks for."""
    tree = ast.parse(Path(path).read_text("utf-8"))
    found = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return tuple(sorted(w for w in found if 0 < len(w) < 60 and " " not in w))


@cache
def _folder_words(folder: str) -> tuple[str, ...]:
    return tuple(sorted({w for path in sorted(Path(folder).rglob("*.py")) for w in words_of(str(path))}))


def quote(text: str, safe: str = "") -> str:
    """Return a text percent-encoded; half a surrogate pair, which no URL can hold, becomes a question mark."""
    return _quote(text.encode("utf-8", "replace"), safe=safe)


def some_operation(dialect: Dialect, draw: random.Random) -> Operation:
    """Return an operation; one with many addresses (dated twins) is as likely as one with a single one."""
    by_id = _BY_ID.get(dialect.name)
    if by_id is None:
        by_id = _BY_ID.setdefault(dialect.name, {})
        for operation in dialect.router.operations:
            by_id.setdefault(operation.id, []).append(operation)
    return draw.choice(by_id[draw.choice(tuple(by_id))])


_BY_ID: dict[str, dict[str, list[Operation]]] = {}


class Maker:
    """Makes requests for one dialect in the state it is in now."""

    def __init__(self, dialect: Dialect, operation: Operation, draw: random.Random) -> None:
        credentials = {k: str(v) for k, v in dialect.credentials().items()}
        self.dialect = dialect
        self.token = credentials["token"]
        # What a path or body may name of this account.
        self.known = {"portalid": credentials.get("portal_id", ""), "appid": credentials.get("app_id", ""), "token": credentials["refresh_token"]}
        self.operation = operation
        self.draw = draw
        self.source = operation.handler.__code__.co_filename
        self.folder = str(Path(__file__).parents[2] / "mocks" / ("crm" if dialect.role == "crm" else "ma") / dialect.name)

    # -- words --------------------------------------------------------------------------------------

    def record_id(self) -> str:
        """Return the id of some record, often changed a little."""
        kinds = self.dialect.store.kinds
        rows = list(self.dialect.store.rows(self.draw.choice(kinds), deleted=True)) or [None]
        row = self.draw.choice(rows)
        text = row.id if row is not None else "003000000000001AAA"
        twist = self.draw.randrange(8)
        if twist == 0:
            return text[:15]
        if twist == 1:
            return text.swapcase()
        if twist == 2:
            return text + "0"
        return text

    def word(self) -> str:
        """Return a text: an id, the name of a kind, a word of the code, or something nasty."""
        pick = self.draw.random()
        if pick < 0.2:
            return self.record_id()
        if pick < 0.35:
            return self.draw.choice(self.dialect.store.kinds)
        if pick < 0.6:
            return self.draw.choice(words_of(self.source))
        if pick < 0.75:
            return self.draw.choice(_folder_words(self.folder))
        return self.draw.choice(NASTY)

    def value(self, depth: int = 0) -> Any:
        """Return any JSON value."""
        pick = self.draw.random()
        if pick < 0.45 or depth > 3:
            return self.word()
        if pick < 0.55:
            return self.draw.choice(NUMBERS)
        if pick < 0.65:
            return self.draw.choice((None, True, False))
        if pick < 0.8:
            return [self.value(depth + 1) for _ in range(self.draw.choice((0, 1, 1, 2, 3)))]
        return {self.word(): self.value(depth + 1) for _ in range(self.draw.choice((0, 1, 2, 3)))}

    # -- bodies -------------------------------------------------------------------------------------

    def template(self) -> Any:
        """Return a right body for the operation, or None; `{id}` in it becomes the id of some record."""
        found = [b for part, bodies in BODIES.get(self.dialect.name, {}).items() if part in self.operation.path for b in bodies]
        return self._filled(self.draw.choice(found)) if found else None

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: self._filled(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._filled(v) for v in value]
        while isinstance(value, str) and "{id}" in value:
            near = self.some_row("contact") if self.draw.random() < 0.6 else None
            value = value.replace("{id}", near.id if near else self.record_id(), 1)
        return value.replace("TOKEN", self.token).replace("{subscription}", self._subscription()) if isinstance(value, str) else value

    def _subscription(self) -> str:
        types = getattr(self.dialect, "subscription_types", None)
        return self.draw.choice([str(t.id) for t in types]) if types is not None else ""

    def changed(self, value: Any, depth: int = 0) -> Any:
        """Return ``value`` with one thing in it replaced, removed, doubled or renamed."""
        if isinstance(value, dict) and value and (depth == 0 or self.draw.random() < 0.8):
            key = self.draw.choice(list(value))
            made = dict(value)
            twist = self.draw.randrange(8)
            if twist == 0:
                del made[key]
            elif twist == 1:
                made[self.word()] = made.pop(key)
            elif twist == 2:
                made[self.word()] = self.value()
            else:
                made[key] = self.changed(made[key], depth + 1)
            return made
        if isinstance(value, list) and value and self.draw.random() < 0.8:
            at = self.draw.randrange(len(value))
            twist = self.draw.randrange(5)
            if twist == 0:
                return value[:at] + value[at + 1 :]
            if twist == 1:
                return value + [value[at]] * self.draw.choice((1, 1, 30, 250))
            return [*value[:at], self.changed(value[at], depth + 1), *value[at + 1 :]]
        return self.value()

    def body(self) -> tuple[bytes, str]:
        """Return a body and its content type."""
        template = self.template()
        if isinstance(template, str):
            return self._changed_text(template)
        if template is not None and self.draw.random() < 0.7:
            for _ in range(self.draw.choice((0, 0, 1, 1, 2, 4))):
                template = self.changed(template)
            return self._json(template), "application/json"
        pick = self.draw.random()
        if "token" in self.operation.path and pick < 0.7:
            return self.grant(), "application/x-www-form-urlencoded"
        if pick < 0.5:
            return self._json(self.value()), "application/json"
        if pick < 0.6:
            pairs = [f"{quote(self.word())}={quote(self.word())}" for _ in range(self.draw.randrange(4))]
            return "&".join(pairs).encode(), "application/x-www-form-urlencoded"
        return self._broken(), self.draw.choice(CONTENT_TYPES)

    def grant(self) -> bytes:
        """Return a token request, right or nearly so."""
        known = {k: str(v) for k, v in self.dialect.credentials().items()}
        form = {"grant_type": self.draw.choice(("password", "client_credentials", "refresh_token", "authorization_code",
                                                "urn:ietf:params:oauth:grant-type:jwt-bearer"))}  # fmt: skip
        for key in ("client_id", "client_secret", "username", "password", "refresh_token", "assertion", "code", "token", "redirect_uri"):
            if self.draw.random() < 0.9:
                form[key] = known.get(key, "a.b.c") if self.draw.random() < 0.9 else self.word()
        return "&".join(f"{k}={quote(v)}" for k, v in form.items()).encode()

    def _json(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=self.draw.random() < 0.5).encode("utf-8", "surrogatepass")

    def _changed_text(self, text: str) -> tuple[bytes, str]:
        kind = "text/xml" if text.lstrip().startswith("<") else "text/csv"
        for _ in range(self.draw.choice((0, 1, 1, 2, 4))):
            at, to = sorted((self.draw.randrange(len(text) + 1), self.draw.randrange(len(text) + 1)))
            to = min(to, at + 40)
            text = text[:at] + self.draw.choice((self.word(), "", text[at:to] * 2, "<", ">", "&", '"', "\n", ",")) + text[to:]
        return text.encode("utf-8", "replace"), kind

    def _broken(self) -> bytes:
        draw = self.draw
        whole = self._json(self.template() or self.value())
        kinds: Sequence[Callable[[], bytes]] = (
            lambda: b"", lambda: whole[: draw.randrange(len(whole) + 1)], lambda: b"[" * 5000, lambda: b'{"a":' * 3000,
            lambda: bytes(draw.randrange(256) for _ in range(draw.randrange(60))), lambda: whole.decode().encode("utf-16"),
            lambda: b"\xef\xbb\xbf" + whole, lambda: whole + whole, lambda: b"\x1f\x8b\x08" + whole,
            lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', lambda: b"<a>" * 500,
            lambda: b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--b--', lambda: b"--b\r\n\r\n", lambda: b"NaN", lambda: b'"\\ud800"',
            lambda: b'{"a":1,"a":2}', lambda: b'Id,LastName\n1,2,3\n"',
        )  # fmt: skip
        return draw.choice(kinds)()

    # -- the whole ----------------------------------------------------------------------------------

    def some_row(self, about: str = "") -> Row | None:
        """Return a record, living or not; with ``about`` (the name of a parameter) of a kind that sounds like it."""
        kinds = [k for k in self.dialect.store.kinds if self.dialect.store.size(k)]
        near = [k for k in kinds if about and k[:4].lower() in f"{about} {self.operation.path}".lower()]
        kinds = near or kinds
        return self.draw.choice(list(self.dialect.store.rows(self.draw.choice(kinds), deleted=True))) if kinds else None

    def told(self) -> list[str]:
        """Return ids that the latest answers named: of jobs, lists, forms that no record stands for."""
        bodies = (e.response_body[:2000] for e in self.dialect.journal.entries[-40:] if isinstance(e, Exchange) and e.status < 300)
        return [found.decode() for body in bodies for found in _IDS.findall(body)]

    def segment(self, name: str, row: Row | None) -> str:
        """Return what stands for a captured segment: mostly something that gets past the first look."""
        draw = self.draw
        if "version" in name and draw.random() < 0.9:
            return draw.choice(("v59.0", "v60.0", "v45.0", "v31.0")) if name == "version" else "59.0"
        if row is not None and draw.random() < 0.7:
            right = {"object": row.kind, "objecttype": row.kind, "id": row.id, "objectid": row.id, "field": "Ext__c", "value": "x0",
                     "toobjecttype": "companies", **KNOWN.get(self.dialect.name, {}), **self.known}  # fmt: skip
            if name.lower() in right:
                return quote(right[name.lower()])
            told = self.told() if draw.random() < 0.5 else []
            if told:
                return quote(draw.choice(told))
            if name.lower().endswith(("id", "guid", "job", "batch", "vid")):
                near = self.some_row(name)
                return quote((near or row).id)
        text = self.record_id() if draw.random() < 0.5 else self.word()
        return quote(text, safe=draw.choice(("", "'@:,+")))[:6000]

    def request(self) -> Sent:
        """Return the next request."""
        draw = self.draw
        row = self.some_row("contact" if draw.random() < 0.6 else "")
        parts = [self.segment(s[1:-1], row) if s.startswith("{") else s for s in self.operation.path.split("/") if s]
        path = "/" + "/".join(parts) + ("/" if draw.random() < 0.1 else "")
        pairs = [f"{quote(self.word()[:2000])}={quote(self.word()[:2000])}" for _ in range(draw.choice((0, 0, 1, 2, 4)))]
        for key, values in QUERIES.get(self.dialect.name, {}).items():
            if draw.random() < 0.3:
                text = draw.choice(values) if draw.random() < 0.7 else self.word()
                pairs.append(f"{key}={quote(text)}")
        method = self.operation.method if draw.random() < 0.97 else draw.choice(("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"))
        body, kind = self.body() if method not in ("GET", "DELETE") or draw.random() < 0.1 else (b"", "")
        headers = [("host", "127.0.0.1:1")]
        if draw.random() < 0.97:
            headers.append(("authorization", f"Bearer {self.token}"))
        if kind:
            headers.append(("content-type", kind if draw.random() < 0.93 else draw.choice(CONTENT_TYPES)))
        for name, values in HEADERS.items():
            if draw.random() < 0.06:
                headers.append((name, draw.choice(values) if draw.random() < 0.6 else self.word().replace("\n", "").encode().decode("latin-1")))
        return Sent(method, path + ("?" + "&".join(pairs) if pairs else ""), tuple(headers), body)


KNOWN = {
    "hubspot": {"email": "c0@example.com", "propertyname": "email", "groupname": "contactinformation", "objecttypeid": "0-1", "stageid": "appointmentscheduled",
                "ruletype": "MAX_LENGTH", "eventname": "pe1_fuzz", "associationtypeid": "279", "account": "accounts", "pipelineid": "default", "domain": "c0.example.com"},
    "salesforce": {},
}  # fmt: skip
QUERIES = {
    "salesforce": {
        "q": ("SELECT Id, Name FROM Contact WHERE Email LIKE 'c%'", "SELECT COUNT(Id), LastName FROM Contact GROUP BY LastName",
              "FIND {First0} IN ALL FIELDS RETURNING Contact(Id, Name), Lead", "SELECT Id, (SELECT Id FROM Contacts) FROM Account"),
        "fields": ("Id,Name", "Nope"), "start": ("2026-09-20T00:00:00Z",), "end": ("2026-09-22T00:00:00+00:00",), "ids": ("a@b.test",),
        "_HttpMethod": ("PATCH",), "allOrNone": ("true",), "maxRecords": ("2", "0", "-1"), "locator": ("null",), "columns": ("true",),
    },
    "hubspot": {
        "properties": ("email,firstname",), "limit": ("1", "100", "101", "0"), "after": ("1", "0", "NTI%3D"), "archived": ("true", "maybe"),
        "associations": ("companies",), "idProperty": ("email", "nope"), "propertiesWithHistory": ("email",), "count": ("5",),
        "offset": ("0", "5"), "vidOffset": ("1",), "portalId": ("1",), "channel": ("EMAIL", "WHATSAPP"), "startTimestamp": ("1",),
    },
}  # fmt: skip
HEADERS = {
    "sforce-query-options": ("batchSize=200", "batchSize=x"), "sforce-auto-assign": ("FALSE", "01Q000000000001"),
    "sforce-duplicate-rule-header": ("allowSave=true",), "if-modified-since": ("Tue, 23 Mar 2015 00:00:00 GMT", "yesterday"),
    "if-match": ('"a"', "*"), "x-prettyprint": ("1",), "content-encoding": ("gzip", "br"), "accept": ("application/xml",),
    "x-sfdc-session": ("00D!x",), "soapaction": ('""',), "sforce-call-options": ("client=a",), "accept-encoding": ("gzip",),
    "x-hubspot-signature": ("a",), "sforce-line-ending": ("CRLF",), "if-none-match": ("*",), "range": ("bytes=0-1",),
}
