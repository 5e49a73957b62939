"""What has changed in HubSpot since a moment, by search: page after page by id, so that no page depends on another.

HubSpot's search pages are offsets and end at 10,000 results. A record that is deleted or edited between two pages would
shift the rest, and a big import would be cut off. Asking each time for the ids beyond the last one has neither fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .bugs import Bugs
from .failures import RefusedError
from .ma_wire import HubspotWire, raw_answer

PAGE = 200
_PATIENCE = 40  # pages of one search
_OFFSETS = ("pages_by_offset", "last_page_dropped", "page_token_not_passed", "search_cap_is_the_end")


class HubspotSearch:
    """Searches for changed records. Every method raises what the wire raises."""

    def __init__(self, wire: HubspotWire, bugs: Bugs) -> None:
        self._wire, self._bugs = wire, bugs

    def changed(self, kind: str, stamp: str, properties: Sequence[str], since_ms: int) -> Iterator[list[Mapping[str, Any]]]:
        """Yield pages of living records whose property ``stamp`` is not before ``since_ms``, however many there are."""
        if any(self._bugs.on(name) for name in _OFFSETS):
            yield from self._by_offset(kind, stamp, properties, since_ms)
            return
        if self._bugs.on("pages_by_stamp"):
            yield from self._by_stamp(kind, stamp, properties, since_ms)
            return
        last_id, skipped = "0", 0
        while True:
            beyond = {"propertyName": "hs_object_id", "operator": "GT", "value": last_id}
            page = self._page(kind, [_since(stamp, since_ms), beyond], "hs_object_id", properties, skipped)
            yield page["results"]
            if not page.get("paging", {}).get("next") or self._bugs.on("first_page_only"):
                return
            # A page of nothing but records that are gone by now has no last id: the next page is an offset away.
            last_id, skipped = (str(page["results"][-1]["id"]), 0) if page["results"] else (last_id, skipped + PAGE)

    def _by_offset(
        self, kind: str, stamp: str, properties: Sequence[str], since_ms: int
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Page as the vendor's examples do."""
        offset, seen = 0, set[str]()
        while True:
            asked = 0 if self._bugs.on("page_token_not_passed") else offset
            try:
                page = self._page(kind, [_since(stamp, since_ms)], "hs_object_id", properties, asked)
            except RefusedError:
                if self._bugs.on("search_cap_is_the_end"):
                    return
                raise
            yield page["results"]
            offset += PAGE
            seen |= {str(row["id"]) for row in page["results"]}
            if self._bugs.on("page_token_not_passed") and len(seen) < page["total"] and offset < _PATIENCE * PAGE:
                continue  # some are missing still
            pages = page["total"] // PAGE if self._bugs.on("last_page_dropped") else -(-page["total"] // PAGE)
            if offset >= max(pages, 1) * PAGE:
                return

    def _by_stamp(
        self, kind: str, stamp: str, properties: Sequence[str], since_ms: int
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Go on after the latest stamp of the page before."""
        filters = [_since(stamp, since_ms)]
        while True:
            page = self._page(kind, filters, stamp, properties, 0)
            yield page["results"]
            if not page.get("paging", {}).get("next"):
                return
            filters = [{"propertyName": stamp, "operator": "GT", "value": page["results"][-1]["properties"][stamp]}]

    def _page(
        self, kind: str, filters: Sequence[Mapping[str, Any]], order: str, properties: Sequence[str], offset: int
    ) -> dict[str, Any]:
        body = {
            "filterGroups": [{"filters": list(filters)}],
            "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
            "properties": list(properties), "limit": PAGE, "after": str(offset),
        }
        found: dict[str, Any] = self._wire.ask(lambda: self._wire.search.do_search(kind, body, **raw_answer()))
        return found


def _since(stamp: str, since_ms: int) -> dict[str, str]:
    return {"propertyName": stamp, "operator": "GTE", "value": str(since_ms)}
