"""A one-shot command: how it ended, what it saw and what it printed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.drivers import Ended
from syncproof.drivers.command import OUTPUT_LIMIT, TAIL_LIMIT, Command, clean_environment

RunShell = Callable[..., Ended]


@pytest.mark.parametrize("code", [0, 1, 3, 255])
def test_the_exit_code_is_kept(run_shell: RunShell, code: int) -> None:
    ended = run_shell(f"exit {code}")

    assert (ended.ended, ended.exit_code, ended.leftovers) == ("exited", code, ())


def test_a_program_that_exits_at_once_takes_no_time_at_all(run_shell: RunShell) -> None:
    ended = run_shell("exit 0")

    assert ended.output == b""
    assert ended.seconds < 1


def test_a_program_killed_by_a_signal_is_not_taken_for_one_that_exited(run_shell: RunShell) -> None:
    ended = run_shell("kill -11 $$")

    assert (ended.ended, ended.exit_code) == ("killed", -11)


def test_both_streams_are_kept_in_order_in_the_file_and_in_the_tail(run_shell: RunShell, tmp_path: Path) -> None:
    ended = run_shell("echo one; echo two >&2; echo three")

    assert ended.output == b"one\ntwo\nthree\n"
    assert (tmp_path / "output.log").read_bytes() == ended.output


def test_binary_output_survives_byte_by_byte(run_shell: RunShell, tmp_path: Path) -> None:
    everything = bytes(range(256)) * 16
    (tmp_path / "blob").write_bytes(everything)

    ended = run_shell("cat blob")

    assert ended.output == everything


def test_a_hundred_megabytes_are_drained_counted_and_bounded(run_shell: RunShell, tmp_path: Path) -> None:
    ended = run_shell("head -c 100000000 /dev/zero; printf end")

    assert (ended.ended, ended.exit_code) == ("exited", 0)
    assert ended.output_bytes == 100_000_003
    assert ended.output_truncated
    assert (tmp_path / "output.log").stat().st_size == OUTPUT_LIMIT
    assert len(ended.output) == TAIL_LIMIT
    assert ended.output.endswith(b"\0end")


def test_a_full_disk_does_not_stop_the_program(tmp_path: Path) -> None:
    code = ["/bin/sh", "-c", "head -c 3000000 /dev/zero; echo end"]

    ended = Command().run(code, {}, tmp_path, 10, Path("/dev/full"), tmp_path / "home")

    assert (ended.ended, ended.exit_code, ended.output_truncated) == ("exited", 0, True)
    assert ended.output.endswith(b"end\n")


def test_a_program_that_closes_its_output_still_has_an_exit_code(run_shell: RunShell) -> None:
    ended = run_shell("exec >&- 2>&-; sleep 0.1; exit 4")

    assert (ended.ended, ended.exit_code) == ("exited", 4)


def test_standard_input_is_empty_and_no_terminal(run_shell: RunShell) -> None:
    ended = run_shell("cat; test -t 0 || echo no terminal")

    assert ended.output == b"no terminal\n"


def test_the_environment_holds_what_is_declared_and_nothing_of_the_machine(
    run_shell: RunShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MACHINE_SECRET", "do not leak")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")

    ended = run_shell("env", env={"SF_ACCESS_TOKEN": "t0ken"})

    seen = dict(line.split("=", 1) for line in ended.output.decode().splitlines())
    assert {k for k in seen if k not in ("PWD", "SHLVL", "_", "OLDPWD")} == {
        "PATH", "HOME", "LANG", "LC_ALL", "TZ", "SF_ACCESS_TOKEN", "SYNCPROOF_RUN",
    }  # fmt: skip
    assert seen["HOME"] == str(tmp_path / "home")
    assert (seen["TZ"], seen["LC_ALL"]) == ("UTC", "C.UTF-8")


def test_a_declared_variable_wins_over_ours(tmp_path: Path) -> None:
    assert clean_environment({"TZ": "Europe/Warsaw"}, tmp_path)["TZ"] == "Europe/Warsaw"


def test_the_private_home_exists(run_shell: RunShell) -> None:
    assert run_shell('test -d "$HOME" && echo yes').output == b"yes\n"


def test_no_descriptor_of_ours_is_inherited(run_shell: RunShell) -> None:
    ended = run_shell("ls /proc/self/fd")

    # 3 is the folder that `ls` itself has opened.
    assert ended.output.split() == [b"0", b"1", b"2", b"3"]


def test_a_program_that_vanished_is_told_and_not_a_crash(tmp_path: Path) -> None:
    ended = Command().run([str(tmp_path / "gone")], {}, tmp_path, 5, tmp_path / "log", tmp_path / "home")

    assert (ended.ended, ended.exit_code) == ("not started", None)
    assert "No such file" in ended.reason


def test_a_file_that_is_no_program_is_told_with_the_reason(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\0\1\2 no program")
    broken.chmod(0o755)

    ended = Command().run([str(broken)], {}, tmp_path, 5, tmp_path / "log", tmp_path / "home")

    assert ended.ended == "not started"
    assert "Exec format error" in ended.reason


def test_a_working_folder_that_vanished_is_told(tmp_path: Path) -> None:
    ended = Command().run(["/bin/true"], {}, tmp_path / "gone", 5, tmp_path / "log", tmp_path / "home")

    assert ended.ended == "not started"


def test_another_thread_can_end_a_running_program(tmp_path: Path) -> None:
    running = Command().start(["/bin/sleep", "60"], {}, tmp_path, 60, tmp_path / "log", tmp_path / "home")
    threading.Timer(0.2, running.kill).start()

    ended = running.wait()

    assert (ended.ended, ended.exit_code) == ("killed", None)
    assert ended.seconds < 5


def test_nothing_of_ours_stays_open_after_many_runs(run_shell: RunShell) -> None:
    run_shell("exit 0")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        run_shell("exit 0")

    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert threading.active_count() < 10


def test_the_cost_of_watching_over_a_program_is_small(run_shell: RunShell) -> None:
    times = []
    for _ in range(5):
        began = time.monotonic()
        run_shell("exit 0")
        times.append(time.monotonic() - began)

    assert min(times) < 0.5
