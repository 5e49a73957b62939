"""The whole page as data: head, findings grouped by cause, scenarios, foot. No markup is made here."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ..grouping import Cause, Theme, causes, place, themes
from ..legible import cut, differing, duration, one_line, plural, say
from ..model import Blame, Finding, RunResult, ScenarioResult, Severity, Verdict
from ..phrases import SEVERITY_WORDS, VERDICT_MARKS, VERDICT_WORDS, consequence, damage, known_classifications, meaning
from ..unchecked import Gap, assumptions, gaps
from ._view_numbers import Budgets, Reactions, budgets_view, reactions_view
from ._view_scenario import Scenario, found_in, scenario_view

EXAMPLES = 3
MOST_INSTANCES = 200
# A page with hundreds of causes is about a connector that does nothing right: the later ones get fewer words.
FULL_CAUSES = 60
MOST_CAUSES = 300
# Ordinary requests that the timelines of a page show together; beyond that a page is too heavy to open on a phone.
TIMELINE_ROOM = 8_000
_ACTORS = {
    "seed": "it was there from the start", "crm_user": "a person entered it in the CRM", "ma_user": "a person entered it in the MA",
    "vendor_automation": "the vendor's own automation wrote it", "harness": "the harness wrote it",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a finding names; ``anchor`` is its line in the timeline, empty when the page does not show it."""

    seq: int
    anchor: str


@dataclass(frozen=True, slots=True)
class SideRow:
    """One system before and after the sync that went wrong."""

    system: str
    before: str
    after: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class Example:
    """One finding in full."""

    person: str
    context: str
    message: str
    sides: tuple[SideRow, ...]
    expected: str
    found: str
    marked: tuple[str, str, str] | None
    origin: tuple[tuple[str, str], ...]  # (words, request)
    story: tuple[str, ...]
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """One more finding of the same cause, on one line."""

    person: str
    sync: int | None
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class CauseView:
    """One thing to repair."""

    anchor: str
    cause: Cause
    scenario_anchor: str
    examples: tuple[Example, ...]
    instances: tuple[Instance, ...]
    more: int
    then: tuple[CauseView, ...] = ()  # what came after it, for the same people and fields


@dataclass(frozen=True, slots=True)
class ThemeView:
    """One line of the overview."""

    theme: Theme
    anchor: str
    leads_to: str
    places: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the page shows."""

    result: RunResult
    mark: str
    meaning: str
    counts: tuple[tuple[Verdict, str, int], ...]
    severities: tuple[tuple[Severity, int], ...]
    findings: int
    duration: str
    facts: tuple[tuple[str, str], ...]
    themes: tuple[ThemeView, ...]
    causes: tuple[CauseView, ...]
    more_causes: int
    scenarios: tuple[Scenario, ...]
    again: str
    reaction: Reactions | None
    budget: Budgets | None
    gaps: tuple[Gap, ...]
    rests_on: tuple[tuple[str, str], ...]
    verdict_words: Mapping[Verdict, str]
    severity_words: Mapping[Severity, str]
    classifications: tuple[tuple[str, str, str], ...]


def page(result: RunResult) -> Page:
    """Return the page of a result."""
    found = causes(result)
    anchors = {id(cause): f"c{number}" for number, cause in enumerate(found, start=1)}
    scenarios = []
    for number, scenario in enumerate(result.scenarios, start=1):
        own = [(anchors[id(c)], c.headline) for c in found if c.scenario is scenario]
        scenarios.append(scenario_view(scenario, number, own[:MOST_CAUSES], TIMELINE_ROOM // len(result.scenarios)))
    by_id = {id(s): view for s, view in zip(result.scenarios, scenarios, strict=True)}
    shown = _chains(found)[:MOST_CAUSES]
    return Page(
        result, VERDICT_MARKS[result.verdict], meaning(result),
        tuple((v, VERDICT_MARKS[v], sum(s.verdict is v for s in result.scenarios)) for v in Verdict),
        tuple((s, n) for s in Severity if (n := sum(f.severity is s for x in result.scenarios for f in x.findings))),
        sum(found_in(s) for s in result.scenarios), duration(result.seconds), _facts(result),
        tuple(_theme(t, anchors) for t in themes(found)),
        tuple(
            replace(
                _cause(chain[0], anchors[id(chain[0])], by_id[id(chain[0].scenario)], n < FULL_CAUSES),
                then=tuple(_cause(c, anchors[id(c)], by_id[id(c.scenario)], full=False) for c in chain[1:]),
            )
            for n, chain in enumerate(shown)
        ),
        len(found) - sum(map(len, shown)), tuple(scenarios), run_again(result),
        reactions_view([t for s in result.scenarios for t in s.travels]), budgets_view(result.scenarios), gaps(result), assumptions(result), VERDICT_WORDS, SEVERITY_WORDS, _glossary(found),
    )


def _chains(found: Iterable[Cause]) -> list[list[Cause]]:
    """Return each cause that began something with what followed it, in order."""
    chains: list[list[Cause]] = []
    for cause in found:
        if cause.follows is None or not chains:
            chains.append([])
        chains[-1].append(cause)
    return chains


def run_again(result: RunResult) -> str:
    """Return the command that runs the same scenarios again; empty when the single commands do not add up to one."""
    split = [_words(s) for s in result.scenarios]
    if not split or any(words[:2] != ["syncproof", "run"] or len(words) < 3 for words in split):
        return ""
    if len({tuple(words[3:]) for words in split}) != 1:
        return ""
    return shlex.join(["syncproof", "run", *(words[2] for words in split), *split[0][3:]])


def _words(scenario: ScenarioResult) -> list[str]:
    try:
        return shlex.split(scenario.reproduce)
    except ValueError:
        return []


def _facts(result: RunResult) -> tuple[tuple[str, str], ...]:
    connector = result.connector
    command = connector.get("command") or ""
    told = shlex.join(map(str, command)) if isinstance(command, (list, tuple)) else str(command)
    found = {
        "Command": told, "Image": _image(connector), "Connector file": str(connector.get("file") or ""), "Network": str(connector.get("network") or ""),
        "Mapping": result.mapping_name, "Started": result.started_at,
    }
    return tuple((name, cut(text, 400)) for name, text in found.items() if text)


def _image(connector: Mapping[str, object]) -> str:
    """Return which image ran: its name, with its digest in a registry where it has one, and the id of its content."""
    name, identity = connector.get("image_digest") or connector.get("image"), connector.get("image_id")
    return f"{name}, id {identity}" if identity else ""


def _theme(theme: Theme, anchors: Mapping[int, str]) -> ThemeView:
    places = theme.places
    told = ", ".join(places[:4]) + (f" and {plural(len(places) - 4, 'other place')}" if len(places) > 4 else "")
    return ThemeView(theme, anchors[id(theme.causes[0])], consequence(theme.causes[0].first.classification), told)


def _cause(cause: Cause, anchor: str, scenario: Scenario, full: bool) -> CauseView:
    examples = EXAMPLES if full else 1
    chosen = cause.examples(examples)
    taken = {id(f) for f in chosen}
    rest = [f for f in cause.findings if id(f) not in taken]
    most = MOST_INSTANCES if full else EXAMPLES
    return CauseView(
        anchor, cause, scenario.anchor, tuple(_example(f, scenario) for f in chosen),
        tuple(Instance(one_line(f.person or place(f), 120), f.sync, say(f.expected, 120), say(f.found, 120)) for f in rest[:most]),
        max(0, len(rest) - most),
    )


def _example(f: Finding, scenario: Scenario) -> Example:
    record = f"{f.kind or 'record'} {f.record_id}" if f.record_id else f.kind or ""
    context = ", ".join(part for part in (record, f"after sync {f.sync}" if f.sync else "") if part)
    marked = differing(f.expected, f.found) if isinstance(f.expected, str) and isinstance(f.found, str) else None
    return Example(
        one_line(f.person, 200) if f.person else "", one_line(context, 200), cut(f.message, 1_200), _sides(f), say(f.expected),
        say(f.found), marked, _origin(f.blame), tuple(one_line(line, 600) for line in f.story[:20]),
        tuple(Request(seq, scenario.seen.get(seq, "")) for seq in f.requests[:20]),
    )


def _sides(f: Finding) -> tuple[SideRow, ...]:
    if f.sides is None:
        return ()
    s = f.sides
    return (
        SideRow("CRM", say(s.crm_before), say(s.crm_after), f.system == "crm"),
        SideRow("MA", say(s.ma_before), say(s.ma_after), f.system == "ma"),
    )


def _origin(blame: Blame | None) -> tuple[tuple[str, str], ...]:
    if blame is None:
        return ()
    told = []
    if blame.request:
        who = "the connector" if blame.actor == "connector" else blame.actor.replace("_", " ")
        told.append((f"{who} wrote it in", one_line(blame.request, 300)))
    else:
        told.append((_ACTORS.get(blame.actor, f"{blame.actor.replace('_', ' ')} wrote it"), ""))
    if blame.read_request:
        told.append(("on the strength of what it had read in", one_line(blame.read_request, 300)))
    if blame.note and not (blame.actor == "seed" and not blame.request):
        told.append((one_line(blame.note, 300), ""))
    return tuple(told)


def _glossary(found: tuple[Cause, ...]) -> tuple[tuple[str, str, str], ...]:
    used = dict.fromkeys(c.first.classification for c in found)
    return tuple((name.replace("_", " "), damage(name), consequence(name)) for name in sorted(used) if name in known_classifications())
