"""What other programs rely on: sorted, complete, cheap to import, and there when asked for."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
import syncproof
from tests.project.folders import ROOT


def test_public_names_are_sorted_and_unique() -> None:
    assert syncproof.__all__ == sorted(set(syncproof.__all__))


@pytest.mark.parametrize("word", syncproof.__all__)
def test_every_public_name_is_there_and_says_what_it_is(word: str) -> None:
    found = getattr(syncproof, word)

    assert found.__doc__
    assert found.__module__.startswith("syncproof.")
    assert word in dir(syncproof)


def test_type_checkers_are_told_the_same_names_from_the_same_homes() -> None:
    module = ast.parse((ROOT / "harness" / "__init__.py").read_text())
    block = next(n for n in module.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    told = {a.name: n.module for n in block.body if isinstance(n, ast.ImportFrom) for a in n.names}

    assert told == syncproof._HOME_OF
    assert sorted(told) == syncproof.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute `nothing`"):
        _ = syncproof.nothing


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)


def test_importing_the_package_imports_nothing_else_of_it() -> None:
    found = run("import sys, syncproof; print([m for m in sys.modules if m.startswith(('syncproof.', 'syncproof_'))])")

    assert found.stdout.strip() == "[]"


def test_the_folder_cannot_become_a_second_copy_of_the_package() -> None:
    found = run("import syncproof, harness")

    assert found.returncode == 1
    assert "`harness` is the folder of the package `syncproof`; import `syncproof`" in found.stderr
