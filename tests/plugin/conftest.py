"""A user's repository, with our plugin and no other: theirs would take seconds to import."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess("-p", "syncproof.pytest_plugin", *arguments)

    return run
