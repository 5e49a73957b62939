"""From the words of the command line (or of pytest's options) to a `RunRequest`: every problem before anything starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from .connector_file import ConnectorFile, builtin_reference, load_connector, program
from .errors import InputError, Problem
from .mapping.grammar import Mapping, Side
from .mapping.load import default_mapping_path, load_mapping
from .model import RunResult, Verdict
from .nearest import suggest
from .reference_bugs import variants
from .report_folder import check_report_folder
from .run_request import RunRequest
from .scenario.chaos import PACK_SIZE, drawn, drawn_text, number_of
from .scenario.chaos.ground import Ground, survey
from .scenario.choose import choose
from .scenario.grammar import Scenario
from .scenario.loader import builtin, find, load_scenarios
from .scenario.needs import lacking
from .scenario.packs import GO_LIVE, find_pack
from .shape import Shape

T = TypeVar("T")
KILLABLE = ("command", "service")  # a callable is part of our own process, and a service behind HTTP need not be ours
EXIT_CODES = {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.UNKNOWN: 2}


def make_request(
    scenarios: Sequence[str],
    *,
    connector: Path | None = None,
    mapping: Path | None = None,
    shape: Path | None = None,
    report: Path | None = None,
    seed: int = 1,
    jobs: int = 1,
    pack: str | None = None,
    expression: str | None = None,
    tags: Sequence[str] = (),
    bugs: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> RunRequest:
    """Return the request. Raises InputError with the problems of scenarios, connector, mapping, shape and report folder at once."""
    problems: list[Problem] = []

    def collect(part: Callable[[], T]) -> T | None:
        try:
            return part()
        except InputError as error:
            problems.extend(error.problems)
            return None

    program_file = collect(lambda: load_connector_or_reference(connector, bugs))
    contract = collect(lambda: find_mapping(mapping, program_file))
    orgs = collect(lambda: find_shape(shape, program_file, contract[0] if contract else None))
    # What is drawn depends on the mapping and the systems; where they are wrong, that is told and nothing is drawn.
    usable = (contract[0], program_file) if contract and program_file and not problems else None

    def draw(numbers: Sequence[int]) -> list[Scenario]:
        return drawn(numbers, seed, ground_of(usable[0], orgs, usable[1])) if usable and numbers else []

    chosen = collect(lambda: chosen_scenarios(scenarios, pack, expression, tags, draw))
    if report is not None:
        collect(lambda: check_report_folder(report))
    if contract and program_file:
        problems.extend(disagreements(program_file, contract[0], contract[1]))
    if problems or chosen is None or program_file is None or contract is None:
        raise InputError(problems)
    # What is named is played, whatever it needs.
    left_out = () if scenarios else _that_do_not_fit(chosen, program_file, contract[0])
    gone = dict(left_out)
    if progress is not None:
        for reason in dict.fromkeys(gone.values()):
            progress(f"{sum(r == reason for r in gone.values())} of the pack are left out: {reason}")
    return RunRequest(
        tuple(s for s in chosen if s.id not in gone), program_file, contract[0], contract[1], report, seed, jobs,
        mapping_given=mapping is not None, shape=orgs, progress=progress, left_out=left_out,
    )  # fmt: skip


def _that_do_not_fit(chosen: Sequence[Scenario], connector: ConnectorFile, mapping: Mapping) -> tuple[tuple[str, str], ...]:
    """Return the scenarios of a pack that this connector or this mapping cannot play, each with the reason.

    The reference connector can be started as each of them wants. Raises InputError when nothing is left.
    """
    found = [(s.id, reason) for s in chosen if (reason := _why_unfit(s, connector, mapping))]
    if found and len(found) == len(chosen):
        raise InputError(Problem("--pack", f"{name} is left out: {reason}.", "Name it to run it all the same.") for name, reason in found)
    return tuple(found)


def _why_unfit(scenario: Scenario, connector: ConnectorFile, mapping: Mapping) -> str:
    start = scenario.options.get("start", connector.start.manner)
    if connector.path is not None and start != connector.start.manner:
        return f"they are about connectors that are started otherwise (`options: {{start: {start}}}`)"
    missing = lacking(scenario, mapping)
    return f"the mapping `{mapping.mapping}` has no {missing}" if missing else ""


def load_connector_or_reference(path: Path | None, bugs: Sequence[str] = ()) -> ConnectorFile:
    """Return the connector of a file, or the reference connector with the named bugs when there is none."""
    if path is not None and bugs:
        raise InputError([Problem("--bug", "only the reference connector has bugs to switch on.", "Leave out `--connector`.")])
    if path is not None:
        return load_connector(path)
    if bugs:
        known = sorted(v.name for v in variants())
        unknown = [Problem("--bug", f"the reference connector has no bug `{b}`{suggest(b, known)}.", "`syncproof qualify` lists them.")
                   for b in bugs if b not in known]
        if unknown:
            raise InputError(unknown)
    found = builtin_reference(bugs)
    program(found)
    return found


def find_mapping(path: Path | None, connector: ConnectorFile | None) -> tuple[Mapping, Path]:
    """Return the mapping that was given, else the connector file's, else the default one, and its path."""
    chosen = path or (connector.mapping_path if connector else None) or default_mapping_path()
    return load_mapping(chosen), Path(os.path.abspath(chosen))  # noqa: PTH100 (resolve() would follow links)


def find_shape(path: Path | None, connector: ConnectorFile | None, mapping: Mapping | None) -> Shape | None:
    """Return the shape that was given, else the connector file's, else None (the built-in one).

    Raises InputError with everything that the systems of the mapping do not take.
    """
    chosen = path or (connector.shape_path if connector else None)
    if chosen is None:
        return None
    from .sandbox import fitting_shape

    return fitting_shape(chosen, mapping)


def mapping_problems(mapping: Mapping, shape: Shape | None = None) -> tuple[str, ...]:
    """Return what does not fit between a mapping and the field metadata of both systems, one line each."""
    from .runner import mapping_complaints
    from .sandbox import Sandbox

    return tuple(map(str, mapping_complaints(Sandbox(mapping, shape=shape))))


def print_result(result: RunResult, request: RunRequest) -> int:
    """Print the verdict on standard output and return the exit code."""
    from rich.console import Console

    from .console import print_run

    print_run(result, Console())
    if request.report_dir is not None:
        print(f"report: {request.report_dir / 'report.html'}")
    return EXIT_CODES[result.verdict]


def ground_of(mapping: Mapping, shape: Shape | None = None, connector: ConnectorFile | None = None) -> Ground:
    """Return what chaos may draw for a mapping, two systems of that shape, and a connector (None: the reference one)."""
    from .sandbox import Sandbox

    sandbox = Sandbox(mapping, shape=shape)
    can_kill = connector is None or connector.start.manner in KILLABLE
    return survey(mapping, {side: sandbox.on(side) for side in Side}, can_kill=can_kill)


def scenario_text(name: str, seed: int, mapping: Path | None = None, shape: Path | None = None, connector: Path | None = None) -> str:
    """Return the YAML of one scenario: a built-in one's file, or what chaos draws under this name.

    Raises InputError when there is no such scenario, when the name means several, or with what is wrong with the files.
    """
    number = number_of(name)
    if number is None:
        found = find(name, Path.cwd())
        if len(found) > 1:
            raise InputError([Problem(name, f"these are {len(found)} scenarios: {', '.join(f.default_id for f in found)}.", "Name one of them.")])
        return found[0].path.read_text("utf-8")
    program_file = load_connector_or_reference(connector)
    contract, _ = find_mapping(mapping, program_file)
    return drawn_text(number, seed, ground_of(contract, find_shape(shape, program_file, contract), program_file))


def chosen_scenarios(
    arguments: Sequence[str], pack: str | None = None, expression: str | None = None, tags: Sequence[str] = (),
    draw: Callable[[Sequence[int]], list[Scenario]] = lambda _: [],
) -> list[Scenario]:
    """Return the scenarios that are meant: those named, else those of the pack, else (without tags) the go-live pack.

    ``draw`` makes the scenarios of chaos by their numbers; they come after those that stand in files. Raises InputError
    with everything that is wrong about them, and when both scenarios and a pack are named.
    """
    if arguments:
        if pack is not None:
            raise InputError([Problem("--pack", "a pack is a portion of the built-in scenarios, and scenarios are named too.",
                                      "Leave out one of them; `-k` and `--tag` choose among both.")])
        numbers = {argument: number_of(argument) for argument in arguments}
        named = [argument for argument in arguments if numbers[argument] is None]
        return choose(load_scenarios(named) + draw([n for n in numbers.values() if n is not None]), expression, tags)
    wanted = find_pack(pack) if pack is not None else None
    if wanted is not None and wanted.is_drawn:
        return choose(draw(range(1, PACK_SIZE + 1)), expression, tags)
    everything = load_scenarios(list(builtin()))
    # Nothing named: the go-live pack, unless tags say what is wanted.
    portion = wanted or (None if tags else GO_LIVE)
    inside = portion.of(everything) if portion else everything
    if portion and not inside:
        raise InputError([Problem("--pack", f"no built-in scenario has joined the pack `{portion.name}`.")])
    return choose(inside, expression, tags)


def disagreements(connector: ConnectorFile, mapping: Mapping, mapping_path: Path) -> list[Problem]:
    """Return where a connector file and a mapping name different systems."""
    return [
        Problem(str(connector.path or "connector"), f"`systems: {side}` is {name}, in {mapping_path.name} it is {stated}.",
                "Make them the same.")
        for side, name in connector.systems.items()
        if (stated := mapping.systems.get(side)) != name
    ]  # fmt: skip
