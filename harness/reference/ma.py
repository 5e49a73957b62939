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
from .ma_wire import HubspotWire, chunks, raw_answer

Row = dict[str, Any]

BATCH = 100
_SEARCH_PAGE = 200
_SEARCH_WINDOW = 10_000
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
        """Return when reading started by HubSpot's own clock; without a `Date` header the latest stamp read."""
        return self._wire.reading_since_ms

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

    def changed(self, kind: str, properties: Sequence[str], since_ms: int) -> list[Row]:
        """Return the living records changed since ``since_ms``, however many: one window of 10,000 after the other."""
        found: list[Row] = []
        last_id = "0"
        while True:
            window = self._window(kind, properties, since_ms, last_id)
            found += window
            if len(window) < _SEARCH_WINDOW or self._bugs.on("first_page_only"):
                return found
            last_id = window[-1]["id"]

    def _window(self, kind: str, properties: Sequence[str], since_ms: int, last_id: str) -> list[Row]:
        filters = [
            {"propertyName": stamp_of(kind), "operator": "GTE", "value": str(since_ms)},
            {"propertyName": "hs_object_id", "operator": "GT", "value": last_id},
        ]
        found: list[Row] = []
        while len(found) < _SEARCH_WINDOW:
            body = {
                "filterGroups": [{"filters": filters}],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": list(properties), "limit": _SEARCH_PAGE, "after": str(len(found)),
            }
            page = self._wire.ask(lambda: self._wire.search.do_search(kind, body, **raw_answer()))  # noqa: B023 (called now)
            found += self._flat(kind, page["results"])
            if not page.get("paging", {}).get("next") or self._bugs.on("first_page_only"):
                break
        return found

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
        page, error = self._wire.batched(lambda: self._wire.batch.update(kind, {"inputs": inputs}, **raw_answer()))
        if error is not None:
            return self._split(error, records, lambda part: self._updated(kind, part))
        if self._bugs.on("batch_partial_ignored"):
            return [Result(i) for i, _ in records]
        failed = item_failures(page)
        ids = {str(entry["id"]): str(entry["id"]) for entry in page.get("results", [])}
        return [Result(error=failed[i]) if i in failed else _found(ids, i) for i, _ in records]

    def _split(
        self, error: ConnectorError, records: Sequence[Any], again: Callable[[Sequence[Any]], list[Result]]
    ) -> list[Result]:
        """Halve a batch that was refused as a whole, so that one bad record does not hold up the others."""
        if isinstance(error, TransientError) or len(records) == 1:
            return [Result(error=error)] * len(records)
        middle = len(records) // 2
        return again(records[:middle]) + again(records[middle:])

    def archive(self, kind: str, ids: Sequence[str]) -> None:
        """Archive records; one that is not there is passed over."""
        for chunk in chunks(ids, BATCH):
            body = {"inputs": [{"id": i} for i in chunk]}
            self._wire.ask(lambda: self._wire.batch.archive(kind, body, **raw_answer()))  # noqa: B023 (called now)

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
