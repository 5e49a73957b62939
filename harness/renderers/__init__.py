"""RunResult -> text. One file = one format: ``render(result) -> str`` under the file's name; pure, no sockets, no clock.

A renderer module `junit` offers `Junit`: the name of the file it makes and `render`. Adding a format is one new file.
"""

from __future__ import annotations

import gzip
import io
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from syncproof_mocks.discovery import discover
from syncproof_mocks.journal import Entry, Exchange

from ..journal_lines import credentials, journal_pieces, masked, masks
from ..model import RunResult
from ..report_folder import HIDDEN_PREFIX, check_report_folder

JOURNAL = "journal.jsonl.gz"
OUTPUT = "connector-output"


class Renderer(Protocol):
    """One report format."""

    file_name: str

    def render(self, result: RunResult) -> str:
        """Return the whole text of the report."""


@lru_cache(maxsize=1)
def renderers() -> dict[str, type[Renderer]]:
    """Return every format by name (the folder is the registry)."""
    return discover(sys.modules[__name__])


def prepare_report_dir(folder: Path) -> None:
    """Make sure a report can be written: the folder can be made, and holds no result that is not ours to replace.

    Raises InputError with the remedy. Nothing is left behind either way.
    """
    check_report_folder(folder)


def write_reports(
    result: RunResult, journals: Mapping[str, tuple[Entry, ...]], output: Path, folder: Path,
    secrets: Mapping[str, tuple[str, ...]] | None = None,
) -> None:
    """Write every format, the journal and the connector's output into ``folder``; what was there of them is replaced.

    Everything is written into a hidden folder inside first, so that a failure leaves the old report whole, and nothing
    is ever written outside. Other files in the folder are left alone. Neither journal nor output holds credentials:
    ``secrets`` (those of each scenario's world) and what the exchanges used as such are hidden.
    """
    made = _made(folder)
    fresh = Path(tempfile.mkdtemp(prefix=HIDDEN_PREFIX, dir=folder))
    try:
        for kind in renderers().values():
            renderer = kind()
            (fresh / renderer.file_name).write_text(renderer.render(result), "utf-8", newline="\n")
        known = secrets or {}
        used = {scenario_id: credentials(entries) for scenario_id, entries in journals.items()}
        (fresh / JOURNAL).write_bytes(_packed(journals, known, used))
        if output.is_dir():
            _copy_output(output, fresh / OUTPUT, masks(s for each in (known, used) for own in each.values() for s in own))
        _replace(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        for path in made:
            path.rmdir()
        raise
    shutil.rmtree(fresh, ignore_errors=True)


def _made(folder: Path) -> list[Path]:
    """Make the folder; return the folders that had to be made, innermost first."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _copy_output(source: Path, target: Path, hidden: Iterable[bytes]) -> None:
    """Copy the files of the connector's output without credentials; links, which may lead anywhere, are left out."""
    target.mkdir()
    for path in sorted(source.rglob("*")):
        if path.is_symlink():
            continue
        copy = target / path.relative_to(source)
        if path.is_dir():
            copy.mkdir(exist_ok=True)
        elif path.is_file():
            copy.write_bytes(masked(path.read_bytes(), hidden))


def _replace(fresh: Path, folder: Path) -> None:
    """Move the new report in. The connector's output of an older run would be taken for this one's: it always goes."""
    shutil.rmtree(folder / OUTPUT, ignore_errors=True)
    for path in sorted(fresh.iterdir()):
        target = folder / path.name
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        path.replace(target)


def _packed(
    journals: Mapping[str, tuple[Entry, ...]], secrets: Mapping[str, tuple[str, ...]], used: Mapping[str, tuple[str, ...]]
) -> bytes:
    """Return the journal, gzipped without a time stamp, so that equal journals give equal bytes."""
    buffer = io.BytesIO()
    forms = {secret: masks((secret,)) for own in secrets.values() for secret in own}
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, compresslevel=1) as packed:
        for scenario_id, entries in journals.items():
            hidden = (*secrets.get(scenario_id, ()), *_brought_along(entries, forms))
            for lines in journal_pieces(scenario_id, entries, hidden, used[scenario_id]):
                packed.write(lines)
    return buffer.getvalue()


def _brought_along(entries: Iterable[Entry], forms: Mapping[str, Iterable[bytes]]) -> tuple[str, ...]:
    """Return the secrets of any world that stand in the addresses of requests; ``forms`` is secret -> how it may be written.

    Each world has secrets of its own. Where a connector brings one along from another, it is found as a credential in headers
    and bodies (`credentials`) and by this in addresses; to look for all of them in all texts took longer than to judge.
    """
    asked = "\n".join(f"{e.path}?{e.query}" for e in entries if isinstance(e, Exchange)).encode("utf-8", "replace")
    return tuple(secret for secret, written in forms.items() if any(form in asked for form in written))
