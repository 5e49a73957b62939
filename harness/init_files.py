"""`syncproof init`: the first files in a user's repository. All of them or none; nothing is overwritten."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from .errors import InputError, Problem
from .mapping.load import default_mapping_path

CONNECTOR = """\
# The program under test, and how it is started. Reference: `syncproof run --help` and the documentation.
connector: my-connector
systems: {crm: salesforce, ma: hubspot}
mapping: mapping.yaml
network: direct
start:
  # This is the connector that ships with Syncproof, so that a first run works. Put the command of yours here.
  # It is a list of words, without a shell; the program is looked for in PATH, or beside this file if it has a slash.
  # One that runs all the time stands under `service:`, one that is asked over HTTP under `http:`, a function of yours
  # under `python: "module:function"`; docs/connector.md has an example of each.
  command: [python3, -m, syncproof.reference]
  timeout_s: 120
env:
  # The environment it gets: this, PATH, a private HOME and a fixed locale, nothing else.
  SF_INSTANCE_URL: "{crm.url}"
  SF_ACCESS_TOKEN: "{crm.token}"
  HUBSPOT_BASE_URL: "{ma.url}"
  HUBSPOT_TOKEN: "{ma.token}"
  MAPPING_FILE: "{mapping_file}"
  # Empty at the start of each scenario, kept between its syncs: for id maps and cursors.
  STATE_DIR: "{state_dir}"
success: {exit_codes: [0]}
"""

SCENARIO = """\
# One story: people, what happens, and what must hold afterwards. The checks run by themselves;
# `syncproof list checks` names them, `syncproof list steps` names what can happen.
title: An unsubscribed person stays unsubscribed
why: Somebody unsubscribes in marketing, then sales edits the same person. The next sync must not mail them again.
classes: [B001]
population:
  total: 12
  kinds: {customer: 1}
  consent: {subscribed: 1}
steps:
  - sync
  - opt_out: {side: ma, who: {index: 3}}
  - edit: {side: crm, who: {index: 3}, set: {Phone: $fresh}}
  - sync
  - sync: {expect: quiet}
"""

WORKFLOW = """\
# Runs the scenarios of this repository against its connector on every change.
name: syncproof
on: [push, pull_request]
jobs:
  sync:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install "syncproof[reference]"
      - run: syncproof run --connector connector.yaml tests/sync --report reports/latest
      - uses: actions/upload-artifact@v4
        if: always()
        with: {name: syncproof-report, path: reports/latest}
"""


def init_texts() -> dict[str, str]:
    """Return what is written, by path relative to the folder."""
    return {
        "connector.yaml": CONNECTOR.replace("[python3,", f"[{json.dumps(_python())},", 1),
        "mapping.yaml": default_mapping_path().read_text("utf-8"),
        "tests/sync/unsubscribed.scenario.yaml": SCENARIO,
        ".github/workflows/syncproof.yml": WORKFLOW,
    }


def _python() -> str:
    """Return `python3` when that is the Python that Syncproof is installed in, else the path of that one."""
    found = shutil.which("python3")
    ours = found is not None and Path(found).absolute().parent == Path(sys.executable).absolute().parent
    return "python3" if ours else sys.executable


def write_init_files(folder: Path) -> list[Path]:
    """Write the first files and return their paths. Raises InputError, with nothing written, when one exists."""
    wanted = {folder / name: text for name, text in init_texts().items()}
    there = [path for path in wanted if path.exists()]
    if there:
        raise InputError(Problem(str(p), "this file exists already.", "Move it away, or choose another folder.") for p in there)
    written: list[Path] = []
    made: list[Path] = []
    try:
        for path, text in wanted.items():
            made.extend(_make_folders(path.parent))
            path.write_text(text, "utf-8")
            written.append(path)
    except OSError as error:
        for path in reversed(written):
            path.unlink()
        for path in reversed(made):
            path.rmdir()
        raise InputError([Problem(str(folder), f"cannot be written: {error.strerror}.", "Choose another folder.")]) from error
    return written


def _make_folders(folder: Path) -> list[Path]:
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    for path in reversed(missing):
        path.mkdir()
    return list(reversed(missing))
