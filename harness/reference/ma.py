"""HubSpot's records through hubspot-api-client: lists and searches with all pages, batches of 100."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .bugs import Bugs
from .conversion import epoch_ms, folded
from .crm import Result
from .failures import ConnectorError, TransientError
from .ma_consents import HubspotConsents
from .ma_errors import item_failures
from .ma_search import HubspotSearch
from .ma_stages import ignored, rounds
from .ma_wire import HubspotWire, chunks, raw_answer

Row = dict[str, Any]

BATCH = 100
_HISTORY_BATCH = 50
STAMPS = {"contacts": "lastmodifieddate"}


def stamp_of(kind: str) -> str:
    """Return the property that says when a record of ``kind`` was changed."""
    return STAMPS.get(kind, "hs_lastmodifieddate")


class HubspotSide:
    """The MA. Every method raises AuthorisationError, TransientError (patience is over) or RefusedError."""

    def __init__(self, wire: HubspotWire, bugs: Bugs) -> None:
        self._wire = wire
        self._bugs = bugs
        self.consents = HubspotConsents(wire)

    def start_reading(self) -> None:
        """Begin to note the time, for `reading_since_ms`."""
        self._wire.start_reading()

    @property
    def reading_since_ms(self) -> int | None:
        """Return when reading started by HubSpot's own clock; None without a `Date` header."""
        return self._wire.reading_since_ms

    @property
    def stamp_ms(self) -> int:
        """Return the latest stamp of a record read since `start_reading` (0: none)."""
        return self._wire.stamp_ms

    # -- reading ------------------------------------------------------------------------------------

    def everything(self, kind: str, properties: Sequence[str]) -> list[Row]:
        """Return all living records, by list pages (read-after-write, unlike search)."""
        found: list[Row] = []
        after = None
        while True:
            wanted = {"limit": BATCH, "properties": list(properties), **({"after": after} if after else {})}
            page = self._wire.ask(lambda: self._wire.basic.get_page(kind, **wanted, **raw_answer()))  # noqa: B023 (called now)
            found += self._flat(kind, page["results"])
            after = page.get("paging", {}).get("next", {}).get("after")
            if not after or self._bugs.on("first_page_only"):
                return found

    def archived(self, kind: str, properties: Sequence[str]) -> list[Row]:
        """Return the records that people (or this connector) archived, each with its `archivedAt`; HubSpot keeps them 90 days."""
        found: list[Row] = []
        after = None
        while True:
            wanted = {"limit": BATCH, "properties": list(properties), "archived": True, **({"after": after} if after else {})}
            page = self._wire.ask(lambda: self._wire.basic.get_page(kind, **wanted, **raw_answer()))  # noqa: B023 (called now)
            for record in page["results"]:
                found += [{**row, "archivedAt": record.get("archivedAt")} for row in self._flat(kind, [record])]
            after = page.get("paging", {}).get("next", {}).get("after")
            if not after:
                return found

    def properties(self, kind: str) -> set[str]:
        """Return the properties of a kind of record that are not archived."""
        page = self._wire.ask(lambda: self._wire.direct("GET", f"/crm/v3/properties/{kind}"))
        return {str(entry["name"]) for entry in page["results"]}

    def changed(self, kind: str, properties: Sequence[str], since_ms: int) -> list[Row]:
        """Return the living records changed since ``since_ms``, however many."""
        pages = HubspotSearch(self._wire, self._bugs).changed(kind, stamp_of(kind), properties, since_ms)
        return [row for page in pages for row in self._flat(kind, page)]

    def read(
        self, kind: str, ids: Iterable[str], properties: Sequence[str], *, key: str = "", archived: bool = False
    ) -> list[Row]:
        """Return the records with these ids (or these values of the unique property ``key``); missing ones are absent.

        A merged record answers under its new id; its `hs_merged_object_ids` names the old one.
        """
        found: list[Row] = []
        for chunk in chunks(sorted(set(ids)), BATCH):
            body: Row = {"inputs": [{"id": i} for i in chunk], "properties": list(properties), "propertiesWithHistory": []}
            if key:
                body["idProperty"] = key
            more: Row = {"archived": True} if archived else {}
            page = self._wire.ask(lambda: self._wire.batch.read(kind, body, **more, **raw_answer()))  # noqa: B023 (called now)
            found += self._flat(kind, page.get("results", []))
        return found

    def searched(self, kind: str, key: str, values: Iterable[str], properties: Sequence[str]) -> list[Row]:
        """Return the records in which the search finds one of these values: what was just saved may be missing."""
        found: list[Row] = []
        for chunk in chunks(sorted(set(values)), BATCH):
            wanted = {"propertyName": key, "operator": "IN", "values": list(chunk)}
            body = {"filterGroups": [{"filters": [wanted]}], "properties": list(properties), "limit": BATCH}
            page = self._wire.ask(lambda: self._wire.search.do_search(kind, body, **raw_answer()))  # noqa: B023 (called now)
            found += self._flat(kind, page["results"])
        return found

    def edits(self, kind: str, ids: Iterable[str], properties: Iterable[str]) -> dict[tuple[str, str], int]:
        """Return when each property was last written: (record id, property) -> epoch milliseconds."""
        names = sorted(set(properties))
        found: dict[tuple[str, str], int] = {}
        for chunk in chunks(sorted(set(ids)), _HISTORY_BATCH):
            body = {"inputs": [{"id": i} for i in chunk], "properties": [], "propertiesWithHistory": names}
            page = self._wire.ask(lambda: self._wire.batch.read(kind, body, **raw_answer()))  # noqa: B023 (called now)
            for record in page.get("results", []):
                for name, versions in (record.get("propertiesWithHistory") or {}).items():
                    if versions:
                        found[record["id"], name] = epoch_ms(versions[0].get("timestamp")) or 0
        return found

    def owners(self) -> list[Row]:
        """Return the owners: id, email."""
        found: list[Row] = []
        after = None
        while True:
            more: Row = {"after": after} if after else {}
            page = self._wire.ask(lambda: self._wire.owners.get_page(limit=500, **more, **raw_answer()))  # noqa: B023
            found += page["results"]
            after = page.get("paging", {}).get("next", {}).get("after")
            if not after:
                return found

    def associations(self, ids: Iterable[str]) -> dict[str, set[str]]:
        """Return the companies of contacts: contact id -> company ids."""
        found: dict[str, set[str]] = {}
        for chunk in chunks(sorted(set(ids)), 1000):
            body = {"inputs": [{"id": i} for i in chunk]}
            page = self._wire.ask(lambda: self._wire.links.get_page("contacts", "companies", body, **raw_answer()))  # noqa: B023
            for entry in page.get("results", []):
                found[str(entry["from"]["id"])] = {str(to["toObjectId"]) for to in entry.get("to", [])}
        return found

    def _flat(self, kind: str, results: Iterable[Mapping[str, Any]]) -> list[Row]:
        stamp = stamp_of(kind)
        rows = [{**entry["properties"], "id": str(entry["id"])} for entry in results]
        for row in rows:
            self._wire.stamp_ms = max(self._wire.stamp_ms, epoch_ms(row.get(stamp)) or 0)
        return rows

    # -- writing ------------------------------------------------------------------------------------

    def create(self, kind: str, key: str, records: Sequence[Row]) -> Iterator[list[Result]]:
        """Create records; yield the results of each batch in the order of ``records``.

        Answers come in any order and are told apart by the property ``key``. A conflict carries the existing id.
        """
        # Without a key nothing tells the answers of a batch apart: such records go alone. Order is kept.
        start = 0
        for at, record in enumerate(records):
            alone = not folded(record.get(key))
            if alone or at - start == BATCH:
                if at > start:
                    yield self._created(kind, key, records[start:at])
                start = at
            if alone:
                yield self._created(kind, key, [record])
                start = at + 1
        if start < len(records):
            yield self._created(kind, key, records[start:])

    def _created(self, kind: str, key: str, records: Sequence[Row]) -> list[Result]:
        inputs = [
            {"objectWriteTraceId": str(at), "properties": record, "associations": []} for at, record in enumerate(records)
        ]
        page, error = self._wire.batched(lambda: self._wire.batch.create(kind, {"inputs": inputs}, **raw_answer()))
        if error is not None:
            return self._split(error, records, lambda part: self._created(kind, key, part))
        failed = item_failures(page)
        if self._bugs.on("batch_answers_by_position"):
            made = [Result(str(entry["id"])) for entry in page.get("results", [])]
            return made + [Result(error=failure) for failure in failed.values()]
        ids = {folded(entry["properties"].get(key)): str(entry["id"]) for entry in page.get("results", [])}
        return [
            Result(error=failed[str(at)]) if str(at) in failed else _found(ids, folded(record.get(key)))
            for at, record in enumerate(records)
        ]

    def update(self, kind: str, records: Sequence[tuple[str, Row]]) -> Iterator[list[Result]]:
        """Change properties of records; yield the results of each batch in the order of ``records``."""
        for chunk in chunks(records, BATCH):
            yield self._updated(kind, chunk)

    def _updated(self, kind: str, records: Sequence[tuple[str, Row]]) -> list[Result]:
        inputs = [{"id": i, "objectWriteTraceId": i, "properties": properties} for i, properties in records]
        if self._bugs.on("upsert_by_address"):
            for entry, (_, properties) in zip(inputs, records, strict=True):
                if properties.get("email"):
                    entry |= {"id": properties["email"], "idProperty": "email"}
        taken_for_done = self._bugs.on("timeout_taken_for_done")
        page, error = self._wire.batched(
            lambda: self._wire.batch.update(kind, {"inputs": inputs}, **raw_answer()), repeatable=not taken_for_done
        )
        if taken_for_done and isinstance(error, TransientError) and error.ambiguous:
            return [Result(i) for i, _ in records]
        if error is not None:
            return self._split(error, records, lambda part: self._updated(kind, part))
        if self._bugs.on("batch_partial_ignored") or self._bugs.on("upsert_by_address"):
            return [Result(i) for i, _ in records]
        failed = item_failures(page)
        back = ignored(records, page)
        if back and not self._bugs.on("backward_stage_ignored"):
            failed |= self._set_back(kind, back)
        ids = {str(entry["id"]): str(entry["id"]) for entry in page.get("results", [])}
        return [Result(error=failed[i]) if i in failed else _found(ids, i) for i, _ in records]

    def _set_back(self, kind: str, stages: Sequence[tuple[str, str]]) -> dict[str, ConnectorError]:
        """Set lifecycle stages that lie before the present ones; returns the failures by record id."""
        failed: dict[str, ConnectorError] = {}
        for records in rounds(stages):
            results = self._updated(kind, [(i, fields) for i, fields in records if i not in failed])
            ids = [i for i, _ in records if i not in failed]
            failed |= {i: result.error for i, result in zip(ids, results, strict=True) if result.error is not None}
        return failed

    def _split(
        self, error: ConnectorError, records: Sequence[Any], again: Callable[[Sequence[Any]], list[Result]]
    ) -> list[Result]:
        """Halve a batch that was refused as a whole, so that one bad record does not hold up the others."""
        if isinstance(error, TransientError) or len(records) == 1 or self._bugs.on("refused_batch_given_up"):
            return [Result(error=error)] * len(records)
        middle = len(records) // 2
        return again(records[:middle]) + again(records[middle:])

    def archive(self, kind: str, ids: Sequence[str]) -> None:
        """Archive records; one that is not there is passed over."""
        for chunk in chunks(ids, BATCH):
            body = {"inputs": [{"id": i} for i in chunk]}
            self._wire.ask(lambda: self._wire.batch.archive(kind, body, **raw_answer()))  # noqa: B023 (called now)

    def erase(self, kind: str, record_id: str) -> None:
        """Delete a record for good (GDPR), with what its addresses have said."""
        self._wire.ask(lambda: self._wire.direct("POST", f"/crm/v3/objects/{kind}/gdpr-delete", {"objectId": record_id}))

    def merge(self, kind: str, survivor_id: str, other_id: str) -> str:
        """Merge two records and return the id of the result."""
        body = {"primaryObjectId": survivor_id, "objectIdToMerge": other_id}
        return str(self._wire.ask(lambda: self._wire.direct("POST", f"/crm/v3/objects/{kind}/merge", body))["id"])

    def associate(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Tie contacts to companies: (contact id, company id)."""
        for chunk in chunks(pairs, BATCH):
            body = {"inputs": [{"from": {"id": c}, "to": {"id": k}} for c, k in chunk]}
            self._wire.ask(lambda: self._wire.links.create_default("contacts", "companies", body, **raw_answer()))  # noqa: B023

    def dissociate(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Untie contacts from companies."""
        for chunk in chunks(pairs, BATCH):
            body = {"inputs": [{"from": {"id": c}, "to": [{"id": k}]} for c, k in chunk]}
            self._wire.ask(lambda: self._wire.links.archive("contacts", "companies", body, **raw_answer()))  # noqa: B023

def _found(ids: Mapping[str, str], key: str) -> Result:
    if key in ids:
        return Result(ids[key])
    # An answer that leaves a record out without a word: an id that was merged away, for example.
    return Result(error=TransientError("HubSpot left the record out of its answer"))
