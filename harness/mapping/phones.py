"""Phone numbers: whatever people write, as E.164 where that can be told for certain."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_EXTENSION = re.compile(r"\s?(?:;ext=|ext\.?|x|#|wew\.?|linka)\s?(\d{1,7})", re.IGNORECASE)
# A number and nothing else: a second number or a remark beside it must not be lost from view.
_NUMBER = re.compile(r"\+?[0-9 ().\-/\u2010-\u2015]{2,40}")


@lru_cache(maxsize=65536)
def phone_meaning(text: str, region: str | None = None) -> str:
    """Return what a phone number means: E.164 (`;ext=12` added for an extension) when it parses, else its digits.

    Without `+` (or `00`) the number is first read as one of ``region`` (ISO 3166 alpha-2), then as an international
    number that lost its `+`; both only when the result is a valid number. Text that is no phone number at all is
    returned in lower case with single blanks, so that nothing written beside a number is lost from view.
    """
    text = " ".join(text.split())
    extension = next((m for m in _EXTENSION.finditer(text[-16:]) if m.end() == len(text[-16:])), None)
    number = text[: len(text) - len(extension.group())] if extension else text
    suffix = f";ext={extension.group(1)}" if extension else ""
    if not _NUMBER.fullmatch(number) or not _digits(number):
        return text.casefold()
    return (_e164(number, region) or _digits(number)) + suffix


def is_e164(text: str) -> bool:
    """Tell whether the text is in E.164: `+`, country code, at most 15 digits, nothing else."""
    return _E164.fullmatch(text) is not None


def _e164(number: str, region: str | None) -> str | None:
    # Judged by the digits alone: what is written between them must not change what the number means.
    if not number.startswith("+") and _digits(number).startswith("00"):
        number = f"+{_digits(number)[2:]}"
    if number.startswith("+"):
        return _parsed(number, None, certain=False)
    if region is not None:
        local = _parsed(number, region, certain=True)
        if local is not None:
            return local
    return _parsed(f"+{number}", None, certain=True)


def _parsed(number: str, region: str | None, *, certain: bool) -> str | None:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(parsed):
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    # The library drops what it takes for a trunk prefix even where no number is right: then every digit is kept.
    return None if certain else f"+{_digits(number)}"


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdigit())
