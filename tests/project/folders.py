"""Where things are in the repository, and the Python files that the house rules are about."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = {"harness": "syncproof", "mocks": "syncproof_mocks", "scenarios": "syncproof_scenarios"}
SHIPPED = sorted(p for folder in ("harness", "mocks") for p in (ROOT / folder).rglob("*.py"))
OURS = sorted([
    *SHIPPED,
    *(p for folder in ("tests", "bench", "tools") for p in (ROOT / folder).rglob("*.py") if "node_modules" not in p.parts),
])  # fmt: skip


def settings() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def name(path: Path) -> str:
    """Return a path as people read it, from the root of the repository."""
    return path.relative_to(ROOT).as_posix()
