"""Two people behind one address: what must arrive, what cannot, whose a record is, and whose a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.model import ScenarioResult
from syncproof.sandbox import Sandbox
from syncproof_mocks.consent import ConsentProof
from syncproof_mocks.journal import Actor
from tests.checks.deeds import EVERYTHING, NEWSLETTER, After, Deed, contact, found, world
from tests.ideal import Ideal
from tests.staging import play, rules

SILENT = {"consent": {"never_asked": 1}, "newsletter": {"never_asked": 1}}


class Keen(Ideal):
    """Ideal, and it knows that the MA takes an address once: who comes second is left out."""

    def _create(self, obj: Any, target: Side, row: Any) -> None:
        address = str(row.values.get("Email") or "").casefold()
        if target is Side.MA and any(r.values.get("email") == address for r in self.sandbox.ma.store.rows("contacts")):
            return
        super()._create(obj, target, row)


class KeenAfter(Keen, After):
    pass


def shared(*steps: Any, **population: Any) -> dict[str, Any]:
    settings = {"total": 6, "kinds": {"customer": 6}, "dirt": {"shared_address": 1}, **SILENT, **population}
    return world(*steps, **settings)


def the_two(sandbox: Sandbox) -> tuple[Any, Any]:
    """Return the CRM records of the two, by address: the first seeded first."""
    by_address: dict[str, list[Any]] = {}
    for row in sandbox.crm.store.rows("Contact"):
        by_address.setdefault(row.values["Email"], []).append(row)
    [pair] = [rows for rows in by_address.values() if len(rows) == 2]
    return pair[0], pair[1]


def in_ma(sandbox: Sandbox) -> Any:
    [row] = [r for r in sandbox.ma.store.rows("contacts") if r.values["email"] == the_two(sandbox)[0].values["Email"]]
    return row


def left_out(result: ScenarioResult) -> list[str]:
    return [line for line in result.not_checked if "takes it once" in line]


@pytest.mark.parametrize("placement", ["both", "crm"])
def test_one_of_the_two_is_enough_and_the_other_is_told(placement: str) -> None:
    result = play(shared("sync", {"edit": {"side": "crm", "set": {"Title": "$fresh"}, "who": "all"}}, "sync", placement=placement), Keen())

    assert not result.findings
    assert len(left_out(result)) == 1


def test_when_neither_of_the_two_arrives_both_are_missed() -> None:
    class Neither(Ideal):
        def _create(self, obj: Any, target: Side, row: Any) -> None:
            emails = [r.values["Email"] for r in self.sandbox.crm.store.rows("Contact")]
            if emails.count(row.values.get("Email")) < 2:
                super()._create(obj, target, row)

    result = play(shared("sync", placement="crm"), Neither())

    assert len({f.person for f in found(result, "SCOPE-001")}) == 2
    assert not left_out(result)


def test_the_values_of_the_other_in_the_record_are_found() -> None:
    def take_over(me: Any, sandbox: Sandbox) -> None:
        there = in_ma(sandbox)
        one, other = the_two(sandbox)
        stranger = other if one.values["LastName"] == there.values["lastname"] else one
        me._write(Side.MA, lambda: sandbox.ma.desk_edit("contacts", there.id, {"address": stranger.values["MailingStreet"]}))

    for placement in ("both", "crm"):
        result = play(shared("sync", placement=placement), KeenAfter(take_over))

        assert "ma" in {f.system for f in found(result, "IDENT-002")}, placement
        assert found(result, "FIELD-010"), placement


def test_a_record_full_of_a_third_persons_values_is_still_of_one_of_the_two() -> None:
    def fill(me: Any, sandbox: Sandbox) -> None:
        pair = the_two(sandbox)
        third = next(r for r in sandbox.crm.store.rows("Contact") if r.values["Email"] != pair[0].values["Email"]).values
        taken = {"phone": third["Phone"], "jobtitle": third["Title"], "address": third["MailingStreet"], "zip": third["MailingPostalCode"]}
        there = in_ma(sandbox)
        me._write(Side.MA, lambda: sandbox.ma.desk_edit("contacts", there.id, taken))
        me._write(Side.MA, lambda: sandbox.ma.desk_edit("contacts", there.id, {"firstname": third["FirstName"], "mobilephone": third["MobilePhone"]}))

    result = play(shared("sync", placement="crm"), KeenAfter(fill))

    pair = {line.partition(":")[0] for line in left_out(result)} | {line.rpartition("record of ")[2].partition(",")[0] for line in left_out(result)}
    assert len(pair) == 2
    assert {f.person for f in found(result, "IDENT-002") if f.system == "ma"} <= pair
    assert not found(result, "IDENT-001")


def test_a_second_record_of_one_of_them_is_counted_for_that_one() -> None:
    def double(me: Any, sandbox: Sandbox) -> None:
        row = the_two(sandbox)[1]
        values = {k: row.values[k] for k in ("LastName", "Email", "Phone")}
        me._write(Side.CRM, lambda: sandbox.crm.desk_create("Contact", values))

    [finding] = found(play(shared("sync", placement="crm"), KeenAfter(double)), "IDENT-001")

    assert (finding.system, finding.found) == ("crm", 2)


def say_no(side: Side, which: int, key: Any = EVERYTHING) -> Deed:
    def deed(me: Any, sandbox: Sandbox) -> None:
        me._say(side, in_ma(sandbox) if side is Side.MA else the_two(sandbox)[which], key, False, None)

    return deed


@pytest.mark.parametrize("which", [0, 1])
def test_a_no_of_either_may_count_for_the_address(which: int) -> None:
    no = {"opt_out": {"side": "crm", "who": {"dirt": "shared_address"}}}

    for side in Side:
        assert "CONS-003" not in rules(play(shared("sync", no, "sync"), KeenAfter(say_no(side, which), at=2)))
    assert "CONS-003" in rules(play(shared("sync", "sync"), KeenAfter(say_no(Side.CRM, which), at=2)))


def test_a_yes_of_one_may_give_way_to_the_no_of_the_other() -> None:
    agreed = {"opt_in": {"side": "crm", "who": {"count": 6}, "purpose": "newsletter", "evidence": {"source": "form", "text": "yes"}}}
    no = {"opt_out": {"side": "crm", "who": {"dirt": "shared_address"}, "purpose": "newsletter"}}

    result = play(shared("sync", agreed, "sync", no, "sync"), KeenAfter(say_no(Side.MA, 0, NEWSLETTER), at=3))

    assert not {"CONS-003", "CONS-008"} & rules(result)


def test_a_no_that_neither_has_said_is_invented() -> None:
    result = play(shared("sync"), KeenAfter(say_no(Side.MA, 0)))

    assert "ma" in {f.system for f in found(result, "CONS-003")}


def test_a_yes_for_the_address_that_neither_has_given_is_invented() -> None:
    def agree(me: Any, sandbox: Sandbox) -> None:
        me._say(Side.MA, in_ma(sandbox), NEWSLETTER, True, ConsentProof("2026-01-01T00:00:00Z", "import"))

    assert "ma" in {f.system for f in found(play(shared("sync"), KeenAfter(agree)), "CONS-004")}


# -- an address that is typed ----------------------------------------------------------------------------------


def typed(*more: Any) -> dict[str, Any]:
    edit = {"edit": {"side": "crm", "who": {"index": 2}, "set": {"Email": {"$of": "p0004"}, "Title": "$fresh"}}}
    return world("sync", edit, "sync", *more, **{"total": 4, "kinds": {"customer": 4}, **SILENT})


class Careful(Ideal):
    """Ideal, and it leaves an address alone that another MA contact has."""

    def _stored(self, rule: Any, side: Side, value: Any) -> Any:
        stored = super()._stored(rule, side, value)
        held = {r.values["email"]: r.id for r in self.sandbox.ma.store.rows("contacts")}
        return self.mine if side is Side.MA and rule.ma == "email" and held.get(stored, self.me) != self.me else stored

    def _pair(self, obj: Any, crm_row: Any, ma_row: Any) -> None:
        self.me, self.mine = ma_row.id, ma_row.values.get("email")
        super()._pair(obj, crm_row, ma_row)


def test_an_address_that_somebody_else_has_need_not_travel() -> None:
    assert not play(typed(), Careful()).findings


def test_the_rest_of_what_was_typed_must_travel() -> None:
    class Idle(Careful):
        def _decide(self, rule: Any, base: Any, now: Any, crm_row: Any, ma_row: Any) -> Any:
            return now if rule.crm == "Title" else super()._decide(rule, base, now, crm_row, ma_row)

    assert {(f.rule, f.field) for f in play(typed(), Idle()).findings} == {("FIELD-001", "jobtitle")}


def test_an_address_that_has_become_free_must_travel() -> None:
    class Idle(Careful):
        def _decide(self, rule: Any, base: Any, now: Any, crm_row: Any, ma_row: Any) -> Any:
            return now if rule.crm == "Email" else super()._decide(rule, base, now, crm_row, ma_row)

    moved = {"edit": {"side": "ma", "who": {"index": 4}, "set": {"email": "$fresh"}}}
    story = typed()
    story["steps"].insert(1, moved)

    assert not play(story, Careful()).findings
    assert {(f.rule, f.field) for f in play(story, Idle()).findings} == {("FIELD-001", "email")}


def test_who_is_written_into_the_record_of_that_address_is_found() -> None:
    def upsert(me: Any, sandbox: Sandbox) -> None:
        second = list(sandbox.crm.store.rows("Contact"))[1].values
        row = next(r for r in sandbox.ma.store.rows("contacts") if r.values["email"] == second["Email"])
        me._write(Side.MA, lambda: sandbox.ma.desk_edit("contacts", row.id, {"jobtitle": second["Title"]}))

    class Upserting(Careful, After):
        pass

    assert "FIELD-010" in rules(play(typed(), Upserting(upsert, at=2)))


class Refused(Careful, After):
    """Tries all the same in sync 2, and the MA answers that the address is taken."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(self._try, at=2, exit_code=exit_code)

    @staticmethod
    def _try(me: Any, sandbox: Sandbox) -> None:
        row = contact(sandbox, Side.MA, 1)
        body = f'{{"inputs": [{{"id": "{row.id}", "properties": {{"email": "x"}}}}]}}'.encode()
        entry = sandbox.world.journal.open_exchange("hubspot", Actor.CONNECTOR, "POST", "/crm/v3/objects/contacts/batch/update", "", {}, body)
        entry.status, entry.operation, entry.refused = 409, "objects.batch_update", ((row.id, "CONFLICT", "already has that value"),)
        sandbox.world.journal.close_exchange()


def test_whoever_tried_and_was_refused_must_say_so() -> None:
    silent, honest = play(typed(), Refused(0)), play(typed(), Refused(1))

    assert {"STATUS-001", "FIELD-001"} <= rules(silent)
    assert not {"STATUS-001", "FIELD-001"} & rules(honest)


def test_a_value_that_somebody_typed_into_a_record_is_no_mixture_there() -> None:
    edit = {"edit": {"side": "crm", "who": {"index": 2}, "set": {"MailingStreet": {"$of": "p0004"}}}}

    result = play(world("sync", edit, "sync", **SILENT), Ideal())

    assert not result.findings
