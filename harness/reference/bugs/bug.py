"""What is known of one switchable mistake."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    """One mistake: its name, the class of `docs/bug-classes.md`, a public report of it, and what goes wrong."""

    name: str
    bug_class: str
    citation: str
    what: str
