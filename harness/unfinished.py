"""What a run has come to so far, in `DIR/unfinished` while it goes on: readable evidence even after `kill -9`.

Each completed exchange, each change and each mark is one line of `journal.jsonl`, handed to the kernel before the
connector hears its answer; it is there when this process is not. The folder goes when the report stands beside it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from syncproof_mocks.journal import Entry, Exchange, Journal, Mark

from .errors import InputError, Problem
from .held_folders import HeldFolder, hold, remove
from .journal_lines import credentials, masked, masks, written_down
from .model import ScenarioResult
from .renderers.json_file import dumped, scenario_json
from .report_folder import HIDDEN_PREFIX, NOTE, UNFINISHED, run_problem
from .sandbox import Sandbox

JOURNAL, SCENARIOS, RUN, OUTPUT = "journal.jsonl", "scenarios.jsonl", "run.json", "connector-output"
# What the connector prints is at most that much behind; exchanges never are.
_COPY_EVERY_S = 1.0
_MOST_AT_ONCE = 1 << 20
# What is given out in longer answers is among the secrets that the mocks themselves name.
_LONGEST_LOG_IN = 8_192
# A line may hold a credential that its end would show to be one; longer lines are copied in pieces of this length.
_LONGEST_LINE = 1 << 16
_NOTE = """This run of Syncproof has not finished: it still goes on, or it was killed. It has no verdict.
A report beside this folder is of an earlier run.

journal.jsonl      one line of JSON per completed exchange, change and mark, as they were completed
                   (`scenario` and `seq` tell where each belongs), for instance:
                   jq 'select(.type == "exchange") | [.seq, .method, .path, .status]' journal.jsonl
scenarios.jsonl    one line of JSON per scenario that was judged, as in result.json
connector-output   what the connector printed, up to a second before the end
run.json           which run this was

Credentials are replaced by ***. The next run with this report folder removes all this.
"""


class Unfinished:
    """Writes down what has happened so far; safe to use from several threads."""

    def __init__(self, held: HeldFolder, output: Path, about: Mapping[str, Any]) -> None:
        """Begin in a folder that is ours and empty. ``output``: where each scenario's connector has its own folder."""
        self._held, self._source = held, output
        (held.path / NOTE).write_text(_NOTE, "utf-8")
        (held.path / RUN).write_text(dumped(dict(about)), "utf-8")
        self._files = {name: _Lines(held.path / name) for name in (JOURNAL, SCENARIOS)}
        self._lock = threading.Lock()
        self._printed: dict[str, _Printed] = {}
        self._ends: dict[str, Callable[[], None]] = {}
        self._over = threading.Event()
        self._copier = threading.Thread(target=self._copy, name="syncproof-unfinished", daemon=True)
        self._copier.start()

    def follow(self, scenario_id: str, sandbox: Sandbox) -> None:
        """Write down the world that runs in the sandbox now, from its first entry on."""
        journal = sandbox.world.journal
        pen = _Pen(scenario_id, journal, sandbox.secrets, self._files[JOURNAL])

        def begin() -> None:
            journal.watchers.append(pen.write)
            pen.write()

        sandbox.call(begin)
        name = scenario_id.replace("/", "__")
        with self._lock:
            self._printed[scenario_id] = _Printed(self._source / name, self._held.path / OUTPUT / name, pen.hidden)
            self._ends[scenario_id] = lambda: sandbox.call(lambda: journal.watchers.remove(pen.write))

    def judged(self, result: ScenarioResult) -> None:
        """Write down what came of a scenario that has ended."""
        with self._lock:
            if self._over.is_set():
                return
            # The same world may be used again.
            self._ends.pop(result.id, lambda: None)()
            printed = self._printed.pop(result.id, None)
            hidden = printed.hidden() if printed is not None else ()
            self._files[SCENARIOS].add(masked(dumped(scenario_json(result), indent=False).encode(), hidden))
            if printed is not None:
                printed.copy(to_the_end=True)

    def _copy(self) -> None:
        while not self._over.wait(_COPY_EVERY_S):
            with self._lock:
                for printed in () if self._over.is_set() else self._printed.values():
                    printed.copy()

    def stop(self) -> None:
        """Write nothing any more and leave everything where it is; safe to call twice."""
        self._end()
        self._held.let_go()

    def remove(self) -> None:
        """Take everything away."""
        self._end()
        _set_aside(self._held.path)
        self._held.let_go()

    def _end(self) -> None:
        with self._lock:  # scenarios of a cancelled run may still be at work
            self._over.set()
        self._copier.join()
        for file in self._files.values():
            file.close()


@contextlib.contextmanager
def evidence_so_far(folder: Path | None, output: Path, about: Mapping[str, Any]) -> Iterator[Unfinished | None]:
    """Write down what happens in the block below ``folder`` (None: nowhere); it goes when the block ends well.

    It also goes, with the folders that had to be made, when the run was cancelled or could not be carried out; after a
    bug of ours it stays. Raises InputError when another run writes its report there now.
    """
    if folder is None:
        yield None
        return
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    unfinished = Unfinished(_ours(folder), output, about)
    try:
        yield unfinished
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, InputError):
            unfinished.stop()
            raise
        unfinished.remove()
        for path in missing:
            with contextlib.suppress(OSError):
                path.rmdir()
        raise
    unfinished.remove()


def _ours(folder: Path) -> HeldFolder:
    """Return the empty folder for the evidence; what a run that died has left in the report folder is removed."""
    path = folder / UNFINISHED
    problem = run_problem(path)
    if problem:
        raise InputError([problem])
    if path.exists():
        _set_aside(path)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = hold(path)
    if held is None:
        raise InputError([run_problem(path) or Problem(str(path), "another run uses this folder.", "Start again.")])
    for left in folder.glob(f"{HIDDEN_PREFIX}*"):
        if left.is_dir() and not left.is_symlink():
            remove(left)
        else:
            left.unlink(missing_ok=True)
    return held


def _set_aside(path: Path) -> None:
    """Remove a folder in one step for whoever looks: half of it would be taken for a folder that is not ours."""
    aside = Path(tempfile.mkdtemp(prefix=HIDDEN_PREFIX, dir=path.parent))
    with contextlib.suppress(OSError):
        path.rename(aside)
    remove(aside)


class _Lines:
    """A file that only grows. A full disk ends it; the run goes on."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._is_full = False
        self._lock = threading.Lock()

    def add(self, lines: bytes) -> None:
        """Hand lines to the kernel in one write, so that those of several worlds do not mix."""
        with self._lock:
            if self._is_full or self._descriptor < 0:
                return
            try:
                written = os.write(self._descriptor, lines)
            except OSError:
                written = 0
            self._is_full = written < len(lines)

    def close(self) -> None:
        """Let go of the file; what is added later goes nowhere. Safe to call twice."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1


class _Pen:
    """Writes one world's journal down. All but `hidden` runs on the servers' thread."""

    def __init__(self, scenario_id: str, journal: Journal, secrets: Callable[[], Iterable[str]], file: _Lines) -> None:
        self._scenario_id, self._journal, self._secrets, self._file = scenario_id, journal, secrets, file
        self._at = 0
        self._under_way: list[Exchange] = []
        self._known: set[str] = set()
        self._hidden: tuple[bytes, ...] = ()

    def write(self) -> None:
        """Write down what has been completed since the last time."""
        entries = self._journal.entries
        ready: list[Entry] = [e for e in self._under_way if e.status]
        under_way = [e for e in self._under_way if not e.status]
        for entry in entries[self._at :]:
            if isinstance(entry, Exchange) and not entry.status:
                under_way.append(entry)
            else:
                ready.append(entry)
        self._at, self._under_way = len(entries), under_way
        if ready:
            self._learn(ready)
            self._file.add(written_down(self._scenario_id, ready, self._hidden) + b"\n")

    def _learn(self, entries: Iterable[Entry]) -> None:
        """Take note of new credentials. What the mocks give out is asked for when something new was used, and at each mark."""
        found = set(credentials(entries, _LONGEST_LOG_IN))
        if not found <= self._known or any(isinstance(e, Mark) for e in entries):
            found.update(self._secrets())
        if not found <= self._known:
            self._known |= found
            self._hidden = masks(self._known)

    def hidden(self) -> tuple[bytes, ...]:
        """Return every form of what must not be shown, as far as it is known."""
        return self._hidden


class _Printed:
    """Copies what the connector of one scenario prints, without credentials."""

    def __init__(self, source: Path, target: Path, hidden: Callable[[], tuple[bytes, ...]]) -> None:
        self._source, self._target, self.hidden = source, target, hidden
        self._at: dict[Path, int] = {}

    def copy(self, *, to_the_end: bool = False) -> None:
        """Copy what is new, as far as its last line is complete; ``to_the_end``: nothing more will come."""
        with contextlib.suppress(OSError):  # a full disk, or a connector that took the files away
            for path in sorted(self._source.glob("*.log")):
                while self._copy_some(path, to_the_end):
                    continue

    def _copy_some(self, path: Path, to_the_end: bool) -> int:
        """Copy at most a piece; return how much that was."""
        at = self._at.get(path, 0)
        with path.open("rb") as file:
            file.seek(at)
            text = file.read(_MOST_AT_ONCE)
        hidden = self.hidden()
        is_last = to_the_end and len(text) < _MOST_AT_ONCE
        end = len(text) if is_last else _safe_end(text, hidden)
        if end:
            self._target.mkdir(parents=True, exist_ok=True)
            with (self._target / path.name).open("ab") as copy:
                copy.write(masked(text[:end], hidden))
            self._at[path] = at + end
        return end


def _safe_end(text: bytes, hidden: Iterable[bytes]) -> int:
    """Return where ``text`` may be cut without cutting a credential in two: after a line, or inside one that never ends."""
    end = text.rfind(b"\n") + 1
    if end or len(text) < _LONGEST_LINE:
        return end
    end = len(text) - _LONGEST_LINE // 2
    places = (text.find(form, max(0, end - len(form) + 1), end + len(form) - 1) for form in hidden)
    return min([end, *(place for place in places if place >= 0)])
