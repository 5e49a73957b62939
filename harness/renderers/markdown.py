"""`summary.md`: one page for a pull request."""

from __future__ import annotations

import re

from ..forecast import budgets_of
from ..grouping import Cause, causes_of, listed
from ..legible import duration, one_line, plural
from ..model import RunResult, ScenarioResult, Strike, Verdict
from ..phrases import aftermath, meaning
from ..spreads import DIRECTIONS, reactions
from ..unchecked import assumptions, gaps

EXAMPLES = 3
MOST_GAPS, MOST_ASSUMPTIONS = 5, 20
MOST_FAULTS = 20
# GitHub takes 65,536 characters for a comment.
MOST_TEXT = 60_000
_MARKS = {Verdict.PASS: "✅ PASS", Verdict.FAIL: "❌ FAIL", Verdict.UNKNOWN: "❔ UNKNOWN"}
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|#~$!&]")
_LINE_START = re.compile(r"^(?:[-+=]|\d+(?=[.)]))")


class Markdown:
    """The verdict, what it means, a table of scenarios, and the findings grouped by cause with examples."""

    file_name = "summary.md"

    def render(self, result: RunResult) -> str:
        """Return the Markdown text, at most about 60,000 characters: what does not fit is left to the page."""
        systems = f"{_plain(result.systems.get('crm', 'the CRM'))} and {_plain(result.systems.get('ma', 'the MA'))}"
        lines = [
            f"# Syncproof: {_MARKS[result.verdict]}", "", f"**{_plain(meaning(result))}**", "",
            f"Connector {_plain(str(result.connector.get('name') or 'without a name'))} between {systems}, seed {result.seed}, "
            f"{plural(len(result.scenarios), 'scenario')}, {duration(result.seconds)}. The verdict rests on "
            f"{plural(result.assumed_behaviours, 'assumed vendor behaviour')}.",
        ]
        if result.mapping_problems:
            lines += ["", f"The mapping has {plural(len(result.mapping_problems), 'problem')}:", ""]
            lines += [f"- {_plain(p)}" for p in result.mapping_problems[:10]]
        lines += [f"\nLeft out, because {_plain(why)}: {', '.join(_plain(i) for i in ids)}." for why, ids in result.left_out_why.items()]
        if result.scenarios:
            lines += ["", "| scenario | verdict | findings | why |", "|---|---|---|---|"]
        lines += [f"| {_plain(s.id, 120)} | {_MARKS[s.verdict]} | {len(s.findings)} | {_plain(s.reason, 200)} |" for s in result.scenarios]
        text = "\n".join([*lines, *_numbers(result), *_felt(result), *_unchecked(result)])
        left = [s for s in result.scenarios if s.verdict is not Verdict.PASS]
        while left and len(text) + len(told := _scenario(left[0])) < MOST_TEXT:
            text += told
            left.pop(0)
        if left:
            text += f"\n\n{plural(len(left), 'more scenario')} that did not pass: see report.html."
        return f"{text}\n"


def _numbers(result: RunResult) -> list[str]:
    """Return reaction times and the API budget, a line for each direction and system."""
    lines = []
    for r in reactions([t for s in result.scenarios for t in s.travels]):
        way = DIRECTIONS.get(r.direction, "both ways")
        told = f"{way}: {r.arrived:,} arrived, {r.missing:,} never did, {r.not_owed:,} did not have to"
        if r.from_edit is not None and r.from_sync is not None:
            told += (f"; median {duration(r.from_edit.median)} after the edit, {duration(r.from_sync.median)} after the start of the sync "
                     f"(90 % within {duration(r.from_sync.p90)}, most {duration(r.from_sync.most)})")
        lines.append(f"- Reaction time, {told}")
    for b in budgets_of(result.scenarios):
        told = f"{_plain(b.system, 40)}: {plural(b.calls, 'call')} for {plural(b.records, 'record')} changed, {b.refused:,} refused, {b.repeated:,} repeated"
        far = "; ".join(f"{o.records:,} records would take about {o.calls:,}" + (f" ({o.share:.1%} of a day)" if o.share is not None else "") for o in b.outlook)
        lines.append(f"- API budget, {told}; {far or f'no forecast: {b.why_not}'}")
    return ["", *lines] if lines else []


def _felt(result: RunResult) -> list[str]:
    """Return which faults struck and what the connector did next, the same words once."""
    counted: dict[tuple[str, str, str], list[Strike]] = {}
    for s in result.scenarios:
        for strike in s.strikes:
            counted.setdefault((s.id, strike.fault, strike.did), []).append(strike)
    lines = []
    for (scenario, fault, _), struck in counted.items():
        first = struck[0]
        lines.append(f"- {_plain(scenario, 120)}: {_plain(fault, 80)} struck {plural(len(struck), 'time')}, e.g. {_plain(f'#{first.seq} {first.system} {first.request} -> {first.status}', 160)}; "
                     f"the connector {_plain(aftermath(first), 200)}, {_how(first)}")
    more = [f"- … and {plural(len(lines) - MOST_FAULTS, 'more kind')}, in report.html"] if len(lines) > MOST_FAULTS else []
    return ["", "Faults, and what the connector did next:", "", *lines[:MOST_FAULTS], *more] if lines else []


def _how(strike: Strike) -> str:
    return f"and sync {strike.sync} {_plain(strike.ended, 80)}" if strike.sync is not None else "between syncs"


def _unchecked(result: RunResult) -> list[str]:
    """Return what was not checked and what the verdict rests on, the first few of each kind."""
    lines = []
    for gap in gaps(result):
        lines += [f"- {'**' if gap.grave else ''}{_plain(gap.title)}{'**' if gap.grave else ''}"]
        lines += [f"  - {_plain(line, 400)}" for line in gap.first(MOST_GAPS)]
    rests = assumptions(result)
    if rests:
        lines.append("- The verdict rests on assumed vendor behaviour")
        lines += [f"  - {_plain(f'{name}: {note}' if note else name)}" for name, note in rests[:MOST_ASSUMPTIONS]]
        if len(rests) > MOST_ASSUMPTIONS:
            lines.append(f"  - … and {len(rests) - MOST_ASSUMPTIONS:,} more, in report.html")
    return ["", "What was not checked, and what the verdict rests on:", "", *lines] if lines else []


def _scenario(s: ScenarioResult) -> str:
    lines = ["", "", f"## {_plain(s.id, 120)}", ""]
    for cause in causes_of(s)[:40]:
        lines += _cause(cause)
    if not s.findings:
        lines.append(f"{_MARKS[s.verdict]}: {_plain(s.reason)}")
    return "\n".join([*lines, "", "Reproduce:", "", *_fenced(s.reproduce)])


def _cause(cause: Cause) -> list[str]:
    through = f", {_plain(cause.through)}" if cause.through else ""
    if cause.follows is not None:
        return [f"  - then **{cause.severity}** {_plain(cause.headline)}, {cause.extent}{through} ({_plain(cause.first.rule, 60)})"]
    lines = [f"- **{cause.severity}** {_plain(cause.headline)}, {cause.extent}{through} ({_plain(cause.first.rule, 60)})"]
    if cause.hosts:
        lines.append(f"  - it tried: {_plain(listed(cause.hosts))}")
    return lines + [f"  - {_plain(f.message)}" for f in cause.examples(EXAMPLES)]


def _fenced(command: str) -> list[str]:
    """Return a code block that the command cannot end: its fence is longer than any run of backticks inside."""
    told = one_line(command, 2_000)
    longest = max((len(run) for run in re.findall("`+", told)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}sh", told, fence]


def _plain(text: str, most: int = 600) -> str:
    """Return text, on one line, that Markdown cannot take for markup, a link or the mention of somebody."""
    flat = _MARKUP.sub(lambda m: f"\\{m.group()}", one_line(text, most))
    flat = _LINE_START.sub(lambda m: f"{m.group()}\\" if m.group().isdigit() else f"\\{m.group()}", flat)
    # GitHub links bare addresses and notifies whoever is mentioned, whatever is escaped: an unseen joint prevents both.
    return re.sub(r"(?i)(?<!\w)@|://|\bwww\.", lambda m: f"{m.group()[:-1]}\u200b{m.group()[-1]}" if len(m.group()) > 1 else "@\u200b", flat)
