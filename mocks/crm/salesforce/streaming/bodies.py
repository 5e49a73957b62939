"""What the body of a change event holds: compound fields nested, times with `Z`, nothing of what the vendor leaves out.

Source: the vendor's guide, "JSON change event messages in CometD clients" and "Get compound fields in change events";
the fields of its sample events (no `Id`, `IsDeleted`, `SystemModstamp` or derived fields).
"""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ..kinds import Kind

_LEFT_OUT = frozenset({
    "Id", "IsDeleted", "SystemModstamp", "MasterRecordId", "LastActivityDate", "LastViewedDate", "LastReferencedDate",
})
# Derived, and yet part of the vendor's sample events.
_DERIVED = frozenset({"IsClosed", "IsWon"})

# field -> (compound field or None, name inside it or the field itself)
Places = dict[str, tuple[str | None, str]]


def places(kind: Kind) -> Places:
    """Return where each field of ``kind`` stands in an event; fields that events do not tell are missing."""
    found: Places = {}
    address = {column: (whole, part[0].upper() + part[1:]) for whole, parts in kind.compounds for part, column in parts}
    for name, column in kind.columns.items():
        if name in _LEFT_OUT or name in kind.hidden or column.info.vendor_type == "address":
            continue
        if name in address:
            found[name] = address[name]
        elif column.compound is not None:
            found[name] = column.compound, name
        elif not column.calculated or name in _DERIVED:
            found[name] = None, name
    return found


def whole_body(kind: Kind, row: Row, known: Places) -> dict[str, Any]:
    """Return the body of a creation or an undeletion: every field that is filled."""
    body: dict[str, Any] = {}
    for name, value in row.values.items():
        if value is not None and value != "" and name in known:
            _put(body, kind, known[name], name, value)
    return body


def changed_body(kind: Kind, before: Row, after: Row, known: Places) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the `changedFields` and the body of an update: only what changed, blanked fields as null.

    Both are empty when nothing changed that events tell; otherwise LastModifiedDate is among them, changed or not.
    """
    old = before.values
    changed = [n for n, now in after.values.items() if n in known and (was := old.get(n)) is not now and was != now]
    if not changed:
        return (), {}
    if "LastModifiedDate" in known and "LastModifiedDate" not in changed:
        changed.append("LastModifiedDate")
    body: dict[str, Any] = {}
    for name in changed:
        _put(body, kind, known[name], name, after.values[name])
    return tuple(_dotted(known[name]) for name in changed), body


def _put(body: dict[str, Any], kind: Kind, place: tuple[str | None, str], name: str, value: Any) -> None:
    if kind.columns[name].info.vendor_type == "datetime" and isinstance(value, str):
        value = value.replace("+0000", "Z")
    whole, part = place
    (body if whole is None else body.setdefault(whole, {}))[part] = value


def _dotted(place: tuple[str | None, str]) -> str:
    return place[1] if place[0] is None else f"{place[0]}.{place[1]}"
