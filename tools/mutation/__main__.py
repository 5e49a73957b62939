"""`python -m tools.mutation [FILE...]`: the share of mutants of checks and oracle that the tests kill, and the survivors.

How: the tests that never start a process (`tests/checks`, `tests/oracle`) run once, and it is written down which lines each of
them enters. Then each mutant gets a fork of this process: the function's code is replaced in place and the tests that reach
the changed statement run until one fails. A mutant that no test reaches has survived. One that makes a test run on and on (by
its processor time) is killed, and counted apart. One whose tests were too many for `--budget` is not judged: told, and no kill.

Options: `--most N` (that many mutants, chosen by chance with `--seed`), `--jobs N`, `--least SHARE` (exit code 1 below),
`--tests PATH...` (only these tests are asked). What is only said to people is not mutated: `telling.py`.
`--budget S` (seconds of processor time of tests that one mutant may cost) and `--longest S` (a test that takes longer is not
asked) keep the time bounded; both can only make the share too low.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .asking import Asking
from .mutants import Mutant, mutants_of
from .trial import KILLS, Outcome

ROOT = Path(__file__).parents[2]
SUITES = ("tests/checks", "tests/oracle")
SOURCES = ("harness/checks", "harness/oracle")


def main() -> int:
    """Run and print; returns 1 when fewer than `--least` of the mutants are killed."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--tests", nargs="+", default=list(SUITES), help="the tests that are asked; they start no process")
    parser.add_argument("--most", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--budget", type=float, default=20.0, help="seconds of tests that one mutant may cost")
    parser.add_argument("--longest", type=float, default=10.0, help="seconds after which a single test is given up")
    parser.add_argument("--least", type=float, default=0.0)
    given = parser.parse_args()
    os.chdir(ROOT)
    os.environ["CI"] = "1"  # the same random examples for each mutant
    files = given.files or [p for s in SOURCES for p in sorted(Path(s).glob("*.py"))]
    mutants = [m for path in files for m in mutants_of(path, _module(path))]
    if given.most is not None and given.most < len(mutants):
        mutants = sorted(random.Random(given.seed).sample(mutants, given.most), key=lambda m: (m.path, m.line))
    started = time.monotonic()
    outcomes: list[Outcome] = []

    def ask(asking: Asking) -> None:
        for what, left_out in (("fails without a mutant", asking.found.failed), (f"takes more than {given.longest:g} s", asking.found.too_long)):
            for test in sorted(left_out):
                print(f"left out, {what}: {test}", file=sys.__stdout__)
        print(f"{len(mutants)} mutants of {len(files)} files; {len(asking.found.seconds)} tests ({time.monotonic() - started:.0f} s)", file=sys.__stdout__, flush=True)
        with ThreadPoolExecutor(given.jobs) as pool:
            for mutant, outcome in zip(mutants, pool.map(asking.outcome, mutants), strict=True):
                outcomes.append(outcome)
                if outcome is not Outcome.KILLED:
                    told = f"{outcome.value} {mutant.path}:{mutant.line} {mutant.function.partition(':')[2]}: {mutant.change}"
                    print(told, file=sys.__stdout__, flush=True)

    Asking([p for s in SOURCES for p in Path(s).glob("*.py")], ask, given.budget, given.longest, given.jobs).run(given.tests)
    return _tell(mutants, outcomes, given.least, time.monotonic() - started)


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(("syncproof", *(p for p in parts[1:] if p != "__init__")))


def _tell(mutants: list[Mutant], outcomes: list[Outcome], least: float, seconds: float) -> int:
    dead, all_of = Counter[Path](), Counter[Path]()
    for mutant, outcome in zip(mutants, outcomes, strict=True):
        all_of[mutant.path] += 1
        dead[mutant.path] += outcome in KILLS
    for path in all_of:
        print(f"{dead[path]:4} of {all_of[path]:4} killed  {path}")
    share = dead.total() / len(mutants) if mutants else 1.0
    ended = Counter(outcomes)
    print(
        f"{dead.total()} of {len(mutants)} mutants killed: {share:.1%} in {seconds:.0f} s ({ended[Outcome.ENDLESS]} of them by never "
        f"ending; {ended[Outcome.SURVIVED]} survived, {ended[Outcome.NOT_JUDGED]} not judged)"
    )
    return 1 if share < least else 0


if __name__ == "__main__":
    sys.exit(main())
