"""Findings whose checks tell no story get one from the journal: deeds of people, reads, writes, the rule; and never a guess."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.model import Finding
from syncproof.retelling import MOST_ACTS
from tests.checks.deeds import After, Once, delete, found, world, write
from tests.ideal import Ideal
from tests.staging import play

EDIT = {"edit": {"side": "crm", "who": {"count": 1}, "set": {"Title": "$fresh"}}}
NEW_OWNER = {"change_owner": {"side": "crm", "who": {"count": 1}}}


class Blind(Ideal):
    """Does nothing at all."""

    def _sync(self, sandbox: Any) -> None:
        return


@pytest.fixture(scope="module")
def removed() -> Finding:
    return found(play(world("sync", EDIT, "sync"), After(delete(Side.MA), at=2)), "SCOPE-004")[0]


def test_a_removed_record_is_blamed_on_the_request_that_removed_it(removed: Finding) -> None:
    assert removed.caused_by is None
    assert removed.blame is not None
    assert removed.blame.actor == "connector"
    assert removed.blame.request is not None
    assert removed.blame.request.endswith("PATCH /ideal -> 200")
    assert removed.blame.read_at is not None
    assert removed.blame.written_by is not None
    assert removed.blame.read_at < removed.blame.written_by


def test_its_story_goes_from_the_edit_over_the_read_to_the_write_and_the_rule(removed: Finding) -> None:
    edit, read, wrote, rule = removed.story

    assert edit.startswith("Somebody set Title of contact ")
    assert " in the CRM at #" in edit
    assert read.startswith("The last answer before the write that showed this person on the other side: #")
    assert wrote.startswith(f"The connector removed contacts {removed.record_id} by #")
    assert rule == "SCOPE-004 demands: no record of a living person disappears."


def test_a_value_that_was_never_touched_is_the_seeds_and_the_deed_of_a_person_is_still_told() -> None:
    (wrong,) = found(play(world("sync", NEW_OWNER, "sync"), Once()), "LINK-001")[:1]

    assert wrong.blame is not None
    assert (wrong.blame.actor, wrong.blame.note) == ("seed", "it was there from the start")
    assert wrong.story[0].startswith("Somebody set OwnerId of contact ")
    assert wrong.story[1:] == (
        "In sync 2 no answer showed this person in the CRM.", "In sync 2 no answer showed this person in the MA.",
        "LINK-001 demands: each record belongs to the owner the mapping says.",
    )


def test_a_value_that_a_request_wrote_is_blamed_on_it_though_the_check_names_none() -> None:
    def hijack(me: Any, sandbox: Any) -> None:
        owners = [row.values["hubspot_owner_id"] for row in sandbox.ma.store.rows("contacts")]
        write(Side.MA, {"hubspot_owner_id": next(o for o in owners if o != owners[0])})(me, sandbox)

    (wrong, *_) = found(play(world("sync", EDIT, "sync"), After(hijack, at=2)), "LINK-001")

    assert wrong.blame is not None
    assert wrong.blame.actor == "connector"
    assert any(line.startswith("The connector changed hubspot_owner_id, ") for line in wrong.story)


def test_a_missing_record_is_told_by_what_was_read_and_nobody_is_blamed() -> None:
    crm_only = world("sync", placement="crm")
    (missing, *_) = [f for f in found(play(crm_only, Blind()), "SCOPE-001") if f.kind == "contact"]

    assert missing.blame is None
    assert missing.story == (
        "Nobody had touched this person since the scenario began.",
        "In sync 1 no answer showed this person in the CRM.", "In sync 1 no answer showed this person in the MA.",
        "SCOPE-001 demands: everybody in scope arrives on the other side.",
    )


def test_what_a_check_told_itself_stays() -> None:
    (wrong, *_) = found(play(world("sync", EDIT, "sync"), Once()), "FIELD-001")

    assert wrong.story[-1].startswith("The mapping says: ")
    assert not any("demands" in line for line in wrong.story)


def test_of_many_deeds_the_last_are_told_and_the_others_counted() -> None:
    steps = [{"edit": {"side": "crm", "who": {"count": 1}, "set": {"Title": f"Wojewoda {n}"}}} for n in range(MOST_ACTS + 2)]
    (wrong, *_) = found(play(world("sync", *steps, "sync"), After(delete(Side.MA), at=2)), "SCOPE-004")

    assert wrong.story[0] == "People had done 2 earlier things to this person; the timeline has them."
    assert sum(line.startswith("Somebody set Title") for line in wrong.story) == MOST_ACTS
    assert f"`Wojewoda {MOST_ACTS + 1}`" in wrong.story[MOST_ACTS]


def test_a_finding_about_nobody_and_no_change_gets_no_story() -> None:
    failed = Ideal(exit_code=3)
    (told, *_) = [f for f in play(world("sync"), failed).findings if f.rule == "STATUS-003"]

    assert (told.person, told.blame) == (None, None)
    assert not any("demands" in line for line in told.story)


def test_who_shares_an_address_is_told_first_in_every_finding_about_them_and_about_nobody_else() -> None:
    steps = ("sync", {"edit": {"side": "crm", "set": {"Title": "$fresh"}, "who": "all"}}, "sync")
    result = play(world(*steps, total=6, kinds={"customer": 6}, dirt={"shared_address": 1}), Once())

    first_lines = {f.person: f.story[0] for f in result.findings if f.person and f.rule == "FIELD-001"}
    about = {person: line for person, line in first_lines.items() if " shares the address " in line}
    ((person, line),) = about.items()  # of the two only one can be in the MA
    assert len(first_lines) > 1
    assert line.startswith(f"{person} shares the address ")
    assert " with p00" in line.removeprefix(person)
    assert sum(" shares the address " in told for f in result.findings for told in f.story) == sum(f.person == person for f in result.findings)
