"""Folders on disk = packages in pyproject.toml = what lands in site-packages."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.project.folders import PACKAGES, ROOT, settings

DATA = (".yaml", ".yml", ".xlsx", ".lark", ".j2", ".html", ".css", ".txt", ".typed", ".json")


def shipped_files() -> set[str]:
    """Return every file of the packages on disk, as it is called in the wheel."""
    found = set()
    for folder, package in PACKAGES.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in (".py", *DATA) and "__pycache__" not in path.parts:
                found.add(f"{package}/{path.relative_to(ROOT / folder).as_posix()}")
    return found


def test_the_list_of_packages_is_what_lies_on_disk() -> None:
    on_disk = {
        ".".join([package, *init.parent.relative_to(ROOT / folder).parts])
        for folder, package in PACKAGES.items()
        for init in (ROOT / folder).rglob("__init__.py")
    }

    assert sorted(settings()["tool"]["setuptools"]["packages"]) == sorted(on_disk)


def test_every_kind_of_data_file_is_one_that_the_packages_ship() -> None:
    strange = [
        path.relative_to(ROOT).as_posix()
        for folder in PACKAGES
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".md", *DATA)
    ]

    assert strange == []


def test_each_requirement_is_bounded_below() -> None:
    project = settings()["project"]
    typing_only = {"types-openpyxl", "types-PyYAML"}
    groups = [project["dependencies"], *project["optional-dependencies"].values()]

    assert [r for group in groups for r in group if ">=" not in r and r not in typing_only] == []


def test_every_requirement_is_pinned_for_whoever_works_on_it() -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    pinned = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            assert str(requirement.specifier).startswith("=="), line
            pinned[canonicalize_name(requirement.name)] = str(requirement.specifier)[2:]
    project = settings()["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values(), settings()["build-system"]["requires"]]
    for text in (r for group in groups for r in group):
        requirement = Requirement(text)
        version = pinned.get(canonicalize_name(requirement.name), "")
        assert version in requirement.specifier, f"{text}: constraints.txt has {version or 'nothing'}; run `make lock`"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    # A copy, so that no build folder is left in the working tree; without isolation, so that nothing is fetched.
    source = folder / "source"
    listed = ["pyproject.toml", "README.md", *PACKAGES]
    source.mkdir()
    for word in listed:
        subprocess.run(["cp", "-r", str(ROOT / word), str(source / word)], check=True)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w"]
    done = subprocess.run([*build, str(folder), str(source)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.mark.slow
def test_the_wheel_holds_three_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {n.partition("/")[0] for n in wheel.namelist()}

    assert {t for t in tops if not t.endswith(".dist-info")} == set(PACKAGES.values())


@pytest.mark.slow
def test_the_wheel_holds_every_module_and_data_file(wheel: zipfile.ZipFile) -> None:
    inside = {n for n in wheel.namelist() if ".dist-info/" not in n}

    assert shipped_files() - inside == set()
    assert {f"{p}/py.typed" for p in ("syncproof", "syncproof_mocks")} <= inside


@pytest.mark.slow
def test_the_installed_wheel_runs_far_from_the_repository(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import syncproof, syncproof_mocks, syncproof_scenarios; "
        "assert all(m.__file__.startswith(sys.argv[1]) for m in (syncproof, syncproof_mocks, syncproof_scenarios)); "
        "from syncproof.families import FAMILIES; print({k: len(f()) for k, f in FAMILIES.items()})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "site")], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "'dialects': 2" in done.stdout
