"""FIELD rules on made evidence: each kind of damage by its own rule, what was looked at, and what excuses a value."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.model import Sides
from syncproof_mocks.journal import Actor, Row
from tests.checks.small import LINKS, Speaking, around, asked, told
from tests.oracle.made import act, change, contact, exchange, link, mapped, sync, there

TITLE = FieldRule(crm="Title", ma="jobtitle", winner="crm", blank="clear")
CRM_ROW, MA_ROW = "003A", "501"


def pair(crm: Any, ma: Any, revision: int = 1) -> Any:
    return (contact(CRM_ROW, revision, Title=crm),), (there(MA_ROW, revision, jobtitle=ma),)


def judged(*states: Any, rule: FieldRule = TITLE, more_fields: tuple[FieldRule, ...] = (), **more: Any) -> Any:
    """Return what is seen of one field; nobody's values are planted, so that none tells of somebody."""
    more.setdefault("people", ())
    return asked("fields_agree", around(*states, objects=(mapped(fields=(rule, *more_fields), **more.pop("rules", {})),), **more))


def after_edit(before: Any, after: Any, base: Any = None, **more: Any) -> Any:
    """Return what is seen of sync 2, before which people changed what sync 1 had left."""
    base = base or pair("a", "a")
    return judged(base, base, after, befores={2: before}, **more)


def ruled(**more: Any) -> FieldRule:
    return FieldRule(crm="Title", ma="jobtitle", winner="crm", blank="clear", **more)


def one_way(direction: Any) -> FieldRule:
    return ruled(direction=direction, enforce="always")


def damage(seen: Any) -> list[tuple[Any, ...]]:
    return [(f.rule, f.system, f.expected, f.found, f.classification) for f in seen.findings]


def test_what_the_mapping_allows_is_no_finding() -> None:
    assert after_edit(pair("b", "a", 2), pair("b", "b", 3)).findings == []
    assert judged(pair("a", "b"), pair("a", "a", 2)).findings == []


@pytest.mark.parametrize(("before", "after", "rule", "found"), [
    (("b", "a"), ("b", "a"), TITLE, [("FIELD-001", "ma", "b", "a", "lost_update")]),
    (("a", "b"), ("a", "b"), TITLE, [("FIELD-001", "crm", "b", "a", "lost_update")]),
    (("c", "m"), ("m", "m"), TITLE, [("FIELD-002", "crm", "c", "m", "wrong_winner"), ("FIELD-002", "ma", "c", "m", "wrong_winner")]),
    (("c", "m"), ("c", "c"), FieldRule(crm="Title", ma="jobtitle", winner="ma"),
     [("FIELD-002", "crm", "m", "c", "wrong_winner"), ("FIELD-002", "ma", "m", "c", "wrong_winner")]),
    (("b", "a"), (None, "b"), TITLE, [("FIELD-003", "crm", "b", None, "blank_overwrote_value")]),
    ((None, "a"), (None, "a"), TITLE, [("FIELD-004", "ma", None, "a", "value_not_cleared")]),
    (("long text", "a"), ("long text", "long"), TITLE, [("FIELD-007", "ma", "long text", "long", "truncated")]),
    (("žába", "a"), ("žába", "zaba"), TITLE, [("FIELD-008", "ma", "žába", "zaba", "mangled_encoding")]),
    (("b", "a"), ("b", "z"), TITLE, [("FIELD-012", "ma", "b", "z", "invented")]),
    (("a", "m"), ("m", "a"), one_way("crm_to_ma"), [("FIELD-013", "crm", "a", "m", "wrong_direction")]),
    (("c", "a"), ("a", "c"), one_way("ma_to_crm"), [("FIELD-013", "ma", "a", "c", "wrong_direction")]),
    (("c", "m"), ("m", "m"), one_way("none"), [("FIELD-013", "crm", "c", "m", "wrong_direction")]),
    (("c", "m"), ("c", "c"), one_way("none"), [("FIELD-013", "ma", "m", "c", "wrong_direction")]),
    (("b", "a"), ("b", "a"), one_way("crm_to_ma"), [("FIELD-001", "ma", "b", "a", "lost_update")]),
])
def test_a_damage_is_found_by_its_own_rule_on_the_side_that_has_it(before: Any, after: Any, rule: FieldRule, found: Any) -> None:
    seen = after_edit(pair(*before, 2), pair(*after, 3), rule=rule)

    assert damage(seen) == found
    assert {(f.field, f.record_id, f.sync) for f in seen.findings} == {
        ("Title", CRM_ROW, 2) if side == "crm" else ("jobtitle", MA_ROW, 2) for _, side, *_ in found
    }
    assert {f.sides for f in seen.findings} == {Sides(*before, *after)}


def test_a_value_that_never_arrived_with_a_new_record_is_dropped() -> None:
    alone = (contact(CRM_ROW, Title="a"),), ()

    seen = judged(alone, (alone[0], (there(MA_ROW),)))
    assert damage(seen) == [("FIELD-005", "ma", "a", None, "dropped")]
    assert seen.looked["FIELD-005"] == 1


def edit(seq: int, value: str, side: Side = Side.CRM) -> Any:
    return act(seq, "edit", "p1", side, field="Title" if side is Side.CRM else "jobtitle", value=value, after_sync=1)


def test_what_people_had_written_before_their_last_edit_is_an_older_value() -> None:
    acts = edit(18, "b"), edit(19, "c")

    seen = after_edit(pair("c", "a", 2), pair("c", "b", 3), acts=acts)
    assert damage(seen) == [("FIELD-021", "ma", "c", "b", "older_edit")]
    assert seen.looked["FIELD-021"] == 1
    assert damage(after_edit(pair("c", "a", 2), pair("c", "z", 3), acts=acts)) == [("FIELD-012", "ma", "c", "z", "invented")]
    once = after_edit(pair("b", "a", 2), pair("b", "a", 3), acts=(edit(19, "b"),))
    assert (damage(once)[0][0], once.looked["FIELD-021"]) == ("FIELD-001", 0)


def test_an_edit_made_while_the_sync_ran_is_not_overwritten() -> None:
    base = pair("a", "a")
    late = contact(CRM_ROW, 2, Title="new")
    entries = change(22, base[0][0], late, Actor.CRM_USER), change(25, late, contact(CRM_ROW, 3, Title="a"))
    seen = judged(base, base, ((contact(CRM_ROW, 3, Title="a"),), (there(MA_ROW, 2, jobtitle="a"),)), entries=entries, acts=(
        act(22, "edit", "p1", field="Title", value="new", after_sync=1),))

    assert [(f.rule, f.system, f.classification) for f in seen.findings if f.system == "crm"] == [("FIELD-014", "crm", "edit_overwritten")]
    assert seen.looked["FIELD-014"] == 1


def test_who_wrote_it_and_on_the_strength_of_which_read_is_told() -> None:
    base, before, after = pair("a", "a"), pair("c", "m", 2), pair("m", "m", 3)
    entered, read = change(19, base[1][0], before[1][0], Actor.MA_USER), exchange(21, served=[("contacts", MA_ROW, 2)])
    write = change(24, before[0][0], after[0][0], by=23)
    found = judged(base, base, after, befores={2: before}, entries=(entered, read, exchange(23, "salesforce"), write)).findings

    assert [(f.system, f.caused_by, f.requests) for f in found] == [("crm", 24, (21, 23)), ("ma", 19, ())]


# -- what was looked at --------------------------------------------------------------------------------

TEXTS = dict.fromkeys(("FIELD-006", "FIELD-007", "FIELD-008", "FIELD-010", "FIELD-011"), 1)


@pytest.mark.parametrize(("before", "after", "rule", "looked"), [
    (("b", "a"), ("b", "b"), TITLE, {"FIELD-001": 1, "FIELD-012": 1, **TEXTS}),
    (("a", "b"), ("b", "b"), TITLE, {"FIELD-001": 1, "FIELD-012": 1, **TEXTS}),
    (("c", "m"), ("c", "c"), TITLE, {"FIELD-002": 1, "FIELD-012": 1, **TEXTS}),
    (("c", None), ("c", "c"), TITLE, {"FIELD-002": 1, "FIELD-003": 1, "FIELD-004": 1, "FIELD-012": 1, **TEXTS}),
    ((None, "a"), (None, None), TITLE, {"FIELD-001": 1, "FIELD-003": 1, "FIELD-004": 1, "FIELD-012": 1}),
    ((None, "a"), (None, "a"), TITLE, {"FIELD-001": 1, "FIELD-003": 1, "FIELD-004": 1, "FIELD-012": 1, **TEXTS}),
    (("b", "a"), ("b", None), TITLE, {"FIELD-001": 1, "FIELD-012": 1, **TEXTS}),
    (("b", "a"), (None, "b"), TITLE, {"FIELD-001": 1, "FIELD-012": 1, **TEXTS}),
    (("b", "a"), ("b", "b"), one_way("crm_to_ma"), {"FIELD-001": 1, "FIELD-012": 1, "FIELD-013": 1, **TEXTS}),
    (("2020-01-02", "a"), ("2020-01-02", "2020-01-02"), ruled(type="date"),
     {"FIELD-001": 1, "FIELD-009": 1, "FIELD-012": 1, "FIELD-016": 1, **TEXTS}),
    (("5", "4"), ("5", "5"), ruled(type="number"), {"FIELD-002": 1, "FIELD-012": 1, "FIELD-016": 1, "FIELD-019": 1}),
])
def test_a_fact_counts_under_the_rules_that_it_could_have_broken(before: Any, after: Any, rule: FieldRule, looked: dict[str, int]) -> None:
    seen, base = after_edit(pair(*before, 2), pair(*after, 3), rule=rule), pair("a", "a")

    first = judged(base, base, rule=rule).looked
    assert first["FIELD-005"] == 0, "no record was made"
    assert {k: n - first[k] for k, n in seen.looked.items() if n - first[k]} == looked


def test_a_blank_since_ever_clears_nothing() -> None:
    assert "FIELD-004" not in judged(pair(None, "a"), pair("a", "a", 2)).looked
    blank = judged(pair(None, None), pair(None, None), pair(None, None, 2))
    assert (blank.looked["FIELD-003"], blank.looked["FIELD-004"]) == (2, 0)


# -- what is left open, and what is excused ------------------------------------------------------------


def test_what_the_mapping_leaves_open_is_told() -> None:
    unclear = FieldRule(crm="Title", ma="jobtitle", winner="crm")
    seen = after_edit(pair(None, "a", 2), pair(None, "a", 3), rule=unclear)

    assert (seen.findings, seen.left_open) == ([], ["Title = jobtitle: whether a clear travels (`blank`)"])
    assert after_edit(pair("b", "a", 2), pair("b", "b", 3), rule=unclear).left_open == []


def test_who_has_several_records_on_one_side_is_told_once() -> None:
    twice = ((contact(CRM_ROW), contact("003Z")), (there(MA_ROW),))
    seen = judged(twice, twice, twice, links=(*LINKS, link("003Z", "p1")))

    assert seen.not_checked == ["fields of p1: several records of one person on one side"]


def test_a_run_that_ends_broken_proves_nothing() -> None:
    struck = exchange(22, fault="server_error", status=503)
    rows = pair("a", "a")

    assert judged(rows, rows, rows, entries=(struck,), codes=(0, 1)).unproved.startswith("a fault broke sync 2 and no sync came after it")
    assert judged(rows, rows, rows, entries=(struck,)).unproved == ""
    assert judged(rows).unproved == ""
    first = exchange(12, fault="server_error", status=503)
    assert judged(rows, rows, rows, entries=(first,), codes=(1, 0)).unproved == ""


def info(**more: Any) -> Any:
    return SimpleNamespace(**{"updateable": True, "required": False, "max_length": None, "restricted": False, "options": (), "digits": None, **more})


def refused(code: str = "STRING_TOO_LONG", system: str = "hubspot") -> Any:
    record = MA_ROW if system == "hubspot" else CRM_ROW
    return exchange(22, system, method="PATCH", path=f"/records/{record}", operation="objects.update", status=400, body=b"{}", refused=[(record, code, "no")])


def kept(
    after: Any = ("b", "a"), *, code: str = "LOCKED", exit_code: int = 1, schema: Any = None, before: Any = ("b", "a"), system: str = "hubspot", **more: Any
) -> Any:
    """Return what is seen of a change that a system refused in sync 2."""
    dialects = {Side.CRM: Speaking("salesforce"), Side.MA: Speaking("hubspot", schema or {})}
    return after_edit(pair(*before, 2), pair(*after, 3), entries=(refused(code, system),), codes=(0, exit_code), dialects=dialects, **more)


def test_a_refused_value_that_was_owned_up_to_is_told_and_no_finding() -> None:
    honest = kept()

    assert (honest.findings, honest.not_checked) == ([], ["p1: refused by the MA at #22, and the connector said so"])
    assert honest.looked["FIELD-015"] == 0, "it was refused for no value"
    assert damage(kept(exit_code=0)) == [("FIELD-001", "ma", "b", "a", "lost_update")]
    assert damage(kept(("b", "z"))) == [("FIELD-012", "ma", "b", "z", "invented")], "a refusal explains nothing that was written"
    assert damage(kept(("a", "b"), before=("a", "b"))) == [("FIELD-001", "crm", "b", "a", "lost_update")], "the CRM refused nothing"
    by_crm = kept(("a", "b"), before=("a", "b"), system="salesforce")
    assert (by_crm.findings, by_crm.not_checked) == ([], ["p1: refused by the CRM at #22, and the connector said so"])


def test_a_refused_value_takes_nothing_else_of_its_record_with_it() -> None:
    other = FieldRule(crm="Note", ma="note", direction="crm_to_ma")
    schema = {"jobtitle": info(), "note": info(max_length=3)}
    before = (contact(CRM_ROW, 2, Title="b", Note="too long"),), (there(MA_ROW, 2, jobtitle="a", note="x"),)
    dialects = {Side.CRM: Speaking("salesforce"), Side.MA: Speaking("hubspot", schema)}
    base = (contact(CRM_ROW, Title="a", Note="x"),), (there(MA_ROW, jobtitle="a", note="x"),)
    more: dict[str, Any] = {"entries": (refused(),), "codes": (0, 1), "dialects": dialects, "more_fields": (other,)}

    seen = judged(base, base, before, befores={2: before}, **more)
    assert damage(seen) == [("FIELD-015", "ma", "b", "a", "lost_with_a_refused_value")]
    assert seen.not_checked == ["p1: refused by the MA at #22, and the connector said so"], "the value that is too long"
    assert seen.looked["FIELD-015"] == 2


def test_a_value_that_the_system_would_have_taken_was_sent_in_a_wrong_form() -> None:
    assert damage(kept(code="STRING_TOO_LONG", schema={"jobtitle": info()})) == [("FIELD-016", "ma", "b", "a", "sent_in_a_wrong_form")]


SHORT = ruled(max_length=3)


@pytest.mark.parametrize(("exit_code", "ended", "value", "is_excused"), [
    (1, "exited", "much", True), (0, "exited", "much", False), (1, "timeout", "much", False), (1, "exited", "few", False),
])
def test_a_value_too_long_for_the_mapping_may_be_left_out_by_who_says_so(exit_code: int, ended: str, value: str, is_excused: bool) -> None:
    syncs = sync(1, 10, 18), sync(2, 20, 28, exit_code=exit_code, ended=ended)
    rows = pair("a", "a")
    seen = judged(rows, rows, pair(value, "a", 3), befores={2: pair(value, "a", 2)}, rule=SHORT, syncs=syncs)

    assert (seen.findings == []) is is_excused
    assert bool(seen.not_checked) is is_excused
    if is_excused:
        assert seen.not_checked == ["p1: Title is longer than the mapping lets through, and the connector said so"]


# -- how it is written ---------------------------------------------------------------------------------

DAY = FieldRule(crm="Title", ma="jobtitle", type="date", direction="crm_to_ma", format={"ma": "iso_date", "crm": "iso_date"})


@pytest.mark.parametrize(("base", "after", "found"), [
    ((None, None), ("2020-01-02", "2020-01-02"), []),
    ((None, None), ("2020-01-02", "2020-01-02T00:00:00Z"), [("ma", "iso_date", "2020-01-02T00:00:00Z")]),
    ((None, "2020-01-02T00:00:00Z"), ("2020-01-02", "2020-01-02T00:00:00Z"), []),  # it stood there already
])
def test_what_a_sync_writes_has_the_form_that_the_mapping_declares(base: Any, after: Any, found: Any) -> None:
    before = after[0], base[1]
    seen = after_edit(pair(*before, 2), pair(*after, 3), base=pair(*base), rule=DAY)

    assert [(f.system, f.expected, f.found) for f in seen.findings if f.rule == "FIELD-006"] == found


def test_a_record_that_the_sync_made_has_the_form_too() -> None:
    alone = (contact(CRM_ROW, Title="2020-01-02"),), ()
    [finding] = judged(alone, (alone[0], (there(MA_ROW, jobtitle="2020-01-02T00:00:00Z"),)), rule=DAY, entries=(
        exchange(11), change(12, None, there(MA_ROW, jobtitle="2020-01-02T00:00:00Z"), by=11))).findings

    assert (finding.rule, finding.system, finding.field, finding.record_id, finding.sync, finding.caused_by) == (
        "FIELD-006", "ma", "jobtitle", MA_ROW, 1, 12)
    assert finding.classification == "format_changed"


PHONE = FieldRule(crm="Title", ma="jobtitle", type="phone", direction="crm_to_ma")


@pytest.mark.parametrize(("told_as", "written", "is_found"), [
    ("+420 601 123 456", "+420601123456", False), ("+420 601 123 456", "00420601123456", False), ("+420601123456", "420601123456", True),
    ("420601123456", "420601123456", False),  # carried as people wrote it
    ("420601123456", "420 601 123 456", False), ("420601123456", "+420601123456", False),
    ("+44 (0)20 7946 0018", "+442079460018", False), ("+44 20 7946 0018", "+4402079460018", True), ("+44 (0)20 7946 0018", "+44 (0)20 7946 0018", False),
    ("+420 601 123 456 ext. 12", "+420601123456 x12", False), ("601123456", "601123456", False), ("ask at the desk", "ask at the desk", False),
])
def test_a_number_that_a_sync_wrote_can_still_be_dialled(told_as: str, written: str, is_found: bool) -> None:
    base = (None, None)
    seen = after_edit(pair(told_as, None, 2), pair(told_as, written, 3), base=pair(*base), rule=PHONE)

    assert [(f.rule, f.system, f.found) for f in seen.findings] == [("FIELD-018", "ma", written)][: int(is_found)]


def test_a_number_of_who_was_just_entered_has_nothing_to_compare_with() -> None:
    alone = (contact(CRM_ROW, Title="+420601123456"),), ()
    seen = judged(alone, (alone[0], (Row("contacts", MA_ROW, {"jobtitle": "420601123456"}, 1, 0, 0),)), rule=PHONE)

    assert told(seen) == [("FIELD-018", "ma", "p1")]
