"""Deletions and erasures: what each rule of the mapping demands of the other side, and for how long the dead stay dead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from syncproof.mapping.grammar import Mapping, Side
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import Sandbox, default_mapping_file
from tests.checks.deeds import EVERYTHING, After, Broken, contact, world
from tests.checks.looking import look, looked, staged
from tests.ideal import Ideal

KEEPING = frozenset({"keep_deleted", "keep_erased"})
NOT_QUIET = {"options": {"final_quiet": False}}


def ruled(link: str, rule: str | None) -> Mapping:
    """Return the default mapping with another rule for what a deletion, or erasure, in the CRM does in the MA."""
    mapping = load_mapping(default_mapping_file())
    change = {link: mapping.objects[1].deletes.model_copy(update={"crm_to_ma": rule})}
    return mapping.model_copy(update={"objects": tuple(o.model_copy(update=change) for o in mapping.objects)})


def removed(sandbox: Sandbox) -> Any:
    """Return the MA's record of whom the CRM has no record any more."""
    emails = {r.values["Email"].casefold() for r in sandbox.crm.store.rows("Contact")}
    [row] = [r for r in sandbox.ma.store.rows("contacts") if str(r.values["email"]).casefold() not in emails]
    return row


def does(what: str) -> Any:
    def deed(me: Any, sandbox: Sandbox) -> None:
        ma, row = sandbox.ma, removed(sandbox)
        if what == "suppress":
            me._say(Side.MA, row, EVERYTHING, False, None)
        elif what != "ignore":
            me._write(Side.MA, lambda: (ma.desk_delete if what == "archive" else ma.desk_erase)("contacts", row.id))

    return deed


def after_it(step: str, rule: str | None, what: str, side: str = "crm") -> Any:
    """Return the evidence of a story in which people delete (or erase) somebody, and the connector does ``what`` in sync 2."""
    link = "deletes" if step == "delete" else "erases"
    calm = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
    steps = ("sync", {step: {"side": side, "who": {"index": 2}}}, "sync")
    return staged(world(*steps, **calm) | NOT_QUIET, After(does(what), at=2, sins=KEEPING), ruled(link, rule))


ORDER = ("ignore", "suppress", "archive", "erase")


@pytest.mark.parametrize("rule", ORDER)
@pytest.mark.parametrize("what", ORDER)
def test_an_erasure_does_at_least_what_the_mapping_says(rule: str, what: str) -> None:
    seen = look("erasures_spread", after_it("erase", rule, what))
    is_right = what in ("ignore", "suppress") if rule == "ignore" else ORDER.index(what) >= ORDER.index(rule)

    assert seen.looked["CONS-014"] == 1
    assert [(f.system, f.sync, f.classification) for f in seen.findings] == (
        [] if is_right else [("ma", 2, "deleted" if rule == "ignore" else "erasure_not_spread")]
    )
    assert not seen.left_open


@pytest.mark.parametrize(("rule", "what", "classification"), [
    ("archive", "archive", None), ("archive", "ignore", "deletion_not_spread"), ("delete", "erase", None),
    ("delete", "ignore", "deletion_not_spread"), ("ignore", "ignore", None), ("ignore", "archive", "deleted"),
])  # fmt: skip
def test_a_deletion_does_what_the_mapping_says(rule: str, what: str, classification: str | None) -> None:
    seen = look("deletes_spread", after_it("delete", rule, what))

    assert seen.looked["DEAD-002"] == 1
    assert [(f.system, f.sync, f.classification) for f in seen.findings] == ([("ma", 2, classification)] if classification else [])
    assert not seen.left_open


@pytest.mark.parametrize(("check", "step"), [("deletes_spread", "delete"), ("erasures_spread", "erase")])
def test_what_the_mapping_does_not_say_is_left_open(check: str, step: str) -> None:
    seen = look(check, after_it(step, None, "archive"))

    assert (seen.findings, dict(seen.looked)) == ([], {})
    assert len(seen.left_open) == 1


@pytest.mark.parametrize(("check", "step", "rule"), [("deletes_spread", "delete", "DEAD-002"), ("erasures_spread", "erase", "CONS-014")])
def test_nothing_is_compared_where_the_other_side_had_nobody_or_the_person_is_still_there(check: str, step: str, rule: str) -> None:
    gone = {step: {"side": "crm"}}
    options = NOT_QUIET
    lonely = staged(world(gone, "sync", placement="crm") | options, Ideal())
    twice = staged(world("sync", {step: {"side": "crm", "who": {"dirt": "duplicate"}}}, "sync", dirt={"duplicate": 1}) | options, Ideal())
    in_time = staged(world(gone, "sync") | options, Ideal())
    unsynced = staged(world("sync", gone) | options, Ideal())

    assert [looked(check, e) for e in (lonely, twice, unsynced)] == [{}, {}, {}]
    assert looked(check, in_time) == {rule: 1}


def test_a_deletion_in_the_ma_is_judged_by_its_own_rule() -> None:
    evidence = staged(world("sync", {"delete": {"side": "ma"}}, "sync", {"erase": {"side": "ma", "who": {"index": 2}}}, "sync"), Ideal())

    assert looked("deletes_spread", evidence) == {"DEAD-002": 1}
    assert looked("erasures_spread", evidence) == {"CONS-014": 1}
    assert not look("deletes_spread", evidence).findings + look("erasures_spread", evidence).findings


def test_a_deletion_while_a_sync_runs_is_judged_after_the_next_one() -> None:
    story = world("sync", {"delete": {"side": "crm", "who": {"index": 2}}}, "sync", "sync") | NOT_QUIET
    evidence = staged(story, Ideal(sins=KEEPING))
    first, _, third = evidence.before_syncs
    during = replace(evidence, before_syncs=(first, replace(first, seq=evidence.acts[0].seq), third))

    assert [f.sync for f in look("deletes_spread", evidence).findings] == [2]
    assert [f.sync for f in look("deletes_spread", during).findings] == [3]


def test_who_was_merged_away_while_a_sync_ran_may_leave_the_other_side_at_once() -> None:
    class AtOnce(Ideal):
        def _sync(self, sandbox: Sandbox) -> None:
            if not any(r.deleted for r in sandbox.crm.store.rows("Contact", deleted=True)):
                super()._sync(sandbox)
                return
            self._write(Side.MA, lambda: sandbox.ma.desk_delete("contacts", removed(sandbox).id))

    merge = {"merge": {"side": "crm", "into": {"index": 1}, "who": {"index": 2}}}
    evidence = staged(world("sync", merge, "sync") | NOT_QUIET, AtOnce())
    first, second = evidence.before_syncs
    at = evidence.acts[0].seq
    syncs = (evidence.syncs[0], replace(evidence.syncs[1], start_seq=at))
    during = replace(evidence, before_syncs=(first, replace(first, seq=at, sync=second.sync)), syncs=syncs)
    elsewhere = replace(during, acts=tuple(replace(a, person="p0002") for a in during.acts))  # a second record of one person

    def gone(told: Any) -> list[str]:
        return [f.person.split()[0] for f in look("everyone_arrived", told).findings if f.rule == "SCOPE-004"]

    assert gone(during) == []
    assert gone(elsewhere) == ["p0002"]


# -- coming back -----------------------------------------------------------------------------------------------


def brings_back(times: int = 1) -> Any:
    """The connector enters the CRM's deleted contact anew, so many times."""

    def deed(me: Any, sandbox: Sandbox) -> None:
        gone = next(r for r in sandbox.crm.store.rows("Contact", deleted=True) if r.deleted)
        values = {k: gone.values[k] for k in ("LastName", "Email", "Phone")}
        for _ in range(times):
            me._write(Side.CRM, lambda: sandbox.crm.desk_create("Contact", values))

    return deed


DELETED = ("sync", {"delete": {"side": "crm"}}, "sync")


def test_who_comes_back_twice_is_told_once_with_the_first_record() -> None:
    evidence = staged(world(*DELETED), After(brings_back(2), at=2))
    seen = look("dead_stay_dead", evidence)

    assert [(f.rule, f.system, f.sync) for f in seen.findings] == [("DEAD-001", "crm", 2)]
    assert seen.looked["DEAD-001"] == 1
    made = [e.seq for e in evidence.entries if getattr(e, "before", 0) is None and getattr(e, "kind", "") == "Contact" and e.actor == "connector"]
    assert [f.caused_by for f in seen.findings] == made[:1]


def test_a_deletion_after_the_last_sync_is_not_looked_at() -> None:
    assert looked("dead_stay_dead", staged(world("sync", {"delete": {"side": "crm"}}) | NOT_QUIET, Ideal())) == {}
    assert looked("dead_stay_dead", staged(world(*DELETED) | NOT_QUIET, Ideal())) == {"DEAD-001": 1}
    assert looked("dead_stay_dead", staged(world("sync", {"erase": {"side": "crm"}}, "sync") | NOT_QUIET, Ideal())) == {"CONS-007": 1}


def test_whom_people_brought_back_the_connector_may_make_again_from_then_on() -> None:
    restored = (*DELETED, {"restore": {"side": "crm"}}, "sync")
    before = staged(world(*restored), After(brings_back(), at=2))
    after = staged(world(*restored), After(again, at=3))
    elsewhere = replace(after, acts=tuple(replace(a, side=Side.MA) if a.kind == "restore" else a for a in after.acts))
    somebody = replace(after, acts=tuple(replace(a, person="p0002") if a.kind == "restore" else a for a in after.acts))

    assert len(look("dead_stay_dead", before).findings) == 1
    assert look("dead_stay_dead", after).findings == []
    assert [len(look("dead_stay_dead", e).findings) for e in (elsewhere, somebody)] == [1, 1]


def again(me: Any, sandbox: Sandbox) -> None:
    first = contact(sandbox, Side.CRM)
    rows = {r.id: r for r in sandbox.crm.store.rows("Contact")}
    back = next((r for r in rows.values() if r.revision > first.revision), first)
    me._write(Side.CRM, lambda: sandbox.crm.desk_create("Contact", {k: back.values[k] for k in ("LastName", "Email", "Phone")}))


def test_an_account_or_an_update_brings_nobody_back() -> None:
    def edit(me: Any, sandbox: Sandbox) -> None:
        me._write(Side.CRM, lambda: sandbox.crm.desk_edit("Contact", contact(sandbox, Side.CRM).id, {"Title": "x"}))
        me._write(Side.CRM, lambda: sandbox.crm.desk_create("Account", {"Name": "Somebody"}))

    assert look("dead_stay_dead", staged(world(*DELETED), After(edit, at=2))).findings == []


# -- erased, and written to again ------------------------------------------------------------------------------


def names_the_erased(*syncs: int, method: str = "PATCH") -> Any:
    """In these syncs, the connector sends the e-mail address of whoever was erased to the CRM."""

    class Names(Ideal):
        number = 0
        address = ""

        def _sync(self, sandbox: Sandbox) -> None:
            self.address = self.address or str(contact(sandbox, Side.CRM).values["Email"])
            super()._sync(sandbox)
            self.number += 1
            if self.number in syncs:
                entry = sandbox.crm.journal.open_exchange(
                    sandbox.crm.name, sandbox.world.journal.actor.CONNECTOR, method, "/services/data/v60.0/sobjects/Contact", "", {}, self.address.encode()
                )
                entry.status = 400
                sandbox.crm.journal.close_exchange()

    return Names()


@pytest.mark.parametrize(("syncs", "method", "told"), [
    ((2, 3), "PATCH", [3]), ((2, 4), "PATCH", [4]), ((3, 4), "POST", [4]), ((2, 3, 4), "PATCH", [4]), ((2,), "PATCH", []), ((1, 2), "PATCH", []),
    ((2, 3), "GET", []), ((), "PATCH", []),
])  # fmt: skip
def test_one_sync_may_learn_of_an_erasure_and_no_second_one(syncs: tuple[int, ...], method: str, told: list[int]) -> None:
    story = world("sync", {"erase": {"side": "crm"}}, "sync", "sync", "sync") | NOT_QUIET
    seen = look("erased_not_sent_again", staged(story, names_the_erased(*syncs, method=method)))

    assert [f.sync for f in seen.findings] == told
    assert seen.looked["CONS-013"] == 1


def test_a_person_entered_anew_is_a_new_subject_and_one_sync_is_no_proof() -> None:
    erased = {"erase": {"side": "crm"}}
    evidence = staged(world("sync", erased, "sync", "sync") | NOT_QUIET, names_the_erased(2, 3))
    act = evidence.acts[0]
    anew = replace(evidence, acts=(act, replace(act, kind="create", seq=act.seq + 1)))
    before = replace(evidence, acts=(replace(act, kind="create", seq=act.seq - 1), act))
    somebody = replace(evidence, acts=(act, replace(act, kind="create", seq=act.seq + 1, person="p0003")))

    assert [looked("erased_not_sent_again", e) for e in (evidence, anew, before, somebody)] == [{"CONS-013": 1}, {}, {"CONS-013": 1}, {"CONS-013": 1}]
    assert looked("erased_not_sent_again", staged(world("sync", erased, "sync") | NOT_QUIET, Ideal())) == {}
    assert looked("erased_not_sent_again", staged(world("sync", {"delete": {"side": "crm"}}, "sync", "sync") | NOT_QUIET, Ideal())) == {}


def test_a_deletion_in_a_broken_sync_is_judged_after_the_next_one() -> None:
    evidence = staged(world(*DELETED, "sync") | NOT_QUIET, Broken(lambda *_: None, at=2))

    assert looked("deletes_spread", evidence) == {"DEAD-002": 1}
