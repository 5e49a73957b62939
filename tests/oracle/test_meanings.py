"""What a value means is remembered per rule and side, and is never another rule's."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.mapping.meaning import neutral
from syncproof.oracle import meanings
from syncproof.oracle.meanings import meaning_of

TEXT = FieldRule(crm="A", ma="a")
DATE = FieldRule(crm="A", ma="a", type="date")  # type: ignore[arg-type]
FLAG = FieldRule(crm="A", ma="a", type="boolean")  # type: ignore[arg-type]
PICK = FieldRule(crm="A", ma="a", type="picklist", values={"Hot": "hot"})  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", [TEXT, DATE, PICK], ids=lambda r: r.type.value)
@pytest.mark.parametrize("raw", ["x", " x ", "", "2026-01-31", "Hot", "hot", None, 7, 7.0])
def test_it_is_the_neutral_value_the_first_time_and_the_second(rule: FieldRule, raw: Any) -> None:
    for side in (Side.CRM, Side.MA, Side.CRM):
        assert meaning_of(rule, side, raw) == neutral(rule, side, raw)


def test_the_sides_and_rules_are_kept_apart() -> None:
    assert (meaning_of(PICK, Side.CRM, "Hot"), meaning_of(PICK, Side.MA, "hot")) == ("Hot", "Hot")
    assert meaning_of(TEXT, Side.MA, "hot") == "hot"


def test_a_boolean_that_was_never_set_is_false_and_a_number_is_no_boolean() -> None:
    assert [meaning_of(FLAG, Side.CRM, raw) for raw in (None, "", True, "true", "false")] == [False, False, True, True, False]
    assert meaning_of(TEXT, Side.CRM, True) == neutral(TEXT, Side.CRM, True)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meanings, "_MOST_TEXTS", 3)
    monkeypatch.setattr(meanings, "_MOST_RULES", 2)
    monkeypatch.setattr(meanings, "_known", {})
    rules = [FieldRule(crm=f"F{n}", ma="a") for n in range(4)]

    for rule in rules:
        for number in range(10):
            assert meaning_of(rule, Side.CRM, f"v{number}") == f"v{number}"

    assert len(meanings._known) <= 2
    assert all(len(texts) <= 3 for _, *sides in meanings._known.values() for texts in sides)
