"""The JSON Schema that editors get says the same as the grammar."""

from __future__ import annotations

import json
from typing import Any

from syncproof.scenario.grammar import Scenario, known_steps
from syncproof.scenario.json_schema import scenario_schema

SCHEMA = scenario_schema()


def step_line() -> dict[str, Any]:
    items: dict[str, Any] = SCHEMA["properties"]["steps"]["items"]
    while "$ref" in items:
        items = SCHEMA["$defs"][items["$ref"].rpartition("/")[2]]
    return items


def test_the_schema_is_plain_json() -> None:
    assert json.loads(json.dumps(SCHEMA))["$schema"].startswith("https://json-schema.org/")


def test_the_schema_knows_the_keys_of_the_grammar_and_no_others() -> None:
    assert set(SCHEMA["properties"]) == {f.alias or name for name, f in Scenario.model_fields.items()}
    assert SCHEMA["additionalProperties"] is False
    assert SCHEMA["required"] == ["steps"]


def test_a_step_is_one_of_the_words() -> None:
    _, table = step_line()["anyOf"]

    assert set(table["properties"]) == set(known_steps())
    assert (table["minProperties"], table["maxProperties"], table["additionalProperties"]) == (1, 1, False)


def test_only_steps_that_need_nothing_may_be_a_bare_word() -> None:
    bare = step_line()["anyOf"][0]["enum"]

    assert {"sync", "heal"} <= set(bare)
    assert not {"edit", "opt_in", "wait"} & set(bare)


def test_a_step_with_one_telling_setting_takes_its_value_alone() -> None:
    table = step_line()["anyOf"][1]

    assert any(case.get("type") == "number" for case in table["properties"]["wait"]["anyOf"])
    assert not any(case.get("type") == "number" for case in table["properties"]["edit"]["anyOf"])


def test_every_reference_leads_somewhere() -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [r for value in node.values() for r in references(value)]
        return [r for value in node for r in references(value)] if isinstance(node, list) else []

    found = references(SCHEMA)
    assert found
    assert {r.rpartition("/")[2] for r in found} <= set(SCHEMA["$defs"])
