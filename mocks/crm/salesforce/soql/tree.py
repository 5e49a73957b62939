"""The parsed query: frozen nouns, with the offset in the text wherever a refusal may have to point."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LiteralType(StrEnum):
    """How a value was written."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"
    DATE = "date"
    DATETIME = "datetime"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: ``raw`` as written (without quotes); ``value`` decoded; for RELATIVE (name, n) such as LAST_N_DAYS."""

    type: LiteralType
    raw: str
    value: object
    at: int


@dataclass(frozen=True, slots=True)
class Path:
    """A field, possibly through relationships: ``Account.Owner.Name``."""

    parts: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        """Return the path as written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function, named in upper case (``written`` keeps the original): ``COUNT()``, ``toLabel(Status)``."""

    name: str
    written: str
    argument: Path | Call | None
    at: int

    @property
    def text(self) -> str:
        """Return the call as Salesforce shows it, with the function in lower case."""
        return f"{self.name.lower()}({self.argument.text if self.argument else ''})"


Expr = Path | Call


@dataclass(frozen=True, slots=True)
class Selected:
    """One element of the SELECT list, with its alias."""

    expr: Expr
    alias: str | None
    alias_at: int


@dataclass(frozen=True, slots=True)
class Child:
    """A subquery in the SELECT list."""

    query: Query
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition. ``op`` is positive (=, <, <=, >, >=, LIKE, IN, INCLUDES); ``negated`` turns it round."""

    expr: Expr
    op: str
    negated: bool
    values: tuple[Literal, ...]
    subselect: Query | None
    at: int


@dataclass(frozen=True, slots=True)
class Conjunction:
    """All of the items hold."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """At least one of the items holds."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The item does not hold."""

    item: Condition


Condition = Comparison | Conjunction | Disjunction | Negation


@dataclass(frozen=True, slots=True)
class Ordering:
    """One element of ORDER BY; ``nulls_last`` is None when not stated (Salesforce: nulls first)."""

    expr: Expr
    descending: bool
    nulls_last: bool | None


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query or subquery."""

    select: tuple[Selected | Child, ...]
    source: Path
    alias: str | None
    scope: tuple[str, int] | None
    where: Condition | None
    group_by: tuple[Expr, ...]
    having: Condition | None
    order_by: tuple[Ordering, ...]
    limit: int | None
    offset: int
    all_rows: bool
