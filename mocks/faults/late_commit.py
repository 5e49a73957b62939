"""The vendor stamps a change before anybody can see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..troubles import FromThePast


@dataclass
class LateCommit(FromThePast):
    """Let queries see the records as they were ``lag_s`` ago: a change turns up later than its own stamp says. Salesforce only."""

    trouble: ClassVar[str] = "late_commit"
