"""A Singer pipeline as people write one around a tap: discover, select, read from where the last run stopped, keep the state.

The tap (first word, beside this Python) is a program of its own and is not touched. TAP_CONFIG is its configuration as
JSON, STREAMS the streams to read; STATE_DIR keeps the configuration, the catalogue, the state and `records-N.jsonl`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

STATE_DIR = Path(os.environ["STATE_DIR"])
CONFIG, CATALOG, STATE = (STATE_DIR / name for name in ("config.json", "catalog.json", "state.json"))


def tap(output: Path, *words: str) -> None:
    program = Path(sys.executable).parent / sys.argv[1]
    with output.open("wb") as file:
        subprocess.run([program, "--config", CONFIG, *words], stdout=file, check=True)


def select(catalog: dict, streams: list[str]) -> dict:
    """Mark the streams, and every field of them that the tap can read, as wanted."""
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            about = entry["metadata"]
            if stream["tap_stream_id"] in streams:
                about["selected"] = about.get("inclusion") != "unsupported"
                keys = about.get("valid-replication-keys")
                if not entry["breadcrumb"] and keys:
                    about |= {"replication-method": "INCREMENTAL", "replication-key": keys[0]}
    return catalog


def main() -> None:
    CONFIG.write_text(os.environ["TAP_CONFIG"])
    if not CATALOG.exists():
        tap(CATALOG, "--discover")
        found = json.loads(CATALOG.read_text())
        CATALOG.write_text(json.dumps(select(found, os.environ["STREAMS"].split())))
    output = STATE_DIR / f"records-{len(list(STATE_DIR.glob('records-*'))) + 1}.jsonl"
    tap(output, "--properties", CATALOG, *(["--state", STATE] if STATE.exists() else []))
    states = [m["value"] for m in map(json.loads, output.read_text().splitlines()) if m["type"] == "STATE"]
    STATE.write_text(json.dumps(states[-1]))


main()
