"""A folder is a registry: module ``lost_response`` of a family offers ``LostResponse`` or ``lost_response``.

Third parties add members through the entry-point group named like the family's package
(``syncproof.checks``, ``syncproof_mocks.faults``).
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any


class ExtensionError(Exception):
    """A member of a family does not keep the contract of the family."""


def discover(family: ModuleType) -> dict[str, Any]:
    """Return what each public module of ``family`` offers, keyed by the module's name.

    Raises ExtensionError when a module offers nothing under its own name, or when two define the same name.
    """
    found: dict[str, Any] = {}
    for info in sorted(pkgutil.iter_modules(family.__path__), key=lambda i: i.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{family.__name__}.{info.name}")
        found[info.name] = _offer(module, info.name)
    for point in entry_points(group=family.__name__):
        if point.name in found:
            raise ExtensionError(f"`{point.name}` of {family.__name__} is defined twice: built in and by {point.value}")
        found[point.name] = point.load()
    return found


def _offer(module: ModuleType, name: str) -> Any:
    class_name = name.title().replace("_", "")
    offer = getattr(module, class_name, None) or getattr(module, name, None)
    if offer is None:
        raise ExtensionError(f"{module.__file__} must define `{class_name}` or `{name}`, like its file name")
    return offer
