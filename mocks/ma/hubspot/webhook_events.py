"""What HubSpot tells an app's webhook: from a change of a record to the members of an event.

Facts: research/hubspot.md section 1.9. Pure: a change goes in, drafts of events come out; who has subscribed to them,
and when they are sent, is for `webhook_outbox`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...journal import Row
from .kinds import OBJECT_TYPES

EVENT_NAMES = ("creation", "deletion", "propertyChange", "merge", "restore", "associationChange")
EVENT_TYPES = frozenset(
    [f"{o}.{e}" for o in ("contact", "company", "deal", "ticket", "product", "line_item", "object") for e in EVENT_NAMES]
    + ["contact.privacyDeletion"]
    + [f"conversation.{e}" for e in ("creation", "deletion", "newMessage", "privacyDeletion", "propertyChange")]
) - {"product.associationChange"}


@dataclass(frozen=True, slots=True)
class Draft:
    """One event before anybody's subscription is known: `creation` of a `contacts` record, its own members."""

    name: str
    kind: str
    object_id: int
    members: dict[str, Any] = field(default_factory=dict)
    property_name: str | None = None

    @property
    def event_type(self) -> str:
        """Return the specific event type, `contact.creation`; custom objects have only the generic `object.*`."""
        return f"{OBJECT_TYPES[self.kind].singular if self.kind in OBJECT_TYPES else self.kind}.{self.name}"

    @property
    def object_type_id(self) -> str:
        """Return the object type id that the generic `object.*` events add; the kind of a custom object is its id."""
        return OBJECT_TYPES[self.kind].type_id if self.kind in OBJECT_TYPES else self.kind


def changes_of(kind: str, before: Row | None, after: Row | None) -> Iterator[Draft]:
    """Yield the events of one write: creation, deletion, restore, or one propertyChange for each changed property."""
    row = after or before
    if row is None or not row.id.isdigit():
        return
    number = int(row.id)
    was_there = before is not None and not before.deleted
    is_there = after is not None and not after.deleted
    if was_there and not is_there:
        yield Draft("deletion", kind, number, {"changeFlag": "DELETED"})
        return
    if is_there and not was_there:
        is_new = before is None
        yield Draft("creation" if is_new else "restore", kind, number,
                    {"changeFlag": "CREATED" if is_new else "RESTORED"})
        if not is_new:
            return
    if is_there and after is not None:
        yield from _properties(kind, before, after, number)


def _properties(kind: str, before: Row | None, after: Row, number: int) -> Iterator[Draft]:
    old = before.values if before is not None else {}
    for name, value in after.values.items():
        # Keys with a # are the mock's own notes, not properties.
        if name.startswith("#") or (value or "") == (old.get(name) or ""):
            continue
        yield Draft("propertyChange", kind, number,
                    {"propertyName": name, "propertyValue": "" if value is None else str(value)}, name)
    for name, value in old.items():
        if value and name not in after.values and not name.startswith("#"):
            yield Draft("propertyChange", kind, number, {"propertyName": name, "propertyValue": ""}, name)


def merge_of(kind: str, primary_id: str, merged_ids: list[str], new_id: str, moved: int) -> Iterator[Draft]:
    """Yield the merge and a deletion of each record that is no more; values changed by a merge give no event."""
    yield Draft("merge", kind, int(new_id), {
        "changeFlag": "MERGED", "primaryObjectId": int(primary_id), "mergedObjectIds": [int(i) for i in merged_ids],
        "newObjectId": int(new_id), "numberOfPropertiesMoved": moved,
    })
    for gone in dict.fromkeys([primary_id, *merged_ids]):
        if gone != new_id:
            yield Draft("deletion", kind, int(gone), {"changeFlag": "DELETED"})


def erasure_of(kind: str, record_id: str) -> Iterator[Draft]:
    """Yield what a GDPR erasure tells: for contacts both a privacyDeletion and a deletion."""
    if kind == "contacts":
        yield Draft("privacyDeletion", kind, int(record_id), {"changeFlag": "DELETED"})
    yield Draft("deletion", kind, int(record_id), {"changeFlag": "DELETED"})


def association_of(from_kind: str, from_id: str, to_kind: str, to_id: str, *, removed: bool, primary: bool) -> Draft:
    """Return the event of one direction of an association."""
    names = [OBJECT_TYPES[k].legacy if k in OBJECT_TYPES else k for k in (from_kind, to_kind)]
    return Draft("associationChange", from_kind, int(from_id), {
        "associationType": f"{names[0]}_TO_{names[1]}", "fromObjectId": int(from_id), "toObjectId": int(to_id),
        "associationRemoved": removed, "isPrimaryAssociation": primary,
    })
