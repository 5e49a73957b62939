"""What stands in a report folder afterwards, and that a failure changes nothing."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from syncproof import renderers as family
from syncproof.errors import InputError
from syncproof.renderers import prepare_report_dir, write_reports
from syncproof_mocks.journal import Actor, Exchange, Mark
from tests.renderers.sample import empty, sample

FILES = {"report.html", "result.json", "junit.xml", "summary.md", "journal.jsonl.gz"}
TOKEN = "pat-eu1-0123456789"
JOURNALS = {
    "consent/one": (
        Mark(0, 1, "sync_start"),
        Exchange(1, 2, "hubspot", Actor.CONNECTOR, "GET", "/x", "", {"authorization": f"Bearer {TOKEN}"}, b""),
    )
}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "work" / "output"
    (folder / "consent__one").mkdir(parents=True)
    (folder / "consent__one" / "sync-1.log").write_bytes(f"using {TOKEN}\n\xff".encode("latin-1"))
    return folder


def asked(path: str, query: str = "", body: bytes = b"") -> Exchange:
    return Exchange(0, 2, "hubspot", Actor.CONNECTOR, "GET", path, query, {}, body)


def test_a_secret_of_the_own_world_is_hidden_everywhere_and_one_of_another_in_addresses(tmp_path: Path) -> None:
    mine, theirs = "own world's secret", "another+world's/secret"
    journals = {
        "a/one": (asked("/tokens/another%2Bworld%27s%2Fsecret", "again=another%2Bworld%27s%2Fsecret", f"{mine} {theirs}".encode()),),
        "a/two": (asked("/x"),),
    }

    write_reports(sample(), journals, tmp_path / "nowhere", tmp_path / "r", {"a/one": (mine,), "a/two": (theirs,)})

    told = gzip.decompress((tmp_path / "r" / "journal.jsonl.gz").read_bytes()).decode()
    assert (told.count("***"), "secret" in told) == (4, False)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_every_format_the_journal_and_the_output_are_written(tmp_path: Path, output: Path) -> None:
    write_reports(sample(), JOURNALS, output, tmp_path / "a" / "report")

    assert names(tmp_path / "a" / "report") == FILES | {"connector-output"}
    assert names(tmp_path / "a") == {"report"}
    lines = gzip.decompress((tmp_path / "a" / "report" / "journal.jsonl.gz").read_bytes()).splitlines()
    assert [b'"seq":0' in lines[0], b'"seq":1' in lines[1], len(lines)] == [True, True, 2]


def test_equal_runs_give_equal_bytes(tmp_path: Path, output: Path) -> None:
    for name in ("one", "two"):
        write_reports(sample(), JOURNALS, output, tmp_path / name)

    for file in FILES:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    # The time stamp of gzip (RFC 1952: bytes 4 to 7) would differ a second later.
    assert (tmp_path / "one" / "journal.jsonl.gz").read_bytes()[4:8] == bytes(4)


def test_neither_the_journal_nor_the_output_holds_a_credential(tmp_path: Path, output: Path) -> None:
    write_reports(sample(), JOURNALS, output, tmp_path / "r")

    assert TOKEN.encode() not in gzip.decompress((tmp_path / "r" / "journal.jsonl.gz").read_bytes())
    assert (tmp_path / "r/connector-output/consent__one/sync-1.log").read_bytes() == b"using ***\n\xff"


def test_links_in_the_output_are_not_followed(tmp_path: Path, output: Path) -> None:
    (tmp_path / "private.txt").write_text("private")
    (output / "consent__one" / "link").symlink_to(tmp_path / "private.txt")

    write_reports(sample(), {}, output, tmp_path / "r")

    assert names(tmp_path / "r/connector-output/consent__one") == {"sync-1.log"}


def test_an_old_report_is_replaced_and_other_files_stay(tmp_path: Path, output: Path) -> None:
    folder = tmp_path / "r"
    write_reports(sample(), JOURNALS, output, folder)
    (folder / "notes.txt").write_text("mine")

    write_reports(empty(), {}, tmp_path / "nowhere", folder)

    assert names(folder) == FILES | {"notes.txt"}
    assert "Nothing was run" in (folder / "report.html").read_text("utf-8")


def test_a_failure_leaves_the_old_report_whole(tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "r"
    write_reports(sample(), JOURNALS, output, folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    break_the_last_format(monkeypatch)

    with pytest.raises(ZeroDivisionError):
        write_reports(empty(), {}, tmp_path / "nowhere", folder)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert names(folder) == FILES | {"connector-output"}


def test_a_failure_leaves_no_folder_that_was_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_the_last_format(monkeypatch)

    with pytest.raises(ZeroDivisionError):
        write_reports(empty(), {}, tmp_path / "nowhere", tmp_path / "a" / "b")

    assert names(tmp_path) == set()


def break_the_last_format(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        file_name = "broken.txt"

        def render(self, result: object) -> str:
            raise ZeroDivisionError

    kinds = {**family.renderers(), "zzz": Broken}
    monkeypatch.setattr(family, "renderers", lambda: kinds)


@pytest.mark.parametrize("found", ['{"schema": 99}', '{"schema": 0, "syncproof": "0.0.1"}', "not json", "[]"])
def test_a_result_that_is_not_ours_to_replace_is_refused_and_kept(tmp_path: Path, found: str) -> None:
    (tmp_path / "result.json").write_text(found)

    with pytest.raises(InputError, match=r"result\.json"):
        prepare_report_dir(tmp_path)

    assert (tmp_path / "result.json").read_text() == found


def test_our_own_result_may_be_replaced(tmp_path: Path) -> None:
    write_reports(sample(), {}, tmp_path / "nowhere", tmp_path / "r")

    prepare_report_dir(tmp_path / "r")


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    prepare_report_dir(tmp_path / "a" / "b" / "c")

    assert names(tmp_path) == set()


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(InputError):
        prepare_report_dir(tmp_path / "file" / "below")

    assert (tmp_path / "file").read_text() == "x"
