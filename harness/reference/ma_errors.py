"""HubSpot's error bodies, as codes and property names; their texts may quote personal data and are left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .failures import AuthorisationError, ConnectorError, RefusedError, TransientError

_EXISTING = re.compile(r"Existing ID: (\d+)")
_TAKEN = re.compile(r"\. (\d+) already has that value")
_HEALS = {423, 429, 477, 500, 502, 503, 504, 521, 522, 523, 524, 525, 526}
_MAYBE_APPLIED = {500, 502, 504, 520, 524}


def translated(status: int, body: Any, retry_after_s: float | None) -> ConnectorError:
    """Return the failure that an HTTP error stands for."""
    content = _parsed(body)
    category = str(content.get("category") or content.get("errorType") or content.get("policyName") or "")
    if status == 401:
        return AuthorisationError(f"HubSpot does not accept the token: {category or status}")
    if status in _HEALS or status == 0:
        return TransientError(f"HubSpot answered {status} {category}".strip(), retry_after_s=retry_after_s,
                              ambiguous=status in _MAYBE_APPLIED, for_today=content.get("policyName") == "DAILY")
    return _refused(content, status)


def item_failures(page: Mapping[str, Any]) -> dict[str, ConnectorError]:
    """Return the failures inside a 207, by trace id or record id."""
    found: dict[str, ConnectorError] = {}
    for error in page.get("errors") or ():
        context = error.get("context") or {}
        failure = _refused(error, 207)
        for key in [*context.get("objectWriteTraceId", ()), *context.get("ids", ()), *context.get("id", ())]:
            found[str(key)] = failure
    return found


def _refused(content: Mapping[str, Any], status: int) -> RefusedError:
    message = str(content.get("message") or "")
    details = list(_details(content, message))
    code = next((c for c, _ in details if c), str(content.get("category") or f"HTTP {status}"))
    existing = _EXISTING.search(message) or _TAKEN.search(message)
    names = tuple(dict.fromkeys(name for _, name in details if name))
    return RefusedError(code, names, status=status, existing_id=existing.group(1) if existing else "")


def _details(content: Mapping[str, Any], message: str) -> Iterator[tuple[str, str]]:
    """Yield (code, property) from `errors`, or from the JSON that HubSpot embeds in the message."""
    for error in content.get("errors") or ():
        if isinstance(error, dict):
            names = (error.get("context") or {}).get("propertyName") or [""]
            yield from ((str(error.get("code") or ""), str(name)) for name in names)
    start = message.find("[{")
    if start >= 0:
        try:
            embedded = json.loads(message[start:])
        except ValueError:
            return
        yield from ((str(e.get("error") or ""), str(e.get("name") or "")) for e in embedded if isinstance(e, dict))


def _parsed(body: Any) -> dict[str, Any]:
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
