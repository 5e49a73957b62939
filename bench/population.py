"""How fast people are made: records per CPU-second, after the pools are built, next to Faker called per field.

    python bench/population.py [people]

Prints the cost of the pools, of 10,000 linked people, of their records on both sides and of the trace index, and the
ratio to the plain use of Faker (its proxy, one call per field, as most test suites seed), measured in the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from faker import Faker
from syncproof.population.countries import LOCALES
from syncproof.population.make import PopulationSpec, make_population
from syncproof.population.pools import pool
from syncproof.population.records import records
from syncproof.population.trace import Trace

T = TypeVar("T")
_ROUNDS = 3
_PLAIN_PEOPLE = 300


def cpu(work: Callable[[], T]) -> tuple[T, float]:
    """Return what ``work`` gives and the CPU seconds it took."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def best(work: Callable[[], T]) -> tuple[T, float]:
    """Return the last result and the least CPU seconds of a few rounds: the machine may be shared."""
    rounds = [cpu(work) for _ in range(_ROUNDS)]
    return rounds[-1][0], min(seconds for _, seconds in rounds)


def plain_faker(people: int) -> list[dict[str, object]]:
    """Return contacts made by Faker's proxy, one call per field."""
    made: list[dict[str, object]] = []
    fakers = [Faker(locale) for locale in LOCALES]
    for number in range(people):
        fake = fakers[number % len(fakers)]
        made.append({
            "first": fake.first_name(), "last": fake.last_name(), "email": fake.email(), "phone": fake.phone_number(),
            "mobile": fake.phone_number(), "title": fake.job(), "street": fake.street_address(), "city": fake.city(),
            "zip": fake.postcode(), "birthdate": fake.date(), "company": fake.company(), "vip": fake.boolean(),
            "score": fake.random_int(), "seen": fake.date_this_decade(), "source": fake.word(),
        })
    return made


def main(total: int) -> None:
    """Measure and print."""
    _, pools_s = cpu(lambda: [pool(locale) for locale in LOCALES])
    spec = PopulationSpec(total, "2026-11-22")
    population, people_s = best(lambda: make_population(1, spec))
    seeds, records_s = best(lambda: records(population))
    _, trace_s = best(lambda: Trace(population).whose("nobody"))
    _, plain_s = cpu(lambda: plain_faker(_PLAIN_PEOPLE))
    both = people_s + records_s
    rate, plain_rate = len(seeds) / both, _PLAIN_PEOPLE / plain_s
    print(f"pools of {len(LOCALES)} locales, with the import of Faker   {pools_s:8.3f} CPU s, once per process")
    print(f"{total:6d} people                                  {people_s:8.3f} CPU s {total / people_s:10.0f} per CPU s")
    print(f"{len(seeds):6d} records of both sides                   {records_s:8.3f} CPU s {len(seeds) / records_s:10.0f} per CPU s")
    print(f"people and records together                    {both:8.3f} CPU s {rate:10.0f} records per CPU s")
    print(f"trace index                                    {trace_s:8.3f} CPU s")
    print(f"Faker per field, one record each               {plain_rate:23.0f} records per CPU s (ratio {rate / plain_rate:.0f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
