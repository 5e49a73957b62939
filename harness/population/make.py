"""A population from a seed: linked fake people over all strata, every value unique and traceable.

The same seed, order form and Faker version give the same bytes in every process: nothing depends on the order of a
set, on `hash()` or on the clock of the machine.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import Final

from syncproof_mocks.dice import Dice

from .birthdays import birthdays
from .codes import THREE_SYLLABLES, word
from .companies import Companies
from .countries import LOCALES
from .dirt import plant
from .people import Company, ConsentSeed, Dirt, Person, PersonKind, Population
from .phones import phone
from .pools import LocalePool, pool
from .spec import MOST_PEOPLE, PopulationSpec
from .strata import allot, assign, spread
from .twins import paired
from .wording import postal_code, slug, street_of

__all__ = ["PopulationSpec", "make_population"]

Owner = tuple[str, str, str, bool]

SEGMENTS: Final = {"A - Key": 0.2, "B - Growth": 0.3, "C - Standard": 0.5}
INTERESTS: Final = ("events", "product", "pricing", "research")
_CHOICES: Final = tuple(chosen for count in range(5) for chosen in combinations(INTERESTS, count))
_SOURCES: Final = ("web form", "phone call", "trade fair", "paper form")
_TECHNICAL: Final = ("noreply", "no-reply", "info", "mailer-daemon", "postmaster")
# Words of owners lie where no person's and no company's word can be.
_OWNER_WORDS: Final = THREE_SYLLABLES - 1


def make_population(seed: int, spec: PopulationSpec, first: int = 1) -> Population:
    """Return the people, companies and owners that ``spec`` orders, drawn with ``seed``.

    ``first`` is the number of the first person (1: `p0001`). Populations of one seed with numbers that do not overlap
    share the owners and no other value: a reserve of people for later. Raises ValueError when numbers run out.

    Unique over the population: first and last name, e-mail, phone, mobile, title, street, city, postal code,
    score, national id, source of consent, company name, tax number, company city; date of birth up to 19,000 people.
    Only `Dirt.SHARED_ADDRESS` gives two people one e-mail address.
    The person's code word stands in every text, hence whose a value is can be read off it.
    """
    if first < 1 or first - 1 + spec.total > MOST_PEOPLE:
        raise ValueError(f"people are numbered 1 to {MOST_PEOPLE}; {spec.total} from number {first} were asked for")
    dice = Dice(seed)
    rng = dice.stream(f"population/{first}")
    owners = _owners(spec, dice.stream("population/owners"))
    strata = _strata(spec, rng)
    dirt = plant(spec, [stratum.kind for stratum in strata], rng)
    # No population has more companies than people: counted from the same number, two of them never meet.
    companies = Companies(spec.people_per_company, first - 1)
    # The order of birthdays is that of the seed alone, so that a reserve continues it.
    maker = _Maker(spec, rng, birthdays(dice.stream("population/birthdays")), owners, companies)
    people = paired([
        maker.person(number, stratum, dirty)
        for number, (stratum, dirty) in enumerate(zip(strata, dirt, strict=True), first - 1)
    ])
    return Population(seed, people, tuple(companies.made), owners)


def _owners(spec: PopulationSpec, rng: random.Random) -> tuple[Owner, ...]:
    made: list[Owner] = []
    words = pool("en_US")
    for number in range(spec.owners):
        first = rng.choice(words.first_names[number % 2])
        last = f"{rng.choice(words.last_names[number % 2])}-{word(_OWNER_WORDS - number)}"
        address = f"{slug(first)}.{slug(last, 30)}@sales.example.com"
        made.append((first, last, address, number < spec.owners - 1))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Stratum:
    """What one person is."""

    kind: PersonKind
    locale: str
    consent: ConsentSeed
    newsletter: ConsentSeed
    segment: str


def _strata(spec: PopulationSpec, rng: random.Random) -> list[_Stratum]:
    """Return the stratum of each person: shares hold within each kind of people, the combinations are drawn."""
    kinds = spread(allot(spec.kinds, spec.total))
    groups = [[n for n, k in enumerate(kinds) if k is kind] for kind in PersonKind]
    locales = assign(spec.locales, groups, spec.total, rng)
    consents = assign(spec.consent, groups, spec.total, rng)
    newsletters = assign(spec.newsletter, groups, spec.total, rng)
    segments = assign(SEGMENTS, groups, spec.total, rng)
    return [
        _Stratum(kind, locales[n], consents[n], newsletters[n], segments[n]) for n, kind in enumerate(kinds)
    ]


@cache
def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _consents(stratum: _Stratum) -> tuple[ConsentSeed, ConsentSeed]:
    # Who refused all mail is no subscriber: a seed that said both could be read either way.
    if stratum.consent is ConsentSeed.OPTED_OUT and stratum.newsletter is ConsentSeed.SUBSCRIBED:
        return stratum.consent, ConsentSeed.OPTED_OUT
    return stratum.consent, stratum.newsletter


@dataclass(frozen=True, slots=True)
class _Called:
    """The names of one person, and the stems they were made from."""

    first: str
    last: str
    first_stem: str
    last_stem: str


class _Maker:
    """Makes one person after the other; keeps what all of them share."""

    def __init__(
        self, spec: PopulationSpec, rng: random.Random, birthday: Callable[[int], str], owners: tuple[Owner, ...],
        companies: Companies,
    ) -> None:
        self.spec = spec
        self.companies = companies
        self.random = rng.random
        self.birthday = birthday
        self.today = date.fromisoformat(spec.today).toordinal()
        self.pools = {locale: pool(locale) for locale in LOCALES if spec.locales.get(locale, 0) > 0}
        self.active = tuple(address for *_, address, active in owners if active)
        self.left = owners[-1][2]

    def person(self, number: int, stratum: _Stratum, dirt: frozenset[Dirt]) -> Person:
        words = self.pools[stratum.locale]
        code = word(2 * number)
        called = self._names(words, number, code)
        company = self._company(words, stratum.kind, dirt)
        consent, newsletter = _consents(stratum)
        said = consent is not ConsentSeed.NEVER_ASKED or newsletter is not ConsentSeed.NEVER_ASKED
        active = Dirt.INACTIVE not in dirt
        return Person(
            f"p{number + 1:04d}", stratum.kind, words.locale, words.country, called.first, called.last,
            self._address(called, company, dirt, number, code),
            phone(words.country, number), phone(words.country, number, mobile=True),
            f"{self._pick(words.jobs)} {code}",
            street_of(words.country, self._pick(words.streets), code, number),
            f"{self._pick(words.cities)} {code}",
            postal_code(words.country, number),
            self.birthday(number), stratum.segment, company, self._owner(), consent, newsletter,
            self._stamp(60, 500) if said else "",
            f"{_SOURCES[number % len(_SOURCES)]} {code}" if said else "",
            active,
            # Six digits, which no postal code has; a prime modulus above the number of people, so no score twice.
            100_000 + number * 7_919 % 100_003,
            self.random() < 0.25, self._interests(),
            self._day(1, 300) if active else self._day(800, 1_100),
            dirt, f"NID-{words.country}-{code}",
        )

    def _names(self, words: LocalePool, number: int, code: str) -> _Called:
        gender = int(self.random() * 2)
        first, last = self._pick(words.first_names[gender]), self._pick(words.last_names[gender])
        # Apostrophes break queries that are put together as text.
        shown = f"O'{last}" if number % 13 == 6 else last
        return _Called(f"{first} {word(2 * number + 1)}", f"{shown}-{code}", first, last)

    def _company(self, words: LocalePool, kind: PersonKind, dirt: frozenset[Dirt]) -> Company | None:
        # Drawn in any case: what one person has does not shift what the next one gets.
        lucky = self.random() < self.spec.company_share
        stem, city = self._pick(words.last_names[1]), self._pick(words.cities)
        spared = not self.spec.company_share or (kind is PersonKind.CUSTOMER and not lucky)
        if spared and kind is not PersonKind.LEAD and Dirt.COMPANY_VARIANT not in dirt:
            return None
        return self.companies.for_person(kind, words, stem, city)

    @staticmethod
    def _address(called: _Called, company: Company | None, dirt: frozenset[Dirt], number: int, code: str) -> str:
        domain = company.domain if company else f"example.{('com', 'org', 'net')[number % 3]}"
        if Dirt.TECHNICAL_MAILBOX in dirt:
            return f"{_TECHNICAL[number % len(_TECHNICAL)]}@{code.lower()}.{domain}"
        # A plus is a blank to programs that put addresses into URLs as they are.
        tag = "+crm" if number % 11 == 3 or Dirt.PLUS in dirt else ""
        head = "o'" if Dirt.APOSTROPHE in dirt else ""
        return f"{slug(called.first_stem)}.{head}{slug(called.last_stem)}-{code.lower()}{tag}@{domain}"

    def _owner(self) -> str:
        chosen = self._pick(self.active)
        return self.left if self.random() < self.spec.inactive_owner_share else chosen

    def _interests(self) -> tuple[str, ...]:
        return _CHOICES[int(self.random() * len(_CHOICES))]

    def _pick(self, choices: Sequence[str]) -> str:
        return choices[int(self.random() * len(choices))]

    def _day(self, nearest: int, furthest: int) -> str:
        return _iso(self.today - nearest - int(self.random() * (furthest - nearest)))

    def _stamp(self, nearest: int, furthest: int) -> str:
        second = int(self.random() * 86_400)
        clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        return f"{self._day(nearest, furthest)}T{clock}.000Z"
