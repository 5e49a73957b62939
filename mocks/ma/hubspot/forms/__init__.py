"""Forms: their definitions, what people send to them, and what that does to contacts and consent.

Facts: research/hubspot.md 1.8, 1.10, probe 21.
"""

from ....store import Store
from . import consent, definitions, intake, submissions, v2
from .definitions import add

MODULES = (definitions, submissions, v2)
SWITCHES = consent.SWITCHES

__all__ = ["MODULES", "SWITCHES", "add", "define"]


def define(store: Store) -> None:
    """Declare all kinds of this part."""
    for part in (definitions, intake):
        part.define(store)
