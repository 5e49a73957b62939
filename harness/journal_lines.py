"""The journal as lines of JSON, one entry each, without credentials."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus
from xml.sax.saxutils import escape

import orjson
from syncproof_mocks.journal import Change, Entry, Exchange, Mark

MOST_BODY = 16_384
# Anything shorter would also be found inside ordinary words and numbers.
SHORTEST_SECRET = 8
_HIDDEN_HEADERS = {"authorization", "x-sfdc-session", "cookie", "set-cookie", "x-syncproof-token"}
_HIDDEN = "***"
_AT_ONCE = 500
# A body may hold a credential under one of these names, as JSON, as a form or as XML (the SOAP login).
_NAMES = rb"(?:access_token|refresh_token|id_token|client_secret|client_assertion|assertion|password|sessionid|hapikey)"
_NAMED = re.compile(
    rb'"%b"\s*:\s*"((?:[^"\\]|\\.)+)"|(?:^|[?&])%b=([^&\s]+)|<(?:\w+:)?%b>([^<]+)</' % (_NAMES, _NAMES, _NAMES), re.IGNORECASE
)
_SUSPECTS = (b"token", b"secret", b"assertion", b"password", b"sessionid", b"hapikey")
_SCHEMES = re.compile(r"^(?:bearer|basic|token|oauth)\s+", re.IGNORECASE)


def journal_lines(
    scenario_id: str, entries: Sequence[Entry], secrets: tuple[str, ...] = (), used: Iterable[str] | None = None
) -> Iterator[bytes]:
    """Yield one JSON object per entry; credentials are replaced, bodies are cut at 16 KiB and say so.

    Hidden are ``secrets`` and whatever the exchanges themselves ``used`` as a credential (None: it is looked for).
    """
    for some in journal_pieces(scenario_id, entries, secrets, credentials(entries) if used is None else used):
        yield from some.splitlines()


def journal_pieces(scenario_id: str, entries: Sequence[Entry], secrets: tuple[str, ...], used: Iterable[str]) -> Iterator[bytes]:
    """Yield the lines of `journal_lines` many at once, each with its line end: what is packed line by line takes longer."""
    hidden = masks((*secrets, *used))
    for start in range(0, len(entries), _AT_ONCE):
        yield written_down(scenario_id, entries[start : start + _AT_ONCE], hidden) + b"\n"


def written_down(scenario_id: str, entries: Iterable[Entry], hidden: Iterable[bytes]) -> bytes:
    """Return one line of JSON per entry, without a line end after the last; each of ``hidden`` (`masks`) is replaced."""
    lines = (_dumped({"scenario": scenario_id, **_entry(entry, hidden)}) for entry in entries)
    # JSON holds no line end of its own, nor does a credential: many lines are searched as cheaply as one.
    return masked(b"\n".join(lines), hidden)


def _dumped(data: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a lone surrogate or a number beyond 64 bits: JSON has a way to write them, orjson none
        return json.dumps(data, default=str).encode()


def credentials(entries: Iterable[Entry], longest_body: int | None = None) -> tuple[str, ...]:
    """Return what the exchanges used as a credential: in headers, in bodies under a telling name, in queries; sorted.

    Bodies longer than ``longest_body`` bytes are left out: who is in a hurry need not look for a log-in in a page of records.
    """
    found: set[str] = set()
    for entry in entries:
        if isinstance(entry, Exchange):
            for name, value in (*entry.request_headers.items(), *entry.response_headers):
                if name.lower() in _HIDDEN_HEADERS:
                    found.add(_SCHEMES.sub("", value))
            for text in (entry.request_body, entry.response_body, entry.query.encode()):
                if longest_body is None or len(text) <= longest_body:
                    found.update(_named(text))
    return tuple(sorted(found))


def _named(text: bytes) -> Iterator[str]:
    lowered = text[: 4 * MOST_BODY].lower()
    if not any(suspect in lowered for suspect in _SUSPECTS):
        return
    for in_json, in_form, in_xml in _NAMED.findall(text[: 4 * MOST_BODY]):
        yield unquote_plus(in_form.decode("utf-8", "replace")) if in_form else (in_json or in_xml).decode("utf-8", "replace")


def masks(secrets: Iterable[str]) -> tuple[bytes, ...]:
    """Return every form in which the secrets may stand in a text: plain, URL-encoded, in JSON, in XML; longest first."""
    forms: set[str] = set()
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            plain = {secret, quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"), escape(secret), _in_json(secret)}
            forms |= plain | {_in_json(form) for form in plain}
    return tuple(sorted((f.encode("utf-8", "replace") for f in forms), key=lambda f: (-len(f), f)))


def masked(text: bytes, hidden: Iterable[bytes]) -> bytes:
    """Return ``text`` with each of ``hidden`` replaced."""
    for form in hidden:
        if form in text:
            text = text.replace(form, _HIDDEN.encode())
    return text


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _entry(entry: Entry, hidden: Iterable[bytes]) -> dict[str, Any]:
    if isinstance(entry, Change):
        return {
            "seq": entry.seq, "at_ms": entry.at_ms, "type": "change", "system": entry.system, "actor": str(entry.actor),
            "exchange": entry.exchange, "kind": entry.kind, "record_id": entry.record_id,
            "what": entry.what, "note": entry.note,
            "fields": {n: [old, new] for n, (old, new) in entry.fields.items() if not n.startswith("#")},
        }
    if isinstance(entry, Exchange):
        return _exchange(entry, hidden)
    assert isinstance(entry, Mark)
    return {"seq": entry.seq, "at_ms": entry.at_ms, "type": "mark", "name": entry.name, "detail": entry.detail}


def _exchange(e: Exchange, hidden: Iterable[bytes]) -> dict[str, Any]:
    return {
        "seq": e.seq, "at_ms": e.at_ms, "type": "exchange", "system": e.system, "actor": str(e.actor), "method": e.method,
        "path": e.path, "query": e.query, "operation": e.operation, "evidence": e.evidence, "status": e.status,
        "request_headers": {k: _HIDDEN if k.lower() in _HIDDEN_HEADERS else v for k, v in e.request_headers.items()},
        "request_body": _body(e.request_body, hidden), "response_body": _body(e.response_body, hidden),
        "served": e.served[:200], "refused": e.refused, "assumed": e.assumed, "fault": e.fault, "hint": e.hint, "crash": e.crash,
    }


def _body(body: bytes, hidden: Iterable[bytes]) -> str:
    """Return the body as text; credentials go first, lest the cut leaves half of one."""
    if len(body) <= MOST_BODY:
        return body.decode("utf-8", "replace")
    return f"{masked(body[: 2 * MOST_BODY], hidden)[:MOST_BODY].decode('utf-8', 'replace')}... ({len(body)} bytes)"
