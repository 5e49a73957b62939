"""Values: worlds in which one value goes wrong in one way, or only looks as if it did."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.checks.no_placeholders import is_placeholder
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.journal import Exchange
from tests.checks.deeds import After, contact, found, world, write
from tests.ideal import Ideal
from tests.staging import play, rules


def edit(side: str, **values: Any) -> dict[str, Any]:
    return {"edit": {"side": side, "who": {"index": 1}, "set": values}}


def spoilt(field: str, how: Any) -> Ideal:
    """An ideal connector that spoils what it writes into one field of the MA."""
    return Ideal(spoil=lambda rule, side, raw: how(raw) if side is Side.MA and rule.ma == field and raw else raw)


# -- what fields_agree tells apart -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "ma", "how", "rule"),
    [
        ("Interests__c", "events;product", "interests", lambda raw: raw.split(";")[0], "FIELD-017"),
        ("Annual_Spend__c", 1.12, "annual_spend", lambda raw: raw.replace(".", ""), "FIELD-019"),
        ("MobilePhone", "+55 11 91234-5678", "mobilephone", lambda raw: raw.replace("119", "11"), "FIELD-018"),
        ("MobilePhone", "+48512987654", "mobilephone", lambda raw: raw.lstrip("+"), "FIELD-018"),
        ("MobilePhone", "+49 (0)151 23456789", "mobilephone", lambda _: "+49015123456789", "FIELD-018"),
        ("Last_Order_At__c", "2024-03-31T00:30:00.000+0000", "last_order_at", lambda _: "1970-01-20T19:00:00Z", "FIELD-009"),
        ("MailingCountry", "Czechia", "country", lambda _: "CZ", "FIELD-006"),
    ],
)  # fmt: skip
def test_the_damage_has_its_own_rule(field: str, value: Any, ma: str, how: Any, rule: str) -> None:
    story = world("sync", edit("crm", **{field: value}), "sync")

    assert play(story, Ideal()).findings == ()
    assert found(play(story, spoilt(ma, how)), rule)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("+49 (0)151 23456789", "+49 (0)151 23456789"),
        ("+49 (0)151 23456789", "+4915123456789"),
        ("0049 151 23456789", "+4915123456789"),
        ("0049 151 23456789", "0049 151 23456789"),
        ("+4915123456789", "0049 151 23456789"),
        ("+4915123456789", "+49 (0)151 23456789"),
    ],
)
def test_a_number_that_can_be_dialled_is_no_damage(written: str, sent: str) -> None:
    story = world("sync", edit("crm", MobilePhone=written), "sync")

    assert "FIELD-018" not in rules(play(story, spoilt("mobilephone", lambda _: sent)))


# -- refusals ----------------------------------------------------------------------------------------------------


class Refused(Ideal):
    """In sync 2 the MA refuses a value of the first contact; the connector says so and leaves the whole record as it was."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__()
        self.code, self.text, self.number = code, text, 0

    def __call__(self, sandbox: Sandbox, number: int) -> Any:
        start, self.number = len(sandbox.world.journal), number
        self.exit_code = int(number == 2)
        ended = super().__call__(sandbox, number)
        if number == 2:
            made = (e for e in sandbox.world.journal.entries[start:] if isinstance(e, Exchange))
            struck = next(e for e in made if e.system == sandbox.ma.name)
            struck.status, struck.method, struck.operation = 400, "PATCH", "objects.batch_update"
            struck.refused = [(contact(sandbox, Side.MA).id, self.code, self.text)]
        return ended

    def _pair(self, *rows: Any) -> None:
        if self.number != 2:
            super()._pair(*rows)


def test_what_was_left_out_with_a_refused_value_is_found_and_the_value_itself_is_not() -> None:
    story = world("sync", edit("crm", Preferred_Channel__c="Pigeon", Title="Chief"), "sync") | {"options": {"final_quiet": False}}

    result = play(story, Refused("INVALID_OPTION", "Pigeon was not one of the allowed options: [email]"))

    assert {f.field for f in found(result, "FIELD-015")} == {"jobtitle"}
    assert rules(result) == {"FIELD-015"}


def test_a_right_value_in_a_wrong_form_is_the_connectors_fault() -> None:
    story = world("sync", edit("crm", Annual_Spend__c=1.12), "sync") | {"options": {"final_quiet": False}}

    result = play(story, Refused("INVALID_INTEGER", "1,12 was not a valid number"))

    assert {f.field for f in found(result, "FIELD-016")} == {"annual_spend"}


def test_a_record_that_the_vendor_will_not_touch_at_all_is_excused() -> None:
    story = world("sync", edit("crm", Title="Chief"), "sync") | {"options": {"final_quiet": False}}

    assert play(story, Refused("RECORD_LOCKED", "try later")).findings == ()


# -- too long ----------------------------------------------------------------------------------------------------


class LeavesOut(Ideal):
    """Passes over what the mapping does not let through."""

    def _decide(self, rule: Any, base: Any, now: Any, *rows: Any) -> Any:
        too_long = rule.max_length and any(isinstance(v, str) and len(v) > rule.max_length for v in now)
        return now if too_long else super()._decide(rule, base, now, *rows)


@pytest.mark.parametrize(("code", "verdict"), [(1, set()), (0, {"FIELD-001"})])
def test_what_is_too_long_may_be_left_out_by_who_says_so(code: int, verdict: set[str]) -> None:
    story = world("sync", edit("ma", city="x" * 60), "sync")

    class Says(LeavesOut):
        def __call__(self, sandbox: Sandbox, number: int) -> Any:
            self.exit_code = code if number == 2 else 0
            return super().__call__(sandbox, number)

    assert rules(play(story, Says())) == verdict


# -- placeholders ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Unknown", "[not provided]", "N/A", " none ", "(NULL)", "Brak danych", "undefined", "nan"])
def test_words_for_nothing(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["Unknown Pleasures", "Nancy", "", None, 0, "Brakowski", "-"])
def test_other_words(text: Any) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(("side", "field"), [(Side.CRM, "Title"), (Side.MA, "jobtitle"), (Side.MA, "company")])
def test_a_placeholder_over_a_value_is_found(side: Side, field: str) -> None:
    result = play(world("sync"), After(write(side, {field: "[Not provided]"})))

    findings = found(result, "FIELD-020")
    here = [(f.field, f.found) for f in findings if f.system == str(side)]
    assert here == [(field, "[Not provided]")]  # the other side gets it with the next sync
    assert {(f.person or "")[:5] for f in findings} == {"p0001"}


def test_a_word_that_a_person_entered_is_a_value_like_any_other() -> None:
    story = world("sync", edit("crm", LastName="Unknown"), "sync")

    assert play(story, Ideal()).findings == ()


def test_a_new_record_may_have_a_word_where_the_vendor_demands_one_and_nowhere_else() -> None:
    people = {"total": 3, "placement": "ma", "kinds": {"lead": 3}}
    story = world({"edit": {"side": "ma", "who": "all", "set": {"lastname": "$blank", "company": "$blank", "firstname": "$blank"}}},
                  "sync", **people)

    def fills(*fields: str) -> Ideal:
        class Fills(Ideal):
            def _stored(self, rule: Any, side: Side, value: Any) -> Any:
                return "Unknown" if side is Side.CRM and rule.crm in fields and value is None else super()._stored(rule, side, value)

            def _create(self, obj: Any, target: Side, row: Any) -> None:
                if obj.object == "lead":
                    super()._create(obj, target, row)

        return Fills()

    assert "FIELD-020" not in rules(play(story, fills("LastName", "Company")))
    assert found(play(story, fills("LastName", "Company", "FirstName")), "FIELD-020")
