"""Whatever people do, a synchroniser that follows the mapping is accepted; its sins: test_random_deviations."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.ideal import Ideal
from tests.oracle.histories import histories, scenario
from tests.policies import POLICIES, mapping_of
from tests.staging import play

# A history that fails is short enough to be read as it is: to shrink it would take minutes.
RANDOM = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=6, phases=(Phase.explicit, Phase.generate))


@pytest.mark.parametrize("policy", POLICIES)
def test_an_ideal_synchroniser_is_accepted_after_any_history(policy: str) -> None:
    mapping = mapping_of(policy)

    @RANDOM
    @given(histories(mapping), st.integers(0, 2**32))
    def try_it(steps: list[Any], seed: int) -> None:
        result = play(scenario(steps), Ideal(), seed, mapping)

        assert [f.message for f in result.findings] == []
        assert any(c.looked_at for c in result.checks if c.check == "fields_agree")

    try_it()


def test_a_yes_to_one_list_is_demanded_nowhere_while_the_no_to_everything_stands() -> None:
    """Neither vendor makes it effective where it was said: the opt-out of everything stays in force there."""
    who = {"side": "crm", "who": {"index": 1}}
    yes = {"opt_in": {**who, "purpose": "newsletter", "evidence": {"source": "form", "text": "yes"}}}

    result = play(scenario(["sync", {"opt_out": {**who, "purpose": "*"}}, "sync", yes, "sync"]), Ideal(), 5)

    assert [f.message for f in result.findings] == []
    assert any("an earlier no to everything stands" in text for text in result.left_open)
