"""`syncproof validate`: any file of ours, recognised by what it holds; all problems of all files at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import InputError, Problem
from .yaml_lines import load_yaml_with_lines


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
    for path in paths:
        try:
            found.extend(_validate_folder(path) if path.is_dir() else [_validate(path)])
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return found


def _validate_folder(folder: Path) -> list[Valid]:
    from .scenario.loader import load_scenarios

    return [Valid(Path(s.path), "scenario", s.id) for s in load_scenarios([folder])]


def _validate(path: Path) -> Valid:
    if not path.is_file():
        raise InputError([Problem(str(path), "no such file.", "")])
    data = load_yaml_with_lines(path)[0] if path.suffix.lower() in (".yaml", ".yml") else {"mapping": ""}
    if data is None:
        raise InputError([Problem(f"{path}:1", "the file is empty.", "`syncproof init` writes examples.")])
    kind = kind_of(data)
    if kind == "mapping":
        from .mapping.load import load_mapping

        mapping = load_mapping(path)
        fields = sum(len(o.fields) for o in mapping.objects)
        return Valid(path, kind, f"{mapping.mapping}: {len(mapping.objects)} objects, {fields} fields")
    if kind == "shape":
        from .mapping.load import default_mapping_path, load_mapping
        from .sandbox import fitting_shape

        shape = fitting_shape(path, load_mapping(default_mapping_path()))
        fields = sum(len(f) for side in ("crm", "ma") for f in shape.side(side).fields.values())
        return Valid(path, kind, f"{fields} fields, {len(shape.documents)} metadata documents")
    if kind == "connector":
        from .connector_file import load_connector

        return Valid(path, kind, load_connector(path).name)
    from .scenario.loader import load_scenario

    scenario = load_scenario(path)
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
