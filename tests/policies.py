"""The default mapping under other rules of conflict: the CRM is master, the MA is master, the latest edit wins."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from syncproof.mapping.grammar import Mapping
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import default_mapping_file

POLICIES: dict[str, dict[str, Any]] = {
    "default": {},
    "crm_master": {"direction": "crm_to_ma", "enforce": "always", "blank": "clear"},
    "ma_master": {"direction": "ma_to_crm", "enforce": "on_change", "blank": "clear"},
    "latest": {"direction": "both", "winner": "latest", "blank": "clear"},
}
CREATES = {"crm_master": "crm_to_ma", "ma_master": "ma_to_crm"}


def write_mapping(policy: str, folder: Path) -> Path:
    """Write the mapping of a policy and return its path; keys, consents, companies and what never travels stay as they are."""
    raw = yaml.safe_load(default_mapping_file().read_text())
    raw["mapping"] = f"{raw['mapping']} {policy}"
    for obj in raw["objects"]:
        if policy in CREATES and obj["object"] != "company":
            # Who is master of everything is also where people come from; the other side would have to invent what it may not take.
            obj["creates"] = [way for way in obj["creates"] if way == CREATES[policy]]
        keys = {match["crm"] for match in obj["match"]}
        for rule in obj["fields"]:
            fixed = obj["object"] == "company" or rule["crm"] in keys or "consent" in rule or rule.get("direction") == "none"
            if POLICIES[policy] and not fixed:
                for word in ("direction", "winner", "enforce", "blank"):
                    rule.pop(word, None)
                rule.update(POLICIES[policy])
    path = folder / f"{policy}.yaml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True))
    return path


@cache
def mapping_of(policy: str) -> Mapping:
    """Return the mapping of a policy, read as a user's file would be."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return load_mapping(write_mapping(policy, Path(folder)))
