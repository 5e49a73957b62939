"""The evidence of a run that goes on: readable meanwhile, without credentials, gone when the report is there."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from syncproof.cli import invoke
from syncproof.errors import InputError
from syncproof.held_folders import hold
from syncproof.journal_lines import masks, written_down
from syncproof.report_folder import check_report_folder
from syncproof.unfinished import JOURNAL, _Lines, _Printed, _safe_end, evidence_so_far
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Actor, Journal, Mark

SCENARIO = "population: {total: 2, kinds: {customer: 1}}\nsteps:\n  - edit: {side: crm, set: {Title: $fresh}}\n  - sync\n"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.slow
def test_while_a_run_goes_on_its_evidence_can_be_read_and_then_goes(tmp_path: Path) -> None:
    report, seen = tmp_path / "report", tmp_path / "seen"
    # What it prints is copied once a second, so it waits for that; then it takes all that stands there with it.
    code = (
        'curl -s -o /dev/null -H "Authorization: Bearer $TOKEN" "$URL/crm/v3/objects/contacts"; echo "I know $TOKEN"; '
        f'until grep -qsr "I know" {report}/unfinished/connector-output; do sleep 0.05; done; cp -r {report}/unfinished {seen}; env > {tmp_path}/env'
    )
    (tmp_path / "s.scenario.yaml").write_text(SCENARIO)
    (tmp_path / "c.yaml").write_text(
        f"connector: x\nstart: {{command: {json.dumps(['sh', '-c', f'test -e {seen} || ({code})'])}}}\n"
        'env: {URL: "{ma.url}", TOKEN: "{ma.token}"}\n'
    )

    invoke(["run", str(tmp_path / "s.scenario.yaml"), "--connector", str(tmp_path / "c.yaml"), "--report", str(report)])

    told = [json.loads(line) for line in (seen / JOURNAL).read_text().splitlines()]
    assert [e["seq"] for e in told] == list(range(len(told)))
    assert {e["type"] for e in told} == {"mark", "change", "exchange"}
    (asked,) = (e for e in told if e["type"] == "exchange")
    assert (asked["status"], asked["path"], asked["request_headers"]["authorization"]) == (200, "/crm/v3/objects/contacts", "***")
    assert json.loads((seen / "run.json").read_text())["seed"] == 1
    assert [path.read_bytes() for path in seen.rglob("sync-1.log")] == [b"I know ***\n"]
    token = next(line for line in (tmp_path / "env").read_text().splitlines() if line.startswith("TOKEN=")).removeprefix("TOKEN=")
    assert not any(token.encode() in path.read_bytes() for path in seen.rglob("*") if path.is_file())
    assert "unfinished" not in names(report)
    assert "report.html" in names(report)


def test_only_its_owner_can_read_the_evidence(tmp_path: Path) -> None:
    with evidence_so_far(tmp_path / "r", tmp_path / "output", {}):
        assert stat.S_IMODE((tmp_path / "r" / "unfinished").stat().st_mode) == 0o700


@pytest.mark.parametrize(("error", "stays"), [(KeyboardInterrupt, False), (SystemExit, False), (InputError([]), False), (ZeroDivisionError, True)])
def test_a_bug_of_ours_leaves_the_evidence_and_a_cancelled_run_nothing(tmp_path: Path, error: Any, stays: bool) -> None:
    kind = error if isinstance(error, type) else type(error)
    with pytest.raises(kind), evidence_so_far(tmp_path / "a" / "r", tmp_path / "output", {}):
        raise error

    assert (tmp_path / "a").exists() is stays
    assert (tmp_path / "a" / "r" / "unfinished" / JOURNAL).exists() is stays


def test_the_evidence_of_a_dead_run_makes_room_for_that_of_the_next(tmp_path: Path) -> None:
    (tmp_path / ".syncproof-half").mkdir()
    (tmp_path / ".syncproof-probe").write_text("")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ZeroDivisionError), evidence_so_far(tmp_path, tmp_path / "output", {"seed": 1}):
        raise ZeroDivisionError
    with evidence_so_far(tmp_path, tmp_path / "output", {"seed": 2}):
        assert json.loads((tmp_path / "unfinished" / "run.json").read_text()) == {"seed": 2}
        assert names(tmp_path) == {"unfinished", "notes.txt"}

    assert names(tmp_path) == {"notes.txt"}


def test_two_runs_do_not_share_a_report_folder(tmp_path: Path) -> None:
    with evidence_so_far(tmp_path, tmp_path / "output", {}):
        with pytest.raises(InputError, match="another run is writing its report here now"):
            check_report_folder(tmp_path)
        with pytest.raises(InputError, match="another run"), evidence_so_far(tmp_path, tmp_path / "output", {}):
            pass
        assert (tmp_path / "unfinished" / JOURNAL).exists()
    check_report_folder(tmp_path)


@pytest.mark.parametrize("make", [lambda p: p.write_text("x"), lambda p: (p.mkdir(), (p / "mine.txt").write_text("x")), lambda p: p.symlink_to("/tmp")])
def test_something_of_the_users_in_that_place_is_refused_and_kept(tmp_path: Path, make: Any) -> None:
    place = tmp_path / "unfinished"
    make(place)

    with pytest.raises(InputError, match="it is not ours"):
        check_report_folder(tmp_path)

    assert place.exists()


def test_looking_does_not_hold_the_folder(tmp_path: Path) -> None:
    (tmp_path / "unfinished").mkdir()
    check_report_folder(tmp_path)

    held = hold(tmp_path / "unfinished")
    assert held is not None
    held.let_go()


def test_a_full_disk_ends_the_evidence_and_not_the_run() -> None:
    file = _Lines(Path("/dev/full"))

    file.add(b"one\n")
    file.add(b"two\n")
    file.close()
    file.add(b"three\n")


def test_people_and_marks_are_written_down_without_waiting_for_a_request() -> None:
    journal, told = Journal(Clock(0)), []
    journal.watchers.append(lambda: told.append(len(journal)))

    journal.mark("step")
    with journal.acting(Actor.CRM_USER):
        journal.change("salesforce", None, _row())
    assert told == [1, 2]

    journal.open_exchange("salesforce", Actor.CONNECTOR, "GET", "/", "", {}, b"")
    with journal.acting(Actor.VENDOR_AUTOMATION):
        pass
    assert told == [1, 2], "inside a request the answer completes it"


def _row() -> Any:
    from syncproof_mocks.journal import Row

    return Row("Contact", "1", {}, 1, 0, 0)


def test_what_json_can_hardly_say_is_written_down_all_the_same() -> None:
    lines = written_down("s", [Mark(0, 1, "a", "\ud800"), Mark(1, 2**70, "b")], ())

    assert [json.loads(line)["detail"] for line in lines.split(b"\n")] == ["\ud800", ""]
    assert json.loads(lines.split(b"\n")[1])["at_ms"] == 2**70


def test_output_is_copied_line_by_line_and_no_cut_shows_half_a_credential(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    log = source / "sync-1.log"
    printed = _Printed(source, target, lambda: masks(["s3cr3t-t0k3n"]))

    log.write_bytes(b"one\nuses s3cr3t-")
    printed.copy()
    assert (target / "sync-1.log").read_bytes() == b"one\n"

    log.write_bytes(b"one\nuses s3cr3t-t0k3n and")
    printed.copy(to_the_end=True)
    assert (target / "sync-1.log").read_bytes() == b"one\nuses *** and"


def test_a_line_that_never_ends_is_copied_in_pieces_around_credentials(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    text = b"x" * 30_000 + b"s3cr3t-t0k3n" * 20_000  # every place to cut lies inside one
    (source / "sync-1.log").write_bytes(text)
    hidden = masks(["s3cr3t-t0k3n"])

    _Printed(source, tmp_path / "target", lambda: hidden).copy(to_the_end=True)
    whole = (tmp_path / "target" / "sync-1.log").read_bytes()

    assert whole == b"x" * 30_000 + b"***" * 20_000
    for length in range(70_000, 70_030):
        assert (_safe_end(text[:length], hidden) - 30_000) % 12 == 0
