"""STATUS rules on made evidence: what a sync claims by its end, against what was refused and what is missing afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule, Side
from syncproof_mocks.consent import ConsentState
from tests.checks.small import around, asked, one_way, opted, says
from tests.oracle.made import ALL, EMAIL, NEWS, OUT, YES, act, contact, exchange, mapped, there

UNKNOWN, CLAIMED, GRANTED, WITHDRAWN = ConsentState.UNKNOWN, ConsentState.CLAIMED, ConsentState.GRANTED, ConsentState.WITHDRAWN
TITLE = FieldRule(crm="Title", ma="jobtitle", direction="crm_to_ma")
NO = "opt_out"


def pair(crm: Any = "a", ma: Any = "a") -> Any:
    return (contact("003A", Title=crm),), (there("501", jobtitle=ma),)


def consented(crm: ConsentState, ma: ConsentState, key: Any = NEWS) -> Any:
    return (contact("003A", said=says((key, crm))),), (there("501", said=says((key, ma))),)


def reads(sync: int = 1) -> list[Any]:
    """Return one request to each side."""
    return [exchange(10 * sync + 1, "salesforce"), exchange(10 * sync + 2)]


def refused(seq: int = 13, **more: Any) -> Any:
    given = {"method": "PATCH", "path": "/crm/v3/objects/contacts/501", "operation": "objects.update", "status": 400, "body": b"{}",
             "refused": [("501", "INVALID", "no")], **more}  # fmt: skip
    return exchange(seq, **given)


def seen(*states: Any, entries: Any = None, objects: Any = None, **more: Any) -> Any:
    entries = [*reads(), refused()] if entries is None else entries
    return asked("success_is_true", around(*states, entries=entries, objects=objects or (mapped(fields=(EMAIL, TITLE, YES, OUT)),), **more))


def told(found: Any) -> list[str]:
    """Return the rules that were broken, and of false claims what is missing or stands."""
    return [f.message.partition(" refused and ")[2].partition(". First")[0] or f.rule for f in found.findings]


def test_a_claim_of_success_over_a_refused_value_that_is_missing_is_found() -> None:
    found = seen(pair("b"), pair("b"))

    assert [(f.rule, f.classification, f.caused_by, f.requests, f.sync) for f in found.findings] == [("STATUS-001", "false_success", 13, (13,), 1)]
    assert told(found) == ["1 fact is missing, e.g. p1 Label: Title = jobtitle"]
    assert found.looked == {"STATUS-001": 1, "STATUS-002": 2, "STATUS-003": 1, "STATUS-004": 1}


@pytest.mark.parametrize(("states", "more"), [
    ((pair(), pair()), {}),  # nothing is missing
    ((pair("b"), pair("b")), {"entries": reads()}),  # nothing was refused: FIELD-001 says what is missing
    ((pair("b"), pair("b")), {"codes": (1,)}),  # it owned up
    ((pair("b"), pair("b"), pair("b", "b")), {"entries": [*reads(), *reads(2), refused(23)]}),  # missing after the sync before
    ((pair("b"), pair("b", "b"), pair("b")), {"entries": [*reads(), *reads(2), refused()]}),
])
def test_what_is_no_false_claim(states: Any, more: Any) -> None:
    assert [f.rule for f in seen(*states, **more).findings] == []


def test_somebody_who_should_have_been_made_is_missing_too() -> None:
    alone = pair()[0], ()
    post = refused(method="POST", path="/crm/v3/objects/contacts", refused=[("0", "INVALID", "no")])

    assert told(seen(alone, alone, entries=[*reads(), post])) == ["1 fact is missing, e.g. p1 Label in the MA"]
    assert told(seen(alone, pair(), entries=[*reads(), post])) == []
    kept_out = mapped(fields=(TITLE,), creates=())
    assert told(seen(alone, alone, entries=[*reads(), post], objects=(kept_out,))) == []


# -- what people said ----------------------------------------------------------------------------------

SILENT = consented(UNKNOWN, UNKNOWN)
MISSING_NO, MISSING_YES = [f"1 fact is missing, e.g. p1 Label: the {what} email/newsletter in the MA" for what in ("refusal of", "yes to")]


@pytest.mark.parametrize(("after", "more", "missing"), [
    (consented(WITHDRAWN, UNKNOWN), {}, [MISSING_NO]),
    (consented(WITHDRAWN, GRANTED), {}, [MISSING_NO]),
    (consented(WITHDRAWN, WITHDRAWN), {}, []),
    (consented(GRANTED, UNKNOWN), {}, []),
    (consented(UNKNOWN, WITHDRAWN), {}, []),
    (consented(WITHDRAWN, UNKNOWN), {"objects": (one_way(direction="ma_to_crm"),)}, []),
    (consented(WITHDRAWN, UNKNOWN), {"objects": (one_way(direction="crm_to_ma"),)}, [MISSING_NO]),
    (consented(WITHDRAWN, UNKNOWN), {"entries": [*reads(), refused(refused=[("502", "INVALID", "no")], path="/x/502")]}, []),  # about somebody else
    (consented(WITHDRAWN, UNKNOWN, ALL), {}, ["2 facts are missing, e.g. p1 Label: the refusal of email/newsletter in the MA"]),
])
def test_a_refusal_that_did_not_get_where_a_request_was_refused_is_missing(after: Any, more: Any, missing: list[str]) -> None:
    assert told(seen(SILENT, after, **more)) == missing


def test_who_does_not_take_part_has_nothing_to_miss() -> None:
    after = consented(WITHDRAWN, UNKNOWN)
    stays = {"creates": (), "exclude": ({"reason": "quiet", "crm": "Quiet", "in": ["yes"]},)}
    quiet = (contact("003A", Quiet="yes", said=says((NEWS, WITHDRAWN))),), after[1]

    assert told(seen(quiet, quiet, objects=(mapped(**stays),))) == []


@pytest.mark.parametrize(("after", "acts", "missing"), [
    (SILENT, (opted(5),), [MISSING_YES]),
    (consented(GRANTED, ConsentState.PENDING), (opted(5),), [MISSING_YES]),
    (consented(GRANTED, CLAIMED), (opted(5),), []),
    (SILENT, (opted(5, Side.MA),), []),  # it was said where it is missing
    (SILENT, (opted(5, proof=None),), []),
    (SILENT, (opted(5, key=ALL),), []),
    (SILENT, (opted(12),), []),
    (SILENT, (opted(5), opted(6, kind=NO)), []),
    (SILENT, (opted(5), act(7, "edit", "p1", field="Email", value="new@x.cz")), []),
    (SILENT, (act(3, "edit", "p1", field="Email", value="new@x.cz"), opted(5)), [MISSING_YES]),
])
def test_a_proved_yes_that_did_not_get_where_a_request_was_refused_is_missing(after: Any, acts: Any, missing: list[str]) -> None:
    assert told(seen(SILENT, after, acts=acts)) == missing
    assert told(seen(SILENT, after, acts=acts, objects=(one_way(direction="ma_to_crm"),))) == []


def test_a_yes_counts_from_the_sync_that_began_after_it() -> None:
    entries = [*reads(), *reads(2), refused(), refused(23)]

    assert [f.sync for f in seen(SILENT, SILENT, SILENT, entries=entries, acts=(opted(15),)).findings] == [2]
    assert [f.sync for f in seen(SILENT, SILENT, SILENT, entries=entries, acts=(opted(5), opted(15, kind=NO))).findings] == [1]


# -- what stands ---------------------------------------------------------------------------------------


def test_a_refused_consent_stands_and_is_named_first() -> None:
    consent = refused(15, method="POST", path="/communication/ann@x.cz", operation="communication_v4.set", refused=[("ann@x.cz", "INVALID", "no")])
    found = seen(SILENT, SILENT, entries=[*reads(), refused(13, refused=[("501", "INVALID", "no"), ("501", "OTHER", "no")]), consent])

    assert told(found) == ["1 never made good"]
    assert [(f.caused_by, f.requests) for f in found.findings] == [(15, (15, 13))]


def test_a_request_that_an_outage_kept_back_is_a_refusal_when_something_is_missing() -> None:
    kept_back = exchange(13, status=503, method="PATCH", path="/x")

    assert [(f.caused_by, f.requests) for f in seen(pair("b"), pair("b"), entries=[*reads(), kept_back]).findings] == [(13, (13,))]
    made_again = exchange(14, method="PATCH", path="/x")
    assert seen(pair("b"), pair("b"), entries=[*reads(), kept_back, made_again]).findings == []


# -- ends ----------------------------------------------------------------------------------------------


def ends(*entries: Any, code: int = 1, states: Any = None, **more: Any) -> list[str]:
    return [f.rule for f in seen(*(states or (pair(), pair())), entries=entries, codes=(code,), **more).findings]


def test_who_was_stopped_at_its_last_request_need_not_have_called_the_other_side() -> None:
    first, last = exchange(11, "salesforce"), exchange(12, "salesforce", fault="server_error", status=503)
    early, late = exchange(11, "salesforce", fault="server_error", status=503), exchange(12, "salesforce")

    assert ends(first, last) == []
    assert ends(early, late) == ["STATUS-002"]
    assert ends(early, late, code=0) == ["STATUS-002"]
    assert "STATUS-002" in ends()


def test_a_fault_of_content_that_did_no_harm_is_no_excuse() -> None:
    odd = exchange(13, fault="odd")

    assert ends(*reads(), odd, options={"must_survive": True}, fault_sorts={"odd": "refusal"}) == ["STATUS-003"]
    assert ends(*reads(), odd, fault_sorts={"odd": "refusal"}) == []


def test_an_honest_connector_may_complain_of_what_is_still_refused_or_too_long() -> None:
    states = pair(), pair(), pair()

    assert [f.rule for f in seen(*states, entries=[*reads(), *reads(2), refused()], codes=(1, 1)).findings] == []
    assert [f.sync for f in seen(*states, entries=[*reads(), *reads(2)], codes=(0, 1)).findings] == [2]
    short = mapped(fields=(TITLE.model_copy(update={"max_length": 3}),))
    long = pair("much", "much")
    assert [f.rule for f in seen(long, long, entries=reads(), codes=(1,), objects=(short,)).findings] == []
    assert [f.rule for f in seen(pair(), pair(), entries=reads(), codes=(1,), objects=(short,)).findings] == ["STATUS-003"]
