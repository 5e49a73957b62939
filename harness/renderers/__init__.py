"""RunResult -> text. One file = one format: ``render(result) -> str`` under the file's name; pure, no sockets, no clock.

A renderer module `junit` offers `Junit`: the name of the file it makes and `render`. Adding a format is one new file.
"""

from __future__ import annotations

import gzip
import io
import shutil
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import orjson
from syncproof_mocks.discovery import discover
from syncproof_mocks.journal import Entry

from ..errors import InputError, Problem
from ..journal_lines import journal_lines
from ..model import RunResult

SCHEMA = 1


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
    """Make sure a report can be written: the folder can be made, and holds no result of a newer schema.

    Raises InputError with the remedy; leaves nothing behind then.
    """
    old = folder / "result.json"
    if old.exists():
        found = _schema_of(old)
        if not isinstance(found, int) or found > SCHEMA:
            raise InputError([Problem(str(old), f"it has schema {found!r}; this version writes schema {SCHEMA}.",
                                      "Give another folder with --report, or delete it.")])
    existed = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".syncproof-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise InputError([Problem(str(folder), f"the report folder cannot be written: {error.strerror}.",
                                  "Give another folder with --report.")]) from error
    if not existed:
        folder.rmdir()


def _schema_of(path: Path) -> object:
    try:
        loaded = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return "unreadable"
    return loaded.get("schema", "none") if isinstance(loaded, dict) else "none"


def write_reports(
    result: RunResult, journals: Mapping[str, tuple[Entry, ...]], output: Path, folder: Path, secrets: tuple[str, ...] = ()
) -> None:
    """Write every format, the journal and the connector's output into ``folder``; what was there is replaced.

    Everything is written beside the folder first, so that a failure leaves the old report whole.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.parent / f".{folder.name}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    try:
        for kind in renderers().values():
            renderer = kind()
            (fresh / renderer.file_name).write_text(renderer.render(result), "utf-8")
        (fresh / "journal.jsonl.gz").write_bytes(_packed(journals, secrets))
        if output.is_dir():
            shutil.copytree(output, fresh / "connector-output")
        _replace(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _replace(fresh: Path, folder: Path) -> None:
    """Move the new report in; a folder that holds other things keeps them."""
    folder.mkdir(exist_ok=True)
    for path in sorted(fresh.iterdir()):
        target = folder / path.name
        if target.is_dir():
            shutil.rmtree(target)
        path.rename(target)


def _packed(journals: Mapping[str, tuple[Entry, ...]], secrets: tuple[str, ...]) -> bytes:
    """Return the journal, gzipped without a time stamp, so that equal journals give equal bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, compresslevel=5) as packed:
        for scenario_id, entries in journals.items():
            for line in journal_lines(scenario_id, entries, secrets):
                packed.write(line)
                packed.write(b"\n")
    return buffer.getvalue()
