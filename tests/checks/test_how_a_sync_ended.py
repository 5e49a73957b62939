"""How a sync ended, against what it was refused: one small staging, told in many ways."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from syncproof.evidence import Evidence
from syncproof.mapping.grammar import Side
from syncproof_mocks.journal import Exchange
from tests.checks.deeds import world
from tests.checks.looking import look, staged
from tests.ideal import Ideal

SILENT = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
NO_MORE = {"options": {"final_quiet": False}}


@cache
def two_syncs() -> Evidence:
    """Everybody is on both sides: each sync reads once on each side, and writes nothing."""
    return staged(world("sync", "sync", **SILENT) | NO_MORE, Ideal())


@cache
def nobody_arrives() -> Evidence:
    """Nobody is made in the MA, although everybody should be."""
    return staged(world("sync", placement="crm", **SILENT) | NO_MORE, Ideal(frozenset({"lose_people"})))


def ended(evidence: Evidence, number: int, answer: dict[str, Any] | None = None, side: Side = Side.MA, **summary: Any) -> Evidence:
    """Return the evidence with another end of one sync, and another answer to the request that it made to one side."""
    syncs = list(evidence.syncs)
    sync = syncs[number - 1] = replace(syncs[number - 1], **summary)
    entries = list(evidence.entries)
    for at in range(sync.start_seq, sync.end_seq):
        entry = entries[at]
        if answer and isinstance(entry, Exchange) and entry.system == evidence.dialects[side].name:
            entries[at] = replace(entry, **answer)
    return replace(evidence, syncs=tuple(syncs), entries=tuple(entries))


def told(evidence: Evidence) -> list[tuple[str, str, int | None]]:
    return [(f.rule, f.classification, f.sync) for f in look("success_is_true", evidence).findings]


REFUSED = {"method": "POST", "operation": "objects.update", "status": 400, "refused": [("1", "INVALID", "no")]}
FAILED = ("STATUS-003", "failed", 2)


@pytest.mark.parametrize(("summary", "answer", "expected"), [
    ({}, None, []),
    ({"exit_code": 1}, None, [FAILED]),
    ({"ended": "timeout", "exit_code": None}, None, [FAILED]),
    ({"ended": "timeout", "exit_code": 0}, None, [FAILED]),
    ({"ended": "died", "exit_code": 0}, REFUSED, [FAILED]),
    ({"ended": "settled", "exit_code": None}, None, []),
    ({"exit_code": 1}, REFUSED, []),
    ({"exit_code": 1}, REFUSED | {"method": "GET", "status": 200}, [FAILED]),
    ({"exit_code": 1}, {"status": 400}, []),
    ({"exit_code": 1}, {"status": 399}, [FAILED]),
    ({"exit_code": 1}, {"status": 401}, [FAILED]),
    ({"exit_code": 1}, {"fault": "server_error"}, []),
    ({"leftovers": ("a",)}, None, [("STATUS-004", "processes_left", 2)]),
])  # fmt: skip
def test_an_end_is_a_failure_unless_something_was_refused(summary: dict[str, Any], answer: Any, expected: list[Any]) -> None:
    assert told(ended(two_syncs(), 2, answer, **summary)) == expected


def test_a_fault_that_must_be_survived_is_no_excuse_but_a_refusal_of_content_is() -> None:
    def outcome(answer: dict[str, Any], **more: Any) -> list[Any]:
        failed = ended(two_syncs(), 2, answer, exit_code=1)
        return told(replace(failed, options={**failed.options, "must_survive": True}, **more))

    struck = {"fault": "server_error", "status": 503}
    assert outcome(struck) == [FAILED]
    assert outcome(struck, fault_sorts={"server_error": "refusal"}) == []
    assert outcome(REFUSED) == []
    assert outcome({"status": 400}) == []
    assert outcome({"fault": "server_error"}) == [FAILED]


def test_other_codes_may_mean_success_and_who_was_killed_is_not_asked() -> None:
    assert told(replace(ended(two_syncs(), 2, exit_code=3), success_exit_codes=frozenset({0, 3}))) == []
    assert told(replace(ended(two_syncs(), 2, exit_code=3), success_exit_codes=frozenset({0, 2}))) == [FAILED]
    killed = replace(ended(two_syncs(), 1, exit_code=None, ended="killed"), killed_syncs=frozenset({1}))
    assert told(killed) == []
    assert look("success_is_true", killed).looked["STATUS-003"] == 1


def test_what_was_refused_before_excuses_a_complaint_until_it_is_written() -> None:
    changed = ended(two_syncs(), 2, exit_code=1)
    act: Any = staged(world("sync", {"delete": {"side": "ma"}}) | NO_MORE, Ideal()).acts[0]
    at = changed.syncs[0].end_seq

    assert told(replace(changed, acts=(replace(act, kind="change_schema", seq=at, after_sync=1),))) == []
    assert told(replace(changed, acts=(replace(act, kind="edit", seq=at, after_sync=1),))) == [FAILED]


@pytest.mark.parametrize("side", list(Side))
def test_a_side_that_was_never_called_is_named(side: Side) -> None:
    evidence = two_syncs()
    other = {"system": evidence.dialects[side.other].name}
    silent = ended(evidence, 2, other, side)
    seen = look("success_is_true", silent)

    assert [(f.rule, f.system, f.sync) for f in seen.findings] == [("STATUS-002", str(side), 2)]
    assert told(ended(ended(silent, 2, ended="settled"), 1, ended="settled")) == []
    assert ("STATUS-002", "never_called", 1) in told(ended(ended(evidence, 1, other, side), 1, ended="settled"))


@pytest.mark.parametrize("side", list(Side))
def test_a_service_that_is_told_of_changes_need_not_ask_before_there_are_any(side: Side) -> None:
    evidence = two_syncs()
    other = {"system": evidence.dialects[side.other].name}
    first = ended(ended(ended(evidence, 1, other, side), 1, ended="settled"), 2, ended="settled")
    never = ended(first, 2, other, side)

    assert told(first) == []
    (finding,) = look("success_is_true", never).findings
    assert (finding.rule, finding.system, finding.sync) == ("STATUS-002", str(side), 1)
    assert finding.message.startswith("All 2 syncs came to rest without one request to ")


def test_who_was_let_in_nowhere_and_said_so_need_not_have_called_the_other() -> None:
    evidence = two_syncs()
    alone = {"system": evidence.dialects[Side.CRM].name}
    only_crm = ended(evidence, 2, alone, Side.MA)

    def outcome(answer: dict[str, Any], code: int) -> set[str]:
        return {rule for rule, *_ in told(ended(only_crm, 2, answer, Side.CRM, exit_code=code))}

    assert outcome({"status": 401, "fault": "session_ends"}, 1) == set()
    assert outcome({"status": 401, "fault": ""}, 1) == {"STATUS-002", "STATUS-003"}
    assert outcome({"status": 503, "fault": "server_error"}, 1) == set()
    assert outcome({"status": 503, "fault": ""}, 1) == {"STATUS-002"}
    assert outcome({"status": 503, "fault": "server_error"}, 0) == {"STATUS-002"}
    assert "STATUS-002" in outcome({"status": 401, "fault": "session_ends"}, 0)


# -- claims ----------------------------------------------------------------------------------------------------------

CLAIMED = ("STATUS-001", "false_success", 1)


@pytest.mark.parametrize(("answer", "expected"), [
    (None, []),
    ({"status": 429}, [CLAIMED]),
    ({"status": 500}, [CLAIMED]),
    ({"status": 499}, []),
    ({"status": 401}, [CLAIMED]),
    (REFUSED, [CLAIMED]),
    (REFUSED | {"method": "GET"}, []),
])  # fmt: skip
def test_who_was_kept_from_something_that_is_missing_may_not_claim_success(answer: Any, expected: list[Any]) -> None:
    assert told(ended(nobody_arrives(), 1, answer)) == expected
    assert told(ended(nobody_arrives(), 1, answer, exit_code=1 if answer else 0)) in ([], [("STATUS-003", "failed", 1)])


@pytest.mark.parametrize("status", [429, 503, 401])
def test_where_nothing_is_missing_a_failure_on_the_way_is_no_lie(status: int) -> None:
    assert told(ended(two_syncs(), 2, {"status": status})) == []


@pytest.mark.parametrize(("again", "expected"), [
    ({}, []), ({"status": 400}, [CLAIMED]), ({"query": "other"}, [CLAIMED]), ({"path": "/x"}, [CLAIMED]), ({"method": "PUT"}, [CLAIMED]),
    ({"request_body": b"x"}, [CLAIMED]),
])  # fmt: skip
def test_what_was_asked_again_with_success_was_not_kept_back(again: dict[str, Any], expected: list[Any]) -> None:
    evidence = ended(nobody_arrives(), 1)
    sync, entries = evidence.syncs[0], list(evidence.entries)
    # The first request of the sync fails; the one that takes the second one's place is the same again, or nearly.
    first, second = (n for n in range(sync.start_seq, sync.end_seq) if isinstance(entries[n], Exchange))
    failed: Any = entries[first]
    entries[first] = replace(failed, status=503, system="hubspot")
    entries[second] = replace(failed, **{"seq": second, "status": 200, "system": "salesforce"} | again)

    assert told(replace(evidence, entries=tuple(entries))) == expected
