"""`syncproof qualify` in a terminal of 100 columns: the matrix, what each scenario is worth, the classes, the score."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.text import Text

from ..checks import all_rules
from ..legible import cut, one_line, plural
from . import Qualification, Trial, qualify
from .classes import bug_classes
from .numbers import as_json

WIDTH = 100
SEEN, ALSO, SILENT = "●", "○", "·"
_MARKS = string.ascii_uppercase + string.ascii_lowercase
_WHY = 300


def run_and_print(
    names: Sequence[str], *, pack: str, share: str, everywhere: bool, seed: int, jobs: int, json: bool, mapping: Path | None,
    say: Callable[[str], None] | None, console: Console,
) -> int:
    """Qualify and print; returns 0 when everything was caught and nothing was invented, else 1."""
    found = qualify(names, pack=pack, share=share, everywhere=everywhere, seed=seed, jobs=jobs, mapping=mapping, say=say)
    if json:
        console.file.write(orjson.dumps(as_json(found), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        for line in lines(found):
            console.print(line, soft_wrap=True)
    return 0 if found.is_good else 1


def lines(found: Qualification) -> list[Text]:
    """Return everything as lines of at most 100 columns, reasons apart: they are as long as they are."""
    parts = [_matrix(found), _scenarios(found)]
    if found.is_whole:
        parts.append(_classes(found))
    parts += [_beside(found), _misses(found), _alarms(found), [_score(found)]]
    return [line for part in parts if part for line in (*part, Text())][:-1]


# -- the matrix -------------------------------------------------------------------------------------


def _matrix(found: Qualification) -> list[Text]:
    fired = {t.variant.name: _checks(r for rules in t.fired.values() for r in rules) for t in found.tried}
    wanted = {t.variant.name: _checks(t.expected.rules) for t in found.tried}
    seeing = {t.variant.name: _checks(set(t.expected.rules) & {r for rules in t.fired.values() for r in rules}) for t in found.tried}
    columns = [c for c in _all_checks() if any(c in fired[v] | wanted[v] for v in fired)]
    if not columns:
        return []
    gap = " " if 2 * len(columns) + 45 <= WIDTH else ""
    room = WIDTH - 6 - len(columns) * (1 + len(gap))
    shown = [Text(f"Variant x check: {SEEN} the check that should see it does, {ALSO} another one does, ! it should and does not", "bold")]
    shown += _legend(columns)
    shown.append(Text(" " * (room + 6) + gap.join(_MARKS[: len(columns)]), "dim"))
    for trial in found.tried:
        name = trial.variant.name
        marks = gap.join(_mark(c, fired[name], seeing[name], wanted[name], caught=trial.is_caught) for c in columns)
        label = f"{trial.variant.bug_class} {name if len(name) <= room else name[: room - 1] + '…'}"
        style = "" if trial.is_caught else "bold red"
        shown.append(Text(f"{label:<{room + 6}}{marks}", style))
    return shown


def _mark(check: str, fired: set[str], seeing: set[str], wanted: set[str], *, caught: bool) -> str:
    if check in seeing:
        return SEEN
    if check in wanted and not caught:
        return "!"
    return ALSO if check in fired else SILENT


def _legend(columns: Sequence[str]) -> list[Text]:
    told = [f"{mark} {check}" for mark, check in zip(_MARKS, columns, strict=False)]
    wide = max(map(len, told)) + 2
    per_line = max(1, WIDTH // wide)
    return [Text("".join(f"{t:<{wide}}" for t in told[at : at + per_line]).rstrip(), "dim") for at in range(0, len(told), per_line)]


def _all_checks() -> list[str]:
    return list(dict.fromkeys(check for _, check in all_rules().values()))


def _checks(rules: Iterable[str]) -> set[str]:
    return {all_rules()[r][1] for r in rules if r in all_rules()}


# -- scenarios --------------------------------------------------------------------------------------


def _scenarios(found: Qualification) -> list[Text]:
    powers = found.powers
    if not powers:
        return []
    wide = min(60, max(len(p.scenario) for p in powers)) + 2
    head = f"{'Scenario':<{wide}}{'catches':>8}{'it alone':>10}{'seconds':>9}  variants that it alone catches"
    shown = [Text(cut_to(head, WIDTH), "bold")]
    for power in powers:
        line = f"{power.scenario:<{wide}}{len(power.catches):>8}{len(power.alone):>10}{power.seconds:>9.1f}  {', '.join(power.alone)}"
        shown.append(Text(cut_to(line, WIDTH), "" if power.catches else "yellow"))
    idle = sum(not p.catches for p in powers)
    if idle:
        shown.append(Text(f"{plural(idle, 'scenario')} above (0) caught no variant that was expected of them in this run", "yellow"))
    return shown


def cut_to(line: str, width: int) -> str:
    """Return ``line`` in at most ``width`` columns, an ellipsis where something was left out."""
    return line if len(line) <= width else line[: width - 1] + "…"


# -- classes ----------------------------------------------------------------------------------------


def _classes(found: Qualification) -> list[Text]:
    told = as_json(found)["classes"]
    known = bug_classes()
    shown: list[Text] = []
    for key, title in (("not_applicable", "cannot occur with these systems"), ("not_reached", "not reached yet")):
        ids = told[key]
        if ids:
            shown.append(Text(f"{plural(len(ids), 'bug class', 'bug classes')} {title}:", "bold"))
            shown += [Text(f"  {c} {known[c].slug}: {one_line(told[f'{key}_why'][c])}") for c in ids]
    for key, title in (("not_shown", "have a scenario and a rule, but no variant that proves it"), ("open", "stand nowhere")):
        if told[key]:
            shown.append(Text(f"{plural(len(told[key]), 'bug class', 'bug classes')} {title}: {', '.join(told[key])}", "yellow"))
    return shown


# -- the score --------------------------------------------------------------------------------------


def _beside(found: Qualification) -> list[Text]:
    """Return what a user's own mapping cannot show: scenarios and variants, each once, with the reason."""
    shown: list[Text] = []
    if found.left_out:
        shown.append(Text(f"{plural(len(found.left_out), 'scenario')} cannot be played with the mapping `{found.mapping}`:", "bold"))
        shown += [Text(f"  {name}: {one_line(why)}") for name, why in sorted(found.left_out.items())]
    if found.beside:
        shown.append(Text(f"{plural(len(found.beside), 'variant')} cannot be shown with the mapping `{found.mapping}`, and count apart:", "bold"))
        classes = {t.variant.name: t.variant.bug_class for t in found.trials}
        shown += [Text(f"  {classes[name]} {name}: {cut(one_line(why), _WHY)}") for name, why in found.beside.items()]
    return shown


def _misses(found: Qualification) -> list[Text]:
    return [_miss(trial) for trial in found.missed]


def _miss(trial: Trial) -> Text:
    text = Text("missed ", "bold red")
    return text.append(f"{trial.variant.bug_class} {trial.variant.name} ({trial.variant.what}): {cut(one_line(trial.why_missed), _WHY)}", "default")


def _alarms(found: Qualification) -> list[Text]:
    return [Text(f"false alarm: {o.task.scenario.id} {o.verdict} {' '.join(o.fired)}: {cut(one_line(o.first), _WHY)}", "red") for o in found.alarms]


def _score(found: Qualification) -> Text:
    numbers = as_json(found)
    variants, classes = numbers["variants"], numbers["classes"]
    apart = f" ({len(classes['not_applicable'])} cannot occur, {len(classes['not_reached'])} not reached)" if found.is_whole else ""
    untried = f", {len(variants['not_tried'])} not tried with this pack" if variants["not_tried"] else ""
    untried += f", {len(found.beside)} cannot be shown with this mapping" if found.beside else ""
    return Text(
        f"{variants['caught']} of {variants['total']} variants caught{untried}; {classes['detected']} of {classes['total']} bug classes "
        f"shown to be detected{apart}; {plural(found.false_alarms, 'false alarm')} in {plural(len(found.clean), 'scenario')}; "
        f"{numbers['scenarios_run']} runs in {found.seconds:.0f} s, {found.jobs} at a time", "bold green" if found.is_good else "bold red",
    )  # fmt: skip
