"""What becomes of look-ups when the record that they point to goes, comes back, or is merged into another.

Sources: the vendor's page on look-up relationships (a look-up is cleared when its record is deleted, the default), its list of
the associations that undelete restores (parent accounts, the manager of a contact, custom look-ups; only those that have not
been filled anew). That standard look-ups are cleared too follows from that list and is the switch `deleted_lookups`. Look-ups of the
consent objects, owners and links that the vendor keeps itself (ConvertedContactId, MasterRecordId) stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...journal import Change, Row
from . import activities, relations
from .consequences import CALCULATED, follow
from .kinds import Kind
from .org import Org

KEEPING = frozenset({
    "DataUsePurpose", "CommSubscription", "ContactPointConsent", "ContactPointTypeConsent", "CommSubscriptionConsent",
})


def repoint(org: Org, kind: Kind, row: Row, changes: dict[str, Any]) -> Row:
    """Store links that the vendor itself moves, with what follows from them; SystemModstamp moves, nobody modified it."""
    stored = dict(changes)
    if "SystemModstamp" in kind.columns:
        stored["SystemModstamp"] = org.now_stamp()
    if kind.name in activities.KINDS:
        stored.update(CALCULATED[kind.name](org, {**row.values, **changes}))
    new = org.store.update(row, stored)
    follow(org, kind, row, new)
    if relations.NAME in org.kinds and kind.name in ("Contact", relations.NAME):
        contact = new if kind.name == "Contact" else org.store.get("Contact", str(new.values["ContactId"]))
        if contact is not None:
            relations.settle(org, contact)
    return new


def pointing(org: Org, kind: Kind) -> Iterator[tuple[Kind, str]]:
    """Yield the look-ups (object, field) that may point to records of ``kind`` and outlive them."""
    for other in list(org.kinds.values()):
        if other.name not in KEEPING:
            for target, name in other.lookups:
                if target == kind.name:
                    yield other, name


def clear(org: Org, kind: Kind, row: Row) -> None:
    """Blank the look-ups of living records to a record that is going."""
    for other, name in pointing(org, kind):
        for found in holders(org, other, name, row.id):
            org.rests_on("salesforce.deleted_lookups")
            if org.settings["deleted_lookups"] == "keep":
                return
            release(org, other, found, name, kind, row)


def release(org: Org, other: Kind, found: Row, name: str, kind: Kind, row: Row) -> None:
    """Blank one link of a living record to ``row``, which is going."""
    with org.by_itself(_note(kind, row, name)):
        repoint(org, other, found, {name: None})


def restore(org: Org, kind: Kind, row: Row) -> None:
    """Give the look-ups that the latest deletion of ``row`` blanked their value back, unless they have another by now."""
    notes = {_note(kind, row, name): (other, name) for other, name in (*pointing(org, kind), *_activity_links(org))}
    for entry in list(_since_deletion(org, row)):
        other, name = notes.get(entry.note or "", (None, ""))
        if other is None or other.name != entry.kind:
            continue
        found = org.store.get(other.name, entry.record_id)
        if found is not None and not found.values.get(name):
            with org.by_itself(f"undeleted with {kind.name} {row.id}"):
                repoint(org, other, found, {name: row.id})


def forget_gone(org: Org, kind: Kind, row: Row) -> dict[str, Any]:
    """Return the look-ups of a record about to come back that lead to nobody (any more), as blanks."""
    gone: dict[str, Any] = {}
    if kind.name in KEEPING or org.settings["deleted_lookups"] == "keep":
        return gone
    links = {*kind.lookups}
    if kind.name in activities.KINDS:
        links |= {(t, n) for n in ("WhoId", "WhatId") for t in kind.columns[n].info.reference_to}
    for name in {n for _, n in links}:
        value = row.values.get(name)
        targets = [t for t, n in links if n == name and t in org.kinds]
        if value and targets and not any(org.store.get(t, str(value)) for t in targets):
            org.rests_on("salesforce.deleted_lookups")
            gone[name] = None
    return gone


def holders(org: Org, kind: Kind, name: str, record_id: str) -> list[Row]:
    """Return the living records of ``kind`` whose field ``name`` points to ``record_id``."""
    if org.store.is_indexed(kind.name, name):
        rows = (org.store.get(kind.name, i) for i in org.store.find(kind.name, name, record_id))
        return [r for r in rows if r is not None]
    return [r for r in org.store.rows(kind.name) if r.values.get(name) == record_id]


def _note(kind: Kind, row: Row, name: str) -> str:
    return f"{name} cleared with {kind.name} {row.id}"


def _activity_links(org: Org) -> Iterator[tuple[Kind, str]]:
    for name in sorted(activities.KINDS):
        yield org.kinds[name], "WhoId"
        yield org.kinds[name], "WhatId"


def _since_deletion(org: Org, row: Row) -> Iterator[Change]:
    """Yield the changes of the org, latest first, back to when ``row`` was last alive for sure."""
    for entry in reversed(org.journal.entries):
        if not isinstance(entry, Change) or entry.system != org.name:
            continue
        after = entry.after
        came = after is not None and not after.deleted and (entry.before is None or entry.before.deleted)
        if came and (entry.kind, entry.record_id) == (row.kind, row.id) and after is not None and after.revision < row.revision:
            return
        yield entry
