"""The longest files first, so that two workers end together; in CI the same random examples each time."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# In CI the same examples each time: a change is judged by what it changed. By hand they are new ones each time, and
# what they find becomes a test of its own.
settings.register_profile("ci", derandomize=True, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("ci")



def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every file that holds a slow test before the others, the stories first; the order within a file stays."""
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: (item.path not in slow, item.path.name != "test_qualify.py", item.path.parent.name != "stories"))
