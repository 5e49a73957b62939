"""A vendor's own automation writes while the connector is at work: not its doing, but its duty to carry."""

from __future__ import annotations

from typing import Any

from syncproof.mapping.grammar import Side
from syncproof.model import Verdict
from syncproof.sandbox import Sandbox
from syncproof_mocks.journal import Actor
from tests.checks.deeds import After, contact, found, world
from tests.ideal import Ideal
from tests.staging import play


def automated(side: Side, values: dict[str, Any]) -> Any:
    """What a workflow would do: a write of the vendor, caused by the connector's request."""

    def deed(me: Ideal, sandbox: Sandbox) -> None:
        row = contact(sandbox, side)
        with sandbox.world.journal.acting(Actor.VENDOR_AUTOMATION, "workflow called"):
            sandbox.on(side).store.update(row, values)

    return deed


def test_what_automation_wrote_is_nobodys_invention_and_is_carried_next_time() -> None:
    result = play(world("sync"), After(automated(Side.MA, {"jobtitle": "Called"})))

    assert result.findings == ()
    assert result.verdict is Verdict.PASS


def test_automation_on_the_other_side_is_carried_too() -> None:
    assert play(world("sync"), After(automated(Side.CRM, {"Title": "Called"}))).findings == ()


def test_the_same_value_written_by_the_connector_is_an_invention() -> None:
    def invent(me: Ideal, sandbox: Sandbox) -> None:
        row = contact(sandbox, Side.MA)
        me._write(Side.MA, lambda: sandbox.ma.desk_edit(row.kind, row.id, {"jobtitle": "Called"}))

    assert found(play(world("sync", "sync"), After(invent, at=2)), "FIELD-012")


def test_an_edit_of_automation_that_never_travels_is_lost() -> None:
    def taken_for_agreed(me: Ideal, sandbox: Sandbox) -> None:
        automated(Side.MA, {"jobtitle": "Called"})(me, sandbox)
        crm = contact(sandbox, Side.CRM)
        me.base[crm.id, "Title = jobtitle"] = (crm.values["Title"], "Called")

    assert found(play(world("sync"), After(taken_for_agreed)), "FIELD-001")
