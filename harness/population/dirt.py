"""Who carries which planted dirt."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from ..legible import plural
from .people import Dirt, PersonKind
from .spec import PopulationSpec

_MAILABLE: Final = (PersonKind.CUSTOMER, PersonKind.LEAD)
# Where the dirt shows best under the default mapping: a lead's company is a mapped text; age, country and the
# second record with the same address matter for contacts.
_PREFERRED: Final = {
    Dirt.COMPANY_VARIANT: PersonKind.LEAD, Dirt.COUNTRY_VARIANT: PersonKind.CUSTOMER,
    Dirt.INACTIVE: PersonKind.CUSTOMER, Dirt.DUPLICATE: PersonKind.CUSTOMER, Dirt.SHARED_ADDRESS: PersonKind.CUSTOMER,
    Dirt.BLANKS_IN_KEY: PersonKind.CUSTOMER, Dirt.KEY_CASE: PersonKind.CUSTOMER,
}
_FULL_SET_FROM: Final = 20


def plant(spec: PopulationSpec, kinds: Sequence[PersonKind], rng: random.Random) -> list[frozenset[Dirt]]:
    """Return the dirt of each person, by number.

    Customers and leads carry it (everybody, when there are none): on people who are kept out anyway it would show
    nothing. One kind of dirt per person as long as there are clean people left, and the first half of the population
    is spared as long as the second can carry it: "the first customer" of a scenario is a clean one. Raises ValueError
    when more dirt of one kind is ordered than there are people to carry it.
    """
    carriers = [n for n, kind in enumerate(kinds) if kind in _MAILABLE] or list(range(len(kinds)))
    rng.shuffle(carriers)
    order = {number: place for place, number in enumerate(carriers)}
    half = len(kinds) // 2
    carried: dict[int, set[Dirt]] = {number: set() for number in carriers}
    for dirt, count in _counts(spec, len(carriers)).items():
        if count > len(carriers):
            raise ValueError(f"{plural(count, 'person', 'people')} with {dirt} cannot be made; only {len(carriers)} can carry it")
        wanted = _PREFERRED.get(dirt)
        ranked = sorted(
            carriers,
            key=lambda n: (len(carried[n]), wanted is not None and kinds[n] is not wanted, n < half, order[n]),
        )
        for number in ranked[:count]:
            carried[number].add(dirt)
    return [frozenset(carried.get(number, ())) for number in range(len(kinds))]


def _counts(spec: PopulationSpec, carriers: int) -> dict[Dirt, int]:
    ordered = [dirt for dirt in Dirt if spec.dirt.get(dirt, 0)]
    least = len(ordered) if spec.total >= _FULL_SET_FROM else carriers // 2
    return {
        # A number of people is meant to the letter; only a share is rounded up to one.
        dirt: spec.dirt_count(dirt) or int(place < least)
        for place, dirt in enumerate(ordered)
    }
