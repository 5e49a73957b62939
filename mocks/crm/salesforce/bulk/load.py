"""Rows on their way into the org: each is saved like any other (`saving`), one after another, and its fate is kept.

A load is the data of a Bulk 2.0 ingest job or of one Bulk 1.0 batch. It is worked off in slices (`backlog`); what it
changes is caused by the request that carried the rows, whoever asks for the state meanwhile.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from ....journal import Actor, Exchange, Row
from .. import recycle_bin, saving
from ..columns import Column
from ..errors import ApiError, ChoicesError
from ..ids import full_id
from ..kinds import Kind
from ..org import Org
from ..rows import upsert
from ..sobject_collections import named
from ..values import coerce
from ..writer import Writer
from .header import Payload

# The vendor saves rows in groups of this size; a key that repeats inside a group is refused.
GROUP_ROWS = 200
_XSD = {"date": "date", "datetime": "dateTime", "boolean": "boolean", "int": "int", "double": "double",
        "currency": "double", "percent": "double"}  # fmt: skip


class Refusal(NamedTuple):
    """Why a row was not saved. ``given_id`` is the id that the row itself named, if any."""

    code: str
    message: str
    fields: tuple[str, ...]
    given_id: str = ""

    @property
    def text(self) -> str:
        """Return the refusal as a cell of a CSV result: `CODE:message:Field1 Field2 --`."""
        return f"{self.code}:{self.message}:{' '.join((*self.fields, '--'))}"


@dataclass(slots=True)
class Load:
    """Rows to save and what became of those that were tried: an id or a `Refusal` each, in order.

    ``header`` are the columns of CSV (empty for JSON and XML). ``error`` says why the whole was given up.
    """

    kind: Kind
    operation: str
    key: Column | None
    writer: Writer
    cause: Exchange | None
    rows: Iterator[Payload]
    header: tuple[str, ...] = ()
    results: list[str | Refusal] = field(default_factory=list)
    created: bytearray = field(default_factory=bytearray)
    failed: int = 0
    done: bool = False
    error: str = ""
    started_ms: int = 0
    finished_ms: int = 0

    def work(self, org: Org, most: int) -> bool:
        """Save up to ``most`` rows (whole groups) and tell whether the load is done."""
        if self.done:
            return True
        journal = org.journal
        kept, journal.exchange = journal.exchange, self.cause
        org.store.packing = True
        try:
            # Whoever is acting at this moment, it is not they who write: the exchange names its own actor.
            with journal.acting(Actor.HARNESS):
                self._save_groups(org, most)
        except Exception:  # noqa: BLE001 (a bug of ours must become an UNKNOWN verdict, whoever drove the work)
            if self.cause is not None:
                self.cause.crash = traceback.format_exc()
            self.finish(org, "InternalServerError : An unexpected error occurred")
        finally:
            journal.exchange = kept
            org.store.packing = False
        return self.done

    def finish(self, org: Org, error: str = "") -> None:
        """End the load; the rows that are left are not processed."""
        self.error, self.done, self.rows = error, True, iter(())
        self.finished_ms = org.clock.now_ms()

    def _save_groups(self, org: Org, most: int) -> None:
        for _ in range(0, most, GROUP_ROWS):
            group = list(islice(self.rows, GROUP_ROWS))
            self._save_group(org, group)
            if len(group) < GROUP_ROWS:
                self.finish(org)
                return

    def _save_group(self, org: Org, group: list[Payload]) -> None:
        save = _SAVERS[self.operation]
        repeated = self._repeated(org, group) if self.key is not None else ()
        for at, payload in enumerate(group):
            try:
                if at in repeated:
                    assert self.key is not None
                    text = f"Duplicate external id specified: {_value(payload, self.key.name)}"
                    raise ApiError("DUPLICATE_VALUE", text, fields=(self.key.name,))
                record_id, is_new = save(self, org, payload)
                self.results.append(record_id)
                self.created.append(is_new)
            except ApiError as error:
                self._refuse(org, payload, error)

    def _repeated(self, org: Org, group: list[Payload]) -> set[int]:
        assert self.key is not None
        folded = [str(_value(p, self.key.name) or "").strip().casefold() for p in group]
        often = {k for k, n in Counter(folded).items() if n > 1 and k}
        if not often:
            return set()
        org.rests_on("salesforce.repeated_key")
        found = {n for n, k in enumerate(folded) if k in often}
        return found if org.settings["repeated_key"] == "refuse_all" else found - {folded.index(k) for k in often}

    def _refuse(self, org: Org, payload: Payload, error: ApiError) -> None:
        refusal = self._worded(org, payload, error)
        what = refusal.given_id or (str(_value(payload, self.key.name) or "") if self.key is not None else "")
        org.refused(named(what, len(self.results), payload), refusal.code, refusal.message)
        self.results.append(refusal)
        self.created.append(False)
        self.failed += 1

    def _worded(self, org: Org, payload: Payload, error: ApiError) -> Refusal:
        """Return the refusal as the Bulk APIs word it, where they differ from REST."""
        given = str(_value(payload, "Id") or "")
        if isinstance(error, ChoicesError):
            name = self.key.name if self.key is not None else ""
            ids = ", ".join(url.rpartition("/")[2] for url in error.urls)
            text = f"{name}: more than one record found for external id field: [{ids}]"
            return Refusal("DUPLICATE_EXTERNAL_ID", text, (name,) if name else (), given)
        if error.code == "JSON_PARSER_ERROR" and self.header:
            return self._unreadable(org, payload, given) or Refusal(error.code, error.message, error.fields or (), given)
        message = error.message
        if not self.header and error.code == "INVALID_FIELD" and message.startswith("No such column"):
            message = f"Unexpected JsonMappingException: {message}"
        return Refusal(error.code, message, error.fields or (), given)

    def _unreadable(self, org: Org, payload: Payload, given: str) -> Refusal | None:
        for at, name in enumerate(self.header):
            column = self.kind.find(name)
            if column is None or column.name not in payload:
                continue
            try:
                coerce(org, column, payload[column.name], strict=False)
            except ApiError:
                xsd = _XSD.get(column.info.vendor_type, "string")
                text = (
                    f"Failed to deserialize field at col {at}. Due to, '{payload[column.name]}' is not a valid value "
                    f"for the type xsd:{xsd}"
                )
                return Refusal("INVALID_FIELD", text, (column.name,), given)
        return None

    # -- one row ------------------------------------------------------------------------------------

    def insert(self, org: Org, payload: Payload) -> tuple[str, bool]:
        """Make a record."""
        if _value(payload, "Id"):
            raise ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", fields=("Id",))
        return saving.create(org, self.kind, _without(payload, "Id"), self.writer).id, True

    def update(self, org: Org, payload: Payload) -> tuple[str, bool]:
        """Change the record whose id the row names."""
        row = self._existing(org, payload, "an update")
        return saving.update(org, self.kind, row, _without(payload, "Id"), self.writer).id, False

    def upsert(self, org: Org, payload: Payload) -> tuple[str, bool]:
        """Change the record whose key the row names, or make it."""
        assert self.key is not None
        name = self.key.name
        value, rest = _value(payload, name), _without(payload, name)
        if name == "Id":
            return self.update(org, payload) if value else self.insert(org, rest)
        if value is None or value == "":
            raise ApiError("MISSING_ARGUMENT", f"{name} not specified", fields=(name,))
        if not _value(rest, "Id"):
            rest = _without(rest, "Id")
        row, is_new = upsert(org, self.kind, self.key, value, rest, self.writer)
        return row.id, is_new

    def delete(self, org: Org, payload: Payload) -> tuple[str, bool]:
        """Put a record into the recycle bin."""
        row = self._existing(org, payload, "a delete")
        saving.delete(org, self.kind, row)
        return row.id, False

    def hard_delete(self, org: Org, payload: Payload) -> tuple[str, bool]:
        """Remove a record for good, past the recycle bin."""
        record_id, _ = self.delete(org, payload)
        gone = org.row(self.kind, record_id)
        assert gone is not None
        recycle_bin.empty(org, self.kind, gone)
        return record_id, False

    def _existing(self, org: Org, payload: Payload, call: str) -> Row:
        given = _value(payload, "Id")
        if not given:
            raise ApiError("MISSING_ARGUMENT", f"Id not specified in {call} call", fields=())
        whole = full_id(str(given))
        if whole is None or whole[:3] != self.kind.prefix:
            text = f"{self.kind.label} ID: id value of incorrect type: {given}"
            raise ApiError("MALFORMED_ID", text, fields=("Id",))
        row = org.row(self.kind, whole)
        if row is None:
            raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=())
        if row.deleted:
            raise ApiError("ENTITY_IS_DELETED", "entity is deleted", fields=())
        return row


_SAVERS: dict[str, Callable[[Load, Org, Payload], tuple[str, bool]]] = {
    "insert": Load.insert, "update": Load.update, "upsert": Load.upsert, "delete": Load.delete,
    "hardDelete": Load.hard_delete,
}


def _value(payload: Payload, name: str) -> Any:
    found = payload.get(name)
    if found is None and name not in payload:
        lower = name.lower()
        return next((v for k, v in payload.items() if k.lower() == lower), None)
    return found


def _without(payload: Payload, name: str) -> Payload:
    lower = name.lower()
    return {k: v for k, v in payload.items() if k.lower() != lower}
