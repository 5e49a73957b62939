"""Findings grouped by cause: one entry per thing to repair, not one per person it happened to.

Every report that a person reads (page, Markdown, terminal) groups with this file, so that they tell the same story.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .legible import one_line, plural
from .model import Finding, RunResult, ScenarioResult, Severity
from .phrases import damage

_RANK = {severity: rank for rank, severity in enumerate(Severity)}
_FIELD_SHOWN = 80
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Cause:
    """All findings of one scenario with the same rule, classification, field, system and operation that wrote; never empty.

    ``follows`` is the first finding of the cause after which these came, in the chains of the same people and fields
    (`Finding.follows`); None for what begins a chain.
    """

    scenario: ScenarioResult
    findings: tuple[Finding, ...]
    follows: Finding | None = None

    @property
    def began(self) -> float:
        """Return where in the journal it began: at the earliest write behind it; where nothing was written, at the end of the sync."""
        ends = {s.number: s.end_seq for s in self.scenario.syncs}
        return min(found if (found := _origin(f)) < math.inf else ends.get(f.sync or 0, math.inf) for f in self.findings)

    @property
    def first(self) -> Finding:
        """Return the finding that stands for all."""
        return self.findings[0]

    @property
    def severity(self) -> Severity:
        """Return the worst severity among the findings."""
        return min((f.severity for f in self.findings), key=_RANK.__getitem__)

    @property
    def people(self) -> int:
        """Return how many different people (or companies) it happened to; 0 when it is about nobody."""
        return len({f.person for f in self.findings if f.person})

    def examples(self, most: int) -> tuple[Finding, ...]:
        """Return up to ``most`` findings to show in full: different people (or things, when about nobody) first, each once."""
        return _different(self.findings, most)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the different places outside both systems that were tried, in order; empty for findings of other kinds."""
        return tuple(dict.fromkeys(one_line(str(f.found), _FIELD_SHOWN) for f in self.findings if f.classification == "other_host"))

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the bug classes, sorted."""
        return tuple(sorted({f.bug_class for f in self.findings if f.bug_class}))

    @property
    def headline(self) -> str:
        """Return e.g. `Phone in the MA: the change never arrived`."""
        return f"{place(self.first)}: {damage(self.first.classification)}"

    @property
    def through(self) -> str:
        """Return with what the connector did it: `written with hubspot.contacts.batch_update`; empty when it wrote nothing."""
        return f"written with {one_line(self.first.operation, _FIELD_SHOWN)}" if self.first.operation else ""

    @property
    def extent(self) -> str:
        """Return how far it reaches: `14 people`, `14 people, 30 times`, `2 times`."""
        times = plural(len(self.findings), "time")
        if not self.people:
            return times
        whom = plural(self.people, "company", "companies") if self.first.kind == "company" else plural(self.people, "person", "people")
        return whom if self.people == len(self.findings) else f"{whom}, {times}"


@dataclass(frozen=True, slots=True)
class Theme:
    """The causes of a whole run that share rule and classification: one line of the overview; never empty."""

    causes: tuple[Cause, ...]

    @property
    def is_consequence(self) -> bool:
        """Tell whether all of it came after findings of other themes."""
        return all(c.follows is not None for c in self.causes)

    @property
    def severity(self) -> Severity:
        """Return the worst severity among the causes."""
        return min((c.severity for c in self.causes), key=_RANK.__getitem__)

    @property
    def rule(self) -> str:
        """Return the rule that was broken."""
        return self.causes[0].first.rule

    @property
    def words(self) -> str:
        """Return what happened, as a sentence without a full stop."""
        told = damage(self.causes[0].first.classification)
        return told[:1].upper() + told[1:]

    @property
    def bug_classes(self) -> tuple[str, ...]:
        """Return the bug classes, sorted."""
        return tuple(sorted({name for c in self.causes for name in c.classes}))

    @property
    def operations(self) -> tuple[str, ...]:
        """Return the different operations with which the connector did it, most used first; empty when it wrote nothing."""
        counted = Counter(f.operation for c in self.causes for f in c.findings if f.operation)
        return tuple(name for name, _ in counted.most_common())

    def examples(self, most: int) -> tuple[Finding, ...]:
        """Return up to ``most`` findings to show: of different causes first, then of different people, each once."""
        firsts = [c.first for c in self.causes[:most]]
        taken = {id(f) for f in firsts}
        rest = [f for c in self.causes for f in c.findings if id(f) not in taken]
        # What several fields of one person show is one example of a person, and people come first.
        return _different([*firsts, *rest], most)

    @property
    def places(self) -> tuple[str, ...]:
        """Return the different fields and systems it happened in, in order."""
        return tuple(dict.fromkeys(place(c.first) for c in self.causes))

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the different places outside both systems that were tried, in order; empty for findings of other kinds."""
        return tuple(dict.fromkeys(host for c in self.causes for host in c.hosts))

    @property
    def findings(self) -> int:
        """Return the number of findings."""
        return sum(len(c.findings) for c in self.causes)

    @property
    def people(self) -> int:
        """Return the number of people it happened to, each once whatever the fields; those of two scenarios are two."""
        return len({(c.scenario.id, f.person) for c in self.causes for f in c.findings if f.person})

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Return the ids of the scenarios, in order."""
        return tuple(dict.fromkeys(c.scenario.id for c in self.causes))


def _different(findings: Sequence[Finding], most: int) -> tuple[Finding, ...]:
    firsts: dict[str, Finding] = {}
    for finding in findings:
        firsts.setdefault(finding.person or f"{finding.found}", finding)
    chosen = list(firsts.values())[:most]
    # Identity, not equality: two findings may say the very same.
    taken = {id(f) for f in chosen}
    return (*chosen, *[f for f in findings if id(f) not in taken][: most - len(chosen)])


def listed(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return `a, b, c and 4 more`."""
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def place(finding: Finding) -> str:
    """Return where it is wrong: `Phone in the MA`, `the MA`, `the connector`."""
    system = f"the {one_line(finding.system.upper(), 40)}" if finding.system else ""
    if finding.field:
        named = one_line(finding.field, _FIELD_SHOWN)
        return f"{named} in {system}" if system else named
    return system[:1].upper() + system[1:] if system else "The connector"


def causes_of(scenario: ScenarioResult) -> tuple[Cause, ...]:
    """Return the causes of one scenario: worst first, then the earliest, each with what followed from it right behind it."""
    found = scenario.findings
    leading: dict[_Key, list[Finding]] = {}
    following: dict[tuple[_Key, _Key], list[Finding]] = {}
    for finding in found:
        if finding.follows is None or not 0 <= finding.follows < len(found):
            leading.setdefault(_key(finding), []).append(finding)
        else:
            following.setdefault((_key(found[finding.follows]), _key(finding)), []).append(finding)
    ordered = []
    for cause in sorted((Cause(scenario, tuple(group)) for group in leading.values()), key=_rank):
        behind = (Cause(scenario, tuple(group), cause.first) for (root, _), group in following.items() if root == _key(cause.first))
        ordered += [cause, *sorted(behind, key=_rank)]
    return tuple(ordered)


def causes(result: RunResult) -> tuple[Cause, ...]:
    """Return the causes of all scenarios: worst first, those of one kind together, each with what followed right behind it."""
    per_scenario = [causes_of(s) for s in result.scenarios]
    place = {_theme(t.causes[0]): n for n, t in enumerate(_in_order(per_scenario))}
    chains: list[list[Cause]] = []
    for found in per_scenario:
        for cause in found:
            if cause.follows is None:
                chains.append([])
            chains[-1].append(cause)
    # sorted() is stable: equals stay in order of appearance, so equal results give equal reports.
    chains.sort(key=lambda chain: (_RANK[chain[0].severity], place[_theme(chain[0])], -len(chain[0].findings)))
    return tuple(cause for chain in chains for cause in chain)


def themes(found: Iterable[Cause]) -> tuple[Theme, ...]:
    """Return the causes gathered over scenarios and fields by rule and classification, worst first and causes before consequences.

    Of equally bad ones those come first that began a scenario's trouble, then those with most findings.
    """
    by_scenario: dict[str, list[Cause]] = {}
    for cause in found:
        by_scenario.setdefault(cause.scenario.id, []).append(cause)
    return _in_order([sorted(group, key=lambda c: (c.follows is not None, *_rank(c))) for group in by_scenario.values()])


def _in_order(per_scenario: Sequence[Sequence[Cause]]) -> tuple[Theme, ...]:
    grouped: dict[tuple[str, str], list[Cause]] = {}
    place: dict[tuple[str, str], int] = {}
    for causes_there in per_scenario:
        for number, cause in enumerate(causes_there):
            grouped.setdefault(_theme(cause), []).append(cause)
            place[_theme(cause)] = min(number, place.get(_theme(cause), number))
    made = [Theme(tuple(sorted(group, key=lambda c: c.follows is not None))) for group in grouped.values()]
    ranked = sorted((t for t in made if not t.is_consequence), key=lambda t: (_RANK[t.severity], place[_theme(t.causes[0])], -t.findings))
    ordered = []
    for theme in ranked:
        roots = {_theme(theme.causes[0])}
        behind = [t for t in made if t.is_consequence and _theme_of(t.causes[0].follows) in roots]
        ordered += [theme, *sorted(behind, key=lambda t: (_RANK[t.severity], -t.findings))]
    return tuple(ordered)


_Key = tuple[str, str, str | None, str | None, str]


def _key(finding: Finding) -> _Key:
    return finding.rule, finding.classification, finding.field, finding.system, finding.operation


def _theme(cause: Cause) -> tuple[str, str]:
    return cause.first.rule, cause.first.classification


def _theme_of(finding: Finding | None) -> tuple[str, str] | None:
    return (finding.rule, finding.classification) if finding is not None else None


def _rank(cause: Cause) -> tuple[int, float, int]:
    return _RANK[cause.severity], cause.began, -len(cause.findings)


def _origin(finding: Finding) -> float:
    """Return where in the journal a machine did it; what people had left there is no beginning."""
    blame = finding.blame
    if blame is not None:
        return blame.written_by if blame.written_by is not None and blame.actor in ("connector", "vendor_automation") else math.inf
    return finding.caused_by if finding.caused_by is not None and finding.person is None else min(finding.requests, default=math.inf)
