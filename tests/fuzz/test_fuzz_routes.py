"""Nothing that is sent to any route breaks a mock: no 500, no crash, nothing half-written, the store stays consistent.

Two ways: by chance, and by putting everything that may go wrong into each place of each right request (see `sweep`).

Hypothesis chooses lists of numbers, each number is a request (see `requests`); a failure is shrunk to the shortest list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from syncproof_mocks.dialect import Dialect

from .orgs import hubspot, salesforce
from .requests import by_id
from .rounds import Seen, play
from .sweep import sweep

# 2 vendors x EXAMPLES x REQUESTS = 21,000.
EXAMPLES = 210
REQUESTS = 50
# Share of a vendor's operations that must have answered with a success at least once: what is always refused is not tested.
SUCCEED = 0.95
VENDORS = pytest.mark.parametrize("make", [salesforce, hubspot], ids=["salesforce", "hubspot"])


@pytest.fixture(autouse=True)
def _loop() -> Iterator[None]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@VENDORS
def test_no_request_breaks_a_mock(make: Callable[[], Dialect]) -> None:
    seen = Seen()

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck),
              phases=(Phase.generate, Phase.shrink))
    @given(st.lists(st.integers(0, 2**64), min_size=REQUESTS, max_size=REQUESTS, unique=True))
    def fuzz(numbers: list[int]) -> None:
        play(make, numbers, seen, note)

    fuzz()

    ids = by_id(make())
    never = [i for i in ids if not seen.good[i]]
    assert seen.requests >= EXAMPLES * REQUESTS
    assert set(seen.tried) == set(ids)
    assert len(never) <= (1 - SUCCEED) * len(ids), f"never answered with a success: {never}"
    refused = sum(n for status, n in seen.answers.items() if status >= 400) / seen.requests
    assert 0.2 < refused < 0.8, "a fuzz that is always refused, or never, looks at nothing"
    if make is salesforce:
        assert seen.undone > 50, "all-or-nothing was hardly ever put to the test"


@VENDORS
def test_no_wrong_thing_in_any_place_of_a_right_request_breaks_a_mock(make: Callable[[], Dialect]) -> None:
    seen = Seen()

    sweep(make, seen)

    assert seen.requests > 7_000
    assert sum(n for status, n in seen.answers.items() if status >= 400) > seen.requests / 2
