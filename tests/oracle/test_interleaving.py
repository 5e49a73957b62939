"""Edits while a sync runs: every order that an honest connector can live through is accepted, and no other."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from syncproof.mapping.grammar import FieldRule
from syncproof.oracle.interleaving import RACE, Course, Moment, base_after, course_of, interleaved
from syncproof.oracle.rules import Allowed, Situation, allowed
from syncproof_mocks.journal import Actor, Change, Row

START, END = 10, 100


def course(start: Any, *edits: tuple[int, Any], write: tuple[int, Any] | None = None) -> Course:
    moments = (Moment(start, START), *(Moment(value, seq) for seq, value in edits))
    return Course(moments, None if write is None else Moment(write[1], write[0]))


def judged(crm: Course, ma: Course, base: tuple[Any, Any] | None = ("old", "old"), **stated: Any) -> Allowed:
    rule = FieldRule(crm="Title", ma="jobtitle", **stated)
    return interleaved(crm, ma, lambda i, j: allowed(rule, Situation(base, (crm.moments[i].value, ma.moments[j].value))))


def is_accepted(crm: Course, ma: Course, base: tuple[Any, Any] | None = ("old", "old"), **stated: Any) -> bool:
    return (crm.left, ma.left) in judged(crm, ma, base, **stated).pairs


MASTER = {"direction": "both", "winner": "crm"}


# -- one side is edited ---------------------------------------------------------------------------------------------------


def test_an_edit_may_be_carried_by_this_sync_or_left_for_the_next() -> None:
    edited = course("old", (50, "new"))

    assert is_accepted(edited, course("old"), **MASTER)
    assert is_accepted(edited, course("old", write=(60, "new")), **MASTER)


def test_each_of_several_edits_may_have_been_read() -> None:
    edited = course("old", (50, "first"), (55, "second"))

    assert is_accepted(edited, course("old", write=(52, "first")), **MASTER)
    assert is_accepted(edited, course("old", write=(60, "second")), **MASTER)


def test_what_nobody_wrote_is_no_carried_edit() -> None:
    assert not is_accepted(course("old", (50, "new")), course("old", write=(60, "other")), **MASTER)


def test_an_old_value_written_over_the_edit_is_never_accepted_and_the_edit_was_expected() -> None:
    overwritten = course("old", (50, "new"), write=(60, "old"))

    found = judged(overwritten, course("old"), **MASTER)

    assert ("old", "old") not in found.pairs
    assert ("new", "old") in found.pairs
    assert overwritten.overtaken == Moment("new", 50)


def test_an_edit_of_a_field_that_does_not_travel_that_way_may_be_put_back_only_where_the_mapping_says_so() -> None:
    put_back = course("old", (50, "stray"), write=(60, "old"))

    assert is_accepted(course("old"), put_back, direction="crm_to_ma", enforce="always")
    assert not is_accepted(course("old"), put_back, direction="crm_to_ma", enforce="on_change")


def test_garbage_is_not_hidden_by_a_later_edit() -> None:
    assert not is_accepted(course("old", (80, "new"), write=(60, "garbage")), course("old"), **MASTER)
    assert not is_accepted(course("old", (80, "new"), write=(60, "garbage")), course("old", write=(90, "new")), **MASTER)


# -- both sides are edited ------------------------------------------------------------------------------------------------


def test_two_passes_of_one_sync_carry_first_the_one_edit_and_then_the_other() -> None:
    crm = course("old", (70, "late"), write=(60, "from the ma"))
    ma = course("from the ma", write=(90, "late"))

    assert is_accepted(crm, ma, **MASTER)


def test_of_two_edits_of_one_field_the_winner_stands_where_the_connector_had_read_both() -> None:
    crm, ma = course("old", (50, "crm")), course("ma")

    assert is_accepted(crm, course("ma", write=(60, "crm")), **MASTER)
    assert not is_accepted(course("old", (50, "crm"), write=(60, "neither")), ma, **MASTER)


def test_a_race_that_no_client_can_win_is_accepted_and_said_to_be_open() -> None:
    raced = judged(course("old", (50, "crm"), write=(60, "ma")), course("ma"), **MASTER)

    assert ("ma", "ma") in raced.pairs
    assert raced.left_open == RACE
    assert judged(course("old", (50, "crm"), write=(60, "ma")), course("ma"), direction="both", winner="ma").left_open == ""


def test_the_reading_side_of_one_direction_never_wins_a_race() -> None:
    assert not is_accepted(course("crm", (50, "newer"), write=(60, "ma")), course("ma"), direction="crm_to_ma")


# -- what is agreed afterwards --------------------------------------------------------------------------------------------


def test_an_edit_that_was_not_carried_is_no_agreement_and_one_that_was_is() -> None:
    late = course("old", (50, "new"))

    assert base_after(late, course("old")) == ("old", "old")
    assert base_after(late, course("old", write=(60, "new"))) == ("new", "new")
    assert base_after(course("old", write=(40, "ma")), course("ma", (50, "new"))) == ("ma", "ma")


# -- from the journal -----------------------------------------------------------------------------------------------------


def change(seq: int, actor: Actor, old: Any, new: Any) -> Change:
    def row(value: Any, revision: int) -> Row:
        return Row("Contact", "003", {"Title": value}, revision, 0, 0)

    before = None if old is ... else row(old, seq)
    return Change(seq, seq, "salesforce", actor, None, "Contact", "003", before, row(new, seq + 1))


def read(*changes: Change, final: Any) -> Course:
    return course_of(changes, (START, END), "Title", lambda raw: raw, final)


def test_the_course_is_read_from_the_window_of_the_sync_alone() -> None:
    found = read(
        change(5, Actor.CRM_USER, "older", "old"), change(20, Actor.CRM_USER, "old", "a"), change(30, Actor.CONNECTOR, "a", "b"),
        change(40, Actor.VENDOR_AUTOMATION, "b", "c"), change(100, Actor.CONNECTOR, "c", "later"), final="c",
    )  # fmt: skip

    assert found == Course((Moment("old", START), Moment("a", 20), Moment("c", 40)), Moment("b", 30))
    assert found.left == "b"


def test_where_only_the_connector_wrote_what_stands_at_the_end_is_its_work() -> None:
    assert read(change(20, Actor.CONNECTOR, "old", "new"), final="new").left == "new"
    assert read(final="as it was").left == "as it was"
    assert read(change(20, Actor.CONNECTOR, ..., "made"), final="made").moments == (Moment(None, START),)


def test_edits_of_other_fields_are_nothing_to_this_one() -> None:
    other = Change(20, 20, "salesforce", Actor.CRM_USER, None, "Contact", "003", Row("Contact", "003", {"City": 1}, 1, 0, 0),
                   Row("Contact", "003", {"City": 2}, 2, 0, 0))  # fmt: skip

    assert read(other, final="old") == Course((Moment("old", START),), Moment("old", END))


# -- any history ----------------------------------------------------------------------------------------------------------

VALUES = ("old", "a", "b", "c")
STATED = st.fixed_dictionaries(
    {"direction": st.sampled_from(("crm_to_ma", "ma_to_crm", "both")), "winner": st.sampled_from(("crm", "ma", "latest")),
     "enforce": st.sampled_from(("always", "on_change"))}
)  # fmt: skip


def side(draw: Any, start: str) -> list[tuple[int, str]]:
    """The values of one side as people leave them: (seq, value), the first one from before the sync."""
    times = sorted(draw(st.sets(st.integers(START + 1, END - 1), max_size=3)))
    return [(START, start), *((seq, draw(st.sampled_from(VALUES))) for seq in times)]


def held(values: list[tuple[int, str]], at: int) -> str:
    return [value for seq, value in values if seq <= at][-1]


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_connector_that_reads_decides_and_writes_once_is_never_accused(data: st.DataObject) -> None:
    draw, stated = data.draw, data.draw(STATED)
    crm, ma = side(draw, draw(st.sampled_from(VALUES))), side(draw, draw(st.sampled_from(VALUES)))
    read_crm, read_ma = (draw(st.integers(START, END)) for _ in range(2))
    known = held(crm, read_crm), held(ma, read_ma)
    rule = FieldRule(crm="Title", ma="jobtitle", **stated)
    wanted = draw(st.sampled_from(allowed(rule, Situation(("old", "old"), known)).pairs))
    courses = []
    for values, value, decided, since in ((crm, known[0], wanted[0], read_crm), (ma, known[1], wanted[1], read_ma)):
        # Half a place off: nothing happens at the same time.
        at = draw(st.integers(max(read_crm, read_ma, since), END)) + 0.5
        write = (at, decided) if decided != value else None
        courses.append(course(values[0][1], *values[1:], write=write))  # type: ignore[arg-type]

    assert is_accepted(*courses, **stated)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_value_that_nobody_had_is_never_accepted(data: st.DataObject) -> None:
    draw, stated = data.draw, data.draw(STATED)
    crm, ma = side(draw, draw(st.sampled_from(VALUES))), side(draw, draw(st.sampled_from(VALUES)))
    at = draw(st.integers(START, END)) + 0.5

    invented = course(crm[0][1], *crm[1:], write=(at, "invented"))  # type: ignore[arg-type]

    assert not is_accepted(invented, course(ma[0][1], *ma[1:]), **stated)


def test_what_one_side_may_hold_is_not_what_the_other_may() -> None:
    """Only the MA may hold the cut value: a CRM that held it before a late edit had no reason to."""
    crm, ma = course("abcd", (80, "new"), write=(60, "abc")), course("old", write=(90, "new"))

    assert not is_accepted(crm, ma, direction="both", winner="crm", max_length=3)
    assert is_accepted(course("abcd", (80, "new"), write=(60, "abcd")), ma, direction="both", winner="crm", max_length=3)


def test_the_first_moment_of_a_sync_belongs_to_it_and_the_first_one_after_does_not() -> None:
    def at(seq: int) -> Course:
        before, after = Row("Contact", "1", {"Title": "old"}, 1, 0, 0), Row("Contact", "1", {"Title": "new"}, 2, 0, 0)
        made = Change(seq, seq, "salesforce", Actor.CRM_USER, None, "Contact", "1", before, after)
        return course_of([made], (START, END), "Title", lambda raw: raw, "new")

    assert [len(at(seq).moments) for seq in (START - 1, START, END - 1, END)] == [1, 2, 2, 1]


def test_what_stood_before_a_late_edit_is_explained_by_what_was_known_before_it() -> None:
    late, other = course("old", (50, "edited"), write=(20, "made")), course("a", (30, "b"))
    # Who read the late edit writes nothing here where the other side held `b`, and would write `odd` where it held `a`.
    wanted = {(0, 0): ("made", "a"), (0, 1): ("made", "b"), (1, 0): ("odd", "x"), (1, 1): ("edited", "y")}

    found = interleaved(late, other, lambda i, j: Allowed((wanted[i, j],), "as told"))

    assert ("made", "a") in found.pairs
    assert {ma for crm, ma in found.pairs if crm == "odd"} == {"x"}
    assert {crm for crm, ma in found.pairs if ma == "y"} == {"made"}
