"""The countries that people live in: the spellings a country field may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Country:
    """One country. ``variants`` are what careless hands write instead of ``name``; ``legal_form`` is for companies."""

    code: str  # ISO 3166 alpha-2
    name: str  # English
    variants: tuple[str, ...]
    legal_form: str
    careless_legal_form: str


COUNTRIES: Final = {
    c.code: c
    for c in (
        Country("PL", "Poland", ("Polska", "PL", "POLAND"), "Sp. z o.o.", "SP Z OO"),
        Country("CZ", "Czechia", ("Česko", "CZ", "Czech Republic"), "s.r.o.", "SRO"),
        Country("US", "United States", ("USA", "US", "United States of America"), "Inc.", "INCORPORATED"),
        Country("DE", "Germany", ("Deutschland", "DE", "GERMANY"), "GmbH", "GES. MBH"),
        Country("BR", "Brazil", ("Brasil", "BR", "BRAZIL"), "Ltda.", "LIMITADA"),
    )
}
LOCALES: Final = {"pl_PL": "PL", "cs_CZ": "CZ", "en_US": "US", "de_DE": "DE", "pt_BR": "BR"}
"""Faker's locales that a population may have, with their countries."""
