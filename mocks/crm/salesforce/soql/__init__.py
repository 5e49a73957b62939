"""SOQL over an org: `run_query` parses, compiles and answers a query as Salesforce would, or refuses it in its words."""

from __future__ import annotations

from .columns import column_metadata
from .engine import run_query
from .errors import SoqlError
from .fields import compound_address
from .source import ColumnShape, QueryResult, Source

__all__ = [
    "ColumnShape",
    "QueryResult",
    "SoqlError",
    "Source",
    "column_metadata",
    "compound_address",
    "run_query",
]
