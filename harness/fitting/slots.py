"""One thing that built-in records lack: what each person and company holds in it, in both systems at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any, Final

from syncproof_mocks.schema import FieldType

from ..mapping.grammar import Direction, Side
from ..mapping.meaning import is_blank
from ..population.countries import COUNTRIES
from ..population.people import Company, Dirt, Person, PersonKind
from .choices import Pair, joined, pairs
from .guards import Guard, is_outsider
from .storage import Ends
from .values import Field, Subject, digest, own_value

_T = FieldType
# One in ten of the fields that may be blank is.
_BLANK_ONE_IN: Final = 10
_TRIES: Final = 8
# Less, and a value says too little to tell whose it is.
_TELLING_LETTERS: Final = 6
_TELLING_DIGITS: Final = 9
TRACED: Final = frozenset({_T.TEXT, _T.NUMBER, _T.DATE, _T.DATETIME, _T.EMAIL, _T.PHONE})


@dataclass(frozen=True)
class Wearer:
    """Whom a value is for, and what the built-in records would hold of them."""

    whose: Person | Company
    builtin: Mapping[Side, Mapping[str, Any]]
    is_full: bool = False  # nothing is left blank
    is_twin: bool = False  # a second record of the same person in one system

    @cached_property
    def subject(self) -> Subject:
        """Return the part of the person that values are made from."""
        return Subject.of(self.whose)

    def has(self, dirt: Dirt) -> bool:
        """Tell whether the person carries a dirt."""
        return isinstance(self.whose, Person) and dirt in self.whose.dirt


@dataclass(frozen=True)
class Slot:
    """A pair of fields (or one field) to be filled.

    ``copies``: the side and field of the built-in records whose value is taken where both fields hold it. ``is_key``:
    records are matched by it, so it is never blank. ``is_constant``: everybody has the same, unless it must be unique.
    """

    ends: Ends
    own: Field
    sides: frozenset[Side]
    copies: tuple[tuple[Side, str], ...] = ()
    guards: tuple[Guard, ...] = ()
    is_key: bool = False
    is_constant: bool = False
    chosen: tuple[Pair, ...] = ()
    _choices_of: dict[PersonKind | None, tuple[Pair, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def made(cls, ends: Ends, own: Field, sides: frozenset[Side], **more: Any) -> Slot:
        """Return the slot with the choices that its fields leave."""
        chosen = pairs(ends, sides) if own.type in (_T.PICKLIST, _T.MULTI_PICKLIST) else ()
        if own.type is _T.COUNTRY and any(i.restricted and i.options for i in ends.known):
            chosen = pairs(ends, sides)
        return cls(ends, own, sides, chosen=chosen, **more)

    def name_on(self, side: Side) -> str:
        """Return the field of a side."""
        return self.ends.rule.field_on(side)

    @property
    def is_unique(self) -> bool:
        """Tell whether no two records may hold the same."""
        return self.is_key or any(i.unique for i in self.ends.known)

    @property
    def is_traced(self) -> bool:
        """Tell whether its values tell whose they are."""
        if (self.is_constant and not self.is_unique) or any(g.months is not None for g in self.guards):
            return False
        if self.own.type not in TRACED or self.chosen:
            return False
        if self.own.type is _T.NUMBER:
            return self.own.digits is None or self.own.digits[0] - self.own.digits[1] >= _TELLING_DIGITS
        return self.own.room is None or self.own.room >= _TELLING_LETTERS

    # -- values -------------------------------------------------------------------------------------

    def raws(self, wearer: Wearer) -> Pair:
        """Return what the CRM and the MA store, None for a blank or a side that has no such field."""
        found = self._copied(wearer)
        if found is None:
            found = (None, None) if self._is_blank(wearer) else self._own(wearer)
        crm, ma = found
        return crm if Side.CRM in self.sides else None, ma if Side.MA in self.sides else None

    def _copied(self, wearer: Wearer) -> Pair | None:
        for side, name in self.copies:
            builtin = wearer.builtin[side]
            if name not in builtin:
                continue
            found = self._carried(wearer, side, name)
            lost = any(is_blank(found[n]) for n, s in enumerate(Side) if s in self.sides) and not is_blank(builtin[name])
            if lost:
                continue
            fits = all(self.ends.takes(s, found[n]) for n, s in enumerate(Side) if s in self.sides)
            if fits and not (self._kept_out(found) and not self._stays_out(wearer)):
                return found
        return None

    def _carried(self, wearer: Wearer, side: Side, name: str) -> Pair:
        """Return both values for a built-in one: as built in where that is the very field, else by the mapping."""
        raws = []
        for target in Side:
            own_name = self.name_on(target)
            same = any((s, n) == (target, own_name) for s, n in self.copies)
            if same and own_name in wearer.builtin[target]:
                raws.append(self.ends.cast(target, wearer.builtin[target][own_name]))
            elif target is side:
                raws.append(self.ends.cast(target, wearer.builtin[side][name]))
            else:
                own_raw = self.ends.cast(side, wearer.builtin[side][name])
                raws.append(self.ends.carried(side, own_raw) if self.name_on(side) else own_raw)
        return raws[0], raws[1]

    def _is_blank(self, wearer: Wearer) -> bool:
        if any(g.keeps_blank for g in self.guards):
            return not self._stays_out(wearer)
        if wearer.is_twin and self.is_unique:
            # The vendor would refuse a second record with the same; one that must have a value gets another.
            return not any(i.required for i in self.ends.known)
        # A secret that is not there could not leak.
        must = self.is_key or self.guards or self.is_constant or self.ends.rule.direction is Direction.NONE
        if must or wearer.is_full or self.own.type is _T.BOOLEAN or any(i.required for i in self.ends.known):
            return False
        return digest("blank", self.own.salt, wearer.whose.key) % _BLANK_ONE_IN == 0

    def _own(self, wearer: Wearer) -> Pair:
        number = wearer.subject.number
        dated = next((g for g in self.guards if g.months is not None), None)
        if dated is not None:
            return self._both(dated.day(wearer.whose, number).isoformat(), moment=self.own.type is _T.DATETIME)
        if self.chosen:
            return self._choice(wearer)
        if self.own.type is _T.COUNTRY:
            return self._careless(wearer, self._both(wearer.subject.country))
        for attempt in range(_TRIES):
            mark = ("" if not attempt else f"/{attempt}") + ("/twin" if wearer.is_twin else "")
            found = self._careless(wearer, self._both(self._made(wearer, mark)))
            if not self._kept_out(found):
                return found
        return found

    def _made(self, wearer: Wearer, mark: str) -> Any:
        subject, own = wearer.subject, self.own
        if self.is_constant and not self.is_unique:
            subject = Subject("p0001", 0, "Seeded", "PL", "", 0)
        if mark:
            own = Field(own.salt + mark, own.type, own.index + 500, own.count, own.room, own.digits)
        return own_value(own, subject)

    def _both(self, value: Any, *, moment: bool = False) -> Pair:
        if moment:
            value = f"{value}T08:00:00.000Z"
        crm, ma = (self.ends.cast(s, self.ends.raw(s, value)) for s in Side)
        return crm, ma

    def _left(self, outsider: PersonKind | None) -> tuple[Pair, ...]:
        """Return the choices that keep people of a kind out as the exclusions say, or (None) those that keep nobody out."""
        choices = self._choices_of.get(outsider)
        if choices is None:
            choices = self.chosen
            for guard in self.guards:
                place = 0 if guard.side is Side.CRM else 1
                if outsider is not None and (not guard.kinds() or outsider in guard.kinds()):
                    choices = guard.fitting(outsider, choices, itemgetter(place)) or choices
                else:
                    choices = tuple(c for c in choices if not guard.holds(c[place])) or choices
            self._choices_of[outsider] = choices
        return choices

    def _choice(self, wearer: Wearer) -> Pair:
        choices = self.chosen
        if self.guards:
            choices = self._left(wearer.whose.kind if is_outsider(wearer.whose) else None)
        # The first choice for a constant: lists begin with the usual word.
        turn = 0 if self.is_constant else wearer.subject.number + digest(self.own.salt) % 97
        if self.own.type is _T.MULTI_PICKLIST:
            return joined(choices, turn % ((1 << min(len(choices), 30)) - 1) + 1)
        if self.own.type is _T.COUNTRY:
            home = self._both(wearer.subject.country)
            return home if home in choices else choices[turn % len(choices)]
        return choices[turn % len(choices)]

    # -- dirt and exclusions ------------------------------------------------------------------------

    def _careless(self, wearer: Wearer, found: Pair) -> Pair:
        """Plant what built-in fields of the same type carry: letter case of an address, another name of a country."""
        crm, ma = found
        if self.own.type is _T.EMAIL and wearer.has(Dirt.EMAIL_CASE) and crm is not None:
            mixed = str(crm).title()
            return (mixed, ma) if self.ends.means(Side.CRM, mixed) == self.ends.means(Side.CRM, crm) else found
        if self.own.type is _T.COUNTRY and wearer.has(Dirt.COUNTRY_VARIANT):
            careless = COUNTRIES[wearer.subject.country].variants[0]
            harmless = self.ends.means(Side.MA, careless) == self.ends.means(Side.MA, ma)
            return (crm, careless) if harmless and self.ends.takes(Side.MA, careless) else found
        return found

    def _kept_out(self, found: Pair) -> bool:
        return any(g.holds(found[0 if g.side is Side.CRM else 1]) for g in self.guards)

    def _stays_out(self, wearer: Wearer) -> bool:
        return is_outsider(wearer.whose) or wearer.has(Dirt.INACTIVE)
