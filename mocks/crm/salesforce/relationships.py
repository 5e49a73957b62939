"""Addresses that follow a relationship: `/Contact/<id>/Account` is the parent, `/Account/<id>/Contacts` are the children.

Source: research `salesforce.md` section 1.4 (a parent that is not there is 404, children are a query result).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...journal import Row
from ...wire import Request
from .errors import deleted_row, not_found
from .ids import full_id
from .kinds import Child, Kind
from .org import Org
from .wire import no_such_column


def is_relationship(kind: Kind, request: Request) -> bool:
    """Tell whether an address that could name an external id and its value is an id and a relationship instead."""
    first = request.params["field"]
    return full_id(first) is not None and kind.find(first) is None


def parent(org: Org, kind: Kind, row: Row, name: str) -> tuple[Kind, Row] | None:
    """Return the living parent that a relationship leads to, None when the name is none of a parent.

    Raises ApiError 404 when the field is blank or the parent lies in the recycle bin.
    """
    column = kind.relationships.get(name.lower())
    if column is None:
        return None
    for target in column.info.reference_to:
        found = org.store.get(target, str(row.values.get(column.name)), deleted=True) if target in org.kinds else None
        if found is not None:
            if found.deleted:
                raise deleted_row()
            return org.kinds[target], found
    raise not_found(hint=f"{column.name} is blank")


def children_query(org: Org, kind: Kind, row: Row, name: str, fields: Sequence[str]) -> str:
    """Return the query for the children of a relationship. Raises ApiError for an unknown relationship or field."""
    child = _child(org, kind, name)
    columns = org.kinds[child.kind]
    names = []
    for field in fields:
        column = columns.find(field.strip())
        if column is None:
            raise no_such_column(columns, field.strip())
        names.append(column.name)
    shown = list(dict.fromkeys(names)) or list(columns.infos)
    return f"SELECT {', '.join(shown)} FROM {child.kind} WHERE {child.column} = '{row.id}'"  # noqa: S608 (names of the org, not of the caller)


def _child(org: Org, kind: Kind, name: str) -> Child:
    for child in kind.children:
        if (child.relationship or "").lower() == name.lower() and child.column not in org.kinds[child.kind].hidden:
            return child
    known = [*(c.relationship for c in kind.relationships.values()), *(c.relationship for c in kind.children)]
    raise not_found(hint=f"no relationship {name} of {kind.name}; known: {', '.join(filter(None, known))}")
