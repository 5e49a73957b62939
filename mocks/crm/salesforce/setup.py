"""What an administrator does to fields while the org is in use: a field goes, is hidden or locked, a list changes.

Source: the vendor's pages on deleting custom fields (queries that name one answer INVALID_FIELD, `No such column`), on
field-level security and on picklists (a value that is deactivated cannot be written any more; records keep it).
"""

from __future__ import annotations

from dataclasses import replace

from ...dialect import DeskError
from ...schema import FieldInfo, Option
from .columns import Column
from .kinds import Kind
from .org import Org


def reshape(org: Org, kind: Kind, name: str, change: str, value: str) -> None:
    """Change one field as `Dialect.reshape` says. Raises DeskError for what Setup does not offer."""
    column = kind.columns.get(name)
    if column is None:
        raise DeskError(f"{kind.name} has no field {name}")
    if change == "remove":
        _remove(kind, column)
    elif change in ("hide", "lock"):
        _refuse_vendors_own(kind, column, change)
        kind.secure(name, hidden=change == "hide", read_only=change == "lock")
    elif change == "require":
        if not column.info.createable:
            raise DeskError(f"{kind.name}.{name} is not for people to fill in")
        kind.replace(replace(column, info=replace(column.info, required=True)))
    else:
        kind.replace(replace(column, info=_with_list(kind, column.info, change, value)))
    kind.changed_ms = org.clock.now_ms()


def _remove(kind: Kind, column: Column) -> None:
    """Take a custom field away; records keep what was in it, and nobody gets to see it."""
    if not column.info.custom:
        raise DeskError(f"{kind.name}.{column.name} is a standard field and cannot be deleted")
    del kind.columns[column.name]
    kind.changed()


def _refuse_vendors_own(kind: Kind, column: Column, change: str) -> None:
    if column.info.required or column.name_field or column.name in ("Id", "IsDeleted", "OwnerId"):
        raise DeskError(f"{kind.name}.{column.name} is required by the vendor: nobody can {change} it")


def _with_list(kind: Kind, info: FieldInfo, change: str, value: str) -> FieldInfo:
    """Return a picklist with one value more, or with one that cannot be chosen any more."""
    if not info.options or change not in ("add_value", "remove_value"):
        raise DeskError(f"{kind.name}.{info.name} is no picklist, so `{change}` cannot be done to it")
    is_known = any(o.value == value and o.active for o in info.options)
    if is_known == (change == "add_value"):
        raise DeskError(f"{kind.name}.{info.name} {'has' if is_known else 'has no'} value {value!r}")
    if change == "add_value":
        return replace(info, options=(*info.options, Option(value, value)))
    return replace(info, options=tuple(replace(o, active=False) if o.value == value else o for o in info.options))
