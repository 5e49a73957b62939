"""A folder is a registry; so is an entry-point group; a broken member is told with its path."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest
from syncproof_mocks import discovery
from syncproof_mocks.discovery import ExtensionError, discover


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "some_family"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [n for n in sys.modules if n.partition(".")[0] == "some_family"]:
        del sys.modules[name]


def load(family: Path) -> ModuleType:
    importlib.invalidate_caches()
    return importlib.import_module(family.name)


def test_a_module_offers_the_class_or_the_object_of_its_name(family: Path) -> None:
    (family / "lost_response.py").write_text("class LostResponse: pass\n")
    (family / "no_loss.py").write_text("def no_loss(): return 7\n")
    (family / "_private.py").write_text("raise RuntimeError\n")
    found = discover(load(family))

    assert list(found) == ["lost_response", "no_loss"]
    assert isinstance(found["lost_response"], type)
    assert found["no_loss"]() == 7


def test_a_package_is_a_member_like_a_module(family: Path) -> None:
    (family / "hubspot").mkdir()
    (family / "hubspot" / "__init__.py").write_text("class Hubspot: pass\n")

    assert list(discover(load(family))) == ["hubspot"]


def test_a_module_that_offers_nothing_of_its_name_is_told_with_its_path(family: Path) -> None:
    (family / "lost_response.py").write_text("class Lost: pass\n")

    with pytest.raises(ExtensionError, match=r"some_family/lost_response.py must define `LostResponse` or `lost_response`"):
        discover(load(family))


def test_members_of_others_join_by_entry_point_and_may_not_take_a_name(
    family: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (family / "no_loss.py").write_text("def no_loss(): return 7\n")
    points = [EntryPoint("theirs", "json:dumps", "some_family")]
    monkeypatch.setattr(discovery, "entry_points", lambda group: points if group == "some_family" else [])
    module = load(family)

    assert discover(module)["theirs"]([]) == "[]"
    points.append(EntryPoint("no_loss", "json:loads", "some_family"))
    with pytest.raises(ExtensionError, match="`no_loss` of some_family is defined twice: built in and by json:loads"):
        discover(module)
