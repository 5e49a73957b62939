"""Scenario files as tests, in somebody else's repository."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

import pytest
from syncproof.model import Finding, ScenarioResult, Severity, Verdict
from syncproof.pytest_plugin import failure_text

Run = Callable[..., pytest.RunResult]

GOOD = "title: Nothing happens\npopulation: {total: 2, kinds: {customer: 1}}\nsteps: [sync]\n"
IDLE = "connector: idle\nstart: {command: [sh, -c, 'exit 0']}\n"


def result(verdict: Verdict, *findings: Finding, reason: str = "") -> ScenarioResult:
    return ScenarioResult("mine/a", "A story", verdict, reason, (), tuple(findings), "syncproof run a --seed 1")


def finding(number: int = 1, **rest: Any) -> Finding:
    return Finding("CONS-001", f"person {number} would be mailed", Severity.CRITICAL, **rest)


def test_a_repository_without_scenarios_is_left_alone(pytester: pytest.Pytester, run_pytest: Run) -> None:
    pytester.makepyfile("def test_it(): pass")
    pytester.makefile(".yaml", compose="services: {}", scenario="steps: [nonsense]")

    found = run_pytest()

    found.assert_outcomes(passed=1)
    assert "syncproof:" not in found.stdout.str()


def test_importing_the_plugin_imports_nothing_heavy() -> None:
    code = "import syncproof.pytest_plugin, sys; print(*sorted(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"pydantic", "yaml", "fastapi", "uvicorn", "faker", "syncproof.runner", "syncproof.errors"} & set(loaded)


def test_pytest_finds_the_plugin_by_itself_once_syncproof_is_installed() -> None:
    (found,) = entry_points(group="pytest11", name="syncproof")

    assert found.value == "syncproof.pytest_plugin"


def test_each_scenario_file_is_one_test_named_after_it(pytester: pytest.Pytester, run_pytest: Run) -> None:
    folder = pytester.mkdir("sync")
    (folder / "one.scenario.yaml").write_text(GOOD)
    (folder / "two.scenario.yaml").write_text("scenario: named/two\n" + GOOD)
    (folder / "three.yaml").write_text(GOOD)

    found = run_pytest("--collect-only", "-q")

    found.stdout.fnmatch_lines(["sync/one.scenario.yaml::sync/one", "sync/two.scenario.yaml::named/two"])
    assert "three" not in found.stdout.str()


def test_a_wrong_scenario_is_a_collection_error_with_its_line(pytester: pytest.Pytester, run_pytest: Run) -> None:
    (pytester.path / "bad.scenario.yaml").write_text("steps:\n  - snyc\n  - wait: soon\n")

    found = run_pytest()

    found.assert_outcomes(errors=1)
    found.stdout.fnmatch_lines(["*bad.scenario.yaml:2: *snyc*Did you mean `sync`?", "*bad.scenario.yaml:3: *"])
    assert "Traceback" not in found.stdout.str()


def test_a_wrong_connector_file_is_told_in_words(pytester: pytest.Pytester, run_pytest: Run) -> None:
    (pytester.path / "a.scenario.yaml").write_text(GOOD)
    (pytester.path / "c.yaml").write_text("connector: a\nstart: {command: [./gone]}\n")

    found = run_pytest("--syncproof-connector", "c.yaml")

    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["*c.yaml:2: there is no program */gone.*"])
    assert "Traceback" not in found.stdout.str()


def test_the_connector_of_the_ini_file_wins_over_the_usual_place(pytester: pytest.Pytester, run_pytest: Run) -> None:
    (pytester.path / "a.scenario.yaml").write_text(GOOD)
    (pytester.path / "connector.yaml").write_text(IDLE)
    pytester.makeini("[pytest]\nsyncproof_connector = mine.yaml\n")

    run_pytest("--collect-only").stdout.fnmatch_lines(["syncproof: */mine.yaml"])


def test_the_connector_of_the_option_wins_over_the_usual_place(pytester: pytest.Pytester, run_pytest: Run) -> None:
    (pytester.path / "a.scenario.yaml").write_text(GOOD)
    (pytester.path / "connector.yaml").write_text(IDLE)

    run_pytest("--collect-only", "--syncproof-connector=x.yaml").stdout.fnmatch_lines(["syncproof: */x.yaml"])


def test_a_seed_that_is_no_number_is_told(pytester: pytest.Pytester, run_pytest: Run) -> None:
    (pytester.path / "a.scenario.yaml").write_text(GOOD)

    found = run_pytest("--syncproof-seed", "x")

    assert "`x` is not a number from 0 up" in found.stdout.str() + found.stderr.str()
    assert found.ret != 0


def test_a_tag_can_be_chosen_and_the_reference_connector_is_said_to_be_tested(
    pytester: pytest.Pytester, run_pytest: Run
) -> None:
    (pytester.path / "a.scenario.yaml").write_text("tags: [slowly]\n" + GOOD)
    (pytester.path / "b.scenario.yaml").write_text(GOOD)

    found = run_pytest("--collect-only", "-k", "slowly")

    found.stdout.fnmatch_lines(
        ["syncproof: no connector file, so the reference connector that ships is tested", "*1/2 tests collected*"]
    )


def test_fail_and_unknown_are_failures_told_in_words_and_reported(pytester: pytest.Pytester, run_pytest: Run) -> None:
    (pytester.path / "connector.yaml").write_text(IDLE)
    (pytester.path / "idle.scenario.yaml").write_text("scenario: mine/idle\n" + GOOD)
    nobody = GOOD.replace("steps: [sync]", "steps: [delete: {side: crm, who: {locale: xx_XX}}, sync]")
    (pytester.path / "nobody.scenario.yaml").write_text("scenario: mine/nobody\n" + nobody)

    found = run_pytest("--syncproof-report", "out")

    found.assert_outcomes(failed=2)
    found.stdout.fnmatch_lines(
        [
            "FAIL: mine/idle: * finding*",
            "- STATUS-002 *",
            "reproduce: syncproof run *idle.scenario.yaml --seed 1*",
            "UNKNOWN: mine/nobody: could not be set up: nobody matches `locale: xx_XX` among the 2 people of the scenario (*nobody.scenario.yaml:*",
            "Nothing was proved, so this is not a pass.",
        ]
    )
    assert "Traceback" not in found.stdout.str()
    assert {p.parent.name for p in (pytester.path / "out").glob("*/result.json")} == {"mine__idle", "mine__nobody"}


# -- what a failure says --------------------------------------------------------------------------------


def test_a_failure_tells_the_finding_in_words() -> None:
    text = failure_text(
        result(
            Verdict.FAIL,
            finding(system="ma", person="p0007 Zofia Bodera", field="email", expected=False, found=True, story=("12:00 she said no",)),
            reason="1 finding",
        )
    )

    assert text.splitlines() == [
        "FAIL: mine/a: 1 finding",
        "- CONS-001 critical: person 1 would be mailed",
        "    where: ma p0007 Zofia Bodera email",
        "    expected: False, found: True",
        "    12:00 she said no",
        "reproduce: syncproof run a --seed 1",
    ]


def test_unknown_is_told_with_its_reason_and_is_no_pass() -> None:
    lines = failure_text(result(Verdict.UNKNOWN, reason="the connector was never started")).splitlines()

    assert lines[:2] == [
        "UNKNOWN: mine/a: the connector was never started",
        "Nothing was proved, so this is not a pass.",
    ]


def test_many_findings_are_cut_and_counted() -> None:
    text = failure_text(result(Verdict.FAIL, *(finding(n) for n in range(25))))

    assert text.count("- CONS-001") == 20
    assert "... and 5 more findings" in text


# -- fixtures -------------------------------------------------------------------------------------------

FIXTURES = """
    import urllib.request

    def test_both_systems_answer(crm, ma):
        for system in (crm, ma):
            try:
                urllib.request.urlopen(system.url + "/services/data")
            except urllib.error.HTTPError as error:
                assert error.code in (401, 404)
        assert crm.url != ma.url
        assert crm.credentials["token"] and ma.credentials["token"]

    def test_one_test_leaves_a_record(crm, sandbox):
        sandbox.call(lambda: crm.dialect.desk_create("Lead", {"LastName": "Novak", "Company": "X"}))
        assert len(list(crm.dialect.store.rows("Lead"))) == 1

    def test_the_next_one_has_a_fresh_world(crm):
        assert list(crm.dialect.store.rows("Lead")) == []
"""


def test_the_fixtures_are_live_mocks_with_a_fresh_world_for_each_test(pytester: pytest.Pytester, run_pytest: Run) -> None:
    pytester.makepyfile(FIXTURES)

    run_pytest().assert_outcomes(passed=3)
