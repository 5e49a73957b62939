"""The bugs that can be switched on, one real connector's mistake each: the suite must catch every one of them.

The correct connector has none of them on. The code asks `Bugs.on` at the place where a programmer would have made
the mistake; nothing else in the program knows that bugs exist. One file per family of mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..failures import ConfigurationError
from . import consents, identity, lifecycle, reading, values, weather, webhooks
from .bug import Bug

__all__ = ["BUGS", "Bug", "Bugs"]

_FAMILIES = (consents, identity, values, lifecycle, reading, webhooks, weather)
BUGS: tuple[Bug, ...] = tuple(sorted((b for family in _FAMILIES for b in family.BUGS), key=lambda b: b.bug_class))

_BY_NAME = {bug.name: bug for bug in BUGS}
assert len(_BY_NAME) == len(BUGS), "two bugs have one name"


class Bugs:
    """The bugs switched on in this run."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Raises ConfigurationError for a name that no bug has."""
        wanted = [name.strip() for name in names if name.strip()]
        unknown = [name for name in wanted if name not in _BY_NAME]
        if unknown:
            raise ConfigurationError(f"SYNC_BUGS: no bug `{', '.join(unknown)}`; known: {', '.join(_BY_NAME)}")
        self._on = frozenset(wanted)

    def on(self, name: str) -> bool:
        """Tell whether the bug is switched on; a name that does not exist is a programming error."""
        assert name in _BY_NAME, name
        return name in self._on
