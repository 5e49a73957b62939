"""Reaction times, the API budget and what followed each fault, as the page shows them: every number ready, in words where needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..forecast import SYNCS_A_DAY, Budget, budgets_of
from ..legible import duration, one_line, plural
from ..model import ScenarioResult, Strike, Travel
from ..phrases import aftermath
from ..spreads import DIRECTIONS, Reaction, Spread, reactions

MOST_STRIKES = 100
MOST_MISSING = 20


@dataclass(frozen=True, slots=True)
class Pace:
    """One row of the reaction times: one direction, counted from one moment."""

    way: str
    since: str
    count: int
    least: str
    median: str
    p90: str
    most: str


@dataclass(frozen=True, slots=True)
class Reactions:
    """The distribution, what did not arrive counted apart, and the first of what is missing."""

    rows: tuple[Pace, ...]
    told: str
    missing: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Row:
    """One system of the budget."""

    system: str
    calls: int
    reads: int
    writes: int
    sign_ins: int
    refused: int
    repeated: int
    records: int
    per_record: str
    idle: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one system would be asked for many records: sentences, and what they rest on."""

    system: str
    lines: tuple[str, ...]
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Budgets:
    """The budget of all systems."""

    rows: tuple[Row, ...]
    forecasts: tuple[Forecast, ...]


@dataclass(frozen=True, slots=True)
class Felt:
    """One fault that struck; ``anchor`` is its line in the timeline, empty when the page does not show it."""

    seq: int
    anchor: str
    fault: str
    request: str
    status: int
    sync: str
    then: str
    after: str


def reactions_view(travels: Sequence[Travel]) -> Reactions | None:
    """Return the reaction times; None when people entered nothing that had to travel."""
    found = reactions(travels)
    if not found:
        return None
    whole = found[0]
    told = [f"{plural(whole.arrived, 'entry', 'entries')} arrived, {whole.at_once:,} of them with the first sync that could carry them"]
    told.append(f"{whole.missing:,} never arrived, and a finding says so" if whole.missing else "none is missing")
    if whole.not_owed:
        told.append(f"{whole.not_owed:,} did not arrive and no rule demanded it (replaced in time, lost a conflict, kept out)")
    missing = [f"#{t.seq} {t.person}: {t.what} ({DIRECTIONS[t.direction]})" for t in travels if t.state == "missing"]
    return Reactions(
        tuple(row for r in found for row in _paces(r)), "; ".join(told) + ".", tuple(one_line(m, 200) for m in missing[:MOST_MISSING]),
        max(0, len(missing) - MOST_MISSING),
    )


def _paces(r: Reaction) -> list[Pace]:
    way = DIRECTIONS.get(r.direction, "Both ways")
    moments = (("the edit", r.from_edit), ("the start of its sync", r.from_sync))
    return [_pace(way, since, spread) for since, spread in moments if spread is not None]


def _pace(way: str, since: str, s: Spread) -> Pace:
    return Pace(way, since, s.count, duration(s.least), duration(s.median), duration(s.p90), duration(s.most))


def budgets_view(scenarios: Sequence[ScenarioResult]) -> Budgets | None:
    """Return the budget over the given scenarios; None when no sync was made."""
    found = budgets_of(scenarios)
    return Budgets(tuple(map(_row, found)), tuple(map(_forecast, found))) if found else None


def _row(b: Budget) -> Row:
    return Row(
        one_line(b.system, 40), b.calls, b.reads, b.writes, b.sign_ins, b.refused, b.repeated, b.records,
        f"{b.per_record:,.1f}" if b.per_record is not None else "–", f"{b.idle:,.0f}" if b.idle is not None else "–",
    )


def _forecast(b: Budget) -> Forecast:
    limit = f" of the {b.limit:,} calls a day" if b.limit else ""
    lines = []
    if b.line is not None:
        line = b.line
        seen = f"Going by {plural(line.syncs, 'sync')} that changed {line.least:,} to {plural(line.most, 'record')}"
        lines.append(f"{seen}: a sync costs {line.fixed:,.0f} calls, and {_small(line.per_record)} more for each record it changes.")
        lines += [
            f"{o.records:,} records in one sync: about {o.calls:,} calls" + (f", {_share(o.share)}{limit}" if o.share is not None else "") + "."
            for o in b.outlook
        ]
    else:
        lines.append(f"No forecast: {b.why_not}.")
    if b.idle is not None and b.idle_share is not None:
        busy = f", although here they changed {plural(b.idle_changed, 'record')}" if b.idle_changed else ""
        lines.append(f"{SYNCS_A_DAY} syncs a day (one every quarter of an hour) with nothing to do{busy}: {b.idle * SYNCS_A_DAY:,.0f} calls, {_share(b.idle_share)}{limit}.")
    return Forecast(one_line(b.system, 40), tuple(lines), b.rests_on)


def _small(number: float) -> str:
    return f"{number:,.2f}" if number < 10 else f"{number:,.0f}"


def _share(share: float) -> str:
    if share > 1:
        return f"{share:,.1f} times more than all" if share >= 1.05 else "more than all"
    return f"{share * 100:.1f} %" if share >= 0.001 else "less than 0.1 %"


def _after(seconds: float | None) -> str:
    return "" if seconds is None else "at once" if seconds < 0.05 else f"{duration(seconds)} later"


def felt_view(strikes: Sequence[Strike], seen: Mapping[int, str]) -> tuple[tuple[Felt, ...], int]:
    """Return what each fault did and what came next, the first ones, and how many more there are."""
    return tuple(_felt(x, seen) for x in strikes[:MOST_STRIKES]), max(0, len(strikes) - MOST_STRIKES)


def _felt(x: Strike, seen: Mapping[int, str]) -> Felt:
    sync = f"sync {x.sync}, which {x.ended}" if x.sync is not None else "between syncs"
    unseen = " (silent: nobody could notice)" if x.sort == "silent" else ""
    return Felt(
        x.seq, seen.get(x.seq, ""), f"{one_line(x.fault, 80)}{unseen}", one_line(f"{x.system} {x.request}", 200), x.status, one_line(sync, 120),
        one_line(aftermath(x), 400), _after(x.after_s),
    )
