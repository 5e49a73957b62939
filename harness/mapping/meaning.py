"""The neutral meaning of a stored value, and back: what the oracle compares and what a right connector writes.

A neutral value is None (blank), a str, a bool, a Decimal or a frozenset of str. `neutral(rule, side, stored(rule,
side, v, vendor))` is ``v`` again for every neutral ``v`` of the rule (numbers: up to the 15 digits of a double).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from syncproof_mocks.schema import FieldType

from .countries import english_name, is_code, is_english_name, iso2_of
from .exclusions import excluded
from .grammar import FieldRule, Side
from .moments import date_meaning, is_iso_date, is_iso_moment, moment_meaning
from .phones import is_e164, phone_meaning

__all__ = ["excluded", "format_problem", "is_blank", "neutral", "same", "stored"]

Neutral = str | bool | Decimal | frozenset[str] | None
Vendor = str

_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


def is_blank(raw: Any) -> bool:
    """Tell whether a stored value is blank: None, no text but white space, an empty list."""
    if isinstance(raw, str):
        return not raw or raw.isspace()
    return raw is None or (isinstance(raw, list | tuple | set | frozenset) and not raw)


def neutral(rule: FieldRule, side: Side, raw: Any, region: str | None = None) -> Any:
    """Return what ``raw``, stored on ``side``, means. A value that does not fit the rule's type means its own text.

    blank: None; text: NFC, line ends LF, outer white space gone (upper case when a format `upper` makes case mean
    nothing); number: Decimal; boolean: bool; date: `YYYY-MM-DD`; datetime: `YYYY-MM-DDTHH:MM:SS.mmmZ`; picklists:
    the CRM's words; email: lower case; phone: E.164 where it parses (``region``: ISO code for numbers without `+`);
    country: ISO 3166 alpha-2. With a format `verbatim`, email, phone and country mean exactly their text.
    """
    if is_blank(raw):
        return None
    kind = rule.type
    if isinstance(raw, list | tuple | set | frozenset) and kind is not FieldType.MULTI_PICKLIST:
        raw = _clean(raw)
    if kind in _PLAIN:
        return _PLAIN[kind](raw)
    if kind is FieldType.PICKLIST:
        return _crm_word(rule, side, _clean(raw))
    if kind is FieldType.MULTI_PICKLIST:
        return _picked_words(rule, side, raw)
    return _written(rule, _clean(raw), region)


def stored(rule: FieldRule, side: Side, value: Any, vendor: Vendor) -> Any:
    """Return the raw form in which ``vendor`` stores a neutral value: JSON types (Salesforce), texts (HubSpot).

    None stays None. Several picked values are joined by `;` in the order of the values table, then of the alphabet.
    A country is its English name unless the format says `iso2`.
    """
    if value is None:
        return None
    if isinstance(value, frozenset):
        return ";".join(_picked(rule, side, value))
    if isinstance(value, bool):
        return value if vendor == "salesforce" else str(value).lower()
    if isinstance(value, Decimal):
        return _json_number(value) if vendor == "salesforce" else format(value, "f")
    return _text_stored(rule, side, str(value), vendor)


def same(rule: FieldRule, a: Any, b: Any) -> bool:
    """Tell whether two neutral values mean the same; a boolean that was never set is false."""
    if rule.type is FieldType.BOOLEAN:
        a, b = (False if v is None else v for v in (a, b))
    return type(a) is type(b) and bool(a == b)


def format_problem(rule: FieldRule, side: Side, raw: Any) -> str | None:
    """Return what is wrong with the representation of ``raw`` where the rule declares one for the side, or None."""
    wanted = rule.format.crm if side is Side.CRM else rule.format.ma
    if wanted is None or wanted == "verbatim" or is_blank(raw):
        return None
    is_right, words = _FORMATS[wanted]
    return None if is_right(raw) else f"`{raw}` is not {words}"


# -- meaning of each type -------------------------------------------------------------------------------------------


def _clean(raw: Any) -> str:
    if isinstance(raw, str) and raw.isascii() and "\r" not in raw:
        return raw.strip()
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, list | tuple | set | frozenset):
        raw = ";".join(sorted(map(str, raw)))
    text = str(raw)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text).strip()


def _number(raw: Any) -> Neutral:
    text = _clean(raw)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    # Python reads 1_000 as a number; no vendor does.
    return _plain_number(number) if number.is_finite() and "_" not in text else text


def _plain_number(number: Decimal) -> Decimal:
    """Return the number without trailing zeros or exponent; -0 is 0. Beyond 40 digits it stays as it was written."""
    if not number:
        return Decimal(0)
    if abs(number.adjusted()) > 40:
        return number
    text = format(number, "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _boolean(raw: Any) -> Neutral:
    text = _clean(raw).casefold()
    return True if text in _TRUE else False if text in _FALSE else _clean(raw)


def _date(raw: Any) -> Neutral:
    return date_meaning(raw.strip() if isinstance(raw, str) else raw) or _clean(raw)


def _moment(raw: Any) -> Neutral:
    return moment_meaning(raw.strip() if isinstance(raw, str) else raw) or _clean(raw)


_PLAIN: dict[FieldType, Callable[[Any], Neutral]] = {
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.DATETIME: _moment,
    FieldType.REFERENCE: _clean,
}


def _written(rule: FieldRule, text: str, region: str | None) -> str:
    """Return the meaning of what a person wrote: text, e-mail address, phone number, country."""
    formats = (rule.format.crm, rule.format.ma)
    if rule.type is FieldType.TEXT:
        return _upper(text) if "upper" in formats else text
    # One side verbatim is enough: it must hold exactly what the other side holds.
    if "verbatim" in formats:
        return text
    if rule.type is FieldType.EMAIL:
        return text.casefold()
    if rule.type is FieldType.PHONE:
        return phone_meaning(text, region)
    return iso2_of(text) or text.casefold()


@lru_cache(maxsize=16384)
def _upper(text: str) -> str:
    return unicodedata.normalize("NFC", text.upper())


def _crm_word(rule: FieldRule, side: Side, word: str) -> str:
    """Return the CRM's word. Several CRM words with one MA word mean the first of them: MA cannot tell them apart."""
    if not rule.values:
        return word
    told = rule.values.get(word) if side is Side.CRM else word
    if told is None:
        return word
    return next((crm for crm, ma in rule.values.items() if ma == told), word)


def _picked_words(rule: FieldRule, side: Side, raw: Any) -> frozenset[str] | None:
    parts: Iterable[Any] = raw if isinstance(raw, list | tuple | set | frozenset) else _clean(raw).split(";")
    words = (_clean(part) for part in parts)
    return frozenset(_crm_word(rule, side, word) for word in words if word) or None


# -- stored form ----------------------------------------------------------------------------------------------------


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _ma_word(rule: FieldRule, side: Side, word: str) -> str:
    return rule.values.get(word, word) if side is Side.MA else word


def _picked(rule: FieldRule, side: Side, words: frozenset[str]) -> list[str]:
    order = {word: index for index, word in enumerate(rule.values)}
    return [_ma_word(rule, side, w) for w in sorted(words, key=lambda w: (order.get(w, len(order)), w))]


def _text_stored(rule: FieldRule, side: Side, value: str, vendor: Vendor) -> str:
    wanted = rule.format.crm if side is Side.CRM else rule.format.ma
    if rule.type is FieldType.PICKLIST:
        return _ma_word(rule, side, value)
    if rule.type is FieldType.DATETIME and is_iso_moment(value):
        # Salesforce: `…T12:00:00.000+0000`; HubSpot leaves out a fraction of zero (research/hubspot.md 3.7).
        return value.replace("Z", "+0000") if vendor == "salesforce" else value.replace(".000Z", "Z")
    verbatim = "verbatim" in (rule.format.crm, rule.format.ma)
    if rule.type is FieldType.COUNTRY and wanted != "iso2" and not verbatim and is_code(value):
        value = english_name(value)
    return _upper(value) if wanted == "upper" and rule.type is FieldType.TEXT else value


# -- declared representation ----------------------------------------------------------------------------------------

_FORMATS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "e164": (lambda raw: is_e164(str(raw)), "in E.164 (such as +48221234567)"),
    "iso_date": (is_iso_date, "an ISO date (YYYY-MM-DD)"),
    "iso_datetime": (is_iso_moment, "an ISO date and time (YYYY-MM-DDTHH:MM:SSZ)"),
    "iso2": (lambda raw: is_code(str(raw)), "an ISO country code (such as PL)"),
    "name": (lambda raw: is_english_name(str(raw)), "the English name of a country (such as Poland)"),
    "upper": (lambda raw: str(raw) == _upper(str(raw)), "in capitals"),
}

# What a format may be declared for; `mapping.coherence` refuses others.
FORMATS_OF: dict[str, frozenset[FieldType]] = {
    "e164": frozenset({FieldType.PHONE}),
    "iso_date": frozenset({FieldType.DATE}),
    "iso_datetime": frozenset({FieldType.DATETIME}),
    "iso2": frozenset({FieldType.COUNTRY}),
    "name": frozenset({FieldType.COUNTRY}),
    "upper": frozenset({FieldType.TEXT}),
    "verbatim": frozenset({FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE, FieldType.COUNTRY}),
}
