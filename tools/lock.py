"""Write constraints.txt: the exact version of everything that `pip install -e .[reference,drivers,test]` needs.

    make lock        (after an upgrade in .venv, for example: .venv/bin/pip install -U fastapi)

The versions are those installed now; the list is the closure of our requirements, so that what else lies in the
environment is left out. A version that does not allow every supported Python is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

PYTHONS = ("3.11", "3.12", "3.13")
EXTRAS = ("reference", "drivers", "test")
BUILD = ("setuptools", "wheel")
TARGET = Path(__file__).parents[1] / "constraints.txt"
HEADER = """\
# Exact versions of everything that Syncproof, its tests and its build need, on Python 3.11 to 3.13.
# Written by `make lock` from the environment in .venv; do not edit by hand. Used as: pip install -c constraints.txt ...
"""


def main() -> int:
    """Write the file; return 1 and say why when a version does not suit every supported Python."""
    pinned: dict[str, Distribution] = {}
    missing: dict[str, str] = {}
    _visit("syncproof", frozenset(EXTRAS), pinned, missing, set())
    for name in BUILD:
        _visit(name, frozenset(), pinned, missing, set())
    pinned.pop("syncproof")
    problems = [f"{name} is needed ({why}) and not installed" for name, why in sorted(missing.items())]
    for name, found in sorted(pinned.items()):
        allowed = SpecifierSet(found.metadata.get("Requires-Python") or "")
        problems += [f"{name} {found.version} does not run on Python {p}" for p in PYTHONS if f"{p}.9" not in allowed]
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    lines = [f"{name}=={found.version}{_marker(name)}" for name, found in sorted(pinned.items())]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n")
    print(f"{TARGET.name}: {len(lines)} packages")
    return 0


def _visit(
    name: str, extras: frozenset[str], pinned: dict[str, Distribution], missing: dict[str, str],
    seen: set[tuple[str, frozenset[str]]],
) -> None:
    if (name, extras) in seen:
        return
    seen.add((name, extras))
    pinned[name] = distribution(name)
    for requirement in _requirements(pinned[name], extras):
        child = canonicalize_name(requirement.name)
        try:
            _visit(child, frozenset(requirement.extras), pinned, missing, seen)
        except PackageNotFoundError:
            missing[child] = f"by {name}"


def _requirements(found: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    """Yield what ``found`` needs on Linux under any supported Python."""
    for text in found.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or any(
            requirement.marker.evaluate({**default_environment(), "python_version": p, "python_full_version": f"{p}.9",
                                         "extra": extra})
            for p in PYTHONS for extra in (extras or {""})
        ):  # fmt: skip
            yield requirement


def _marker(name: str) -> str:
    # What has no build for Windows is left out there; everything else is wanted everywhere.
    return ' ; sys_platform != "win32"' if name == "uvloop" else ""


if __name__ == "__main__":
    sys.exit(main())
