"""`junit.xml`: what a CI server makes of it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from syncproof.model import UnmockedCall
from syncproof.renderers.junit import MOST_TEXT, Junit
from tests.renderers.sample import empty, hostile, overwrite, quiet, sample


def test_each_scenario_is_a_test_case_and_only_a_pass_is_bare() -> None:
    suite = ElementTree.fromstring(Junit().render(sample())).find("testsuite")

    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("5", "3", "1")
    assert [(c.get("classname"), c.get("name"), [child.tag for child in c]) for c in suite] == [
        ("consent", "opt_out_in_ma_survives_push", ["failure"]), ("overwrite", "contact_matrix", ["failure"]),
        ("sample_sync", "all_strata", ["failure", "system-out"]), ("idempotence", "second_sync_is_quiet", []), ("faults", "server_down", ["error"]),
    ]


def test_a_failure_names_its_worst_cause_examples_and_the_command() -> None:
    failure = ElementTree.fromstring(Junit().render(sample())).find(".//failure")

    assert failure is not None
    assert failure.get("message") == "3 findings: email/newsletter in the MA: a refusal was turned into a yes"
    lines = (failure.text or "").splitlines()
    assert lines[0] == "reproduce: syncproof run consent/opt_out_in_ma_survives_push --seed 4711 --connector connector.yaml"
    assert lines[1] == "CONS-001 critical: email/newsletter in the MA: a refusal was turned into a yes (3 people)"


def test_a_passed_case_still_tells_the_calls_that_nobody_mocks() -> None:
    scenario = replace(quiet(), unsupported=(UnmockedCall("hubspot: GET /nobody", "nothing near is supported", 2),))
    case = ElementTree.fromstring(Junit().render(replace(sample(), scenarios=(scenario,)))).find(".//testcase")

    assert case is not None
    assert [child.tag for child in case] == ["system-out"]
    assert case.findtext("system-out") == "2 calls refused: not mocked\nhubspot: GET /nobody (nothing near is supported), 2 times"


def test_hostile_text_cannot_leave_its_place() -> None:
    root = ElementTree.fromstring(Junit().render(hostile()))

    assert [e.tag for e in root.iter()] == ["testsuites", "testsuite", "testcase", "failure", "system-out"]
    assert "<script>alert('x')</script>" in (root.findtext(".//failure") or "")


def test_a_cut_keeps_the_command() -> None:
    scenario = overwrite()
    findings = tuple(replace(f, field=f"f{n}", message="long " * 900) for n, f in enumerate(scenario.findings))
    text = ElementTree.fromstring(Junit().render(replace(sample(), scenarios=(replace(scenario, findings=findings),)))).findtext(".//failure")

    assert text is not None
    assert text.startswith("reproduce: syncproof run overwrite/contact_matrix")
    assert MOST_TEXT < len(text) < MOST_TEXT + 100
    assert text.endswith("characters)")


def test_a_run_without_scenarios_is_an_error() -> None:
    suite = ElementTree.fromstring(Junit().render(empty())).find("testsuite")

    assert suite is not None
    assert (suite.get("tests"), suite.get("errors")) == ("1", "1")
