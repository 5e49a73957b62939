"""The mapping file as this connector reads it: only the keys it needs, everything else is passed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .failures import ConfigurationError

# The C loader is five times faster; some builds of PyYAML come without it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

TYPES = frozenset({
    "text", "number", "date", "datetime", "boolean", "picklist", "multi-picklist", "email", "phone", "country",
    "reference",
})
DIRECTIONS = frozenset({"crm_to_ma", "ma_to_crm", "both", "none"})
WINNERS = frozenset({"", "crm", "ma", "latest", "crm_unless_blank", "ma_unless_blank", "most_restrictive"})
FILLS = frozenset({"", "back", "only"})


@dataclass(frozen=True, slots=True)
class ConsentField:
    """A consent: its purpose (`*` = every mail) and the CRM fields that hold the evidence."""

    purpose: str
    crm_at: str = ""
    crm_source: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One pair of fields. A key that the file does not state is an empty string."""

    crm: str
    ma: str
    type: str = "text"
    winner: str = ""
    direction: str = "both"
    blank: str = ""
    enforce: str = ""
    fill: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    crm_format: str = ""
    ma_format: str = ""
    max_length: int | None = None
    consent: ConsentField | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Records for which this holds stay out. Exactly one of crm, ma names the field."""

    reason: str
    crm: str = ""
    ma: str = ""
    values: tuple[Any, ...] = ()
    blank: bool | None = None
    older_than_months: int | None = None
    matches: str = ""


@dataclass(frozen=True, slots=True)
class CompanyLink:
    """The CRM field that names a person's company, and which way it travels."""

    crm: str
    direction: str


@dataclass(frozen=True, slots=True)
class ObjectContract:
    """One pair of kinds with its rules."""

    object: str
    crm: str
    ma: str
    key: tuple[str, str]
    creates: frozenset[str]
    exclude: tuple[Exclusion, ...]
    rules: tuple[Rule, ...]
    consents: tuple[Rule, ...]
    owner: Rule | None
    company: CompanyLink | None
    deletes_crm_to_ma: str
    deletes_ma_to_crm: str
    erases_crm_to_ma: str = ""
    withheld: tuple[Rule, ...] = ()  # what the mapping names so that it stays where it is

    @property
    def crm_fields(self) -> tuple[str, ...]:
        """Return every CRM field that the contract needs to read, without system fields, in a stable order."""
        names = [self.key[0], *(r.crm for r in self.rules), *(e.crm for e in self.exclude if e.crm)]
        for rule in self.consents:
            assert rule.consent is not None
            names += [rule.crm, rule.consent.crm_at, rule.consent.crm_source]
        if self.owner is not None:
            names.append(self.owner.crm)
        if self.company is not None:
            names.append(self.company.crm)
        return tuple(dict.fromkeys(n for n in names if n))

    @property
    def optout_field(self) -> str:
        """Return the CRM's flag for an opt-out of every mail, or an empty string."""
        return next((r.crm for r in self.consents if r.consent is not None and r.consent.purpose == "*"), "")

    @property
    def ma_properties(self) -> tuple[str, ...]:
        """Return every MA property that the contract needs to read, without system properties."""
        names = [self.key[1], *(r.ma for r in self.rules), *(e.ma for e in self.exclude if e.ma)]
        names += [r.ma for r in self.consents if ":" not in r.ma]
        if self.owner is not None:
            names.append(self.owner.ma)
        return tuple(dict.fromkeys(names))


def load_contracts(path: Path) -> tuple[ObjectContract, ...]:
    """Return the objects of the mapping file. Raises ConfigurationError that names file and place."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"MAPPING_FILE {path} cannot be read: {type(error).__name__}") from error
    try:
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506 (a safe loader, both of them)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"MAPPING_FILE {path} is not YAML: {str(error).splitlines()[0]}") from error
    return parse_contracts(data, str(path))


def parse_contracts(data: Any, where: str = "mapping") -> tuple[ObjectContract, ...]:
    """Return the objects of a parsed mapping."""
    if not isinstance(data, dict) or not isinstance(data.get("objects"), list) or not data["objects"]:
        raise ConfigurationError(f"{where}: `objects` must be a list with at least one entry")
    found = tuple(_object(entry, f"{where}: objects.{i}") for i, entry in enumerate(data["objects"]))
    doubles = len({c.object for c in found}) != len(found)
    if doubles:
        raise ConfigurationError(f"{where}: an object is named twice")
    return found


def _text(entry: Mapping[str, Any], key: str, where: str, allowed: Iterable[str] = (), default: str | None = None) -> str:
    value = entry.get(key, default)
    if not isinstance(value, str):
        raise ConfigurationError(f"{where}.{key} must be a text")
    if allowed and value not in allowed:
        raise ConfigurationError(f"{where}.{key} is `{value}`; allowed: {', '.join(sorted(a for a in allowed if a))}")
    return value


def _object(entry: Any, where: str) -> ObjectContract:
    if not isinstance(entry, dict):
        raise ConfigurationError(f"{where} must be a mapping")
    match = entry.get("match")
    if not isinstance(match, list) or not match:
        raise ConfigurationError(f"{where}.match must name at least one pair of fields")
    rules = [_rule(r, f"{where}.fields.{i}") for i, r in enumerate(entry.get("fields") or [])]
    # A field that must not cross is not even read.
    travelling = [r for r in rules if r.direction != "none"]
    owner = entry.get("owner")
    company = entry.get("company")
    deletes, erases = entry.get("deletes") or {}, entry.get("erases") or {}
    return ObjectContract(
        object=_text(entry, "object", where),
        crm=_text(entry, "crm", where),
        ma=_text(entry, "ma", where),
        key=(_text(match[0], "crm", f"{where}.match.0"), _text(match[0], "ma", f"{where}.match.0")),
        creates=frozenset(("crm_to_ma",) if entry.get("creates") is None else entry["creates"]),
        exclude=tuple(_exclusion(e, f"{where}.exclude.{i}") for i, e in enumerate(entry.get("exclude") or [])),
        rules=tuple(r for r in travelling if r.consent is None),
        consents=tuple(r for r in travelling if r.consent is not None),
        owner=_owner(owner) if owner else None,
        company=CompanyLink(company.get("crm", "AccountId"), company.get("direction", "crm_to_ma")) if company else None,
        deletes_crm_to_ma=deletes.get("crm_to_ma") or "",
        deletes_ma_to_crm=deletes.get("ma_to_crm") or "",
        erases_crm_to_ma=erases.get("crm_to_ma") or "",
        withheld=tuple(r for r in rules if r.direction == "none"),
    )


def _owner(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        crm=entry.get("crm", "OwnerId"),
        ma=entry.get("ma", "hubspot_owner_id"),
        type="reference",
        direction=entry.get("direction", "crm_to_ma"),
        enforce="on_change",
    )


def _rule(entry: Any, where: str) -> Rule:
    if not isinstance(entry, dict):
        raise ConfigurationError(f"{where} must be a mapping")
    consent = entry.get("consent")
    formats = entry.get("format") or {}
    return Rule(
        crm=_text(entry, "crm", where),
        ma=_text(entry, "ma", where),
        type=_text(entry, "type", where, TYPES, "text"),
        winner=_text(entry, "winner", where, WINNERS, ""),
        direction=_text(entry, "direction", where, DIRECTIONS, "both"),
        blank=entry.get("blank") or "",
        enforce=entry.get("enforce") or "",
        fill=_text(entry, "fill", where, FILLS, ""),
        values={str(k): str(v) for k, v in (entry.get("values") or {}).items()},
        crm_format=formats.get("crm") or "",
        ma_format=formats.get("ma") or "",
        max_length=entry.get("max_length"),
        consent=_consent(consent) if consent else None,
    )


def _consent(entry: Mapping[str, Any]) -> ConsentField:
    return ConsentField(str(entry.get("purpose", "*")), entry.get("crm_at") or "", entry.get("crm_source") or "")


def _exclusion(entry: Any, where: str) -> Exclusion:
    if not isinstance(entry, dict) or bool(entry.get("crm")) == bool(entry.get("ma")):
        raise ConfigurationError(f"{where} must name exactly one field, `crm` or `ma`")
    return Exclusion(
        reason=str(entry.get("reason", "")),
        crm=entry.get("crm") or "",
        ma=entry.get("ma") or "",
        values=tuple(entry.get("in") or ()),
        blank=entry.get("blank"),
        older_than_months=entry.get("older_than_months"),
        matches=entry.get("matches") or "",
    )
