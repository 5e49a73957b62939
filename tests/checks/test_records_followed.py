"""Merges and conversions: whoever lets one person stay two, loses a refusal, or writes to the dead is named; others are not."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.journal import Actor
from tests.checks.deeds import EVERYTHING, NEWSLETTER, After, contact, found
from tests.ideal import Ideal
from tests.staging import play, rules

LEFT_OPEN = {"final_quiet": False}
MERGE = {"merge": {"side": "crm", "into": {"index": 1}, "who": {"index": 2}}}
MERGE_MA = {"merge": {"side": "ma", "into": {"index": 1}, "who": {"index": 2}}}


FORGETFUL = frozenset({"forget_refusals"})


def world(*steps: Any, total: int = 4, **population: Any) -> dict[str, Any]:
    settings = {"total": total, "placement": "both", "kinds": {"customer": 1}, "consent": {"subscribed": 1},
                "newsletter": {"subscribed": 1}, **population}  # fmt: skip
    return {"population": settings, "options": LEFT_OPEN, "steps": [{s: {}} if isinstance(s, str) else s for s in steps]}


def opt_out(index: int, purpose: str = "*", side: str = "ma") -> dict[str, Any]:
    return {"opt_out": {"side": side, "who": {"index": index}, "purpose": purpose}}


# -- merged in the CRM ------------------------------------------------------------------------------


def test_who_merges_there_too_and_keeps_every_refusal_is_accepted() -> None:
    steps = ("sync", opt_out(2), "sync", MERGE, "sync", {"edit": {"side": "crm", "set": {"Title": "$fresh"}}}, "sync")

    result = play(world(*steps), Ideal())

    assert rules(result) == set()
    looked = {c.check: c.looked_at for c in result.checks}
    assert looked["records_followed"] == 2, "one merge, one record that is left alone"


def test_who_takes_the_losers_record_away_is_accepted() -> None:
    assert rules(play(world("sync", MERGE, "sync"), Ideal(sins=frozenset({"follow_nothing"})))) == set()


def test_who_leaves_two_records_is_named() -> None:
    result = play(world("sync", MERGE, "sync"), Ideal(sins=frozenset({"keep_deleted", "follow_nothing"})))

    assert rules(result) == {"LIFE-001"}
    [finding] = found(result, "LIFE-001")
    assert (finding.system, finding.expected, finding.found, finding.sync) == ("ma", 1, 2, 2)
    assert finding.person.startswith("p0001")
    assert finding.bug_class == "B046"


@pytest.mark.parametrize("key", [EVERYTHING, NEWSLETTER])
def test_the_losers_refusal_holds_for_the_one_who_is_left(key: ConsentKey) -> None:
    steps = ("sync", opt_out(2, key.purpose), "sync", MERGE, "sync")

    assert rules(play(world(*steps), Ideal())) == set()
    result = play(world(*steps), Ideal(sins=FORGETFUL))

    assert "CONS-002" in rules(result)
    assert {f.person[:5] for f in found(result, "CONS-002")} == {"p0001"}


def test_a_proved_yes_before_the_merge_does_not_outweigh_the_other_ones_refusal() -> None:
    yes = {"opt_in": {"side": "ma", "who": {"index": 1}, "purpose": "newsletter", "evidence": {"source": "form"}}}

    assert "CONS-002" in rules(play(world("sync", opt_out(2, "newsletter"), yes, "sync", MERGE, "sync"), Ideal(sins=FORGETFUL)))


def test_a_merge_tells_nothing_of_others() -> None:
    result = play(world("sync", opt_out(2), "sync", {"merge": {"side": "crm", "into": {"index": 3}, "who": {"index": 4}}}, "sync"), Ideal())

    assert rules(result) == set()


def test_chained_merges_end_with_the_last_survivor() -> None:
    again = {"merge": {"side": "crm", "into": {"index": 3}, "who": {"index": 1}}}
    steps = ("sync", opt_out(2), "sync", MERGE, "sync", again, "sync")

    assert rules(play(world(*steps), Ideal())) == set()
    assert {f.person[:5] for f in found(play(world(*steps), Ideal(sins=FORGETFUL)), "CONS-002")} >= {"p0003"}


def test_the_loser_entered_anew_is_a_second_record() -> None:
    def enter(me: Any, sandbox: Sandbox) -> None:
        values = {"LastName": "Again", "Company": "C", "Email": seen[0]}
        me._write(Side.CRM, lambda: sandbox.crm.desk_create("Lead", values))

    seen: list[str] = []

    class Anew(Ideal):
        number = 0

        def _sync(self, sandbox: Sandbox) -> None:
            seen.append(str(contact(sandbox, Side.CRM, 1).values["Email"]))
            super()._sync(sandbox)
            self.number += 1
            if self.number == 2:
                enter(self, sandbox)

    result = play(world("sync", MERGE, "sync"), Anew())

    assert "IDENT-001" in rules(result)
    assert {f.person[:5] for f in found(result, "IDENT-001")} == {"p0001"}


def test_a_lost_edit_after_the_merge_is_told() -> None:
    steps = ("sync", MERGE, "sync", {"edit": {"side": "crm", "set": {"Phone": "$fresh"}}}, "sync")

    assert found(play(world(*steps), Deaf()), "FIELD-001")


class Deaf(Ideal):
    """Follows the merge and then carries nothing to the survivor any more."""

    def _sync(self, sandbox: Sandbox) -> None:
        super()._sync(sandbox)
        gone = [i for i, m in self.links.items() if sandbox.ma.store.get("contacts", m) and str(m) not in self.first]
        for crm_id in gone:
            del self.links[crm_id]
            self.deaf.add(crm_id)

    def _crm_row(self, obj: Any, row: Any) -> None:
        self.first |= {r.id for r in self.sandbox.ma.store.rows("contacts")} if not self.first else set()
        if row.id not in self.deaf:
            super()._crm_row(obj, row)

    def __init__(self) -> None:
        super().__init__()
        self.first: set[str] = set()
        self.deaf: set[str] = set()


# -- merged in the MA -------------------------------------------------------------------------------


def test_merged_in_the_ma_the_mapping_leaves_the_crm_open() -> None:
    result = play(world("sync", MERGE_MA, "sync"), Ideal())

    assert rules(result) == set()
    assert any("merged in the MA" in text for text in result.left_open)


def test_a_refusal_lost_by_the_vendors_own_merge_must_be_said_again() -> None:
    result = play(world("sync", opt_out(2), "sync", MERGE_MA, "sync"), Ideal(sins=FORGETFUL))

    assert {(f.rule, f.system) for f in result.findings} == {("CONS-002", "ma")}


# -- converted --------------------------------------------------------------------------------------

LEADS = {"kinds": {"lead": 1}}
CONVERT = {"convert": {"who": {"index": 1}}}


class Stubborn(Ideal):
    """Ideal, and it goes on writing to the lead as well."""

    def _sync(self, sandbox: Sandbox) -> None:
        super()._sync(sandbox)
        self._to_the_dead(sandbox)

    @staticmethod
    def _to_the_dead(sandbox: Sandbox) -> None:
        """Write to the first lead through the API, which refuses when it has been converted."""
        lead = next(iter(sandbox.crm.store.rows("Lead")))
        crm = sandbox.crm
        path = f"/services/data/v59.0/sobjects/Lead/{lead.id}"
        entry = crm.journal.open_exchange(crm.name, Actor.CONNECTOR, "PATCH", path, "", {}, b'{"Title": "x"}')
        entry.operation, entry.status = "sobjects.update", 400
        crm.refused(lead.id, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        crm.journal.close_exchange()


def test_a_conversion_that_is_followed_is_accepted() -> None:
    steps = ("sync", CONVERT, {"edit": {"side": "ma", "set": {"jobtitle": "$fresh"}}}, "sync", opt_out(1), "sync")

    assert rules(play(world(*steps, **LEADS), Ideal())) == set()


def test_the_sync_that_learns_of_a_conversion_may_still_try_the_lead() -> None:
    result = play(world("sync", CONVERT, "sync", **LEADS), Stubborn())

    assert "LIFE-002" not in rules(result)


def test_who_goes_on_writing_to_a_converted_lead_is_named() -> None:
    result = play(world("sync", CONVERT, "sync", "sync", "sync", **LEADS), Stubborn())

    [finding] = found(result, "LIFE-002")
    assert (finding.sync, finding.found, finding.bug_class) == (3, "CANNOT_UPDATE_CONVERTED_LEAD", "B047")
    assert "CANNOT_UPDATE_CONVERTED_LEAD" in finding.message


def test_an_opt_out_that_only_the_dead_lead_shows_has_not_arrived() -> None:
    def raise_on_the_lead(me: Any, sandbox: Sandbox) -> None:
        """Put the flag up on the lead, by a way that the vendor does not offer."""
        lead = next(iter(sandbox.crm.store.rows("Lead")))
        me._write(Side.CRM, lambda: sandbox.crm.store.update(lead, {"HasOptedOutOfEmail": True}))

    late = After(raise_on_the_lead, at=3, sins=frozenset({"no_way_back"}))
    result = play(world("sync", CONVERT, "sync", opt_out(1), "sync", **LEADS), late)

    assert ("CONS-002", "crm") in {(f.rule, f.system) for f in result.findings}


class Ignoring(Stubborn):
    """Tries the dead lead, owns up to the refusal, and never gets to the contact."""

    number = 0

    def _pair(self, obj: Any, crm_row: Any, ma_row: Any) -> None:
        if not self.number:
            super()._pair(obj, crm_row, ma_row)

    def _sync(self, sandbox: Sandbox) -> None:
        super()._sync(sandbox)
        self.number += 1


def test_a_refusal_of_the_dead_lead_excuses_nothing() -> None:
    steps = ("sync", CONVERT, {"edit": {"side": "ma", "set": {"jobtitle": "$fresh"}}}, "sync")

    result = play(world(*steps, **LEADS), Ignoring(exit_code=1))

    assert "jobtitle" in {f.field for f in found(result, "FIELD-001")}
