"""The matrix fits a terminal of 100 columns and hides nothing that matters."""

from __future__ import annotations

from syncproof.checks import all_rules
from syncproof.qualify import Qualification
from syncproof.qualify.printing import WIDTH, lines
from tests.qualify.made import outcome, qualification, trial


def text(found: Qualification) -> list[str]:
    return [line.plain for line in lines(found)]


def row(found: Qualification, name: str) -> str:
    return next(line for line in text(found) if name in line)


def test_each_row_marks_who_saw_it_who_else_did_and_who_should_have() -> None:
    found = qualification(
        trial("seen_well", "CONS-001", one="CONS-001 FIELD-001"), trial("not_seen", "CONS-001", one="FIELD-001"),
    )  # fmt: skip

    legend = next(line for line in text(found) if line.startswith("A "))
    order = ["fields_agree", "refusal_survives"]
    assert [w for w in legend.split() if w in order] == order
    assert row(found, "seen_well").split() == ["B001", "seen_well", "○", "●"]
    assert row(found, "not_seen").split()[:4] == ["B001", "not_seen", "○", "!"]


def test_a_rule_that_stays_silent_while_another_expected_one_sees_it_is_no_alarm() -> None:
    found = qualification(trial("seen", "CONS-001 FIELD-001", one="FIELD-001"))

    assert row(found, "seen").split() == ["B001", "seen", "●", "·"]


def test_no_line_but_reasons_is_wider_than_the_terminal_even_with_every_check_in_it() -> None:
    long = "x" * 120
    everything = trial(f"a_name_without_end_{long}", " ".join(all_rules()), **{f"scenario_{long}": " ".join(all_rules())})

    shown = text(qualification(everything, clean=(outcome(f"x/{long}"),), is_whole=False))

    assert max(map(len, shown[:-1])) <= WIDTH
    assert "●" in next(line for line in shown if line.startswith("B001 a_name"))


def test_a_scenario_that_catches_nothing_shows() -> None:
    shown = text(qualification(trial("a", "CONS-001", one="CONS-001"), clean=(outcome("x/one"), outcome("x/idle"))))

    assert next(line for line in shown if line.startswith("x/idle")).split()[1:3] == ["0", "0"]
    assert next(line for line in shown if line.startswith("x/one")).split()[1:] == ["1", "1", "1.5", "a"]
    assert any(line.startswith("1 scenario above (0)") for line in shown)


def test_misses_and_false_alarms_are_told_in_words_and_the_score_comes_last() -> None:
    clean = (outcome("x/one", "FIELD-002", reason="p0001 has the wrong phone"),)

    shown = text(qualification(trial("a", "CONS-001", one="CONS-001"), trial("b", "CONS-001", "B004", one=""), clean=clean))

    assert "missed B004 b (what goes wrong): expected CONS-001, fired nothing; x/one: PASS" in shown
    assert "false alarm: x/one FAIL FIELD-002: p0001 has the wrong phone" in shown
    assert shown[-1].startswith("1 of 2 variants caught; 1 of 101 bug classes shown to be detected (")
    assert shown[-1].endswith("1 false alarm in 1 scenario; 3 runs in 12 s, 2 at a time")
