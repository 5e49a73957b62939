"""What each fault did to the connector, and what it did next, read off small journals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from syncproof.model import Strike
from syncproof.phrases import aftermath
from syncproof.strikes import strikes
from syncproof_mocks.journal import Actor
from tests.oracle import made
from tests.renderers.sample_numbers import strikes as each_kind

SYNCS = (made.sync(1, 5, 50), made.sync(2, 60, 95, exit_code=None, ended="timeout"))


def struck(seq: int = 10, **more: Any) -> Any:
    return made.exchange(seq, method="PATCH", path="/a", status=503, fault="server_error", operation="objects.update", ran_ms=seq * 100, **more)


def told(*entries: Any, **more: Any) -> list[Strike]:
    evidence = made.evidence(entries=tuple(made.padded(*entries)), syncs=SYNCS, **more)
    return list(strikes(evidence))


def patch(seq: int, **more: Any) -> Any:
    return made.exchange(seq, method="PATCH", path=more.pop("path", "/a"), ran_ms=seq * 100, **more)


def test_the_very_same_request_again_is_a_repetition_with_its_time_and_answer() -> None:
    (found,) = told(struck(), patch(12, path="/b"), patch(14))

    assert (found.seq, found.fault, found.status, found.sync, found.request, found.operation) == (10, "server_error", 503, 1, "PATCH /a", "objects.update")
    assert (found.did, found.next_seq, found.next_status, found.after_s, found.ended) == ("repeated", 14, 200, 0.4, "ended with exit code 0")


@pytest.mark.parametrize(
    ("later", "did", "seq"),
    [
        ((patch(12, path="/b"),), "went_on", 12),
        ((patch(14, body=b"other"),), "went_on", 14),
        ((patch(13, system="salesforce"),), "left", 13),
        ((patch(14, actor=Actor.HARNESS),), "stopped", None),
        ((), "stopped", None),
        ((made.exchange(12, method="POST", path="/token", operation="oauth.token"), patch(14)), "signed_in_and_repeated", 14),
        ((patch(12), made.exchange(13, method="POST", path="/token", operation="oauth.token")), "repeated", 12),
    ],
)
def test_what_came_next_within_the_sync_is_told_apart(later: tuple[Any, ...], did: str, seq: int | None) -> None:
    (found,) = told(struck(), *later)

    assert (found.did, found.next_seq) == (did, seq)


def test_the_same_request_in_a_later_sync_is_no_repetition_but_is_told() -> None:
    (found,) = told(struck(), patch(70))

    assert (found.did, found.again_in, found.after_s) == ("stopped", 2, None)
    assert aftermath(found) == "made no further request in this sync; sync 2 made the same request again"


def test_a_repetition_that_was_struck_too_is_a_strike_of_its_own() -> None:
    first, second = told(struck(), struck(20))

    assert (first.did, first.next_seq, first.next_status) == ("repeated", 20, 503)
    assert second.did == "stopped"


def test_how_a_fault_can_be_noticed_and_how_the_sync_ended_are_told() -> None:
    (found,) = told(struck(70), fault_sorts={"server_error": "silent"})

    assert (found.sort, found.ended, found.sync) == ("silent", "did not end within its time limit", 2)


def test_faults_that_met_nobody_of_the_connector_are_none() -> None:
    assert told(patch(12), struck(10, actor=Actor.HARNESS)) == []


def test_each_aftermath_has_words_without_times() -> None:
    words = [aftermath(strike) for strike in each_kind()]

    assert words == [
        "repeated the same request as #22 -> 200", "signed in again and repeated the same request as #32 -> 200",
        "did not repeat it in this sync; its next request there was #41 GET /crm/v3/owners -> 200",
        "made no further request there in this sync; its next one was #51 GET /services/data/v62.0/query -> 200; sync 2 made the same request again",
        "made no further request in this sync",
    ]
    assert aftermath(replace(each_kind()[0], after_s=99.0)) == words[0]
