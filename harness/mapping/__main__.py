"""`python -m syncproof.mapping`: write mapping.xlsx anew beside the mapping.yaml that ships."""

from __future__ import annotations

from .excel_writer import write_excel_mapping
from .load import default_mapping_path, load_mapping

if __name__ == "__main__":
    write_excel_mapping(load_mapping(default_mapping_path()), default_mapping_path().with_suffix(".xlsx"))
