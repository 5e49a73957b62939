"""A scenario of a pack that a mapping cannot play is left out and said so; a named one is played."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from syncproof.errors import InputError
from syncproof.mapping.grammar import Mapping
from syncproof.mapping.load import load_mapping
from syncproof.model import RunResult, Verdict
from syncproof.ordering import make_request
from syncproof.renderers.json_file import as_json
from syncproof.sandbox import default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.scenario.loader import builtin, load_scenarios
from syncproof.scenario.needs import lacking

CONTACTS_ONLY = """
mapping: contacts only
objects:
  - object: contact
    crm: Contact
    ma: contacts
    match: [{crm: Email, ma: email}]
    fields:
      - {crm: Email, ma: email, type: email, direction: crm_to_ma}
      - {crm: Phone, ma: phone, type: phone, direction: crm_to_ma}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(CONTACTS_ONLY)
    return path


def story(*steps: Any, **population: Any) -> Scenario:
    return Scenario.model_validate({"population": population, "steps": [*steps, "sync"]})


def default() -> Mapping:
    return load_mapping(default_mapping_file())


def test_the_default_mapping_can_play_every_built_in_scenario() -> None:
    mapping = default()

    assert [s.id for s in load_scenarios(list(builtin())) if lacking(s, mapping)] == []


NEWSLETTER = {"side": "crm", "purpose": "newsletter"}


@pytest.mark.parametrize(("scenario", "missing"), [
    (story("sync"), ""),
    (story("sync", kinds={"lead": 3}), "leads"),
    (story("sync", kinds={"lead": 3, "customer": 1}), ""),
    (story({"convert": {}}), "leads"),
    (story({"create": {"side": "ma", "object": "lead"}}), "leads"),
    (story({"edit": {"side": "ma", "who": {"kind": "lead"}, "set": {"phone": "1"}}}), "leads"),
    (story({"change_company": {"side": "crm"}}), "companies"),
    (story({"meanwhile": {"system": "ma", "do": [{"opt_out": NEWSLETTER}]}}), "consents by the name `newsletter`"),
    (story({"opt_out": {"side": "crm"}}), ""),
    (story({"campaign": {"name": "x", "purpose": "newsletter"}}), ""),
    (story({"inject": {"fault": "row_lock", "system": "crm", "operation": "changes"}}), "way for such writes into the CRM"),
    (story({"inject": {"fault": "row_lock", "system": "crm", "operation": "changes", "optional": True}}), ""),
    (story({"inject": {"fault": "row_lock", "system": "ma", "operation": "changes"}}), ""),
    (story({"convert": {}}, {"change_company": {"side": "crm"}}), "companies and no leads"),
])  # fmt: skip
def test_what_a_story_needs_and_a_mapping_has_not(own: Path, scenario: Scenario, missing: str) -> None:
    assert lacking(scenario, load_mapping(own)) == missing
    assert lacking(scenario, default()) == ""


def test_the_crm_keeps_a_consent_for_each_kind_of_record_and_the_ma_once() -> None:
    mapping = default()
    lead = mapping.of("lead")
    assert lead is not None
    bare = lead.model_copy(update={"fields": tuple(f for f in lead.fields if f.consent is None)})
    mapping = mapping.model_copy(update={"objects": tuple(bare if o is lead else o for o in mapping.objects)})
    both = {"customer": 1, "lead": 1}

    assert lacking(story({"opt_out": NEWSLETTER}, kinds=both), mapping) == "consents by the name `newsletter`"
    assert lacking(story({"opt_out": {**NEWSLETTER, "side": "ma"}}, kinds=both), mapping) == ""
    assert lacking(story({"opt_out": {**NEWSLETTER, "who": {"kind": "customer"}}}, kinds=both), mapping) == ""


def test_a_pack_leaves_out_what_the_mapping_cannot_play_and_says_so(own: Path) -> None:
    said: list[str] = []
    request = make_request([], pack="resilience", mapping=own, progress=said.append)
    left = dict(request.left_out)

    assert left["faults/slow_to_create"] == "the mapping `contacts only` has no leads and no way for such writes into the CRM"
    assert not {s.id for s in request.scenarios} & set(left)
    assert any("of the pack are left out: the mapping `contacts only` has no leads" in line for line in said)
    result = RunResult("0", 1, Verdict.PASS, {}, {}, (), "contacts only", left_out=request.left_out)
    assert {"id": "faults/slow_to_create", "reason": left["faults/slow_to_create"]} in as_json(result)["left_out"]
    assert json.dumps(as_json(replace(result, left_out=())))  # nothing left out is said as nothing


def test_a_named_scenario_is_played_whatever_it_needs(own: Path) -> None:
    request = make_request(["faults/slow_to_create"], mapping=own)

    assert [s.id for s in request.scenarios] == ["faults/slow_to_create"]
    assert request.left_out == ()


def test_a_pack_of_which_nothing_is_left_is_an_error_and_no_pass(own: Path) -> None:
    with pytest.raises(InputError, match="faults/slow_to_create is left out: the mapping `contacts only` has no leads"):
        make_request([], pack="resilience", expression="slow_to_create", mapping=own)
