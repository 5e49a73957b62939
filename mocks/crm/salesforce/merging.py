"""Merging records: the losers go to the recycle bin, what hung on them moves to the winner.

One way for everybody: a person at the desk and SOAP `merge` both come here. Source: research `salesforce.md` sections
1.10 and 3 (losers IsDeleted with MasterRecordId, children reparented, the winner's stamps move).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...journal import Actor, Row
from . import lookups, saving
from .errors import ApiError
from .kinds import Child, Kind
from .org import Org
from .transaction import Savepoint
from .writer import Writer

MOST_LOSERS = 2


def merge(
    org: Org, kind: Kind, winner: Row, losers: Sequence[Row], writer: Writer, changes: Mapping[str, Any] | None = None
) -> tuple[Row, list[str]]:
    """Merge ``losers`` into ``winner``, set ``changes`` on it; return the survivor and the ids that moved to it.

    All rows are living ones of ``kind``. Raises ApiError and changes nothing when the merge or a change is refused.
    """
    _check(kind, winner, losers)
    savepoint = Savepoint(org)
    moved: list[str] = []
    try:
        for loser in losers:
            moved += _move_children(org, kind, loser, winner)
            gone = {"IsDeleted": True, "MasterRecordId": winner.id, "SystemModstamp": org.now_stamp()}
            org.store.delete(org.store.get(kind.name, loser.id) or loser, gone)
        # A child may have been the winner itself (a parent account): what moved is part of what is saved.
        current = org.store.get(kind.name, winner.id) or winner
        saved = saving.apply(org, kind, current, {}, writer)
        if changes:
            saved = saving.update(org, kind, saved, changes, writer)
    except ApiError:
        savepoint.rollback()
        raise
    return saved, moved


def is_mergeable(kind: Kind) -> bool:
    """Tell whether records of the object can be merged: a loser needs a field that names its winner."""
    return "MasterRecordId" in kind.columns


def _check(kind: Kind, winner: Row, losers: Sequence[Row]) -> None:
    if not is_mergeable(kind):
        text = f"entity type {kind.name} does not support merge"
        raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", text, fields=())
    ids = [winner.id, *(r.id for r in losers)]
    if not 1 <= len(losers) <= MOST_LOSERS or len(set(ids)) < len(ids):
        text = f"a merge takes one or {MOST_LOSERS} other records besides the master record"
        raise ApiError("INVALID_NUMBER_OF_ARGUMENTS", text, fields=())
    if winner.values.get("IsConverted"):
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", fields=())


def _bin_history(org: Org, kind: Kind, history: Child, loser: Row) -> None:
    """Put the history of a loser into the bin, as a deletion would: it comes back with its record."""
    with org.journal.acting(Actor.VENDOR_AUTOMATION, f"deleted with {kind.name} {loser.id}"):
        for row_id in org.store.find(history.kind, history.column, loser.id):
            found = org.store.get(history.kind, row_id)
            if found is not None:
                saving.put_into_bin(org, org.kinds[history.kind], found)


def _move_children(org: Org, kind: Kind, loser: Row, winner: Row) -> list[str]:
    moved = []
    for child in kind.children:
        if child.kind == kind.history:
            _bin_history(org, kind, child, loser)
    for name, column in _links(org, kind):
        for found in lookups.holders(org, org.kinds[name], column, loser.id):
            if name == "CampaignMember" and _is_member(org, column, winner, found.values["CampaignId"]):
                saving.delete(org, org.kinds[name], found)
                continue
            # Moving one link may have moved or removed the next record already (relations to accounts).
            current = org.store.get(name, found.id)
            if current is not None and current.values.get(column) == loser.id:
                also = {"LeadOrContactId": winner.id} if name == "CampaignMember" else {}
                lookups.repoint(org, org.kinds[name], current, {column: winner.id, **also})
                moved.append(found.id)
    return moved


def _links(org: Org, kind: Kind) -> list[tuple[str, str]]:
    """Return (object, field) of everything that may hang on a record of ``kind``, once each, but its history."""
    named = [(c.kind, c.column) for c in kind.children if c.kind != kind.history]
    return list(dict.fromkeys([*named, *((k.name, n) for k, n in lookups.pointing(org, kind))]))


def _is_member(org: Org, column: str, person: Row, campaign_id: str) -> bool:
    members = (org.store.get("CampaignMember", i) for i in org.store.find("CampaignMember", column, person.id))
    return any(m is not None and m.values["CampaignId"] == campaign_id for m in members)
