"""Records that the connector made, doubled or merged: whose they are, how many there may be, and what the merged had refused."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.evidence import Evidence
from syncproof.mapping.grammar import Mapping, MatchKey, Side
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof_mocks.journal import Actor, Change
from tests.checks.deeds import EVERYTHING, NEWSLETTER, After, Broken, contact, world
from tests.checks.looking import look, looked, staged
from tests.ideal import Ideal

SILENT = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
NO_MORE = {"options": {"final_quiet": False}}


def created(evidence: Evidence, kind: str) -> list[Change]:
    return [e for e in evidence.entries if isinstance(e, Change) and e.actor is Actor.CONNECTOR and e.before is None and e.kind == kind]


def once(deed: Any, *steps: Any, at: int = 1, **population: Any) -> Evidence:
    return staged(world(*(steps or ("sync",)), **SILENT, **population) | NO_MORE, After(deed, at=at))


# -- kept out --------------------------------------------------------------------------------------------------------

PARTNERS = {"placement": "crm", "kinds": {"partner": 2, "customer": 2}, "companies": False}


def test_each_who_came_in_is_told_with_the_change_that_made_the_record() -> None:
    evidence = staged(world("sync", "sync", **PARTNERS, **SILENT) | NO_MORE, Ideal(frozenset({"take_everybody"})))
    seen = look("nobody_came_in", evidence)
    made = {c.seq: c for c in created(evidence, "contacts")}

    assert seen.looked["SCOPE-002"] == 2
    assert len(made) == 4
    assert [(f.system, f.sync, f.record_id == made[f.caused_by or 0].record_id) for f in seen.findings] == [("ma", 1, True)] * 2
    assert len({f.person for f in seen.findings}) == 2
    assert all(f.requests == (made[f.caused_by or 0].exchange,) for f in seen.findings)


def test_who_stayed_out_is_looked_at_in_each_sync() -> None:
    assert looked("nobody_came_in", staged(world("sync", "sync", **PARTNERS, **SILENT) | NO_MORE, Ideal())) == {"SCOPE-002": 4}


def test_who_is_put_out_while_the_sync_runs_was_in_when_it_began() -> None:
    def leave(me: Any, sandbox: Sandbox) -> None:
        row = contact(sandbox, Side.CRM)
        with sandbox.world.journal.acting(Actor.CRM_USER):
            sandbox.crm.desk_edit("Contact", row.id, {"Contact_Kind__c": "Partner"})

    assert looked("nobody_came_in", once(leave, placement="crm")) == {}


# -- how many --------------------------------------------------------------------------------------------------------


def by_name() -> Mapping:
    """Return the default mapping, with companies known by their name: both vendors keep a second one with the same tax id out."""
    mapping = load_mapping(default_mapping_file())
    key = (MatchKey(crm="Name", ma="name"),)
    return mapping.model_copy(update={"objects": tuple(o.model_copy(update={"match": key}) if o.object == "company" else o for o in mapping.objects)})


def doubles(kind: str, side: Side, *names: str) -> Any:
    """The connector enters the first record of a kind once more, with these fields."""

    def deed(me: Any, sandbox: Sandbox) -> None:
        row = next(iter(sandbox.on(side).store.rows(kind)))
        me._write(side, lambda: sandbox.on(side).desk_create(kind, {n: row.values[n] for n in names}))

    return deed


@pytest.mark.parametrize(("kind", "side", "names", "rule"), [
    ("Account", Side.CRM, ("Name",), "IDENT-003"),
    ("companies", Side.MA, ("name",), "IDENT-003"),
    ("Contact", Side.CRM, ("LastName", "Phone", "MailingStreet"), "IDENT-001"),
    ("contacts", Side.MA, ("lastname", "phone", "address"), "IDENT-001"),
])  # fmt: skip
@pytest.mark.parametrize("at", [1, 2])
def test_a_second_record_is_told_once_in_the_sync_that_made_it(kind: str, side: Side, names: tuple[str, ...], rule: str, at: int) -> None:
    story = world("sync", "sync", "sync", **SILENT) | NO_MORE
    evidence = staged(story, After(doubles(kind, side, *names), at=at), by_name() if rule == "IDENT-003" else None)
    seen = look("no_duplicates", evidence)

    # What somebody's second record brings about on the other side is a matter of its own.
    told = [f for f in seen.findings if f.system == str(side)]

    assert [(f.rule, f.sync, f.found) for f in told] == [(rule, at, 2)]
    assert told[0].record_id == created(evidence, kind)[0].record_id


def test_a_stranger_is_told_unless_gone_again_or_no_person() -> None:
    def invent(me: Any, sandbox: Sandbox) -> None:
        for side, kind, values in (
            (Side.MA, "contacts", {"lastname": "Qwx", "email": "qwx@strangers.example.com"}),
            (Side.CRM, "Contact", {"LastName": "Qwy"}),
            (Side.CRM, "Account", {"Name": "Qwz"}),
        ):
            me._write(side, lambda s=side, k=kind, v=values: sandbox.on(s).desk_create(k, v))

    def invent_and_remove(me: Any, sandbox: Sandbox) -> None:
        row = me._write(Side.CRM, lambda: sandbox.crm.desk_create("Contact", {"LastName": "Qwy"}))
        me._write(Side.CRM, lambda: sandbox.crm.desk_delete("Contact", row.id))

    seen = look("no_duplicates", once(invent))

    assert [(f.rule, f.system) for f in seen.findings] == [("IDENT-004", "ma"), ("IDENT-004", "crm")]
    assert seen.looked["IDENT-004"] == 2
    assert look("no_duplicates", once(invent_and_remove)).looked["IDENT-004"] == 0


def test_records_that_people_make_are_nobodys_business() -> None:
    def typed(me: Any, sandbox: Sandbox) -> None:
        with sandbox.world.journal.acting(Actor.MA_USER):
            sandbox.ma.desk_create("contacts", {"lastname": "Qwx", "email": "qwx@strangers.example.com"})

    seen = look("no_duplicates", once(typed))
    assert (seen.findings, seen.looked["IDENT-004"]) == ([], 0)


# -- merged by the connector -----------------------------------------------------------------------------------------


def merges(side: Side = Side.CRM, actor: Actor = Actor.CONNECTOR) -> Any:
    """Somebody merges the second record of a side into the first."""

    def deed(me: Any, sandbox: Sandbox) -> None:
        dialect, rows = sandbox.on(side), [contact(sandbox, side, n) for n in (0, 1)]
        with sandbox.world.journal.acting(actor):
            dialect.desk_unite(rows[0].kind, rows[0].id, [rows[1].id])

    return deed


def refused(*places: int, side: str = "crm", purpose: str = "*") -> list[dict[str, Any]]:
    return [{"opt_out": {"side": side, "who": {"index": n + 1}, "purpose": purpose}} for n in places]


@pytest.mark.parametrize(("places", "purpose", "told"), [
    ((), "*", 0), ((0,), "*", 0), ((1,), "*", 1), ((0, 1), "*", 0), ((2,), "*", 0), ((1,), "newsletter", 1), ((0,), "newsletter", 0),
])  # fmt: skip
def test_who_is_left_refuses_what_either_had_refused(places: tuple[int, ...], purpose: str, told: int) -> None:
    evidence = once(merges(), "sync", *refused(*places, purpose=purpose), "sync", at=2)
    seen = look("merge_is_restrictive", evidence)

    assert seen.looked["CONS-006"] == 1
    assert [(f.rule, f.system, f.sync, f.field) for f in seen.findings] == [
        ("CONS-006", "crm", 2, str(EVERYTHING if purpose == "*" else NEWSLETTER))
    ] * told


def test_what_people_merged_or_a_broken_sync_merged_is_not_the_connectors_merge() -> None:
    by_people = once(merges(actor=Actor.CRM_USER), "sync", *refused(1), "sync", at=2)
    broken = staged(world("sync", *refused(1), "sync", **SILENT) | NO_MORE, Broken(merges(), at=2))

    assert [looked("merge_is_restrictive", e) for e in (by_people, broken)] == [{}, {}]


def test_a_deletion_and_companies_that_were_merged_are_no_merge_of_people() -> None:
    def delete(me: Any, sandbox: Sandbox) -> None:
        me._write(Side.CRM, lambda: sandbox.crm.desk_delete("Contact", contact(sandbox, Side.CRM).id))

    def unite(me: Any, sandbox: Sandbox) -> None:
        first, second = list(sandbox.crm.store.rows("Account"))[:2]
        me._write(Side.CRM, lambda: sandbox.crm.desk_unite("Account", first.id, [second.id]))

    assert [looked("merge_is_restrictive", once(deed)) for deed in (delete, unite)] == [{}, {}]


def test_a_merge_in_the_ma_has_one_survivor_with_a_new_id_and_is_looked_at_once() -> None:
    seen = look("merge_is_restrictive", once(merges(side=Side.MA), "sync", *refused(1, side="ma"), "sync", at=2))

    assert seen.looked["CONS-006"] == 1
    assert [(f.system, f.field) for f in seen.findings] == [("ma", str(EVERYTHING))]
