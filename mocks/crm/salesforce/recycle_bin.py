"""The recycle bin: bringing records back, and emptying it.

Source: research `salesforce.md` sections 1.10 and 3; the vendor's page on undelete (what a deletion took along comes
back with it; a merge's losers come back, what moved to the winner stays there); texts recorded in public threads.
"""

from __future__ import annotations

from ...journal import Actor, Change, Row
from . import lookups, relations
from .consequences import follow
from .errors import ApiError
from .kinds import Kind
from .org import Org

KEPT_MS = 15 * 86_400_000


def undelete(org: Org, kind: Kind, row: Row) -> Row:
    """Bring a deleted record back, with what was deleted because of it, and return it; SystemModstamp moves.

    Raises ApiError when it does not lie in the bin (any more), or when its unique value has been taken meanwhile.
    """
    if kind.closed:
        raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Entity type is not undeletable")
    if not row.deleted or org.clock.now_ms() - row.modified_ms > KEPT_MS:
        raise ApiError("UNDELETE_FAILED", "Entity is not in the recycle bin")
    _refuse_taken(org, kind, row)
    back = [(kind, _restored(org, kind, row))]
    with org.journal.acting(Actor.VENDOR_AUTOMATION, f"undeleted with {kind.name} {row.id}"):
        _bring_back_children(org, kind, row, back)
        for its_kind, found in back:
            lookups.restore(org, its_kind, found)
        for its_kind, found in back:
            _settle_links(org, its_kind, found)
    return org.store.get(kind.name, row.id) or back[0][1]


def _settle_links(org: Org, kind: Kind, back: Row) -> None:
    """Blank the look-ups of a record that came back which lead to nobody any more; settle a contact's account relations."""
    row = org.store.get(kind.name, back.id) or back
    gone = lookups.forget_gone(org, kind, row)
    if gone:
        row = lookups.repoint(org, kind, row, gone)
    if kind.name == "Contact" and relations.NAME in org.kinds:
        relations.settle(org, row)


def empty(org: Org, kind: Kind, row: Row) -> None:
    """Remove a deleted record for good; `deleted` still tells about it. Raises ApiError when it is not in the bin."""
    if not row.deleted:
        raise ApiError("DELETE_FAILED", "Entity is not in the recycle bin")
    # A real org keeps the row for queryAll until a job has swept it, usually within a day.
    org.rests_on("salesforce.emptied_bin_is_swept_at_once")
    for child_kind, child in _taken_along(org, kind, row):
        empty(org, child_kind, child)
    org.store.erase(row)


def _restored(org: Org, kind: Kind, row: Row) -> Row:
    changes: dict[str, object] = {"IsDeleted": False}
    if "SystemModstamp" in kind.columns:
        changes["SystemModstamp"] = org.now_stamp()
    if row.values.get("MasterRecordId"):
        changes["MasterRecordId"] = None
    back = org.store.undelete(row, changes)
    follow(org, kind, row, back)
    return back


def _bring_back_children(org: Org, kind: Kind, parent: Row, back: list[tuple[Kind, Row]]) -> None:
    for child_kind, child in _taken_along(org, kind, parent):
        back.append((child_kind, _restored(org, child_kind, child)))
        _bring_back_children(org, child_kind, child, back)


def _taken_along(org: Org, kind: Kind, parent: Row) -> list[tuple[Kind, Row]]:
    """Return the children that went to the bin because ``parent`` did, not those deleted by hand before."""
    candidates = {
        row.id: (org.kinds[child.kind], row)
        for child in kind.children if child.cascade
        for row in org.store.rows(child.kind, deleted=True)
        if row.deleted and row.values.get(child.column) == parent.id
    }
    wanted = f"deleted with {kind.name} {parent.id}"  # what `saving.delete` notes
    found = []
    for entry in reversed(org.journal.entries):
        if not candidates:
            break
        if not isinstance(entry, Change) or entry.record_id not in candidates or entry.system != org.name:
            continue
        if entry.after is not None and entry.after.deleted and not (entry.before is not None and entry.before.deleted):
            # The latest deletion of this child decides.
            pair = candidates.pop(entry.record_id)
            if entry.note == wanted:
                found.append(pair)
    return found[::-1]


def _refuse_taken(org: Org, kind: Kind, row: Row) -> None:
    for name, column in kind.columns.items():
        value = row.values.get(name)
        if column.info.unique and value is not None:
            for owner in org.store.find(kind.name, name, value):
                text = f"duplicate value found: {name} duplicates value on record with id: {owner[:15]}"
                raise ApiError("DUPLICATE_VALUE", text, fields=())
