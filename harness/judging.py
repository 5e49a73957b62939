"""What has been performed is judged: every check over its evidence, findings told in order, the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from syncproof_mocks.journal import Entry, Exchange

from .chains import chained
from .checks import Checked, all_rules, checks, classed, run_check
from .evidence import Evidence
from .exposure import exposures
from .legible import plural
from .model import CheckResult, Finding, ScenarioResult, Severity, Verdict
from .oracle.blame import shown
from .oracle.calls import day_limits, sync_calls
from .oracle.consent_record import consent_records
from .oracle.fields import Oracle
from .overwrite import conflict_log, overwrite_grid
from .reaction import travels
from .retelling import Retelling
from .scenario.grammar import Scenario
from .stage import Stage
from .strikes import strikes
from .timeline import timeline
from .touched import assumed_behaviours, assumption_notes, other_hosts, unmocked_calls, with_operation

# Findings beyond this number per scenario add nothing a person could read; the count is always told.
MOST_FINDINGS = 2_000


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario that has been played and waits to be judged; ``stage`` is None where it could not even be seeded."""

    scenario: Scenario
    stage: Stage | None
    evidence: Evidence | None
    reason: str
    seconds: float


def judge(scenario: Scenario, stage: Stage, reason: str, reproduce: str, evidence: Evidence | None = None) -> ScenarioResult:
    """Run every check over the evidence of a stage (None: what it has now) and come to a verdict."""
    evidence = evidence or stage.evidence()
    oracle = Oracle(evidence)
    checked = [run_check(name, function, oracle) for name, function in checks().items()]
    checked.append(_own_checks(stage))
    skipped = scenario.checks.skip
    kept = [_without_skipped(c, skipped) for c in checked]
    findings = sorted((with_operation(f, evidence.entries) for c in kept for f in c.result.findings), key=_order)
    story = Retelling(oracle, {rule: stated.title for rule, (stated, _) in all_rules().items()})
    told = chained([classed(story.retold(f), scenario.classes) for f in findings[:MOST_FINDINGS]], oracle)
    consents, more_consents = consent_records(oracle, {f.person for f in findings})
    unfelt = stage.unfelt()
    reason = reason or next((text for text, optional in unfelt if not optional), "") or stage.uneventful()
    verdict, why = _verdict(evidence, kept, findings, reason)
    assumed = assumed_behaviours(evidence.entries)
    calls = Counter(e.operation or "unknown" for e in evidence.entries if isinstance(e, Exchange))
    return ScenarioResult(
        scenario.id, scenario.title, verdict, why, tuple(c.result for c in kept), told,
        reproduce, scenario.classes, tuple(_faults(evidence.entries)), evidence.syncs, timeline(evidence, findings),
        _flat(c.left_open for c in kept), (*_flat(c.not_checked for c in kept), *stage.values.told, *stage.missed, *(text for text, _ in unfelt)), unmocked_calls(evidence.entries),
        assumed, tuple(conflict_log(evidence)), len(evidence.people), dict(sorted(calls.items())),
        overwrite_grid(oracle, stage.cells), exposures(oracle), consents, connector_seconds=stage.connector_seconds, skipped_rules=dict(skipped),
        other_hosts=other_hosts(evidence.entries), assumed_notes=assumption_notes(assumed, evidence.dialects.values()),
        travels=travels(oracle, findings), sync_calls=sync_calls(oracle), day_limits=day_limits(evidence), strikes=strikes(evidence),
        more_consents=more_consents, why=scenario.why.strip(),
    )


def _order(finding: Finding) -> tuple[int, str, str, str, int]:
    return (list(Severity).index(finding.severity), finding.rule, finding.person or "", finding.field or "", finding.sync or 0)


def _verdict(  # noqa: PLR0911 (a chain of questions, the first yes answers)
    evidence: Evidence, checked: Iterable[Checked], findings: list[Finding], reason: str
) -> tuple[Verdict, str]:
    """FAIL with any finding; else UNKNOWN when something crashed, timed out, was not set up or saw nothing."""
    if findings:
        told = plural(len(findings), "finding") + (f"; {reason}" if reason else "")
        return Verdict.FAIL, told
    crashes = [e for e in evidence.entries if isinstance(e, Exchange) and e.crash]
    if crashes:
        last = crashes[0].crash.strip().splitlines()[-1]
        return Verdict.UNKNOWN, f"a mock broke at #{crashes[0].seq} {crashes[0].method} {crashes[0].path}: {last}"
    if reason:
        return Verdict.UNKNOWN, reason
    unknown = [c.result for c in checked if c.result.verdict is Verdict.UNKNOWN]
    if unknown:
        return Verdict.UNKNOWN, f"{unknown[0].check}: {unknown[0].reason}"
    if not evidence.syncs:
        return Verdict.UNKNOWN, "the connector was never started: the scenario has no `sync`"
    if not any(c.result.looked_at for c in checked if c.result.check not in ("success_is_true", "secrets_stay")):
        return Verdict.UNKNOWN, "no check had anything to look at"
    return Verdict.PASS, ""


def _own_checks(stage: Stage) -> Checked:
    """Return the result of the `assert` steps."""
    findings = tuple(
        Finding(
            "ASSERT-001", f"{c['person']}: {c['field'] or 'the record'} in the {c['side'].upper()} is {shown(c['found'])}, "
            f"expected {shown(c['expected'])}" + (f": {c['because']}." if c["because"] else "."),
            Severity.MAJOR, str(c["side"]), "contact", c["person"], c["field"], shown(c["expected"]), shown(c["found"]),
            "assertion", sync=c["sync"], record_id=c["record_id"],
        )
        for c in stage.asserted if not c["ok"]
    )
    verdict = Verdict.FAIL if findings else Verdict.PASS
    return Checked(CheckResult("assert", ("ASSERT-001",), verdict, len(stage.asserted), findings))


def _without_skipped(checked: Checked, skipped: dict[str, str]) -> Checked:
    """Drop the findings of rules a scenario skips with a written reason (the report shows both)."""
    result = checked.result
    if not skipped or not any(r in skipped for r in result.rules):
        return checked
    left = tuple(f for f in result.findings if f.rule not in skipped)
    rules = tuple(r for r in result.rules if r not in skipped)
    verdict = result.verdict if left or result.verdict is Verdict.UNKNOWN else Verdict.PASS
    return replace(checked, result=replace(result, findings=left, rules=rules, verdict=verdict))


def _flat(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for part in parts for text in part))


def _faults(entries: Iterable[Entry]) -> Iterable[str]:
    for entry in entries:
        if isinstance(entry, Exchange) and entry.fault:
            yield f"{entry.fault} at #{entry.seq} {entry.system} {entry.operation}"
