"""One field of an object: what every dialect tells of a field, and what only Salesforce knows about it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from ...schema import FieldInfo, FieldType, Option

TYPES = {
    "string": FieldType.TEXT,
    "textarea": FieldType.TEXT,
    "url": FieldType.TEXT,
    "id": FieldType.TEXT,
    "address": FieldType.TEXT,
    "anyType": FieldType.TEXT,
    "picklist": FieldType.PICKLIST,
    "multipicklist": FieldType.MULTI_PICKLIST,
    "email": FieldType.EMAIL,
    "phone": FieldType.PHONE,
    "combobox": FieldType.TEXT,
    "encryptedstring": FieldType.TEXT,
    "time": FieldType.TEXT,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "int": FieldType.NUMBER,
    "long": FieldType.NUMBER,
    "double": FieldType.NUMBER,
    "currency": FieldType.NUMBER,
    "percent": FieldType.NUMBER,
    "reference": FieldType.REFERENCE,
}
# Precision and scale of numbers of which nothing else is told.
NUMBERS = {"currency": (18, 2), "percent": (18, 2), "double": (18, 2)}


@dataclass(frozen=True, slots=True)
class Column:
    """A field. ``compound`` is the field this one is a part of, ``children`` the relationship its target has.

    ``documented``: the vendor calls the field required, although its metadata do not (switch `consent_capture_required`).
    ``digits``: precision and scale of a number, where metadata tell them. ``uncomputed``: a real org would reckon the value
    by a formula or number it; here it stays blank.
    ``unmocked``: the objects that a look-up may point to besides those of ``info``, of which the mock knows but the name.
    ``indexed``: calculated, and looked up all the same.
    ``valid_for``: for each option, base64 of a bit per value of the controlling picklist; empty where nothing controls it.
    """

    info: FieldInfo
    relationship: str | None = None
    children: str | None = None
    cascade: bool = False
    compound: str | None = None
    calculated: bool = False
    name_field: bool = False
    id_lookup: bool = False
    filterable: bool = True
    documented: bool = False
    case_sensitive: bool = False
    digits: tuple[int, int] | None = None
    uncomputed: bool = False
    valid_for: tuple[str, ...] = ()
    indexed: bool = False
    unmocked: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the canonical name."""
        return self.info.name

    @property
    def blank(self) -> object:
        """Return what a record holds that never was given a value."""
        if self.info.default is not None:
            return self.info.default
        return False if self.info.vendor_type == "boolean" else None

    @property
    def is_key(self) -> bool:
        """Tell whether a record may be addressed by this field: an external id or an id look-up field."""
        return self.info.external_id or self.id_lookup


def parse_column(line: str) -> Column:
    """Return the field that one line of `fields.yaml` describes."""
    name, kind, *rest = line.split(None, 2)
    vendor_type, _, argument = kind.rstrip(")").partition("(")
    text = rest[0] if rest else ""
    label_match = re.search(r'"([^"]*)"\s*$', text)
    label = label_match.group(1) if label_match else label_of(name)
    flags = _flags(text[: label_match.start()] if label_match else text)
    reference = vendor_type == "reference"
    closed = bool({"calculated", "readonly"} & flags.keys())
    info = FieldInfo(
        name=name,
        label=label,
        type=FieldType.COUNTRY if "country" in flags else TYPES[vendor_type],
        vendor_type=vendor_type,
        max_length=int(argument) if argument and not reference else None,
        required="required" in flags,
        createable=not closed,
        updateable=not closed and "fixed" not in flags,
        options=tuple(Option(v, v) for v in flags.get("options", "").split("|") if v),
        restricted="restricted" in flags,
        default=_default(flags.get("default")),
        reference_to=tuple(argument.split("/")) if reference else (),
        digits=NUMBERS.get(vendor_type),
    )
    return Column(
        info,
        relationship=relationship_of(name) if reference else None,
        children=flags.get("children"),
        cascade="cascade" in flags,
        compound=flags.get("in"),
        calculated="calculated" in flags,
        name_field="namefield" in flags,
        id_lookup="idlookup" in flags,
        filterable="unfilterable" not in flags,
        documented="documented" in flags,
        indexed="indexed" in flags,
    )


def _flags(text: str) -> dict[str, str]:
    # A value of `options=` or `default=` may hold blanks; it ends where the next flag begins.
    quoted = re.sub(r"(options|default)=(.*?)(?=\s+(?:options|default|in|children)=|\s*$)", r"\1='\2'", text)
    return {key: value for key, _, value in (word.partition("=") for word in shlex.split(quoted))}


def _default(text: str | None) -> object:
    return {"true": True, "false": False}.get(text, text) if text is not None else None


def label_of(name: str) -> str:
    """Return the words of a field name: `AccountId` -> `Account ID`, `LastName` -> `Last Name`."""
    words = re.findall(r"[A-Z][a-z0-9]*|[A-Z]+(?![a-z])", name)
    return " ".join("ID" if w == "Id" else w for w in words)


def relationship_of(name: str) -> str:
    """Return the relationship of a look-up field: `AccountId` -> `Account`, `Plan__c` -> `Plan__r`."""
    return f"{name[:-3]}__r" if name.endswith("__c") else name.removesuffix("Id")


def custom_column(info: FieldInfo) -> Column:
    """Return the field that an administrator made (its name ends in `__c`)."""
    lookup = info.vendor_type == "reference"
    return Column(info, relationship=relationship_of(info.name) if lookup else None)
