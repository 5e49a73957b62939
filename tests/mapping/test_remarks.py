"""Remarks in Polish and English."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syncproof.mapping.excel_writer import phrase_of
from syncproof.mapping.grammar import Direction, FieldRule, Winner
from syncproof.mapping.remarks import parse_consent, parse_remark
from syncproof_mocks.schema import FieldType

SYSTEMS = {"crm": "salesforce", "ma": "hubspot"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", {}),
        ("Tekst, Master: CRM", {"type": "text", "direction": "crm_to_ma"}),
        ("Text, Master: MA", {"type": "text", "direction": "ma_to_crm"}),
        ("Tekst, dwukierunkowo, Master: CRM", {"type": "text", "direction": "both", "winner": "crm"}),
        ("Text; Master: MA; two-way", {"type": "text", "direction": "both", "winner": "ma"}),
        ("TEKST,MASTER :crm", {"type": "text", "direction": "crm_to_ma"}),
        ("Liczba, master: HubSpot", {"type": "number", "direction": "ma_to_crm"}),
        ("Data", {"type": "date"}),
        ("Data i czas", {"type": "datetime"}),
        ("Telefon", {"type": "phone"}),
        ("Lista wyboru", {"type": "picklist"}),
        ("Lista wielokrotnego wyboru", {"type": "multi-picklist"}),
        ("Tak/Nie", {"type": "boolean"}),
        ("E-mail", {"type": "email"}),
        ("Kraj", {"type": "country"}),
        ("Typ: Tekst", {"type": "text"}),
        ("dwukierunkowo", {"direction": "both"}),
        ("nowszy wygrywa", {"direction": "both", "winner": "latest"}),
        ("two-way, latest wins", {"direction": "both", "winner": "latest"}),
        ("jednokierunkowo, Master: CRM", {"direction": "crm_to_ma"}),
        ("one-way, CRM -> MA", {"direction": "crm_to_ma"}),
        ("MA → CRM", {"direction": "ma_to_crm"}),
        ("z CRM do MA", None),
        ("CRM do MA", {"direction": "crm_to_ma"}),
        ("nie synchronizować", {"direction": "none"}),
        ("NIE SYNCHRONIZOWAC.", {"direction": "none"}),
        ("do not sync", {"direction": "none"}),
        ("wrażliwe", {"direction": "none", "sensitive": True}),
        (
            "zgoda: email/Newsletter",
            {"consent": {"channel": "email", "purpose": "Newsletter"}, "winner": "most_restrictive"},
        ),
        (
            "consent: newsletter",
            {"consent": {"channel": "email", "purpose": "newsletter"}, "winner": "most_restrictive"},
        ),
        ("zgoda", {"consent": {"channel": "email", "purpose": "*"}, "winner": "most_restrictive"}),
        ("zgoda: sms, Master: CRM", {"consent": {"channel": "sms", "purpose": "*"}, "direction": "crm_to_ma"}),
        ("puste nie nadpisuje", {"blank": "keep"}),
        ("puste czyści", {"blank": "clear"}),
        ("blank keeps", {"blank": "keep"}),
        ("max 40", {"max_length": 40}),
        ("Tekst. Maks. 40 znaków. Puste nie nadpisuje.", {"type": "text", "max_length": 40, "blank": "keep"}),
        ("do 40 znaków", {"max_length": 40}),
        ("enforce always", {"enforce": "always"}),
        ("CRM wins unless blank", {"direction": "both", "winner": "crm_unless_blank"}),
    ],
)
def test_a_remark_says_what_people_mean_by_it(text: str, said: dict[str, Any] | None) -> None:
    found = parse_remark(text, SYSTEMS)

    if said is None:
        assert found.problems
    else:
        assert (found.values(), found.problems) == (said, [])


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("tekts", "`tekts` is not understood.", "Did you mean `tekst`?"),
        ("Tekst, ask Anna", "`ask Anna` is not understood.", "Write phrases such as"),
        ("Mastr: CRM", "`Mastr: CRM` is not understood.", "Did you mean `master: crm`?"),
        ("Master: SAP", "`Master: SAP` names no system we know.", "Write `Master: CRM`"),
        ("Master: CRM, Master: MA", "two masters are named.", "Keep one"),
        ("Tekst, Data", "`Data` contradicts what the remark said before (type: text).", "Keep one"),
        ("jednokierunkowo", "`one-way` does not say which way.", "Add `Master: CRM`"),
        ("one-way, two-way", "the remark says both one-way and two-way.", "Keep one"),
        ("Master: CRM, nowszy wygrywa", "the remark names a master and a winner, but not that it is two-way.", "Add"),
        ("dwukierunkowo, Master: CRM, latest wins", "`Master: CRM` contradicts", "Keep one"),
        ("wrażliwe, Master: CRM", "the remark both forbids synchronisation", "Keep one"),
        ("CRM -> MA, Master: MA", "`Master` contradicts", "Keep one"),
        ("max 0", "`max 0`: the greatest length must be above 0.", "Write for example"),
        ("zgoda: fox/newsletter", "`fox` is not a channel", "Write for example"),
        ("puste czyści, puste nie nadpisuje", "`puste nie nadpisuje` contradicts", "Keep one"),
        ("x" * 3000, "the remark is longer than 2,000 characters.", "Shorten it."),
    ],
)
def test_what_is_not_understood_or_contradicts_itself_is_a_problem(text: str, message: str, remedy: str) -> None:
    problems = parse_remark(text, SYSTEMS).problems

    assert len(problems) == 1
    assert message in problems[0][0]
    assert problems[0][1].startswith(remedy)


def test_all_problems_of_a_remark_are_told_at_once() -> None:
    assert len(parse_remark("tekts, Mastr: CRM, max 0").problems) == 3


def test_a_consent_may_name_its_evidence_fields() -> None:
    assert parse_consent("email/newsletter | at: When__c | source: How__c") == (
        {"channel": "email", "purpose": "newsletter", "crm_at": "When__c", "crm_source": "How__c"},
        None,
    )
    assert "not understood" in str(parse_consent("email/x | whence: A")[1])


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(
    ["Tekst", "Master: CRM", "Master:", "max", "40", "zgoda:", "|", "/", "->", "CRM", "MA", "do", ",", ". ", "two-way", "wrażliwe", "ł", "\x00"]
)).map(" ".join)))  # fmt: skip
def test_no_text_makes_the_reader_fail(text: str) -> None:
    found = parse_remark(text, SYSTEMS)

    has_words = any(not c.isspace() and c not in ",;|.•" for c in text)
    assert bool(found.problems or found.values()) is has_words


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(FieldType)), st.sampled_from(list(Direction)), st.sampled_from([None, *Winner]),
       st.booleans(), st.sampled_from(["en", "pl"]))  # fmt: skip
def test_the_phrase_of_a_rule_is_read_back_as_the_rule(
    type_: FieldType, direction: Direction, winner: Winner | None, sensitive: bool, language: Any
) -> None:
    if sensitive:
        direction = Direction.NONE
    rule = FieldRule(crm="A", ma="b", type=type_, direction=direction, winner=winner, sensitive=sensitive)

    said = parse_remark(phrase_of(rule, language))

    assert said.problems == []
    assert (said.type, said.direction, said.sensitive) == (type_, direction, sensitive)
    assert said.winner == (winner if direction is Direction.BOTH else None)
