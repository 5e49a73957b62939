"""A checkpoint of a seeded sandbox: what taking it costs, and what going back costs after little and after much has happened.

    $ .venv/bin/python bench/checkpoint.py [records]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from syncproof.cast import make_cast, seed_owners, seed_people
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import default_mapping_path, load_mapping
from syncproof.sandbox import Sandbox
from syncproof.scenario.grammar import PopulationSettings
from syncproof_mocks.checkpoint import Checkpoint

ROUNDS = 9
PEOPLE_ONCE = 500
WANTED_MS = 50


def main() -> int:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    sandbox = Sandbox(load_mapping(default_mapping_path()))
    apps = [sandbox.app(side) for side in Side]
    began = time.process_time()
    seed(sandbox, wanted)
    print(f"{'seeding':34s} {(time.process_time() - began) * 1e3:9.1f} ms, {records(sandbox):,} records")
    took = best(lambda: Checkpoint(apps))
    checkpoint = Checkpoint(apps)
    print(f"{'taking a checkpoint':34s} {took:9.1f} ms")
    worst = 0.0
    for edits in (0, 1_000, 10_000):
        back = best(checkpoint.go_back, lambda edits=edits: edit(sandbox, edits))
        worst = max(worst, back)
        print(f"{f'going back after {edits:,} edits':34s} {back:9.1f} ms")
    print(f"wanted: <= {WANTED_MS} ms for 10,000 records: {'met' if worst <= WANTED_MS else 'MISSED'} ({worst:.1f} ms)")
    return 0 if worst <= WANTED_MS or wanted > 10_000 else 1


def seed(sandbox: Sandbox, wanted: int) -> None:
    cast = make_cast(PopulationSettings(total=wanted), 0, sandbox)
    seed_owners(cast, sandbox)
    people = list(cast.population.people)
    while records(sandbox) < wanted:
        some, people = people[:PEOPLE_ONCE], people[PEOPLE_ONCE:]
        seed_people(cast, sandbox, some, {p.key: cast.place(p) for p in some})


def records(sandbox: Sandbox) -> int:
    """How many records both stores hold: people, companies, and what hangs on them."""
    return sum(sandbox.on(side).store.size(kind) for side in Side for kind in sandbox.on(side).store.kinds)


def edit(sandbox: Sandbox, number: int) -> None:
    store = sandbox.crm.store
    rows = list(store.rows("Contact"))
    for n in range(number):
        store.update(store.get("Contact", rows[n % len(rows)].id), {"Email": f"x{n}@example.com", "Phone": str(n)})


def best(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Milliseconds of processor time of the fastest of some rounds: the machine has other things to do."""
    found = []
    for _ in range(ROUNDS):
        before()
        began = time.process_time()
        work()
        found.append((time.process_time() - began) * 1e3)
    return min(found)


if __name__ == "__main__":
    sys.exit(main())
