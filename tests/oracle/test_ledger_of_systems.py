"""What two systems make of consents: whose word it is, which of several counts, what changed, and what an address means."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.oracle.consents import ConsentLedger
from syncproof.oracle.identity import Identity
from syncproof.population.people import Dirt
from syncproof_mocks.consent import ConsentKey, ConsentProof, ConsentState
from syncproof_mocks.journal import Actor
from tests.oracle.made import (
    ALL,
    NEWS,
    OUT,
    YES,
    act,
    change,
    contact,
    evidence,
    link,
    mapped,
    mark,
    padded,
    person,
    state,
    there,
)

ANN, BOB, CID = person("p1", "ann@x.cz"), person("p2", "two@x.cz"), person("p3", "two@x.cz")
UNKNOWN, CLAIMED, GRANTED, WITHDRAWN, PENDING = (
    ConsentState.UNKNOWN, ConsentState.CLAIMED, ConsentState.GRANTED, ConsentState.WITHDRAWN, ConsentState.PENDING,
)
LINKS = (link("003A", "p1"), link("003B", "p2"), link("501", "p1", Side.MA))


def ledger(**more: Any) -> ConsentLedger:
    found = evidence(more.pop("people", (ANN, BOB, CID)), links=more.pop("links", LINKS), **more)
    return ConsentLedger(found, Identity(found))


def said(*marks: Any, record: str = "003A", kind: str = "Contact", **more: Any) -> Any:
    return contact(record, kind=kind, said=marks, **more)


def word(address: str, *states: Any) -> Any:
    """Return HubSpot's record of one address."""
    return there(address, kind="consents", said=tuple(mark(key, s, point=address) for key, s in states))


def test_the_first_rule_of_a_key_carries_it() -> None:
    other = YES.model_copy(update={"direction": "none"})
    book = ledger(objects=(mapped(fields=(YES, OUT)), mapped("lead", "Lead", fields=(other,))))

    assert book.keys == {NEWS: YES, ALL: OUT}


# -- what was seeded, what was said ---------------------------------------------------------------------


def test_what_both_systems_held_comes_before_what_was_said() -> None:
    book = ledger(
        states=(state(0, 0, (said(mark(NEWS, GRANTED, "2024")),), (word("ann@x.cz", (NEWS, CLAIMED)),)),),
        acts=(act(5, "opt_out", "p1", key=NEWS, after_sync=2, at_ms=7), act(6, "edit", "p1", key=NEWS), act(7, "opt_in", "p1")),
    )

    seeded, claimed, no = book.sayings["p1"]
    assert (seeded.seq, seeded.side, seeded.grant, seeded.proved, seeded.at, seeded.after_sync) == (-1, Side.CRM, True, True, "2024", 0)
    assert (claimed.side, claimed.grant, claimed.proved) == (Side.MA, True, False)
    assert (no.seq, no.at_ms, no.grant, no.proved, no.after_sync, no.by_staff, no.waits) == (5, 7, False, False, 2, True, False)


PROOF = ConsentProof("2025-01-01T00:00:00Z", "form")


@pytest.mark.parametrize(
    ("kind", "proof", "grant", "proved", "waits", "by_staff"),
    [("opt_in", PROOF, True, True, False, False), ("opt_in", None, True, False, False, False), ("request", PROOF, True, False, True, False),
     ("opt_out", PROOF, False, False, False, False), ("opt_out", None, False, False, False, True)],
)
def test_an_act_is_a_yes_a_no_or_a_request(kind: str, proof: Any, grant: bool, proved: bool, waits: bool, by_staff: bool) -> None:
    one = ledger(acts=(act(5, kind, "p1", key=NEWS, proof=proof),)).sayings["p1"][0]

    assert (one.grant, one.proved, one.waits, one.by_staff) == (grant, proved, waits, by_staff)
    assert (one.at, one.source) == ((proof.at, proof.source) if proof else (None, None))


@pytest.mark.parametrize(("held", "grant", "proved", "waits"), [
    (GRANTED, True, True, False), (ConsentState.CONFIRMED, True, True, False), (CLAIMED, True, False, False),
    (ConsentState.IMPLIED, True, False, False), (PENDING, True, False, True), (WITHDRAWN, False, True, False),
])
def test_a_seeded_state_reads_as(held: ConsentState, grant: bool, proved: bool, waits: bool) -> None:
    one = ledger(states=(state(0, 0, (said(mark(NEWS, held)),)),)).sayings["p1"][0]

    assert (one.grant, one.waits) == (grant, waits)
    assert one.proved is proved


def test_what_is_unknown_was_never_said() -> None:
    assert ledger(states=(state(0, 0, (said(mark(NEWS, UNKNOWN)),)),)).sayings == {}


def test_people_who_were_added_later_say_what_they_were_seeded_with_and_nobody_says_it_twice() -> None:
    first, late = said(mark(NEWS, GRANTED)), said(mark(NEWS, CLAIMED), record="003B")
    changed = said(mark(NEWS, WITHDRAWN))
    made_by_connector = said(mark(NEWS, GRANTED), record="003C")
    journal = padded(change(3, None, late, Actor.SEED), change(4, first, changed, Actor.SEED), change(5, None, made_by_connector))
    book = ledger(links=(*LINKS, link("003C", "p3")), states=(state(0, 0, (first,)),), entries=journal,
                  befores=(state(1, 9, (changed, late, made_by_connector)), state(2, 19, (changed, late))))

    assert [(s.grant, s.proved) for s in book.sayings["p1"]] == [(True, True)]
    assert [(s.grant, s.after_sync) for s in book.sayings["p2"]] == [(True, 1)]
    assert "p3" not in book.sayings


OLD, NEW = "2024-01-01", "2025-01-01"


@pytest.mark.parametrize(
    ("crm", "ma", "last"),
    [
        ((GRANTED, NEW), (WITHDRAWN, OLD), True), ((WITHDRAWN, OLD), (GRANTED, NEW), True), ((GRANTED, OLD), (WITHDRAWN, NEW), False),
        ((WITHDRAWN, NEW), (GRANTED, OLD), False), ((GRANTED, NEW), (WITHDRAWN, None), False), ((WITHDRAWN, OLD), (CLAIMED, NEW), False),
        ((CLAIMED, NEW), (WITHDRAWN, OLD), False), ((GRANTED, OLD), (WITHDRAWN, OLD), False), ((PENDING, NEW), (WITHDRAWN, OLD), False),
    ],
)
def test_the_decisive_word_of_the_seed_stands_last(crm: Any, ma: Any, last: bool) -> None:
    one, other = said(mark(NEWS, *crm)), there("ann@x.cz", kind="consents", said=(mark(NEWS, *ma, point="ann@x.cz"),))
    found = ledger(states=(state(0, 0, (one,), (other,)),)).last_saying("p1", NEWS, 9)

    assert found is not None
    assert found.grant is last


def test_only_a_no_that_covers_it_is_asked_whether_a_seeded_yes_is_newer() -> None:
    other = ConsentKey("email", "offers")
    marks = (mark(NEWS, GRANTED, NEW), mark(other, WITHDRAWN, "2026-01-01"), mark(ALL, WITHDRAWN, OLD))
    book = ledger(states=(state(0, 0, (said(*marks),)),))

    assert [s.key for s in book.sayings["p1"]] == [other, ALL, NEWS]


def test_somebody_elses_no_does_not_count() -> None:
    people = (said(mark(NEWS, GRANTED, OLD)), said(mark(NEWS, WITHDRAWN, NEW), record="003B"))
    book = ledger(states=(state(0, 0, people),))

    assert [book.state_at(p, NEWS, 9) for p in ("p1", "p2", "p3")] == [GRANTED, WITHDRAWN, UNKNOWN]


def test_a_no_beside_is_that_of_those_who_share_an_address() -> None:
    book = ledger(acts=(act(5, "opt_out", "p3", key=NEWS), act(6, "opt_out", "p1", key=NEWS)))

    assert [book.is_refused_beside("p2", NEWS, seq) for seq in (5, 6)] == [False, True]
    assert not book.is_refused_beside("p3", NEWS, 99)


# -- what systems say -----------------------------------------------------------------------------------


def effective(side: Side, *rows: Any, seq: int = 50, in_use: bool = False, **more: Any) -> Any:
    shot = state(1, seq, rows if side is Side.CRM else (), rows if side is Side.MA else ()).on(side)
    return ledger(**more).effective(side, shot, in_use=in_use)


def test_several_records_join_to_the_most_restrictive() -> None:
    links = (*LINKS, link("003A2", "p1"))
    yes, no = said(mark(NEWS, GRANTED)), said(mark(NEWS, WITHDRAWN), record="003A2")

    for rows in ((yes, no), (no, yes)):
        assert effective(Side.CRM, *rows, links=links) == {("p1", NEWS): WITHDRAWN}


def test_a_wide_no_counts_for_every_mapped_key_and_a_wide_yes_for_none() -> None:
    assert effective(Side.CRM, said(mark(ALL, WITHDRAWN), mark(NEWS, GRANTED))) == {("p1", ALL): WITHDRAWN, ("p1", NEWS): WITHDRAWN}
    assert effective(Side.CRM, said(mark(ALL, GRANTED))) == {("p1", ALL): GRANTED}
    phone = ConsentKey("phone", "*")
    assert effective(Side.CRM, said(mark(phone, WITHDRAWN))) == {("p1", phone): WITHDRAWN}
    assert effective(Side.CRM, said(mark(NEWS, WITHDRAWN))) == {("p1", NEWS): WITHDRAWN}


def test_nobody_knows_whose_it_is_or_a_converted_lead_says_nothing() -> None:
    assert effective(Side.CRM, said(mark(NEWS, GRANTED), record="?")) == {}
    convert = (act(5, "convert", "p1", record="003A"),)
    assert effective(Side.CRM, said(mark(NEWS, GRANTED)), acts=convert) == {}
    assert effective(Side.CRM, said(mark(NEWS, GRANTED)), acts=convert, seq=5) == {("p1", NEWS): GRANTED}


def test_the_merged_speak_for_the_survivor() -> None:
    merge = (act(5, "merge", "p1", record="003A", others=("003B",), value="003A"),)
    rows = (said(mark(NEWS, GRANTED)), said(mark(NEWS, WITHDRAWN), record="003B"))

    assert effective(Side.CRM, *rows, acts=merge) == {("p1", NEWS): WITHDRAWN}
    assert effective(Side.CRM, *rows, acts=merge, seq=5) == {("p1", NEWS): GRANTED, ("p2", NEWS): WITHDRAWN}


def test_a_word_kept_for_an_address_counts_where_the_person_is_mailed_at_it() -> None:
    moved = (act(5, "edit", "p1", field="Email", value="new@x.cz"),)
    rows = (there("501", email="New@x.cz", more=("ann@x.cz",)), word("ann@x.cz", (NEWS, WITHDRAWN)), word("new@x.cz", (NEWS, GRANTED)))

    assert effective(Side.MA, *rows, acts=moved) == {("p1", NEWS): WITHDRAWN}
    assert effective(Side.MA, *rows, acts=moved, in_use=True) == {("p1", NEWS): GRANTED}
    assert effective(Side.MA, word("ann@x.cz", (NEWS, GRANTED)), in_use=True) == {("p1", NEWS): GRANTED}, "no record, no other address"
    assert effective(Side.MA, there("501"), *rows, acts=moved, in_use=True) == {("p1", NEWS): GRANTED}
    own = said(mark(NEWS, GRANTED, point="elsewhere@x.cz"), Email="ann@x.cz")
    assert effective(Side.CRM, own, in_use=True) == {("p1", NEWS): GRANTED}, "a person's own record always counts"


# -- what changed ---------------------------------------------------------------------------------------


def touches(before: Any, after: Any, **more: Any) -> Any:
    return ledger(entries=padded(change(7, before, after)), **more).touches


def test_a_turn_is_a_change_of_state_and_a_touch_one_of_the_evidence_too() -> None:
    book = ledger(entries=padded(
        change(7, said(mark(NEWS, GRANTED, OLD)), said(mark(NEWS, GRANTED, NEW))),
        change(8, said(mark(NEWS, GRANTED, NEW)), said(mark(NEWS, WITHDRAWN, NEW))),
        change(9, said(mark(NEWS, WITHDRAWN, NEW)), said(mark(NEWS, WITHDRAWN, NEW), Title="other")),
        change(10, said(mark(NEWS, WITHDRAWN, NEW)), said(mark(NEWS, WITHDRAWN, NEW, source="form"))),
    ))

    assert [t.change.seq for t in book.touches] == [7, 8, 10]
    assert [t.change.seq for t in book.turns] == [8]
    turn = book.turns[0]
    assert (turn.side, turn.person, turn.key, turn.before, turn.after) == (Side.CRM, "p1", NEWS, GRANTED, WITHDRAWN)
    assert (turn.was, turn.mark) == (mark(NEWS, GRANTED, NEW), mark(NEWS, WITHDRAWN, NEW))


def test_made_and_gone_records_turn_from_and_to_unknown() -> None:
    gone = said(mark(NEWS, GRANTED))
    object.__setattr__(gone, "deleted", True)

    assert [(t.before, t.after) for t in touches(None, said(mark(NEWS, GRANTED)))] == [(UNKNOWN, GRANTED)]
    assert [(t.before, t.after) for t in touches(said(mark(NEWS, GRANTED)), None)] == [(GRANTED, UNKNOWN)]
    assert [(t.before, t.after) for t in touches(said(mark(NEWS, GRANTED)), gone)] == [(GRANTED, UNKNOWN)]
    assert [(t.before, t.after) for t in touches(gone, said(mark(NEWS, GRANTED)))] == [(UNKNOWN, GRANTED)]
    assert touches(None, said(mark(NEWS, GRANTED), record="?")) == ()


def test_each_key_turns_by_itself_and_the_merged_turn_as_the_survivor() -> None:
    merge = (act(5, "merge", "p1", record="003A", others=("003B",), value="003A"),)
    found = touches(said(mark(NEWS, GRANTED), mark(ALL, UNKNOWN), record="003B"), said(mark(ALL, WITHDRAWN), record="003B"), acts=merge)

    assert [(t.person, t.key, t.before, t.after) for t in found] == [("p1", NEWS, GRANTED, UNKNOWN), ("p1", ALL, UNKNOWN, WITHDRAWN)]


# -- addresses ------------------------------------------------------------------------------------------

HARD = person("p9", "hard@x.cz", Dirt.HARD_BOUNCE)


def moved(*acts: Any) -> ConsentLedger:
    return ledger(people=(ANN, HARD), acts=acts)


def test_the_last_move_before_a_moment() -> None:
    book = moved(act(5, "edit", "p1", field="Email"), act(7, "edit", "p1", Side.MA, field="email"), act(8, "edit", "p1", field="Title"),
                 act(9, "create", "p1", field="Email"))

    assert [book.last_move("p1", seq) for seq in (5, 6, 8, 99)] == [-2, 5, 7, 7]
    assert book.last_move("p9", 99) == -2


def test_a_bounce_is_of_the_address_that_the_person_has() -> None:
    book = moved(act(5, "bounce", "p1", value="hard"), act(8, "edit", "p1", field="Email"), act(9, "bounce", "p1", value="soft"))

    assert [book.has_bounced("p1", seq) for seq in (5, 6, 8, 9, 99)] == [False, True, True, False, False]
    assert book.has_bounced("p9", 0)
    assert not moved(act(5, "edit", "p9", field="Email")).has_bounced("p9", 6)
    assert not book.has_bounced("nobody", 99)
    assert [book.came_back("p1", seq) for seq in (5, 6, 99)] == [False, True, True]
    assert [book.came_back(p, 9) for p in ("p9", "nobody")] == [True, False]


def test_any_bounce_came_back() -> None:
    assert moved(act(9, "bounce", "p1", value="soft")).came_back("p1", 10)
    assert not moved(act(9, "edit", "p1", value="soft")).came_back("p1", 10)


def test_who_can_be_reached() -> None:
    book = moved(act(5, "edit", "p1", field="Email"), act(8, "bounce", "p1", value="hard"))

    assert not book.is_reachable("p1", 5, 6)
    assert book.is_reachable("p1", 6, 8)
    assert not book.is_reachable("p1", 6, 9)
    assert book.is_reachable("p2", 0, 9)
    for kind in ("delete", "erase", "merge", "convert"):
        assert not moved(act(90, kind, "p1")).is_reachable("p1", 6, 8)
        assert moved(act(90, kind, "p1")).is_reachable("p9x", 6, 8)
