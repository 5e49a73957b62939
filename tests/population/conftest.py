"""One large and one small population, made once: they are frozen."""

from __future__ import annotations

import pytest
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.people import Population

TODAY = "2026-11-22"


@pytest.fixture(scope="session")
def crowd() -> Population:
    return make_population(7, PopulationSpec(10_000, TODAY))


@pytest.fixture(scope="session")
def sample() -> Population:
    return make_population(7, PopulationSpec(20, TODAY))
