"""The language of scenario files as a JSON Schema, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from .grammar import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file, every known step included."""
    found = Scenario.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **found, "title": "Syncproof scenario"}
