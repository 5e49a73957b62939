"""What surrounds a consent that a connector writes, on made evidence: said once it is written once, and its proof goes along."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule, Side
from syncproof_mocks.consent import ConsentKey, ConsentProof, ConsentState
from syncproof_mocks.journal import Actor
from tests.checks.small import AT, around, asked, opted, told, wrote, wrote_in
from tests.oracle.made import ALL, NEWS, act, contact, exchange, mapped, mark, there

UNKNOWN, PENDING, CLAIMED = ConsentState.UNKNOWN, ConsentState.PENDING, ConsentState.CLAIMED
GRANTED, CONFIRMED, WITHDRAWN = ConsentState.GRANTED, ConsentState.CONFIRMED, ConsentState.WITHDRAWN
NO, SOURCE = "opt_out", "form"

# -- I12: one word, one change -------------------------------------------------------------------------


def twice(*entries: Any, acts: tuple[Any, ...] = (), **more: Any) -> Any:
    return wrote_in("one_word_one_write", exchange(11), exchange(13), *entries, acts=acts, **more)


def test_one_word_that_was_written_twice_is_found() -> None:
    found = twice(wrote(UNKNOWN, CLAIMED, by=11), wrote(CLAIMED, GRANTED, 14, by=13), acts=(opted(5),))

    assert told(found, "expected", "found", "classification", "caused_by", "record_id", "requests") == [
        ("CONS-012", "ma", "p1 Label", 1, 2, "consent_echoed", 14, "501", (11, 13))
    ]
    assert found.looked == {"CONS-012": 1}
    assert "wrote it 2 times in the MA" in found.findings[0].message


@pytest.mark.parametrize(("entries", "acts", "looked"), [
    ((wrote(UNKNOWN, GRANTED),), (opted(5),), 1),
    ((wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, GRANTED, 14)), (opted(5), opted(13)), 2),  # two words
    ((wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, GRANTED, 14)), (opted(5), act(13, "edit", "p1")), 2),
    ((wrote(UNKNOWN, CLAIMED), wrote(UNKNOWN, CLAIMED, 14, Side.CRM)), (opted(5),), 2),
    ((wrote(UNKNOWN, CLAIMED), wrote(UNKNOWN, CLAIMED, 14, key=ALL)), (opted(5),), 2),
    ((wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, GRANTED, 14, actor=Actor.MA_USER)), (opted(5),), 1),
    ((wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, None, 14)), (opted(5),), 1),  # the write took the record away
    ((wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, UNKNOWN, 14, deleted=True)), (opted(5),), 1),
    ((wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, GRANTED, 25)), (opted(5),), 1),  # after the last sync
    ((wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, GRANTED, 9)), (opted(5),), 1),
    ((wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, GRANTED, 18)), (opted(5),), 1),
    ((wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, GRANTED, 10)), (opted(5),), 1),
])
def test_what_is_no_repetition(entries: Any, acts: Any, looked: int) -> None:
    found = twice(*entries, acts=acts)
    within = looked if entries[-1].seq != 10 else 1

    assert [f.found for f in found.findings] == ([2] if entries[-1].seq == 10 else [])
    assert found.looked == {"CONS-012": within}


def test_an_act_about_somebody_else_is_no_second_word() -> None:
    found = twice(wrote(UNKNOWN, CLAIMED), wrote(CLAIMED, GRANTED, 14), acts=(opted(5), opted(13, who="p2")))

    assert [f.found for f in found.findings] == [2]


def test_a_fault_excuses_a_repeated_write() -> None:
    again = (wrote(UNKNOWN, CLAIMED, by=11), wrote(CLAIMED, GRANTED, 14, by=13))

    assert wrote_in("one_word_one_write", exchange(11, fault="lost"), exchange(13), *again, acts=(opted(5),)).looked == {"CONS-012": 1}
    assert wrote_in("one_word_one_write", exchange(11), exchange(13), *again, exchange(15, fault="x"), acts=(opted(5),), codes=(1,)).looked == {}


def echo(side: Side, *acts: Any, key: ConsentKey = NEWS, before: Any = GRANTED) -> Any:
    """Return what is seen of a yes that the connector says again, with other evidence."""
    return wrote_in("one_word_one_write", wrote(before, GRANTED, side=side, key=key, source="import"), acts=acts)


def test_a_word_that_comes_back_to_where_it_was_said_is_an_echo() -> None:
    found = echo(Side.MA, opted(5, Side.MA))

    assert told(found, "found", "classification") == [("CONS-012", "ma", "p1 Label", 1, "consent_echoed")]
    assert "wrote it back to the MA, where it was said" in found.findings[0].message


@pytest.mark.parametrize("found", [
    echo(Side.MA), echo(Side.MA, opted(5, Side.CRM)), echo(Side.MA, opted(5, Side.MA), before=CLAIMED), echo(Side.MA, opted(13, Side.MA)),
    echo(Side.MA, opted(5, Side.MA), opted(6, Side.CRM)), echo(Side.MA, opted(5, Side.MA, key=ALL)),
])
def test_what_is_no_echo(found: Any) -> None:
    assert (found.findings, found.looked) == ([], {"CONS-012": 1})


def test_what_was_seeded_is_nobodys_word_just_now() -> None:
    marked = (contact("003A"),), (there("501", said=(mark(NEWS, GRANTED, AT, source=SOURCE),)),)
    repeated = wrote(GRANTED, GRANTED, source="import")

    assert asked("one_word_one_write", around(marked, marked, entries=(repeated,))).findings == []


# -- I5: the evidence survives -------------------------------------------------------------------------

PROOF = ConsentProof(AT, SOURCE)
KEEPS = FieldRule(crm="News__c", ma="subscription:News", type="picklist",
                  consent={"channel": "email", "purpose": "newsletter", "crm_at": "News_At__c", "crm_source": "News_Source__c"})  # fmt: skip
BARE = KEEPS.model_copy(update={"consent": KEEPS.consent.model_copy(update={"crm_at": None, "crm_source": None}) if KEEPS.consent else None})


def kept(entry: Any, *acts: Any, rule: FieldRule = KEEPS) -> Any:
    return wrote_in("evidence_survives", exchange(11), entry, acts=acts or (opted(5, proof=PROOF),), objects=(mapped(fields=(rule,)),))


@pytest.mark.parametrize(("entry", "found", "classification"), [
    (wrote(UNKNOWN, CLAIMED, by=11), "claimed", "evidence_lost"),
    (wrote(GRANTED, CLAIMED, by=11), "claimed", "evidence_lost"),
    (wrote(CONFIRMED, UNKNOWN, by=11), "unknown", "evidence_lost"),
    (wrote(GRANTED, PENDING, side=Side.CRM, by=11), "pending", "evidence_lost"),
    (wrote(UNKNOWN, GRANTED, side=Side.CRM, by=11, at="2026-01-01T00:00:02Z"), "said at another time", "evidence_altered"),
    (wrote(UNKNOWN, GRANTED, side=Side.CRM, by=11, at="2025-12-31T23:59:58Z"), "said at another time", "evidence_altered"),
    (wrote(UNKNOWN, GRANTED, side=Side.CRM, by=11, at="soon"), "said at no time that can be read", "evidence_altered"),
    (wrote(UNKNOWN, GRANTED, side=Side.CRM, by=11, at=None), "said at no time that can be read", "evidence_altered"),
    (wrote(UNKNOWN, GRANTED, side=Side.CRM, by=11, source="import"), "said through something else", "evidence_altered"),
    (wrote(UNKNOWN, GRANTED, side=Side.CRM, by=11, source=None), "said through nothing", "evidence_altered"),
])
def test_the_evidence_of_a_yes_is_neither_lost_nor_altered(entry: Any, found: str, classification: str) -> None:
    made = kept(entry)

    assert told(made, "found", "classification", "caused_by", "requests") == [
        ("CONS-005", str(Side.CRM if entry.kind == "Contact" else Side.MA), "p1 Label", found, classification, 12, (11,))
    ]
    assert made.looked == {"CONS-005": 1}


@pytest.mark.parametrize("entry", [
    wrote(UNKNOWN, GRANTED, side=Side.CRM),
    wrote(UNKNOWN, GRANTED, side=Side.CRM, at="2026-01-01T00:00:00"),  # of no zone: UTC
    wrote(UNKNOWN, GRANTED, side=Side.CRM, at="2026-01-01T01:00:01+01:00"),  # cut to the second
    wrote(UNKNOWN, GRANTED, side=Side.CRM, source="HubSpot: FORM!"),
    wrote(UNKNOWN, GRANTED, at="2020-01-01T00:00:00Z", source="import"),  # the MA dates what it is told by itself
    wrote(CLAIMED, CLAIMED, source="import"),  # it was none before
    wrote(CLAIMED, UNKNOWN),
    wrote(PENDING, PENDING, source="import"),
])
def test_evidence_that_another_system_put_in_its_own_words_is_still_there(entry: Any) -> None:
    made = kept(entry)

    assert (made.findings, made.looked) == ([], {"CONS-005": 1})


def test_a_claim_made_of_silence_where_a_proof_was_is_lost_evidence() -> None:
    assert len(kept(wrote(PENDING, CLAIMED)).findings) == 1


@pytest.mark.parametrize(("entry", "acts"), [
    (wrote(UNKNOWN, CLAIMED), (opted(5, proof=None),)),
    (wrote(UNKNOWN, CLAIMED), (opted(5, proof=PROOF), opted(6, kind=NO))),
    (wrote(UNKNOWN, CLAIMED), (opted(5, key=ALL, proof=PROOF),)),
    (wrote(UNKNOWN, CLAIMED), (opted(5, proof=PROOF, who="p2"),)),
    (wrote(UNKNOWN, CLAIMED), (opted(12, proof=PROOF),)),
    (wrote(UNKNOWN, CLAIMED, actor=Actor.CRM_USER), (opted(5, proof=PROOF),)),
    (wrote(GRANTED, WITHDRAWN), (opted(5, proof=PROOF),)),
    (wrote(GRANTED, None), (opted(5, proof=PROOF),)),
    (wrote(GRANTED, CLAIMED, deleted=True), (opted(5, proof=PROOF),)),
    (wrote(UNKNOWN, CLAIMED), (opted(4, kind="request", proof=PROOF),)),
])
def test_only_what_the_connector_made_of_a_standing_proved_yes_is_looked_at(entry: Any, acts: Any) -> None:
    made = kept(entry, *acts)

    assert (made.findings, made.looked) == ([], {})


def test_any_of_the_proved_yeses_may_be_kept() -> None:
    long = "a web page with a very long name, longer than forty letters"
    second = opted(6, proof=ConsentProof("2026-02-02T00:00:00Z", long))
    first = opted(5, proof=PROOF)

    assert kept(wrote(UNKNOWN, GRANTED, side=Side.CRM), first, second).findings == []
    for letters, is_kept in ((len(long), True), (len("a web page with a very long name, longer"), True), (30, False)):
        late = wrote(UNKNOWN, GRANTED, side=Side.CRM, at="2026-02-02T00:00:00Z", source=long[:letters])
        assert (kept(late, first, second).findings == []) is is_kept, "a field may be too short for all of it"
    undated = opted(7, proof=ConsentProof("", ""))
    assert kept(wrote(UNKNOWN, GRANTED, side=Side.CRM, at=None, source=None), undated).findings == []


def test_the_evidence_of_another_word_is_none_of_this_one() -> None:
    other = ConsentProof("2026-03-03T00:00:00Z", "fair")
    astray = wrote(UNKNOWN, GRANTED, side=Side.CRM, at=other.at, source=other.source)

    assert [f.found for f in kept(astray, opted(4, key=ALL, proof=other), opted(5, proof=PROOF)).findings] == ["said at another time"]
    sourceless = opted(4, proof=ConsentProof(AT, ""))
    assert [f.found for f in kept(wrote(UNKNOWN, GRANTED, side=Side.CRM, source="import"), sourceless, opted(5, proof=PROOF)).findings] == [
        "said through something else"
    ]


def test_only_the_fields_that_the_mapping_names_hold_evidence() -> None:
    assert kept(wrote(UNKNOWN, GRANTED, side=Side.CRM, at=None, source=None), rule=BARE).findings == []
