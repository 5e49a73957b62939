"""What a sync that a fault broke left behind: its writes are no edits, and the next sync has to make up for them."""

from __future__ import annotations

from typing import Any

from syncproof.mapping.grammar import FieldRule
from syncproof.oracle.fields import Oracle
from syncproof.oracle.judgement import Judgement
from syncproof_mocks.journal import Actor
from tests.oracle.made import LINKED, change, contact, evidence, exchange, mapped, padded, person, state, sync, there

TITLE = FieldRule(crm="Title", ma="jobtitle", direction="both", winner="latest", blank="clear")


def pair(crm: Any, ma: Any, revision: int = 1) -> Any:
    return (contact("003A", revision, Title=crm),), (there("501", revision, jobtitle=ma),)


FAULT = exchange(11, fault="server_error")


def judged(seeded: Any, left: Any, then: Any, *entries: Any, before: Any = None, rule: FieldRule = TITLE) -> Judgement:
    """Return the judgement of sync 2, after sync 1 broke; ``before``: what stood when sync 2 began, if people moved."""
    found = evidence(
        (person("p1", "ann@x.cz"),), LINKED, states=(state(0, 5, *seeded), state(1, 19, *left), state(2, 49, *then)),
        befores=(state(0, 10, *seeded), state(1, 40, *(before or left))), syncs=(sync(1, 10, 19, exit_code=1), sync(2, 40, 49)),
        entries=padded(FAULT, *entries), objects=(mapped(fields=(rule,), match=({"crm": "Email", "ma": "email"},)),),
    )
    [made] = [j for j in Oracle(found).judgements if j.meeting.sync == 2]
    return made


SEEDED, GARBAGE = pair("a", "a"), pair("a", "garbage", 2)
WRITE = change(12, SEEDED[1][0], GARBAGE[1][0])


def test_what_it_wrote_is_no_edit_and_must_be_made_up() -> None:
    assert judged(SEEDED, GARBAGE, pair("a", "a", 3), WRITE).is_ok
    assert not judged(SEEDED, GARBAGE, GARBAGE, WRITE).is_ok
    assert not judged(SEEDED, GARBAGE, pair("garbage", "garbage", 3), WRITE).is_ok


def test_what_people_wrote_in_it_is_what_they_left() -> None:
    by_people = change(12, SEEDED[1][0], GARBAGE[1][0], Actor.MA_USER)

    assert judged(SEEDED, GARBAGE, pair("garbage", "garbage", 3), by_people).is_ok


def test_an_edit_over_the_damage_may_be_read_either_way() -> None:
    people = there("501", 3, jobtitle="mine")
    edit = change(25, GARBAGE[1][0], people, Actor.MA_USER)
    before = SEEDED[0], (people,)

    assert judged(SEEDED, GARBAGE, pair("mine", "mine", 4), WRITE, edit, before=before).is_ok
    assert not judged(SEEDED, GARBAGE, pair("garbage", "garbage", 4), WRITE, edit, before=before).is_ok


def test_an_edit_before_the_damage_is_what_people_left() -> None:
    people = there("501", 2, jobtitle="mine")
    damage = there("501", 3, jobtitle="garbage")
    edit, write = change(12, SEEDED[1][0], people, Actor.MA_USER), change(14, people, damage)

    assert judged(SEEDED, (SEEDED[0], (damage,)), pair("mine", "mine", 4), edit, write).is_ok
    assert not judged(SEEDED, (SEEDED[0], (damage,)), pair("garbage", "garbage", 4), edit, write).is_ok


def test_a_record_that_it_made_is_judged_as_a_new_one() -> None:
    """It was made without the value, before the sync broke: the next one fills it as it would fill a new record."""
    alone, made = ((contact("003A", Title="a"),), ()), there("501", 1)
    left = alone[0], (made,)
    birth = change(12, None, made)

    assert judged(alone, left, (alone[0], (there("501", 2, jobtitle="a"),)), birth).is_ok
    assert not judged(alone, left, left, birth).is_ok
    assert not judged(alone, left, (alone[0], (there("501", 2, jobtitle="x"),)), birth).is_ok
    one_way = TITLE.model_copy(update={"direction": "ma_to_crm", "winner": None})
    assert judged(alone, left, left, birth, rule=one_way).is_ok, "a field that does not travel that way stays empty"
