"""What people do in Salesforce's own screens: create, edit, delete, erase, record a consent, merge, convert a lead.

Screens and API save the same way (`saving`); what a screen refuses is a `DeskError` with the vendor's text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from ...consent import ConsentKey, ConsentProof
from ...dialect import DeskError
from ...journal import Actor, Row
from ...schema import FieldType
from . import activities, conversion, lookups, merging, recycle_bin, saving
from .consent import consent_changes
from .consequences import follow
from .errors import ApiError, deleted_row, unknown_row
from .kinds import Kind
from .org import Org
from .writer import Writer

Result = TypeVar("Result")


@contextmanager
def at_the_desk(org: Org) -> Iterator[Writer]:
    """Act as the human user; what the vendor refuses becomes a DeskError."""
    with org.acting(Actor.CRM_USER):
        try:
            # A screen warns of a duplicate and lets a person save all the same, and it assigns nobody unless asked to.
            yield Writer(org.human_id, sees_all=True, allow_duplicates=True)
        except ApiError as error:
            raise DeskError(error.message) from error


def create(org: Org, kind: Kind, values: Mapping[str, Any]) -> Row:
    """A person makes a record."""
    with at_the_desk(org) as writer:
        return saving.create(org, kind, values, writer)


def edit(org: Org, kind: Kind, record_id: str, values: Mapping[str, Any]) -> Row:
    """A person changes fields of a record."""
    with at_the_desk(org) as writer:
        return saving.update(org, kind, living(org, kind, record_id), values, writer)


def delete(org: Org, kind: Kind, record_id: str) -> None:
    """A person puts a record into the recycle bin."""
    with at_the_desk(org):
        saving.delete(org, kind, living(org, kind, record_id))


def erase(org: Org, kind: Kind, record_id: str) -> None:
    """A person erases somebody for good: the record (deleted or not), its history and what hangs on it."""
    with at_the_desk(org):
        row = org.row(kind, record_id)
        if row is None:
            raise unknown_row()
        _erase(org, kind, row)


def _erase(org: Org, kind: Kind, row: Row) -> None:
    """Remove a record with its history and all that hangs on it, in the bin or not; what merely points to it forgets it."""
    for child in kind.children:
        if not child.cascade:
            continue
        child_kind = org.kinds[child.kind]
        for found in [r for r in org.store.rows(child.kind, deleted=True) if r.values.get(child.column) == row.id]:
            if not found.deleted and activities.may_stay(org, child_kind, found, child.column):
                lookups.release(org, child_kind, found, child.column, kind, row)
            else:
                _erase(org, child_kind, found)
    lookups.clear(org, kind, row)
    current = org.store.get(kind.name, row.id, deleted=True) or row
    org.store.erase(current)
    follow(org, kind, current, None)


def record_consent(
    org: Org, kind: Kind, record_id: str, key: ConsentKey, *, grant: bool, proof: ConsentProof | None
) -> None:
    """The person behind a record says yes or no. Raises DeskError when no field can hold it."""
    booleans = frozenset(n for n, c in kind.columns.items() if c.info.type is FieldType.BOOLEAN)
    changes = consent_changes(kind.name, key, org.consent_fields, booleans, grant=grant, proof=proof)
    if not changes:
        raise DeskError(f"no field of {kind.name} carries the consent {key}: none is declared for it (`consent:` of a field in the mapping)")
    edit(org, kind, record_id, changes)


def merge(org: Org, kind: Kind, winner_id: str, loser_ids: Sequence[str]) -> Row:
    """A person merges one or two records into another: losers go to the bin, what hung on them moves over."""
    with at_the_desk(org) as writer:
        if not 1 <= len(loser_ids) <= 2:
            raise DeskError("select up to three records to merge")
        losers = [living(org, kind, i) for i in loser_ids]
        saved, _moved = merging.merge(org, kind, living(org, kind, winner_id), losers, writer)
        return saved


def convert(org: Org, lead_id: str, account_id: str | None = None) -> str:
    """A person converts a lead into a contact of ``account_id`` (or of a new account) and returns the contact's id.

    The box that asks for no opportunity is ticked.
    """
    with at_the_desk(org) as writer:
        wish = conversion.Wish(conversion.converted_status(org), account_id=account_id, with_opportunity=False)
        return conversion.convert(org, living(org, org.kinds["Lead"], lead_id), wish, writer).contact_id


def restore(org: Org, kind: Kind, record_id: str) -> Row:
    """A person takes a record out of the recycle bin."""
    with at_the_desk(org):
        row = org.row(kind, record_id)
        if row is None:
            raise unknown_row()
        return recycle_bin.undelete(org, kind, row)


def living(org: Org, kind: Kind, record_id: str) -> Row:
    """Return a living row. Raises ApiError."""
    row = org.row(kind, record_id)
    if row is None:
        raise unknown_row()
    if row.deleted:
        raise deleted_row()
    return row


def seeded(org: Org, act: Callable[[Writer], Result]) -> Result:
    """Do ``act`` as the administrator who set up the org. Raises ValueError for what cannot be stored."""
    with org.acting(Actor.SEED):
        try:
            return act(Writer(org.admin_id, sees_all=True))
        except ApiError as error:
            raise ValueError(error.message) from error
