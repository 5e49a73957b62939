"""What can be chosen in a field of a list: pairs of stored values that both sides hold and that mean the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from typing import Any

from syncproof_mocks.schema import FieldType

from ..mapping.grammar import Side
from ..population.countries import COUNTRIES
from .storage import Ends

Pair = tuple[Any, Any]

# More choices than this prove nothing more, and a list may have thousands.
_MOST = 40


def pairs(ends: Ends, sides: frozenset[Side]) -> tuple[Pair, ...]:
    """Return (CRM value, MA value) for each choice, in the order of the lists; a side not in ``sides`` counts for nothing.

    For a multi-picklist they are single picks. Empty: the two fields have no value in common.
    """
    found: dict[Pair, None] = {}
    for crm, ma in _candidates(ends):
        pair = (crm if Side.CRM in sides else None, ma if Side.MA in sides else None)
        if all(pair[n] is not None and ends.takes(s, pair[n]) for n, s in enumerate(Side) if s in sides):
            if len(sides) == len(Side) and ends.means(Side.CRM, crm) != ends.means(Side.MA, ma):
                continue
            found[pair] = None
        if len(found) == _MOST:
            break
    return tuple(found)


def joined(picked: tuple[Pair, ...], bits: int) -> Pair:
    """Return the multi-picklist values for those picks whose bit is set; None for none."""
    chosen = list(compress(picked, (bits >> place & 1 for place in range(len(picked)))))
    crm, ma = (";".join(str(pair[n]) for pair in chosen if pair[n] is not None) or None for n in (0, 1))
    return crm, ma


def _candidates(ends: Ends) -> Iterator[Pair]:
    rule = ends.rule
    for side in Side:
        info = ends.info(side)
        for option in info.options if info is not None and info.type is not FieldType.BOOLEAN else ():
            if option.active:
                own, other = ends.cast(side, option.value), ends.carried(side, option.value)
                yield (own, other) if side is Side.CRM else (other, own)
    for crm, ma in rule.values.items():
        yield ends.cast(Side.CRM, crm), ends.cast(Side.MA, ma)
    if rule.type is FieldType.COUNTRY:
        for code in COUNTRIES:
            yield ends.raw(Side.CRM, code), ends.raw(Side.MA, code)
    if any(i.type is FieldType.BOOLEAN for i in ends.known):
        for value in ("true", "false"):
            yield ends.cast(Side.CRM, value), ends.cast(Side.MA, value)
