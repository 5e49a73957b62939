"""What a property accepts and how the vendor stores it: everything is text (research/hubspot.md 3.1, 3.7, 2.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from .catalogue import MAX_TEXT, Catalogue, Property
from .tlds import TLDS

_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?P<tld>[a-z][a-z0-9-]*[a-z0-9])"
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MS = re.compile(r"-?\d{1,18}")
_DAY_MS = 86_400_000
_MOST_DIGITS = 18
# Stamps outside of these years are no dates for Python, and none that a person has.
_MIN_MS, _MAX_MS = -62_135_596_800_000, 253_402_300_799_999


class BadValueError(ValueError):
    """The value is refused: ``code`` and text are the vendor's; ``assumed`` names what the refusal rests on."""

    def __init__(self, code: str, message: str, assumed: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.assumed = assumed


def is_whole(text: str) -> bool:
    """Tell whether a text is a whole number that fits into 64 bits: `int` takes more than answers can show, and less than `isdigit`."""
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def is_address(text: str) -> bool:
    """Tell whether a lower-case address has RFC 2822 shape (no quoted part) and a top-level domain known to IANA."""
    found = _ADDRESS.fullmatch(text)
    return found is not None and len(text) <= 254 and found["tld"] in TLDS


def normalise(catalogue: Catalogue, prop: Property, text: str, current: str | None, portal_id: int) -> str:
    """Return how ``text`` (not empty) is stored. Raises `BadValueError`; ``current`` counts for appending to a list."""
    kind = prop.type
    if kind in ("string", "phone_number"):
        if len(text) > MAX_TEXT:
            raise BadValueError("PROPERTY_VALUE_TOO_LONG", f'Value of property "{prop.name}" is longer than 65536 characters',
                                "hubspot.text_too_long")
        return address_of(text) if prop.name == "email" else text
    if kind == "number":
        return number_of(text)
    if kind == "enumeration":
        return options_of(catalogue, prop, text, current)
    if kind == "bool":
        return _flag(text)
    place = f"Portal {portal_id}, object type {catalogue.object_type.type_id}"
    return day_of(text, place) if kind == "date" else moment_of(text, place)


def address_of(text: str) -> str:
    """Return an e-mail address as stored: trimmed, lower case. Raises `BadValueError`."""
    found = text.strip().lower()
    if not is_address(found):
        raise BadValueError("INVALID_EMAIL", f"Email address {text} is invalid")
    return found


def number_of(text: str) -> str:
    """Return a number as stored: plain digits with a point, no thousands separators. Raises `BadValueError`."""
    found = text.strip()
    if not _NUMBER.fullmatch(found):
        raise BadValueError("INVALID_INTEGER", f"{text} was not a valid number")
    return found


def _flag(text: str) -> str:
    if text in ("true", "false"):
        return text
    # Whether the vendor takes `True` or `TRUE` has not been observed; it is refused rather than guessed.
    assumed = "hubspot.boolean_letter_case" if text.lower() in ("true", "false") else ""
    raise BadValueError("INVALID_OPTION", f"{text} was not one of the allowed options: [true, false]", assumed)


def options_of(catalogue: Catalogue, prop: Property, text: str, current: str | None) -> str:
    """Return options as stored: internal values, several joined by `;`; a leading `;` adds to what is set."""
    if prop.external_options:
        return text
    allowed = catalogue.options[prop.name]
    if not prop.is_multi:
        if text not in allowed:
            raise _no_option(prop, text)
        return text
    wanted = [part.strip() for part in text.split(";") if part.strip()]
    for part in wanted:
        if part not in allowed:
            raise _no_option(prop, part)
    if text.startswith(";") and current:
        wanted = [*current.split(";"), *wanted]
    return ";".join(dict.fromkeys(wanted))


def _no_option(prop: Property, text: str) -> BadValueError:
    return BadValueError("INVALID_OPTION", f"{text} was not one of the allowed options: [{', '.join(prop.allowed)}]")


def day_of(text: str, place: str) -> str:
    """Return a `date` as stored, `2026-01-31`, from that form, midnight UTC in ms or as ISO text."""
    found = text.strip()
    value_ms = parse_ms(found)
    if value_ms is None:
        raise BadValueError("INVALID_LONG", f"{text} was not a valid long. {place}")
    if value_ms % _DAY_MS:
        clock = datetime.fromtimestamp((value_ms % _DAY_MS) // 1000, UTC).strftime("%H:%M:%S")
        raise BadValueError("INVALID_DATE", f"{text} is at {clock}.{value_ms % 1000:03d} UTC, not midnight!")
    return datetime.fromtimestamp(value_ms / 1000, UTC).strftime("%Y-%m-%d").rjust(10, "0")


def moment_of(text: str, place: str) -> str:
    """Return a `datetime` as stored: UTC, milliseconds only when there are any."""
    value_ms = parse_ms(text.strip())
    if value_ms is None:
        raise BadValueError("INVALID_LONG", f"{text} was not a valid long. {place}")
    moment = datetime.fromtimestamp(value_ms // 1000, UTC)
    fraction = f".{value_ms % 1000:03d}" if value_ms % 1000 else ""
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}{fraction}Z"


def parse_ms(text: str) -> int | None:
    """Return epoch milliseconds of a day, an ISO time with offset, or a number of milliseconds; else None."""
    if _MS.fullmatch(text):
        value = int(text)
        return value if _MIN_MS <= value <= _MAX_MS else None
    try:
        if _DAY.fullmatch(text):
            return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    # Without an offset it would be a guess which day or hour is meant.
    if moment.tzinfo is None:
        return None
    return int(moment.timestamp() // 1) * 1000 + moment.microsecond // 1000


def domain_of(text: str) -> str:
    """Return a company domain as stored: no scheme, no `www.`, no path, lower case; what is no address stays as it is."""
    found = text.strip().lower()
    try:
        host = urlsplit(found if "//" in found else f"//{found}").hostname or found
    except ValueError:  # brackets that hold no IPv6 address: kept as it is
        host = found
    return host.removeprefix("www.")
