"""`syncproof coverage`: what each mock supports, what that rests on, and which probe of the research covers it."""

from __future__ import annotations

from typing import Any

from syncproof_mocks.wire import Evidence
from syncproof_mocks.world import World

from .errors import InputError, Problem
from .nearest import suggest
from .sandbox import dialects

Ledger = dict[str, Any]


def ledger(name: str) -> Ledger:
    """Return the fidelity ledger of one dialect. Raises InputError naming the dialects there are."""
    known = dialects()
    if name not in known:
        raise InputError([Problem("coverage", f"no dialect is called `{name}`{suggest(name, known)}.")])
    dialect = known[name](World(seed=1))
    operations = [
        {"id": op.id, "method": op.method, "path": op.path, "evidence": str(op.evidence), "probe": op.probe, "note": op.note,
         "call": bool(op.shares)}
        for op in (*dialect.router.operations, *dialect.router.calls.values())
    ]
    switches = [
        {"name": s.name, "default": s.default, "allowed": list(s.allowed), "evidence": str(s.evidence), "note": s.note}
        for s in dialect.switches
    ]
    return {
        "dialect": name,
        "operations": operations,
        "switches": switches,
        "assumptions": [{"name": name, "note": note} for name, note in dialect.assumptions.items()],
        "assumed": sum(e["evidence"] == Evidence.ASSUMED for e in (*operations, *switches)),
        "without_evidence": sum(not e["evidence"] for e in (*operations, *switches)),
    }


def ledgers() -> list[Ledger]:
    """Return the fidelity ledgers of all dialects, by name."""
    return [ledger(name) for name in sorted(dialects())]


def as_text(found: Ledger) -> str:
    """Return the ledger for people: one line per operation and switch."""
    lines = [f"{found['dialect']}: {len(found['operations'])} operations, {len(found['switches'])} uncertain behaviours, "
             f"{found['assumed']} assumed, {found['without_evidence']} without evidence"]
    for op in found["operations"]:
        probe = f"  probe {op['probe']}" if op["probe"] else ""
        name = f" ({op['id']})" if op["call"] else ""
        lines.append(f"  {op['method']:<6} {op['path']}{name}  [{op['evidence']}]{probe}{_note(op)}")
    lines.extend(f"  switch {s['name']} = {s['default']!r}  [{s['evidence']}]{_note(s)}" for s in found["switches"])
    lines.extend(f"  {a['name']}  [assumed]{_note(a)}" for a in found["assumptions"])
    return "\n".join(lines)


def _note(entry: dict[str, Any]) -> str:
    return f"  {entry['note']}" if entry["note"] else ""
