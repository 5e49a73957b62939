"""What one run of a query knows everywhere: the org, the switches, the moment, and what the answer came to rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from ....journal import Row
from ....schema import FieldInfo
from .source import Source

# Behaviours that sources disagree on or do not tell; an answer that needed one says so (QueryResult.assumed).
ASSUMED_NULLS = "soql.nulls_match_not_equal"
ASSUMED_FORMAT = "soql.format"
ASSUMED_GROUP_CASE = "soql.group_by_is_case_sensitive"


@dataclass
class Session:
    """One run: ``nulls_match`` is the switch for ``!=`` and ``NOT IN`` on null; ``zone`` is the user's time zone."""

    source: Source
    include_deleted: bool
    nulls_match: bool
    zone: tzinfo
    now: datetime
    assumed: set[str] = field(default_factory=set)
    related: list[Row] = field(default_factory=list)
    _names: dict[str, dict[str, FieldInfo]] = field(default_factory=dict)

    @classmethod
    def begin(cls, source: Source, *, include_deleted: bool, nulls_match: bool, zone: tzinfo) -> Session:
        """Return a session that sees the org at this moment."""
        return cls(source, include_deleted, nulls_match, zone, source.now().astimezone(UTC))

    @property
    def today(self) -> date:
        """Return the day it is for the user."""
        return self.now.astimezone(self.zone).date()

    def field(self, kind: str, name: str) -> FieldInfo | None:
        """Return the field called ``name`` in any letter case, or None if there is none that the user may see."""
        names = self._names.get(kind)
        if names is None:
            names = {n.lower(): info for n, info in self.source.fields(kind).items()}
            self._names[kind] = names
        info = names.get(name.lower())
        return None if info is None or self.source.hidden(kind, info.name) else info

    def alive(self, row: Row | None) -> Row | None:
        """Return the row unless it lies in the recycle bin and this run does not look there."""
        return None if row is None or (row.deleted and not self.include_deleted) else row
