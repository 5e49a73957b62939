"""How the connector pages through a search, and where the next run goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syncproof.reference import ma_search
from syncproof.reference.bugs import Bugs
from syncproof.reference.ma_search import HubspotSearch
from syncproof.reference.windows import LOOK_BACK_MS, Window


class Portal:
    """A search as HubSpot's: offsets, a total that counts what has just gone, and pages that do not show it."""

    def __init__(self, records: int, gone: tuple[int, ...] = (), between: Callable[[Portal], None] | None = None) -> None:
        self.ids, self.gone, self.between = [*range(1, records + 1)], set(gone), between
        self.asked: list[tuple[int, int]] = []
        self.search = self

    def ask(self, call: Callable[[], Any]) -> Any:
        return call()

    def do_search(self, _kind: str, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        after, limit = int(body["after"]), body["limit"]
        beyond = next((int(f["value"]) for f in body["filterGroups"][0]["filters"] if f["operator"] == "GT"), 0)
        found = [i for i in self.ids if i > beyond]
        self.asked.append((beyond, after))
        page = [i for i in found[after:after + limit] if i not in self.gone]
        answer: dict[str, Any] = {"total": len(found), "results": [{"id": str(i), "properties": {}} for i in page]}
        if after + limit < len(found):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        if self.between is not None:
            self.between(self)
        return answer


def found(portal: Portal, *bugs: str) -> list[int]:
    pages = HubspotSearch(portal, Bugs(bugs)).changed("contacts", "lastmodifieddate", ["email"], 5)  # type: ignore[arg-type]
    return [int(row["id"]) for page in pages for row in page]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ma_search, "PAGE", 2)


@pytest.mark.parametrize("records", range(6))
def test_every_record_is_found_once_whether_the_last_page_is_full_or_not(records: int) -> None:
    assert found(Portal(records)) == [*range(1, records + 1)]


def test_each_page_goes_on_behind_the_last_id_and_never_by_an_offset() -> None:
    portal = Portal(5)
    found(portal)

    assert portal.asked == [(0, 0), (2, 0), (4, 0)]


def test_a_record_that_goes_between_two_pages_hides_nobody() -> None:
    def leave(portal: Portal) -> None:
        portal.ids = [i for i in portal.ids if i != 1]

    assert found(Portal(5, between=leave)) == [1, 2, 3, 4, 5]
    assert found(Portal(5, between=leave), "pages_by_offset") == [1, 2, 4, 5]


def test_a_page_whose_records_are_all_gone_is_passed_over() -> None:
    portal = Portal(7, gone=(1, 2, 3, 4))

    assert found(portal) == [5, 6, 7]
    assert portal.asked[:3] == [(0, 0), (0, 2), (0, 4)]


def test_a_token_that_is_not_passed_on_ends_with_patience() -> None:
    portal = Portal(5)

    assert set(found(portal, "page_token_not_passed")) == {1, 2}
    assert len(portal.asked) == 40


def test_the_next_run_goes_on_where_this_one_began_less_a_look_back() -> None:
    window = Window(Bugs())

    assert window.cursor(5_000, 9_000) == 5_000
    assert window.cursor(None, 9_000) == 9_000
    assert window.cursor(None, 0) is None
    assert window.since(10_000_000) == 10_000_000 - LOOK_BACK_MS
    assert window.at_the_end(5_000, 99_000) == 5_000
    assert window.first(99_000) is None
    assert window.in_query(123_456) == 123_456
