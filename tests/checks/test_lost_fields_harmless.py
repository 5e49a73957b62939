"""A field that is gone on one side: its partner must stay, whatever the connector takes the silence for."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from tests.checks.deeds import After, found, write
from tests.ideal import Ideal
from tests.staging import play, rules


class Careful(Ideal):
    """Ideal, and it leaves out the rules of which an end is not there."""

    def _decide(self, rule: Any, base: Any, now: Any, crm_row: Any, ma_row: Any) -> Any:
        schemas = (self.sandbox.crm.schema(crm_row.kind), self.sandbox.ma.schema(ma_row.kind))
        gone = rule.crm not in schemas[0] or rule.ma not in schemas[1]
        return now if gone else super()._decide(rule, base, now, crm_row, ma_row)


class CarefulAfter(Careful, After):
    pass


def world(side: str, field: str, change: str, *steps: Any) -> dict[str, Any]:
    reshape = {"change_schema": {"side": side, "field": field, "change": change}}
    return {"population": {"total": 3, "kinds": {"customer": 1}}, "options": {"final_quiet": False},
            "steps": [{"sync": {}}, reshape, *steps, {"sync": {}}]}  # fmt: skip


LOST = [("ma", "interests", "remove"), ("crm", "Interests__c", "remove"), ("crm", "MobilePhone", "hide")]


@pytest.mark.parametrize(("side", "field", "change"), LOST)
def test_who_leaves_the_partner_alone_is_accepted(side: str, field: str, change: str) -> None:
    result = play(world(side, field, change, {"edit": {"side": "crm", "set": {"Title": "$fresh"}}}), Careful())

    assert rules(result) == set()
    assert {c.check: c.looked_at for c in result.checks}["lost_fields_harmless"] == 3


@pytest.mark.parametrize(("side", "field", "partner"), [("ma", "interests", "Interests__c"), ("crm", "Interests__c", "interests")])
def test_who_changes_the_partner_is_named(side: str, field: str, partner: str) -> None:
    reading = Side(side).other

    result = play(world(side, field, "remove"), CarefulAfter(write(reading, {partner: "pricing;research"}), at=2))

    [finding] = found(result, "LIFE-003")
    assert (finding.system, finding.field, finding.sync, finding.bug_class) == (reading.value, partner, 2, "B067")
    assert finding.person.startswith("p0001")


def test_a_person_may_change_the_partner() -> None:
    edit = {"edit": {"side": "crm", "set": {"Interests__c": "$blank"}}}

    assert rules(play(world("ma", "interests", "remove", edit), Careful())) == set()


def test_what_was_written_before_the_field_went_is_no_harm_of_it() -> None:
    assert not found(play(world("ma", "interests", "remove"), CarefulAfter(write(Side.CRM, {"Interests__c": "pricing;research"}), at=1)), "LIFE-003")


def test_a_list_that_changes_takes_no_field_away() -> None:
    steps = [{"sync": {}}, {"change_schema": {"side": "ma", "field": "segment", "change": "add_value", "value": "new"}}, {"sync": {}}]
    result = play({"population": {"total": 3, "kinds": {"customer": 1}}, "steps": steps}, CarefulAfter(write(Side.CRM, {"Segment__c": None}), at=2))

    assert not found(result, "LIFE-003")
    assert any(f.field == "Segment__c" for f in result.findings), "the field is there still, and judged as ever"
