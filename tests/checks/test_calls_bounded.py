"""What a sync costs: honest waste stays within the bounds, a product of records and pages does not."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.checks.calls_bounded import CALLS_AT_REST, CALLS_PER_EDITED, CALLS_PER_RECORD, READINGS_OF_A_PAGE
from syncproof.drivers import Ended
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.journal import Actor
from tests.checks.deeds import After, contact, found, world
from tests.staging import play


def asks(sandbox: Sandbox, times: int, *, rows: int = 2, same: bool = True, status: int = 200, fault: str | None = None) -> None:
    """Ask for ``rows`` contacts of the MA so many times, with one and the same request or with another each time."""
    ma = sandbox.ma
    for number in range(times):
        query = "" if same else f"after={number}"
        entry = ma.journal.open_exchange(ma.name, Actor.CONNECTOR, "GET", "/crm/v3/objects/contacts", query, {}, b"")
        entry.status, entry.operation, entry.fault = status, "objects.list", fault
        for row in list(ma.store.rows("contacts"))[:rows]:
            ma.served(row)
        ma.journal.close_exchange()


def asked(times: int, **how: Any) -> Any:
    return play(world("sync", "sync"), After(lambda _, sandbox: asks(sandbox, times, **how), at=2))


def test_a_page_that_is_asked_for_over_and_over_is_told_once_with_its_requests() -> None:
    told = found(asked(READINGS_OF_A_PAGE + 1), "BUDGET-002")

    assert [(f.found, f.sync) for f in told] == [(READINGS_OF_A_PAGE + 1, 2)]
    assert len(told[0].requests) == READINGS_OF_A_PAGE + 1


@pytest.mark.parametrize(
    "how",
    [{"times": READINGS_OF_A_PAGE}, {"times": 40, "same": False}, {"times": 40, "rows": 1}, {"times": 40, "status": 503},
     {"times": 40, "fault": "server_error"}],
)  # fmt: skip
def test_reading_to_match_and_to_verify_one_record_alone_and_trying_again_is_no_waste(how: dict[str, Any]) -> None:
    assert found(asked(**how), "BUDGET-002") == []


def bound(records: int, edited: int) -> int:
    return CALLS_AT_REST + CALLS_PER_RECORD * records + CALLS_PER_EDITED * edited


def test_more_calls_than_records_and_edits_explain_are_told_with_the_bound() -> None:
    plain = play(world("sync"), After(lambda *_: None))
    told = found(asked(2_000, same=False), "BUDGET-001")

    assert found(plain, "BUDGET-001") == []
    assert [f.sync for f in told] == [2]
    assert told[0].classification == "too_many_calls"


def test_the_bound_follows_from_records_and_edits() -> None:
    """Four people on both sides, their companies, one edit: so many requests are just allowed, one more is not."""
    seen: dict[str, int] = {}

    def measure(_: Any, sandbox: Sandbox) -> None:
        kinds = {(s, o.kind_on(s)) for o in sandbox.mapping.objects for s in Side}
        seen["records"] = sum(1 for side, kind in kinds for _ in sandbox.on(side).store.rows(kind))

    def spend(extra: int) -> Any:
        def deed(me: Any, sandbox: Sandbox) -> None:
            measure(me, sandbox)
            # The ideal connector has read once already (two exchanges) and writes nothing in a sync at rest.
            asks(sandbox, bound(seen["records"], 0) - 2 + extra, same=False)

        return play(world("sync", "sync", "sync", companies=False), After(deed, at=3))

    assert found(spend(0), "BUDGET-001") == []
    assert found(spend(1), "BUDGET-001")


def test_a_service_that_polls_is_not_counted() -> None:
    class Service(After):
        def __call__(self, sandbox: Sandbox, number: int, *more: Any) -> Ended:
            return Ended(0, "settled", super().__call__(sandbox, number).seconds, b"")

    assert found(play(world("sync"), Service(lambda _, s: asks(s, 2_000))), "BUDGET-002") == []


def writes(times: int) -> Any:
    def deed(me: Any, sandbox: Sandbox) -> None:
        row = contact(sandbox, Side.MA)
        for number in range(times):
            me._write(Side.MA, lambda n=number: sandbox.ma.desk_edit(row.kind, row.id, {"jobtitle": f"x{n}"}))

    return play(world("sync", "sync"), After(deed, at=2))


def test_a_record_written_more_often_than_it_has_fields_is_told() -> None:
    from syncproof.mapping.load import load_mapping
    from syncproof.sandbox import default_mapping_file

    fields = max(len(o.fields) + bool(o.owner) + bool(o.company) for o in load_mapping(default_mapping_file()).objects if o.ma == "contacts")

    assert found(writes(fields + 10), "BUDGET-003") == []
    assert [f.found for f in found(writes(fields + 11), "BUDGET-003")] == [fields + 11]
