"""The companies that people work for, opened when the first person needs one."""

from __future__ import annotations

from typing import Final

from .codes import THREE_SYLLABLES, word
from .countries import COUNTRIES
from .people import Company, PersonKind
from .pools import LocalePool
from .tax_ids import tax_id
from .wording import domain_of

# Values that both vendors' lists of industries know under some name; the CRM's spelling.
INDUSTRIES: Final = ("Technology", "Banking", "Manufacturing", "Education", "Healthcare", "Retail", "Media", "Energy")


class Companies:
    """Hands out companies: people of one kind and locale share one until it is full; a lead always has its own.

    ``made`` lists all companies in the order in which they were opened; they are numbered from ``first``.
    """

    def __init__(self, people_per_company: int, first: int = 0) -> None:
        self.made: list[Company] = []
        self._first = first
        self._people_per_company = people_per_company
        self._open: dict[tuple[PersonKind, str], tuple[Company, int]] = {}

    def for_person(self, kind: PersonKind, words: LocalePool, stem: str, city: str) -> Company:
        """Return the company of the next person of ``kind``; a new one is named after ``stem`` and lies in ``city``."""
        # The company of a lead is a text on the lead itself: shared, it would not tell whose it is.
        room = 1 if kind is PersonKind.LEAD else self._people_per_company
        company, people = self._open.get((kind, words.locale), (None, room))
        if company is None or people >= room:
            company, people = self._new(kind, words, stem, city), 0
        self._open[kind, words.locale] = (company, people + 1)
        return company

    def _new(self, kind: PersonKind, words: LocalePool, stem: str, city: str) -> Company:
        number = self._first + len(self.made)
        code = word(THREE_SYLLABLES + number)
        # An ampersand shows who stores text with HTML escapes.
        joint = " & " if number % 5 == 2 else " "
        company = Company(
            f"c{number + 1:04d}",
            f"{stem}{joint}{code} {COUNTRIES[words.country].legal_form}",
            domain_of(stem, code, number),
            words.country,
            tax_id(words.country, number),
            f"{city} {code}"[:40],
            INDUSTRIES[number % len(INDUSTRIES)],
            kind,
        )
        self.made.append(company)
        return company
