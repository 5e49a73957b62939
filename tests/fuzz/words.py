"""What bad requests are made of: nasty texts and numbers, and the words that the mocks' own code looks for."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from urllib.parse import quote as _quote

NASTY = (
    "", " ", "\x00", "\x7f\u0085", "a" * 3000, "\U0001f4a5", "é", "..", "../..", "%", "%zz", "%00", "'", '"', "\\", "\\'", "`",
    "null", "true", "NaN", "0", "-1", "1e999", "9" * 400, "9" * 5000, "0x10", "1_000", "٣", "²", "2026-13-45T99:99:99Z", "2026-02-30",
    "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "<a>&</a>", "a,b;c", "a\r\nb", "=1+1", "@{x.y}", "{}", "[]", "*", "?",
    "' OR 1=1 --", "\u202e\u200b", "İ", "ß", "Ω" * 300, "a@b", "a@b.test", "+", "a+b@example.com", "#", "003", "00D" + "0" * 15,
)
NUMBERS = (0, 1, -1, 2, 100, 101, 200, 201, 10_000, 10_001, 2**31, 2**53 + 1, -(2**63), 2**64, 10**400, 1e308, 0.5, -0.0)
CONTENT_TYPES = (
    "application/json", "application/json", "application/json", "application/x-www-form-urlencoded", "text/csv", "application/xml",
    "text/xml; charset=UTF-8", "text/plain", "multipart/form-data; boundary=b", "multipart/form-data", "", "application/json;charset=utf-16",
    "application/json; charset=klingon", "a/b/c",
)
HEADERS = {
    "sforce-query-options": ("batchSize=200", "batchSize=x"), "sforce-auto-assign": ("FALSE", "01Q000000000001"),
    "sforce-duplicate-rule-header": ("allowSave=true",), "if-modified-since": ("Tue, 23 Mar 2015 00:00:00 GMT", "yesterday"),
    "if-match": ('"a"', "*"), "x-prettyprint": ("1",), "content-encoding": ("gzip", "br"), "accept": ("application/xml",),
    "x-sfdc-session": ("00D!x",), "soapaction": ('""',), "sforce-call-options": ("client=a",), "accept-encoding": ("gzip",),
    "x-hubspot-signature": ("a",), "sforce-line-ending": ("CRLF",), "if-none-match": ("*",), "range": ("bytes=0-1",),
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


@cache
def words_of(path: str) -> tuple[str, ...]:
    """Return the texts that a source file holds: the keys and values its code looks for."""
    tree = ast.parse(Path(path).read_text("utf-8"))
    found = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return tuple(sorted(w for w in found if 0 < len(w) < 60 and " " not in w))


@cache
def folder_words(folder: str) -> tuple[str, ...]:
    """Return the texts of all source files below a folder."""
    return tuple(sorted({w for path in sorted(Path(folder).rglob("*.py")) for w in words_of(str(path))}))


def quote(text: str, safe: str = "") -> str:
    """Return a text percent-encoded; half a surrogate pair, which no URL can hold, becomes a question mark."""
    return _quote(text.encode("utf-8", "replace"), safe=safe)
