"""Values that programs stumble over, made for a field of the stage: `$odd`, `$longest`, `$too_long`, `$zero`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from syncproof_mocks.schema import FieldInfo, FieldType

from .errors import SetupError
from .fitting.storage import Ends
from .mapping.grammar import Side
from .population.odd import long_text, odd_value
from .population.people import Person

BEYOND = 20
"""How many characters more than travel whole a `$too_long` text has."""


def special_value(
    what: str, ends: Ends, side: Side, info: FieldInfo, person: Person, old: Any, n: int, options: Sequence[str]
) -> Any:
    """Return the special value ``what`` as the field of ``side`` stores it; ``old`` is what the field means now.

    Raises SetupError where no such value exists: a zero that is no number, a text without a limit, one that this side
    cannot hold either.
    """
    if what == "zero":
        if ends.type is not FieldType.NUMBER:
            raise SetupError(f"`$zero` is for numbers; {info.name} is {ends.type}")
        return ends.cast(side, ends.raw(side, Decimal(0)))
    if what == "odd":
        value = odd_value(ends.type, person, old, n, salt=info.name, options=options, room=ends.room)
        return ends.cast(side, ends.raw(side, value))
    if ends.type is not FieldType.TEXT or ends.room is None:
        raise SetupError(f"`${what}` is for texts of limited length; {info.name} is {ends.type}, limit {ends.room or 'none'}")
    length = ends.room if what == "longest" else ends.room + BEYOND
    if info.max_length is not None and length > info.max_length:
        raise SetupError(f"`${what}`: {info.name} of the {side.upper()} itself holds only {info.max_length} characters")
    return long_text(person, n, length)
