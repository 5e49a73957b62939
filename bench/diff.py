"""How fast people are judged: records per CPU second of oracle and checks together, next to DeepDiff.

    python bench/diff.py [people]

Linked people on both sides are synchronised by an ideal connector in this process (tests/ideal.py), once with nobody
edited and once with everybody edited; what is measured is only the judging of the evidence. DeepDiff, which says no
more than that two records differ, compares the same records before and after, for the ratio.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from deepdiff import DeepDiff
from syncproof.judging import judge
from syncproof.mapping.load import load_mapping
from syncproof.model import Verdict
from syncproof.runner import Runner
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.stage import Stage

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.ideal import Ideal

EDIT = {"edit": {"side": "crm", "who": "all", "set": {"Phone": "$fresh", "Title": "$fresh"}}}
COMPARED = 500


def staged(people: int, steps: list[Any]) -> tuple[Scenario, Stage]:
    """Return a scenario that has been played, and its stage."""
    data = {"population": {"total": people, "kinds": {"customer": 1}, "placement": "both"}, "steps": steps}
    scenario = Scenario.model_validate(data).placed("bench/diff", "", "bench/diff", ())
    sandbox = Sandbox(load_mapping(default_mapping_file()), 1)
    stage = Stage(scenario, sandbox.mapping, sandbox, Ideal())
    stage.seed()
    Runner._play(stage, scenario)
    return scenario, stage


def main(people: int) -> None:
    """Measure and print."""
    print(f"{'judging':<32}{'records':>10}{'CPU s':>10}{'records per CPU s':>20}")
    rate = 0.0
    for title, steps in (("nobody edited", ["sync"]), ("everybody edited", ["sync", EDIT, "sync"])):
        scenario, stage = staged(people, steps)
        start = time.process_time()
        result = judge(scenario, stage, "", "")
        seconds = time.process_time() - start
        if result.verdict is not Verdict.PASS:
            raise SystemExit(f"the ideal connector was accused: {result.reason}")
        # Each sync is judged: so many records on both sides, so many times.
        records = sum(len(list(s.crm.rows("Contact"))) + len(list(s.ma.rows("contacts"))) for s in stage.states[1:])
        rate = records / seconds
        print(f"{title:<32}{records:>10}{seconds:>10.2f}{rate:>20.0f}")
    first, last = stage.states[0].ma.tables["contacts"], stage.states[-1].ma.tables["contacts"]
    pairs = [(first[i].values, last[i].values) for i in list(first)[:COMPARED]]
    start = time.process_time()
    differing = sum(1 for a, b in pairs if DeepDiff(a, b))
    plain = len(pairs) / (time.process_time() - start)
    print(f"{'DeepDiff of each record':<32}{len(pairs):>10}{len(pairs) / plain:>10.2f}{plain:>20.0f}"
          f"   ({differing} differ; judging is {rate / plain:.1f} x its rate)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
