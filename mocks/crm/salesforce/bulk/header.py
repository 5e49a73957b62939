"""What the columns of a table mean: fields, or fields of a related record (`Account.Ext__c`, `User:Owner.Username`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..columns import Column
from ..kinds import Kind
from ..org import Org
from .tables import TableError

NULL = "#N/A"
# So many different texts of a column are remembered, to be kept once.
MOST_SHARED = 4_096

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the cells of one column go: ``field``, or ``related`` (relationship, type, key field) of a parent."""

    field: str
    related: tuple[str, str, str] | None = None


def payload_maker(org: Org, kind: Kind, header: Sequence[str], operation: str, key: Column | None) -> Callable[[list[str]], Payload]:
    """Return what makes a payload of a row's cells: `#N/A` is null, an empty cell leaves the field alone.

    Raises TableError for a column that the object has not, one that stands twice, or a key column that is missing.
    """
    if operation in ("delete", "hardDelete") and [n.lower() for n in header] != ["id"]:
        raise TableError(f"InvalidBatch : The '{operation}' batch must contain only ids")
    targets = [_target(org, kind, name) for name in header]
    fields = [t.field for t in targets if t.related is None]
    for name in fields:
        if fields.count(name) > 1:
            raise TableError(f"InvalidBatch : Field name appears more than once : {name}", assumed=True)
    needed = key.name if key is not None else "Id" if operation == "update" else None
    if needed is not None and needed not in fields:
        raise TableError(f"InvalidBatch : Field name not found : {needed}")
    if len(fields) == len(targets):
        return _plain(fields)
    return _with_parents(targets)


def _plain(fields: list[str]) -> Callable[[list[str]], Payload]:
    plans: list[tuple[str, dict[str, str | None]]] = [(name, {NULL: None}) for name in fields]

    def make(cells: list[str]) -> Payload:
        return {name: _shared(known, cell) for (name, known), cell in zip(plans, cells, strict=True) if cell}

    return make


def _shared(known: dict[str, str | None], cell: str) -> str | None:
    # A table repeats countries, titles and dates ten thousand times; the records then hold one text for all.
    return known.setdefault(cell, cell) if len(known) < MOST_SHARED else known.get(cell, cell)


def _with_parents(targets: list[Target]) -> Callable[[list[str]], Payload]:
    plans: list[tuple[Target, dict[str, str | None]]] = [(target, {NULL: None}) for target in targets]

    def make(cells: list[str]) -> Payload:
        made: Payload = {}
        for (target, known), cell in zip(plans, cells, strict=True):
            if not cell:
                continue
            if target.related is None or cell == NULL:
                made[target.field] = _shared(known, cell)
            else:
                relationship, kind, name = target.related
                made[relationship] = {"attributes": {"type": kind}, name: cell}
        return made

    return make


def _target(org: Org, kind: Kind, name: str) -> Target:
    path, _, leaf = name.rpartition(".")
    if not path:
        field = kind.lower.get(name.lower())
        if field is None:
            raise _not_found(name)
        return Target(field)
    wanted, _, relationship = path.rpartition(":")
    column = kind.relationships.get(relationship.lower())
    if column is None:
        raise _not_found(name)
    for target in column.info.reference_to:
        if wanted and target.lower() != wanted.lower():
            continue
        found = org.kinds[target].find(leaf)
        if found is not None and found.is_key:
            return Target(column.name, (relationship, target, found.name))
    raise _not_found(name)


def _not_found(name: str) -> TableError:
    return TableError(f"InvalidBatch : Field name not found : {name}")
