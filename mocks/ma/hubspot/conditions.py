"""Conditions on a record, as workflows and an administrator's demands state them: a property, an operator, a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .catalogue import Catalogue
from .values import parse_ms

Operator = Literal["eq", "ne", "in", "not_in", "known", "unknown", "gt", "gte", "lt", "lte", "contains", "changed"]
_WITHOUT_VALUE = ("known", "unknown", "changed")


class Condition(BaseModel):
    """One condition. `known`, `unknown` and `changed` take no value, `in` and `not_in` a list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    property: str
    op: Operator = "eq"
    value: str | int | float | bool | tuple[str | int | float | bool, ...] | None = Field(None, description="what the property is compared with")

    @model_validator(mode="after")
    def _value_fits(self) -> Condition:
        if self.op in _WITHOUT_VALUE and self.value is not None:
            raise ValueError(f"`{self.op}` takes no value")
        if self.op not in _WITHOUT_VALUE and self.value is None:
            raise ValueError(f"`{self.op}` needs a value")
        if self.op in ("in", "not_in") and not isinstance(self.value, tuple):
            raise ValueError(f"`{self.op}` needs a list of values")
        return self

    def check(self, catalogue: Catalogue) -> None:
        """Raises ValueError when the object type has no such property."""
        if self.property not in catalogue.by_name:
            raise ValueError(f"{catalogue.object_type.kind} have no property `{self.property}`")

    def holds(self, values: Mapping[str, Any], type_: str) -> bool:
        """Tell whether a record with ``values`` meets the condition; ``type_`` is the property's type."""
        present = str(values.get(self.property) or "")
        if self.op in _WITHOUT_VALUE:
            return not present if self.op == "unknown" else bool(present) or self.op == "changed"
        if self.op in ("in", "not_in"):
            assert isinstance(self.value, tuple)
            return (present in map(text_of_value, self.value)) is (self.op == "in")
        wanted = text_of_value(self.value)
        if self.op in ("eq", "ne"):
            return (_same(present, wanted, type_)) is (self.op == "eq")
        if self.op == "contains":
            return wanted.casefold() in present.casefold()
        return _ordered(present, wanted, self.op, type_)


def text_of_value(value: object) -> str:
    """Return a value of a YAML file as HubSpot stores it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _same(present: str, wanted: str, type_: str) -> bool:
    return present == wanted or (type_ == "string" and present.casefold() == wanted.casefold())


def _ordered(present: str, wanted: str, op: str, type_: str) -> bool:
    """Compare numbers and dates; text that is neither has no order."""
    one, other = _number(present, type_), _number(wanted, type_)
    if one is None or other is None:
        return False
    return {"gt": one > other, "gte": one >= other, "lt": one < other, "lte": one <= other}[op]


def _number(text: str, type_: str) -> float | None:
    if type_ in ("date", "datetime"):
        return parse_ms(text)
    try:
        return float(text)
    except ValueError:
        return None
