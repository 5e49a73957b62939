"""Which edit was later, as far as stamps tell: not within one second, and not while a vendor's clock is wrong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.evidence import Act
from syncproof.mapping.grammar import Side
from syncproof.oracle.clocks import Clocks
from syncproof_mocks.journal import Mark

NAMES = {Side.CRM: SimpleNamespace(name="salesforce"), Side.MA: SimpleNamespace(name="hubspot")}


def clocks(*marks: tuple[int, str, str]) -> Clocks:
    evidence: Any = SimpleNamespace(dialects=NAMES, entries=tuple(Mark(seq, seq, name, detail) for seq, name, detail in marks))
    return Clocks(evidence)


def act(side: Side, seq: int, at_ms: int | None = None) -> Act:
    return Act(seq, seq * 1_000 if at_ms is None else at_ms, side, "p0001", "edit", "contact", "1", 1, field="Title")


def test_the_side_edited_last_is_told_by_its_last_edit() -> None:
    assert clocks().last_side([act(Side.CRM, 1), act(Side.MA, 2)]) is Side.MA
    assert clocks().last_side([act(Side.CRM, 1), act(Side.MA, 2), act(Side.CRM, 3)]) is Side.CRM
    assert clocks().last_side([act(Side.MA, 2)]) is Side.MA
    assert clocks().last_side([]) is None


def test_within_one_second_nobody_can_tell() -> None:
    assert clocks().last_side([act(Side.CRM, 1, 5_000), act(Side.MA, 2, 5_999)]) is None
    assert clocks().last_side([act(Side.CRM, 1, 5_999), act(Side.MA, 2, 6_000)]) is Side.MA


ARMED = (10, "fault_armed", "clock_skew on hubspot *")


@pytest.mark.parametrize(("marks", "wrong"), [
    ((ARMED,), {10, 19, 20, 30}),
    ((ARMED, (20, "fault_healed", "clock_skew on hubspot")), {10, 19}),
    ((ARMED, (20, "fault_healed", "all on hubspot")), {10, 19}),
    ((ARMED, (20, "fault_healed", "all on salesforce")), {10, 19, 20, 30}),
    ((ARMED, (19, "fault_healed", "clock_skew on hubspot"), (30, "fault_healed", "all on hubspot")), {10}),
    ((ARMED, (20, "fault_healed", "slow on hubspot")), {10, 19, 20, 30}),
    (((10, "fault_armed", "slow on hubspot *"),), set()),
    (((10, "fault_armed", "clock_skew on salesforce *"),), set()),
    (((10, "step", "clock_skew on hubspot *"),), set()),
    ((ARMED, (20, "fault_healed", "all on hubspot"), (30, "fault_armed", "clock_skew on hubspot *")), {10, 19, 30}),
])  # fmt: skip
def test_a_clock_is_wrong_from_the_fault_to_its_healing(marks: Any, wrong: set[int]) -> None:
    told = clocks(*marks)

    assert {seq for seq in (9, 10, 19, 20, 30) if told.was_wrong(Side.MA, seq)} == wrong


def test_an_edit_under_a_wrong_clock_is_neither_earlier_nor_later() -> None:
    told = clocks(ARMED, (20, "fault_healed", "all on hubspot"))

    assert told.last_side([act(Side.CRM, 12), act(Side.MA, 15)]) is None
    assert told.last_side([act(Side.CRM, 15), act(Side.MA, 21)]) is Side.MA
    assert told.last_side([act(Side.MA, 15)]) is Side.MA
