"""Is the correct connector ever accused? `python -m tools.false_alarms [--seeds N] [--jobs N]` tells.

For each seed, each policy of conflict (the CRM is master, the MA is master, the latest edit wins) and each direction (people
work in the CRM, people work in the MA), the reference connector goes through one dense story: edits of every sort of field,
clears, consents both ways, newcomers. Not one finding and not one UNKNOWN is allowed; each is printed with
the command that repeats it. Exit code 1 when there is any.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from syncproof.connector_file import builtin_reference
from syncproof.mapping.grammar import Mapping, Side
from syncproof.mapping.load import load_mapping
from syncproof.model import ScenarioResult, Verdict
from syncproof.run_request import RunRequest
from syncproof.runner import run
from syncproof.scenario.grammar import Scenario
from tests.oracle.histories import editable
from tests.policies import write_mapping

POLICIES = ("crm_master", "ma_master", "latest")
PEOPLE = 10
EVIDENCE = {"source": "form", "text": "I agree"}


def story(mapping: Mapping, side: Side, seed: int) -> Scenario:
    """Return the scenario in which people of one side do everything that people do."""
    chance = random.Random(f"{seed}/{side}")
    fields = [pair[0 if side is Side.CRM else 1] for pair in editable(mapping)]
    steps: list[Any] = ["sync"]
    for _ in range(2):
        for who in range(1, PEOPLE + 1):
            chosen = chance.sample(fields, chance.randint(1, 4))
            values = {f: chance.choice(["$fresh", "$fresh", "$fresh", "$blank"]) for f in chosen if f not in ("LastName", "lastname")}
            if values:
                steps.append({"edit": {"side": side.value, "who": {"index": who}, "set": values}})
        refusing = [{"side": side.value, "who": {"index": chance.randint(1, PEOPLE)}, "purpose": p} for p in ("*", "newsletter")]
        steps += [{"opt_out": refusal} for refusal in refusing]
        steps.append({"opt_in": {"side": side.value, "who": {"index": chance.randint(1, PEOPLE)}, "purpose": "newsletter", "evidence": EVIDENCE}})
        steps += [{"create": {"side": side.value}}, "sync"]
    population = {"total": PEOPLE, "placement": "both", "kinds": {"customer": PEOPLE}}
    scenario = Scenario.model_validate({"population": population, "steps": steps})
    name = f"false_alarms/{side.value}"
    return scenario.placed(name, "", name, ())


def accused(policy: str, seed: int, folder: Path) -> list[str]:
    """Return what was found about the correct connector with one policy and seed, both directions."""
    path = folder / f"{policy}.yaml"
    mapping = load_mapping(path)
    stories = tuple(story(mapping, side, seed) for side in Side)
    result = run(RunRequest(stories, builtin_reference(()), mapping, path, None, seed))
    return [f"{policy} seed {seed} {s.id}: {line}" for s in result.scenarios for line in _complaints(s)]


def _complaints(result: ScenarioResult) -> list[str]:
    if result.verdict is Verdict.PASS:
        return []
    return [f"{f.rule} {f.message}" for f in result.findings] or [f"{result.verdict}: {result.reason}"]


def main() -> int:
    """Run and print; returns 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tools.false_alarms")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    started, found, runs = time.monotonic(), [], 0
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(given.jobs) as pool:
        folder = Path(name)
        for policy in POLICIES:
            write_mapping(policy, folder)
        work = [(p, s) for s in range(given.first, given.first + given.seeds) for p in POLICIES]
        for lines in pool.map(lambda one: accused(*one, folder), work):
            runs += len(Side)
            found += lines
            for line in lines:
                print(line, flush=True)
    print(f"{len(found)} false alarms in {runs} runs ({given.seeds} seeds, {len(POLICIES)} policies, both directions), {time.monotonic() - started:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
