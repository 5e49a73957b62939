"""What kind of damage a wrong value is: the word a person uses to look for the cause."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from ..population.trace import Trace

_E164 = re.compile(r"\+\d{7,15}")
_DIGITS = re.compile(r"\+?\d{4,}")


class Damage(StrEnum):
    """The classification of a field finding; the value is the word in reports."""

    LOST_UPDATE = "lost_update"
    WRONG_WINNER = "wrong_winner"
    BLANK_OVERWROTE = "blank_overwrote_value"
    NOT_CLEARED = "value_not_cleared"
    DROPPED = "dropped"
    FORMAT_CHANGED = "format_changed"
    TRUNCATED = "truncated"
    MANGLED = "mangled_encoding"
    SHIFTED_DATE = "shifted_date"
    ANOTHER_PERSON = "another_persons_value"
    ANOTHER_FIELD = "another_fields_value"
    INVENTED = "invented"
    WRONG_DIRECTION = "wrong_direction"
    OVERWRITTEN = "edit_overwritten"
    CHOICE_LOST = "choice_lost"
    NUMBER_CHANGED = "number_changed"
    PHONE_CHANGED = "phone_changed"
    LOST_WITH_ANOTHER = "lost_with_a_refused_value"
    WRONG_FORM = "sent_in_a_wrong_form"
    OLDER = "older_edit"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A value that no rule explains. All values are neutral; ``before`` is this side's when the sync started."""

    expected: Any
    found: Any
    before: Any
    other_before: Any
    both_changed: bool
    read_only_side: bool
    person: str
    fields: tuple[str, ...]  # the names of this field on both sides


def classify(wrong: Wrong, trace: Trace) -> Damage:  # noqa: PLR0911 (a chain of questions, the first yes answers)
    """Return the damage. The order of the questions is from the most telling to the least."""
    if wrong.found is None:
        return Damage.BLANK_OVERWROTE if wrong.before is not None else Damage.DROPPED
    foreign = _foreign(wrong, trace)
    if foreign is not None:
        return foreign
    if wrong.read_only_side and wrong.found != wrong.before:
        return Damage.WRONG_DIRECTION if wrong.found == wrong.other_before else _spoilt(wrong)
    if wrong.expected is None:
        return Damage.NOT_CLEARED if wrong.found in (wrong.before, wrong.other_before) else Damage.INVENTED
    if wrong.both_changed and wrong.found in (wrong.before, wrong.other_before):
        return Damage.WRONG_WINNER
    if wrong.found == wrong.before:
        return Damage.LOST_UPDATE
    if wrong.found == wrong.other_before:
        return Damage.WRONG_WINNER
    return _spoilt(wrong)


def _foreign(wrong: Wrong, trace: Trace) -> Damage | None:
    if wrong.found in (wrong.before, wrong.other_before) or not isinstance(wrong.found, str):
        return None
    owners = trace.whose(wrong.found)
    if owners and all(person != wrong.person for person, _ in owners):
        return Damage.ANOTHER_PERSON
    own = trace.fields(wrong.found, wrong.person)
    return None if not own or own & set(wrong.fields) or _is_date(wrong.found) else Damage.ANOTHER_FIELD


def _spoilt(wrong: Wrong) -> Damage:  # noqa: PLR0911 (a chain of questions, the first yes answers)
    """The found value is a damaged form of the expected one, an old value, or out of nowhere."""
    expected, found = wrong.expected, wrong.found
    if isinstance(expected, frozenset) and isinstance(found, frozenset):
        return Damage.CHOICE_LOST if expected - found else Damage.INVENTED
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return Damage.NUMBER_CHANGED
    if not isinstance(expected, str) or not isinstance(found, str):
        return Damage.INVENTED
    if _is_date(expected) and _is_date(found):
        return Damage.SHIFTED_DATE
    if expected.startswith((found, found.rstrip(".…"))):
        return Damage.TRUNCATED
    if _E164.fullmatch(expected) and _DIGITS.fullmatch(found):
        return Damage.PHONE_CHANGED
    if is_mangled(expected, found):
        return Damage.MANGLED
    if _bare(expected) == _bare(found):
        return Damage.FORMAT_CHANGED
    return Damage.INVENTED


def is_mangled(expected: str, found: str) -> bool:
    """Tell whether ``found`` is ``expected`` after an encoding accident (entities, percent codes, lost diacritics)."""
    if found in (expected, ""):
        return False
    unescaped = found
    for _ in range(3):
        unescaped = html.unescape(unescaped)
    if unescaped == expected or unquote(found) == expected:
        return True
    for wrong, right in (("utf-8", "latin-1"), ("utf-8", "cp1252"), ("utf-8", "cp1250")):
        if expected.encode(wrong, "ignore").decode(right, "ignore") == found:
            return True
    plain = _without_marks(expected)
    if found == plain or _without_marks(found) == plain:
        return True
    kept = re.sub(r"[?\ufffd_]+", "", found)
    return kept != "" and kept in (_only_ascii(expected), _only_ascii(plain))


def _without_marks(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.translate(str.maketrans("łŁøØđĐß", "lLoOdDs")))
    return "".join(c for c in folded if not unicodedata.combining(c))


def _only_ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode()


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _is_date(value: object) -> bool:
    return isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value) is not None
