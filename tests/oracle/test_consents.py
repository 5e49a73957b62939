"""What a person's sayings amount to: order, proof, scope, and what the seed of two systems means."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.oracle.consents import ConsentLedger
from syncproof.oracle.sayings import Saying, covers
from syncproof_mocks.consent import ConsentKey, ConsentMark, ConsentState

NEWS, ALL, PHONE = ConsentKey("email", "newsletter"), ConsentKey("email", "*"), ConsentKey("phone", "newsletter")
END = 1_000

NOBODY_MERGED = SimpleNamespace(lineage=SimpleNamespace(absorbed=lambda *_: ()))


def ledger(*said: tuple[int, ConsentKey, bool, bool]) -> ConsentLedger:
    made = ConsentLedger(SimpleNamespace(acts=(), mapping=SimpleNamespace(objects=())), NOBODY_MERGED)  # type: ignore[arg-type]
    made.__dict__["sayings"] = {"p1": [Saying(seq, 0, Side.CRM, key, yes, proved, 0) for seq, key, yes, proved in said]}
    return made


def seeded(*marks: tuple[Side, ConsentState, str | None]) -> ConsentLedger:
    made = ConsentLedger(SimpleNamespace(acts=(), mapping=SimpleNamespace(objects=())), NOBODY_MERGED)  # type: ignore[arg-type]
    made._seeded = lambda: iter([(s, ConsentMark(NEWS, state, "a@b.cz", at), "p1", 0) for s, state, at in marks])  # type: ignore[method-assign]
    return made


YES, PROOF = True, True


@pytest.mark.parametrize(
    ("said", "asked", "state"),
    [
        ((), NEWS, ConsentState.UNKNOWN),
        (((1, NEWS, YES, PROOF),), NEWS, ConsentState.GRANTED),
        (((1, NEWS, YES, False),), NEWS, ConsentState.CLAIMED),
        (((1, NEWS, YES, PROOF), (2, NEWS, False, False)), NEWS, ConsentState.WITHDRAWN),
        (((1, NEWS, False, False), (2, NEWS, YES, False)), NEWS, ConsentState.WITHDRAWN),
        (((1, NEWS, False, False), (2, NEWS, YES, PROOF)), NEWS, ConsentState.GRANTED),
        (((1, ALL, False, False),), NEWS, ConsentState.WITHDRAWN),
        (((1, NEWS, False, False),), ALL, ConsentState.UNKNOWN),
        (((1, NEWS, False, False), (2, ALL, YES, PROOF)), NEWS, ConsentState.WITHDRAWN),
        (((1, NEWS, False, False),), PHONE, ConsentState.UNKNOWN),
    ],
)
def test_sayings_amount_to(said: Any, asked: ConsentKey, state: ConsentState) -> None:
    assert ledger(*said).state_at("p1", asked, END) is state


def test_only_what_was_said_before_counts() -> None:
    found = ledger((5, NEWS, False, False))

    assert found.state_at("p1", NEWS, 5) is ConsentState.UNKNOWN
    assert found.state_at("p1", NEWS, 6) is ConsentState.WITHDRAWN
    assert found.last_saying("p1", NEWS, 5) is None


OLD, NEW = "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("yes_at", "no_at", "state"),
    [(OLD, NEW, ConsentState.WITHDRAWN), (None, NEW, ConsentState.WITHDRAWN), (NEW, None, ConsentState.WITHDRAWN),
     (NEW, OLD, ConsentState.GRANTED)],
)
def test_which_system_is_read_first_does_not_decide(yes_at: str | None, no_at: str | None, state: ConsentState) -> None:
    yes, no = (ConsentState.GRANTED, yes_at), (ConsentState.WITHDRAWN, no_at)

    assert seeded((Side.CRM, *yes), (Side.MA, *no)).state_at("p1", NEWS, END) is state
    assert seeded((Side.CRM, *no), (Side.MA, *yes)).state_at("p1", NEWS, END) is state


def test_a_seeded_yes_without_proof_lifts_no_refusal() -> None:
    found = seeded((Side.CRM, ConsentState.WITHDRAWN, OLD), (Side.MA, ConsentState.CLAIMED, NEW))

    assert found.state_at("p1", NEWS, END) is ConsentState.WITHDRAWN


def test_a_seeded_claim_is_no_proved_yes() -> None:
    assert seeded((Side.CRM, ConsentState.CLAIMED, OLD)).state_at("p1", NEWS, END) is ConsentState.CLAIMED


def test_what_is_pending_is_neither_yes_nor_no() -> None:
    state = seeded((Side.MA, ConsentState.PENDING, NEW)).state_at("p1", NEWS, END)

    assert state is ConsentState.PENDING
    assert not state.permits
    assert not state.refuses


def test_a_wide_word_covers_a_narrow_one_of_its_channel_only() -> None:
    assert covers(ALL, NEWS)
    assert not covers(NEWS, ALL)
    assert not covers(ALL, PHONE)


@pytest.mark.parametrize(
    ("direction", "sources"),
    [("both", {Side.CRM, Side.MA}), ("crm_to_ma", {Side.CRM}), ("ma_to_crm", {Side.MA}), ("none", set())],
)
def test_a_consent_travels_as_the_mapping_says(direction: str, sources: set[Side]) -> None:
    made = ledger()
    made.__dict__["keys"] = {NEWS: FieldRule(crm="C", ma="m", direction=direction)}  # type: ignore[arg-type]

    assert {side for side in Side if made.travels(NEWS, side)} == sources
    assert not made.travels(PHONE, Side.CRM)
