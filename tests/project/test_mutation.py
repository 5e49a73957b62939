"""What the mutation tool changes: what is judged, and never what is only said to people."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tools.mutation.mutants import mutants_of

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
