"""Orgs and a mapping of an organisation's own, read from files once, and people made to measure for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from syncproof.cast import fitting_for
from syncproof.fitting import Fitting
from syncproof.mapping.load import load_mapping
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.people import Dirt, Population, RecordSeed
from syncproof.sandbox import Sandbox
from syncproof.shape import load_shape
from tests.fitting import orgs


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return orgs.write(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="session")
def sandbox(folder: Path) -> Sandbox:
    return Sandbox(load_mapping(folder / "mapping.yaml"), 1, shape=load_shape(folder / "orgs.yaml"))


@pytest.fixture(scope="session")
def fitting(sandbox: Sandbox) -> Fitting:
    return fitting_for(sandbox)


@pytest.fixture(scope="session")
def people(fitting: Fitting, sandbox: Sandbox) -> Population:
    today = sandbox.world.clock.now().date().isoformat()
    return fitting.dressed(make_population(11, PopulationSpec(240, today, dirt=dict.fromkeys(Dirt, 6))))


@pytest.fixture(scope="session")
def seeds(fitting: Fitting, people: Population) -> list[RecordSeed]:
    return fitting.records(people)
