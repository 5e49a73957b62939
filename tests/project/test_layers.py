"""Who may import whom, as far as import-linter (see `make layers`) cannot say it; and that it says it at all."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.project.folders import ROOT, SHIPPED, name, settings

FAMILIES = ["harness/checks", "harness/steps", "harness/renderers", "harness/drivers", "mocks/faults"]


def imported(path: Path) -> set[str]:
    """Return the modules of its own folder that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            found |= {node.module.partition(".")[0]} if node.module else {a.name for a in node.names}
    return found


@pytest.mark.parametrize("folder", FAMILIES)
def test_members_of_a_family_do_not_know_each_other(folder: str) -> None:
    members = {p.stem for p in (ROOT / folder).glob("*.py") if not p.stem.startswith("_")}
    met = {p.stem: imported(p) & members for p in (ROOT / folder).glob("*.py") if p.stem != "__init__"}

    assert members
    assert {k: v for k, v in met.items() if v} == {}


def test_every_top_module_has_its_place_in_the_layers() -> None:
    contracts = settings()["tool"]["importlinter"]["contracts"]
    for folder, package in (("harness", "syncproof"), ("mocks", "syncproof_mocks")):
        layered = next(c for c in contracts if c["type"] == "layers" and c["containers"] == [package])
        placed = {m.strip() for layer in layered["layers"] for m in layer.split("|")}
        there = {p.stem for p in (ROOT / folder).glob("*.py")} | {p.parent.name for p in (ROOT / folder).glob("*/__init__.py")}

        assert layered["exhaustive"]
        assert placed == there - {"__init__", "__main__"}


def test_only_strings_lead_to_the_reference_connector() -> None:
    wrong = [
        f"{name(p)}:{node.lineno}"
        for p in SHIPPED
        if "reference" not in p.parts
        for node in ast.walk(ast.parse(p.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "reference"
    ]

    assert wrong == []


def test_the_reference_connector_uses_nothing_of_ours() -> None:
    wrong = []
    for path in sorted((ROOT / "harness" / "reference").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                inside = len(path.relative_to(ROOT / "harness" / "reference").parts)
                names = [f"{'.' * node.level}{node.module or ''}"] if node.level > inside or not node.level else []
            wrong += [f"{name(path)}: {n}" for n in names if n.startswith(("..", "syncproof"))]

    assert wrong == []
