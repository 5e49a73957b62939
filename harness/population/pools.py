"""Natural words per locale, drawn from Faker once per process; everything after that is sampling.

The draws use a fixed seed of their own, so that the pools are the same in every process and whatever the seed of
the run is. They may change with the version of Faker: a seed repeats a world under the same lock file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from .countries import LOCALES

_DRAWS: Final = 300
_FAKER_SEED: Final = 20_261_122
_PROVIDERS: Final = ("address", "job", "person")
# Anything but letters, blanks, dots, hyphens and apostrophes would read badly beside a code word.
_NATURAL = re.compile(r"[^\W\d_][^\W\d_ .'’-]*(?:[ .'’-]+[^\W\d_]+)*\.?")


@dataclass(frozen=True, slots=True)
class LocalePool:
    """Words of one locale, each list without repetition and in the order drawn. Names go by gender: (she, he)."""

    locale: str
    country: str  # ISO 3166 alpha-2
    first_names: tuple[tuple[str, ...], tuple[str, ...]]
    last_names: tuple[tuple[str, ...], tuple[str, ...]]
    streets: tuple[str, ...]
    cities: tuple[str, ...]
    jobs: tuple[str, ...]


@cache
def pool(locale: str) -> LocalePool:
    """Return the words of ``locale``, building them (about 40 ms) at the first call.

    Raises ValueError naming the known locales (see `countries.LOCALES`).
    """
    if locale not in LOCALES:
        raise ValueError(f"no people are known for locale {locale!r}; known: {', '.join(LOCALES)}")
    # Imported here: Faker costs a quarter of a second, and most commands need no people.
    from faker.factory import Factory

    # Only the providers that are asked: to look for the others in every locale takes longer than to draw.
    faker = Factory.create(locale, providers=[f"faker.providers.{name}" for name in _PROVIDERS], use_weighting=False)
    faker.seed_instance(_FAKER_SEED)

    def draw(what: str, longest: int) -> tuple[str, ...]:
        return _draw(getattr(faker, what), longest)

    return LocalePool(
        locale,
        LOCALES[locale],
        (draw("first_name_female", 24), draw("first_name_male", 24)),
        (draw("last_name_female", 30), draw("last_name_male", 30)),
        draw("street_name", 40),
        draw("city", 28),
        draw("job", 60),
    )


def _draw(source: Callable[[], str], longest: int) -> tuple[str, ...]:
    drawn = dict.fromkeys(source() for _ in range(_DRAWS))
    kept = tuple(w for w in drawn if len(w) <= longest and _NATURAL.fullmatch(w))
    if len(kept) < 10:
        raise ValueError(f"Faker offers too few words: {kept!r} of {len(drawn)} drawn")
    return kept
