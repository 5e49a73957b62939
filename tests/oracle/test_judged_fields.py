"""Which fields are judged around a sync, by what, and who had to arrive."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule, MatchKey, Side
from syncproof.oracle.fields import Oracle, value_of
from syncproof.oracle.interleaving import Course, Moment
from syncproof.oracle.judgement import Judgement
from syncproof.oracle.rules import Allowed, Situation
from syncproof_mocks.journal import Actor
from syncproof_mocks.schema import FieldInfo, FieldType
from tests.oracle.made import (
    EMAIL,
    Tongue,
    act,
    change,
    contact,
    evidence,
    link,
    mapped,
    padded,
    person,
    state,
    sync,
    there,
)

LINKS = (link("003A", "p1"), link("501", "p1", Side.MA), link("003B", "p2"), link("502", "p2", Side.MA))
TITLE = FieldRule(crm="Title", ma="jobtitle", direction="both", winner="latest", blank="clear")
QUIET = {"exclude": ({"reason": "quiet", "crm": "Mail__c", "in": ["no"]},)}


def judgement(observed: Any, *pairs: Any, courses: Any = None) -> Judgement:
    return Judgement(SimpleNamespace(), TITLE, Situation(None, ("a", "b")), Allowed(pairs, ""), observed, (), courses)  # type: ignore[arg-type]


def test_the_nearest_allowed_pair_and_the_sides_that_differ() -> None:
    assert judgement(("a", "b"), ("a", "b")).is_ok
    assert not judgement(("a", "b"), ("a", "a")).is_ok
    found = judgement(("a", "x"), ("b", "b"), ("a", "a"))
    assert found.nearest() == ("a", "a")
    assert found.wrong_sides() == [(Side.MA, "a", "x")]
    assert judgement(("x", "b"), ("a", "a"), ("b", "b")).wrong_sides() == [(Side.CRM, "b", "x")]
    assert judgement(("x", "y"), ("a", "b")).wrong_sides() == [(Side.CRM, "a", "x"), (Side.MA, "b", "y")]


def test_an_edit_of_this_very_sync_that_was_written_over() -> None:
    calm = Course((Moment("old", 1),), None)
    edited = Course((Moment("old", 1), Moment("new", 5)), Moment("old", 7))
    over = judgement(("old", "old"), ("new", "new"), courses=(edited, calm))

    assert over.was_edited_meanwhile
    assert over.is_overwritten(Side.CRM, "new")
    assert not over.is_overwritten(Side.CRM, "other")
    assert not over.is_overwritten(Side.MA, "new")
    assert judgement(("old", "old"), ("new", "new"), courses=(calm, edited)).is_overwritten(Side.MA, "new")
    still = judgement(("old", "old"), ("new", "new"), courses=(calm, calm))
    assert not still.was_edited_meanwhile
    assert not still.is_overwritten(Side.CRM, None)
    assert not judgement(("old", "old"), ("new", "new")).was_edited_meanwhile


FLAG = FieldRule(crm="Vip", ma="vip", type="boolean")


def test_a_boolean_that_was_never_set_is_false() -> None:
    assert value_of(FLAG, Side.CRM, contact("1")) is False
    assert value_of(TITLE, Side.CRM, contact("1")) is None
    assert value_of(TITLE, Side.MA, there("1", Title="x", jobtitle="y")) == "y"


# -- around one sync ------------------------------------------------------------------------------------


def oracle(before: Any, after: Any, *entries: Any, base: Any = ((), ()), number: int = 1, objects: Any = None, **more: Any) -> Oracle:
    """Return the oracle of sync ``number`` from 10n to 10n+9; the base is what the sync before it left."""
    syncs = tuple(sync(n, 10 * n, 10 * n + 9) for n in range(1, number + 1))
    states = (*(state(n, 10 * n + 9, *base) for n in range(number)), state(number, 10 * number + 9, *after))
    befores = (*(state(n, 10 * n, *base) for n in range(1, number)), state(number - 1, 10 * number, *before))
    objects = objects or (mapped(fields=(EMAIL, TITLE), creates=("crm_to_ma", "ma_to_crm"), **more.pop("rules", {})),)
    return Oracle(evidence(more.pop("people", (person("p1", "ann@x.cz"), person("p2", "bob@x.cz"))), more.pop("links", LINKS), syncs=syncs,
                           states=states, befores=befores, entries=padded(*entries), objects=objects, **more))


def pair(crm: Any, ma: Any, revision: int = 1) -> Any:
    return (contact("003A", revision, Title=crm),), (there("501", revision, jobtitle=ma),)


def judged(made: Oracle, name: str = "Title") -> Judgement:
    """Return the judgement of one field around the last sync."""
    [found] = [j for j in made.judgements if j.rule.crm == name and j.meeting.sync == len(made.evidence.syncs)]
    return found


def test_a_linked_pair_is_judged_by_its_base_and_the_last_edit() -> None:
    acts = (act(15, "edit", "p1", field="Title", after_sync=1, at_ms=5_000), act(16, "edit", "p1", Side.MA, field="jobtitle", after_sync=1, at_ms=8_000))
    found = judged(oracle(pair("c", "m", 2), pair("m", "m", 3), base=pair("old", "old"), number=2, acts=acts))

    assert found.situation == Situation(("old", "old"), ("c", "m"), Side.MA)
    assert found.is_ok
    assert [a.seq for a in found.acts] == [15, 16]
    assert not judged(oracle(pair("c", "m", 2), pair("c", "c", 3), base=pair("old", "old"), number=2, acts=acts)).is_ok


@pytest.mark.parametrize(("crm_ms", "ma_ms", "last"), [
    (5_000, 5_999, None), (5_999, 6_000, Side.MA), (7_000, 6_000, Side.CRM), (5_000, None, Side.CRM), (None, 5_000, Side.MA), (None, None, None),
])
def test_who_edited_last(crm_ms: int | None, ma_ms: int | None, last: Side | None) -> None:
    acts = [act(15, "edit", "p1", field="Title", after_sync=1, at_ms=crm_ms)] if crm_ms else []
    acts += [act(16, "edit", "p1", Side.MA, field="jobtitle", after_sync=1, at_ms=ma_ms)] if ma_ms else []
    acts += [act(17, "edit", "p1", field="jobtitle", after_sync=1, at_ms=9_000), act(17, "edit", "p2", field="Title", after_sync=1, at_ms=9_000)]

    made = oracle(pair("c", "m", 2), pair("m", "m", 3), base=pair("old", "old"), number=2, acts=tuple(acts))
    assert judged(made).situation.last is last


def test_where_nothing_moved_nothing_is_judged() -> None:
    rows = pair("a", "b")
    made = oracle(rows, rows, base=rows, number=2)

    assert [j for j in made.judgements if j.meeting.sync == 2] == []
    assert made.unchanged >= 1
    assert {j.rule.crm for j in oracle(rows, pair("a", "a", 2), base=rows, number=2).judgements if j.meeting.sync == 2} == {"Email", "Title"}


def test_without_a_base_the_records_meet_for_the_first_time() -> None:
    assert judged(oracle(pair("c", "m"), pair("c", "c", 2))).situation.base is None
    assert judged(oracle(pair("c", "m"), pair("c", "c", 2), base=((contact("003A"),), ()), number=2)).situation.base is None


def test_who_is_kept_out_or_crowded_is_not_judged() -> None:
    quiet = (contact("003A", Title="c", Mail__c="no"),), (there("501", jobtitle="m"),)
    assert oracle(quiet, quiet, rules=QUIET).judgements == ()
    assert len(oracle(pair("c", "m"), pair("c", "c"), rules=QUIET).judgements) == 2
    twice = (contact("003A"), contact("003A2", Email="ann@x.cz")), (there("501"),)
    made = oracle(twice, twice)
    assert made.judgements == ()
    assert made.crowded == ["p1"]
    assert made.has_crowd(1)
    assert not oracle(pair("c", "m"), pair("c", "c")).has_crowd(1)
    assert not made.has_crowd(2)


def test_a_field_that_went_is_not_judged_any_more() -> None:
    gone = act(12, "change_schema", "", field="Title", value="remove")

    assert [j.rule.crm for j in oracle(pair("c", "m"), pair("c", "m"), acts=(gone,)).judgements] == ["Email"]
    assert [j.rule.crm for j in oracle(((contact("003A"),), ()), ((contact("003A"),), (there("501"),)), acts=(gone,)).judgements] == ["Email"]


def test_taking_part_is_who_has_both_at_the_end_and_is_not_kept_out() -> None:
    assert oracle(pair("c", "m"), pair("c", "c")).taking_part(1) == ("p1",)
    assert oracle(((contact("003A"),), ()), ((contact("003A"),), (there("501"),))).taking_part(1) == ("p1",)
    assert oracle(((contact("003A"),), ()), ((contact("003A"),), ())).taking_part(1) == ()
    quiet = (contact("003A", Mail__c="no"),), (there("501"),)
    assert oracle(quiet, quiet, rules=QUIET).taking_part(1) == ()
    company = mapped("company", "Account", "companies", match=(MatchKey(crm="D", ma="d"),), fields=())
    rows = (contact("1", kind="Account", D="x"),), (there("2", kind="companies", d="x"),)
    assert oracle(rows, rows, objects=(company,)).taking_part(1) == ()


# -- who had to arrive ----------------------------------------------------------------------------------

ALONE, THERE = ((contact("003A", Email="ann@x.cz"),), ()), ((), (there("501", email="ann@x.cz"),))


def arrives(before: Any = ALONE, after: Any = None, *entries: Any, **more: Any) -> Side | None:
    made = oracle(before, before if after is None else after, *entries, **more)
    [one] = made.meetings[1]
    return made.must_arrive(one)


def only(*ways: str) -> Any:
    return (mapped(fields=(EMAIL, TITLE), creates=ways),)


def test_who_stands_on_one_side_only_must_arrive_on_the_other() -> None:
    assert arrives() is Side.MA
    assert arrives(THERE) is Side.CRM
    assert arrives(pair("a", "a")) is None
    assert arrives(ALONE, objects=only("ma_to_crm")) is None
    assert arrives(ALONE, objects=only("crm_to_ma")) is Side.MA
    assert arrives(THERE, objects=only("crm_to_ma")) is None
    assert arrives(((contact("003A"), contact("003A2", Email="ann@x.cz")), ())) is None


def test_who_is_kept_out_must_not() -> None:
    quiet = ((contact("003A", Mail__c="no"),), ())
    assert arrives(quiet, rules=QUIET) is None
    titled = {"exclude": ({"reason": "boss", "crm": "Title", "in": ["boss"]},)}
    assert arrives(((), (there("501", jobtitle="boss"),)), rules=titled) is None
    assert arrives(((), (there("501", jobtitle="clerk"),)), rules=titled) is Side.CRM


def test_who_was_removed_there_must_not_come_back() -> None:
    for kind in ("delete", "erase"):
        assert arrives(acts=(act(5, kind, "p1", Side.MA),)) is None
        assert arrives(acts=(act(5, kind, "p1", Side.CRM),)) is Side.MA
        assert arrives(acts=(act(5, kind, "p2", Side.MA),)) is Side.MA
        assert arrives(acts=(act(25, kind, "p1", Side.MA, after_sync=1),)) is Side.MA
    assert arrives(acts=(act(5, "edit", "p1", Side.MA),)) is Side.MA


def test_who_left_while_the_sync_ran_need_not_arrive() -> None:
    row, gone, quiet = ALONE[0][0], ((), ()), ((contact("003A", 2, Mail__c="no"),), ())
    by_people = change(12, row, quiet[0][0], Actor.CRM_USER)

    assert arrives(ALONE, gone, change(12, row, None, Actor.CRM_USER)) is None
    assert arrives(ALONE, gone, change(12, row, None)) is Side.MA, "a connector may not take people out"
    assert arrives(ALONE, quiet, by_people, rules=QUIET) is None
    assert arrives(ALONE, quiet, by_people) is Side.MA
    for seq, left in ((10, None), (18, None), (19, Side.MA), (9, Side.MA)):
        assert arrives(ALONE, gone, change(seq, row, None, Actor.CRM_USER)) is left, seq


def test_a_record_that_was_entered_while_the_sync_ran_is_judged_by_the_next_one() -> None:
    made = there("501", jobtitle="x")

    assert oracle(ALONE, (ALONE[0], (made,)), change(12, None, made, Actor.MA_USER)).judgements == ()
    assert len(oracle(ALONE, (ALONE[0], (made,)), change(12, None, made)).judgements) == 2
    assert len(oracle(ALONE, (ALONE[0], (made,))).judgements) == 2


def test_an_address_that_another_has_there_leaves_no_room() -> None:
    both = {"people": (person("p1", "two@x.cz"), person("p2", "two@x.cz"))}
    mine = ((contact("003A", Email="two@x.cz"),), ())

    made = oracle(mine, (mine[0], (there("502", email="two@x.cz"),)), **both)
    assert [made.must_arrive(m) for m in made.meetings[1]] == [None]
    made = oracle(mine, mine, **both)
    assert [made.must_arrive(m) for m in made.meetings[1]] == [Side.MA]


# -- records that a sync made ---------------------------------------------------------------------------


def test_a_made_record_carries_what_the_mapping_says_and_what_a_system_demands() -> None:
    source = ((contact("003A", Email="ann@x.cz", Title="clerk"),), ())

    def made(title: Any, **schema: Any) -> Judgement:
        dialects = {Side.CRM: Tongue("salesforce"), Side.MA: Tongue("hubspot", schema)}
        return judged(oracle(source if title != "stand-in" else ALONE,
                             ((source if title != "stand-in" else ALONE)[0], (there("501", email="ann@x.cz", jobtitle=title),)), dialects=dialects))

    assert made("clerk").is_ok
    assert not made(None).is_ok
    assert not made("stand-in").is_ok
    assert made("stand-in", jobtitle=FieldInfo("jobtitle", "", FieldType.TEXT, "", required=True)).is_ok
    assert not made("stand-in", jobtitle=FieldInfo("jobtitle", "", FieldType.TEXT, "")).is_ok
    assert not made("other", jobtitle=FieldInfo("jobtitle", "", FieldType.TEXT, "", required=True)).is_ok


def test_the_key_comes_along_whatever_its_direction() -> None:
    assert judged(oracle(THERE, ((contact("003A", Email="ann@x.cz"),), THERE[1])), "Email").is_ok
    assert not judged(oracle(THERE, ((contact("003A"),), THERE[1])), "Email").is_ok


# -- addresses ------------------------------------------------------------------------------------------


def moved(ma: Any, **more: Any) -> bool:
    crm = (contact("003A", 2, Email="new@x.cz"),)
    base = (contact("003A", Email="ann@x.cz"),), (there("501", email="ann@x.cz"),)
    return judged(oracle((crm, ma), (crm, ma), base=base, number=2, **more), "Email").is_ok


def test_an_additional_address_need_not_become_the_first() -> None:
    assert moved((there("501", email="ann@x.cz", more=("new@x.cz",)),))
    assert not moved((there("501", email="ann@x.cz", more=("other@x.cz",)),))
    assert not moved((there("501", email="ann@x.cz"),))


def test_an_address_that_another_holds_there_may_stay_out_and_nothing_else_may() -> None:
    people = (person("p1", "ann@x.cz"), person("p2", "new@x.cz"), person("p3", "new@x.cz"))
    crm, ma = (contact("003A", 2, Email="new@x.cz", Title="new"),), (there("501", email="ann@x.cz", jobtitle="old"), there("502", email="new@x.cz"))
    base = (contact("003A", Email="ann@x.cz", Title="old"),), ma
    made = oracle((crm, ma), (crm, ma), base=base, number=2, people=people, acts=(act(15, "edit", "p1", field="Email", value="new@x.cz", after_sync=1),))

    assert judged(made, "Email").is_ok
    assert not judged(made, "Title").is_ok


def test_where_the_source_went_with_the_sync_nothing_is_judged() -> None:
    assert oracle(ALONE, ((), (there("501"),))).judgements == ()


def test_the_syncs_in_which_people_moved_are_looked_at_closely() -> None:
    before, after = pair("old", "old"), pair("new", "old", 2)
    edit = change(12, before[0][0], after[0][0], Actor.CRM_USER)

    late = judged(oracle(before, after, edit))
    assert late.was_edited_meanwhile
    assert late.is_ok
    assert not judged(oracle(before, after, change(12, before[0][0], after[0][0]))).was_edited_meanwhile
    assert judged(oracle(before, after, change(12, before[0][0], after[0][0], Actor.VENDOR_AUTOMATION))).was_edited_meanwhile
    assert not judged(oracle(before, after, change(12, before[0][0], after[0][0], Actor.SEED))).was_edited_meanwhile
