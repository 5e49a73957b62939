"""People edit while an ideal connector is at work: nothing that it may do is a finding, and an edit it destroys is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syncproof.drivers import Ended
from syncproof.judging import judge
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.model import ScenarioResult
from syncproof.runner import Runner
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario, ScenarioStep
from syncproof.stage import Stage
from tests.checks.deeds import contact, found, world
from tests.ideal import Ideal

When = dict[int, list[dict[str, Any]]]


class Interrupted(Ideal):
    """Ideal, and people do steps while sync number n runs: ``early`` before it reads, ``late`` when it has written."""

    def __init__(self, early: When | None = None, late: When | None = None, deed: Callable[[Any, Sandbox, int], None] | None = None) -> None:
        super().__init__()
        self.early, self.late, self.deed = early or {}, late or {}, deed
        self.stage: Stage | None = None

    def __call__(self, sandbox: Sandbox, number: int, *more: Any) -> Ended:
        self._do(self.early.get(number, []))
        ended = super().__call__(sandbox, number)
        self._do(self.late.get(number, []))
        if self.deed is not None:
            deed = self.deed
            sandbox.call(lambda: deed(self, sandbox, number))
        return ended

    def _do(self, steps: list[dict[str, Any]]) -> None:
        assert self.stage is not None
        for step in Scenario.model_validate({"steps": steps or [{"snapshot": "x"}]}).steps:
            assert isinstance(step, ScenarioStep)
            step.run(self.stage)


def played(connector: Interrupted, *steps: Any, **population: Any) -> ScenarioResult:
    scenario = Scenario.model_validate(world(*steps, **population)).placed("test/case", "", "test/case", ())
    sandbox = Sandbox(load_mapping(default_mapping_file()), 11)
    stage = connector.stage = Stage(scenario, sandbox.mapping, sandbox, connector)
    stage.seed()
    Runner._play(stage, scenario)
    return judge(scenario, stage, "", "syncproof run test/case")


def edit(side: str, field: str, value: Any = "$fresh", index: int = 1) -> dict[str, Any]:
    return {"edit": {"side": side, "who": {"index": index}, "set": {field: value}}}


TITLE, JOB = edit("crm", "Title"), edit("ma", "jobtitle")


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ({2: [TITLE]}, {}), ({}, {2: [TITLE]}), ({}, {2: [JOB]}), ({2: [TITLE]}, {2: [TITLE]}), ({2: [TITLE]}, {2: [JOB]}),
        ({}, {2: [TITLE, JOB]}), ({2: [JOB]}, {2: [TITLE, TITLE]}), ({}, {1: [TITLE], 2: [JOB]}),
        ({}, {2: [edit("crm", "Title", "$blank"), edit("ma", "zip", "$blank")]}), ({}, {2: [edit("ma", "phone")]}),
    ],
)  # fmt: skip
def test_an_ideal_connector_is_never_accused_whatever_people_do_meanwhile(early: When, late: When) -> None:
    for before in ([], [JOB, TITLE]):
        result = played(Interrupted(early, late), "sync", *before, "sync", "sync")

        assert [f.message for f in result.findings] == [], before


def test_an_edit_carried_within_the_sync_is_no_second_edit_afterwards() -> None:
    """The MA wins this field: were its carried edit still news, the CRM's newer one would be said to have to give way."""
    result = played(Interrupted({2: [edit("ma", "zip")]}, {}), "sync", "sync", edit("crm", "MailingPostalCode"), "sync")

    assert result.findings == ()


def test_an_edit_made_meanwhile_that_no_later_sync_carries_is_lost() -> None:
    def forget(me: Any, sandbox: Sandbox, number: int) -> None:
        if number == 2:
            crm, ma = contact(sandbox, Side.CRM), contact(sandbox, Side.MA)
            me.base[crm.id, "Title = jobtitle"] = (crm.values["Title"], ma.values["jobtitle"])

    result = played(Interrupted({}, {2: [TITLE]}, forget), "sync", "sync", "sync")

    lost = found(result, "FIELD-001")
    assert {(f.field, f.system, f.sync) for f in lost} == {("jobtitle", "ma", 3)}


def overwrite(me: Any, sandbox: Sandbox, number: int) -> None:
    """What who writes whole records does: the title as it was read, over the edit."""
    row = contact(sandbox, Side.CRM)
    if number == 2:
        me._write(Side.CRM, lambda: sandbox.crm.desk_edit(row.kind, row.id, {"Title": contact(sandbox, Side.MA).values["jobtitle"]}))


def test_an_edit_made_meanwhile_and_overwritten_for_no_reason_is_told_as_such() -> None:
    result = played(Interrupted({}, {2: [TITLE]}, overwrite), "sync", "sync")

    told = found(result, "FIELD-014")
    assert [(f.field, f.system, f.classification) for f in told] == [("Title", "crm", "edit_overwritten")]
    assert told[0].expected != told[0].found


def test_an_edit_made_meanwhile_that_meets_one_of_the_other_side_may_lose_the_race_and_the_report_says_so() -> None:
    def lose(me: Any, sandbox: Sandbox, number: int) -> None:
        crm, ma = contact(sandbox, Side.CRM), contact(sandbox, Side.MA)
        if number == 2:
            me._write(Side.CRM, lambda: sandbox.crm.desk_edit(crm.kind, crm.id, {"LastName": ma.values["lastname"]}))
            me.base[crm.id, "LastName = lastname"] = (ma.values["lastname"], ma.values["lastname"])

    result = played(Interrupted({}, {2: [edit("crm", "LastName")]}, lose), "sync", edit("ma", "lastname"), "sync", "sync")

    assert found(result, "FIELD-014") == []
    assert any("came after the connector had read" in text for text in result.left_open)


def test_what_a_quiet_sync_writes_after_an_edit_is_no_unrest_and_what_it_writes_before_is() -> None:
    carried = played(Interrupted({3: [TITLE]}), "sync", "sync", {"sync": {"expect": "quiet"}})

    def unrest(me: Any, sandbox: Sandbox, number: int) -> None:
        row = contact(sandbox, Side.CRM)
        if number == 2:
            me._write(Side.CRM, lambda: sandbox.crm.desk_edit(row.kind, row.id, {"MailingStreet": row.values["MailingStreet"] + "."}))

    assert carried.findings == ()
    assert found(played(Interrupted({}, {3: [TITLE]}, unrest), "sync", {"sync": {"expect": "quiet"}}, "sync"), "QUIET-001")


def test_who_is_let_in_or_put_out_while_the_sync_runs_is_judged_by_the_next_one() -> None:
    out, back = edit("crm", "Contact_Kind__c", "Test"), edit("crm", "Contact_Kind__c", "Customer")

    put_out = played(Interrupted({1: [out]}), "sync", "sync", placement="crm")
    let_in = played(Interrupted({1: [back]}), out, "sync", "sync", placement="crm")
    deleted = played(Interrupted({1: [{"delete": {"side": "crm", "who": {"index": 1}}}]}), "sync", "sync", placement="crm")

    assert [f.message for f in (*put_out.findings, *let_in.findings, *deleted.findings)] == []


def test_who_was_let_in_while_the_sync_ran_and_never_comes_is_missing() -> None:
    class Blind(Interrupted):
        def _create(self, obj: Any, target: Side, row: Any) -> None:
            if row.id != contact(self.sandbox, Side.CRM).id:
                super()._create(obj, target, row)

    out, back = edit("crm", "Contact_Kind__c", "Test"), edit("crm", "Contact_Kind__c", "Customer")

    assert found(played(Blind({1: [back]}), out, "sync", "sync", placement="crm"), "SCOPE-001")
