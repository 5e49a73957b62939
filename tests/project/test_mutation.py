"""The mutation tool: it changes what is judged and never what is only said to people, and it tells kills from other ends."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from tools.mutation import trial
from tools.mutation.mutants import Mutant, mutants_of
from tools.mutation.rehearsal import rehearse
from tools.mutation.trial import Outcome, try_out

SOURCE = """
from __future__ import annotations


def check(oracle, seen, rows):
    for row in rows:
        label = oracle.label(row) if row else "nobody"
        limit: int | None = 3
        if row.value == limit:
            seen.finding("R-1", f"{label}" + ("" if row else _why(row)), severity="a" if row.bad else "b", found=row.value + 1)
        else:
            seen.not_checked.append(f"{label}" if row.bad else "x")


def _why(row):
    return "old" if row.age > 3 else "new"
"""


def test_words_are_left_alone_and_judgement_is_not(tmp_path: Path) -> None:
    path = tmp_path / "check.py"
    path.write_text(SOURCE)

    found = [(m.line, m.change) for m in mutants_of(path, "check")]

    assert Counter(found) == Counter([
        (8, "3 -> 4"), (9, "eq -> noteq"), (9, "if -> if True"), (9, "if -> if False"), (10, "call dropped"), (10, "if -> if True"),
        (10, "if -> if False"), (12, "call dropped"),
    ])  # fmt: skip


def test_a_mutant_is_the_function_with_one_change_and_knows_its_statement(tmp_path: Path) -> None:
    path = tmp_path / "check.py"
    path.write_text("def is_late(now, due):\n    if (\n        now > due\n    ):\n        return True\n    return False\n")

    made = {m.change: m for m in mutants_of(path, "check") if m.line == 3}
    later = made["gt -> gte"]
    path.write_text("")  # somebody works on the file meanwhile

    def is_late(now: int, due: int) -> bool:
        raise NotImplementedError

    is_late.__code__ = later.code
    assert (is_late(1, 1), is_late(0, 1)) == (True, False)
    assert later.lines == (2, 4)


# -- what becomes of a mutant --------------------------------------------------------------------------

COUNTING = "def count(n):\n    while n > 0:\n        n = n - 1\n    return n\n"


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[[int], int], dict[str, Mutant]]:
    """Return a function that counts down, and its mutants by what was changed."""
    path = tmp_path / "counting.py"
    path.write_text(COUNTING)
    module = ModuleType("counting")
    exec(COUNTING, module.__dict__)
    monkeypatch.setitem(sys.modules, "counting", module)
    monkeypatch.setattr(trial, "LOOPS_S", 0.1)
    return module.__dict__["count"], {m.change: m for m in mutants_of(path, "counting")}


def test_a_mutant_is_killed_survives_or_never_ends_and_the_function_stays_as_it_was(counting: tuple[Callable[[int], int], dict[str, Mutant]]) -> None:
    count, mutants = counting

    def passes(test: str) -> bool:
        return count(int(test)) == 0

    assert try_out(mutants["gt -> gte"], [("0", 0.0)], passes, 1.0) == (Outcome.KILLED, "0")
    assert try_out(mutants["1 -> 2"], [("2", 0.0), ("4", 0.0)], passes, 1.0) == (Outcome.SURVIVED, "4")
    assert try_out(mutants["1 -> 2"], [("2", 0.0), ("3", 0.0), ("4", 0.0)], passes, 1.0) == (Outcome.KILLED, "3")
    assert try_out(mutants["sub -> add"], [("0", 0.0), ("1", 0.0)], passes, 1.0) == (Outcome.ENDLESS, "1")
    assert count(3) == 0


def test_a_mutant_whose_tests_cost_more_than_the_budget_is_not_judged(counting: tuple[Callable[[int], int], dict[str, Mutant]]) -> None:
    count, mutants = counting

    def passes(test: str) -> bool:
        return count(int(test)) == 0

    dear = [("2", 9.0), ("3", 9.0)]
    assert try_out(mutants["1 -> 2"], dear, passes, 5.0) == (Outcome.NOT_JUDGED, "2"), "the first one is asked all the same"
    assert try_out(mutants["1 -> 2"], [*dear, ("5", 0.0)], passes, 5.0) == (Outcome.KILLED, "5"), "a cheap one has room"
    assert Outcome.NOT_JUDGED not in trial.KILLS


def test_a_rehearsal_tells_lines_and_failures_and_ends_what_takes_too_long(tmp_path: Path) -> None:
    def passes(test: str) -> bool:
        while test == "endless":
            pass
        return test != "fails"

    found = rehearse(["one", "fails", "endless", "two", "three"], passes, [Path(__file__).resolve()], 3.0, 2)

    assert (found.failed, found.too_long) == ({"fails"}, {"endless"})
    assert set(found.seconds) == {"one", "fails", "endless", "two", "three"}
    [lines] = found.lines.values()
    first = passes.__code__.co_firstlineno
    assert sorted(lines[first + 3]) == ["fails", "one", "three", "two"]
