"""Records, deletions, owners and companies: small worlds in which exactly one thing goes wrong, or only seems to."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.journal import Actor
from tests.checks.deeds import After, Broken, contact, delete, found, world, write
from tests.ideal import Ideal
from tests.staging import play, rules

# -- records ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", list(Side))
def test_a_record_that_the_connector_deletes_is_missed_on_either_side(side: Side) -> None:
    result = play(world("sync"), After(delete(side)))

    assert {f.system for f in found(result, "SCOPE-004")} >= {str(side)}


def test_the_second_record_of_a_person_is_missed_too() -> None:
    crowded = world("sync", placement="crm", kinds={"customer": 4}, dirt={"duplicate": 1})

    result = play(crowded, After(delete(Side.CRM, -1)))

    assert "SCOPE-004" in rules(result)


def test_what_a_broken_sync_deleted_is_not_forgiven() -> None:
    assert "SCOPE-004" in rules(play(world("sync", "sync"), Broken(delete(Side.MA), at=1)))


def test_a_record_that_holds_nothing_of_anybody_is_found() -> None:
    def invent(me: Any, sandbox: Sandbox) -> None:
        me._write(Side.MA, lambda: sandbox.ma.desk_create("contacts", {"lastname": "Qwx", "email": "qwx@strangers.example.com"}))

    assert "IDENT-004" in rules(play(world("sync"), After(invent)))


@pytest.mark.parametrize("at", [1, 2])
def test_somebody_kept_out_may_not_come_in_by_a_broken_sync(at: int) -> None:
    partners = world("sync", "sync", placement="crm", kinds={"partner": 2, "customer": 2})

    result = play(partners, Broken(lambda *_: None, at=at, sins=frozenset({"take_everybody"})))

    assert "SCOPE-002" in rules(result)


def test_a_third_record_counts_against_two_seeded_ones() -> None:
    def double(me: Any, sandbox: Sandbox) -> None:
        row = contact(sandbox, Side.CRM)
        values = {k: row.values[k] for k in ("LastName", "Phone", "AccountId") if row.values.get(k)}
        me._write(Side.CRM, lambda: sandbox.crm.desk_create("Contact", values))

    result = play(world("sync"), After(double))

    assert {f.system for f in found(result, "IDENT-001")} == {"crm"}


def test_another_persons_value_is_found_in_a_record() -> None:
    def mix(me: Any, sandbox: Sandbox) -> None:
        write(Side.MA, {"address": contact(sandbox, Side.MA, 1).values["address"]})(me, sandbox)

    result = play(world("sync"), After(mix))

    assert found(result, "IDENT-002")
    assert found(result, "FIELD-010")


# -- deletions -------------------------------------------------------------------------------------------------


def test_a_deletion_is_judged_after_the_sync_that_makes_up_for_a_broken_one() -> None:
    class Keeps(Broken):
        def _object(self, obj: Any) -> None:
            self.sins = frozenset({"keep_deleted"})
            super()._object(obj)

    steps = ("sync", {"delete": {"side": "crm"}}, "sync", "sync")

    assert found(play(world(*steps), Keeps(lambda *_: None, at=2)), "DEAD-002")
    assert not found(play(world(*steps), Broken(lambda *_: None, at=2)), "DEAD-002")


def test_who_has_a_second_record_is_not_gone_with_the_first() -> None:
    crowded = world("sync", {"delete": {"side": "crm", "who": {"dirt": "duplicate"}}}, "sync", dirt={"duplicate": 1})

    result = play(crowded, Ideal(frozenset({"keep_deleted"})))

    assert not found(result, "DEAD-002")


def test_a_deletion_in_the_ma_that_the_mapping_ignores_leaves_the_crm_alone() -> None:
    def follow(me: Any, sandbox: Sandbox) -> None:
        row = next(r for r in sandbox.crm.store.rows("Contact") if sandbox.ma.store.get("contacts", me.links[r.id]) is None)
        me._write(Side.CRM, lambda: sandbox.crm.desk_delete("Contact", row.id))

    result = play(world("sync", {"delete": {"side": "ma"}}, "sync"), After(follow, at=2))

    assert [(f.system, f.found) for f in found(result, "DEAD-002")] == [("crm", "gone")]


def test_a_deleted_record_that_is_taken_out_of_the_bin_is_back() -> None:
    def undelete(me: Any, sandbox: Sandbox) -> None:
        gone = next(r for r in sandbox.crm.store.rows("Contact", deleted=True) if r.deleted)
        me._write(Side.CRM, lambda: sandbox.crm.store.undelete(gone))

    assert found(play(world("sync", {"delete": {"side": "crm"}}, "sync"), After(undelete, at=2)), "DEAD-001")


def test_a_record_on_the_other_side_is_no_return() -> None:
    made: list[str] = []

    def make(me: Any, sandbox: Sandbox) -> None:
        gone = next(r for r in sandbox.crm.store.rows("Contact", deleted=True) if r.deleted)
        values = {"lastname": "Q", "email": gone.values["Email"]}
        made.append(me._write(Side.MA, lambda: sandbox.ma.desk_create("contacts", values)).id)

    result = play(world("sync", {"delete": {"side": "crm"}}, "sync"), After(make, at=2))

    assert made
    assert not {f.record_id for f in found(result, "DEAD-001")} & set(made)


def test_somebody_else_may_arrive_after_a_deletion() -> None:
    steps = ("sync", {"delete": {"side": "ma"}}, {"create": {"side": "crm", "object": "contact"}}, "sync")

    assert not found(play(world(*steps), Ideal()), "DEAD-001")


# -- links -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sin", ["ignore_companies", "wrong_company"])
def test_a_person_without_the_right_company_is_found(sin: str) -> None:
    result = play(world("sync", placement="crm"), Ideal(frozenset({sin})))

    assert {(f.system, f.classification) for f in found(result, "LINK-002")} == {("ma", "wrong_company")}


def test_the_company_of_the_master_is_not_touched() -> None:
    result = play(world("sync"), After(write(Side.CRM, {"AccountId": None})))

    assert "crm" in {f.system for f in found(result, "LINK-002")}


def owner_of_another(me: Any, sandbox: Sandbox, side: Side) -> str:
    name = "OwnerId" if side is Side.CRM else "hubspot_owner_id"
    mine = contact(sandbox, side).values.get(name)
    dialect = sandbox.on(side)
    return next(
        r.id for r in dialect.store.rows(dialect.owner_kind)
        if r.id != mine and dialect.has_active_owner(dialect.store.snapshot(), str(r.values[dialect.owner_email_field]))
    )


@pytest.mark.parametrize("side", list(Side))
def test_an_owner_that_the_connector_changes_is_found_on_either_side(side: Side) -> None:
    def hijack(me: Any, sandbox: Sandbox) -> None:
        name = "OwnerId" if side is Side.CRM else "hubspot_owner_id"
        write(side, {name: owner_of_another(me, sandbox, side)})(me, sandbox)

    result = play(world("sync"), After(hijack))

    assert str(side) in {f.system for f in found(result, "LINK-001")}


# -- noise -----------------------------------------------------------------------------------------------------


def test_writing_again_what_is_there_is_no_quiet_sync() -> None:
    def repeat(me: Any, sandbox: Sandbox) -> None:
        me._write(Side.MA, lambda: None)

    assert rules(play(world("sync", {"sync": {"expect": "quiet"}}), After(repeat, at=2))) == {"QUIET-001"}


def test_a_sensitive_value_that_was_entered_later_does_not_cross_either() -> None:
    def leak(me: Any, sandbox: Sandbox) -> None:
        value = contact(sandbox, Side.CRM).values["National_Id__c"]
        journal = sandbox.world.journal
        journal.open_exchange("hubspot", Actor.CONNECTOR, "PATCH", "/x", "", {}, value.encode()).status = 200
        journal.close_exchange()

    steps = ("sync", {"edit": {"side": "crm", "set": {"National_Id__c": "XY-98765-QQ"}}}, "sync")

    assert "SCOPE-003" in rules(play(world(*steps), After(leak, at=2)))
