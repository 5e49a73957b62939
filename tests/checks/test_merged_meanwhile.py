"""People merge records while a sync runs: it may have read everything before, so the next one is judged by what is left."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from tests.checks.deeds import contact, found, world
from tests.checks.test_edited_meanwhile import Interrupted, edit, played
from tests.ideal import Ideal
from tests.staging import play

SPACE = {"consent": {"subscribed": 1}}
TWO_STAY = frozenset({"keep_deleted", "follow_nothing"})


def merge(side: str, into: int = 1, who: int = 2) -> dict[str, Any]:
    return {"merge": {"side": side, "into": {"index": into}, "who": {"index": who}}}


@pytest.mark.parametrize("side", ["crm", "ma"])
@pytest.mark.parametrize("when", ["early", "late"])
def test_a_merge_by_people_during_a_sync_is_no_loss_and_no_fault_of_that_sync(side: str, when: str) -> None:
    at = {2: [merge(side)]}

    result = played(Interrupted(at if when == "early" else {}, at if when == "late" else {}), "sync", "sync", "sync", "sync", **SPACE)

    assert [f.message for f in result.findings] == []


def test_who_leaves_two_records_is_named_after_the_sync_that_could_know() -> None:
    connector = Interrupted({}, {2: [merge("crm")]})
    connector.sins = TWO_STAY

    findings = found(played(connector, "sync", "sync", "sync", **SPACE), "LIFE-001")

    assert [f.sync for f in findings] == [3]


def test_another_record_that_the_connector_deletes_meanwhile_is_still_named() -> None:
    def lose(me: Any, sandbox: Sandbox, number: int) -> None:
        if number == 2:
            row = contact(sandbox, Side.CRM, 2)
            me._write(Side.CRM, lambda: sandbox.crm.desk_delete(row.kind, row.id))

    findings = found(played(Interrupted({}, {2: [merge("crm")]}, lose), "sync", "sync", **SPACE), "SCOPE-004")

    assert {f.person[:5] for f in findings} == {"p0004"}, "the third of those who are left"


def test_an_edit_of_the_survivor_after_that_sync_must_arrive() -> None:
    def deaf(me: Any, sandbox: Sandbox, number: int) -> None:
        if number == 3:
            row = contact(sandbox, Side.MA)
            me._write(Side.MA, lambda: sandbox.ma.desk_edit(row.kind, row.id, {"phone": "+48000"}))

    connector = Interrupted({2: [merge("crm")]}, {}, deaf)

    findings = played(connector, "sync", "sync", edit("crm", "Phone"), "sync", **SPACE).findings

    assert {f.field for f in findings} >= {"phone"}


def test_a_refusal_that_came_with_a_merge_is_told_as_it_was_said() -> None:
    steps = ("sync", {"opt_out": {"side": "ma", "who": {"index": 2}}}, "sync", merge("crm"), "sync")

    finding = found(play(world(*steps, **SPACE), Ideal(sins=frozenset({"forget_refusals"}))), "CONS-002")[0]

    assert finding.person.startswith("p0001"), "whose record can still be mailed"
    assert finding.message.startswith("p0002 ")
    assert "refused email/* in the MA at #" in finding.message
    assert f"and was merged into {finding.person} at #" in finding.message
    said, merged = (int(part.split()[0].rstrip(",")) for part in finding.message.split("#")[1:3])
    assert said < merged
    assert finding.story[0].startswith("p0002 ")
