"""Each switchable bug of the reference connector is caught by the rule that is there for it; the correct one is clean."""

from __future__ import annotations

import os

import pytest
from syncproof.qualify import qualify
from syncproof.qualify.expected import EXPECTED
from syncproof.reference_bugs import variants

TIER_1 = {f"B{n:03}" for n in range(1, 19)}


def test_every_variant_has_an_expectation() -> None:
    assert {v.name for v in variants()} == set(EXPECTED)
    assert len({v.bug_class for v in variants()} & TIER_1) >= 10


@pytest.mark.slow
def test_every_variant_is_caught_by_its_rule_and_the_correct_connector_is_clean() -> None:
    found = qualify(jobs=min(2, os.cpu_count() or 1))

    assert [(t.variant.name, t.fired) for t in found.missed] == []
    assert found.false_alarms == 0
    numbers = found.as_json()
    assert numbers["variants"] == {"total": len(EXPECTED), "caught": len(EXPECTED), "missed": []}
    assert numbers["classes"]["total"] == 101
