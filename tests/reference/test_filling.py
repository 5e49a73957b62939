"""Fields that fill blanks: whatever the reference connector decides, the oracle must allow it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule
from syncproof.oracle.rules import Situation, allowed
from syncproof.reference.bugs import Bugs
from syncproof.reference.contract import Rule
from syncproof.reference.merging import UNKNOWN, merge

N = None
BACK = [{"fill": "back", "direction": d, "blank": b, "enforce": e} for d in ("crm_to_ma", "ma_to_crm") for b in ("", "keep", "clear")
        for e in ("", "always", "on_change")]
ONLY = [{"fill": "only", "direction": d} for d in ("crm_to_ma", "ma_to_crm", "both")]


@pytest.mark.parametrize("stated", [*BACK, *ONLY], ids=lambda s: " ".join(filter(None, s.values())))
def test_every_decision_is_one_that_the_oracle_allows(stated: dict[str, Any]) -> None:
    rule = FieldRule(crm="C", ma="m", **{k: v or None for k, v in stated.items()})

    for crm, ma, base in itertools.product(("a", "b", N), ("a", "b", N), ("a", N, UNKNOWN)):
        done = merge(Rule("C", "m", **stated), crm, ma, base, lambda: "crm", Bugs())
        after = (done.value if done.to_crm else crm, done.value if done.to_ma else ma)
        known = None if base is UNKNOWN else (base, base)
        assert after in allowed(rule, Situation(known, (crm, ma))).pairs, (crm, ma, base)


@pytest.mark.parametrize(
    ("stated", "crm", "ma", "base", "written"),
    [
        ({"fill": "back", "direction": "crm_to_ma"}, N, "a", N, ("crm", "a")),
        ({"fill": "back", "direction": "crm_to_ma", "blank": "clear"}, N, "a", "a", ("ma", None)),
        ({"fill": "back", "direction": "crm_to_ma"}, "b", "a", "b", None),
        ({"fill": "back", "direction": "ma_to_crm"}, "a", N, UNKNOWN, ("ma", "a")),
        ({"fill": "only"}, "a", "b", UNKNOWN, None),
        ({"fill": "only"}, N, "b", N, ("crm", "b")),
        ({"fill": "only", "direction": "crm_to_ma"}, N, "b", N, None),
    ],
)
def test_what_is_filled_and_what_is_left(stated: dict[str, Any], crm: Any, ma: Any, base: Any, written: Any) -> None:
    done = merge(Rule("C", "m", **stated), crm, ma, base, lambda: "crm", Bugs())

    told = ("crm", done.value) if done.to_crm else ("ma", done.value) if done.to_ma else None
    assert told == written
