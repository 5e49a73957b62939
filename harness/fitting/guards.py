"""The exclusions of a mapping, turned round: what a record holds of somebody who is to be synced, or to stay out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from ..mapping.exclusions import excluded
from ..mapping.grammar import Exclusion, ObjectMapping, Side
from ..population.people import Company, Dirt, Person, PersonKind

_OUTSIDERS = (PersonKind.PARTNER, PersonKind.SUPPLIER, PersonKind.TEST)
# What organisations call these people in their lists.
_CALLED = {
    PersonKind.PARTNER: ("partner",), PersonKind.SUPPLIER: ("supplier", "vendor", "dostawc"), PersonKind.TEST: ("test",),
}


@dataclass(frozen=True)
class Guard:
    """The exclusions on one field of one side."""

    obj: ObjectMapping
    side: Side
    field: str
    now: datetime

    @cached_property
    def exclusions(self) -> list[Exclusion]:
        """Return the exclusions on this field."""
        return [e for e in self.obj.exclude if (e.crm if self.side is Side.CRM else e.ma) == self.field]

    def holds(self, raw: Any) -> bool:
        """Tell whether a stored value keeps its record out."""
        return excluded(self._alone, self.side, {self.field: raw}, self.now) is not None

    @cached_property
    def _alone(self) -> ObjectMapping:
        return self.obj.model_copy(update={"exclude": tuple(self.exclusions)})

    @cached_property
    def months(self) -> int | None:
        """Return the age in months above which a record stays out, when the field is such a date."""
        return next((e.older_than_months for e in self.exclusions if e.older_than_months is not None), None)

    @cached_property
    def keeps_blank(self) -> bool:
        """Tell whether a record with a value stays out: the field of everybody else is blank."""
        return any(e.blank is False for e in self.exclusions)

    def kinds(self) -> frozenset[PersonKind]:
        """Return the kinds of people whom the listed values speak of by name."""
        words = [str(v).casefold() for e in self.exclusions for v in e.any_of]
        return frozenset(k for k, names in _CALLED.items() if any(n in w for n in names for w in words))

    def fitting(self, kind: PersonKind, choices: Iterable[Any], raw_of: Callable[[Any], Any]) -> tuple[Any, ...]:
        """Return the choices that keep people of a kind out: those called like them, if there are any."""
        out = [c for c in choices if self.holds(raw_of(c))]
        named = [c for c in out if any(n in str(raw_of(c)).casefold() for n in _CALLED.get(kind, ()))]
        return tuple(named or out)

    def day(self, whose: Person | Company, number: int) -> date:
        """Return a day that makes a record too old for the guard when its person is inactive, else one that does not."""
        months = self.months or 1
        today = self.now.astimezone(UTC).date()
        if isinstance(whose, Person) and Dirt.INACTIVE in whose.dirt:
            return today - timedelta(days=months * 31 + 30 + number % 200)
        return today - timedelta(days=1 + number % max(min(months * 28, 300) - 1, 1))


def is_outsider(whose: Person | Company) -> bool:
    """Tell whether a person or company is of a kind that mappings usually leave out."""
    return whose.kind in _OUTSIDERS
