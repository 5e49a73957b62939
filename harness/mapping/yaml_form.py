"""A mapping written in YAML."""

from __future__ import annotations

from pathlib import Path

from ..complaints import Loc
from ..yaml_lines import load_yaml_with_lines
from .assembly import assemble
from .grammar import Mapping


def load_yaml_mapping(path: Path | str) -> Mapping:
    """Return the mapping of a YAML file; each rule's ``where`` is `file:line`.

    Raises InputError with all problems of the file: unreadable, beyond the bounds of `yaml_lines`, unknown key, wrong
    type, value that is not allowed, a field mapped twice, rules that contradict themselves.
    """
    data, lines = load_yaml_with_lines(path)

    def place(loc: Loc) -> tuple[int, str]:
        line = lines.at(loc)
        return line, f"{path}:{line}"

    return assemble(data, place, [])
