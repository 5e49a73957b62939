"""The one door to mappings: a file in either form."""

from __future__ import annotations

import importlib
from pathlib import Path

from ..errors import InputError, Problem
from .grammar import Mapping
from .yaml_form import load_yaml_mapping


def load_mapping(path: Path | str) -> Mapping:
    """Return the mapping of a `.yaml`, `.yml` or `.xlsx` file. Raises InputError with all its problems."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        return load_yaml_mapping(path)
    if suffix == ".xlsx":
        # openpyxl takes a quarter of a second to import; a YAML mapping does not pay for it.
        from .excel_form import load_excel_mapping

        return load_excel_mapping(path)
    remedy = "Save it as .xlsx." if suffix in (".xls", ".xlsm", ".xlsb", ".ods", ".csv") else ""
    raise InputError(
        [Problem(str(path), f"a mapping is a .yaml, .yml or .xlsx file, not `{suffix or path.name}`.", remedy)]
    )


def default_mapping_path() -> Path:
    """Return the YAML form of the mapping that ships with Syncproof (Salesforce - HubSpot)."""
    package = importlib.import_module("syncproof_scenarios")
    return Path(str(package.__file__)).parent / "salesforce_hubspot" / "mapping.yaml"
