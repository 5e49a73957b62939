"""The longest files first, so that two workers end together."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every file that holds a slow test before the others, the stories first; the order within a file stays."""
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: (item.path not in slow, item.path.name != "test_qualify.py", item.path.parent.name != "stories"))
