"""What a field of one system can hold: a value in the vendor's form, and whether the field would take it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from syncproof_mocks.schema import FieldInfo, FieldType

from ..mapping.grammar import FieldRule, Side
from ..mapping.meaning import is_blank, neutral, stored

_T = FieldType
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
# A rule may say less than the fields it joins: of two texts one may be a date. The narrowest word counts.
_NARROWEST_FIRST: Final = (_T.BOOLEAN, _T.DATE, _T.DATETIME, _T.NUMBER, _T.EMAIL, _T.PHONE, _T.COUNTRY)
# Vendors whose records carry JSON types; the others store text.
_TYPED: Final = frozenset({"salesforce"})


@dataclass(frozen=True)
class Ends:
    """The two ends of a field rule: the rule, each side's field (None: it has none) and each side's vendor."""

    rule: FieldRule
    infos: Mapping[Side, FieldInfo | None]
    vendors: Mapping[Side, str]

    def info(self, side: Side) -> FieldInfo | None:
        """Return the field on one side."""
        return self.infos[side]

    @property
    def known(self) -> list[FieldInfo]:
        """Return the fields that exist."""
        return [i for i in self.infos.values() if i is not None]

    @property
    def type(self) -> FieldType:
        """Return the narrowest type that the rule or one of its fields demands."""
        types = {self.rule.type, *(i.type for i in self.known)}
        if _T.REFERENCE in types:
            return _T.REFERENCE
        if _T.MULTI_PICKLIST in types:
            return _T.MULTI_PICKLIST
        if self.is_choice:
            return _T.PICKLIST
        # A picklist without options anywhere takes any text.
        return next((t for t in _NARROWEST_FIRST if t in types), _T.TEXT)

    @property
    def is_choice(self) -> bool:
        """Tell whether only values of a list will do."""
        listed = any(i.options and i.type is not _T.BOOLEAN for i in self.known)
        return bool(self.rule.values) or listed or (self.rule.type is _T.PICKLIST and any(i.type is _T.BOOLEAN for i in self.known))

    @property
    def room(self) -> int | None:
        """Return the longest text that both fields and the rule let through; None: no limit."""
        limits = [n for n in (self.rule.max_length, *(i.max_length for i in self.known)) if n is not None]
        return min(limits) if limits else None

    @property
    def digits(self) -> tuple[int, int] | None:
        """Return precision and scale of the smaller number field."""
        told = [i.digits for i in self.known if i.digits is not None]
        return min(told, key=lambda d: (d[0] - d[1], d[1])) if told else None

    def raw(self, side: Side, value: Any) -> Any:
        """Return a neutral value as the field of one side stores it."""
        return self.cast(side, stored(self.rule, side, value, self.vendors[side]))

    def cast(self, side: Side, raw: Any) -> Any:
        """Return a stored value in the JSON type and form that the field of a side has."""
        info = self.infos[side]
        if raw is None or info is None:
            return raw
        text = str(raw).lower() if isinstance(raw, bool) else str(raw)
        if info.type is _T.DATETIME and _DAY.fullmatch(text):
            text += "T00:00:00.000+0000" if self.vendors[side] in _TYPED else "T00:00:00Z"
        elif info.type is _T.DATE and _MOMENT.fullmatch(text):
            text = text[:10]
        if self.vendors[side] not in _TYPED:
            return text
        if info.type is _T.BOOLEAN:
            return text.casefold() == "true"
        return _number(raw) if info.type is _T.NUMBER else text

    def means(self, side: Side, raw: Any) -> Any:
        """Return what a stored value means by the rule."""
        return neutral(self.rule, side, raw)

    def carried(self, side: Side, raw: Any) -> Any:
        """Return what the field of the other side stores for a value stored on ``side``."""
        return self.raw(side.other, self.means(side, raw))

    def takes(self, side: Side, raw: Any) -> bool:
        """Tell whether the field of a side would take a stored value (a blank: whether it may be blank)."""
        info = self.infos[side]
        if info is None:
            return True
        if is_blank(raw):
            return not info.required
        if self.rule.max_length is not None and isinstance(raw, str) and len(raw) > self.rule.max_length:
            return False
        return accepts(info, raw)


def accepts(info: FieldInfo, raw: Any) -> bool:
    """Tell whether a field takes a value that is not blank: option, length, and the form of its type."""
    text = str(raw).lower() if isinstance(raw, bool) else str(raw)
    if info.options and info.restricted:
        options = {o.value for o in info.options if o.active}
        return (set(text.split(";")) if info.type is _T.MULTI_PICKLIST else {text}) <= options
    if info.max_length is not None and len(text) > info.max_length and info.type is not _T.NUMBER:
        return False
    form = _FORMS.get(info.type)
    return form is None or form(info, text)


def _is_number(info: FieldInfo, text: str) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return info.digits is None or abs(number) < Decimal(10) ** (info.digits[0] - info.digits[1])


def _is_nothing(_: FieldInfo, text: str) -> bool:
    del text  # which ids exist is known only once records are seeded
    return False


_FORMS: Final[dict[FieldType, Callable[[FieldInfo, str], bool]]] = {
    _T.BOOLEAN: lambda _, text: text in ("true", "false"),
    _T.NUMBER: _is_number,
    _T.DATE: lambda _, text: _DAY.fullmatch(text) is not None,
    _T.DATETIME: lambda _, text: _MOMENT.fullmatch(text) is not None,
    _T.EMAIL: lambda _, text: "@" in text,
    _T.REFERENCE: _is_nothing,
}


def _number(raw: Any) -> Any:
    if isinstance(raw, int | float):
        return raw
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        return raw
    return int(number) if number == number.to_integral_value() else float(number)
