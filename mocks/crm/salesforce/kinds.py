"""The objects (kinds) of one org: their fields, looked up without regard to letter case, and what follows from them.

The standard ones stand in `fields.yaml` and `privacy.yaml`; `Kind.add` takes an administrator's custom fields.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from ...schema import FieldInfo, FieldType
from .columns import Column, parse_column

_TABLES = ("fields.yaml", "privacy.yaml")
_OPTIONAL = "optional.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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
    read_only: frozenset[str] = frozenset()
    changed_ms: int = 0
    # Besides Master, as the description of an own org tells them.
    record_types: tuple[dict[str, Any], ...] = ()
    # What follows from the columns, so that the hot paths need not look for it: made by `derive` when first asked for.
    # ``seen``: the columns as the integration user sees them, without hidden ones, and those it may not write closed.
    seen: dict[str, Column] = field(init=False, compare=False)
    lower: dict[str, str] = field(init=False, compare=False)
    infos: dict[str, FieldInfo] = field(init=False, compare=False)
    relationships: dict[str, Column] = field(init=False, compare=False)
    template: dict[str, Any] = field(init=False, compare=False)
    shown: dict[str, Any] = field(init=False, compare=False)
    compounds: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = field(init=False, compare=False)
    required: tuple[str, ...] = field(init=False, compare=False)
    documented: tuple[str, ...] = field(init=False, compare=False)
    uncomputed: tuple[str, ...] = field(init=False, compare=False)
    # (text, code) of each state and country that must be on a list.
    regions: tuple[tuple[str, str], ...] = field(init=False, compare=False)
    keys: tuple[str, ...] = field(init=False, compare=False)
    # (kind pointed to, field) of each look-up whose records neither go with nor belong to what they point to.
    lookups: tuple[tuple[str, str], ...] = field(init=False, compare=False)
    _is_derived: bool = field(default=False, init=False, compare=False)

    def __getattr__(self, name: str) -> Any:
        """Return what follows from the columns, which have changed since it was last made."""
        if name not in _DERIVED:
            raise AttributeError(f"{type(self).__name__} has no attribute {name}")
        self.derive()
        return getattr(self, name)

    @property
    def custom(self) -> bool:
        """Tell whether an administrator made the object."""
        return self.name.endswith("__c")

    @property
    def deletable(self) -> bool:
        """Tell whether its records may be deleted: users can only be deactivated (the vendor's describe says so)."""
        return not self.closed and self.name != "User"

    @property
    def name_field(self) -> str | None:
        """Return the field that names a record to people."""
        return next((c.name for c in self.columns.values() if c.name_field), None)

    def derive(self) -> None:
        """Compute what follows from the columns."""
        columns = {n: c for n, c in self.columns.items() if n not in self.hidden}
        for name in self.read_only & columns.keys():
            columns[name] = replace(columns[name], info=replace(columns[name].info, createable=False, updateable=False))
        self.seen = columns
        self.lower = {n.lower(): n for n in columns}
        self.infos = {n: c.info for n, c in columns.items()}
        self.relationships = {c.relationship.lower(): c for c in columns.values() if c.relationship}
        self.template = {n: c.blank for n, c in self.columns.items() if c.info.vendor_type != "address"}
        self.shown = {n: None if c.info.vendor_type == "address" else c.blank for n, c in self.columns.items()}
        self.compounds = tuple((n, _parts(n)) for n, c in columns.items() if c.info.vendor_type == "address")
        self.required = tuple(n for n, c in columns.items() if c.info.required and c.info.createable)
        self.documented = tuple(n for n, c in columns.items() if c.documented)
        self.uncomputed = tuple(n for n, c in columns.items() if c.uncomputed)
        self.regions = tuple((n, f"{n}Code") for n in self.columns if self._is_region(n))
        self.keys = tuple(n for n, c in self.columns.items() if is_indexed(c))
        self.lookups = tuple((t, n) for n, c in self.columns.items() if _is_loose(c) for t in c.info.reference_to)
        self._is_derived = True

    def changed(self) -> None:
        """Forget what followed from the columns; to be called whenever they have changed."""
        if self._is_derived:
            self._is_derived = False
            for name in _DERIVED:
                delattr(self, name)

    def copy(self) -> Kind:
        """Return the same object for another org; what `derive` makes is replaced as a whole, so it may be shared."""
        made = copy(self)
        made.columns, made.children = dict(self.columns), list(self.children)
        return made

    def _is_region(self, name: str) -> bool:
        code = self.columns.get(f"{name}Code")
        return name.endswith(("Country", "State")) and code is not None and code.info.vendor_type == "picklist"

    def add(self, column: Column) -> None:
        """Add a custom field. Raises ValueError when the name is taken."""
        if column.name.lower() in {n.lower() for n in self.columns}:
            raise ValueError(f"{self.name} already has a field {column.name}")
        self.columns[column.name] = column
        self.changed()

    def replace(self, column: Column) -> None:
        """Put a changed column in the place of the one of the same name."""
        self.columns[column.name] = column
        self.changed()

    def secure(self, name: str, *, hidden: bool = False, read_only: bool = False) -> None:
        """Set what field-level security lets the integration user do with a field; everything unless told otherwise."""
        self.hidden = self.hidden | {name} if hidden else self.hidden - {name}
        self.read_only = self.read_only | {name} if read_only else self.read_only - {name}
        self.changed()

    def find(self, name: str) -> Column | None:
        """Return the visible column called ``name`` in any letter case."""
        canonical = self.lower.get(name.lower())
        return self.seen[canonical] if canonical is not None else None


_DERIVED = (
    "seen", "lower", "infos", "relationships", "template", "shown", "compounds", "required", "documented", "uncomputed",
    "regions", "keys", "lookups",
)  # fmt: skip


def is_indexed(column: Column) -> bool:
    """Tell whether records are sought by a column so often that the store keeps an index of it."""
    # Fields with few values (owner, last modifier) stay out: an index entry of ten thousand ids is copied at each write.
    if column.name == "Id" or column.name_field:
        return False
    if column.is_key or column.info.unique or column.info.type is FieldType.EMAIL or column.children is not None:
        return True
    return column.indexed or (column.info.custom and bool(column.info.reference_to))


def _is_loose(column: Column) -> bool:
    own = column.children is not None or column.info.custom
    return own and not column.cascade and column.info.updateable and not column.info.required


def _parts(compound: str) -> tuple[tuple[str, str], ...]:
    prefix = compound.removesuffix("Address")
    return tuple((part[0].lower() + part[1:], prefix + part) for part in ADDRESS_PARTS)


_ALWAYS = ('Id id readonly idlookup "Record ID"', 'IsDeleted boolean readonly "Deleted"')
_CREATED = (
    'CreatedDate datetime readonly "Created Date"',
    'CreatedById reference(User) readonly "Created By ID"',
)
_MODIFIED = (
    'LastModifiedDate datetime readonly "Last Modified Date"',
    'LastModifiedById reference(User) readonly "Last Modified By ID"',
    'SystemModstamp datetime readonly "System Modstamp"',
)


def _read(table: str) -> dict[str, Kind]:
    audits = {"created": _CREATED, "modified": _MODIFIED, "system": ()}
    found = {}
    text = files(__package__).joinpath(table).read_text("utf-8")
    for name, about in yaml.load(text, Loader=_LOADER).items():  # noqa: S506 (a safe loader, both of them)
        own = [line for line in about["fields"].splitlines() if line.strip()]
        lines = (*_ALWAYS, *own, *audits.get(about.get("audit", ""), (*_CREATED, *_MODIFIED)))
        columns = {c.name: c for c in map(parse_column, lines)}
        found[name] = Kind(
            name, about["label"], about["plural"], about["prefix"], columns,
            closed=about.get("closed", False), history=about.get("history"),
        )
    return found


@lru_cache(maxsize=1)
def _standard() -> dict[str, Kind]:
    kinds = {name: kind for table in _TABLES for name, kind in _read(table).items()}
    for kind in kinds.values():
        kind.derive()  # here, so that its copies need not
        for column in kind.columns.values():
            link(kinds, kind, column)
    return kinds


@lru_cache(maxsize=1)
def _optional() -> dict[str, Kind]:
    return _read(_OPTIONAL)


def audit_columns() -> tuple[Column, ...]:
    """Return the fields that every object has, custom ones too."""
    return tuple(parse_column(line) for line in (*_ALWAYS, *_CREATED, *_MODIFIED))


def standard_kinds() -> dict[str, Kind]:
    """Return fresh kinds for one org, with their child relationships."""
    return {name: kind.copy() for name, kind in _standard().items()}


def optional_kind(name: str) -> Kind:
    """Return a fresh kind that an org has only after a feature was switched on; `link` enters its look-ups."""
    return _optional()[name].copy()


def link(kinds: dict[str, Kind], kind: Kind, column: Column) -> None:
    """Enter a look-up field of ``kind`` among the children of the kinds it points to."""
    for target in column.info.reference_to:
        if target in kinds and column.children:
            kinds[target].children.append(Child(column.children, kind.name, column.name, column.cascade))
