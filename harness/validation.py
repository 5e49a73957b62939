"""`syncproof validate`: any file of ours, recognised by what it holds; all problems of all files at once.

What a run would refuse before it starts is told here too. Scenarios are held against the systems of the mapping and with
the shape that are validated with them; without, against those of the default mapping and the built-in shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import InputError, Problem
from .yaml_lines import load_yaml_with_lines

if TYPE_CHECKING:
    # Only names here: what is not validated need not be imported.
    from .mapping.grammar import Mapping
    from .scenario.grammar import Scenario
    from .shape import Shape


@dataclass(frozen=True)
class Valid:
    """One file without problems: what it is, and what it holds in a few words."""

    path: Path
    kind: str
    says: str


def validate_files(paths: Sequence[Path]) -> list[Valid]:
    """Return what each file is. Raises InputError with every problem of every file."""
    found: list[Valid] = []
    problems: list[Problem] = []
    seen = _Seen()
    for path in paths:
        try:
            found.extend(_validate_folder(path, seen) if path.is_dir() else [_validate(path, seen)])
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(_out_of_reach(seen))
    if problems:
        raise InputError(problems)
    return found


@dataclass
class _Seen:
    """What the files hold that must fit together: every scenario, and the last mapping and shape."""

    scenarios: list[Scenario] = field(default_factory=list)
    mapping: Mapping | None = None
    shape: Shape | None = None


def _out_of_reach(seen: _Seen) -> list[Problem]:
    from .mapping.grammar import Side
    from .mapping.load import default_mapping_path, load_mapping
    from .sandbox import Sandbox
    from .scenario.reach import out_of_reach

    if not seen.scenarios:
        return []
    try:
        sandbox = Sandbox(seen.mapping or load_mapping(default_mapping_path()), shape=seen.shape)
    except InputError as error:
        return list(error.problems)
    dialects = {side: sandbox.on(side) for side in Side}
    return [problem for scenario in seen.scenarios for problem in out_of_reach(scenario, dialects)]


def _validate_folder(folder: Path, seen: _Seen) -> list[Valid]:
    from .scenario.loader import load_scenarios

    scenarios = load_scenarios([folder])
    seen.scenarios += scenarios
    return [Valid(Path(s.path), "scenario", s.id) for s in scenarios]


def _validate(path: Path, seen: _Seen) -> Valid:
    if not path.is_file():
        raise InputError([Problem(str(path), "no such file.", "")])
    data = load_yaml_with_lines(path)[0] if path.suffix.lower() in (".yaml", ".yml") else {"mapping": ""}
    if data is None:
        raise InputError([Problem(f"{path}:1", "the file is empty.", "`syncproof init` writes examples.")])
    kind = kind_of(data)
    if kind == "mapping":
        from .mapping.load import load_mapping

        mapping = seen.mapping = load_mapping(path)
        fields = sum(len(o.fields) for o in mapping.objects)
        return Valid(path, kind, f"{mapping.mapping}: {len(mapping.objects)} objects, {fields} fields")
    if kind == "shape":
        from .mapping.load import default_mapping_path, load_mapping
        from .sandbox import fitting_shape

        shape = seen.shape = fitting_shape(path, load_mapping(default_mapping_path()))
        fields = sum(len(f) for side in ("crm", "ma") for f in shape.side(side).fields.values())
        return Valid(path, kind, f"{fields} fields, {len(shape.documents)} metadata documents")
    if kind == "connector":
        from .connector_file import load_connector

        return Valid(path, kind, load_connector(path).name)
    from .scenario.loader import load_scenario

    scenario = load_scenario(path)
    seen.scenarios.append(scenario)
    return Valid(path, kind, f"{scenario.id}: {len(scenario.steps)} steps")


def kind_of(data: Any) -> str:
    """Return `mapping`, `connector`, `shape` or `scenario`: whose keys the data has most of; a scenario when in doubt."""
    if not isinstance(data, dict):
        return "scenario"
    marks = {
        "scenario": {"scenario", "steps", "population", "why", "classes"},
        "shape": {"crm", "ma", "based_on"},
        "connector": {"connector", "start", "env", "network", "success"},
        "mapping": {"mapping", "objects", "systems"},
    }
    scores = {kind: len(keys & data.keys()) for kind, keys in marks.items()}
    return max(scores, key=lambda kind: scores[kind])
