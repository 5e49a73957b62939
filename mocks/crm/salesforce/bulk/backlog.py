"""When the rows of a load are saved: the first at once, the rest in slices between which other callers are answered.

What comes of it does not depend on the slices: any request but a look at a bulk job, any act of a person and any
snapshot waits until the backlog is worked off (`Org.catch_up`), so nobody sees or touches the org half-way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..org import Org
from .load import Load

# Saved before the request that starts the load is answered; so small jobs are the same in every run.
FIRST_ROWS = 2_000
# Saved at a stretch later: about twenty milliseconds.
SLICE_ROWS = 400


def start(org: Org, load: Load) -> None:
    """Begin to save the rows of ``load``; after this its cause has been or will be worked off without further asking."""
    load.started_ms = org.clock.now_ms()
    if load.work(org, FIRST_ROWS):
        return

    def slice_of_work() -> bool:
        return load.work(org, SLICE_ROWS)

    org.backlog.append(slice_of_work)
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        # Nobody would come back to it.
        org.catch_up()
        return
    if len(org.backlog) == 1:
        loop.call_soon(_continue, org, loop.call_soon)


def _continue(org: Org, later: Callable[..., object]) -> None:
    if org.backlog:
        # Taken out while it works: what it does may make the org catch up with the others.
        work = org.backlog.pop(0)
        if not work():
            org.backlog.insert(0, work)
    if org.backlog:
        later(_continue, org, later)
