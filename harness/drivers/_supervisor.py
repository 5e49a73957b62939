"""Runs one program and outlives it, so that nothing of it is left; runs alone (`python -I -S`), imports only Python.

Why a process of its own: the harness may be killed with -9, and then nothing inside it can clean up. This one notices
(its standard input closes, or its parent changes) and ends everything. On Linux it is the reaper of its descendants
(PR_SET_CHILD_SUBREAPER), so that even a daemon that forks twice and leaves the session stays a child of ours.

It reads one JSON line from standard input, `{argv, env, cwd, timeout_s, grace_s, memory_mb, report_fd,
entrance}` (the last: descriptors of namespaces that only the program enters; 0 MB: no bound), lets the program inherit
standard output and error, and writes one JSON line to ``report_fd``: `{ended, exit_code, seconds, leftovers, reason}`.
On standard input `p` then stops the program for a while and `c` lets it go on (each is answered
on ``report_fd`` with its letter and a line feed); anything else, or the end, means: kill.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import time
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_LINUX = sys.platform.startswith("linux")
_SETTLE_S = 0.1
# How often the memory is looked at; a program that takes a gigabyte a second is that much above its bound when it ends.
_LOOK_S = 0.2


def prctl(option: int, value: int) -> None:
    """Ask the Linux kernel for something about this process; elsewhere, do nothing."""
    if _LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def enter(namespaces: list[int]) -> None:
    """Move this process into the namespaces, in order. Raises OSError; then the program must not be started."""
    for fd in namespaces:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(fd, 0):
            number = ctypes.get_errno()
            raise OSError(number, f"the private network could not be entered: {os.strerror(number)}")


def processes() -> dict[int, tuple[int, str, int]]:
    """Return pid -> (parent, state, process group) of every process, from `/proc`; empty where there is none."""
    found = {}
    for name in os.listdir("/proc") if _LINUX else ():  # noqa: PTH208 (no pathlib in a process that must start at once)
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                    # The name in brackets may hold blanks and brackets itself.
                    state, parent, group = file.read().rpartition(b")")[2].split()[:3]
            except (OSError, ValueError):
                continue
            found[int(name)] = (int(parent), state.decode(), int(group))
    return found


def family(root: int, group: int) -> set[int]:
    """Return the living descendants of ``root`` and the members of ``group``, without ``root`` and zombies."""
    everyone = processes()
    found = {pid for pid, (_, _, its_group) in everyone.items() if its_group == group}
    grown = -1
    while grown != len(found):
        grown = len(found)
        found |= {pid for pid, (parent, _, _) in everyone.items() if parent == root or parent in found}
    return {pid for pid in found - {root} if everyone[pid][1] not in "ZX"}


def children(pid: int) -> set[int]:
    """Return the children of each thread of a process. Raises OSError when it is gone, or the kernel does not tell."""
    found = set()
    for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
        with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:  # noqa: PTH123
            found |= {int(child) for child in file.read().split()}
    return found


def descendants(main: int) -> set[int]:
    """Return all living descendants of this process, without a walk through all of `/proc` where the kernel allows it."""
    try:
        waiting = children(os.getpid())
    except OSError:
        return family(os.getpid(), main)
    found: set[int] = set()
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        try:
            waiting |= children(pid) - found
        except OSError:
            continue  # it has just ended: its children are ours now, and counted the next time
    return found


def kilobytes(path: str, names: tuple[bytes, ...]) -> int:
    """Return the sum of some lines of a file like `/proc/PID/status`. Raises OSError when it cannot be read."""
    with open(path, "rb") as file:  # noqa: PTH123
        return sum(int(line.split()[1]) for line in file if line.startswith(names))


def overgrown(main: int, memory_mb: int) -> bool:
    """Tell whether the program and its children hold more than that; nobody can tell where there is no `/proc`.

    Pages that several of them share count once; that takes long to find out, and is only asked when it can matter.
    """
    rough = {}
    for pid in descendants(main) if _LINUX and memory_mb else ():
        try:
            rough[pid] = kilobytes(f"/proc/{pid}/status", (b"VmRSS:", b"VmSwap:"))
        except OSError:
            continue
    if sum(rough.values()) <= memory_mb * 1024:
        return False
    for pid in rough:
        try:
            rough[pid] = kilobytes(f"/proc/{pid}/smaps_rollup", (b"Pss:", b"SwapPss:"))
        except OSError:
            continue
    return sum(rough.values()) > memory_mb * 1024


def told(pid: int) -> str:
    """Return `pid command` for people."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            command = file.read(300).replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        command = ""
    return f"{pid} {command}".strip()


def reap(main: int) -> tuple[int | None, bool]:
    """Collect children that ended; return the wait status of ``main`` if it was among them, and whether any is left.

    Every living descendant hangs on a child of this process (it is their reaper), so "none left" is exact, where a
    walk through `/proc` can miss a process that forks meanwhile.
    """
    status = None
    while True:
        try:
            pid, found = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status, False
        if pid == 0:
            return status, True
        if pid == main:
            status = found


def send(pids: set[int], group: int, signal_number: int) -> None:
    """Signal the group and each process."""
    for target, kill in ((group, os.killpg), *((pid, os.kill) for pid in pids)):
        try:
            kill(target, signal_number)
        except (ProcessLookupError, PermissionError):
            continue


def end_all(main: int, grace_s: float) -> int | None:
    """End everything: ask, wait up to ``grace_s``, then kill until nobody is left. Return the status of ``main``."""
    status = None
    send(family(os.getpid(), main), main, signal.SIGTERM)
    send(family(os.getpid(), main), main, signal.SIGCONT)  # what was stopped could not hear
    patience = time.monotonic() + grace_s
    give_up = patience + 5
    while time.monotonic() < give_up:
        found, any_left = reap(main)
        status = found if found is not None else status
        if not any_left and _is_gone(main):
            break
        if time.monotonic() >= patience:
            send(family(os.getpid(), main), main, signal.SIGKILL)
        time.sleep(0.01)
    return status


def _is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def start(order: dict[str, Any], closed_fds: tuple[int, ...]) -> tuple[int, str]:
    """Fork and execute the program; return its pid and, when it could not be executed, why."""
    told_fd, tell_fd = os.pipe()
    pid = os.fork()
    if pid:
        os.close(tell_fd)
        with os.fdopen(told_fd, "rb") as told_file:
            return pid, told_file.read().decode("utf-8", "replace")
    try:
        os.setsid()
        enter(order["entrance"])
        # After `enter`: to change what one may do clears it.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for fd in (*closed_fds, *order["entrance"]):
            os.close(fd)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(order["cwd"])
        # `tell_fd` closes by itself at exec: the parent then reads nothing, which means that it worked.
        os.execve(order["argv"][0], order["argv"], order["env"])  # noqa: S606 (no shell is the point)
    except BaseException as error:  # noqa: BLE001 (this side of the fork must never return)
        os.write(tell_fd, str(error).encode())
    os._exit(127)


def obey(words: bytes, main: int, report_fd: int) -> bool:
    """Stop the program and its children for a while (`p`) or let them go on (`c`), and say so; anything else: kill."""
    for word in words:
        if word not in b"pc":
            return False
        # Twice: what was forked while the first signals went out is there at the second.
        for _ in range(2):
            send(family(os.getpid(), main), main, signal.SIGSTOP if word == ord("p") else signal.SIGCONT)
        os.write(report_fd, b"%c\n" % word)
    return bool(words)


def watch(main: int, order: dict[str, Any], wake_fd: int) -> tuple[str, int | None]:
    """Wait for the end of the program, its time limit, or the word from the harness."""
    parent = os.getppid()
    limit, memory_mb = time.monotonic() + order["timeout_s"], order["memory_mb"]
    look = time.monotonic() + _LOOK_S
    if order["words"] and not obey(order["words"], main, order["report_fd"]):
        return "killed", None
    while True:
        status, _ = reap(main)
        if status is not None:
            return "exited", status
        left = limit - time.monotonic()
        if left <= 0:
            return "timeout", None
        if time.monotonic() >= look:  # not at each word and each child that ends
            if overgrown(main, memory_mb):
                return "overgrown", None
            look = time.monotonic() + _LOOK_S
        # Now and then: another process may hold our standard input open after the harness is gone.
        ready, _, _ = select.select([0, wake_fd], [], [], min(left, _LOOK_S if memory_mb else 1.0))
        if os.getppid() != parent or (0 in ready and not obey(os.read(0, 64), main, order["report_fd"])):
            return "killed", None
        if wake_fd in ready:
            os.read(wake_fd, 4096)


def leftovers(main: int) -> list[str]:
    """Return who of the program's processes is still there a moment after its end."""
    until = time.monotonic() + _SETTLE_S
    while reap(main)[1] or not _is_gone(main):
        if time.monotonic() >= until:
            return [told(pid) for pid in sorted(family(os.getpid(), main))] or ["a process that could not be named"]
        time.sleep(0.005)
    return []


def supervise(order: dict[str, Any]) -> dict[str, Any]:
    """Run the program of ``order`` to its end and return the report."""
    wake_fd, wake_write_fd = os.pipe()
    os.set_blocking(wake_write_fd, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write_fd, warn_on_full_buffer=False)
    began = time.monotonic()
    main, refusal = start(order, (order["report_fd"], wake_fd, wake_write_fd))
    # Only the program holds the output now: its end of file means that nobody can print any more.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    if refusal:
        return {"ended": "not started", "exit_code": None, "seconds": 0.0, "leftovers": [], "reason": refusal}
    ended, status = watch(main, order, wake_fd)
    seconds = time.monotonic() - began
    left = leftovers(main) if ended == "exited" else []
    if left or ended != "exited":
        end_all(main, 0.0 if ended == "overgrown" else order["grace_s"])
    if ended == "overgrown":
        reason = f"it needed more than {order['memory_mb']} MB of memory, which is its bound (`start: memory_mb`)"
        return {"ended": "killed", "exit_code": None, "seconds": seconds, "leftovers": [], "reason": reason}
    code = os.waitstatus_to_exitcode(status) if status is not None else None
    if code is not None and code < 0:
        ended = "killed"
    return {"ended": ended, "exit_code": code, "seconds": seconds, "leftovers": left, "reason": ""}


def awaited_order(parent: int) -> bytes:
    """Return the order once it is there (and the words that came with it), or nothing when nobody will give one.

    This process may be started long ahead of its order.
    """
    line = b""
    while b"\n" not in line:
        # Another process may hold our standard input open after the harness is gone.
        ready, _, _ = select.select([0], [], [], 1.0)
        chunk = os.read(0, 1 << 16) if ready else b""
        if os.getppid() != parent or (ready and not chunk):
            return b""
        line += chunk
    return line


def main() -> None:
    """Take the order, carry it out, report."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    # The harness says who it is: it may have been killed before the first line of this program ran.
    line = awaited_order(int(sys.argv[1]))
    if not line:
        return
    text, _, words = line.partition(b"\n")
    order = {**json.loads(text), "words": words}
    report = supervise(order)
    # A broken pipe: the harness is gone, and the cleaning was what mattered.
    with contextlib.suppress(BrokenPipeError):
        os.write(order["report_fd"], json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
    # Nothing is left to flush, and whoever waits for the end of this process waits for an interpreter to tidy up.
    os._exit(0)
