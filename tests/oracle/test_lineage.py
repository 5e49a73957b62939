"""Who became whom: merges, chains, conversions and lost fields, each from its moment on and not before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from syncproof.evidence import Act, Link
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.oracle.consents import ConsentLedger
from syncproof.oracle.lineage import Lineage
from syncproof.oracle.sayings import Saying
from syncproof_mocks.consent import ConsentKey, ConsentState

NEWS = ConsentKey("email", "newsletter")
LINKS = tuple(Link(Side.CRM, "contact", "Contact", i, p) for i, p in (("003A", "a"), ("003B", "b"), ("003C", "c"), ("003B2", "b")))


def act(seq: int, kind: str, person: str, record: str, *others: str, side: Side = Side.CRM, **more: Any) -> Act:
    return Act(seq, seq * 1000, side, person, kind, more.pop("object", "contact"), record, 1, others=others, **more)


def lineage(*acts: Act) -> Lineage:
    return Lineage(SimpleNamespace(acts=acts, links=LINKS))  # type: ignore[arg-type]


def test_people_are_one_from_the_merge_on() -> None:
    found = lineage(act(10, "merge", "a", "003A", "003B", value="003A"))

    assert [found.subject("b", seq) for seq in (9, 10, 11)] == ["b", "b", "a"]
    assert found.subject("a", 99) == "a"
    assert [u.absorbed for u in found.absorbed("a", 11)] == ["b"]
    assert found.absorbed("a", 10) == ()


def test_a_chain_leads_to_the_last_survivor_whatever_came_first() -> None:
    found = lineage(act(10, "merge", "a", "003A", "003B", value="003A"), act(20, "merge", "c", "003C", "003A", value="003C"))

    assert [found.subject("b", seq) for seq in (15, 25)] == ["a", "c"]
    assert [found.subject("a", seq) for seq in (15, 25)] == ["a", "c"]


def test_a_second_record_of_one_person_is_no_union() -> None:
    assert lineage(act(10, "merge", "b", "003B", "003B2", value="003B")).unions == ()


def test_two_records_of_one_loser_are_one_union() -> None:
    assert len(lineage(act(10, "merge", "a", "003A", "003B", "003B2", value="003A")).unions) == 1


def test_a_merge_on_the_other_side_does_not_name_records_of_this_one() -> None:
    assert lineage(act(10, "merge", "a", "1", "003B", side=Side.MA, value="9")).unions == ()


def test_the_ids_of_the_gone_have_a_short_form_and_the_survivor_is_none_of_them() -> None:
    long, lead = "003AAAAAAAAAAAAXYZ", "00QBBBBBBBBBBBBXYZ"
    found = lineage(act(10, "merge", "a", "003S", long, value="003S"), act(12, "convert", "a", lead, "003K", object="lead"))

    assert found.gone(Side.CRM, 11) == {long.casefold(), long[:15].casefold()}
    assert {lead.casefold(), lead[:15].casefold()} <= found.gone(Side.CRM, 13)
    assert "003k" not in found.gone(Side.CRM, 13)
    assert found.gone(Side.MA, 99) == frozenset()


def test_a_survivor_with_a_new_id_leaves_both_old_ones_behind() -> None:
    assert lineage(act(10, "merge", "a", "1", "2", side=Side.MA, value="3")).gone(Side.MA, 11) == {"1", "2"}


def test_a_converted_record_is_one_from_its_conversion_on() -> None:
    found = lineage(act(10, "convert", "a", "00Q1", "003K", object="lead"))

    assert [found.is_converted(Side.CRM, "00Q1", seq) for seq in (10, 11)] == [False, True]
    assert not found.is_converted(Side.MA, "00Q1", 11)
    assert not found.is_converted(Side.CRM, "003K", 11)


def test_a_rule_is_lost_with_either_end_and_only_for_its_object() -> None:
    contact, lead = SimpleNamespace(object="contact"), SimpleNamespace(object="lead")
    title, phone = FieldRule(crm="Title", ma="jobtitle"), FieldRule(crm="Phone", ma="title")
    for side, field in ((Side.CRM, "Title"), (Side.MA, "jobtitle")):
        found = lineage(act(10, "change_schema", "", "Contact", side=side, field=field, value="remove"))
        assert [found.is_lost(contact, title, seq) for seq in (10, 11)] == [False, True]  # type: ignore[arg-type]
        assert not found.is_lost(lead, title, 11)  # type: ignore[arg-type]
        assert not found.is_lost(contact, phone, 11)  # type: ignore[arg-type]
        assert [found.schema_changed(seq) for seq in (10, 11)] == [False, True]
    assert not lineage(act(10, "edit", "a", "003A", field="Title", value="remove")).is_lost(contact, title, 11)  # type: ignore[arg-type]
    assert not lineage(act(10, "edit", "a", "003A")).schema_changed(11)
    kept = lineage(act(10, "change_schema", "", "Contact", field="Title", value="add_value"))
    assert not kept.is_lost(contact, title, 11)  # type: ignore[arg-type]


# -- consents of merged people ----------------------------------------------------------------------


def ledger(found: Lineage, **said: list[Saying]) -> ConsentLedger:
    made = ConsentLedger(SimpleNamespace(), SimpleNamespace(lineage=found))  # type: ignore[arg-type]
    made.__dict__["sayings"], made.__dict__["keys"] = said, {NEWS: None}
    return made


def saying(seq: int, *, grant: bool, side: Side = Side.MA) -> Saying:
    return Saying(seq, seq * 1000, side, NEWS, grant, grant, 0, f"2026-01-{seq:02}")


MERGED = lineage(act(10, "merge", "a", "003A", "003B", value="003A"))


def test_the_refusal_of_either_holds_from_the_merge_on() -> None:
    for said in ({"a": [saying(5, grant=True)], "b": [saying(3, grant=False)]}, {"a": [saying(3, grant=False)], "b": [saying(5, grant=True)]}):
        book = ledger(MERGED, **said)
        assert book.state_at("a", NEWS, 20) is ConsentState.WITHDRAWN
        own = ConsentState.GRANTED if said["a"][0].grant else ConsentState.WITHDRAWN
        assert book.state_at("a", NEWS, 10) is own, "before the merge each speaks for themselves"


def test_a_refusal_that_had_been_lifted_is_not_brought_back() -> None:
    book = ledger(MERGED, b=[saying(3, grant=False), saying(5, grant=True)])

    assert book.state_at("a", NEWS, 20) is ConsentState.GRANTED


def test_a_proved_yes_after_the_merge_lifts_what_was_joined() -> None:
    book = ledger(MERGED, a=[saying(12, grant=True)], b=[saying(3, grant=False)])

    assert [book.state_at("a", NEWS, seq) for seq in (12, 13)] == [ConsentState.WITHDRAWN, ConsentState.GRANTED]


def test_what_the_absorbed_one_says_later_is_said_for_both() -> None:
    assert ledger(MERGED, b=[saying(15, grant=False)]).state_at("a", NEWS, 16) is ConsentState.WITHDRAWN


def test_a_joined_refusal_keeps_the_side_on_which_it_was_said() -> None:
    book = ledger(MERGED, b=[saying(3, grant=False, side=Side.CRM)])

    last = book.last_saying("a", NEWS, 20)
    assert last is not None
    assert (last.side, last.seq, last.grant) == (Side.CRM, 10, False)


def test_a_joined_refusal_is_the_last_word_of_both() -> None:
    book = ledger(MERGED, a=[saying(5, grant=True)], b=[saying(3, grant=False)])

    assert [(s.seq, s.grant) for s in book.said_by("a", 20)] == [(5, True), (3, False), (10, False)]
    assert ledger(MERGED, b=[saying(10, grant=False)]).state_at("a", NEWS, 11) is ConsentState.WITHDRAWN


def test_refusals_travel_along_a_chain() -> None:
    chain = lineage(act(10, "merge", "a", "003A", "003B", value="003A"), act(20, "merge", "c", "003C", "003A", value="003C"))
    book = ledger(chain, b=[saying(3, grant=False)], c=[saying(15, grant=True)])

    assert [book.state_at("c", NEWS, seq) for seq in (20, 21)] == [ConsentState.GRANTED, ConsentState.WITHDRAWN]
