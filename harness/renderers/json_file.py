"""`result.json`: the machine-readable result; other tools rely on its shape (design.md section 11)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from ..forecast import Budget, budgets_of
from ..grouping import Theme, causes, themes
from ..model import Finding, RunResult, ScenarioResult, Strike, Travel
from ..phrases import aftermath
from ..report_folder import RESULT_SCHEMA
from ..spreads import Reaction, reactions

EXAMPLES = 3
MOST_TRAVELS = 2_000


class JsonFile:
    """The whole result with a schema number. Everything that depends on the clock stands under keys named `times`."""

    file_name = "result.json"

    def render(self, result: RunResult) -> str:
        """Return the JSON text, keys in a fixed order, two spaces indented."""
        return dumped(as_json(result))


def dumped(data: Any, *, indent: bool = True) -> str:
    """Return plain data as JSON text with a line end, on one line when ``indent`` is False."""
    try:
        return _dumped(data, indent)
    except TypeError:
        # A lone surrogate or a number beyond 64 bits: JSON text has no place for one, and orjson none for the other.
        return _dumped(_plain(data), indent)


def _dumped(data: Any, indent: bool) -> str:
    options = orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if indent else 0)
    return orjson.dumps(data, option=options, default=_other).decode() + "\n"


def _other(value: Any) -> Any:
    """Sets have no order of their own, so that equal results would give different texts."""
    return sorted(value, key=str) if isinstance(value, (set, frozenset)) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
        return str(value)
    if isinstance(value, dict):
        return {_plain(key): _plain(content) for key, content in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in (_other(value) if isinstance(value, (set, frozenset)) else value)]
    return value


def as_json(result: RunResult) -> dict[str, Any]:
    """Return the result as plain data; the same seed gives the same data, `times` apart."""
    return {
        "schema": RESULT_SCHEMA, "syncproof": result.version, "seed": result.seed, "verdict": str(result.verdict),
        "connector": result.connector, "systems": result.systems, "mapping": result.mapping_name,
        "mapping_problems": list(result.mapping_problems), "assumed_behaviours": result.assumed_behaviours,
        "left_out": [{"id": i, "reason": why} for i, why in result.left_out],
        "totals": {
            "scenarios": len(result.scenarios), "findings": sum(len(s.findings) for s in result.scenarios),
            "requests": sum(sum(s.calls.values()) for s in result.scenarios), "unsupported_calls": result.unmocked_calls,
            "other_hosts": len({host for s in result.scenarios for host in s.other_hosts}),
            "assumed_behaviours": result.assumed_behaviours,
        },
        "groups": [_group(t) for t in themes(causes(result))],
        "reaction": [_reaction(r) for r in reactions([t for s in result.scenarios for t in s.travels])],
        "budget": [_budget(b) for b in budgets_of(result.scenarios)],
        "scenarios": [scenario_json(s) for s in result.scenarios],
        "times": {"started_at": result.started_at, "seconds": round(result.seconds, 3)},
    }


def _group(theme: Theme) -> dict[str, Any]:
    """Return findings of one cause as one: how many, where, and three examples by scenario and place in its findings."""
    at = {id(f): (c.scenario.id, n) for c in theme.causes for n, f in enumerate(c.scenario.findings)}
    return {
        "rule": theme.rule, "classes": list(theme.bug_classes), "severity": str(theme.severity), "says": theme.words,
        "classification": theme.causes[0].first.classification, "findings": theme.findings, "people": theme.people,
        "follows": theme.causes[0].follows.rule if theme.is_consequence and theme.causes[0].follows else None,
        "places": list(theme.places), "operations": list(theme.operations), "scenarios": list(theme.scenarios),
        "examples": [
            {"scenario": at[id(f)][0], "finding": at[id(f)][1], "person": f.person, "message": f.message} for f in theme.examples(EXAMPLES)
        ],
    }


def scenario_json(s: ScenarioResult) -> dict[str, Any]:
    """Return what `result.json` says of one scenario."""
    return {
        "id": s.id, "title": s.title, "why": s.why, "verdict": str(s.verdict), "reason": s.reason, "classes": list(s.classes),
        "rules_checked": list(s.rules_checked), "faults_fired": list(s.faults_fired), "people": s.people,
        "findings": [_finding(f, s.reproduce) for f in s.findings],
        "checks": [
            {"check": c.check, "rules": list(c.rules), "verdict": str(c.verdict), "looked_at": c.looked_at, "reason": c.reason}
            for c in s.checks
        ],
        "skipped_rules": s.skipped_rules, "left_open": list(s.left_open), "not_checked": list(s.not_checked),
        "unsupported": [str(c) for c in s.unsupported], "other_hosts": list(s.other_hosts),
        "assumed": list(s.assumed), "assumed_notes": s.assumed_notes, "conflict_log": list(s.conflict_log),
        "faults": [_strike(x) for x in s.strikes], "reaction": [_reaction(r) for r in reactions(s.travels)],
        "arrivals": [_travel(t) for t in s.travels[:MOST_TRAVELS]], "budget": [_budget(b) for b in budgets_of([s])],
        "sync_calls": [asdict(c) for c in s.sync_calls], "consents_left_out": s.more_consents,
        "calls": s.calls, "matrix": list(s.matrix), "exposure": list(s.exposure), "consents": list(s.consents), "reproduce": s.reproduce,
        "syncs": [
            {"number": x.number, "exit_code": x.exit_code, "ended": x.ended, "requests": x.reads, "writes": x.writes,
             "refused": x.refused, "times": {"seconds": round(x.seconds, 3)}}
            for x in s.syncs
        ],
        "times": {"seconds": round(s.seconds, 3), "connector_seconds": round(s.connector_seconds, 3)},
    }


def _finding(f: Finding, reproduce: str) -> dict[str, Any]:
    return {
        "rule": f.rule, "class": f.bug_class, "severity": str(f.severity), "system": f.system, "kind": f.kind,
        "person": f.person, "field": f.field, "expected": f.expected, "found": f.found,
        "classification": f.classification, "caused_by": f.caused_by, "message": f.message, "reproduce": reproduce,
        "record_id": f.record_id, "sync": f.sync, "sides": asdict(f.sides) if f.sides else None,
        "blame": asdict(f.blame) if f.blame else None, "story": list(f.story), "requests": list(f.requests),
        "operation": f.operation, "follows": f.follows,
    }


def _reaction(r: Reaction) -> dict[str, Any]:
    """Return one distribution; what hangs on the clock stands under `times`, in seconds."""
    return {
        "direction": r.direction or "both", "arrived": r.arrived, "missing": r.missing, "not_owed": r.not_owed, "with_first_sync": r.at_once,
        "times": {"from_edit": asdict(r.from_edit) if r.from_edit else None, "from_sync": asdict(r.from_sync) if r.from_sync else None},
    }


def _travel(t: Travel) -> dict[str, Any]:
    return {
        "act": t.seq, "direction": t.direction, "person": t.person, "what": t.what, "state": t.state, "arrival": t.arrival, "syncs": t.syncs,
        "times": {"from_edit": t.edit_s, "from_sync": t.sync_s},
    }


def _strike(x: Strike) -> dict[str, Any]:
    found = asdict(x)
    return {**{name: value for name, value in found.items() if name != "after_s"}, "says": aftermath(x), "times": {"after_s": x.after_s}}


def _budget(b: Budget) -> dict[str, Any]:
    return {**asdict(b), "calls": b.calls, "idle_share": b.idle_share}
