"""Who meets whom around a sync, which syncs are not judged, and who has no room on the other side."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import MatchKey, Side
from syncproof.oracle.identity import Identity
from syncproof.oracle.scope import DAY_MS, Scope
from tests.oracle.made import act, contact, evidence, exchange, link, mapped, padded, person, state, sync, there

CONTACT, LEAD = mapped(), mapped("lead", "Lead", "contacts")
COMPANY = mapped("company", "Account", "companies", match=(MatchKey(crm="Domain", ma="domain"),))
LINKS = (link("003A", "p1"), link("501", "p1", Side.MA), link("003B", "p2"), link("502", "p2", Side.MA), link("00Q1", "p3", name="lead"),
         link("503", "p3", Side.MA))


def scope(**more: Any) -> Scope:
    found = evidence(more.pop("people", ()), links=LINKS, **more)
    return Scope(found, Identity(found))


def around(before: Any, after: Any, base: Any = ((), ()), objects: Any = (CONTACT, LEAD, COMPANY), **more: Any) -> Any:
    made = scope(states=(state(0, 0, *base), state(1, 30, *after)), befores=(state(0, 10, *before),), objects=objects,
                 syncs=(sync(1, 10, 20),), entries=padded(), **more)
    return list(made.meetings(1))


A, B, Q = contact("003A"), contact("003B"), contact("00Q1", kind="Lead")


def test_a_meeting_holds_each_row_in_its_place() -> None:
    base = contact("003A", 7), there("501", 7)
    after = contact("003A", 8), there("501", 8)
    [one] = around(((A,), (there("501"),)), ((after[0],), (after[1],)), ((base[0],), (base[1],)))

    assert (one.sync, one.subject, one.object, one.crowded) == (1, "p1", CONTACT, False)
    assert (one.crm_base, one.ma_base, one.crm_after, one.ma_after) == (*base, *after)
    assert (one.before(Side.CRM), one.before(Side.MA), one.after(Side.CRM), one.after(Side.MA)) == (A, there("501"), *after)
    assert one.is_linked
    assert one.created_on is None


@pytest.mark.parametrize(
    ("before", "after", "linked", "made"),
    [
        (((A,), ()), ((A,), (there("501"),)), False, Side.MA), (((), (there("501"),)), ((A,), (there("501"),)), False, Side.CRM),
        (((A,), ()), ((A,), ()), False, None), (((A,), (there("501"),)), ((A,), ()), False, None),
        (((), (there("501"),)), ((), (there("501"),)), False, None), (((A,), (there("501"),)), ((A,), (there("501"),)), True, None),
    ],
)
def test_who_was_linked_and_who_was_made(before: Any, after: Any, linked: bool, made: Side | None) -> None:
    [one] = around(before, after, objects=(CONTACT,))

    assert (one.is_linked, one.created_on) == (linked, made)


def test_a_record_of_the_ma_counts_under_the_object_whose_record_the_person_has() -> None:
    found = around(((A, Q), (there("501"), there("503"), there("502"))), ((A, Q), ()))

    assert sorted((m.subject, m.object.object) for m in found) == [("p1", "contact"), ("p2", "lead"), ("p3", "lead")]


def test_without_a_lead_of_the_same_kind_it_is_a_contact() -> None:
    apart = mapped("lead", "Lead", "leads")

    assert [(m.subject, m.object.object) for m in around(((), (there("502"),)), ((), ()), objects=(CONTACT, apart))] == [("p2", "contact")]
    assert [(m.subject, m.object.object) for m in around(((), (there("502"),)), ((), ()), objects=(CONTACT,))] == [("p2", "contact")]


def test_companies_meet_by_their_key_in_any_letters() -> None:
    crm = tuple(contact(i, kind="Account", Domain=d) for i, d in (("1", " Acme.cz"), ("2", None), ("3", "b.cz")))
    ma = tuple(there(i, kind="companies", domain=d) for i, d in (("7", "acme.CZ"), ("8", "")))
    found = around((crm, ma), (crm, ma))

    assert [(m.subject, m.crm_before and m.crm_before.id, m.ma_before and m.ma_before.id) for m in found] == [
        ("acme.cz", "1", "7"), ("b.cz", "3", None),
    ]


def test_two_records_of_one_person_are_a_crowd() -> None:
    second = contact("003A2", Email="a@x.cz")
    for base, before, after in (((A, second), (A,), (A,)), ((A,), (A, second), (A, second)), ((A,), (A,), (A, second))):
        found = around((before, ()), (after, ()), (base, ()), people=(person("p1", "a@x.cz"),))
        assert [m.crowded for m in found] == [True]


def test_records_that_became_fewer_in_the_sync_are_a_crowd_and_others_are_none() -> None:
    merge = (act(5, "merge", "p1", record="003A", others=("003B",), value="003A"),)

    [one] = around(((A, B), ()), ((A,), ()), acts=merge)
    assert one.crowded
    [one] = around(((A, B), ()), ((A, B), ()), acts=merge)
    assert not one.crowded
    assert one.crm_before == A
    again = contact("003A2", Email="a@x.cz")
    [one] = around(((A,), ()), ((again,), ()), people=(person("p1", "a@x.cz"),))
    assert (one.crm_after, one.crowded) == (again, False), "one record in the place of one other is no union"
    [one] = around(((B,), ()), ((B,), ()), acts=merge)
    assert (one.subject, one.crm_before, one.crowded) == ("p1", B, False)


def test_the_first_of_several_stands_where_nobody_was_merged() -> None:
    second = contact("003A2", Email="a@x.cz")
    made = scope(people=(person("p1", "a@x.cz"),), states=(state(0, 0), state(1, 30)), befores=(state(0, 10, (A, second)),),
                 syncs=(sync(1, 10, 20),), entries=padded())
    [one] = made.meetings(1)

    assert made.all_before(one, Side.CRM) == [A, second]
    assert made.all_before(one, Side.MA) == []


def test_a_converted_lead_meets_nobody_any_more() -> None:
    convert = (act(9, "convert", "p3", record="00Q1", object="lead"),)

    assert around(((Q,), ()), ((Q,), ()), acts=convert) == []
    assert len(around(((Q,), ()), ((Q,), ()), acts=(act(10, "convert", "p3", record="00Q1", object="lead"),))) == 1


# -- which syncs are judged -----------------------------------------------------------------------------


def broken(*, fault: str = "server_error", exit_code: int | None = 1, ended: str = "exited", at: int = 12, **more: Any) -> bool:
    made = scope(syncs=(sync(1, 10, 20, exit_code=exit_code, ended=ended),), entries=padded(exchange(at, fault=fault)),
                 fault_sorts={"old_answer": "silent"}, **more)
    return made.is_broken(1)


def test_a_sync_is_not_judged_when_a_fault_struck_and_it_did_not_claim_success() -> None:
    assert broken()
    assert broken(ended="timeout", exit_code=None)
    assert broken(ended="timeout", exit_code=0)
    assert not broken(exit_code=0)
    assert not broken(fault="")
    assert broken(at=10)
    assert not broken(at=9)
    assert not broken(at=20)


def test_a_silent_fault_needs_no_admission_and_a_kill_is_seen() -> None:
    assert broken(fault="old_answer", exit_code=0)
    assert broken(fault="", exit_code=0, killed_syncs=frozenset({1}))
    assert not broken(fault="", exit_code=0, killed_syncs=frozenset({2}))


def test_faults_that_must_be_survived_are_no_excuse() -> None:
    assert not broken(options={"must_survive": True})
    assert not broken(fault="old_answer", options={"must_survive": True})
    assert broken(options={"must_survive": True}, killed_syncs=frozenset({1}))


def test_the_last_good_sync() -> None:
    made = scope(syncs=tuple(sync(n, 10 * n, 10 * n + 5) for n in (1, 2, 3)), entries=padded(), killed_syncs=frozenset({2}))

    assert [made.last_good(n) for n in (1, 2, 3, 4)] == [0, 1, 1, 3]


# -- room and exclusions --------------------------------------------------------------------------------

SHARED = (person("p1", "two@x.cz"), person("p2", "Two@x.cz"), person("p3", "own@x.cz"))


def taken(crm: Any, ma: Any, objects: Any = (CONTACT,)) -> str | None:
    made = scope(people=SHARED, states=(state(0, 0), state(1, 30, (crm,), ma)), befores=(state(0, 10, (crm,)),), objects=objects,
                 syncs=(sync(1, 10, 20),), entries=padded())
    [one] = made.meetings(1)
    return made.address_taken(one)


def test_a_shared_address_is_taken_where_another_has_it_in_the_ma() -> None:
    mine = contact("003A", Email="TWO@x.cz")

    assert taken(mine, (there("502", email="two@X.cz"),)) == "p2"
    assert taken(mine, (there("501", email="two@x.cz"),)) is None
    assert taken(mine, (there("502", email="new@x.cz"),)) is None
    assert taken(mine, (there("502", email="new@x.cz", more=("two@x.cz",)),)) == "p2"
    assert taken(contact("003A", Email="own@x.cz"), (there("503", email="own@x.cz"),)) is None
    account = contact("003A", kind="Account", Email="two@x.cz", Domain="x.cz")
    assert taken(account, (there("502", email="two@x.cz"),), (COMPANY, CONTACT.model_copy(update={"crm": "None"}))) is None


def test_a_record_is_kept_out_by_the_mappings_own_words() -> None:
    made, quiet = scope(), mapped(exclude=({"reason": "no mail", "crm": "Mail__c", "in": ["no"]},))
    no, yes, other = contact("1", Mail__c="no"), contact("2", Mail__c="yes"), there("3", Mail__c="no")

    assert made.kept_out(quiet, Side.CRM, no, 0) == "no mail"
    assert made.kept_out(quiet, Side.CRM, yes, 0) is None
    assert made.kept_out(quiet, Side.MA, other, 0) is None


def test_age_is_asked_again_on_another_day() -> None:
    made, row = scope(), contact("1", Since="2026-01-10")
    old = mapped(exclude=({"reason": "old", "crm": "Since", "older_than_months": 1},))
    day = 20_500 * DAY_MS  # in February 2026

    assert [made.kept_out(old, Side.CRM, row, at) is None for at in (day - 20 * DAY_MS, day + 20 * DAY_MS, day - 20 * DAY_MS)] == [True, False, True]


def test_what_an_ma_record_would_become_is_asked_by_its_mapped_fields_only() -> None:
    made = scope()
    by_title = mapped(exclude=({"reason": "no", "crm": "Title", "in": ["boss"]},))
    by_other = mapped(exclude=({"reason": "no", "crm": "Unmapped__c", "blank": True},))

    assert made.kept_out_beyond(by_title, there("1", jobtitle="boss"), 0)
    assert not made.kept_out_beyond(by_title, there("1", jobtitle="clerk"), 0)
    assert not made.kept_out_beyond(by_other, there("1"), 0)


def test_a_row_that_is_gone_does_not_answer_for_the_next_one() -> None:
    """Rows that nobody keeps are made and dropped here: each soon lies where the one before it lay."""
    made, quiet = scope(), mapped(exclude=({"reason": "no mail", "crm": "Mail__c", "in": ["no"]},))

    answers = [made.kept_out(quiet, Side.CRM, contact(str(n), Mail__c="yes" if n % 2 else "no"), 0) for n in range(200)]

    assert answers == ["no mail", None] * 100
