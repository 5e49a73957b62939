"""Custom events: what may happen to a record (definitions), that it happened (completions), and reading it back.

Facts: research/hubspot.md section 1.10. Event names are `pe{portal}_{name}`. The timeline API of apps is not mocked: its
facts do not suffice, and no synchronisation rests on it.
"""

from __future__ import annotations

from . import completions, definitions, occurrences
from .kept import SWITCHES, define

__all__ = ["MODULES", "SWITCHES", "define"]

MODULES = (definitions, completions, occurrences)
