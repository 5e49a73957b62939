"""What a connector touched that proves less than it seems: calls nobody mocks, assumed behaviour, other hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Actor, Change, Entry, Exchange
from syncproof_mocks.wire import NOTHING_NEAR

from .model import Finding, UnmockedCall
from .network.egress import attempts


def unmocked_calls(entries: Iterable[Entry]) -> tuple[UnmockedCall, ...]:
    """Return the calls that the mocks refused because they do not know them, or not all that was asked; each once, in order."""
    counted = Counter(
        (f"{e.system}: {e.method} {e.path}", _hinted(e))
        for e in entries if isinstance(e, Exchange) and (e.operation is None or e.hint)
    )
    return tuple(UnmockedCall(call, hint, times) for (call, hint), times in counted.items())


def assumed_behaviours(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the ids of the assumed behaviours that answers rested on, sorted."""
    found = set()
    for entry in entries:
        if isinstance(entry, Exchange):
            found.update(entry.assumed)
            if entry.evidence == "assumed":
                found.add(f"{entry.system}.{entry.operation}")
    return tuple(sorted(found))


def with_operation(finding: Finding, entries: Sequence[Entry]) -> Finding:
    """Return the finding with the operation of the connector that did it, as its cause or else its last request tells."""
    for seq in (finding.caused_by, *reversed(finding.requests)):
        entry = entries[seq] if seq is not None and seq < len(entries) else None
        if isinstance(entry, Change):
            entry = entries[entry.exchange] if entry.exchange is not None and entry.actor is Actor.CONNECTOR else None
        if isinstance(entry, Exchange) and entry.operation:
            return replace(finding, operation=f"{entry.system}.{entry.operation}")
    return finding


def assumption_notes(assumed: Iterable[str], dialects: Iterable[Dialect]) -> dict[str, str]:
    """Return what is assumed, in the words of the fidelity ledger, for each id that has words there."""
    by_name = {d.name: d for d in dialects}
    found = {}
    for name in assumed:
        vendor, _, rest = name.partition(".")
        if vendor in by_name and (note := _note(by_name[vendor], rest)):
            found[name] = note
    return found


def other_hosts(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return what the connector tried to reach besides the two systems, each once, in order."""
    return tuple(dict.fromkeys(str(a) for a in attempts(entries)))


def _hinted(exchange: Exchange) -> str:
    if exchange.operation is None:
        return f"nearest supported: {exchange.hint}" if exchange.hint else NOTHING_NEAR
    # Known, but not all that it was asked for.
    return f"{exchange.refused[0][1] if exchange.refused else exchange.status}; {exchange.hint}"


def _note(dialect: Dialect, name: str) -> str:
    """Return the note of a switch, an assumption (exact, else by its beginning) or an operation; empty when there is none."""
    notes: dict[str, str] = {op.id: op.note for op in (*dialect.router.operations, *dialect.router.calls.values()) if op.note}
    notes |= {s.name: s.note for s in dialect.switches}
    notes |= _bare(dialect.assumptions, dialect.name)
    if name in notes:
        return notes[name]
    begins = [key for key in notes if key.endswith("*") and name.startswith(key[:-1])]
    return notes[max(begins, key=len)] if begins else ""


def _bare(assumptions: Mapping[str, str], vendor: str) -> dict[str, str]:
    return {name.removeprefix(f"{vendor}."): note for name, note in assumptions.items()}
