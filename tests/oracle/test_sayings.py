"""What a set of sayings amounts to: whatever order they are looked at in."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syncproof.mapping.grammar import Side
from syncproof.oracle.sayings import SEED_SEQ, Saying, amounts_to, comes_after, standing_refusals
from syncproof_mocks.consent import ConsentKey, ConsentState

NEWS, ALL, OTHER, PHONE = (
    ConsentKey("email", "newsletter"), ConsentKey("email", "*"), ConsentKey("email", "offers"), ConsentKey("phone", "*")
)


def said(seq: int, key: ConsentKey, what: str, at: str | None = None) -> Saying:
    return Saying(seq, 0, Side.CRM, key, what != "no", what == "proved", 0, at, "form", what == "request")


sayings = st.builds(
    said, st.one_of(st.just(SEED_SEQ), st.integers(1, 9)), st.sampled_from([NEWS, ALL, OTHER, PHONE]),
    st.sampled_from(["no", "proved", "bare", "request"]), st.sampled_from([None, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"]),
)


@given(st.lists(sayings, max_size=5), st.sampled_from([NEWS, ALL, PHONE]))
def test_the_order_in_which_sayings_are_looked_at_decides_nothing(what: list[Saying], key: ConsentKey) -> None:
    assert len({amounts_to(order, key) for order in permutations(what)}) <= 1


@given(st.lists(sayings, max_size=6), st.sampled_from([NEWS, ALL]))
def test_a_refusal_holds_at_its_own_time(what: list[Saying], key: ConsentKey) -> None:
    assert amounts_to([*what, said(10, key, "no")], key) is ConsentState.WITHDRAWN


@given(st.lists(sayings, max_size=6), sayings)
def test_what_is_not_proved_lifts_nothing(what: list[Saying], more: Saying) -> None:
    if more.grant and not more.proved:
        refused = standing_refusals(what, NEWS)

        assert [s for s in standing_refusals([*what, more], NEWS) if s in what] == refused


@pytest.mark.parametrize(
    ("what", "key", "state"),
    [
        ([said(1, NEWS, "request")], NEWS, ConsentState.PENDING),
        ([said(1, NEWS, "request"), said(2, NEWS, "bare")], NEWS, ConsentState.CLAIMED),
        ([said(1, NEWS, "no"), said(2, NEWS, "request")], NEWS, ConsentState.WITHDRAWN),
        ([said(1, ALL, "no"), said(2, ALL, "proved")], NEWS, ConsentState.UNKNOWN),
        ([said(1, ALL, "no"), said(2, ALL, "proved")], ALL, ConsentState.GRANTED),
        ([said(1, NEWS, "no"), said(2, ALL, "proved")], NEWS, ConsentState.WITHDRAWN),
        ([said(1, ALL, "no"), said(2, OTHER, "proved")], NEWS, ConsentState.WITHDRAWN),
        ([said(1, NEWS, "proved"), said(2, ALL, "no"), said(3, ALL, "proved")], NEWS, ConsentState.GRANTED),
        ([said(1, PHONE, "no")], ALL, ConsentState.UNKNOWN),
        ([said(2, NEWS, "proved"), said(2, NEWS, "no")], NEWS, ConsentState.WITHDRAWN),
    ],
)
def test_sets_of_sayings_amount_to(what: list[Saying], key: ConsentKey, state: ConsentState) -> None:
    assert amounts_to(what, key) is state


@pytest.mark.parametrize(
    ("one", "other", "is_later"),
    [
        (said(2, NEWS, "no"), said(1, NEWS, "no"), True),
        (said(1, NEWS, "no"), said(2, NEWS, "no"), False),
        (said(1, NEWS, "no", None), said(SEED_SEQ, NEWS, "no", "2031-01-01T00:00:00Z"), True),
        (said(SEED_SEQ, NEWS, "no", "2031-01-01T00:00:00Z"), said(1, NEWS, "no"), False),
        (said(SEED_SEQ, NEWS, "no", "2025-01-01T00:00:00Z"), said(SEED_SEQ, NEWS, "no", "2024-01-01T00:00:00Z"), True),
        (said(SEED_SEQ, NEWS, "no", "2025-01-01T00:00:00Z"), said(SEED_SEQ, NEWS, "no", None), False),
        (said(SEED_SEQ, NEWS, "no", None), said(SEED_SEQ, NEWS, "no", "2024-01-01T00:00:00Z"), False),
    ],
)
def test_later_is_only_what_certainly_is(one: Saying, other: Saying, is_later: bool) -> None:
    assert comes_after(one, other) is is_later


@pytest.mark.parametrize("at", [None, "2024-01-01T00:00:00Z"])
def test_nothing_comes_after_what_was_said_in_the_same_breath(at: str | None) -> None:
    assert not comes_after(said(3, NEWS, "no", at), said(3, NEWS, "proved", at))
    assert not comes_after(said(SEED_SEQ, NEWS, "no", at), said(SEED_SEQ, NEWS, "proved", at))
