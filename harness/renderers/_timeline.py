"""The request timeline as blocks: what people did and what is flagged in full, long runs of ordinary requests folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ..legible import duration, one_line
from ..model import TimelineEntry

# A handful of requests reads faster in full than folded away.
SHORTEST_RUN = 6
# A folded run shows at least these lines, half from its start and half from its end; the journal has them all.
FEWEST_OF_RUN = 4
_MOST_TEXT = 180
_KINDS = {"request": "", "edit": "person", "sync_start": "sync", "sync_end": "sync", "step": "step", "fault": "fault"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``label`` is the word for what is not a request, ``bad`` tells an answer of 400 and more."""

    seq: int
    at: str
    label: str
    system: str
    text: str
    status: int | None
    bad: bool
    flagged: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together; ``folded`` ones are shown on demand, ``left_out`` of them only in the journal."""

    lines: tuple[Line, ...]
    folded: bool = False
    total: int = 0
    left_out: int = 0
    words: str = ""


def blocks(timeline: tuple[TimelineEntry, ...], room: int) -> tuple[Block, ...]:
    """Return the timeline in order as blocks; the folded runs together show about ``room`` lines."""
    if not timeline:
        return ()
    start = min(entry.at_ms for entry in timeline)
    groups = [(ordinary, list(group)) for ordinary, group in groupby(timeline, key=_is_ordinary)]
    runs = sum(ordinary and len(entries) >= SHORTEST_RUN for ordinary, entries in groups)
    return tuple(_blocks(groups, start, max(FEWEST_OF_RUN, room // max(1, runs))))


def _blocks(groups: Iterable[tuple[bool, list[TimelineEntry]]], start: int, most: int) -> Iterator[Block]:
    for ordinary, entries in groups:
        if not ordinary or len(entries) < SHORTEST_RUN:
            yield Block(tuple(_line(e, start) for e in entries), total=len(entries))
            continue
        kept = entries if len(entries) <= most else entries[: most // 2] + entries[-(most // 2) :]
        yield Block(
            tuple(_line(e, start) for e in kept), True, len(entries), len(entries) - len(kept),
            f"#{entries[0].seq} to #{entries[-1].seq}, {_systems(entries)}",
        )


def _is_ordinary(entry: TimelineEntry) -> bool:
    return entry.kind == "request" and not entry.flagged


def _systems(entries: Iterable[TimelineEntry]) -> str:
    return " and ".join(sorted({one_line(e.system, 40) for e in entries}))


def _line(entry: TimelineEntry, start: int) -> Line:
    after = (entry.at_ms - start) / 1000
    return Line(
        entry.seq, f"+{after:.2f} s" if after < 60 else f"+{duration(after)}", _KINDS.get(entry.kind, one_line(entry.kind, 20)),
        one_line(entry.system, 40), one_line(entry.text, _MOST_TEXT), entry.status,
        entry.status is not None and entry.status >= 400, entry.flagged,
    )
