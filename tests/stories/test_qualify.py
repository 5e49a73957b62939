"""The gate of detection power: what the last `make score` wrote down holds, for a share of the variants.

Everything together takes as long as CI has for all tests; `make score` runs it. Here a share that changes with the day
takes its turn, a quarter of tier 1 and a sixteenth of the rest (`SYNCPROOF_DAY=3` runs a certain one again), so that the
gravest bugs are looked at within four days and everything within sixteen.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import lru_cache

import pytest
from syncproof.checks import all_rules
from syncproof.qualify import Qualification, qualify
from syncproof.qualify.classes import bug_classes
from syncproof.qualify.coverage import BY_TESTS_ONLY, ELSEWHERE, by_rule, never_looked_at, proved_by
from syncproof.qualify.expected import EXPECTED
from syncproof.qualify.measured import FILE, as_text, catches, looked, measured
from syncproof.reference_bugs import variants
from syncproof.scenario.loader import builtin, load_scenarios
from syncproof.scenario.packs import find_pack

DAYS, DAYS_OF_TIER_1 = 16, 4
CPUS = os.cpu_count() or 1


@lru_cache(maxsize=1)
def day() -> int:
    """Return the number of today's share."""
    return int(os.environ.get("SYNCPROOF_DAY") or datetime.now(UTC).toordinal() % DAYS)


def share(number: int) -> list[str]:
    """Return the variants whose turn it is."""
    grave = [v.name for v in variants() if bug_classes()[v.bug_class].tier == 1]
    others = [v.name for v in variants() if v.name not in grave]
    return [*grave[number % DAYS_OF_TIER_1 :: DAYS_OF_TIER_1], *others[number % DAYS :: DAYS]]


@pytest.fixture(scope="module")
def found() -> Qualification:
    # The correct connector plays the go-live pack in `test_go_live.py`.
    return qualify(share(day()), jobs=min(2, CPUS), proved={s.id for s in find_pack("go-live").of(load_scenarios(list(builtin())))})


def test_every_variant_has_its_day() -> None:
    assert {name for number in range(DAYS) for name in share(number)} == set(EXPECTED)


@pytest.mark.slow
def test_every_variant_of_the_share_is_caught_by_a_rule_that_is_there_for_it(found: Qualification) -> None:
    assert [(t.variant.name, t.why_missed) for t in found.missed] == [], f"SYNCPROOF_DAY={day()} runs the same again"


@pytest.mark.slow
def test_nothing_is_said_about_the_correct_connector(found: Qualification) -> None:
    assert [(o.task.scenario.id, o.verdict, o.fired, o.first) for o in found.alarms] == []


@pytest.mark.slow
def test_the_score_that_was_written_down_is_what_is_measured_today(found: Qualification) -> None:
    told = measured()
    pairs = {(scenario, variant) for scenario, variants in catches(found).items() for variant in variants}
    tried = {t.variant.name for t in found.trials}

    assert pairs == {(s, v) for s, variants in told.catches.items() for v in variants if v in tried}, "run `make score`"
    # What is written down must still be looked at; a rule that has learnt to look at more since then is no loss.
    lost = {s: sorted(set(told.looked.get(s, ())) - set(rules)) for s, rules in looked(found).items()}
    assert {s: rules for s, rules in lost.items() if rules} == {}, "run `make score`"


def test_the_score_is_about_the_scenarios_and_variants_there_are() -> None:
    told = measured()
    inside = {s.id for s in find_pack(told.pack).of(load_scenarios(list(builtin())))}

    assert set(told.looked) == inside, "run `make score`"
    assert told.variants["total"] == len(EXPECTED), "run `make score`"
    assert {v for variants in told.catches.values() for v in variants} == set(EXPECTED) - set(told.variants["missed"]), "run `make score`"


def test_the_score_is_what_was_promised() -> None:
    told = measured()

    assert (told.variants["missed"], told.false_alarms) == ([], 0)
    assert told.variants["caught"] == told.variants["total"] >= 80
    assert told.classes["total"] == 101
    assert told.classes["open"] == []


def test_every_rule_is_looked_at_by_a_built_in_scenario() -> None:
    assert never_looked_at() == ()
    assert set(by_rule()) == set(all_rules())


def test_every_rule_is_proved_by_a_buggy_connector() -> None:
    """A rule that none can violate between the built-in systems says why, and what proves it instead."""
    assert set(all_rules()) - set(proved_by()) - set(ELSEWHERE) == set(BY_TESTS_ONLY)


@pytest.mark.slow
def test_the_matrix_does_not_depend_on_how_many_run_at_a_time() -> None:
    names = ["secret_in_log", "optout_sticky"]

    one, two = (qualify(names, jobs=n) for n in (1, 2))

    assert as_plain(one) == as_plain(two)
    assert [t.variant.name for t in one.trials] == names


def as_plain(found: Qualification) -> list[tuple[object, ...]]:
    outcomes = [*found.clean, *(o for t in found.trials for o in t.outcomes)]
    # Not the words of a finding: whether a stamp moved within the second is for wall time to say.
    return [(o.task.variant, o.task.scenario.id, o.verdict, o.fired, o.looked, o.findings) for o in outcomes]


def test_a_score_is_only_written_of_everything() -> None:
    from tests.qualify.made import qualification, trial

    part = trial("a", "CONS-001", one="CONS-001")
    with pytest.raises(AssertionError, match="of everything"):
        as_text(qualification(part, is_whole=False))
    assert "a" in as_text(qualification(part))
    assert FILE.name == "measured.yaml"
