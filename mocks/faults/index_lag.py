"""The vendor's search does not know yet what was saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..troubles import FromThePast


@dataclass
class IndexLag(FromThePast):
    """Let searches see the records as they were ``lag_s`` ago; whoever asks for a record by its id sees it as it is."""

    trouble: ClassVar[str] = "index_lag"
