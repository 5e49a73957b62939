"""Whether a report may go into a folder: asked before anything starts, and without leaving anything behind."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from .errors import InputError, Problem
from .held_folders import hold

RESULT_SCHEMA = 1
# Where a run keeps its evidence until the report is there; the note inside shows that the folder is ours.
UNFINISHED, NOTE = "unfinished", "READ-ME.txt"
# What is only there while something is written; left behind by a run that was killed meanwhile.
HIDDEN_PREFIX = ".syncproof-"
# A result beyond this size is cut here, cannot be parsed then, and is left alone.
_LARGEST_RESULT = 500_000_000


def check_report_folder(folder: Path) -> None:
    """Raise InputError when the folder is a file, cannot be written, holds a result that is not ours to replace, or is in use.

    Whatever has to be made to find that out is removed again.
    """
    problem = _result_problem(folder / "result.json") or _write_problem(folder) or run_problem(folder / UNFINISHED)
    if problem:
        raise InputError([problem])


def run_problem(path: Path) -> Problem | None:
    """Return why the folder for the evidence of an unfinished run cannot be ours: it is no folder of ours, or it is in use."""
    if not path.exists() and not path.is_symlink():
        return None
    if path.is_symlink() or not path.is_dir() or (any(path.iterdir()) and not (path / NOTE).is_file()):
        said = "this is in the place where an unfinished run keeps its evidence, and it is not ours."
        return Problem(str(path), said, "Move it away, or give another `--report`.")
    held = hold(path)
    if held is None:
        return Problem(str(path), "another run is writing its report here now.", "Wait for its end, or give another `--report`.")
    held.let_go()
    return None


def _write_problem(folder: Path) -> Problem | None:
    if folder.exists() and not folder.is_dir():
        return Problem(str(folder), "this is a file; a report is a folder.", "Give another `--report`.")
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    made: list[Path] = []
    try:
        for path in reversed(missing):
            path.mkdir()
            made.append(path)
        descriptor, probe = tempfile.mkstemp(prefix=HIDDEN_PREFIX, dir=folder)
        os.close(descriptor)
        Path(probe).unlink()
    except OSError as error:
        return Problem(str(folder), f"the report folder cannot be written: {error.strerror}.", "Give another `--report`.")
    finally:
        for path in reversed(made):
            path.rmdir()
    return None


def _result_problem(path: Path) -> Problem | None:
    remedy = "Move it away, or give another `--report`."
    try:
        text = path.read_bytes()[:_LARGEST_RESULT].decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return Problem(str(path), f"the result that is there cannot be read: {error.strerror}.", remedy)
    schema = _schema_of(text)
    if schema == RESULT_SCHEMA:
        return None
    if schema is None:
        return Problem(str(path), "this is not a result of Syncproof, so it is not overwritten.", remedy)
    age, writes = ("newer", "writes") if schema > RESULT_SCHEMA else ("older", "reads and writes")
    said = f"this result has the {age} schema {schema}; this Syncproof {writes} {RESULT_SCHEMA}, so it is not overwritten."
    return Problem(str(path), said, remedy)


def _schema_of(text: str) -> int | None:
    """Return the schema number, 0 for a Syncproof result from before there was one, None for anything else."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("schema", 0), int):
        return None
    if "schema" in data:
        return int(data["schema"])
    return 0 if "syncproof" in data else None
