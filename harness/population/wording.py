"""How names, addresses and streets are put together from natural words and a code word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

from .countries import COUNTRIES

# Letters that Unicode does not decompose into an ASCII letter and an accent.
_LETTERS: Final = str.maketrans({"ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_NOT_ASCII: Final = re.compile(r"[^a-z0-9]")
_TOP_LEVEL: Final = ("com", "org", "net")


@cache
def slug(text: str, longest: int = 14) -> str:
    """Return ``text`` in at most ``longest`` lower-case ASCII letters and digits, for addresses."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return _NOT_ASCII.sub("", plain)[:longest]


def domain_of(text: str, word: str, number: int) -> str:
    """Return a domain under example.com, .org or .net: reserved, yet with a top level that vendors accept."""
    return f"{slug(text, 12)}-{word.lower()}.example.{_TOP_LEVEL[number % 3]}"


def street_of(country: str, street: str, word: str, number: int) -> str:
    """Return street and house number in the order of the country."""
    house = number % 180 + 1
    if country == "US":
        return f"{house} {street} {word}"
    if country == "BR":
        return f"{street} {word}, {house}"
    return f"ul. {street} {word} {house}" if country == "PL" else f"{street} {word} {house}"


_POSTAL: Final[dict[str, Callable[[str], str]]] = {
    "PL": lambda five: f"{five[:2]}-{five[2:]}",
    "CZ": lambda five: f"{five[:3]} {five[3:]}",
    "US": lambda five: f"{five}-0{five[2:]}",
    "DE": lambda five: five,
    "BR": lambda five: f"{five}-{five[2:]}",
}


def postal_code(country: str, number: int) -> str:
    """Return a code in the shape of the country, its five first digits unique below 100,000 over all countries.

    One in ten begins with a zero, which a system that reads codes as numbers loses.
    """
    return _POSTAL[country](f"{(number * 61_813 + 8_765) % 100_000:05d}")


def careless_company(name: str, country: str) -> str:
    """Return the company name as someone in a hurry writes it: `Nowak Gamaka Sp. z o.o.` -> `NOWAK GAMAKA SP Z OO`."""
    where = COUNTRIES[country]
    return f"{name.removesuffix(where.legal_form).upper()}{where.careless_legal_form}"


def local_date(iso: str, locale: str) -> str:
    """Return a date as people of the locale write it."""
    year, month, day = iso.split("-")
    if locale == "en_US":
        return f"{month}/{day}/{year}"
    if locale == "pt_BR":
        return f"{day}/{month}/{year}"
    return f"{int(day)}. {int(month)}. {year}" if locale == "cs_CZ" else f"{day}.{month}.{year}"
