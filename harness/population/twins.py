"""People whose address is somebody else's, or nearly: two persons behind one mailbox, and a tag that makes another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from .people import Dirt, Person

TAG: Final = "+shop"
_TWINS: Final = (Dirt.SHARED_ADDRESS, Dirt.PLUS_TWIN)


def paired(people: Sequence[Person]) -> tuple[Person, ...]:
    """Return the people, those with `SHARED_ADDRESS` or `PLUS_TWIN` with the address that this gives them.

    Each takes the address of a clean person of the same kind who nobody else is paired with: the next one, or the one
    before when no one comes after. Raises ValueError when there are too few clean people.
    """
    taken: set[str] = set()
    found = list(people)
    for place, person in enumerate(people):
        dirt = next((d for d in _TWINS if d in person.dirt), None)
        if dirt is None:
            continue
        other = next((p for p in [*people[place + 1 :], *reversed(people[:place])] if _may_be_paired(p, person, taken)), None)
        if other is None:
            raise ValueError(f"{person.key} with {dirt} needs a clean {person.kind} to be paired with, and nobody is left")
        taken.add(other.key)
        found[place] = replace(person, email=other.email if dirt is Dirt.SHARED_ADDRESS else tagged(other.email))
    return tuple(found)


def tagged(address: str) -> str:
    """Return the address with a tag behind its name; one that has a tag gets a longer one."""
    name, _, domain = address.partition("@")
    return f"{name}{TAG}@{domain}"


def _may_be_paired(other: Person, person: Person, taken: set[str]) -> bool:
    return other.kind is person.kind and not other.dirt and other.key not in taken
