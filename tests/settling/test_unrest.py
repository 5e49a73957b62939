"""Who cannot come to rest is seen in the journal: the same field to and fro, the same write again and again."""

from __future__ import annotations

import pytest
from syncproof.unrest import MOST_REPEATS, MOST_RETURNS, Watch
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Actor, Journal, Row


def row(number: int, **values: object) -> Row:
    return Row("contacts", "7", dict(values), number, 0, 0)


class Story:
    """Writes a journal by hand."""

    def __init__(self) -> None:
        self.journal = Journal(Clock(frozen_at_ms=1_800_000_000_000))
        self.now = row(0, phone="a", city="x")

    def write(self, actor: Actor = Actor.CONNECTOR, **values: object) -> None:
        if actor is Actor.CONNECTOR:
            self.request({"properties": values}, status=200)
            self.journal.exchange = self.journal.entries[-1]  # type: ignore[assignment]
        before, self.now = self.now, Row("contacts", "7", {**self.now.values, **values}, self.now.revision + 1, 0, 0)
        with self.journal.acting(actor):
            self.journal.change("hubspot", before, self.now)
        self.journal.close_exchange()

    def request(self, body: object, *, status: int = 200, operation: str = "objects.update", fault: str = "") -> None:
        entry = self.journal.open_exchange("hubspot", Actor.CONNECTOR, "PATCH", "/crm/v3/objects/contacts/7", "", {}, str(body).encode())
        self.journal.close_exchange()
        entry.status, entry.operation, entry.fault = status, operation, fault

    @property
    def found(self) -> list[str]:
        watch = Watch()
        watch.see(self.journal.entries)
        return [str(u) for u in watch.found]


def test_a_field_that_goes_to_and_fro_is_named_with_its_requests() -> None:
    story = Story()
    for number in range(MOST_RETURNS + 1):
        story.write(phone="b" if number % 2 == 0 else "a")
    watch = Watch()
    watch.see(story.journal.entries)

    (unrest,) = watch.found
    assert str(unrest) == f"phone of hubspot contacts 7 went to and fro {MOST_RETURNS} times"
    assert len(unrest.requests) == MOST_RETURNS + 1
    assert unrest.record_id == "7"


def test_one_return_less_is_still_a_correction() -> None:
    story = Story()
    for number in range(MOST_RETURNS):
        story.write(phone="b" if number % 2 == 0 else "a")

    assert story.found == []


def test_a_stamp_that_moves_on_never_returns() -> None:
    story = Story()
    for number in range(20):
        story.write(phone=str(number))

    assert story.found == []


def test_what_people_do_to_the_record_begins_the_count_anew() -> None:
    story = Story()
    for number in range(MOST_RETURNS * 3):
        story.write(phone="b" if number % 2 == 0 else "a")
        if number % MOST_RETURNS == MOST_RETURNS - 1:
            story.write(Actor.MA_USER, city=str(number))

    assert story.found == []


def test_automation_in_between_excuses_nobody() -> None:
    story = Story()
    for number in range(MOST_RETURNS + 1):
        story.write(phone="b" if number % 2 == 0 else "a")
        story.write(Actor.VENDOR_AUTOMATION, city=str(number))

    assert len(story.found) == 1


def test_the_same_write_again_and_again_is_unrest_although_it_changes_nothing() -> None:
    story = Story()
    for _ in range(MOST_REPEATS):
        story.request({"phone": "a"})

    assert story.found == [f"hubspot was sent the same write {MOST_REPEATS} times although it changed nothing"]


@pytest.mark.parametrize("more", [{"status": 429}, {"operation": "objects.search"}, {"fault": "lost_response"}, {"operation": "oauth.token"}])
def test_reads_refusals_and_lost_answers_are_no_repeated_writes(more: dict[str, object]) -> None:
    story = Story()
    for _ in range(MOST_REPEATS * 2):
        story.request({"phone": "a"}, **more)  # type: ignore[arg-type]

    assert story.found == []
