"""The request timeline of a scenario: requests, edits, syncs and faults in order, with the guilty ones flagged."""

from __future__ import annotations

from collections.abc import Iterable

from syncproof_mocks.journal import Actor, Change, Exchange, Mark

from .evidence import Evidence
from .model import Finding, TimelineEntry

# A page that nobody scrolls to the end proves nothing: guilty and human lines are always kept, others up to here.
MOST_LINES = 3_000

_MARKS = {"sync_start": "sync_start", "sync_end": "sync_end", "step": "step", "fault_armed": "fault", "fault_healed": "fault",
          "egress": "fault"}  # fmt: skip


def timeline(evidence: Evidence, findings: Iterable[Finding]) -> tuple[TimelineEntry, ...]:
    """Return the lines in order; requests that a finding names are flagged."""
    guilty = {seq for f in findings for seq in f.requests}
    lines = [line for entry in evidence.entries if (line := _line(entry, guilty)) is not None]
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    room = MOST_LINES - sum(1 for x in lines if x.flagged or x.kind != "request")
    kept = []
    for line in lines:
        if line.flagged or line.kind != "request":
            kept.append(line)
        elif room > 0:
            room -= 1
            kept.append(line)
    return tuple(kept)


def _line(entry: object, guilty: set[int]) -> TimelineEntry | None:
    if isinstance(entry, Exchange):
        text = f"{entry.method} {entry.path}" + (f"?{entry.query[:160]}" if entry.query else "")
        if entry.fault:
            text += f" [fault: {entry.fault}]"
        return TimelineEntry(entry.seq, entry.at_ms, "request", entry.system, text, entry.status, str(entry.actor), entry.seq in guilty)
    if isinstance(entry, Mark) and entry.name in _MARKS:
        return TimelineEntry(entry.seq, entry.at_ms, _MARKS[entry.name], "", f"{entry.name.replace('_', ' ')} {entry.detail}".strip())
    if isinstance(entry, Change) and entry.actor in (Actor.CRM_USER, Actor.MA_USER):
        names = ", ".join(n for n in entry.fields if not n.startswith("#"))
        return TimelineEntry(entry.seq, entry.at_ms, "edit", entry.system, f"{entry.kind} {entry.record_id}: {names[:160]}", None, str(entry.actor))
    return None
