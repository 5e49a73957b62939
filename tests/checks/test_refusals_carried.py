"""Where a refusal must stand after a sync, on made evidence: carried across, kept by who is left of a merge, or owned up to."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof_mocks.consent import ConsentKey, ConsentState
from tests.checks.small import LINKS, around, asked, one_way, opted, says, told, wrote
from tests.oracle.made import ALL, NEWS, act, contact, exchange, link, mapped, person, there

UNKNOWN, CLAIMED, GRANTED, WITHDRAWN = ConsentState.UNKNOWN, ConsentState.CLAIMED, ConsentState.GRANTED, ConsentState.WITHDRAWN
NO = "opt_out"
# What a vendor answers to a consent that it does not take; the second one asks for a yes.
REFUSED = {"method": "POST", "operation": "communication.unsubscribe", "status": 400, "body": b'{"emailAddress": "ann@x.cz"}',
           "refused": [("ann@x.cz", "VALIDATION_ERROR", "cannot")]}  # fmt: skip
REFUSED_YES = {**REFUSED, "operation": "communication.subscribe"}


def rows(crm: ConsentState, ma: ConsentState, key: ConsentKey = NEWS) -> Any:
    return (contact("003A", said=says((key, crm))),), (there("501", said=says((key, ma))),)


SILENT = rows(UNKNOWN, UNKNOWN)


def spread(*states: Any, acts: tuple[Any, ...] = (opted(5, kind=NO),), **more: Any) -> Any:
    return asked("refusal_spreads", around(*states, acts=acts, **more))


@pytest.mark.parametrize(("said_in", "after", "missing"), [
    (Side.CRM, rows(WITHDRAWN, WITHDRAWN), []), (Side.CRM, rows(WITHDRAWN, UNKNOWN), ["ma"]), (Side.MA, rows(GRANTED, WITHDRAWN), ["crm"]),
    (Side.CRM, SILENT, ["crm", "ma"]), (Side.MA, rows(WITHDRAWN, WITHDRAWN, ALL), []),
])
def test_a_refusal_stands_on_both_sides_after_the_sync(said_in: Side, after: Any, missing: list[str]) -> None:
    seen = spread(SILENT, after, acts=(opted(5, said_in, kind=NO),))

    assert told(seen, "field", "expected", "classification", "sync") == [
        ("CONS-002", side, "p1 Label", "email/newsletter", "withdrawn", "refusal_not_spread", 1) for side in missing
    ]
    assert seen.looked == {"CONS-002": 2}


def test_a_refusal_of_everything_is_one_of_each_purpose() -> None:
    seen = spread(SILENT, rows(WITHDRAWN, WITHDRAWN), acts=(opted(5, key=ALL, kind=NO),))

    assert [(f.system, f.field) for f in seen.findings] == [("crm", "email/*"), ("ma", "email/*")]
    assert seen.looked == {"CONS-002": 4}


@pytest.mark.parametrize(("acts", "syncs"), [
    ((opted(9, kind=NO),), [1, 1, 2, 2]), ((opted(10, kind=NO),), [2, 2]), ((opted(15, kind=NO),), [2, 2]), ((opted(25, kind=NO),), []),
    ((opted(5, kind=NO), opted(6)), []), ((opted(5, kind=NO), opted(15)), []), ((opted(5, kind=NO), opted(6, proof=None)), [1, 1, 2, 2]),
    ((opted(5, kind=NO, who="p2"),), []),
])
def test_a_refusal_is_demanded_of_every_sync_that_began_after_it_while_it_stands(acts: Any, syncs: list[int]) -> None:
    seen = spread(SILENT, SILENT, SILENT, acts=acts)

    assert [f.sync for f in seen.findings] == syncs
    assert seen.looked.total() == len(syncs)


def test_a_sync_that_a_fault_broke_is_not_judged() -> None:
    struck = exchange(12, fault="server_error", status=503)

    assert [f.sync for f in spread(SILENT, SILENT, SILENT, entries=(struck,), codes=(1,)).findings] == [2, 2]


def test_who_is_on_one_side_only_has_nothing_carried() -> None:
    alone = SILENT[0], ()

    assert spread(alone, alone).looked == {}


@pytest.mark.parametrize(("direction", "acts", "missing"), [
    ("crm_to_ma", (opted(5, kind=NO),), ["crm", "ma"]),
    ("crm_to_ma", (opted(5, Side.MA, kind=NO),), ["ma"]),
    ("ma_to_crm", (opted(5, Side.MA, kind=NO),), ["crm", "ma"]),
    ("ma_to_crm", (opted(5, kind=NO),), ["crm"]),
    # Somebody of the very side took it back there without proof, and nothing that the mapping carries can mend it.
    ("ma_to_crm", (opted(5, Side.MA, kind=NO), opted(6, Side.MA, proof=None)), ["crm"]),
    ("both", (opted(5, Side.MA, kind=NO), opted(6, Side.MA, proof=None)), ["crm", "ma"]),
    ("ma_to_crm", (opted(5, Side.MA, kind=NO), opted(6, Side.CRM, proof=None)), ["crm", "ma"]),
    ("ma_to_crm", (opted(4, Side.MA, proof=None), opted(5, Side.MA, kind=NO)), ["crm", "ma"]),
    ("ma_to_crm", (opted(5, Side.MA, kind=NO), opted(6, Side.MA, key=ALL, proof=None)), ["crm"]),
    ("ma_to_crm", (opted(5, Side.MA, kind=NO), opted(6, Side.MA, key=ConsentKey("email", "events"), proof=None)), ["crm", "ma"]),
    # Of two refusals each is carried as far as its own side lets it.
    ("crm_to_ma", (opted(5, kind=NO), opted(6, Side.MA, kind=NO)), ["crm", "ma"]),
    ("none", (opted(5, kind=NO), opted(6, Side.MA, kind=NO)), ["crm", "ma"]),
    ("none", (opted(5, kind=NO),), ["crm"]),
])
def test_a_refusal_goes_as_far_as_the_mapping_carries_it(direction: str, acts: Any, missing: list[str]) -> None:
    assert [f.system for f in spread(SILENT, SILENT, acts=acts, objects=(one_way(direction=direction),)).findings] == missing


def test_a_refusal_kept_for_an_address_of_the_past_protects_nobody() -> None:
    old = there("c1", kind="consents", said=says((NEWS, WITHDRAWN)))
    after = (contact("003A", Email="new@x.cz", said=says((NEWS, WITHDRAWN))),), (there("501", email="new@x.cz"), old)
    acts = (act(3, "edit", "p1", field="Email", value="new@x.cz"), opted(5, kind=NO))

    assert [f.system for f in spread(after, after, acts=acts, people=(person("p1", "a@x.cz"),)).findings] == ["ma"]


def test_a_refused_opt_out_that_was_owned_up_to_is_told_and_no_finding() -> None:
    after = rows(WITHDRAWN, UNKNOWN)

    honest = spread(SILENT, after, entries=(exchange(12, **REFUSED),), codes=(1,))
    assert (honest.findings, honest.looked) == ([], {"CONS-002": 2})
    assert honest.not_checked == [f"p1 Label: the MA refused the opt-out of {NEWS} at #12, and the connector said so"]
    assert [f.system for f in spread(SILENT, after, entries=(exchange(12, **REFUSED),)).findings] == ["ma"]
    yes_refused = spread(SILENT, after, entries=(exchange(12, **REFUSED_YES),), codes=(1,))
    assert [f.system for f in yes_refused.findings] == ["ma"], "that a yes was refused excuses no missing no"


@pytest.mark.parametrize(("entries", "caused_by", "requests"), [
    ((), None, ()),
    ((exchange(11), wrote(WITHDRAWN, UNKNOWN, by=11)), 12, (11,)),
    ((exchange(11), wrote(WITHDRAWN, UNKNOWN, by=11, key=ALL)), 12, (11,)),
    ((wrote(WITHDRAWN, UNKNOWN),), 12, ()),
    ((wrote(WITHDRAWN, UNKNOWN), wrote(UNKNOWN, CLAIMED, 14)), 14, ()),  # the last one tells
    ((wrote(WITHDRAWN, UNKNOWN), wrote(UNKNOWN, CLAIMED, 18)), 12, ()),  # after the sync had settled
    ((wrote(WITHDRAWN, UNKNOWN, side=Side.CRM),), None, ()),
    ((wrote(WITHDRAWN, UNKNOWN, key=ConsentKey("phone", "*")),), None, ()),
])
def test_the_write_that_took_a_refusal_away_is_named(entries: Any, caused_by: int | None, requests: Any) -> None:
    [finding] = spread(SILENT, rows(WITHDRAWN, UNKNOWN), entries=entries).findings

    assert (finding.caused_by, finding.requests) == (caused_by, requests)


def test_a_refusal_is_told_as_it_was_said_by_whom_and_where() -> None:
    own, seeded = spread(SILENT, SILENT).findings[0], spread(rows(WITHDRAWN, UNKNOWN), SILENT, acts=()).findings[0]

    assert own.message.startswith("p1 Label refused email/newsletter in the CRM at #5, but after sync 1")
    assert seeded.message.startswith("p1 Label refused email/newsletter in the CRM before the scenario started, but")
    merged = act(7, "merge", "p1", record="003A", others=("003B",), value="003A")
    [first, *_] = spread(SILENT, SILENT, acts=(opted(3, Side.MA, who="p2", kind=NO), merged)).findings
    assert first.message.startswith("p2 Label refused email/newsletter in the MA at #3 and was merged into p1 Label at #7, but")
    [first, *_] = spread(SILENT, SILENT, acts=(opted(3, Side.MA, kind=NO), merged)).findings
    assert first.message.startswith("p1 Label refused email/newsletter in the MA at #3, but")
    elsewhere = act(7, "merge", "p3", record="003C", others=("003B",), value="003C")
    links = (*LINKS, link("003C", "p3"))
    [first, *_] = spread(SILENT, SILENT, acts=(opted(5, who="p2", kind=NO), opted(6, kind=NO), elsewhere), links=links).findings
    assert first.message.startswith("p1 Label refused email/newsletter in the CRM at #6, but")


# -- I9: a refused consent is noticed ------------------------------------------------------------------


def noticed(*entries: Any, after: Any = SILENT, acts: tuple[Any, ...] = (opted(5, kind=NO),), **more: Any) -> Any:
    return asked("refused_consent_noticed", around(SILENT, after, entries=entries, acts=acts, **more))


def test_a_refused_consent_behind_a_claim_of_success_is_found() -> None:
    seen = noticed(exchange(12, **REFUSED))

    assert told(seen, "classification", "caused_by", "requests", "sync") == [("CONS-009", "ma", "p1 Label", "refused_unnoticed", 12, (12,), 1)]
    assert seen.looked == {"CONS-009": 1}


def test_who_owns_up_or_never_ended_by_itself_claims_nothing() -> None:
    honest = noticed(exchange(12, **REFUSED), codes=(1,))

    assert (honest.findings, honest.looked) == ([], {"CONS-009": 1})
    assert noticed().looked.total() == 0


def test_a_refused_consent_among_the_fields_of_a_record_counts_while_it_is_missing() -> None:
    body = b'{"properties": {"subscription:News": "no"}}'
    write = exchange(12, method="PATCH", path="/crm/v3/objects/contacts/501", operation="objects.update", status=400, body=body,
                     refused=[("501", "INVALID", "no")])  # fmt: skip

    assert [f.caused_by for f in noticed(write).findings] == [12]
    assert noticed(write, after=rows(WITHDRAWN, WITHDRAWN)).findings == []
    assert noticed(write, acts=()).findings == []


def test_a_refused_consent_that_nobody_wanted_stands_too() -> None:
    assert [f.caused_by for f in noticed(exchange(12, **REFUSED), acts=()).findings] == [12]
    made_good = exchange(14, **{**REFUSED, "status": 200, "refused": []})
    assert noticed(exchange(12, **REFUSED), made_good, acts=()).findings == []


def test_without_a_mapped_consent_nothing_is_demanded() -> None:
    bare = (mapped(fields=()),)

    assert spread(SILENT, SILENT, objects=bare).looked == {}
