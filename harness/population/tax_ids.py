"""Tax numbers with right check digits, made from a running number: valid for their country and never the same twice.

The algorithms are those published for each number (NIP: weights 6 5 7 2 3 4 5 6 7 modulo 11; IČO: weights 8..2
modulo 11; USt-IdNr: ISO 7064 MOD 11,10; CNPJ: two digits modulo 11). An EIN has no check digit: only its shape
(and an issued prefix) can be right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_SPACE: Final = 1_000_000


def tax_id(country: str, number: int) -> str:
    """Return the tax number of company ``number`` in ``country`` (PL, CZ, DE, BR, US), without separators.

    Injective for 0 <= number < 1,000,000 over all countries together: shapes differ from country to country.
    Raises ValueError for another country or a number outside the range.
    """
    if country not in _MAKERS:
        raise ValueError(f"no tax number is known for country {country!r}; known: {', '.join(sorted(_MAKERS))}")
    if not 0 <= number < _SPACE:
        raise ValueError(f"tax numbers exist for 0 to {_SPACE - 1}; {number} was given")
    # A permutation (the stride is coprime to 10^6): the tax numbers of neighbours do not look alike.
    return _MAKERS[country]((number * 387_421 + 60_493) % _SPACE)


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=True))


def _nip(number: int) -> str:
    # A remainder of 10 has no check digit; such a body is never issued, so the filler digit moves on.
    for filler in "0123456789":
        body = f"52{number:06d}{filler}"
        check = _weighted(body, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
        if check < 10:
            return f"{body}{check}"
    raise AssertionError("ten fillers give ten different remainders modulo 11, at most one of which is 10")


def _ico(number: int) -> str:
    # IČO of older companies begin with a zero; a system that reads them as numbers loses it.
    body = f"0{number:06d}"
    check = (11 - _weighted(body, (8, 7, 6, 5, 4, 3, 2)) % 11) % 10
    return f"{body}{check}"


def _ust_id(number: int) -> str:
    body = f"81{number:06d}"
    product = 10
    for digit in body:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return f"DE{body}{(11 - product) % 10}"


def _cnpj(number: int) -> str:
    body = f"11{number:06d}0001"
    for weights in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        rest = _weighted(body, weights) % 11
        body += str(0 if rest < 2 else 11 - rest)
    return body


def _ein(number: int) -> str:
    return f"20-0{number:06d}"


_MAKERS: Final[dict[str, Callable[[int], str]]] = {"PL": _nip, "CZ": _ico, "DE": _ust_id, "BR": _cnpj, "US": _ein}
