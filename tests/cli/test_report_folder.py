"""Whether a report may go into a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from syncproof.errors import InputError
from syncproof.report_folder import RESULT_SCHEMA, check_report_folder


def complaint(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        check_report_folder(folder)
    return str(caught.value).replace(str(folder), "DIR")


def test_asking_leaves_nothing_behind(tmp_path: Path) -> None:
    check_report_folder(tmp_path / "deep" / "er")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("x")

    check_report_folder(tmp_path)

    assert [p.name for p in tmp_path.iterdir()] == ["old.txt"]


def test_a_report_of_ours_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps({"schema": RESULT_SCHEMA, "syncproof": "0.1.0"}))

    check_report_folder(tmp_path)


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"schema": RESULT_SCHEMA + 1}, f"newer schema {RESULT_SCHEMA + 1}; this Syncproof writes {RESULT_SCHEMA}"),
        ({"schema": 0}, "older schema 0; this Syncproof reads and writes"),
        ({"syncproof": "0.0.1"}, "older schema 0"),
        ({"schema": "one"}, "not a result of Syncproof"),
        ({"name": "another tool"}, "not a result of Syncproof"),
        ([1], "not a result of Syncproof"),
    ],
)
def test_a_result_that_is_not_ours_to_replace_stays(tmp_path: Path, result: Any, told: str) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(result))
    before = path.read_bytes()

    text = complaint(tmp_path)

    assert told in text
    assert text.startswith("DIR/result.json: ")
    assert text.endswith("Move it away, or give another `--report`.")
    assert path.read_bytes() == before


def test_a_result_that_is_no_json_stays(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_bytes(b"\xff\xfe{")

    assert "not a result of Syncproof" in complaint(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("x")

    assert complaint(tmp_path / "report") == "DIR: this is a file; a report is a folder. Give another `--report`."


def test_a_folder_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    assert "cannot be written: Not a directory" in complaint(tmp_path / "file" / "report")


def test_a_folder_that_cannot_be_written_is_told() -> None:
    # Also root may not make anything there.
    assert "the report folder cannot be written" in complaint(Path("/proc/syncproof/report"))
