"""The shape of a user's own org, read from what `GET /sobjects/X/describe` answers there. No record travels with it.

`take_metadata` reads one description, a list of them, or `{"sobjects": [...]}` of full ones. It checks everything before it
changes anything, and reading the same document again changes nothing. A whole description (one that tells Id, CreatedDate and
SystemModstamp) tells what its user may see: standard fields that it leaves out are hidden from the integration user here too.
What a description cannot tell is not invented: which
fields have history, the rules, the picklist values of each record type. Formula fields, numbered fields and defaults by formula
are not worked out: such a field says so (`FieldInfo.uncomputed`), and new records, in which it is blank, rest on the assumption
`formula_fields`.

Every description points to objects that are not mocked. A look-up to one takes well-formed ids that belong to no mocked object,
which rests on `unmocked_references`; a later document that brings the object makes it an ordinary look-up. The lists of such
objects' records (child relationships) do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...journal import Actor
from ...schema import FieldInfo, FieldType, Option
from .columns import NUMBERS, TYPES, Column
from .ids import full_id
from .kinds import Child, Kind, audit_columns
from .metadata_forms import check_field, check_object
from .org import Org

_NAME = re.compile(r"[A-Za-z]\w{0,79}")
_CUSTOM = re.compile(r"\w+__c")
# Fields that the mock itself keeps; what a description says of them changes nothing.
_OWN = frozenset({
    "Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp", "MasterRecordId",
})
_WHOLE = frozenset({"Id", "CreatedDate", "SystemModstamp"})
_LONG = frozenset({"string", "textarea", "phone", "email", "url", "picklist", "multipicklist", "combobox", "encryptedstring"})


@dataclass(frozen=True, slots=True)
class _Object:
    name: str
    document: Mapping[str, Any]
    columns: tuple[Column, ...]
    record_types: tuple[Mapping[str, Any], ...]


def take_metadata(org: Org, document: object) -> tuple[str, ...]:
    """Take on the shape that a document tells and return the objects it is about. Raises ValueError naming the place."""
    described = _described(document)
    names = {d["name"] for d in described}
    read = [_read(org, d, f"sobjects[{n}]" if len(described) > 1 else "", names) for n, d in enumerate(described)]
    for found in read:
        if found.name not in org.kinds:
            _make(org, found)
    for found in read:
        _take(org, found)
    _link(org, {found.name for found in read})
    for found in read:
        _relate(org, found)
    return tuple(dict.fromkeys(found.name for found in read))


# -- reading, which changes nothing ------------------------------------------------------------------------------


def _described(document: object) -> list[dict[str, Any]]:
    if isinstance(document, dict) and isinstance(document.get("sobjects"), list):
        document = document["sobjects"]
    found = document if isinstance(document, list) else [document]
    if not found:
        raise ValueError("the metadata describe no object")
    for place, entry in enumerate(found):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ValueError(f"[{place}] is no description of an object: expected what GET /sobjects/<object>/describe answers")
        if not isinstance(entry.get("fields"), list):
            raise ValueError(
                f"{entry['name']} has no list `fields`: GET /sobjects lists objects without them; take the describe of each"
            )
    return list(found)


def _read(org: Org, document: dict[str, Any], place: str, names: set[str]) -> _Object:
    name = document["name"]
    known = org.kinds.get(name)
    if known is None:
        _check_new(org, document)
    where = f"{place} {name}".strip()
    check_object(document, where)
    columns: dict[str, Column] = {}
    for number, entry in enumerate(document["fields"]):
        column = _Reader(org, names, known, f"{where}.fields[{number}]").column(entry)
        if column.name.lower() in columns:
            raise ValueError(f"{where}.fields[{number}]: {column.name} is described twice")
        columns[column.name.lower()] = column
    if known is not None:
        _refuse_headless(known, {c.name for c in columns.values()}, where)
    types = document.get("recordTypeInfos") or []
    if not all(isinstance(t.get("recordTypeId"), str) for t in types):
        raise ValueError(f"{where}.recordTypeInfos is no list of record types")
    own = tuple(t for t in types if not t.get("master"))
    for entry in own:
        if full_id(entry["recordTypeId"]) is None or entry["recordTypeId"][:3] != "012":
            raise ValueError(f"{where}.recordTypeInfos: {entry['recordTypeId']} is no id of a record type")
    return _Object(name, document, _with_default_type(tuple(columns.values()), own), own)


def _refuse_headless(known: Kind, told: set[str], where: str) -> None:
    """Refuse a whole description without a field that nobody can hide. Raises ValueError."""
    missing = [n for n, c in known.columns.items() if c.info.required and not c.info.custom and n not in told]
    if missing and told >= _WHOLE:
        raise ValueError(f"{where} is a whole description without {', '.join(missing)}, which every {known.name} must have")


def _check_new(org: Org, document: dict[str, Any]) -> None:
    name, prefix = document["name"], document.get("keyPrefix")
    if not _CUSTOM.fullmatch(name):
        raise ValueError(f"{name} is a standard object that is not mocked; mocked: {', '.join(org.kinds)}")
    if not isinstance(prefix, str) or not re.fullmatch(r"[0-9A-Za-z]{3}", prefix):
        raise ValueError(f"{name} has no keyPrefix of three characters")
    taken = next((k.name for k in org.kinds.values() if k.prefix == prefix), None)
    if taken is not None:
        raise ValueError(f"{name}: the keyPrefix {prefix} belongs to {taken}")


def _with_default_type(columns: tuple[Column, ...], types: tuple[Mapping[str, Any], ...]) -> tuple[Column, ...]:
    default = next((full_id(t["recordTypeId"]) for t in types if t.get("defaultRecordTypeMapping")), None)
    if default is None:
        return columns
    return tuple(replace(c, info=replace(c.info, default=default)) if c.name == "RecordTypeId" else c for c in columns)


class _Reader:
    """Reads the fields of one object. ``known`` is the object as the mock has it, ``names`` the objects being read."""

    def __init__(self, org: Org, names: set[str], known: Kind | None, place: str) -> None:
        self._org, self._names, self._known, self._place = org, names, known, place

    def column(self, entry: object) -> Column:
        """Return the field that an entry describes. Raises ValueError with the place."""
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not _NAME.fullmatch(entry["name"]):
            raise ValueError(f"{self._place} is no field: it has no name")
        name, vendor_type = entry["name"], entry.get("type")
        old = self._known.columns.get(name) if self._known is not None else None
        if old is not None and name in _OWN:
            return old
        if vendor_type not in TYPES or (vendor_type == "address" and old is None):
            known = ", ".join(t for t in TYPES if t != "address")
            raise ValueError(f"{self._place} ({name}): fields of type `{vendor_type}` are not mocked; mocked: {known}")
        check_field(self._with_values(entry), f"{self._place} ({name})")
        targets = self._targets(entry)
        info = self._info(entry, str(vendor_type), old)
        computed = bool(entry.get("calculated")) or bool(entry.get("autoNumber"))
        formula = entry.get("defaultValueFormula") is not None and info.default is None
        mocked = old is not None and old.calculated
        relationship = entry.get("relationshipName")
        return Column(
            info,
            relationship=relationship if isinstance(relationship, str) else old.relationship if old is not None else None,
            children=old.children if old is not None else None,
            cascade=bool(entry.get("cascadeDelete")) or (old is not None and old.cascade),
            compound=_text(entry, "compoundFieldName"),
            calculated=computed or mocked,
            name_field=bool(entry.get("nameField")),
            id_lookup=bool(entry.get("idLookup")),
            filterable=entry.get("filterable") is not False,
            documented=old is not None and old.documented,
            indexed=old is not None and old.indexed,
            case_sensitive=bool(entry.get("caseSensitive")),
            digits=(_number(entry, "precision"), _number(entry, "scale")) if vendor_type in NUMBERS else None,
            uncomputed=info.uncomputed or formula,
            unmocked=tuple(t for t in targets if t not in info.reference_to),
            valid_for=_valid_for(entry),
        )

    def _info(self, entry: Mapping[str, Any], vendor_type: str, old: Column | None) -> FieldInfo:
        name = str(entry["name"])
        computed = bool(entry.get("calculated")) or bool(entry.get("autoNumber")) or (old is not None and old.calculated)
        createable = entry.get("createable") is not False and not computed
        options = self._options(entry)
        default = self._default(entry, options, vendor_type)
        # What the vendor fills by itself, and not with a default that is known, need not be given.
        filled = bool(entry.get("defaultedOnCreate")) and default is None
        required = createable and entry.get("nillable") is False and not filled and vendor_type != "boolean" and name != "OwnerId"
        is_country = old is not None and old.info.type is FieldType.COUNTRY and vendor_type in ("string", "picklist")
        return FieldInfo(
            name=name, label=_text(entry, "label") or name,
            type=FieldType.COUNTRY if is_country else TYPES[vendor_type], vendor_type=vendor_type,
            max_length=_number(entry, "length") or None if vendor_type in _LONG else None,
            required=required, createable=createable,
            updateable=entry.get("updateable") is not False and not computed,
            unique=bool(entry.get("unique")) and name not in _OWN, external_id=bool(entry.get("externalId")),
            options=options, restricted=bool(entry.get("restrictedPicklist")), custom=name.endswith("__c"),
            default=default, reference_to=tuple(t for t in self._targets(entry) if t in self._org.kinds or t in self._names),
            tracked=old.info.tracked if old is not None else False,
            digits=(_number(entry, "precision"), _number(entry, "scale")) if vendor_type in NUMBERS else None,
            uncomputed=computed and (old is None or not old.calculated or old.uncomputed),
        )

    def _with_values(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        values = entry.get("picklistValues") or []
        if not isinstance(values, list) or not all(isinstance(v, dict) and isinstance(v.get("value"), str) for v in values):
            raise ValueError(f"{self._place} ({entry['name']}): picklistValues is no list of values")
        return entry

    def _options(self, entry: Mapping[str, Any]) -> tuple[Option, ...]:
        values = entry.get("picklistValues") or []
        return tuple(Option(v["value"], str(v.get("label") or v["value"]), v.get("active") is not False) for v in values)

    def _default(self, entry: Mapping[str, Any], options: tuple[Option, ...], vendor_type: str) -> object:
        given = entry.get("defaultValue")
        if vendor_type == "boolean":
            return True if given is True else None  # an unticked box is what every record starts with
        chosen = next((v["value"] for v in entry.get("picklistValues") or [] if v.get("defaultValue") is True), None)
        if chosen is not None and vendor_type in ("picklist", "multipicklist"):
            return chosen
        if given is not None and not isinstance(given, str | int | float):
            raise ValueError(f"{self._place} ({entry['name']}): a default value cannot be {type(given).__name__}")
        return None if options else given

    def _targets(self, entry: Mapping[str, Any]) -> tuple[str, ...]:
        targets = entry.get("referenceTo") or []
        if not isinstance(targets, list) or not all(isinstance(t, str) for t in targets):
            raise ValueError(f"{self._place} ({entry['name']}): referenceTo is no list of objects")
        return tuple(targets)


def _valid_for(entry: Mapping[str, Any]) -> tuple[str, ...]:
    given = [v.get("validFor") for v in entry.get("picklistValues") or []]
    return tuple(g if isinstance(g, str) else "" for g in given) if any(isinstance(g, str) for g in given) else ()


def _text(entry: Mapping[str, Any], key: str) -> str | None:
    found = entry.get(key)
    return found if isinstance(found, str) and found else None


def _number(entry: Mapping[str, Any], key: str) -> int:
    found = entry.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


# -- taking over, which cannot fail ------------------------------------------------------------------------------


def _make(org: Org, found: _Object) -> None:
    document = found.document
    label = _text(document, "label") or found.name
    kind = Kind(
        found.name, label, _text(document, "labelPlural") or label, str(document["keyPrefix"]),
        {c.name: c for c in audit_columns()},
    )
    org.kinds[found.name] = org.by_lower[found.name.lower()] = kind
    org.store.define(found.name, indexes=kind.keys)


def _take(org: Org, found: _Object) -> None:
    kind = org.kinds[found.name]
    before = dict(kind.columns)
    kind.columns.update({c.name: c for c in found.columns})
    kind.label = _text(found.document, "label") or kind.label
    kind.plural = _text(found.document, "labelPlural") or kind.plural
    kind.record_types = tuple({**t, "recordTypeId": full_id(t["recordTypeId"])} for t in found.record_types)
    hidden = kind.hidden
    kind.hidden = (kind.hidden - {c.name for c in found.columns}) | _untold(kind, found)
    kind.changed()
    if kind.columns != before or kind.hidden != hidden:
        kind.changed_ms = org.clock.now_ms()
    org.store.define(kind.name, indexes=kind.keys)
    _fill(org, kind, [c for c in found.columns if c.name not in before and c.blank is not None])
    for entry in kind.record_types:
        _record_type(org, kind, entry)


def _untold(kind: Kind, found: _Object) -> frozenset[str]:
    told = {c.name for c in found.columns}
    if kind.closed or not told >= _WHOLE:
        return frozenset()
    always = {n for n, c in kind.columns.items() if c.info.required or c.name_field or c.info.custom or n.endswith("__c")}
    return frozenset(kind.columns.keys() - told - always - _OWN - {"OwnerId"})


def _fill(org: Org, kind: Kind, added: list[Column]) -> None:
    if not added:
        return
    with org.acting(Actor.HARNESS):
        for row in list(org.store.rows(kind.name, deleted=True)):
            org.store.update(row, {c.name: c.blank for c in added}, touch=False)


def _record_type(org: Org, kind: Kind, entry: Mapping[str, Any]) -> None:
    if org.store.get("RecordType", entry["recordTypeId"], deleted=True) is not None:
        return
    now_ms = org.clock.now_ms()
    name = str(entry.get("name") or entry["recordTypeId"])
    org.seed("RecordType", {
        "Id": entry["recordTypeId"], "Name": name, "DeveloperName": str(entry.get("developerName") or name),
        "SobjectType": kind.name, "IsActive": entry.get("active") is not False,
    }, created_ms=now_ms, modified_ms=now_ms)


def _link(org: Org, names: set[str]) -> None:
    """Let look-ups point to objects that were not mocked when they were described."""
    for kind in org.kinds.values():
        for column in [c for c in kind.columns.values() if names.intersection(c.unmocked)]:
            known = tuple(t for t in column.unmocked if t in names)
            info = replace(column.info, reference_to=(*column.info.reference_to, *known))
            kind.replace(replace(column, info=info, unmocked=tuple(t for t in column.unmocked if t not in names)))
            org.store.define(kind.name, indexes=kind.keys)


def _relate(org: Org, found: _Object) -> None:
    """Enter the child relationships that a parent's description tells."""
    kind = org.kinds[found.name]
    told = found.document.get("childRelationships")
    for entry in told if isinstance(told, list) else ():
        if not isinstance(entry, dict):
            continue
        child, field, name = (_text(entry, k) for k in ("childSObject", "field", "relationshipName"))
        owner = org.kinds.get(child or "")
        column = owner.columns.get(field or "") if owner is not None else None
        if owner is None or column is None or name is None or found.name not in column.info.reference_to:
            continue
        cascade = bool(entry.get("cascadeDelete"))
        if not any(c.kind == owner.name and c.column == column.name for c in kind.children):
            kind.children.append(Child(name, owner.name, column.name, cascade))
        if column.children is None:
            owner.replace(replace(column, children=name, cascade=cascade))
            org.store.define(owner.name, indexes=owner.keys)
