"""What this connector does to a value on its way when one of its mistakes is switched on; nothing without one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from .bugs import Bugs
from .contract import ObjectContract, Rule

# Salesforce demands a company for every lead; this text stands for "there is none" and never travels on.
PLACEHOLDER = "[not provided]"
# Names that a list of countries made before 2016 does not have.
_NEWER_NAMES = frozenset({"Czechia", "Türkiye", "North Macedonia", "Eswatini"})
_BRAZILIAN_MOBILE = re.compile(r"(\+55\D?\d{2}\D?)9(?=\d{4}\D?\d{4})")
_WIDEST = 0xFFFF
_SIMPLE = frozenset({"text", "email", "phone", "country", "number", "date", "datetime", "picklist", "reference"})


def misread(rule: Rule, raw: Any, value: Any, bugs: Bugs) -> Any:
    """Return what this connector takes a value for; ``raw`` is what the system stores."""
    if rule.type == "number":
        return _misread_number(raw, value, bugs)
    if isinstance(value, tuple) and bugs.on("multi_select_split_on_comma"):
        return tuple(sorted({part.strip() for word in value for part in word.split(",")}))
    return PLACEHOLDER if raw == PLACEHOLDER and bugs.on("placeholder_written_back") else value


def _misread_number(raw: Any, value: Any, bugs: Bugs) -> Any:
    if value is None:
        return 0.0 if bugs.on("null_becomes_zero") else None
    if not value and bugs.on("zero_is_blank"):
        return None
    return float(str(raw).replace(".", "")) if bugs.on("decimal_point_ignored") else value


def joined(words: tuple[str, ...], bugs: Bugs) -> str:
    """Return several chosen words as both vendors want them."""
    if bugs.on("multi_select_cut_to_first"):
        words = words[:1]
    return ("," if bugs.on("multi_select_comma") else ";").join(words)


def written_number(value: float, bugs: Bugs) -> str:
    """Return a number as HubSpot wants it."""
    text = str(int(value)) if float(value).is_integer() else repr(value)
    return text.replace(".", ",") if bugs.on("decimal_comma") else text


def written_day(value: str, bugs: Bugs) -> str:
    """Return a date as HubSpot wants it: the day itself, without a time and without a zone."""
    if bugs.on("day_month_swapped"):
        return _swapped(value)
    if bugs.on("date_through_local_time"):
        local = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo("Pacific/Auckland"))
        return local.astimezone(UTC).date().isoformat()
    if bugs.on("local_midnight"):
        local = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo("America/Los_Angeles"))
        return str(round(local.timestamp() * 1000))
    return value


def written_moment(ms: int, text: str, bugs: Bugs) -> str:
    """Return a moment as HubSpot wants it; ``text`` is the right form."""
    return str(ms // 1000) if bugs.on("seconds_for_milliseconds") else text


def written_phone(value: str, bugs: Bugs) -> str:
    """Return a phone number as people wrote it."""
    if bugs.on("phone_plus_lost"):
        value = value.lstrip("+")
    if bugs.on("trunk_zero_turned_in"):
        value = ("+" if value.startswith("+") else "") + "".join(c for c in value if c.isdigit())
    return _BRAZILIAN_MOBILE.sub(r"\1", value) if bugs.on("brazilian_nine_dropped") else value


def written_text(value: str, bugs: Bugs) -> str:
    """Return a text as people wrote it."""
    if bugs.on("ascii_only"):
        value = value.encode("ascii", "ignore").decode()
    if bugs.on("cut_at_the_emoji"):
        value = value[: next((at for at, c in enumerate(value) if ord(c) > _WIDEST), len(value))]
    return value[:20] if bugs.on("text_truncated") else value


def is_dropped(rule: Rule, side: str, value: Any, sent: Any, bugs: Bugs) -> bool:
    """Tell whether a value is passed over without a word; ``sent`` is how it would have been written."""
    if rule.type == "picklist" and side == "ma" and bugs.on("picklist_labels_unknown"):
        # The list to look the word up in is that of ids, and the word is a label.
        return bool(rule.values) and value not in rule.values.values()
    return rule.type == "country" and sent in _NEWER_NAMES and bugs.on("country_names_outdated")


def as_configured(contracts: tuple[ObjectContract, ...], bugs: Bugs) -> tuple[ObjectContract, ...]:
    """Return the contracts as this connector keeps them once they were saved."""
    contact = next((c for c in contracts if c.object == "contact"), contracts[0])
    return tuple(c if c.object == "company" else replace(c, rules=_kept(c, contact, bugs)) for c in contracts)


def _kept(contract: ObjectContract, contact: ObjectContract, bugs: Bugs) -> tuple[Rule, ...]:
    rules = contract.rules
    if bugs.on("unsupported_types_dropped"):
        rules = tuple(rule for rule in rules if rule.type in _SIMPLE)
    if bugs.on("rule_of_another_object"):
        first = {(rule.crm, rule.ma): rule for rule in contact.rules}
        rules = tuple(first.get((rule.crm, rule.ma), rule) for rule in rules)
    if bugs.on("direction_none_unknown"):
        rules += tuple(replace(rule, direction="both") for rule in contract.withheld)
    return _shifted(rules) if bugs.on("mapping_shifted") else rules


def _shifted(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return the rules with the texts of the form's second page one line further down."""
    texts = [rule for rule in rules if rule.type == "text" and rule.crm not in ("FirstName", "LastName")]
    moved = {rule.crm: other.ma for rule, other in zip(texts, texts[1:] + texts[:1], strict=True)}
    return tuple(replace(rule, ma=moved.get(rule.crm, rule.ma)) for rule in rules)


def _swapped(value: str) -> str:
    year, month, day = value.split("-")
    try:
        return date(int(year), int(day), int(month)).isoformat()
    except ValueError:
        return value
