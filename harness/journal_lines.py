"""The journal as lines of JSON, one entry each, without credentials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from syncproof_mocks.journal import Change, Entry, Exchange, Mark

MOST_BODY = 16_384
_HIDDEN_HEADERS = {"authorization", "x-sfdc-session", "cookie", "set-cookie", "x-syncproof-token"}
_HIDDEN = "***"


def journal_lines(scenario_id: str, entries: Iterable[Entry], secrets: tuple[str, ...] = ()) -> Iterator[bytes]:
    """Yield one JSON object per entry; credentials are replaced, bodies are cut at 16 KiB and say so."""
    hidden = [s.encode() for s in secrets if len(s) >= 8]
    for entry in entries:
        line = orjson.dumps({"scenario": scenario_id, **_entry(entry)}, default=str, option=orjson.OPT_NON_STR_KEYS)
        for secret in hidden:
            if secret in line:
                line = line.replace(secret, _HIDDEN.encode())
        yield line


def _entry(entry: Entry) -> dict[str, Any]:
    if isinstance(entry, Change):
        return {
            "seq": entry.seq, "at_ms": entry.at_ms, "type": "change", "system": entry.system, "actor": str(entry.actor),
            "exchange": entry.exchange, "kind": entry.kind, "record_id": entry.record_id,
            "what": _what(entry), "note": entry.note,
            "fields": {n: [old, new] for n, (old, new) in entry.fields.items() if not n.startswith("#")},
        }
    if isinstance(entry, Exchange):
        return _exchange(entry)
    assert isinstance(entry, Mark)
    return {"seq": entry.seq, "at_ms": entry.at_ms, "type": "mark", "name": entry.name, "detail": entry.detail}


def _what(change: Change) -> str:
    if change.before is None:
        return "created"
    if change.after is None:
        return "erased"
    if change.after.deleted != change.before.deleted:
        return "deleted" if change.after.deleted else "restored"
    return "updated"


def _exchange(e: Exchange) -> dict[str, Any]:
    return {
        "seq": e.seq, "at_ms": e.at_ms, "type": "exchange", "system": e.system, "actor": str(e.actor), "method": e.method,
        "path": e.path, "query": e.query, "operation": e.operation, "evidence": e.evidence, "status": e.status,
        "request_headers": {k: _HIDDEN if k in _HIDDEN_HEADERS else v for k, v in e.request_headers.items()},
        "request_body": _body(e.request_body), "response_body": _body(e.response_body),
        "served": e.served[:200], "refused": e.refused, "assumed": e.assumed, "fault": e.fault, "hint": e.hint, "crash": e.crash,
    }


def _body(body: bytes) -> str:
    text = body[:MOST_BODY].decode("utf-8", "replace")
    return text + f"... ({len(body)} bytes)" if len(body) > MOST_BODY else text
