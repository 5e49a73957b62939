"""For how long a refusal excuses, what it is about, and what is no refusal at all."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Exclusion, FieldRule, OwnerRule, Side
from syncproof.oracle.identity import Identity
from syncproof.oracle.refusals import Refusals, is_accepted_write, is_refused_write, is_shut_out, looks_only
from syncproof_mocks.journal import Actor
from tests.oracle.made import (
    EMAIL,
    OUT,
    TITLE,
    act,
    change,
    contact,
    evidence,
    exchange,
    link,
    mapped,
    padded,
    person,
    state,
    sync,
    there,
)

LINKS = (link("501", "p1", Side.MA), link("502", "p2", Side.MA), link("003A", "p1"), link("77", "acme", Side.MA, "company"))


def refusal(seq: int, record: str = "501", **more: Any) -> Any:
    given = {"method": "PATCH", "path": f"/contacts/{record}", "operation": "contacts.update", "status": 400,
             "refused": [(record, "INVALID_OPTION", "no")], **more}
    return exchange(seq, **given)


def refusals(*entries: Any, exits: tuple[int | None, ...] = (1, 1, 1), ended: str = "exited", **more: Any) -> Refusals:
    syncs = tuple(sync(n, 10 * n, 10 * n + 9, exit_code=code, ended=ended) for n, code in enumerate(exits, start=1))
    found = evidence((person("p1", "ann@x.cz"),), LINKS, syncs=syncs, entries=padded(*entries), **more)
    return Refusals(found, Identity(found))


def excused(made: Refusals, who: str = "p1", side: Side = Side.MA) -> list[bool]:
    return [made.excuses(n, side, who) is not None for n in range(1, len(made.evidence.syncs) + 1)]


def test_a_parked_refusal_excuses_as_long_as_it_is_owned_up_to_and_nobody_edits() -> None:
    assert excused(refusals(refusal(12))) == [True, True, True]
    assert excused(refusals(refusal(12), exits=(1, 0, 1))) == [True, False, False]
    assert excused(refusals(refusal(12), exits=(0, 1, 1))) == [False, False, False]
    assert excused(refusals(refusal(22))) == [False, True, True]
    assert excused(refusals(refusal(12), acts=(act(15, "edit", "p1", after_sync=1),))) == [True, False, False]
    assert excused(refusals(refusal(12), acts=(act(25, "edit", "p1", after_sync=2),))) == [True, True, False]
    assert excused(refusals(refusal(12), acts=(act(5, "edit", "p1", after_sync=0), act(6, "edit", "p2", after_sync=2)))) == [True, True, True]
    assert excused(refusals(refusal(12), ended="settled", exits=(None, None))) == [True, True]
    assert excused(refusals(refusal(12), ended="timeout", exits=(None, None))) == [False, False]
    assert excused(refusals(refusal(12)), side=Side.CRM) == [False, False, False]


SCORE = FieldRule(crm="Score__c", ma="score", direction="ma_to_crm")
STAYS = FieldRule(crm="Id__c", ma="id_number", direction="none")
KEPT_OUT = Exclusion(reason="partners", crm="Kind__c", any_of=("Partner",))
WIDE = mapped(fields=(EMAIL, TITLE, OUT, SCORE, STAYS), exclude=(KEPT_OUT,), owner=OwnerRule(crm="OwnerId", ma="hubspot_owner_id"))


@pytest.mark.parametrize(
    ("more", "is_news"),
    [
        ({"kind": "edit", "field": "Title"}, True),
        ({"kind": "edit", "field": "Email"}, True),
        ({"kind": "edit", "field": "Kind__c"}, True),
        ({"kind": "edit", "field": "OwnerId"}, True),
        ({"kind": "edit", "field": "jobtitle", "side": Side.MA}, True),
        ({"kind": "restore"}, True),
        ({"kind": "edit", "field": "Score__c"}, False),
        ({"kind": "edit", "field": "Id__c"}, False),
        ({"kind": "edit", "field": "Nobody_Mapped_It__c"}, False),
        ({"kind": "edit", "field": "Out"}, False),
        ({"kind": "opt_out"}, False),
        ({"kind": "opt_in"}, False),
        ({"kind": "bounce"}, False),
    ],
)
def test_a_parked_refusal_is_forgotten_only_when_something_else_is_to_be_sent(more: dict[str, Any], is_news: bool) -> None:
    deed = act(15, more.pop("kind"), "p1", after_sync=1, **more)

    assert excused(refusals(refusal(12), acts=(deed,), objects=(WIDE,))) == [True, not is_news, not is_news]


def test_what_travels_to_the_crm_only_is_news_for_the_crm_only() -> None:
    deed = act(15, "edit", "p1", Side.MA, after_sync=1, field="score")
    to_crm = refusal(12, "003A", system="salesforce")

    assert excused(refusals(to_crm, acts=(deed,), objects=(WIDE,)), side=Side.CRM) == [True, False, False]
    assert excused(refusals(refusal(12), acts=(deed,), objects=(WIDE,))) == [True, True, True]


def test_a_refusal_is_known_whatever_was_said_of_it_and_only_in_its_own_sync() -> None:
    made = refusals(refusal(12), exits=(0, 0, 0))

    assert [made.about(n, Side.MA, "p1") is not None for n in (1, 2)] == [True, False]
    assert made.about(1, Side.MA, "p2") is None
    assert refusals(refusal(9)).about(1, Side.MA, "p1") is None


def test_a_refusal_stands_until_the_connector_has_written_the_person() -> None:
    by_connector = change(25, there("501"), there("501", 2))

    assert not refusals(refusal(12)).still_stand(1)
    assert refusals(refusal(12)).still_stand(2)
    assert not refusals(refusal(12), exits=(0, 1, 1)).still_stand(2)
    assert not refusals(refusal(12), by_connector).still_stand(2)
    assert refusals(refusal(12), by_connector).still_stand(1) is False
    assert refusals(refusal(12), change(25, there("501"), there("501", 2), Actor.MA_USER)).still_stand(2)
    assert refusals(refusal(12), change(25, there("502"), there("502", 2))).still_stand(2)
    assert refusals(refusal(12), change(25, contact("003A"), contact("003A", 2))).still_stand(2)
    assert refusals(refusal(12), change(25, there("501"), None)).still_stand(2)
    assert refusals(refusal(12), change(35, there("501"), there("501", 2))).still_stand(2)
    assert refusals(refusal(12), change(15, there("501"), there("501", 2))).still_stand(2)


def test_what_passes_by_itself_is_no_excuse_where_it_must_be_survived() -> None:
    struck = refusal(12, fault="server_error")

    assert excused(refusals(struck))[0]
    assert not excused(refusals(struck, options={"must_survive": True}))[0]
    assert excused(refusals(refusal(12), options={"must_survive": True}))[0]
    assert excused(refusals(struck, options={"must_survive": True}, fault_sorts={"server_error": "refusal"}))[0]


def test_what_was_sent_to_a_record_that_people_merged_away_is_no_excuse() -> None:
    merge = act(5, "merge", "p1", Side.MA, record="501", others=("502",), value="501")

    assert excused(refusals(refusal(12, "502"), acts=(merge,))) == [False] * 3
    assert excused(refusals(refusal(12, "501"), acts=(merge,)))[0]
    during = act(11, "merge", "p1", Side.MA, record="501", others=("502",), value="501")
    assert excused(refusals(refusal(12, "502"), acts=(during,)), "p2")[0]
    for more in ({"body": b'{"id":"502"}'}, {"refused": [("502.", "X", "no"), ("501", "X", "no")]}):
        assert not excused(refusals(refusal(12, "501", **more), acts=(merge,)))[0]


def test_a_company_is_nobody_and_records_that_the_connector_made_are_known() -> None:
    made = refusals(states=(state(0, 0), state(1, 9, ma=(there("909", email="ann@x.cz"),))),
                    befores=(state(0, 5, (contact("003Z", Email="ann@x.cz"),)),))

    assert made.mentioned("77 501 909 003z, ann@x.cz;") == {"p1"}
    assert made.mentioned("77") == set()
    assert made.mentioned("5011 x501") == set()
    assert made.mentioned("(502) was not found.") == {"p2"}


def test_each_item_is_about_whom_it_names_or_who_is_alone_in_the_request() -> None:
    both = refusal(12, "501", path="/batch", body=b'{"ids":["501","502"]}', refused=[("502", "X", ""), ("", "X", "somebody")])
    made = refusals(both)

    assert [made.people_of(both, item) for item in both.refused] == [{"p2"}, set()]
    assert made.people_of(refusal(12), ("", "X", "bad")) == {"p1"}
    assert made.people_of(refusal(12, path="/batch"), ("502", "X", "bad")) == {"p2"}


@pytest.mark.parametrize(
    ("more", "looks"),
    [
        ({"method": "GET"}, True), ({"method": "HEAD"}, True), ({"operation": "contacts.batch_read"}, True), ({"operation": "search.objects"}, True),
        ({"operation": "bulk2.query.create"}, True), ({"operation": "list.create"}, False), ({}, False), ({"operation": None}, False),
    ],
)
def test_what_only_looks(more: dict[str, Any], looks: bool) -> None:
    assert looks_only(refusal(1, **more)) is looks
    assert is_refused_write(refusal(1, **more)) is not looks


def test_a_session_that_has_ended_refuses_nothing() -> None:
    for out in (refusal(1, status=401), refusal(1, refused=[("", "INVALID_SESSION_ID", "")])):
        assert is_shut_out(out)
        assert not is_refused_write(out)
    assert not is_shut_out(refusal(1))
    assert not is_shut_out(refusal(1, status=402))
    assert not is_refused_write(refusal(1, refused=[]))


@pytest.mark.parametrize(
    ("more", "accepted"),
    [({"status": 200}, True), ({"status": 299}, True), ({"status": 199}, False), ({"status": 300}, False),
     ({"status": 200, "operation": None}, False), ({"status": 200, "operation": "bulk1.job.create"}, False),
     ({"status": 200, "operation": "contacts.read"}, False)],
)
def test_what_was_accepted(more: dict[str, Any], accepted: bool) -> None:
    assert is_accepted_write(refusal(1, **more)) is accepted
