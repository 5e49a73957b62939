"""Imports v3: a CSV file and a mapping of its columns, carried out row by row through the one write path.

Facts: research/hubspot.md section 1.10; names of states, counters and errors are those of the vendor's client. XLSX files,
a second file that refers to the first one, and labels of associations in a column are refused loudly.
"""

from __future__ import annotations

from . import operations
from .running import KIND, SWITCHES, advance, define

__all__ = ["KIND", "MODULES", "SWITCHES", "advance", "define"]

MODULES = (operations,)
