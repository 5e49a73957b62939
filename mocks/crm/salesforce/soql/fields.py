"""From a written path to a column that can be read from a row: case, aliases, relationships, hidden fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ....journal import Row
from ....schema import FieldInfo, FieldType
from .errors import LocatedError, no_such_column, no_such_relationship
from .session import Session
from .tree import Path

MAX_HOPS = 5
# A text area longer than this is a long text area: it can be selected and nothing else.
MAX_FILTERABLE_CHARS = 255


class Nature(StrEnum):
    """How values of a field compare, whatever the exact type."""

    TEXT = "text"
    PICKLIST = "picklist"
    MULTI_PICKLIST = "multi-picklist"
    ID = "id"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    OPAQUE = "opaque"


_NATURES = {
    **dict.fromkeys(("string", "email", "phone", "url", "textarea", "encryptedstring", "combobox"), Nature.TEXT),
    **dict.fromkeys(("id", "reference", "masterrecord"), Nature.ID),
    **dict.fromkeys(("int", "long", "double", "currency", "percent"), Nature.NUMBER),
    "picklist": Nature.PICKLIST,
    "multipicklist": Nature.MULTI_PICKLIST,
    "boolean": Nature.BOOLEAN,
    "date": Nature.DATE,
    "datetime": Nature.DATETIME,
}
# What a path may ask of a parent that may be of several kinds: the fields and parents of the vendor's object `Name`.
_NAME_FIELDS = frozenset({
    "id", "alias", "email", "firstname", "isactive", "lastname", "name", "phone", "title", "type", "username", "profileid",
    "userroleid", "recordtypeid",
})
_NAME_PARENTS = frozenset({"profile", "userrole", "recordtype"})
_FRACTIONAL = frozenset({"double", "currency", "percent"})
_ADDRESS_PARTS = ("City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street")

Reader = Callable[[Row], Any]


def nature_of(info: FieldInfo) -> Nature:
    """Return how values of the field compare; OPAQUE for what a query can only select."""
    kind = info.vendor_type.lower()
    if kind == "textarea" and info.max_length is not None and info.max_length > MAX_FILTERABLE_CHARS:
        return Nature.OPAQUE
    return _NATURES.get(kind, Nature.OPAQUE)


@dataclass(frozen=True, slots=True)
class Hop:
    """One step to a parent: canonical relationship name, possible kinds, and how to take it."""

    name: str
    kinds: tuple[str, ...]
    # The parent may be of several kinds; Salesforce then calls its type ``Name``.
    polymorphic: bool
    follow: Callable[[Row], Row | None]


@dataclass(frozen=True, slots=True)
class Column:
    """A field reached from the root row: ``leaf`` reads it from the row that holds it, ``read`` from the root."""

    hops: tuple[Hop, ...]
    info: FieldInfo
    nature: Nature
    leaf: Reader
    read: Reader

    @property
    def name(self) -> str:
        """Return the canonical dotted path."""
        return ".".join([*(hop.name for hop in self.hops), self.info.name])


class Scope:
    """The sObject after FROM, and the names by which its own fields may be prefixed."""

    def __init__(self, session: Session, kind: str, alias: str | None = None) -> None:
        self.session = session
        self.kind = kind
        self._prefixes = {kind.lower()} | ({alias.lower()} if alias else set())

    def column(self, path: Path) -> Column:
        """Return the column a path names. Raises `LocatedError` for unknown or hidden names."""
        parts = path.parts
        if len(parts) > 1 and parts[0].lower() in self._prefixes and self._parent((self.kind,), parts[0]) is None:
            parts = parts[1:]
        if len(parts) - 1 > MAX_HOPS:
            raise LocatedError(f"Relationship paths can not be more than {MAX_HOPS} levels deep: {path.text}", at=path.at)
        kinds: tuple[str, ...] = (self.kind,)
        hops: list[Hop] = []
        for relationship in parts[:-1]:
            if hops and hops[-1].polymorphic and relationship.lower() not in _NAME_PARENTS:
                raise no_such_relationship(relationship, path.at, hint=f"{hops[-1].name} may be of several kinds: {', '.join(kinds)}")
            hop = self._hop(kinds, relationship, path.at)
            hops.append(hop)
            kinds = hop.kinds
        return self._leaf_column(tuple(hops), kinds, parts[-1], path.at)

    def own(self, info: FieldInfo) -> Column:
        """Return the column of a field of the sObject itself."""
        leaf = reader_of(info)
        return Column((), info, nature_of(info), leaf, leaf)

    def _leaf_column(self, hops: tuple[Hop, ...], kinds: tuple[str, ...], name: str, at: int) -> Column:
        polymorphic = bool(hops) and hops[-1].polymorphic
        if polymorphic and name.lower() == "type":
            info = FieldInfo("Type", "Type", FieldType.TEXT, "string")
            leaf: Reader = _type_of_row
        else:
            asked = kinds if not polymorphic or name.lower() in _NAME_FIELDS else ()
            found = next((i for i in (self.session.field(k, name) for k in asked) if i is not None), None)
            if found is None:
                raise no_such_column(name, "Name" if polymorphic else kinds[0], at)
            info = found
            leaf = reader_of(info)
        return Column(hops, info, nature_of(info), leaf, _through(hops, leaf))

    def _parent(self, kinds: tuple[str, ...], relationship: str) -> tuple[str, tuple[str, ...]] | None:
        for kind in kinds:
            found = self.session.source.parent(kind, relationship)
            # A hidden foreign key hides the relationship with it.
            if found is not None and not self.session.source.hidden(kind, found[0]):
                return found
        return None

    def _hop(self, kinds: tuple[str, ...], relationship: str, at: int) -> Hop:
        found = self._parent(kinds, relationship)
        if found is None:
            raise no_such_relationship(relationship, at)
        key, targets = found
        parents = tuple(kind for kind in targets if self.session.source.kind(kind) is not None)
        if not parents:
            raise no_such_relationship(relationship, at, hint=f"not mocked: {', '.join(targets)}")
        get = self.session.source.get
        alive = self.session.alive

        def follow(row: Row) -> Row | None:
            record_id = row.values.get(key)
            if not record_id:
                return None
            for kind in parents:
                found = get(kind, record_id)
                if found is not None:
                    return alive(found)
            return None

        return Hop(_relationship_name(key, relationship), parents, len(targets) > 1, follow)


def _relationship_name(key: str, written: str) -> str:
    """Return the canonical spelling, which follows from the foreign key: AccountId -> Account, Ref__c -> Ref__r."""
    name = key[:-2] if key.endswith("Id") else key[:-1] + "r" if key.endswith("__c") else written
    return name if name.lower() == written.lower() else written


def _type_of_row(row: Row) -> str:
    # A group that owns records is a queue, and that is what Owner.Type says.
    return "Queue" if row.kind == "Group" else row.kind


def _through(hops: tuple[Hop, ...], leaf: Reader) -> Reader:
    if not hops:
        return leaf
    if len(hops) == 1:
        follow = hops[0].follow

        def read_parent(row: Row) -> Any:
            parent = follow(row)
            return None if parent is None else leaf(parent)

        return read_parent

    def read(row: Row) -> Any:
        for hop in hops:
            parent = hop.follow(row)
            if parent is None:
                return None
            row = parent
        return leaf(row)

    return read


def reader_of(info: FieldInfo) -> Reader:
    """Return how the field's value is shown: booleans are never null, fractional numbers never integers."""
    name = info.name
    kind = info.vendor_type.lower()
    if kind == "boolean":
        return lambda row: bool(row.values.get(name))
    if kind == "address":
        return lambda row: compound_address(row.values, name)
    if kind in _FRACTIONAL:

        def read_number(row: Row) -> Any:
            value = row.values.get(name)
            return float(value) if type(value) is int else value

        return read_number
    return lambda row: row.values.get(name)


def compound_address(values: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return a compound address built from its parts (MailingAddress from MailingCity...), None if all are blank."""
    if values.get(name) is not None:
        stored: dict[str, Any] = values[name]
        return stored
    prefix = name.removesuffix("Address")
    parts = {part[0].lower() + part[1:]: values.get(prefix + part) for part in _ADDRESS_PARTS}
    return parts if any(value is not None for value in parts.values()) else None
