"""From the words of the command line (or of pytest's options) to a `RunRequest`: every problem before anything starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from .connector_file import ConnectorFile, builtin_reference, load_connector, program
from .errors import InputError, Problem
from .mapping.grammar import Mapping
from .mapping.load import default_mapping_path, load_mapping
from .model import RunResult, Verdict
from .nearest import suggest
from .reference_bugs import variants
from .report_folder import check_report_folder
from .run_request import RunRequest
from .scenario.choose import choose
from .scenario.grammar import Scenario
from .scenario.loader import builtin, load_scenarios
from .scenario.packs import GO_LIVE, find_pack
from .shape import Shape

T = TypeVar("T")
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

    chosen = collect(lambda: chosen_scenarios(scenarios, pack, expression, tags))
    program_file = collect(lambda: load_connector_or_reference(connector, bugs))
    contract = collect(lambda: find_mapping(mapping, program_file))
    orgs = collect(lambda: find_shape(shape, program_file, contract[0] if contract else None))
    if report is not None:
        collect(lambda: check_report_folder(report))
    if contract and program_file:
        problems.extend(_disagreements(program_file, contract[0], contract[1]))
    if problems or chosen is None or program_file is None or contract is None:
        raise InputError(problems)
    return RunRequest(
        _that_fit(chosen, program_file, scenarios, progress), program_file, contract[0], contract[1], report, seed, jobs,
        mapping_given=mapping is not None, shape=orgs, progress=progress,
    )  # fmt: skip


def _that_fit(
    chosen: Sequence[Scenario], connector: ConnectorFile, named: Sequence[str], tell: Callable[[str], None] | None
) -> tuple[Scenario, ...]:
    """Return the scenarios without those of a pack that are about connectors started in another way; a named one stays.

    The reference connector can be started as each of them wants.
    """
    kept = [s for s in chosen if named or connector.path is None or s.options.get("start", connector.start.kind) == connector.start.kind]
    if len(kept) < len(chosen) and tell is not None:
        tell(f"{len(chosen) - len(kept)} of the pack are about connectors that are started otherwise (`options: {{start: ...}}`) and left out")
    return tuple(kept)


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


def chosen_scenarios(
    arguments: Sequence[str], pack: str | None = None, expression: str | None = None, tags: Sequence[str] = ()
) -> list[Scenario]:
    """Return the scenarios that are meant: those named, else those of the pack, else (without tags) the go-live pack.

    Raises InputError with everything that is wrong about them, and when both scenarios and a pack are named.
    """
    if arguments:
        if pack is not None:
            raise InputError([Problem("--pack", "a pack is a portion of the built-in scenarios, and scenarios are named too.",
                                      "Leave out one of them; `-k` and `--tag` choose among both.")])
        return choose(load_scenarios(arguments), expression, tags)
    wanted = find_pack(pack) if pack is not None else None
    everything = load_scenarios(list(builtin()))
    # Nothing named: the go-live pack, unless tags say what is wanted.
    portion = wanted or (None if tags else GO_LIVE)
    inside = portion.of(everything) if portion else everything
    if portion and not inside:
        raise InputError([Problem("--pack", f"no built-in scenario has joined the pack `{portion.name}`.")])
    return choose(inside, expression, tags)


def _disagreements(connector: ConnectorFile, mapping: Mapping, mapping_path: Path) -> list[Problem]:
    return [
        Problem(str(connector.path or "connector"), f"`systems: {side}` is {name}, in {mapping_path.name} it is {stated}.",
                "Make them the same.")
        for side, name in connector.systems.items()
        if (stated := mapping.systems.get(side)) != name
    ]  # fmt: skip
