"""Wall time of the go-live pack with the reference connector, split into the connector's and ours.

    python bench/pack.py [jobs]

The connector's time is that of its processes, from start to end; ours is what is waited for besides: starting the mocks,
seeding, edits, settling, judging where no connector runs meanwhile, writing the reports (target: at most 15 % of the whole; what
brought it there stands in ARCHITECTURE.md, "What our own time goes into"). The shares are told with one job only: the times of
several overlap. Only on a machine that does nothing else: a busy one stretches both.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from syncproof.ordering import make_request
from syncproof.runner import run

SHOWN = 5


def main(jobs: int) -> None:
    """Run the pack and print where the time went."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        request = make_request([], report=Path(folder) / "report", jobs=jobs)
        result = run(request)
        whole = time.monotonic() - start
    theirs = sum(s.connector_seconds for s in result.scenarios)
    inside = sum(s.seconds for s in result.scenarios)
    print(f"go-live pack: {len(result.scenarios)} scenarios, verdict {result.verdict}, {jobs} at a time, {whole:.1f} s of wall time")
    if jobs == 1:
        print(f"{'':<40}{'seconds':>10}{'share':>8}")
        for title, seconds in (("connector", theirs), ("ours", whole - theirs)):
            print(f"{title:<40}{seconds:>10.1f}{seconds / whole:>8.0%}")
    # A scenario is judged while the next one's connector starts: that part of our work is not waited for.
    print(f"our work on the scenarios, waited for or not: {inside - theirs:.1f} s; most of it for")
    slowest = sorted(result.scenarios, key=lambda s: s.connector_seconds - s.seconds)[:SHOWN]
    for scenario in slowest:
        ours = scenario.seconds - scenario.connector_seconds
        print(f"  {scenario.id:<38}{ours:>10.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
