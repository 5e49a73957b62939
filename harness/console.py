"""The result of a run on a terminal or in a pipe: verdict and its meaning, what goes wrong, the scenarios."""

from __future__ import annotations

import re

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .grouping import Theme, causes, listed, themes
from .legible import duration, one_line, plural, say
from .model import Finding, RunResult, ScenarioResult, Severity, Verdict
from .phrases import VERDICT_MARKS, consequence, meaning
from .unchecked import gaps

MOST_THEMES = 12
# The first example is told whole, the next ones are there to show what they have in common.
EXAMPLES, FIRST_EXAMPLE, NEXT_EXAMPLE = 3, 400, 160
MOST_GAPS = 3
WIDE = 110
_COLOURS = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.UNKNOWN: "yellow"}
_SHADES = {Severity.CRITICAL: "bold red", Severity.MAJOR: "yellow", Severity.MINOR: "dim"}
_INDENT = "  "
# Columns that the rest of the table needs before an id is broken into lines.
_VERDICT_AND_WHY_NEED, _NUMBERS_NEED, _LEAST_ID = 29, 37, 20


def print_run(result: RunResult, console: Console) -> None:
    """Print a run. Nothing of the data is taken for markup or sent to the terminal as a control sequence."""
    if result.scenarios:
        console.print(_scenarios(result, console.width))
    found = themes(causes(result))
    for theme in found[:MOST_THEMES]:
        _print_theme(console, theme)
    if len(found) > MOST_THEMES:
        console.print(Text(f"{_INDENT}and {plural(len(found) - MOST_THEMES, 'more kind')} of findings, in the report\n", "dim"))
    for problem in result.mapping_problems[:3]:
        console.print(Text(f"mapping: {one_line(problem, 300)}", "yellow"), soft_wrap=True)
    if len(result.mapping_problems) > 3:
        console.print(Text(f"mapping: and {plural(len(result.mapping_problems) - 3, 'more problem')}", "yellow"))
    for why, ids in result.left_out_why.items():
        console.print(Text(f"left out: {plural(len(ids), 'scenario')}, because {one_line(why, 300)}", "yellow"), soft_wrap=True)
    _print_verdict(result, console)
    _print_gaps(result, console)


def _print_verdict(result: RunResult, console: Console) -> None:
    line = _verdict(result.verdict)
    counted = ", ".join(f"{n} {v}" for v in Verdict if (n := sum(s.verdict is v for s in result.scenarios)))
    line.append(f"  {one_line(str(result.connector.get('name') or 'the connector'), 80)}: {meaning(result)}", "default")
    console.print(line, soft_wrap=True)
    console.print(
        Text(
            f"{_INDENT}{plural(len(result.scenarios), 'scenario')}{f' ({counted})' if counted else ''}, seed {result.seed}, "
            f"{duration(result.seconds)}; rests on {plural(result.assumed_behaviours, 'assumed vendor behaviour')}", "dim",
        ),
        soft_wrap=True,
    )


def _print_gaps(result: RunResult, console: Console) -> None:
    """Print what was not checked: calls that are not mocked with the first few, the rest in a line per kind."""
    for gap in gaps(result):
        console.print(Text(f"{_INDENT}{gap.title}", "yellow" if gap.grave else "dim"), soft_wrap=True, end="")
        if gap.grave:
            console.print()
            for line in gap.first(MOST_GAPS):
                console.print(Text(f"{_INDENT * 2}{line}", "yellow"), soft_wrap=True)
        else:
            console.print(Text(f": {'; '.join(gap.first(MOST_GAPS, 120))}", "dim"), soft_wrap=True)


def _scenarios(result: RunResult, console_width: int) -> Table:
    """Return the table; the numbers need room that a narrow terminal gives to the names."""
    wide = console_width >= WIDE
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=False)
    room = max(_LEAST_ID, console_width - (_NUMBERS_NEED if wide else 0) - _VERDICT_AND_WHY_NEED)
    names = {s.id: _in_lines(one_line(s.id, 120), room) for s in result.scenarios}
    table.add_column("scenario", no_wrap=True, overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("why", overflow="fold")
    for name in ("people", "requests", "connector", "ours") if wide else ():
        table.add_column(name, justify="right", no_wrap=True)
    for s in result.scenarios:
        numbers = (
            f"{s.people:,}", f"{sum(s.calls.values()):,}", duration(s.connector_seconds), duration(max(0.0, s.seconds - s.connector_seconds)),
        )
        table.add_row(Text(names[s.id]), _verdict(s.verdict), Text(one_line(s.reason, 200)), *(numbers if wide else ()))
    return table


def _in_lines(name: str, width: int) -> str:
    """Return ``name`` in lines of at most ``width``, broken after `/`, `_`, `-` or `.`; a longer word is left whole."""
    lines = [""]
    for part in re.findall(r"[^/_.\-]*[/_.\-]|[^/_.\-]+", name):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _print_theme(console: Console, theme: Theme) -> None:
    worst = theme.causes[0]
    if theme.is_consequence:
        told = f"{_INDENT}then {theme.severity}: {theme.words} ({theme.rule})  {plural(theme.findings, 'finding')}: {listed(theme.places, 3)}"
        console.print(Text(f"{told}, with it or after it\n", "dim"), soft_wrap=True)
        return
    line = Text(f"{VERDICT_MARKS[Verdict.FAIL]} {theme.severity}", _SHADES[theme.severity])
    line.append(f"  {theme.words}", "bold default")
    places = theme.places
    line.append(f" ({theme.rule})  {plural(theme.findings, 'finding')}: {listed(places, 3)}", "default")
    console.print(line, soft_wrap=True)
    if leads_to := consequence(worst.first.classification):
        console.print(Text(f"{_INDENT}so {leads_to}", "dim"), soft_wrap=True)
    if theme.hosts:
        console.print(Text(f"{_INDENT}it tried: {listed(theme.hosts)}"), soft_wrap=True)
    if theme.operations:
        console.print(Text(f"{_INDENT}written with {one_line(listed(theme.operations, 3), 240)}"), soft_wrap=True)
    for number, example in enumerate(theme.examples(EXAMPLES)):
        console.print(Text(f"{_INDENT}e.g. {_example(example, FIRST_EXAMPLE if number == 0 else NEXT_EXAMPLE)}"), soft_wrap=True)
    console.print(Text(f"{_INDENT}{_command(worst.scenario)}\n", "cyan"), soft_wrap=True)


def _example(finding: Finding, most: int) -> str:
    if finding.message:
        return one_line(finding.message, most)
    return f"{one_line(finding.person or 'it', 80)}: expected {say(finding.expected, 80)}, found {say(finding.found, 80)}"


def _command(scenario: ScenarioResult) -> str:
    return one_line(scenario.reproduce, 2_000)


def _verdict(verdict: Verdict) -> Text:
    return Text(f"{VERDICT_MARKS[verdict]} {verdict}", f"bold {_COLOURS[verdict]}")
