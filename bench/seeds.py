"""Is the correct connector ever accused? Runs every built-in scenario over many seeds and prints one line per seed.

    .venv/bin/python bench/seeds.py 20        # seeds 1 to 20; `40-59` for a range
"""

from __future__ import annotations

import sys
import time

from syncproof.connector_file import builtin_reference
from syncproof.mapping.load import load_mapping
from syncproof.run_request import RunRequest
from syncproof.runner import run
from syncproof.sandbox import default_mapping_file
from syncproof.scenario.loader import builtin, load_scenarios


def main() -> int:
    first, _, last = (sys.argv[1] if len(sys.argv) > 1 else "20").rpartition("-")
    seeds = range(int(first or 1), int(last) + 1)
    path = default_mapping_file()
    scenarios = tuple(load_scenarios(list(builtin())))
    bad = 0
    for seed in seeds:
        started = time.monotonic()
        result = run(RunRequest(scenarios, builtin_reference(), load_mapping(path), path, None, seed, 2))
        wrong = [(s.id, s.reason, s.findings[0].message if s.findings else "") for s in result.scenarios if s.verdict != "PASS"]
        bad += bool(wrong)
        print(f"seed {seed}: {result.verdict} {len(result.scenarios)} scenarios, {time.monotonic() - started:.0f} s", flush=True)
        for line in wrong:
            print("   ", *line, flush=True)
    print(f"{len(seeds) - bad} of {len(seeds)} seeds clean")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
