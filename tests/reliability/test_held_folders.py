"""Temporary folders of a process that died are found and removed; those of the living, and of others, are not."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from syncproof.held_folders import hold, make_temporary, remove, sweep, temporary_folder

DIES = """
import os, signal
from syncproof.held_folders import make_temporary
made = make_temporary("network").path
(made / "deep").mkdir()
(made / "deep" / "file").write_text("x")
(made / "deep").chmod(0)
print(made, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_lives_as_long_as_its_block(scratch: Path) -> None:
    with temporary_folder("run") as folder:
        assert folder.parent == scratch
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").write_text("x")
        sweep()
        assert (folder / "file").exists(), "it is held"

    assert list(scratch.iterdir()) == []


def test_what_a_killed_process_left_is_gone_with_the_next_folder(scratch: Path) -> None:
    env = {**os.environ, "TMPDIR": str(scratch)}
    died = subprocess.run([sys.executable, "-c", DIES], env=env, capture_output=True, text=True, check=False)
    left = Path(died.stdout.strip())
    assert left.name.startswith("syncproof-network-")
    assert left.exists()

    held = make_temporary()

    assert not left.exists()
    held.release()
    held.release()
    assert list(scratch.iterdir()) == []


def test_folders_with_other_names_links_and_files_are_left_alone(scratch: Path) -> None:
    outside = scratch / "outside"
    outside.mkdir()
    (scratch / "syncproof-abc").mkdir()  # as earlier versions called them, which hold no lock
    (scratch / "syncproof-link.held").symlink_to(outside)
    (scratch / "syncproof-file.held").write_text("x")

    sweep()

    assert len(list(scratch.iterdir())) == 4


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder somebody else's")
def test_folders_of_other_users_are_left_alone(scratch: Path) -> None:
    theirs = scratch / "syncproof-theirs.held"
    theirs.mkdir()
    os.chown(theirs, 65_534, 65_534)

    sweep()

    assert theirs.exists()


def test_a_folder_is_held_once_and_can_be_had_when_it_is_let_go(tmp_path: Path) -> None:
    first = hold(tmp_path)
    assert first is not None
    assert first.is_locked
    assert hold(tmp_path) is None

    first.let_go()

    again = hold(tmp_path)
    assert again is not None
    again.let_go()


def test_a_file_system_without_locks_keeps_its_folders(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("syncproof.held_folders.fcntl.flock", refuse)
    mine = make_temporary()

    sweep()
    assert mine.path.exists(), "nobody can tell whether it is held"
    mine.release()
    assert list(scratch.iterdir()) == []


def test_what_cannot_be_removed_is_no_error(tmp_path: Path) -> None:
    remove(tmp_path / "gone")
