"""A mapping for programs: with everything that its preset says spelled out, so that nobody else needs to know presets."""

from __future__ import annotations

from pathlib import Path

import yaml

from .grammar import Mapping


def written_out(mapping: Mapping, path: Path, folder: Path) -> Path:
    """Return the mapping file a connector is given: the user's own, or its spelled-out copy when it rests on a preset.

    The copy goes to ``folder``. Raises OSError when it cannot be written.
    """
    if not mapping.preset:
        return path
    told = mapping.model_dump(mode="json", by_alias=True, exclude_none=True)
    del told["preset"]
    for obj in told["objects"]:
        for rule in obj["fields"]:
            del rule["rule"]
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "mapping.yaml"
    copy.write_text(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), "utf-8")
    return copy
