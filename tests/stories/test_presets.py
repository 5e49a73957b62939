"""A mapping by a preset, end to end: the reference connector obeys it cell by cell, and one that does not is found out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from syncproof.sandbox import default_mapping_file
from tests.stories.test_go_live import syncproof

pytestmark = pytest.mark.slow

_RULES = ("direction", "winner", "blank", "enforce")


def mapping_by(preset: str, folder: Path) -> Path:
    """Write the default mapping with the preset's rules in place of its own, for plain fields of contacts."""
    raw = yaml.safe_load(default_mapping_file().read_text())
    raw["preset"] = preset
    raw["objects"] = [o for o in raw["objects"] if o["object"] in ("company", "contact")]
    for obj in raw["objects"]:
        keys = {match["crm"] for match in obj["match"]}
        for number, rule in enumerate(obj["fields"]):
            if rule["crm"] in keys or obj["object"] == "company":
                # Who is who stays as it is: spelled out, against the preset's own word.
                rule.update({"rule": "dont_sync", "direction": rule.get("direction", "both")})
            elif "consent" not in rule and rule.get("direction") != "none":
                for word in _RULES:
                    rule.pop(word, None)
                if preset == "hubspot-salesforce" and number % 3:
                    rule["rule"] = ("always_use_salesforce", "two_way")[number % 3 - 1]
    (folder / "mapping.yaml").write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True))
    return folder / "mapping.yaml"


def run(folder: Path, preset: str, *words: str) -> tuple[int, dict[str, Any], str]:
    mapping = mapping_by(preset, folder)
    done = syncproof("run", "overwrite/contact_matrix", "--mapping", str(mapping), "--report", "out", *words, cwd=folder)
    result = json.loads((folder / "out/result.json").read_text())["scenarios"][0] if (folder / "out/result.json").exists() else {}
    return done.returncode, result, done.stdout[-3000:] + done.stderr[-2000:]


def test_the_reference_connector_obeys_a_preset_in_every_cell(tmp_path: Path) -> None:
    code, result, told = run(tmp_path, "hubspot-salesforce")

    assert code == 0, told
    assert len(result["matrix"]) > 100
    assert {cell["verdict"] for cell in result["matrix"]} == {"PASS"}


def test_a_connector_that_breaks_a_rule_of_the_preset_is_found_out(tmp_path: Path) -> None:
    code, result, told = run(tmp_path, "hubspot-salesforce", "--bug", "clear_not_propagated")

    assert code == 1, told
    assert "FIELD-004" in {f["rule"] for f in result["findings"]}
