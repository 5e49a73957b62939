"""A long fuzz by hand: `python -m tests.fuzz salesforce 100000 [SEED]` prints what breaks, and what never succeeded."""

from __future__ import annotations

import asyncio
import sys
import traceback

from .orgs import hubspot, salesforce
from .requests import by_id
from .rounds import Seen, play

ROUND = 50


def main(vendor: str, count: int, seed: int = 0) -> int:
    """Play ``count`` requests in rounds and return how many rounds broke something."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    make, seen, broken = {"salesforce": salesforce, "hubspot": hubspot}[vendor], Seen(), 0
    for start in range(seed, seed + count, ROUND):
        try:
            play(make, range(start, start + ROUND), seen, str)
        except Exception as error:  # noqa: BLE001 (the next round may find another one)
            broken += 1
            told = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
            print(f"== seed {start}: {told[:900]} ... {told[-900:]}" if len(told) > 1800 else f"== seed {start}: {told}", flush=True)
    print(seen.answers, "undone:", seen.undone, "broken rounds:", broken)
    ids = by_id(make())
    never = [i for i in ids if not seen.good[i]]
    print(f"{len(ids) - len(never)} of {len(ids)} operations succeeded; never:", *(f"{i}({seen.tried[i]})" for i in never))
    print("seldom:", *(f"{i}({seen.good[i]}/{seen.tried[i]})" for i in ids if 0 < seen.good[i] < seen.tried[i] * 0.15))
    return broken


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1], int(sys.argv[2]), *map(int, sys.argv[3:])), 1))
