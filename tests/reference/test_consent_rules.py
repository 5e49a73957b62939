"""The rules of consent as tables."""

from __future__ import annotations

import pytest
from syncproof.reference.bugs import Bugs
from syncproof.reference.consent import (
    SILENT,
    PurposePlan,
    Stance,
    Statement,
    crm_statement,
    ma_statement,
    reconcile_flag,
    reconcile_purpose,
)

S, G, W = Stance.SILENT, Stance.GRANTED, Stance.WITHDRAWN


def _outcome(plan: PurposePlan) -> str:
    if plan.to_crm is not None:
        return f"crm<-{plan.to_crm.stance}"
    return f"ma<-{plan.to_ma.stance}" if plan.to_ma is not None else "-"


@pytest.mark.parametrize(("crm_out", "ma_out", "base", "raises", "unsubscribes"), [
    (False, False, None, False, False), (True, False, None, False, True), (False, True, None, True, False),
    (True, True, True, False, False), (False, True, True, True, False), (True, False, True, False, True),
    (False, False, True, False, False),
])
def test_an_opt_out_of_everything_holds_on_both_sides(crm_out: bool, ma_out: bool, base: bool | None, raises: bool, unsubscribes: bool) -> None:
    plan = reconcile_flag(crm_out, ma_out, base, Bugs())
    assert (plan.raise_in_crm, plan.unsubscribe_in_ma) == (raises, unsubscribes)


PURPOSES = [
    # crm                  ma                     base  expected
    (SILENT, SILENT, None, "-"),
    (Statement(G, 5, "form"), SILENT, None, "ma<-granted"),
    (Statement(G, None, "form"), SILENT, None, "-"),  # no date, no proof
    (Statement(G, 5, ""), SILENT, None, "-"),
    (SILENT, Statement(G, 5, "form"), None, "crm<-granted"),
    (SILENT, Statement(G, 5, ""), None, "-"),
    (SILENT, Statement(G, 5, "form"), G, "-"),  # blanked in the CRM: neither a yes nor a no
    (Statement(W), SILENT, None, "ma<-withdrawn"),
    (SILENT, Statement(W), None, "crm<-withdrawn"),
    (Statement(W, 5), Statement(G, 4, "form"), S, "ma<-withdrawn"),
    (Statement(W, 5), Statement(G, 6, "form"), S, "crm<-granted"),
    (Statement(W, 5), Statement(G, 6, ""), S, "ma<-withdrawn"),
    (Statement(W), Statement(G, 6, "form"), S, "ma<-withdrawn"),  # a no without a date cannot be outdated
    (Statement(W, 5), Statement(G, 6, "form"), G, "ma<-withdrawn"),  # HubSpot stamped our own push
    (Statement(G, 5, "form"), Statement(W, 6), G, "crm<-withdrawn"),
    (Statement(G, 6, "form"), Statement(W, 6), G, "crm<-withdrawn"),
    (Statement(G, 7, "form"), Statement(W, 6), W, "ma<-granted"),
    (Statement(G, 7, ""), Statement(W, 6), W, "crm<-withdrawn"),
    (Statement(W, 1), Statement(W, 9), None, "-"),
]


@pytest.mark.parametrize(("crm", "ma", "base", "expected"), PURPOSES)
def test_a_yes_needs_newer_evidence_and_a_no_never_does(crm: Statement, ma: Statement, base: Stance | None, expected: str) -> None:
    assert _outcome(reconcile_purpose(crm, ma, base, Bugs())) == expected


def test_only_the_explicit_words_are_a_yes_or_a_no() -> None:
    stances = {word: crm_statement(word, "2026-01-01T00:00:00.000+0000", "f").stance for word in ("OptIn", "OptOut", "NotSeen", "", None)}
    assert stances == {"OptIn": G, "OptOut": W, "NotSeen": S, "": S, None: S}
    assert ma_statement({"status": "NOT_SPECIFIED", "timestamp": "2026-01-01T00:00:00Z"}) == SILENT
    assert ma_statement(None) == SILENT


def test_the_evidence_of_a_hubspot_status_is_its_explanation_before_its_source() -> None:
    status = {"status": "SUBSCRIBED", "timestamp": "2026-01-01T00:00:00.000Z", "source": "API", "legalBasisExplanation": "fair"}
    assert ma_statement(status) == Statement(G, 1767225600000, "fair")
