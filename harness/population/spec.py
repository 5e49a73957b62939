"""What a population should look like: how many people of which strata, and how much dirt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .countries import LOCALES
from .people import ConsentSeed, Dirt, PersonKind

MOST_PEOPLE = 100_000
"""Beyond this number postal codes would repeat, and a value would no longer tell whose it is."""


def _kinds() -> dict[PersonKind, float]:
    return {
        PersonKind.CUSTOMER: 0.5, PersonKind.LEAD: 0.3, PersonKind.PARTNER: 0.08, PersonKind.SUPPLIER: 0.07,
        PersonKind.TEST: 0.05,
    }


def _locales() -> dict[str, float]:
    return dict.fromkeys(LOCALES, 1.0)


def _consents() -> dict[ConsentSeed, float]:
    return {ConsentSeed.SUBSCRIBED: 0.5, ConsentSeed.NEVER_ASKED: 0.3, ConsentSeed.OPTED_OUT: 0.2}


# What every system in use has; the rest is there when it is ordered.
USUAL_DIRT = (
    Dirt.EMAIL_CASE, Dirt.COMPANY_VARIANT, Dirt.COUNTRY_VARIANT, Dirt.DATE_FORMAT, Dirt.TECHNICAL_MAILBOX, Dirt.HARD_BOUNCE,
    Dirt.INACTIVE, Dirt.SECONDARY_ADDRESS, Dirt.DUPLICATE,
)


def _dirt() -> dict[Dirt, int | float]:
    return dict.fromkeys(USUAL_DIRT, 0.02)


@dataclass(frozen=True)
class PopulationSpec:
    """The order form of a population.

    ``today`` (ISO date) is the day of the run's clock: activity, consents and ages of records are counted back from
    it, so that "inactive for 24 months" stays true whenever the run takes place. Shares are relative weights.
    ``dirt`` is a number of people (int) or a share of all people (float); from 20 people on, each kind of dirt with a
    share above zero is planted at least once, below that as many kinds as half of the mailable people can carry.
    Raises ValueError naming what is wrong.
    """

    total: int
    today: str
    kinds: Mapping[PersonKind, float] = field(default_factory=_kinds)
    locales: Mapping[str, float] = field(default_factory=_locales)
    consent: Mapping[ConsentSeed, float] = field(default_factory=_consents)
    newsletter: Mapping[ConsentSeed, float] = field(default_factory=_consents)
    dirt: Mapping[Dirt, int | float] = field(default_factory=_dirt)
    owners: int = 4
    inactive_owner_share: float = 0.0  # part of the people who belong to the owner that left
    # Part of the customers; partners, suppliers and test people always have a company, unless the share is 0 and
    # there are none. A lead always names one: Salesforce demands it.
    company_share: float = 0.8
    people_per_company: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.total <= MOST_PEOPLE:
            raise ValueError(f"a population has 0 to {MOST_PEOPLE} people; {self.total} were asked for")
        if self.owners < 2:
            raise ValueError(f"a population needs two owners or more (the last one has left); {self.owners} given")
        if self.people_per_company < 1:
            raise ValueError(f"a company has one person or more; {self.people_per_company} given")
        unknown = sorted(set(self.locales) - set(LOCALES))
        if unknown:
            raise ValueError(f"no people are known for locale {', '.join(unknown)}; known: {', '.join(LOCALES)}")
        date.fromisoformat(self.today)

    def dirt_count(self, dirt: Dirt) -> int:
        """Return how many people get ``dirt``, before the rule of "at least once"."""
        amount = self.dirt.get(dirt, 0)
        return amount if isinstance(amount, int) else round(amount * self.total)
