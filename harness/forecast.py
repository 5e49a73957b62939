"""The API budget: what syncs asked of each system, and what they would ask with many records, against the org's daily limit.

A forecast is a line through the syncs that were seen: calls of a sync that has nothing to carry, and calls per record. It is
made only of syncs of different sizes that ended in success without a fault, and says what it rests on; where the syncs do
not carry it, it says so instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .legible import plural
from .model import ScenarioResult, SyncCalls

# For how many records changed in one day a forecast is made: a busy day of a big org, and a first import.
SIZES = (10_000, 100_000)
# How often a connector that polls is usually started: every quarter of an hour.
SYNCS_A_DAY = 96
# A line through smaller syncs than that is about the fixed calls, not about records.
FEWEST_RECORDS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """Calls of a sync = ``fixed`` + ``per_record`` x records; the syncs seen lie within ``off_by`` calls of it."""

    fixed: float
    per_record: float
    syncs: int
    least: int
    most: int
    off_by: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one sync of ``records`` records would ask; ``share`` of the day's limit, None when the org has none."""

    records: int
    calls: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Budget:
    """What all syncs asked of one system."""

    system: str
    syncs: int
    reads: int
    writes: int
    sign_ins: int
    refused: int
    repeated: int
    records: int  # people and companies that the connector changed, once per sync
    per_record: float | None  # all calls of the syncs that changed something, per record changed; None: nothing was changed
    idle: float | None  # calls, of those that count, of a sync that had nothing to do, on average; None: there was none
    idle_changed: int  # records that those syncs changed all the same
    limit: int | None  # calls a day
    line: Line | None
    why_not: str  # why there is no line
    outlook: tuple[Outlook, ...]
    rests_on: tuple[str, ...]

    @property
    def calls(self) -> int:
        """Return all calls."""
        return self.reads + self.writes + self.sign_ins

    @property
    def idle_share(self) -> float | None:
        """Return which part of the day's limit goes for syncs with nothing to do, `SYNCS_A_DAY` of them."""
        return self.idle * SYNCS_A_DAY / self.limit if self.idle is not None and self.limit else None


def budgets_of(scenarios: Iterable[ScenarioResult]) -> tuple[Budget, ...]:
    """Return the budget of each system over all given scenarios, in order of appearance."""
    calls: dict[str, list[SyncCalls]] = {}
    limits: dict[str, list[int]] = {}
    for scenario in scenarios:
        for made in scenario.sync_calls:
            calls.setdefault(made.system, []).append(made)
        for system, limit in scenario.day_limits.items():
            limits.setdefault(system, []).append(limit)
    return tuple(_budget(system, made, limits.get(system, ())) for system, made in calls.items())


def _budget(system: str, made: Sequence[SyncCalls], limits: Sequence[int]) -> Budget:
    # A scenario may scale its org down to reach a limit at all: the day is the one of the others.
    limit = max(limits, default=None)
    changing = [m for m in made if m.records]
    records = sum(m.records for m in changing)
    idle = [m.counted for m in made if m.idle]
    line, why_not = _line(made)
    outlook = tuple(_outlook(line, size, limit) for size in SIZES) if line is not None else ()
    return Budget(
        system, len(made), sum(m.reads for m in made), sum(m.writes for m in made), sum(m.sign_ins for m in made),
        sum(m.refused for m in made), sum(m.repeated for m in made), records,
        sum(m.calls for m in changing) / records if records else None, sum(idle) / len(idle) if idle else None,
        sum(m.records for m in made if m.idle), limit,
        line, why_not, outlook, tuple(_grounds(made, line, limits)) if line is not None else (),
    )


def _line(made: Sequence[SyncCalls]) -> tuple[Line | None, str]:
    """Return the line through the sound syncs (least squares), or None and the reason why there is none."""
    sound = [m for m in made if m.sound]
    points = [(m.records, m.counted) for m in sound]
    sizes = sorted({x for x, _ in points})
    if not points:
        return None, "no sync ended in success without a fault"
    if len(sizes) == 1:
        own = f"all {len(points):,} syncs to go by (of {len(made):,}: those that ended in success, without a fault) changed"
        own = own if len(points) > 1 else f"only one sync (of {len(made):,}) ended in success without a fault; it changed"
        return None, f"{own} {plural(sizes[0], 'record')}: one size does not tell fixed calls from calls per record"
    if sizes[-1] < FEWEST_RECORDS:
        return None, f"no sync changed more than {plural(sizes[-1], 'record')}: too few to tell of many"
    fixed, per_record = _fitted(points, [m.counted for m in sound if m.records == 0])
    if per_record <= 0:
        return None, f"calls did not grow with the records (from {sizes[0]:,} to {sizes[-1]:,}): these sizes tell nothing of bigger ones"
    off_by = math.ceil(max(abs(y - fixed - per_record * x) for x, y in points) - 1e-9)
    return Line(fixed, per_record, len(points), sizes[0], sizes[-1], off_by), ""


def _fitted(points: Sequence[tuple[int, int]], resting: Sequence[int]) -> tuple[float, float]:
    """Return (fixed, per record). What syncs without a change cost was measured: then only the rest is fitted."""
    if resting:
        fixed = sum(resting) / len(resting)
        return fixed, sum(x * (y - fixed) for x, y in points) / sum(x * x for x, _ in points)
    mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    return max(0.0, mean_y - slope * mean_x), slope


def _outlook(line: Line, size: int, limit: int | None) -> Outlook:
    calls = math.ceil(line.fixed + line.per_record * size)
    return Outlook(size, calls, calls / limit if limit else None)


def _grounds(made: Sequence[SyncCalls], line: Line, limits: Sequence[int]) -> Iterable[str]:
    """Yield what a forecast rests on, and in which direction it may err."""
    sound = [m for m in made if m.sound]
    yield (
        f"{plural(line.syncs, 'sync')} that changed {line.least:,} to {line.most:,} records, in orgs of up to "
        f"{plural(max(m.size for m in sound), 'record')}; they lie within {plural(line.off_by, 'call')} of the line"
    )
    beyond = [size for size in SIZES if size > 10 * line.most]
    if beyond:
        yield f"{beyond[0]:,} records are {beyond[0] // max(1, line.most):,} times the largest sync seen: a big sync of your own (the step `ramp`) says more"
    yield (
        f"one call changed at most {plural(max(m.most_written for m in sound), 'record')} and showed at most "
        f"{max(m.most_read for m in sound):,}: with fuller batches it needs fewer calls, with more pages to read than were seen it needs more"
    )
    if limits:
        told = f"the limit is that of the sandbox's org, {max(limits):,} calls a day: yours is stated in a shape file"
        yield told + (f" (scenarios with {min(limits):,} had it scaled down)" if min(limits) != max(limits) else "")
