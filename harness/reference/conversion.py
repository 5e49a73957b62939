"""Values on their way: what each system stores -> one neutral form that can be compared -> what the other stores.

Neutral: text and phones as text without outer blanks, e-mail addresses in lower case, numbers as float, dates as
`YYYY-MM-DD`, datetimes as epoch milliseconds, booleans as bool, multi-picklists as sorted tuples, picklists as the
CRM's word, countries as codes where the mapping states a format. None stands for blank.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .bugs import Bugs
from .contract import Rule
from .countries import country_code, country_name
from .mistakes import PLACEHOLDER, joined, written_day, written_moment, written_number, written_phone, written_text

Neutral = str | float | int | bool | tuple[str, ...] | None


def from_crm(rule: Rule, raw: Any) -> Neutral:
    """Return the neutral form of what Salesforce stores."""
    if raw == PLACEHOLDER:
        return None
    value = _neutral(rule.type, raw)
    return _country(rule, value) if rule.type == "country" and isinstance(value, str) else value


def from_ma(rule: Rule, raw: Any) -> Neutral:
    """Return the neutral form of what HubSpot stores (text or None)."""
    value = _neutral(rule.type, raw)
    if rule.values:
        back = {ma: crm for crm, ma in rule.values.items()}
        if isinstance(value, tuple):
            return tuple(sorted(back.get(v, v) for v in value))
        return back.get(value, value) if isinstance(value, str) else value
    return _country(rule, value) if rule.type == "country" and isinstance(value, str) else value


def to_crm(rule: Rule, value: Neutral, bugs: Bugs) -> Any:
    """Return what to write to Salesforce for a neutral value."""
    if value is None:
        return False if rule.type == "boolean" else None
    if isinstance(value, tuple):
        return joined(value, bugs)
    if isinstance(value, str):
        return _text_to_crm(rule, value, bugs)
    if rule.type == "datetime":
        return iso_datetime(int(value))
    return str(int(value)) if isinstance(value, bool) and bugs.on("boolean_as_text") else value


def _text_to_crm(rule: Rule, value: str, bugs: Bugs) -> str:
    if rule.type == "country":
        return _country_as(rule, value, rule.crm_format)
    if rule.type in ("text", "phone"):
        value = written_text(html.escape(value) if bugs.on("html_entities") else value, bugs)
    return written_phone(value, bugs) if rule.type == "phone" else value


def to_ma(rule: Rule, value: Neutral, bugs: Bugs) -> str:
    """Return what to write to HubSpot for a neutral value: always text, an empty one clears."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return joined(tuple(rule.values.get(v, v) for v in value), bugs)
    if isinstance(value, int | float):
        if rule.type == "datetime":
            return written_moment(int(value), iso_datetime(int(value)), bugs)
        return written_number(value, bugs)
    return _text_to_ma(rule, value, bugs)


def _text_to_ma(rule: Rule, value: str, bugs: Bugs) -> str:
    if rule.type == "date":
        return written_day(value, bugs)
    if rule.type == "country":
        return value if bugs.on("country_code_for_name") else _country_as(rule, value, rule.ma_format)
    if rule.type == "text":
        value = written_text(value, bugs)
    if rule.type == "phone":
        value = written_phone(value, bugs)
    return rule.values.get(value, value)


def epoch_ms(raw: Any) -> int | None:
    """Return epoch milliseconds of an ISO 8601 text or a number of milliseconds, or None."""
    if raw is None or raw == "":
        return None
    text = str(raw)
    if text.lstrip("-").isdigit():
        return int(text)
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp() * 1000)


def iso_datetime(ms: int) -> str:
    """Return an instant as both vendors accept it, with milliseconds only where there are some."""
    text = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds" if ms % 1000 else "seconds")
    return text.replace("+00:00", "Z")


def folded(value: Any) -> str:
    """Return the form in which match keys are compared: without case and outer blanks."""
    return str(value).strip().casefold() if value is not None else ""


def _neutral(kind: str, raw: Any) -> Neutral:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    return _PARSERS.get(kind, _text)(raw)


def _text(raw: Any) -> Neutral:
    return str(raw).strip().replace("\r\n", "\n")


def _boolean(raw: Any) -> Neutral:
    return raw if isinstance(raw, bool) else str(raw).strip().lower() == "true"


def _datetime(raw: Any) -> Neutral:
    moment = epoch_ms(raw)
    return str(raw).strip() if moment is None else moment


def _set(raw: Any) -> Neutral:
    return tuple(sorted({part.strip() for part in str(raw).split(";") if part.strip()})) or None


def _number(raw: Any) -> Neutral:
    try:
        return float(raw)
    except ValueError:
        # Shown as it is: the other system will refuse it, and the refusal is reported.
        return str(raw).strip()


def _date(raw: Any) -> Neutral:
    text = str(raw).strip()
    if text.lstrip("-").isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC).date().isoformat()
    return text[:10]


_PARSERS: dict[str, Callable[[Any], Neutral]] = {
    "boolean": _boolean,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "multi-picklist": _set,
    "email": lambda raw: str(raw).strip().lower(),
}


def _country(rule: Rule, value: str) -> str:
    """Return the code where the mapping says how countries are written; elsewhere text is compared as text."""
    return country_code(value) if rule.crm_format or rule.ma_format else value


def _country_as(rule: Rule, value: str, form: str) -> str:
    if not (rule.crm_format or rule.ma_format) or form == "iso2":
        return value
    return country_name(value)
