"""The ledger that a report shows: who said what, what each system holds, what became of the evidence."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.oracle import consent_record
from syncproof.oracle.consent_record import consent_records
from syncproof.oracle.fields import Oracle
from syncproof_mocks.consent import ConsentKey, ConsentState
from tests.checks.deeds import After, world, write
from tests.ideal import Ideal
from tests.oracle import made
from tests.staging import play

SUBSCRIBED = {"consent": {"subscribed": 4}, "newsletter": {"subscribed": 4}}
NO = {"opt_out": {"side": "ma", "purpose": "newsletter"}}


def row(rows: tuple[dict[str, Any], ...], person: str, key: str) -> dict[str, Any]:
    return next(r for r in rows if r["person"].startswith(person) and r["key"] == key)


def test_it_tells_what_was_said_and_what_became_of_it_on_both_sides() -> None:
    result = play(world("sync", NO, "sync", **SUBSCRIBED), Ideal())

    found = row(result.consents, "p0001", "email/newsletter")
    assert [(s["what"], s["side"], s["by"]) for s in found["said"]] == [
        ("yes", "crm", "seed"), ("yes", "ma", "seed"), ("no", "ma", "person")]
    assert (found["state"], found["crm"]["state"], found["ma"]["state"]) == ("withdrawn", "withdrawn", "withdrawn")
    assert [(t["side"], t["actor"], t["from"], t["to"]) for t in found["turns"]] == [
        ("ma", "ma_user", "granted", "withdrawn"), ("crm", "connector", "granted", "withdrawn")]
    assert [t["request"] for t in found["turns"]] == [None, "PATCH /ideal"]
    assert (found["deliverability"], found["lifecycle"], found["evidence_lost"]) == ("ok", "active", [])


def test_people_of_whom_nothing_happened_do_not_bury_the_others() -> None:
    result = play(world("sync", NO, "sync", **SUBSCRIBED), Ideal())

    assert {r["person"].split()[0] for r in result.consents} == {"p0001"}


def test_lost_evidence_and_the_other_axes_stand_apart() -> None:
    steps = ("sync", {"bounce": {"who": {"skip": 1}}}, NO | {}, {"erase": {"side": "crm", "who": {"skip": 2}}}, "sync")
    lose = write(Side.CRM, {"Newsletter_Consent_Source__c": None}, index=1)
    said = {"opt_out": {"side": "ma", "who": {"skip": 1}}}, {"opt_out": {"side": "ma", "who": {"skip": 2}}}

    result = play(world("sync", *said, *steps[1:], **SUBSCRIBED), After(lose, at=1))

    second, third = row(result.consents, "p0002", "email/*"), row(result.consents, "p0003", "email/*")
    assert (second["deliverability"], second["lifecycle"]) == ("invalid", "active")
    assert (third["deliverability"], third["lifecycle"]) == ("ok", "erased")
    assert row(result.consents, "p0002", "email/newsletter")["crm"]["state"] == "claimed"


def test_evidence_lost_names_the_side_that_cannot_prove_a_standing_yes() -> None:
    lose = write(Side.CRM, {"Newsletter_Consent_Source__c": None})

    result = play(world("sync", **SUBSCRIBED), After(lose))

    assert row(result.consents, "p0001", "email/newsletter")["evidence_lost"] == ["crm"]


def test_only_what_was_said_of_this_key_is_told_and_only_the_erased_are_erased() -> None:
    news, everything, phone, other = (ConsentKey(*k) for k in (("email", "newsletter"), ("email", "*"), ("phone", "*"), ("email", "offers")))
    acts = tuple(made.act(n, "opt_out", "p1", key=key) for n, key in enumerate((news, everything, phone, other), start=1))
    gone = (made.act(9, "delete", "p1"), made.act(9, "erase", "p2"), made.act(9, "opt_out", "p2", key=news))
    oracle = Oracle(made.evidence((made.person("p1", "a@x.cz"),), acts=(*acts, *gone), entries=made.padded()))

    rows = {(r["person"], r["key"]): r for r in consent_records(oracle)[0]}
    assert [s["key"] for s in rows["p1 Label", "email/newsletter"]["said"]] == ["email/newsletter", "email/*"]
    assert [s["key"] for s in rows["p1 Label", "email/*"]["said"]] == ["email/*"]
    assert rows["p1 Label", "email/*"]["lifecycle"] == "archived"
    assert rows["p2", "email/newsletter"]["lifecycle"] == "erased"


def test_the_most_restrictive_of_several_records_is_told_and_only_the_turns_of_this_key() -> None:
    news, offers = ConsentKey("email", "newsletter"), ConsentKey("email", "*")
    yes, no = (made.contact(i, said=(made.mark(news, s),)) for i, s in (("003A", ConsentState.GRANTED), ("003A2", ConsentState.WITHDRAWN)))
    other = made.contact("003B", said=(made.mark(news, ConsentState.WITHDRAWN), made.mark(offers, ConsentState.WITHDRAWN)))
    by_address = made.there("a@x.cz", kind="consents", said=(made.mark(news, ConsentState.CLAIMED),))
    links = (made.link("003A", "p1"), made.link("003A2", "p1"), made.link("003B", "p2"))
    turns = made.padded(made.change(5, None, other), made.change(6, None, no))
    for rows in ((yes, no), (no, yes)):
        oracle = Oracle(made.evidence((made.person("p1", "a@x.cz"),), links, states=(made.state(0, 50, rows, (by_address,)),), entries=turns))
        found = {(r["person"], r["key"]): r for r in consent_records(oracle)[0]}
        assert (found["p1 Label", "email/newsletter"]["crm"]["state"], found["p1 Label", "email/newsletter"]["ma"]["state"]) == ("withdrawn", "claimed")
        assert [t["seq"] for t in found["p1 Label", "email/newsletter"]["turns"]] == [6]
        assert [len(found["p2", key]["turns"]) for key in ("email/newsletter", "email/*")] == [1, 1]


def test_where_there_is_no_room_for_all_the_troubled_are_kept_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent_record, "MOST_ROWS", 2)
    news = ConsentKey("email", "newsletter")
    people = tuple(made.person(f"p{n}", f"p{n}@x.cz") for n in range(1, 6))
    links = tuple(made.link(f"003{n}", f"p{n}") for n in range(1, 6))
    acts = tuple(made.act(n, "opt_out", f"p{n}", key=news) for n in range(1, 6))
    # p4 said no, and the CRM says yes.
    rows = tuple(made.contact(f"003{n}", said=(made.mark(news, ConsentState.GRANTED if n == 4 else ConsentState.WITHDRAWN),)) for n in range(1, 6))
    oracle = Oracle(made.evidence(people, links, acts, states=(made.state(0, 50, rows),), entries=made.padded()))

    kept, left_out = consent_records(oracle, {"p5 Label"})
    assert ([r["person"] for r in kept], left_out) == (["p5 Label", "p4 Label"], 3)
    assert consent_records(oracle)[0][0]["person"] == "p4 Label"
