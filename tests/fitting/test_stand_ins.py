"""Built-in scenarios keep their power under another mapping: other fields take the part of those that it does not have."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syncproof.errors import SetupError
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.oracle.identity import trace_of
from syncproof.planning import matrix_cells
from syncproof.sandbox import Sandbox
from syncproof.scenario.loader import load_scenarios
from syncproof.shape import load_shape
from syncproof.stage import Stage
from tests.fitting import orgs


def nobody(*_: Any) -> Any:
    raise AssertionError("no connector is started here")


@pytest.fixture
def stage(folder: Path) -> Callable[..., Stage]:
    def make(scenario: str | Path, mapping: Path | None = None) -> Stage:
        chosen = load_scenario_at(scenario) if isinstance(scenario, Path) else load_scenarios([scenario])[0]
        sandbox = Sandbox(load_mapping(mapping or folder / "mapping.yaml"), 1, shape=load_shape(folder / "orgs.yaml"))
        made = Stage(chosen, sandbox.mapping, sandbox, nobody)
        made.seed()
        return made

    return make


def load_scenario_at(path: Path) -> Any:
    return load_scenarios([path])[0]


def play_edits(stage: Stage) -> list[tuple[str, str]]:
    for step in stage.scenario.steps:
        if step.name == "edit":
            step.run(stage)
    return sorted({(str(a.side), str(a.field)) for a in stage.acts})


@pytest.mark.parametrize(("scenario", "edited"), [
    ("overwrite/more_edits_than_a_page", [("ma", "job_role")]),
    ("overwrite/two_sides_two_fields", [("crm", "MailingCity"), ("crm", "Office_Street__c"), ("ma", "direct_line"), ("ma", "job_role")]),
    ("overwrite/booleans_and_lists", [("crm", "Is_Reseller__c"), ("crm", "Loyalty_Tier__c"), ("crm", "Topics__c"), ("ma", "points")]),
    ("overwrite/address_change", [("crm", "Email")]),
    ("consent/strangers_in_the_ma", [("crm", "Status__c")]),
])  # fmt: skip
def test_a_field_of_the_mapping_is_edited_in_place_of_one_that_it_lacks(
    stage: Callable[..., Stage], scenario: str, edited: list[tuple[str, str]]
) -> None:
    made = stage(scenario)
    known = {"MailingCity", "Email"}

    assert play_edits(made) == edited
    for _, field in edited:
        assert field in known or any(f"`{field}` was edited in its place" in told for told in made.values.told)


def test_the_supplier_of_a_scenario_is_whoever_this_mapping_keeps_out(stage: Callable[..., Stage]) -> None:
    made = stage("consent/strangers_in_the_ma")
    play_edits(made)

    assert {a.value for a in made.acts} == {"Partner"}


def test_a_scenario_of_ones_own_is_taken_at_its_word(stage: Callable[..., Stage], tmp_path: Path) -> None:
    own = tmp_path / "s.scenario.yaml"
    own.write_text("population: {total: 4, kinds: {customer: 4}}\nsteps:\n"
                   "  - edit: {side: crm, set: {Title: $fresh, Discount__c: $fresh, Topics__c: $fresh, Points__c: $fresh}}\n"
                   "  - edit: {side: ma, set: {jobtitle: $fresh, grade: $fresh, member_status: $fresh, second_email: $blank}}\n")
    made = stage(own)

    assert [f for _, f in play_edits(made)] == ["Discount__c", "Points__c", "Title", "Topics__c",
                                               "grade", "jobtitle", "member_status", "second_email"]
    values = {a.field: a.value for a in made.acts}
    assert 0 < values["Discount__c"] < 1_000
    assert set(values["Topics__c"].split(";")) <= set(orgs.TOPICS)
    assert values["member_status"] in orgs.STATUSES, "the list of one side is what the text of the other may hold"
    assert len(values["grade"]) == 3
    assert not values["second_email"]
    assert not made.values.told


def test_a_step_that_could_prove_nothing_is_not_set_up(stage: Callable[..., Stage], folder: Path) -> None:
    mapping = copy.deepcopy(orgs.MAPPING)
    for obj in mapping["objects"]:
        for rule in obj["fields"]:
            if rule.get("consent") is None and rule["direction"] in ("both", "ma_to_crm"):
                rule.update(direction="crm_to_ma")
                rule.pop("winner", None)
    other = folder.parent / "one_way.yaml"
    orgs.write(folder, mapping)
    (folder / "mapping.yaml").rename(other)
    orgs.write(folder)
    made = stage("overwrite/more_edits_than_a_page", other)

    with pytest.raises(SetupError, match="no field for contact that could take the part of `jobtitle`: nothing would be proved"):
        play_edits(made)


def test_the_matrix_has_a_person_for_every_cell_however_many_fields_there_are(stage: Callable[..., Stage]) -> None:
    made = stage("overwrite/lead_matrix")
    step = made.scenario.steps[1]
    cells = matrix_cells(made.mapping, made.sandbox, step.settings)
    assert len(made.cells) == len(cells) > 60

    grown = stage("overwrite/contact_matrix")
    assert len(grown.cells) == len(grown.cast.people) > grown.scenario.population.total == 240
    for key, (cell, _) in grown.cells.items():
        for side in Side:
            if cell.rule.type != "boolean" and side is not cell.blank_side:
                link = grown.record(grown.cast.people[key], side, None)
                row = grown.sandbox.on(side).store.get(link.kind, link.record_id)
                assert row is not None
                assert row.values.get(cell.rule.field_on(side)) not in (None, ""), (cell.name, side)


def test_what_a_field_of_few_values_holds_tells_nobody(stage: Callable[..., Stage], tmp_path: Path) -> None:
    own = tmp_path / "s.scenario.yaml"
    own.write_text("population: {total: 4, kinds: {customer: 4}}\nsteps:\n"
                   "  - edit: {side: crm, set: {Status__c: $fresh, Job_Role__c: $fresh, Grade__c: $fresh}}\n"
                   "  - edit: {side: ma, set: {discount_rate: $fresh}}\n")
    made = stage(own)
    play_edits(made)
    trace = trace_of(made.evidence())
    values = {a.field: a.value for a in made.acts}

    assert values["Status__c"] in ("Member", "Guest"), "a new value is no farewell"
    assert trace.whose(values["Job_Role__c"]) == (("p0001", "Job_Role__c"),)
    assert not any(trace.whose(values[f]) for f in ("Status__c", "Grade__c", "discount_rate"))
