"""What a sync asked and how often, on made evidence: calls, waits, and rest when there is nothing to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from syncproof.checks.calls_bounded import CALLS_AT_REST, CALLS_PER_EDITED, CALLS_PER_RECORD, WRITES_BESIDE_FIELDS
from syncproof.mapping.grammar import CompanyRule, FieldRule, MatchKey, OwnerRule
from syncproof_mocks.journal import Actor, Mark
from tests.checks.small import around, asked
from tests.oracle.made import EMAIL, TITLE, change, contact, exchange, mapped, sync, there

BOTH = ((contact("003A"),), (there("501"),))
LONG = 2_000


def seen(check: str, *entries: Any, number: int = 1, **more: Any) -> Any:
    return asked(check, around(BOTH, number=number, entries=entries, **more))


def long(check: str, *entries: Any, ended: str = "exited", **more: Any) -> Any:
    """Return what is seen of two syncs that are a thousand requests long."""
    syncs = sync(1, 10, 900), sync(2, 910, 1_900, ended=ended)
    return seen(check, *entries, number=2, syncs=syncs, length=LONG, **more)


# -- how many calls ------------------------------------------------------------------------------------


def calls(times: int, seq: int = 911, **more: Any) -> list[Any]:
    more.setdefault("served", [("contacts", "501", 1)])
    return [exchange(seq + n, operation="objects.list", path=f"/x/{n}", **more) for n in range(times)]


MOST = CALLS_AT_REST + 2 * CALLS_PER_RECORD  # two records, nothing edited


def test_calls_beyond_the_records_and_the_edits_are_told() -> None:
    found = long("calls_bounded", *calls(MOST + 1), exchange(1500, operation="objects.read", served=[("contacts", "501", 1)]))

    assert [(f.rule, f.expected, f.found, f.classification, f.sync) for f in found.findings] == [
        ("BUDGET-001", f"at most {MOST}", MOST + 2, "too_many_calls", 2)
    ]
    assert f"The most frequent one was objects.list, {MOST + 1} times" in found.findings[0].message
    assert found.looked["BUDGET-001"] == 2


@pytest.mark.parametrize("entries", [
    calls(MOST), calls(MOST + 9, served=[]), calls(MOST + 9, status=300), calls(MOST + 9, status=199), calls(MOST + 9, fault="slow"),
    [*calls(MOST + CALLS_PER_EDITED), change(1_500, contact("003A"), contact("003A", 2), Actor.CRM_USER)],
    [*calls(MOST + CALLS_PER_EDITED), change(15, contact("003A"), contact("003A", 2), Actor.CRM_USER)],  # since the sync before
])
def test_what_stays_within_the_bound_or_shows_no_record_is_no_waste(entries: Any) -> None:
    assert [f.rule for f in long("calls_bounded", *entries).findings] == []


@pytest.mark.parametrize("seq", [5, 1_950])
def test_an_edit_of_another_time_makes_no_room(seq: int) -> None:
    entries = [*calls(MOST + 1), change(seq, contact("003A"), contact("003A", 2), Actor.CRM_USER)]

    assert len(long("calls_bounded", *entries).findings) == 1


def test_the_first_sync_has_everything_before_it_to_carry() -> None:
    entries = [*calls(MOST + 1, 11), change(0, contact("003A"), contact("003A", 2), Actor.SEED)]

    assert long("calls_bounded", *entries).findings == []


def test_a_write_counts_though_it_shows_nothing_and_a_service_is_not_counted() -> None:
    writes = [e for n in range(MOST + CALLS_PER_EDITED + 1) for e in (
        exchange(911 + 2 * n, path=f"/w/{n}"), change(912 + 2 * n, contact("003A", n), contact("003A", n + 1), by=911 + 2 * n))]  # fmt: skip

    assert "BUDGET-001" in [f.rule for f in long("calls_bounded", *writes).findings]
    assert long("calls_bounded", *writes, ended="settled").looked["BUDGET-001"] == 1


# -- how often the same --------------------------------------------------------------------------------


def pages(times: int, rows: int = 2, **more: Any) -> list[Any]:
    return [exchange(911 + n, path="/x", served=[("contacts", str(r), 1) for r in range(rows)], **more) for n in range(times)]


def test_a_page_may_be_read_for_some_purposes_but_not_over_and_over() -> None:
    found = long("calls_bounded", *pages(25))

    assert [(f.rule, f.found, f.classification, f.caused_by, f.requests, f.sync) for f in found.findings] == [
        ("BUDGET-002", 25, "read_again", 911, tuple(range(911, 931)), 2)
    ]
    assert found.looked["BUDGET-002"] == 1
    assert long("calls_bounded", *pages(8)).findings == []
    assert long("calls_bounded", *pages(25, rows=1)).looked["BUDGET-002"] == 0
    assert long("calls_bounded", *(exchange(911 + n, path="/x", body=str(n).encode(), served=[("a", "1", 1)] * 2) for n in range(25))).findings == []


# A contact has four fields of its own in this mapping, a lead two with an owner and a company.
LEAD = mapped("lead", "Lead", "contacts", fields=(EMAIL, TITLE), owner=OwnerRule(), company=CompanyRule(match=MatchKey(crm="a", ma="b")))
FIELDS = tuple(FieldRule(crm=f"F{n}", ma=f"f{n}") for n in range(3))


def writes(times: int, kind: str = "Contact", actor: Actor = Actor.CONNECTOR) -> list[Any]:
    make = contact if kind[0].isupper() else there
    return [change(912 + n, make("1", n, kind=kind), make("1", n + 1, kind=kind), actor, by=911) for n in range(times)]


@pytest.mark.parametrize(("kind", "most"), [("Contact", 3), ("Lead", 4), ("contacts", 4)])
def test_a_record_is_written_once_a_field_and_some_times_besides(kind: str, most: int) -> None:
    objects = mapped(fields=FIELDS), LEAD
    most += WRITES_BESIDE_FIELDS
    found = [f for f in long("calls_bounded", *writes(most + 1, kind), objects=objects).findings if f.rule == "BUDGET-003"]

    assert [(f.system, f.kind, f.expected, f.found, f.classification, f.record_id, f.requests, f.sync) for f in found] == [
        ("crm" if kind[0].isupper() else "ma", kind, f"at most {most}", most + 1, "written_again", "1", (911,), 2)
    ]
    assert long("calls_bounded", *writes(most, kind), objects=objects).looked["BUDGET-003"] == 1
    assert long("calls_bounded", *writes(most, kind), objects=objects).findings == []
    assert long("calls_bounded", *writes(most + 9, kind, Actor.VENDOR_AUTOMATION), objects=objects).findings == []


def test_the_requests_that_wrote_a_record_over_and_over_are_named() -> None:
    many = [change(912 + n, contact("1", n), contact("1", n + 1), by=n if n % 2 else None) for n in range(60)]
    other = change(990, contact("2"), contact("2", 2), by=777)
    [finding] = [f for f in long("calls_bounded", *many, other).findings if f.rule == "BUDGET-003"]

    assert finding.requests == tuple(range(1, 41, 2))
    assert "BUDGET-003" not in long("calls_bounded", *writes(60, "Task")).looked


# -- waiting as told -----------------------------------------------------------------------------------


def limited(seq: int, at_ms: int, *, status: int = 429, wait: str = "10", header: str = "Retry-After", **more: Any) -> Any:
    made = exchange(seq, status=status, response_headers=((header, wait),), **more)
    made.at_ms = at_ms
    return made


@pytest.mark.parametrize("status", [429, 477, 503])
def test_who_asks_again_too_early_is_told(status: int) -> None:
    found = seen("waits_as_told", limited(11, 0, status=status, header="RETRY-AFTER"), limited(12, 8_999, status=200))

    assert [(f.rule, f.system, f.expected, f.found, f.classification, f.caused_by, f.requests, f.sync) for f in found.findings] == [
        ("LIMIT-001", "ma", "10 s", "9.0 s", "did_not_wait", 12, (11, 12), 1)
    ]
    assert found.looked == {"LIMIT-001": 1}


@pytest.mark.parametrize(("entries", "looked"), [
    ((limited(11, 0), limited(12, 9_000, status=200)), 1),
    ((limited(11, 0), limited(12, 5_000, path="/y")), 0),
    ((limited(11, 0, body=b"a"), limited(12, 5_000, body=b"b")), 0),
    ((limited(11, 0, wait="soon"), limited(12, 5_000)), 0),
    ((limited(11, 0, wait=""), limited(12, 5_000)), 0),
    ((limited(11, 0, header="X-Wait"), limited(12, 5_000)), 0),
    ((limited(11, 0, status=500), limited(12, 5_000)), 0),
    ((limited(11, 0, status=200), limited(12, 5_000)), 0),
    ((limited(11, 0), change(12, BOTH[0][0], BOTH[0][0])), 0),
    ((limited(11, 0), limited(22, 5_000)), 0),  # in the next sync
    ((limited(11, 0), limited(12, 10_000, status=200), limited(13, 10_001, status=200)), 1),
])
def test_who_waits_or_asks_something_else_does_right(entries: Any, looked: int) -> None:
    found = seen("waits_as_told", *entries, number=2)

    assert (found.findings, found.looked.total()) == ([], looked)


def test_each_refusal_names_a_wait_of_its_own() -> None:
    found = seen("waits_as_told", limited(11, 0), limited(12, 10_000, wait="30"), limited(13, 25_000))

    assert [(f.expected, f.requests) for f in found.findings] == [("30 s", (12, 13))]


def mark(seq: int, name: str, detail: str = "1") -> Any:
    return Mark(seq, seq, name, detail)


# -- nothing to do -------------------------------------------------------------------------------------

QUIET = {"quiet_syncs": frozenset({2})}


def quiet(*entries: Any, reads: int = 1, **more: Any) -> Any:
    syncs = sync(1, 10, 18), replace(sync(2, 20, 28), reads=reads)
    return seen("second_sync_quiet", *entries, number=2, syncs=more.pop("syncs", syncs), **{**QUIET, **more})


def wrote(seq: int, actor: Actor = Actor.CONNECTOR, by: int | None = None) -> Any:
    return change(seq, contact("003A", Title="a"), contact("003A", 2, Title="b"), actor, by=by)


def rewrote(seq: int, **more: Any) -> Any:
    return exchange(seq, **{"method": "PATCH", "operation": "objects.update", **more})


def test_a_sync_with_nothing_to_do_changes_nothing() -> None:
    found = quiet(rewrote(21), wrote(22, by=21), wrote(23, by=21), wrote(24))

    assert [(f.rule, f.kind, f.expected, f.found, f.classification, f.caused_by, f.record_id, f.requests, f.sync) for f in found.findings] == [
        ("QUIET-001", "Contact", 0, 3, "not_quiet", 22, "003A", (21,), 2)
    ]
    assert found.looked == {"QUIET-001": 1}


def test_a_sync_with_nothing_to_do_does_not_write_again_what_is_there() -> None:
    found = quiet(*(rewrote(n) for n in (21, 22)))

    assert [(f.found, f.classification, f.caused_by, f.requests, f.sync) for f in found.findings] == [(2, "not_quiet", 21, (21, 22), 2)]


@pytest.mark.parametrize(("entries", "more", "looked"), [
    ((), {}, 1), ((wrote(12),), {}, 1), ((wrote(22, Actor.VENDOR_AUTOMATION),), {}, 1), ((exchange(21, operation="objects.list"),), {}, 1),
    ((wrote(22),), {"reads": 0}, 0), ((wrote(22),), {"quiet_syncs": frozenset()}, 0),
    ((wrote(22, Actor.CRM_USER), wrote(23)), {}, 1),  # from then on there was something to do
    ((wrote(22, Actor.MA_USER), rewrote(23)), {}, 1),
    ((wrote(22, Actor.VENDOR_AUTOMATION), rewrote(23)), {}, 1),
])
def test_what_leaves_a_sync_quiet(entries: Any, more: Any, looked: int) -> None:
    found = quiet(*entries, **more)

    assert (found.findings, found.looked.total()) == ([], looked)


def test_after_a_sync_that_a_fault_broke_there_is_something_to_do() -> None:
    broken = sync(1, 10, 18, exit_code=1), replace(sync(2, 20, 28), reads=1)

    assert quiet(exchange(12, fault="server_error", status=503), wrote(22), syncs=broken).looked == {}
    assert len(quiet(wrote(22), syncs=broken).findings) == 1
    first = seen("second_sync_quiet", wrote(12), syncs=(replace(sync(1, 10, 18), reads=1),), quiet_syncs=frozenset({1}))
    assert len(first.findings) == 1
    calm = (replace(sync(1, 10, 18), reads=1), sync(2, 20, 28, exit_code=1))
    struck = exchange(22, fault="server_error", status=503)
    assert len(quiet(wrote(12), struck, syncs=calm, quiet_syncs=frozenset({1})).findings) == 1, "the one after it is no predecessor"


NO = {"operation": "communication_v4.set", "body": b'{"subscribed": false}'}


@pytest.mark.parametrize(("entry", "lost", "is_found"), [
    (rewrote(22, **NO), True, False), (rewrote(22, **NO), False, True), (rewrote(22), True, True),
])
def test_who_has_lost_its_state_may_say_a_no_again(entry: Any, lost: bool, is_found: bool) -> None:
    entries = (entry, mark(19, "state_lost")) if lost else (entry,)

    assert bool(quiet(*entries).findings) is is_found


# -- coming to rest ------------------------------------------------------------------------------------


def to_and_fro(times: int, start: int) -> list[Any]:
    return [change(start + n, contact("003A", n, Title="ab"[n % 2]), contact("003A", n + 1, Title="ba"[n % 2]), by=start) for n in range(times)]


def test_a_field_that_goes_to_and_fro_never_rests() -> None:
    found = seen("comes_to_rest", mark(10, "sync_start"), *to_and_fro(12, 12), mark(30, "sync_end"), mark(40, "sync_start", "2"))

    assert [(f.rule, f.kind, f.field, f.record_id, f.classification, f.caused_by, f.sync) for f in found.findings] == [
        ("QUIET-002", "Contact", "Title", "003A", "never_rests", 12, 1)
    ]
    assert found.looked == {"QUIET-002": 2}


@pytest.mark.parametrize("entries", [
    (mark(10, "sync_start"), mark(11, "sync_end"), *to_and_fro(12, 12)),
    (mark(10, "sync_start"), mark(11, "never_settled"), *to_and_fro(12, 12)),
    (*to_and_fro(12, 12), mark(40, "sync_start")),
    (mark(10, "step"), *to_and_fro(12, 12)),
])
def test_what_happens_outside_of_a_sync_is_no_unrest_of_it(entries: Any) -> None:
    assert seen("comes_to_rest", *entries).findings == []


def test_each_sync_is_looked_at_from_its_own_beginning_to_its_own_end() -> None:
    marks = mark(5, "sync_start"), mark(9, "sync_end"), mark(10, "sync_start", "2"), mark(30, "sync_end", "2")

    assert [f.sync for f in seen("comes_to_rest", *marks, *to_and_fro(12, 12)).findings] == [2]


def test_a_sync_that_never_ended_is_looked_at_too() -> None:
    assert [f.sync for f in seen("comes_to_rest", mark(10, "sync_start"), *to_and_fro(12, 12)).findings] == [1]
    assert [f.sync for f in seen("comes_to_rest", mark(10, "sync_start"), *to_and_fro(12, 12), mark(30, "never_settled")).findings] == [1]
    repeated = [rewrote(12 + n, body=b"x") for n in range(12)]
    [finding] = seen("comes_to_rest", mark(10, "sync_start"), *repeated).findings
    assert (finding.found, finding.requests) == (12, tuple(range(12, 24)))
    assert seen("comes_to_rest", mark(10, "sync_start"), *(rewrote(12 + n, body=b"x", status=0) for n in range(12))).findings == []
