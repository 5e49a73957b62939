"""What a sync asked of each system, counted once and for everybody who needs the number."""

from __future__ import annotations

from typing import Any

from syncproof.model import SyncCalls
from syncproof.oracle.calls import day_limits, is_sign_in, request_of, sync_calls
from syncproof.oracle.fields import Oracle
from syncproof_mocks.consent import ConsentState
from tests.checks.deeds import world
from tests.ideal import Ideal
from tests.oracle import made
from tests.staging import play


class Counting(made.Tongue):
    """A vendor that lets in 50 calls a day and does not count calls to `/free`."""

    calls_a_day = 50

    def is_counted(self, exchange: Any) -> bool:
        return bool(exchange.path != "/free")


def counted(*entries: Any, **more: Any) -> list[SyncCalls]:
    dialects = {side: Counting(tongue.name) for side, tongue in made.evidence().dialects.items()}
    rows = made.contact("003A", Email="a@x.cz"), made.there("501", email="a@x.cz")
    state = made.state(1, 60, rows[:1], rows[1:])
    evidence = made.evidence(
        (made.person("p1", "a@x.cz"),), made.LINKED, states=(made.state(0, 0, rows[:1], rows[1:]), state), befores=(state,),
        syncs=(made.sync(1, 5, 60, exit_code=more.pop("exit_code", 0)),), entries=made.padded(*entries), dialects=dialects, **more,
    )
    return list(sync_calls(Oracle(evidence)))


def ma(seq: int, operation: str, **more: Any) -> Any:
    return made.exchange(seq, operation=operation, method=more.pop("method", "POST"), **more)


def test_reads_writes_and_sign_ins_add_up_and_a_write_that_changed_nothing_is_still_a_write() -> None:
    row = made.there("501", email="a@x.cz")
    crm, found = counted(
        ma(10, "oauth.token", path="/free"), ma(11, "objects.search", served=[("contacts", "501", 1)] * 3), ma(12, "objects.update", method="PATCH"),
        made.change(13, row, made.there("501", 2, email="a@x.cz", jobtitle="new"), by=12), ma(14, "objects.update", method="PATCH", status=400),
        made.exchange(20, "salesforce", operation="query.query"),
    )

    assert (found.system, found.reads, found.writes, found.sign_ins, found.calls) == ("hubspot", 1, 2, 1, 4)
    assert (found.effective, found.refused, found.repeated, found.counted) == (1, 1, 1, 3)
    assert (found.records, found.most_written, found.most_read, found.size) == (1, 1, 3, 1)
    assert (crm.system, crm.calls, crm.records, crm.size) == ("salesforce", 1, 0, 1)


def test_a_person_is_one_record_however_many_rows_the_vendor_keeps_and_a_batch_is_one_call() -> None:
    row, consent = made.there("501", email="a@x.cz"), made.there("a@x.cz", kind="consents", said=(made.mark(made.NEWS, ConsentState.WITHDRAWN),))
    stranger = made.there("777")
    _, found = counted(
        ma(12, "objects.batch_update"), made.change(13, row, made.there("501", 2), by=12), made.change(14, None, consent, by=12),
        made.change(15, None, stranger, by=12), made.change(16, made.there("501", 2), made.there("501", 3), by=12),
    )

    assert (found.records, found.most_written, found.effective) == (2, 3, 1)


def test_a_sync_with_a_fault_or_without_success_tells_nothing_of_ordinary_days() -> None:
    assert [c.sound for c in counted()] == [True, True]
    assert [c.sound for c in counted(ma(10, "objects.list", fault="slow"))] == [False, False]
    assert [c.sound for c in counted(exit_code=1)] == [False, False]


def test_the_idle_syncs_are_those_that_had_nothing_to_do() -> None:
    assert [c.idle for c in counted(quiet_syncs=frozenset({1}))] == [True, True]
    assert [c.idle for c in counted()] == [False, False]


def test_limits_of_the_day_are_asked_of_the_vendors() -> None:
    dialects = {side: Counting(tongue.name) for side, tongue in made.evidence().dialects.items()}

    assert day_limits(made.evidence(dialects=dialects)) == {"salesforce": 50, "hubspot": 50}


def test_what_makes_two_requests_the_same_is_everything_that_was_sent() -> None:
    same = request_of(ma(1, "a", body=b"x"))

    assert request_of(ma(9, "b", body=b"x")) == same
    for other in (ma(1, "a", body=b"y"), ma(1, "a", method="PUT", body=b"x"), ma(1, "a", path="/z", body=b"x"), made.exchange(1, "salesforce", method="POST", body=b"x")):
        assert request_of(other) != same
    assert [is_sign_in(ma(1, name)) for name in ("auth.token", "oauth.token", "soap.login", "soap.create", "objects.list")] == [True, True, True, False, False]


def test_a_real_run_tells_the_same_writes_as_its_summaries_and_the_vendors_limits() -> None:
    result = play(world("sync", {"edit": {"side": "crm", "who": {"count": 2}, "set": {"Title": "$fresh"}}}, "sync"), Ideal())

    for sync in result.syncs:
        assert sum(c.effective for c in result.sync_calls if c.sync == sync.number) == sync.writes
        assert sum(c.calls for c in result.sync_calls if c.sync == sync.number) == sync.reads
    assert [c.records for c in result.sync_calls if c.sync == 2] == [0, 2]
    assert result.day_limits == {"salesforce": 100_000, "hubspot": 625_000}
    assert [c.idle for c in result.sync_calls if c.sync == len(result.syncs)] == [True, True]
