"""The outcome of probes on paper: for people, and for machines."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from .running import Compared, compare, live_target, mock_target, probes_of

SAME, DIFFERENT, NOT_SEEN = 0, 1, 2


def probe_and_print(name: str, *, live: bool, seed: int, as_json: bool, say: Callable[[str], None] | None, tell: Callable[[str], None]) -> int:
    """Ask the mock (with ``live``: the live account too) every probe, print it, return the exit code.

    0: all saw the same as the research; 1: something differs; 2: some target could not look. Raises InputError before
    anything is asked when the live account is none or no sandbox.
    """
    from contextlib import ExitStack

    module = probes_of(name)
    with ExitStack() as stack:
        targets = [stack.enter_context(mock_target(name, seed))]
        if live:
            targets.append(stack.enter_context(live_target(name, os.environ)))
        found = compare(module.PROBES, targets, say)
    tell(as_text(name, found) if not as_json else _json(name, found))
    return code_of(found)


def code_of(found: Sequence[Compared]) -> int:
    """Return the exit code of what was compared."""
    verdicts = {c.verdict for c in found}
    return DIFFERENT if "differs" in verdicts else NOT_SEEN if "not seen" in verdicts or not found else SAME


def as_text(name: str, found: Sequence[Compared]) -> str:
    """Return one line per probe, and what differs below it."""
    lines = []
    for one in found:
        lines.append(f"{one.verdict:<9} {one.probe.id:>4}  {one.probe.title}  [{one.probe.evidence}]")
        lines.extend(f"               {line}" for line in one.differences)
        lines.extend(f"               {o.target}: {o.reason}" for o in one.outcomes if o.facts is None)
    counted = {verdict: sum(c.verdict == verdict for c in found) for verdict in ("same", "differs", "not seen")}
    who = " and ".join(["the research", *dict.fromkeys(o.target for c in found for o in c.outcomes)])
    lines.append(f"{name}: {len(found)} probes of {who}: {', '.join(f'{n} {v}' for v, n in counted.items())}")
    return "\n".join(lines)


def _json(name: str, found: Sequence[Compared]) -> str:
    import json

    data: list[dict[str, Any]] = [
        {"probe": c.probe.id, "title": c.probe.title, "evidence": c.probe.evidence, "verdict": c.verdict, "expected": dict(c.probe.expected),
         "seen": {o.target: o.facts if o.facts is None else dict(o.facts) for o in c.outcomes},
         "reasons": {o.target: o.reason for o in c.outcomes if o.reason}, "differences": list(c.differences)}
        for c in found
    ]  # fmt: skip
    return json.dumps({"dialect": name, "probes": data}, indent=2, ensure_ascii=False)
