"""What is written down is read back as it was, and tells both directions of coverage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from syncproof.checks import all_rules
from syncproof.errors import InputError
from syncproof.qualify import coverage, measured
from tests.qualify.made import outcome, qualification, trial
from tools import generated_power

CLEAN = (outcome("x/one", looked=("CONS-001", "FIELD-001")), outcome("x/two", looked=("FIELD-001",)), outcome("x/idle", looked=()))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(measured, "FILE", tmp_path / "measured.yaml")
    measured.measured.cache_clear()
    yield tmp_path / "measured.yaml"
    measured.measured.cache_clear()


@pytest.fixture
def written(file: Path) -> measured.Measured:
    found = qualification(trial("a", "CONS-001", one="CONS-001"), trial("b", "CONS-001", "B004", one="", two=""), clean=CLEAN)
    file.write_text(measured.as_text(found))
    return measured.measured()


def test_a_score_comes_back_as_it_was_measured(written: measured.Measured) -> None:
    assert written.variants == {"total": 2, "caught": 1, "missed": ["b"]}
    assert written.looked == {"x/idle": (), "x/one": ("CONS-001", "FIELD-001"), "x/two": ("FIELD-001",)}
    assert written.catches == {"x/one": ("a",)}
    assert (written.false_alarms, written.runs, written.seconds, written.jobs, written.seed) == (0, 6, 12, 2, 1)
    assert (written.classes["detected"], written.classes["total"]) == (1, 101)


def test_the_same_measurement_gives_the_same_bytes(file: Path) -> None:
    found = qualification(trial("a", "CONS-001", one="CONS-001"), clean=CLEAN)

    assert measured.as_text(found) == measured.as_text(found)
    assert "make score" in measured.as_text(found).splitlines()[0]


def test_nothing_measured_yet_is_told_with_the_command(file: Path) -> None:
    with pytest.raises(InputError, match="nothing has been measured yet. Run `make score`"):
        coverage.by_rule()


def test_each_rule_knows_its_scenarios_and_rules_nobody_looks_at_show(written: measured.Measured) -> None:
    by_rule = coverage.by_rule()

    assert list(by_rule) == list(all_rules())
    assert (by_rule["FIELD-001"], by_rule["CONS-001"]) == (("x/one", "x/two"), ("x/one",))
    assert set(coverage.never_looked_at()) == set(all_rules()) - {"FIELD-001", "CONS-001", *coverage.ELSEWHERE}
    assert set(coverage.ELSEWHERE) <= set(all_rules())


def test_the_coverage_in_words_has_both_directions(written: measured.Measured) -> None:
    lines = coverage.lines()

    at = lines.index("FIELD-001  a change reaches the other side")
    assert lines[at + 1] == "    looked at in 2 scenarios: x/one, x/two"
    assert "x/one: CONS-001 FIELD-001" in lines
    assert "x/idle: none" in lines
    assert any(line.startswith(f"{len(all_rules()) - 2 - len(coverage.ELSEWHERE)} rules never looked at: ") for line in lines)


def test_the_coverage_for_machines_says_the_same(written: measured.Measured) -> None:
    told = coverage.as_json()

    assert told["rules"]["CONS-001"]["scenarios"] == ["x/one"]
    assert told["rules"]["CONS-001"]["variants"] == ["a"]
    assert told["scenarios"]["x/two"] == ["FIELD-001"]
    assert "FIELD-001" not in told["never_looked_at"]
    assert not set(told["never_proved"]) & set(coverage.proved_by())


def test_a_rule_is_proved_by_the_variants_at_which_it_fired_not_by_those_at_which_it_was_hoped_for(file: Path) -> None:
    hoped_for = trial("a", "CONS-001 CONS-002", one="CONS-001"), trial("b", "CONS-001 FIELD-001", one="CONS-001 CONS-009", two="FIELD-001")
    file.write_text(measured.as_text(qualification(*hoped_for, clean=CLEAN)))

    assert coverage.proved_by() == {"CONS-001": ("a", "b"), "FIELD-001": ("b",)}
    assert "CONS-002" in coverage.as_json()["never_proved"]
    assert "IDENT-003" in coverage.as_json()["proved_by_tests_only"]
    assert f"    proved by unit tests only: {coverage.BY_TESTS_ONLY['IDENT-003']}" in coverage.lines()
    assert any(line == "    sees 2 buggy connectors: a, b" for line in coverage.lines())


def test_the_pages_tell_the_score_and_what_was_missed(written: measured.Measured, monkeypatch: pytest.MonkeyPatch) -> None:
    text = generated_power.score()

    assert text.startswith("**1 of 2 buggy connectors are caught by a rule that is there for the bug, and 0 false alarms are raised")
    assert "Missed: b." in text
    assert "1 of 101 known classes of bug are shown to be detected" in text
    assert "| `FIELD-001` | a change reaches the other side | 2 |" in generated_power.rule_coverage()
