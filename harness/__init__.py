"""Syncproof proves that a CRM <-> marketing-automation connector does to people's data what its owner says it does.

What other programs may rely on is in ``__all__``; everything else may change. The parts are imported when they are
first asked for, so that ``import syncproof`` costs next to nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if __name__ != "syncproof" and "syncproof" in sys.modules:
    raise ImportError("`harness` is the folder of the package `syncproof`; import `syncproof`")

if TYPE_CHECKING:
    from .connector_file import ConnectorFile, load_connector
    from .errors import InputError, Problem, SetupError, SyncproofError
    from .evidence import Evidence
    from .mapping.grammar import Mapping
    from .mapping.load import load_mapping
    from .model import Finding, RunResult, ScenarioResult, Severity, Verdict
    from .run_request import RunRequest
    from .runner import run
    from .sandbox import Sandbox
    from .scenario.grammar import Scenario
    from .scenario.loader import load_scenarios

__all__ = [
    "ConnectorFile",
    "Evidence",
    "Finding",
    "InputError",
    "Mapping",
    "Problem",
    "RunRequest",
    "RunResult",
    "Sandbox",
    "Scenario",
    "ScenarioResult",
    "SetupError",
    "Severity",
    "SyncproofError",
    "Verdict",
    "load_connector",
    "load_mapping",
    "load_scenarios",
    "run",
]

_HOMES = {
    "connector_file": ("ConnectorFile", "load_connector"),
    "errors": ("InputError", "Problem", "SetupError", "SyncproofError"),
    "evidence": ("Evidence",),
    "mapping.grammar": ("Mapping",),
    "mapping.load": ("load_mapping",),
    "model": ("Finding", "RunResult", "ScenarioResult", "Severity", "Verdict"),
    "run_request": ("RunRequest",),
    "runner": ("run",),
    "sandbox": ("Sandbox",),
    "scenario.grammar": ("Scenario",),
    "scenario.loader": ("load_scenarios",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module `syncproof` has no attribute `{name}`")
    found = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
