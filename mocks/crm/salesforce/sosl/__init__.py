"""SOSL over an org: `parse` reads a statement and its search words, `run_search` finds the records that hold them.

What a search reads is declared here: the words of the text fields of the group asked for (`fields_of`). How the vendor's
index cuts words, ranks and stems is not documented enough to copy, so every answer says that it rests on
`salesforce.search_words`: whole words without regard to case, in order of creation.
"""

from __future__ import annotations

from .engine import Returning, Searched, fields_of, run_search
from .parse import Statement, parse_statement
from .words import parse_words

__all__ = [
    "Returning",
    "Searched",
    "Statement",
    "fields_of",
    "parse_statement",
    "parse_words",
    "run_search",
]
