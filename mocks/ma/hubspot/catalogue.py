"""Property definitions of one object type, compiled for fast reading: an immutable catalogue, replaced when it changes.

What a portal has from the start comes from `properties_data`; what was added or changed lives in the store (kind
`properties`, one row per object type), so that it is journalled and comes back with a snapshot. Keys of such a row that
begin with `#` are no properties: `#rules` holds validation rules, `#demands` what an administrator requires, `#absent` names
of built-in properties that this portal does not have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from ...schema import FieldInfo, FieldType, Option
from .kinds import OBJECT_TYPES, ObjectType
from .properties_data import BLOCKS, CUSTOM
from .property_words import FIELD_TYPE_OF, Block

MAX_TEXT = 65_536
_BY_PIPELINE = ("pipeline", "dealstage", "hs_pipeline", "hs_pipeline_stage")
RULES, DEMANDS, ABSENT = "#rules", "#demands", "#absent"
_DEFINED_AT = "2020-06-30T15:57:36.000Z"

TYPES = ("bool", "enumeration", "date", "datetime", "string", "number", "phone_number")
READ_ONLY_TYPES = ("object_coordinates", "json")
FIELD_TYPES = {
    "bool": ("booleancheckbox", "calculation_equation"),
    "enumeration": ("booleancheckbox", "checkbox", "radio", "select", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "string": ("file", "text", "textarea", "html", "phonenumber", "calculation_equation"),
    "number": ("number", "calculation_equation"),
    "phone_number": ("phonenumber",),
}
_FIELD_TYPE_OF = {
    FieldType.TEXT: ("string", "text"), FieldType.NUMBER: ("number", "number"), FieldType.DATE: ("date", "date"),
    FieldType.DATETIME: ("datetime", "date"), FieldType.BOOLEAN: ("bool", "booleancheckbox"),
    FieldType.PICKLIST: ("enumeration", "select"), FieldType.MULTI_PICKLIST: ("enumeration", "checkbox"),
    FieldType.EMAIL: ("string", "text"), FieldType.PHONE: ("string", "phonenumber"), FieldType.COUNTRY: ("string", "text"),
    FieldType.REFERENCE: ("number", "number"),
}


@dataclass(frozen=True, slots=True)
class Property:
    """One property. ``options`` are (value, label, hidden); times are ISO stamps."""

    name: str
    label: str
    type: str
    field_type: str
    group: str
    options: tuple[tuple[str, str, bool], ...] = ()
    description: str = ""
    hubspot_defined: bool = False
    read_only: bool = False
    calculated: bool = False
    unique: bool = False
    hidden: bool = False
    form_field: bool = True
    external_options: bool = False
    display_order: int = -1
    refers_to: str | None = None  # OWNER | COMPANY
    archived: bool = False
    created_at: str = ""
    updated_at: str = ""

    @property
    def is_multi(self) -> bool:
        """Tell whether several options may be set, joined by semicolons."""
        return self.type == "enumeration" and self.field_type == "checkbox"

    @property
    def allowed(self) -> tuple[str, ...]:
        """Return the values of the options, in order."""
        return tuple(value for value, _, _ in self.options)

    def with_options(self, options: tuple[tuple[str, str, bool], ...]) -> Property:
        """Return the definition with other options."""
        return replace(self, options=options)

    def like(self, known: Property) -> Property:
        """Return the definition with what it refers to, and whether the vendor made it, as ``known`` has it.

        Pipelines and stages stay without a list of options: the pipelines say what is allowed.
        """
        return replace(self, hubspot_defined=True, refers_to=self.refers_to or known.refers_to,
                       external_options=self.external_options or known.refers_to is not None or self.name in _BY_PIPELINE)

    def plain(self) -> dict[str, Any]:
        """Return the definition as plain data, as the store keeps it."""
        found = {name: getattr(self, name) for name in self.__slots__}
        found["options"] = [list(o) for o in self.options]
        return found

    @staticmethod
    def of_plain(plain: dict[str, Any]) -> Property:
        """Return the definition that `plain` was made from."""
        return Property(**{**plain, "options": tuple((str(v), str(lab), bool(h)) for v, lab, h in plain["options"])})


class Catalogue:
    """All living properties of one object type. Immutable: a change makes a new one."""

    def __init__(
        self, object_type: ObjectType, properties: dict[str, Property], rules: dict[str, Any] | None = None,
        demands: Iterable[dict[str, Any]] = (),
    ) -> None:
        self.object_type = object_type
        # property -> rule type -> (arguments, whether values are put into shape first): see `validations`
        self.rules = rules or {}
        self.demands = tuple(demands)  # what an administrator requires: see `demands`
        self.by_name = {n: p for n, p in sorted(properties.items()) if not p.archived}
        self.archived = {n: p for n, p in properties.items() if p.archived}
        self.defaults = tuple(sorted(object_type.default_properties))
        self.views: dict[Any, Any] = {}  # the cache of `views`: what a query string or a write shows

    # An own shape makes many of these, one per field: what is derived is made when it is first asked for.

    @cached_property
    def options(self) -> dict[str, frozenset[str]]:
        """Return the values that each property may hold by its list; an empty set where there is none."""
        return {n: frozenset(p.allowed) for n, p in self.by_name.items()}

    @cached_property
    def unique(self) -> tuple[str, ...]:
        """Return the properties whose values no two records share."""
        return tuple(n for n, p in self.by_name.items() if p.unique)

    @cached_property
    def computed(self) -> frozenset[str]:
        """Return what the vendor adds to the answer of a write besides the properties that were written."""
        return frozenset(n for n, p in self.by_name.items() if p.read_only) | {"hs_pipeline"}

    @cached_property
    def told_at_once(self) -> frozenset[str]:
        """Return what the answer of a write can tell: no stamps of stages (recorded 2024-26), which are computed a moment later."""
        return frozenset(n for n in self.by_name if not n.startswith(("hs_v2_", "hs_date_")))

    @cached_property
    def schema(self) -> dict[str, FieldInfo]:
        """Return the properties in the neutral words of `mocks.schema`."""
        return {n: field_info(p) for n, p in self.by_name.items()}


@cache
def built_in(kind: str) -> Catalogue:
    """Return the properties that every portal has."""
    return Catalogue(OBJECT_TYPES[kind], _properties(BLOCKS[kind]))


@cache
def _custom(group: str) -> dict[str, Property]:
    return _properties(((group, "", CUSTOM),))


def custom_group(name: str) -> str:
    """Return the property group that a custom object called ``name`` has from the start."""
    return f"{name}_information"


def compiled(object_type: ObjectType, changed: dict[str, Any], more: dict[str, Property]) -> Catalogue:
    """Return the built-in properties, ``more``, and those of a store row laid over them."""
    own = {name: Property.of_plain(plain) for name, plain in changed.items() if name[0] != "#"}
    known = OBJECT_TYPES.get(object_type.kind)
    start = built_in(known.kind).by_name if known is not None else _custom(custom_group(object_type.singular))
    absent = changed.get(ABSENT, ())
    found = {n: p for n, p in {**start, **more, **own}.items() if n not in absent} if absent else {**start, **more, **own}
    return Catalogue(object_type, found, changed.get(RULES), changed.get(DEMANDS, ()))


def stage_property(name: str, label: str, group: str) -> Property:
    """Return a read-only stamp that the vendor adds when somebody adds a stage to a pipeline."""
    return Property(name, label, "datetime", "date", group, hubspot_defined=True, read_only=True, form_field=False,
                    created_at=_DEFINED_AT, updated_at=_DEFINED_AT)


def optout_property(name: str, type_name: str) -> Property:
    """Return the read-only contact property that shows an opt-out of one subscription type."""
    return Property(
        name, f"Opted out of email: {type_name}", "enumeration", "booleancheckbox", "emailinformation",
        (("true", "Yes", False), ("false", "No", False)), hubspot_defined=True, read_only=True, form_field=False,
        created_at=_DEFINED_AT, updated_at=_DEFINED_AT,
    )


def _properties(blocks: Iterable[Block]) -> dict[str, Property]:
    found = (_parse(group, flags, line) for group, flags, text in blocks for line in text.splitlines() if line)
    return {p.name: p for p in found}


def _parse(group: str, shared_flags: str, line: str) -> Property:
    """Read a line of `property_words`."""
    name, label, types, flags, options = [*line.split("|"), "", ""][:5]
    flags += shared_flags
    type_, _, field_type = types.partition("/")
    pairs = [o.strip().partition(":") for o in options.split(",") if o.strip()]
    if type_ == "bool":
        pairs = [("true", ":", "Yes"), ("false", ":", "No")]
    refers = "OWNER" if "O" in flags else "COMPANY" if "C" in flags else None
    return Property(
        name, label, type_, field_type or FIELD_TYPE_OF[type_], group, tuple((v, lab or v, False) for v, _, lab in pairs),
        hubspot_defined=True, read_only="r" in flags, calculated="c" in flags, unique="u" in flags, hidden="h" in flags,
        form_field="F" not in flags, external_options=refers is not None or "X" in flags, refers_to=refers,
        created_at=_DEFINED_AT, updated_at=_DEFINED_AT,
    )


def field_info(prop: Property) -> FieldInfo:
    """Return one property in neutral words."""
    kind = _neutral_type(prop)
    return FieldInfo(
        prop.name, prop.label, kind, prop.type,
        max_length=MAX_TEXT if prop.type in ("string", "phone_number") else None,
        createable=not prop.read_only, updateable=not prop.read_only, unique=prop.unique or prop.name == "email",
        external_id=prop.unique, options=tuple(Option(v, label, not hidden) for v, label, hidden in prop.options),
        restricted=prop.type == "enumeration" and not prop.external_options, custom=not prop.hubspot_defined,
        reference_to={"OWNER": ("owners",), "COMPANY": ("companies",)}.get(prop.refers_to or "", ()), tracked=True,
    )


def _neutral_type(prop: Property) -> FieldType:
    if prop.refers_to:
        return FieldType.REFERENCE
    if prop.type == "enumeration":
        if prop.field_type == "booleancheckbox":
            return FieldType.BOOLEAN
        return FieldType.MULTI_PICKLIST if prop.is_multi else FieldType.PICKLIST
    if prop.name == "email":
        return FieldType.EMAIL
    if prop.field_type == "phonenumber":
        return FieldType.PHONE
    named = {"bool": FieldType.BOOLEAN, "number": FieldType.NUMBER, "date": FieldType.DATE, "datetime": FieldType.DATETIME}
    return FieldType.COUNTRY if prop.name == "country" else named.get(prop.type, FieldType.TEXT)


def property_of(info: FieldInfo, group: str, stamp: str) -> Property:
    """Return the custom property that an administrator makes for ``info``. Raises ValueError for an unknown type."""
    type_, field_type = _FIELD_TYPE_OF[info.type]
    if info.vendor_type and info.vendor_type != type_:
        if info.vendor_type not in TYPES:
            raise ValueError(f"{info.name}: HubSpot has no property type `{info.vendor_type}`; known: {', '.join(TYPES)}")
        type_, field_type = info.vendor_type, FIELD_TYPES[info.vendor_type][0]
        if type_ == "enumeration":
            field_type = "checkbox" if info.type is FieldType.MULTI_PICKLIST else "select"
    options = tuple((o.value, o.label, not o.active) for o in info.options)
    if type_ == "bool" and not options:
        options = (("true", "Yes", False), ("false", "No", False))
    return Property(
        info.name, info.label, type_, field_type, group, options, read_only=not info.updateable,
        unique=info.unique or info.external_id, created_at=stamp, updated_at=stamp,
    )


def archived_copy(prop: Property, stamp: str) -> Property:
    """Return the property as archived at ``stamp``."""
    return replace(prop, archived=True, updated_at=stamp)
