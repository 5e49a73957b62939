"""`syncproof qualify` in a terminal: the detection matrix, the score, what was missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import orjson
from rich.console import Console
from rich.table import Table

from . import Qualification, Trial, qualify


def run_and_print(
    names: Sequence[str], *, seed: int, jobs: int, as_json: bool, say: Callable[[str], None] | None, console: Console
) -> int:
    """Qualify and print; returns 0 when everything was caught and nothing was invented, else 1."""
    found = qualify(names, seed=seed, jobs=jobs, say=say)
    if as_json:
        console.file.write(orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _print(found, console)
    return 0 if found.is_good else 1


def _print(found: Qualification, console: Console) -> None:
    table = Table(title="Buggy variants of the reference connector", title_justify="left")
    for heading in ("class", "variant", "caught", "by", "scenario"):
        table.add_column(heading, overflow="fold")
    for trial in found.trials:
        table.add_row(trial.variant.bug_class, trial.variant.name, "yes" if trial.is_caught else "NO", *_by(trial))
    console.print(table)
    for scenario in found.clean.scenarios:
        if scenario.findings or scenario.reason:
            first = scenario.findings[0].message if scenario.findings else scenario.reason
            console.print(f"false alarm: {scenario.id} {scenario.verdict}: {first}", markup=False)
    numbers = found.as_json()
    variants, classes = numbers["variants"], numbers["classes"]
    console.print(
        f"{variants['caught']} of {variants['total']} variants caught, {classes['detected']} of {classes['total']} bug "
        f"classes shown to be detected, {found.false_alarms} false alarms, {found.seconds:.0f} s", markup=False, highlight=False,
    )


def _by(trial: Trial) -> tuple[str, str]:
    hits = {s: [r for r in rules if r in trial.expected.rules] for s, rules in trial.fired.items()}
    if trial.is_caught:
        where = [s for s, rules in hits.items() if rules]
        return ", ".join(sorted({r for rules in hits.values() for r in rules})), ", ".join(where)
    others = ", ".join(sorted({r for rules in trial.fired.values() for r in rules})) or "nothing"
    return f"expected {', '.join(trial.expected.rules)}; fired: {others}", ", ".join(trial.fired)
