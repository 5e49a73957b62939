"""Change events, derived from the journal: one per record that a transaction changed, in the order of commits.

A request is one transaction (a bulk load one per slice that is saved at a stretch), and so is each human act. Parts of a
composite request are told apart, though they share a transaction key. Seeds were always there and are no events; removing a record from the recycle bin is none either. Source: the vendor's guide, "General
considerations", "Merged change events" and "ChangeEventHeader fields".
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ....journal import Actor, Change, Row
from ..kinds import Kind
from ..org import Org
from .bodies import Places, changed_body, places, whole_body
from .channels import selected_kinds
from .origin import change_origin, commit_user, exchange_of

RETENTION_MS = 3 * 86_400_000
_SILENT = frozenset({Actor.SEED, Actor.HARNESS})
# Commit numbers of real orgs have fourteen digits; what matters is that they grow.
_FIRST_COMMIT = 10_900_000_000_000


@dataclass(slots=True)
class ChangeEvent:
    """One event. ``replay_id`` is the journal's number of its first change, plus one: it grows and is never reused."""

    replay_id: int
    change: Change
    type: str
    before: Row | None
    rows: list[Row] = field(default_factory=list)
    record_ids: list[str] = field(default_factory=list)
    changed: tuple[str, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)
    sequence: int = 0
    # Journal number of the first change of its transaction.
    transaction: int = 0

    @property
    def kind(self) -> str:
        """Return the object whose record changed."""
        return self.change.kind


def change_events(org: Org, start: int) -> Iterator[tuple[int, list[ChangeEvent]]]:
    """Yield the events of each transaction that ends after journal position ``start``, and the position behind it.

    A transaction into which ``start`` falls is told whole: the reader drops what it has seen (`ChangeEvent.replay_id`).
    """
    known: dict[str, Places] = {}
    selected = selected_kinds(org)
    for end, changes in _transactions(org, start):
        found = _told(org, _drafts(org, changes, selected), known)
        if found:
            yield end, found


def _transactions(org: Org, start: int) -> Iterator[tuple[int, list[Change]]]:
    entries = org.journal.entries
    at = min(start, len(entries))
    while 0 < at < len(entries) and _is_same(entries[at - 1], entries[at]):
        at -= 1
    pending: list[Change] = []
    for position in range(at, len(entries)):
        entry = entries[position]
        if pending and not _is_same(pending[-1], entry):
            yield position, pending
            pending = []
        if isinstance(entry, Change) and entry.system == org.name:
            pending.append(entry)
    if pending:
        yield len(entries), pending


def _is_same(earlier: object, later: object) -> bool:
    """Tell whether two neighbours in the journal are changes that one request made."""
    return (
        isinstance(earlier, Change) and isinstance(later, Change)
        and earlier.exchange is not None and earlier.exchange == later.exchange
    )


def _drafts(org: Org, changes: list[Change], selected: frozenset[str]) -> list[ChangeEvent]:
    """Return an event per record and what befell it; updates that belong to an earlier event are folded into it."""
    exchange = exchange_of(org, changes[0])
    apart = exchange is not None and _has_parts(exchange.path)
    drafts: list[ChangeEvent] = []
    open_drafts: dict[tuple[str, str], ChangeEvent] = {}
    for change in changes:
        what = _type_of(change)
        if what is None or change.actor in _SILENT or change.kind not in selected:
            continue
        key = change.kind, change.record_id
        earlier = open_drafts.get(key) if what == "UPDATE" else None
        if earlier is not None and (not apart or change.actor is Actor.VENDOR_AUTOMATION):
            assert change.after is not None
            earlier.rows = [change.after]
            continue
        row = change.after or change.before
        assert row is not None
        draft = ChangeEvent(
            change.seq + 1, change, what, change.before, [row], [change.record_id], transaction=changes[0].seq
        )
        drafts.append(draft)
        open_drafts.pop(key, None)
        if what != "DELETE":
            open_drafts[key] = draft
    return drafts


def _has_parts(path: str) -> bool:
    # Each part of these requests is committed by itself (unless they say all or none, which no event shows).
    return path.rstrip("/").endswith(("/composite", "/composite/batch", "/composite/graph"))


def _type_of(change: Change) -> str | None:
    before, after = change.before, change.after
    was = before is not None and not before.deleted
    now = after is not None and not after.deleted
    if was and now:
        return "UPDATE"
    if was:
        return "DELETE"
    if not now:
        return None
    return "CREATE" if before is None else "UNDELETE"


def _told(org: Org, drafts: list[ChangeEvent], known: dict[str, Places]) -> list[ChangeEvent]:
    """Return the events with their bodies, numbered from 1; those that tell nothing are left out."""
    found: list[ChangeEvent] = []
    merged: dict[tuple[str, str, str], ChangeEvent] = {}
    for event in drafts:
        kind = org.kinds[event.kind]
        if kind.name not in known:
            known[kind.name] = places(kind)
        _fill(event, kind, known[kind.name])
        if event.type == "UPDATE" and not event.changed:
            continue
        if org.settings["merged_change_events"] and event.type in ("UPDATE", "DELETE"):
            first = merged.setdefault((event.kind, event.type, repr(event.body)), event)
            if first is not event:
                first.rows += event.rows
                first.record_ids += event.record_ids
                continue
        found.append(event)
        event.sequence = len(found)
    return found


def _fill(event: ChangeEvent, kind: Kind, known: Places) -> None:
    row = event.rows[0]
    if event.type == "UPDATE":
        assert event.before is not None
        event.changed, event.body = changed_body(kind, event.before, row, known)
    elif event.type != "DELETE":
        event.body = whole_body(kind, row, known)


def message(org: Org, event: ChangeEvent) -> dict[str, Any]:
    """Return the `data` of the message that delivers ``event``. `nulledFields` and `diffFields` are not CometD's."""
    change = event.change
    header = {
        "entityName": event.kind, "recordIds": event.record_ids, "changeType": event.type,
        "changedFields": list(event.changed), "changeOrigin": change_origin(org, change),
        "transactionKey": _transaction_key(org, event.transaction), "sequenceNumber": event.sequence,
        "commitTimestamp": change.at_ms // 1000 * 1000, "commitNumber": _FIRST_COMMIT + event.transaction,
        "commitUser": commit_user(org, change),
    }
    return {
        "schema": _schema_id(org.kinds[event.kind]), "payload": {"ChangeEventHeader": header, **event.body},
        "event": {"replayId": event.replay_id},
    }


def _transaction_key(org: Org, first: int) -> str:
    digest = hashlib.sha256(f"{org.dice.seed}/{first}".encode()).hexdigest()
    return f"0000{digest[:4]}-{digest[4:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:28]}"


def _schema_id(kind: Kind) -> str:
    digest = hashlib.md5("/".join((kind.name, *kind.columns)).encode(), usedforsecurity=False).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
