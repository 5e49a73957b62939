"""Wall time of the go-live pack with the reference connector, split into the connector's and ours.

    python bench/pack.py [jobs]

The connector's time is that of its processes, from start to end; ours is everything else: starting the mocks, seeding,
edits, settling, judging and writing the reports (target: at most 15 % of the whole; what brought it down to where it is stands in
ARCHITECTURE.md, "What our own time goes into"). Only on a machine that does nothing else: a busy one stretches both.
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
    print(f"{'':<40}{'seconds':>10}{'share':>8}")
    rows = [("connector", theirs), ("ours, in the scenarios", inside - theirs)]
    if jobs == 1:
        rows.append(("ours, before and after (with reports)", whole - inside))
    total = sum(seconds for _, seconds in rows)
    for title, seconds in rows:
        print(f"{title:<40}{seconds:>10.1f}{seconds / total:>8.0%}")
    print(f"{'ours together':<40}{total - theirs:>10.1f}{1 - theirs / total:>8.0%}")
    slowest = sorted(result.scenarios, key=lambda s: s.connector_seconds - s.seconds)[:SHOWN]
    for scenario in slowest:
        ours = scenario.seconds - scenario.connector_seconds
        print(f"  {scenario.id:<38}{ours:>10.2f}{ours / scenario.seconds:>8.0%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
