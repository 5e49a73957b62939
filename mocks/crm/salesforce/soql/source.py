"""What the engine needs of the org that it queries, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ....journal import Row
from ....schema import FieldInfo


class Source(Protocol):
    """The org, as far as a query can see it. Names may come in any letter case; answers are canonical."""

    @property
    def now(self) -> Callable[[], datetime]:
        """Return the clock: a call gives an aware datetime in UTC."""

    @property
    def user_id(self) -> str:
        """Return the 18-character id of the user who runs the query."""

    def kind(self, name: str) -> str | None:
        """Return the canonical sObject name, or None if there is no such sObject."""

    def fields(self, kind: str) -> Mapping[str, FieldInfo]:
        """Return the fields by canonical name; ``vendor_type`` is Salesforce's type."""

    def parent(self, kind: str, relationship: str) -> tuple[str, tuple[str, ...]] | None:
        """Return (foreign key field, possible parent kinds): ``Owner`` -> (``OwnerId``, (``User``, ``Group``))."""

    def children(self, kind: str, relationship: str) -> tuple[str, str] | tuple[str, str, str] | None:
        """Return (child kind, its foreign key field[, canonical relationship name]).

        ``contacts`` on Account -> (``Contact``, ``AccountId``, ``Contacts``).
        """

    def rows(self, kind: str, deleted: bool) -> Iterable[Row]:
        """Return the rows in order of creation, with ``deleted`` those in the recycle bin too."""

    def get(self, kind: str, record_id: str) -> Row | None:
        """Return the row with this 18-character id."""

    def lookup(self, kind: str, field: str, value: object) -> Iterable[Row] | None:
        """Return the living rows with this value from an index, or None if the field is not indexed."""

    def row_url(self, kind: str, record_id: str) -> str:
        """Return what ``attributes.url`` says."""

    def hidden(self, kind: str, field: str) -> bool:
        """Tell whether field-level security hides the field from the user."""


@dataclass(frozen=True)
class ColumnShape:
    """One selected column: enough to answer ``columns=true`` (see `columns.column_metadata`)."""

    name: str
    display: str
    vendor_type: str
    custom: bool = False
    aggregate: bool = False
    insertable: bool = False
    updatable: bool = False
    joined: tuple[ColumnShape, ...] = ()


@dataclass(frozen=True)
class QueryResult:
    """The answer: ``records`` ready for JSON, ``rows`` the root rows behind them (same order; none for aggregates).

    ``related`` are the parent and child rows whose values are shown; ``assumed`` names the uncertain behaviours that
    this very answer rests on; ``grouped`` tells whether there was a GROUP BY.
    """

    total: int
    records: list[dict[str, Any]]
    kind: str
    is_count: bool
    columns: list[ColumnShape]
    rows: list[Row]
    related: list[Row] = field(default_factory=list)
    assumed: tuple[str, ...] = ()
    grouped: bool = False
