"""The objects (kinds) of one org: their fields, looked up without regard to letter case, and what follows from them.

The standard ones stand in `fields.yaml`; `Kind.add` takes an administrator's custom fields.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from ...schema import FieldInfo, FieldType
from .columns import Column, parse_column

ADDRESS_PARTS = ("Street", "City", "State", "PostalCode", "Country")


@dataclass(frozen=True, slots=True)
class Child:
    """A relationship seen from the parent: records of ``kind`` whose ``column`` points here."""

    relationship: str | None
    kind: str
    column: str
    cascade: bool


@dataclass(slots=True)
class Kind:
    """One object of the org. ``columns`` is keyed by canonical name, in the order in which describe shows them."""

    name: str
    label: str
    plural: str
    prefix: str
    columns: dict[str, Column]
    closed: bool = False
    history: str | None = None
    children: list[Child] = field(default_factory=list)
    hidden: frozenset[str] = frozenset()
    changed_ms: int = 0
    # What follows from the columns, so that the hot paths need not look for it.
    lower: dict[str, str] = field(default_factory=dict)
    infos: dict[str, FieldInfo] = field(default_factory=dict)
    relationships: dict[str, Column] = field(default_factory=dict)
    template: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    compounds: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    required: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.derive()

    @property
    def custom(self) -> bool:
        """Tell whether an administrator made the object."""
        return self.name.endswith("__c")

    @property
    def name_field(self) -> str | None:
        """Return the field that names a record to people."""
        return next((c.name for c in self.columns.values() if c.name_field), None)

    def derive(self) -> None:
        """Compute what follows from the columns; called again whenever they change."""
        columns = {n: c for n, c in self.columns.items() if n not in self.hidden}
        self.lower = {n.lower(): n for n in columns}
        self.infos = {n: c.info for n, c in columns.items()}
        self.relationships = {c.relationship.lower(): c for c in columns.values() if c.relationship}
        self.template = {n: c.blank for n, c in self.columns.items() if c.info.vendor_type != "address"}
        self.shown = {n: None if c.info.vendor_type == "address" else c.blank for n, c in self.columns.items()}
        self.compounds = tuple((n, _parts(n)) for n, c in columns.items() if c.info.vendor_type == "address")
        self.required = tuple(n for n, c in columns.items() if c.info.required and c.info.createable)
        self.keys = tuple(n for n, c in self.columns.items() if _is_indexed(c))

    def add(self, column: Column) -> None:
        """Add a custom field. Raises ValueError when the name is taken."""
        if column.name.lower() in {n.lower() for n in self.columns}:
            raise ValueError(f"{self.name} already has a field {column.name}")
        self.columns[column.name] = column
        self.derive()

    def replace(self, column: Column) -> None:
        """Put a changed column in the place of the one of the same name."""
        self.columns[column.name] = column
        self.derive()

    def hide(self, names: frozenset[str]) -> None:
        """Set the fields that field-level security hides from the integration user."""
        self.hidden = names
        self.derive()

    def find(self, name: str) -> Column | None:
        """Return the visible column called ``name`` in any letter case."""
        canonical = self.lower.get(name.lower())
        return self.columns[canonical] if canonical is not None else None


def _is_indexed(column: Column) -> bool:
    # Fields with few values (owner, last modifier) stay out: an index entry of ten thousand ids is copied at each write.
    if column.name == "Id" or column.name_field:
        return False
    return column.is_key or column.info.unique or column.info.type is FieldType.EMAIL or column.children is not None


def _parts(compound: str) -> tuple[tuple[str, str], ...]:
    prefix = compound.removesuffix("Address")
    return tuple((part[0].lower() + part[1:], prefix + part) for part in ADDRESS_PARTS)


_CREATED = (
    'CreatedDate datetime readonly "Created Date"',
    'CreatedById reference(User) readonly "Created By ID"',
)
_MODIFIED = (
    'LastModifiedDate datetime readonly "Last Modified Date"',
    'LastModifiedById reference(User) readonly "Last Modified By ID"',
    'SystemModstamp datetime readonly "System Modstamp"',
)


@lru_cache(maxsize=1)
def _standard() -> dict[str, tuple[dict[str, Any], tuple[Column, ...]]]:
    text = files(__package__).joinpath("fields.yaml").read_text("utf-8")
    found: dict[str, tuple[dict[str, Any], tuple[Column, ...]]] = {}
    for name, about in yaml.safe_load(text).items():
        audit = _CREATED if about.get("audit") == "created" else (*_CREATED, *_MODIFIED)
        lines = ('Id id readonly idlookup "Record ID"', 'IsDeleted boolean readonly "Deleted"')
        own = [line for line in about["fields"].splitlines() if line.strip()]
        found[name] = about, tuple(parse_column(line) for line in (*lines, *own, *audit))
    return found


def standard_kinds() -> dict[str, Kind]:
    """Return fresh kinds for one org, with their child relationships."""
    kinds = {
        name: Kind(
            name, about["label"], about["plural"], about["prefix"], {c.name: c for c in columns},
            closed=about.get("closed", False), history=about.get("history"),
        )
        for name, (about, columns) in _standard().items()
    }
    for kind in kinds.values():
        for column in kind.columns.values():
            link(kinds, kind, column)
    return kinds


def link(kinds: dict[str, Kind], kind: Kind, column: Column) -> None:
    """Enter a look-up field of ``kind`` among the children of the kinds it points to."""
    for target in column.info.reference_to:
        if target in kinds and column.children:
            kinds[target].children.append(Child(column.children, kind.name, column.name, column.cascade))
