"""`result.json`: the shape that other tools rely on (design.md section 11)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from syncproof.model import RunResult
from syncproof.renderers.json_file import JsonFile
from syncproof.report_folder import RESULT_SCHEMA
from tests.renderers.sample import hostile, sample

RUN = {"schema", "syncproof", "seed", "verdict", "connector", "systems", "assumed_behaviours", "scenarios"}
SCENARIO = {"id", "verdict", "reason", "rules_checked", "faults_fired", "findings"}
FINDING = {
    "rule", "class", "severity", "system", "kind", "person", "field", "expected", "found", "classification", "caused_by", "message", "reproduce",
}


def loaded(result: RunResult) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(JsonFile().render(result))
    return data


def without_times(data: Any) -> Any:
    if isinstance(data, dict):
        return {k: without_times(v) for k, v in data.items() if k != "times"}
    return [without_times(v) for v in data] if isinstance(data, list) else data


def test_findings_of_one_cause_are_one_group_with_three_examples_that_lead_back_to_them() -> None:
    data = loaded(sample())
    by_id = {s["id"]: s for s in data["scenarios"]}

    assert sum(g["findings"] for g in data["groups"]) == sum(len(s["findings"]) for s in data["scenarios"])
    wrong_side = next(g for g in data["groups"] if g["rule"] == "FIELD-002")
    assert (wrong_side["findings"], wrong_side["people"], wrong_side["places"]) == (12, 12, ["phone in the MA"])
    assert len(wrong_side["examples"]) == 3
    for example in wrong_side["examples"]:
        finding = by_id[example["scenario"]]["findings"][example["finding"]]
        assert (finding["rule"], finding["person"], finding["message"]) == ("FIELD-002", example["person"], example["message"])


def test_the_relied_on_keys_are_there() -> None:
    data = loaded(sample())

    assert set(data) >= RUN
    assert all(set(s) >= SCENARIO for s in data["scenarios"])
    assert all(set(f) >= FINDING for s in data["scenarios"] for f in s["findings"])
    assert data["schema"] == RESULT_SCHEMA
    assert data["systems"] == {"crm": "salesforce", "ma": "hubspot"}
    assert [s["verdict"] for s in data["scenarios"]] == ["FAIL", "FAIL", "FAIL", "PASS", "UNKNOWN"]


def test_totals_count_the_calls_that_nobody_mocks() -> None:
    data = loaded(sample())

    assert data["totals"]["unsupported_calls"] == 3
    assert data["totals"]["assumed_behaviours"] == data["assumed_behaviours"] == 1
    assert data["scenarios"][2]["unsupported"][0].endswith("(nearest supported: GET /crm/v3/lists/{listId}), 2 times")


def test_a_finding_is_told_in_full() -> None:
    found = loaded(sample())["scenarios"][0]["findings"][0]

    assert (found["rule"], found["class"], found["severity"], found["system"]) == ("CONS-001", "B001", "critical", "ma")
    assert (found["expected"], found["found"], found["caused_by"]) == ("withdrawn", "granted", 62)
    assert found["reproduce"].startswith("syncproof run consent/opt_out_in_ma_survives_push --seed 4711")


def test_rules_that_saw_nothing_are_not_among_the_checked() -> None:
    assert loaded(sample())["scenarios"][3]["rules_checked"] == ["FIELD-001", "QUIET-001"]


def test_everything_that_hangs_on_the_clock_stands_under_times() -> None:
    slow = [
        replace(s, seconds=77.7, connector_seconds=66.6, syncs=tuple(replace(x, seconds=55.5) for x in s.syncs),
                exposure=tuple({**e, "times": {"seconds": 44.4}} for e in s.exposure))
        for s in sample().scenarios
    ]
    later = replace(sample(), scenarios=tuple(slow), started_at="2031-01-01T00:00:00+00:00", seconds=99.9)

    assert loaded(later) != loaded(sample())
    assert without_times(loaded(later)) == without_times(loaded(sample()))


def test_sets_are_written_in_order() -> None:
    scenario = sample().scenarios[1]
    finding = replace(scenario.findings[0], found={"pear", "apple", "fig"}, expected=frozenset("cab"))
    found = loaded(replace(sample(), scenarios=(replace(scenario, findings=(finding,)),)))["scenarios"][0]["findings"][0]

    assert found["found"] == ["apple", "fig", "pear"]
    assert found["expected"] == ["a", "b", "c"]


def test_hostile_values_come_back_as_they_were() -> None:
    data = loaded(hostile())

    assert [f["found"] for f in data["scenarios"][0]["findings"]][5:7] == [None, ["a", "<b>b</b>", None]]
    assert data["scenarios"][0]["findings"][0]["found"] == "<script>alert('x')</script>"
