"""What has changed since the last run, on both sides, with a look back over the cursor.

Both vendors show some changes late (commit delay, search lag), so each run reads ten minutes more than it should
need; records that look as they did when they were last dealt with are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .bugs import Bugs
from .contract import ObjectContract
from .crm import SalesforceSide
from .ma import HubspotSide, stamp_of
from .outcome import Outcome
from .state import State, mark_of
from .windows import Window

Row = dict[str, Any]

MA_SYSTEM = ("hs_object_id", "hs_merged_object_ids")


@dataclass(frozen=True, slots=True)
class Family:
    """The objects that share one kind of MA record: contacts and leads, or companies alone."""

    name: str
    contracts: tuple[ObjectContract, ...]
    extra_properties: tuple[str, ...] = ()

    @property
    def ma(self) -> str:
        """Return the kind of the MA."""
        return self.contracts[0].ma

    @property
    def properties(self) -> tuple[str, ...]:
        """Return every MA property that any of the objects needs."""
        names = [*MA_SYSTEM, stamp_of(self.ma), *self.extra_properties]
        for contract in self.contracts:
            names += contract.ma_properties
        return tuple(dict.fromkeys(names))

    def contract_for(self, object_name: str) -> ObjectContract | None:
        """Return the contract of an object, or None."""
        return next((c for c in self.contracts if c.object == object_name), None)


@dataclass(slots=True)
class Changes:
    """What was read. ``crm`` and ``ma`` hold what must be dealt with, ``*_read`` everything."""

    crm: dict[str, dict[str, Row]] = field(default_factory=dict)  # object -> id -> row
    crm_read: dict[str, dict[str, Row]] = field(default_factory=dict)
    deleted: list[tuple[ObjectContract, Row]] = field(default_factory=list)
    ma: dict[str, Row] = field(default_factory=dict)
    ma_read: dict[str, Row] = field(default_factory=dict)
    everyone: bool = False  # ma_read holds all there is
    cursors: dict[str, int] = field(default_factory=dict)
    crm_marks: dict[str, str] = field(default_factory=dict)
    ma_marks: dict[str, str] = field(default_factory=dict)


class Reader:
    """Reads both sides of a family of objects."""

    def __init__(self, crm: SalesforceSide, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs) -> None:
        self._crm, self._ma, self._state, self._outcome, self._bugs = crm, ma, state, outcome, bugs
        self._window = Window(bugs)
        self._echoes = bugs.on("echo")

    def read(self, family: Family) -> Changes:
        """Return the changes of a family. Raises what the two sides raise."""
        changes = Changes()
        for contract in family.contracts:
            self._read_crm(contract, changes)
        self._read_ma(family, changes)
        return changes

    def _read_crm(self, contract: ObjectContract, changes: Changes) -> None:
        name = f"crm:{contract.crm}"
        cursor = self._state.cursor(name)
        self._crm.start_reading()
        since = self._window.first(self._crm.clock_ms) if cursor is None or self._echoes else self._window.since(cursor)
        rows = self._crm.rows(contract.crm, contract.crm_fields, None if since is None else self._window.in_query(since))
        goes_on = self._window.cursor(self._crm.reading_since_ms, self._crm.stamp_ms)
        if goes_on is not None:
            changes.cursors[name] = goes_on
        rows += self._again(contract, {row["Id"] for row in rows})
        self._outcome.read += len(rows)
        living = {row["Id"]: row for row in rows if not row["IsDeleted"]}
        changes.deleted += [(contract, row) for row in rows if row["IsDeleted"]]
        changes.crm_read[contract.object] = living
        changes.crm[contract.object] = self._new("crm", living, changes.crm_marks)

    def _again(self, contract: ObjectContract, known: set[str]) -> list[Row]:
        """Return the records whose delivery failed in an earlier run."""
        prefix = f"{contract.object}/"
        wanted = {i.removeprefix(prefix) for i in self._state.retries("crm") if i.startswith(prefix)} - known
        return list(self._crm.by_ids(contract.crm, contract.crm_fields, wanted).values()) if wanted else []

    def _read_ma(self, family: Family, changes: Changes) -> None:
        name = f"ma:{family.ma}"
        cursor = self._state.cursor(name)
        self._ma.start_reading()
        changes.everyone = cursor is None or self._echoes
        if cursor is None or self._echoes:
            rows = self._ma.everything(family.ma, family.properties)
        else:
            rows = self._ma.changed(family.ma, family.properties, self._window.since(cursor))
        goes_on = self._window.cursor(self._ma.reading_since_ms, self._ma.stamp_ms)
        if goes_on is not None:
            changes.cursors[name] = goes_on
        prefix = f"{family.ma}/"
        heard = self._state.heard.changed
        if self._bugs.on("lost_event_never_made_up"):
            # Changes are told by webhooks; polling is for people who are new.
            rows = [row for row in rows if changes.everyone or self._state.link_of_ma(family.name, row["id"]) is None]
        wanted = {i.removeprefix(prefix) for i in self._state.retries("ma") | heard if i.startswith(prefix)}
        wanted -= {row["id"] for row in rows}
        rows += self._ma.read(family.ma, wanted, family.properties) if wanted else []
        self._outcome.read += len(rows)
        changes.ma_read = {row["id"]: row for row in rows}
        changes.ma = self._new(f"ma:{family.ma}", changes.ma_read, changes.ma_marks)

    def _new(self, side: str, rows: Mapping[str, Row], marks: dict[str, str]) -> dict[str, Row]:
        """Return the rows that do not look as they did when they were last dealt with."""
        known = self._state.marks(side)
        retries = {i.partition("/")[2] for i in self._state.retries(side.partition(":")[0])}
        guarded = self._state.guarded(side, rows) if self._bugs.on("loop_guard_drops_edits") else frozenset()
        found = {}
        for record_id, row in rows.items():
            mark = mark_of(row)
            if row.get("hs_email_optout") == "true" and record_id in known and self._bugs.on("unsubscribe_event_filed_away"):
                marks[record_id] = mark  # unsubscribes come by webhook: whoever looks after them finds it in the queue
                continue
            if record_id in guarded:
                # What this connector wrote comes back now: nothing to do.
                marks[record_id] = mark
                continue
            if known.get(record_id) != mark or record_id in retries or self._echoes:
                found[record_id] = row
                marks[record_id] = mark
        return found
