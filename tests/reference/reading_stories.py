"""One short story for each mistake with reading: what is told differs when the mistake is on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from syncproof.reference import ma, ma_search, reading_mistakes
from syncproof_mocks import server

Story = Callable[[Any, str], Any]
STORIES: dict[str, Story] = {}
HOUR = 3600


def story(*names: str) -> Callable[[Story], Story]:
    def tell(function: Story) -> Story:
        for name in names:
            STORIES[name] = function
        return function

    return tell


def _started(s: Any, bug: str, number: int = 1, **more: Any) -> list[tuple[str, str]]:
    """Link people, sync until nothing is left, and let an hour pass: what comes then is not within the look back."""
    ids = [s.linked(more, {}) for _ in range(number)]
    for _ in range(2):
        s.sync(bug)
        s.wait(HOUR)
    return ids


def _during(s: Any, side: str, path: str, do: Callable[[], Any]) -> None:
    """Let somebody do something before the next answer of one side leaves whose path holds ``path``."""
    waiting = [do]

    async def hook(dialect: Any, request: Any, operation: Any, proceed: Any) -> Any:
        del dialect, operation
        response = await proceed()
        if waiting and path in request.path:
            waiting.pop()()
        return response

    s.apps[side].interceptors.append(hook)


@contextmanager
def _pages_of(size: int) -> Iterator[None]:
    before = ma_search.PAGE, ma.BATCH
    ma_search.PAGE = ma.BATCH = size
    try:
        yield
    finally:
        ma_search.PAGE, ma.BATCH = before


@contextmanager
def _in_zone(monkey: dict[str, str]) -> Iterator[None]:
    import os

    before = {name: os.environ.get(name) for name in monkey}
    os.environ.update(monkey)
    time.tzset()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        time.tzset()


@story("record_written_as_read")
def _(s: Any, bug: str) -> Any:
    ((crm_id, ma_id),) = _started(s, bug)
    s.edit_ma(ma_id, mobilephone="+48 601 000 000")
    s.edit_crm(crm_id, MailingStreet="Long Street 1")
    _during(s, "ma", "/contacts/search", lambda: s.crm.desk_edit("Contact", crm_id, {"Title": "Chief"}))
    s.sync(bug)
    return s.contact(crm_id)["Title"]


@story("cursor_is_now")
def _(s: Any, bug: str) -> Any:
    (crm_id, ma_id), (_, other) = _started(s, bug, 2)
    s.edit_ma(other, jobtitle="Clerk")
    _during(s, "ma", "/contacts/search", lambda: (s.crm.desk_edit("Contact", crm_id, {"Title": "Chief"}), s.crm.clock.move(HOUR)))
    s.sync(bug)
    s.sync(bug)
    return s.ma_contact(ma_id).get("jobtitle")


@story("cursor_is_latest_stamp")
def _(s: Any, bug: str) -> Any:
    # Nothing but the edits is to be carried: a write of its own would give the record a later stamp.
    (first, early), (_, late) = s.linked({}, {"vip": "false"}), s.linked({}, {"vip": "false"})

    def meanwhile() -> None:
        s.ma.desk_edit("contacts", early, {"jobtitle": "Chief"})
        s.ma.clock.move(60)
        s.ma.desk_edit("contacts", late, {"jobtitle": "Clerk"})

    with _pages_of(1):
        _during(s, "ma", "/objects/contacts", meanwhile)
        s.sync(bug)
    s.wait(HOUR)
    s.sync(bug)
    return s.contact(first)["Title"]


@story("cursor_in_wall_clock")
def _(s: Any, bug: str) -> Any:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    with _in_zone({"TZ": "Europe/Warsaw"}):
        ids = [s.linked() for _ in range(2)]
        s.sync(bug)
        # Half an hour before the clocks go back: the hour that happens twice has begun.
        now = s.crm.clock.now()
        night = next(
            at for year in range(now.year, now.year + 2) for day in range(24, 32)
            if (at := datetime(year, 10, day, 0, 30, tzinfo=UTC)) > now
            and at.astimezone(ZoneInfo("Europe/Warsaw")).utcoffset() != at.replace(hour=1, minute=1).astimezone(ZoneInfo("Europe/Warsaw")).utcoffset()
        )
        s.wait((night - now).total_seconds())
        s.sync(bug)
        s.wait(60)
        s.edit_crm(ids[0][0], MailingStreet="Long Street 1")
        s.sync(bug)
    return s.ma_contact(ids[0][1]).get("address")


@story("record_stamp_decides")
def _(s: Any, bug: str) -> Any:
    ((crm_id, ma_id),) = _started(s, bug)
    s.edit_ma(ma_id, jobtitle="Clerk")
    s.wait(60)
    s.edit_crm(crm_id, Title="Chief")
    s.wait(60)
    s.edit_ma(ma_id, zip="11-111")
    s.sync(bug)
    return s.contact(crm_id)["Title"]


@story("update_never_applied", "local_time_with_z")
def _(s: Any, bug: str) -> Any:
    with _in_zone({"TZ": "Europe/Warsaw"}):
        ((crm_id, ma_id),) = _started(s, bug)
        s.sync(bug)
        s.edit_crm(crm_id, MailingStreet="Long Street 1")
        s.sync(bug)
    return s.ma_contact(ma_id).get("address")


@story("own_writes_come_back")
def _(s: Any, bug: str) -> Any:
    ((_, ma_id),) = _started(s, bug)
    s.edit_ma(ma_id, jobtitle="Chief")
    s.sync(bug)
    s.wait(60)
    return len(s.sync(bug).writes)


@story("loop_guard_drops_edits")
def _(s: Any, bug: str) -> Any:
    ((crm_id, ma_id),) = _started(s, bug)
    s.edit_ma(ma_id, jobtitle="Chief")
    s.sync(bug)
    s.wait(60)
    s.edit_crm(crm_id, MailingStreet="Long Street 1")
    s.sync(bug)
    s.sync(bug)
    return s.ma_contact(ma_id).get("address")


@story("last_page_dropped", "page_token_not_passed", "pages_by_offset", "search_cap_is_the_end", "pages_by_stamp")
def _(s: Any, bug: str) -> Any:
    ids = _started(s, bug, 5)
    s.servers.call(lambda: s.ma.switch("search_most_results", 4))

    def all_at_once() -> None:
        with s.ma.clock.standing():
            for number, (_, ma_id) in enumerate(ids):
                s.ma.desk_edit("contacts", ma_id, {"jobtitle": f"Chief {number}"})

    s.servers.call(all_at_once)
    _during(s, "ma", "/contacts/search", lambda: s.ma.desk_delete("contacts", ids[0][1]))
    with _pages_of(2):
        s.sync(bug)
    return [s.contact(crm_id)["Title"] for crm_id, _ in ids]


@story("hidden_start_date")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", days_ago=1500, **s.person())
    s.sync(bug)
    return s.ma.store.size("contacts")


@story("activity_is_an_edit")
def _(s: Any, bug: str) -> Any:
    ((_, ma_id),) = _started(s, bug)
    s.servers.call(lambda: s.ma.desk_activity("contacts", ma_id))
    return len(s.sync(bug).writes)


@story("everybody_listed_for_each")
def _(s: Any, bug: str) -> Any:
    _started(s, bug, 2)
    for _ in range(5):
        s.seed_crm("Contact", days_ago=0, **s.person())
    return s.sync(bug).requests


@story("ids_in_one_query")
def _(s: Any, bug: str) -> Any:
    ids = _started(s, bug, 250)
    for _, ma_id in ids:
        s.edit_ma(ma_id, jobtitle="Chief")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "MAX_URL_BYTES", 7_000)
        s.sync(bug)
    return s.contact(ids[0][0])["Title"]


@story("full_resync_rewrites")
def _(s: Any, bug: str) -> Any:
    _started(s, bug)
    s.folder.joinpath("state.sqlite3").unlink()
    return len(s.sync(bug).writes)


@story("rounds_until_equal")
def _(s: Any, bug: str) -> Any:
    s.linked({"Email": "twin@example.com", "Phone": "+48221000001"})
    s.seed_crm("Contact", **s.person(Email="twin@example.com", Phone="+48221000002"))
    bound, reading_mistakes._ROUNDS = reading_mistakes._ROUNDS, 5
    try:
        s.sync(bug)
        return len(s.sync(bug).writes) > 4
    finally:
        reading_mistakes._ROUNDS = bound


@story("asked_field_by_field")
def _(s: Any, bug: str) -> Any:
    _started(s, bug, number=2)
    return s.sync(bug).requests > 40
