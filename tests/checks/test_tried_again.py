"""What was refused and is sent again, on made evidence: in sync after sync, or over and over in one."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.checks.refusals_parked import MOST_SYNCS, MOST_TRIES
from syncproof_mocks.journal import Actor
from tests.checks.small import around, asked
from tests.oracle.made import act, change, contact, exchange, there

BOTH = (contact("003A"), contact("003B")), (there("501"), there("502"))
BEYOND = MOST_SYNCS + 1


def refused(sync: int, at: int = 2, *, who: str = "501", code: str = "INVALID", **more: Any) -> Any:
    """Return a refused write in a sync; each has a body of its own."""
    given = {"method": "PATCH", "path": "/crm/v3/objects/contacts", "operation": "objects.update", "status": 400,
             "body": f'{{"id": "{who}", "n": {sync}{at}}}'.encode(), "refused": [(who, code, "no")], **more}  # fmt: skip
    return exchange(10 * sync + at, **given)


def seen(*entries: Any, number: int = BEYOND, **more: Any) -> Any:
    return asked("refusals_parked", around(BOTH, number=number, entries=entries, **more))


def each(number: int = BEYOND, **more: Any) -> list[Any]:
    return [refused(n, **more) for n in range(1, number + 1)]


def test_what_is_refused_in_sync_after_sync_is_told_once() -> None:
    found = seen(*each(BEYOND + 2), number=BEYOND + 2)

    assert [(f.rule, f.system, f.person, f.expected, f.found, f.classification, f.caused_by, f.requests, f.sync) for f in found.findings] == [
        ("RETRY-001", "ma", "p1 Label", f"at most {MOST_SYNCS} attempts", BEYOND, "retried_for_ever", 42, (12, 22, 32, 42), BEYOND)
    ]
    assert found.looked == {"RETRY-001": 2 * (BEYOND + 2)}


@pytest.mark.parametrize("entries", [
    each(MOST_SYNCS),
    [*each(2), *(refused(n, who="502") for n in (3, 4))],
    [*each(2), *(refused(n, code="TOO_LONG") for n in (3, 4))],
    [*each(2), *(refused(n, system="salesforce", who="003A") for n in (3, 4))],
    each(code="UNABLE_TO_LOCK_ROW"), each(code="DUPLICATE_VALUE"),
    *(each(status=status) for status in (408, 409, 423, 429, 477, 500, 503)),
    each(method="GET"), each(refused=[]), each(fault="server_error"),
    # Accepted in the end: what was refused was but a detour.
    [e for n in range(1, BEYOND + 1) for e in (refused(n), refused(n, 4, status=200, refused=[]))],
    [e for n in range(1, BEYOND + 1) for e in (refused(n), exchange(10 * n + 4, method="PATCH", operation="objects.update", path="/contacts/501"))],
    [e for n in range(1, BEYOND + 1) for e in (refused(n), refused(n, 4, status=200, refused=[("502", "NOT_FOUND", "no")], body=b'["501", "502"]'))],
    [change(10 * n + 2, there("501"), there("501", 2), Actor.CONNECTOR) for n in range(1, BEYOND + 1)],
])
def test_what_is_no_endless_retry(entries: Any) -> None:
    assert seen(*entries).findings == []


@pytest.mark.parametrize("after", [
    lambda n: refused(n, 4, status=200, refused=[], who="502"),  # somebody else's
    lambda n: refused(n, 4, status=200, refused=[], system="salesforce"),
    lambda n: refused(n, 4, status=200, refused=[], method="GET"),
    lambda n: refused(n, 4, status=200, body=b'["501"]'),  # refused once more, within the answer
    lambda n: refused(n, 1, status=200, refused=[]),  # before it was refused
])
def test_what_makes_no_refusal_good(after: Any) -> None:
    assert [f.found for f in seen(*each(), *(after(n) for n in range(1, BEYOND + 1))).findings if f.person] == [BEYOND]


@pytest.mark.parametrize(("acts", "is_found"), [
    ((act(25, "edit", "p1", after_sync=2),), False), ((act(25, "edit", "p2", after_sync=2),), True), ((act(5, "edit", "p1"),), True),
    ((act(49, "edit", "p1", after_sync=4),), True),
])
def test_an_edit_of_the_person_is_a_reason_to_try_again(acts: Any, is_found: bool) -> None:
    assert bool(seen(*each(), acts=acts).findings) is is_found


def test_after_an_edit_it_counts_and_is_told_anew() -> None:
    number = 2 * BEYOND
    found = seen(*each(number), number=number, acts=(act(10 * BEYOND + 9, "edit", "p1", after_sync=BEYOND),), length=200)

    assert [(f.sync, f.found) for f in found.findings] == [(BEYOND, BEYOND), (number, BEYOND)]


def test_each_person_of_a_batch_and_each_code_counts_alone() -> None:
    both = each(body=b'["501", "502"]', refused=[("501", "INVALID", "no"), ("502", "INVALID", "no"), ("501", "NOT_FOUND", "no")])

    assert [f.person for f in seen(*both).findings] == ["p1 Label", "p2 Label"]


def tries(times: int, **more: Any) -> Any:
    return seen(*(refused(2, n, **{"body": b"x", **more}) for n in range(times)), number=2)


def test_the_same_request_is_not_sent_over_and_over_in_one_sync() -> None:
    found = tries(MOST_TRIES + 1)

    assert [(f.rule, f.system, f.expected, f.found, f.classification, f.caused_by, f.requests, f.sync) for f in found.findings] == [
        ("RETRY-001", "ma", f"at most {MOST_TRIES} attempts", MOST_TRIES + 1, "retried_for_ever", 25, (20, 21, 22, 23, 24, 25), 2)
    ]
    assert tries(MOST_TRIES).findings == []
    assert tries(MOST_TRIES + 1, status=429).findings == []
    assert seen(*(refused(2, n) for n in range(8)), number=2).findings == [], "each of another content"
    other = [refused(2, n, body=b"x", path="/x" if n % 2 else "/y") for n in range(8)]
    assert seen(*other, number=2).findings == []


def test_only_the_requests_that_were_the_same_are_named() -> None:
    entries = [refused(2, n, body=b"x") for n in range(6)], [refused(2, n, body=b"y") for n in (6, 7)]

    assert [f.requests for f in seen(*entries[0], *entries[1], number=2).findings] == [(20, 21, 22, 23, 24, 25)]
