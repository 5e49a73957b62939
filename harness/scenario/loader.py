"""Files and folders to scenarios. Every problem of every file is told at once, with file and line."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from syncproof_mocks.discovery import discover

from ..complaints import complaints_of, did_you_mean
from ..errors import InputError, Problem
from ..nearest import suggest
from ..yaml_lines import MAX_DEPTH, Lines, load_yaml_with_lines, problems_from_pydantic
from .grammar import Scenario, ScenarioStep, entry_model, file_model
from .packs import PACKS

SUFFIX = ".scenario.yaml"
BUG_CLASSES = 101
# A file in a folder is a scenario when it has one of these; whatever has none of them is something else's.
_TELLING_KEYS = {"scenario", "steps", "population", "why", "classes"}


@dataclasses.dataclass(frozen=True)
class Found:
    """One scenario file: where it is, the id it gets when it gives none, and how `syncproof run` names it."""

    path: Path
    default_id: str
    argument: str


def load_scenarios(arguments: Sequence[str | Path], folder: Path | None = None) -> list[Scenario]:
    """Return the scenarios that the arguments mean, in the order of arguments and file names, each once.

    An argument is a file, a folder (relative to ``folder``, default: the current one) or a built-in name such as
    `overwrite`. Raises InputError with every problem of every file: unknown key, wrong type, unknown step, fault,
    rule or bug class, an id used twice, an argument that leads nowhere, a folder without scenarios.
    """
    problems: list[Problem] = []
    found: dict[Path, Found] = {}
    for argument in arguments:
        try:
            found.update((f.path.resolve(), f) for f in find(str(argument), folder or Path.cwd()))
        except InputError as error:
            problems.extend(error.problems)
    scenarios: list[Scenario] = []
    for file in found.values():
        try:
            scenarios.append(load_scenario(file))
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(_twice(scenarios))
    if problems:
        raise InputError(problems)
    return scenarios


def load_scenario(file: Found | Path) -> Scenario:
    """Return the scenario of one file. Raises InputError with all its problems."""
    if isinstance(file, Path):
        file = Found(file, _id_of(file), str(file))
    data, lines = load_yaml_with_lines(file.path)
    if not isinstance(data, dict):
        given = "nothing" if data is None else "something else"
        raise InputError([Problem(f"{file.path}:1", f"a scenario is keys and values; the file holds {given}.",
                                  "Begin with `steps:`; `syncproof init` writes an example.")])
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise InputError(problems_from_pydantic(error, lines, file.path, file_model())) from error
    problems = list(_unknown_words(scenario, lines, file.path))
    if problems:
        raise InputError(problems)
    step_lines = tuple(lines.at(("steps", number)) for number in range(len(scenario.steps)))
    return scenario.placed(file.default_id, str(file.path), file.argument, step_lines)


def load_step(entry: Any, where: str) -> ScenarioStep:
    """Return the step that stands in one line under `steps:`, given as plain data. Raises InputError with all its problems."""
    if _is_deep(entry):
        raise InputError([Problem(where, f"values are nested deeper than {MAX_DEPTH} levels.", "Flatten them.")])
    try:
        step: ScenarioStep = _step_adapter().validate_python(entry)
    except ValidationError as error:
        raise InputError([Problem(where, message, remedy) for _, message, remedy in complaints_of(error, entry_model())]) from error
    problems = [dataclasses.replace(problem, where=where) for problem in _unknown_faults(step, Lines(), (), Path(where))]
    if problems:
        raise InputError(problems)
    return step


@cache
def _step_adapter() -> TypeAdapter[ScenarioStep]:
    return TypeAdapter(ScenarioStep)


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [x for inner in level if isinstance(inner, dict | list) for x in (inner.values() if isinstance(inner, dict) else inner)]
    return bool(level)


# -- finding --------------------------------------------------------------------------------------------


def builtin_folder() -> Path:
    """Return the folder of the scenarios that ship with Syncproof."""
    return Path(str(importlib.import_module("syncproof_scenarios").__file__)).parent


@cache
def builtin() -> Mapping[str, Found]:
    """Return the built-in scenario files by name, e.g. `overwrite/full_matrix`, in order. They are looked for once."""
    root = builtin_folder()
    # Our own files are told apart by a line of text: to read each of them here and again when it is loaded takes a while.
    named = {_name_in(root, path): path for path in sorted(root.rglob("*.yaml")) if _claims_steps(path)}
    return {name: Found(path, name, name) for name, path in named.items()}


def find(argument: str, folder: Path) -> list[Found]:
    """Return the scenario files that one argument means. Raises InputError when it means none."""
    path = folder / argument
    if path.is_file():
        return [Found(path, _id_of(path), argument)]
    if path.is_dir():
        inside = [p for p in sorted(path.rglob("*.yaml")) if _is_scenario(p)]
        if not inside:
            raise InputError([Problem(argument, "no scenario is in this folder.",
                                      f"A scenario is a YAML file with `steps:`; name it `*{SUFFIX}`.")])
        return [Found(p, _id_of(p), str(Path(argument) / p.relative_to(path))) for p in inside]
    return _find_builtin(argument)


def _find_builtin(argument: str) -> list[Found]:
    known = builtin()
    name = argument.removesuffix("/").removeprefix("scenarios/").removesuffix(".yaml").removesuffix(".scenario")
    chosen = [found for key, found in known.items() if key == name or key.startswith(f"{name}/")]
    if chosen:
        return chosen
    if name in PACKS:
        raise InputError([Problem(argument, f"`{name}` is a pack, no scenario or folder.", f"Write `--pack {name}`.")])
    themes = sorted({key.partition("/")[0] for key in known})
    remedy = f"{did_you_mean(name, [*themes, *known])} Built-in: {', '.join(themes)}; `syncproof list scenarios` shows all."
    raise InputError([Problem(argument, "no such file, folder or built-in scenario.", remedy.strip())])


def _is_scenario(path: Path) -> bool:
    if path.name.endswith(SUFFIX):
        return True
    try:
        data, _ = load_yaml_with_lines(path)
    except InputError:
        # Broken YAML: whoever asked for the folder should hear of it only if it claims to be one of ours.
        return _claims_steps(path)
    return isinstance(data, dict) and bool(_TELLING_KEYS & data.keys())


def _claims_steps(path: Path) -> bool:
    try:
        return any(line.startswith("steps:") for line in path.read_text("utf-8", "replace").splitlines())
    except OSError:
        return False


def _name_in(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix().removesuffix(".yaml").removesuffix(".scenario")


def _id_of(path: Path) -> str:
    path = path.resolve()
    root = builtin_folder().resolve()
    return _name_in(root if path.is_relative_to(root) else path.parent.parent, path)


# -- words that other families define -------------------------------------------------------------------


@cache
def known_faults() -> dict[str, Any]:
    """Return every fault by the word used in YAML."""
    return discover(importlib.import_module("syncproof_mocks.faults"))


@cache
def known_rules() -> frozenset[str]:
    """Return the ids of all rules that the checks know."""
    checks = importlib.import_module(f"{__package__.rpartition('.')[0]}.checks")
    return frozenset(checks.all_rules())


def _unknown_words(scenario: Scenario, lines: Lines, path: Path) -> Iterator[Problem]:
    for number, name in enumerate(scenario.classes):
        if not 1 <= int(name[1:]) <= BUG_CLASSES:
            where = f"{path}:{lines.at(('classes', number))}"
            yield Problem(where, f"no bug class is called `{name}`.", f"They go from B001 to B{BUG_CLASSES:03}.")
    for rule in scenario.checks.skip:
        if rule not in known_rules():
            where = f"{path}:{lines.at(('checks', 'skip', rule))}"
            yield Problem(where, f"no rule is called `{rule}`{suggest(rule, sorted(known_rules()))}.",
                          "`syncproof list checks` shows them.")
    for number, step in enumerate(scenario.steps):
        yield from _unknown_faults(step, lines, ("steps", number), path)


def _unknown_faults(step: ScenarioStep, lines: Lines, place: tuple[str | int, ...], path: Path) -> Iterator[Problem]:
    fault = getattr(step.settings, "fault", None)
    if isinstance(fault, str) and fault not in known_faults():
        where = f"{path}:{lines.at((*place, step.name, 'fault'))}"
        yield Problem(where, f"no fault is called `{fault}`{suggest(fault, known_faults())}.",
                      "`syncproof list faults` shows them.")
    elif isinstance(fault, str) and step.name == "inject":
        yield from _unknown_settings(step.settings, known_faults()[fault], lines, (*place, "inject"), path)
    for number, inner in enumerate(getattr(step.settings, "do", ())):
        yield from _unknown_faults(inner, lines, (*place, step.name, "do", number), path)


def _unknown_settings(
    settings: Any, fault: Any, lines: Lines, place: tuple[str | int, ...], path: Path
) -> Iterator[Problem]:
    known = fault_settings(fault)
    if known is None:
        return
    for name in settings.settings:
        if name not in known:
            yield Problem(f"{path}:{lines.at((*place, 'settings', name))}",
                          f"`{settings.fault}` has no setting `{name}`{suggest(name, known)}.",
                          "" if known else "It takes none.")
    if set(settings.settings) <= set(known):
        try:
            fault(**settings.settings)
        except (ValueError, TypeError) as error:
            yield Problem(f"{path}:{lines.at((*place, 'settings'))}", f"`{settings.fault}`: {error}.", "docs/faults.md tells what it takes.")


def fault_settings(fault: Any) -> tuple[str, ...] | None:
    """Return the names of the settings a fault takes (the fields of its dataclass), or None when it does not say."""
    if dataclasses.is_dataclass(fault):
        return tuple(f.name for f in dataclasses.fields(fault) if f.init)
    return None


def _twice(scenarios: Iterable[Scenario]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for scenario in scenarios:
        if scenario.id in first:
            yield Problem(f"{scenario.path}:1", f"the id `{scenario.id}` is that of {first[scenario.id]} too.",
                          "Give one of them another `scenario: id`.")
        first.setdefault(scenario.id, scenario.path)
