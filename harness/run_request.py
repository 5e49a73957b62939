"""What a run is asked to do: the only thing the runner gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .connector_file import ConnectorFile
from .mapping.grammar import Mapping
from .scenario.grammar import Scenario
from .shape import Shape


@dataclass(frozen=True)
class RunRequest:
    """Scenarios, the connector, the mapping, and where the report goes (None: nowhere).

    ``expression`` and ``tags`` choose among the scenarios once more; the command line has done so before and gives none.
    ``mapping_given`` tells whether the mapping was named by the user, so that the command that reproduces names it too.
    ``shape`` is that of both orgs (None: the built-in one).
    ``left_out`` tells which scenarios of a pack are not run, (id, reason).
    ``progress`` is called with one line of text per step forward; None when nobody watches.
    """

    scenarios: tuple[Scenario, ...]
    connector: ConnectorFile
    mapping: Mapping
    mapping_path: Path
    report_dir: Path | None = None
    seed: int = 1
    jobs: int = 1
    expression: str | None = None
    tags: tuple[str, ...] = field(default_factory=tuple)
    mapping_given: bool = False
    shape: Shape | None = None
    progress: Callable[[str], None] | None = None
    left_out: tuple[tuple[str, str], ...] = ()
