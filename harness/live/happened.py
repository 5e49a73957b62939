"""What happens in a live sandbox, as data: acts, syncs, requests, changes, faults. `telling` puts it into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Change, Entry, Exchange, Mark

from ..evidence import Act
from ..journal_lines import masked
from ..legible import say
from ..model import SyncSummary
from ..stage import Stage

# Marks that say what an entry says by itself, or that only the harness asks for.
_SILENT = {"baseline", "step"}


def act_as_data(act: Act, stage: Stage) -> dict[str, Any]:
    """Return one thing that a person did."""
    person = stage.cast.people.get(act.person)
    return {
        "act": act.kind, "system": str(act.side), "person": act.person, "name": person.label if person else "", "object": act.object,
        "record_id": act.record_id, "field": act.field, "old": plain(act.old), "new": plain(act.value), "key": str(act.key) if act.key else None,
    }  # fmt: skip


def sync_as_data(sync: SyncSummary) -> dict[str, Any]:
    """Return how one sync went."""
    return {
        "number": sync.number, "ended": sync.ended, "exit_code": sync.exit_code, "seconds": round(sync.seconds, 2),
        "reads": sync.reads, "writes": sync.writes, "refused": sync.refused, "output_tail": sync.output_tail,
    }  # fmt: skip


def entry_as_data(entry: Entry, hidden: Iterable[bytes], dialects: Mapping[str, Dialect]) -> dict[str, Any] | None:
    """Return one entry of the journal as `watch` tells it; ``hidden`` are credentials. None: nothing to tell.

    Of a change the fields that the vendor itself moves with every write come last.
    """
    if isinstance(entry, Exchange):
        target = f"{entry.path}?{entry.query}" if entry.query else entry.path
        return {
            "seq": entry.seq, "at_ms": entry.at_ms, "type": "request", "system": entry.system, "method": entry.method,
            "target": masked(target.encode("utf-8", "replace"), hidden).decode("utf-8", "replace"), "operation": entry.operation,
            "status": entry.status, "fault": entry.fault, "hint": entry.hint, "refused": [" ".join(filter(None, r)) for r in entry.refused[:20]],
        }  # fmt: skip
    if isinstance(entry, Change):
        vendor = dialects[entry.system]
        names = sorted((n for n in entry.fields if not n.startswith("#")), key=lambda n: vendor.is_system_field(entry.kind, n))
        return {
            "seq": entry.seq, "at_ms": entry.at_ms, "type": "change", "system": entry.system, "actor": str(entry.actor), "exchange": entry.exchange,
            "what": entry.what, "kind": entry.kind, "record_id": entry.record_id, "note": entry.note,
            "fields": {n: [plain(value) for value in entry.fields[n]] for n in names},
        }  # fmt: skip
    if entry.name in _SILENT:
        return None
    return {"seq": entry.seq, "at_ms": entry.at_ms, "type": _sort_of(entry), "name": entry.name, "detail": entry.detail}


def _sort_of(mark: Mark) -> str:
    return "fault" if mark.name.startswith("fault_") else "mark"


def plain(value: Any) -> Any:
    """Return a value that JSON can tell, as it is where it can."""
    return value if value is None or isinstance(value, str | int | float | bool) else say(value)
