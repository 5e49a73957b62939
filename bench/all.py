"""Run every measurement, one after another, each in a process of its own: `make bench`."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

PARTS = ("servers", "population", "diff", "pack", "bulk", "checkpoint")


def main() -> int:
    """Print all tables; return 1 when one of them could not be made."""
    wanted = sys.argv[1:] or PARTS
    print(f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} CPUs, {platform.machine()}")
    worst = 0
    for part in wanted:
        print(f"\n== {part}", flush=True)
        done = subprocess.run([sys.executable, str(Path(__file__).with_name(f"{part}.py"))], check=False)
        worst = max(worst, min(done.returncode, 1))
    return worst


if __name__ == "__main__":
    sys.exit(main())
