"""Where in an answer a value stands: a small part of JSONPath."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.json_paths import NotThereError, path_problem, value_at

ANSWER = {"id": 7, "runs": [{"state": "done"}, {"state": "at work", "what is": {"it-is": None}}]}


@pytest.mark.parametrize(
    ("path", "value"),
    [("$", ANSWER), ("$.id", 7), ("id", 7), ("$.runs[0].state", "done"), ("runs.1.state", "at work"), ("$['runs'][-1][\"what is\"].it-is", None)],
)
def test_a_path_finds_the_value(path: str, value: Any) -> None:
    assert value_at(ANSWER, path) == value


@pytest.mark.parametrize(("path", "missing"), [("$.run", "run"), ("$.runs[2]", "2"), ("$.id.more", "more"), ("$.runs.state", "state")])
def test_what_is_not_there_is_told_with_how_far_one_gets(path: str, missing: str) -> None:
    with pytest.raises(NotThereError, match=f"nothing is at `{path.replace('$', '.').replace('[', '.').replace(']', '.')}`: `{missing}` is missing"):
        value_at(ANSWER, path)


@pytest.mark.parametrize("path", ["$.*", "$..id", "$.runs[?@.state]", "$.runs[0:1]", "$ .id", "$.runs["])
def test_a_path_of_another_kind_is_refused(path: str) -> None:
    assert path_problem(path).startswith(f"`{path}` is no path of the kind `$.runs[0].state`")
    assert path_problem("$.runs[0].state") == ""
