"""What must catch each bug of the reference connector, one file per family as in `reference/bugs/`."""

from __future__ import annotations

from ..expectation import Expectation
from . import consents, identity, lifecycle, reading, values, weather, webhooks

_FAMILIES = (consents, identity, values, lifecycle, reading, webhooks, weather)

EXPECTED: dict[str, Expectation] = {name: e for family in _FAMILIES for name, e in family.EXPECTED.items()}
# Bug classes that cannot occur with the systems at hand, and why; counted apart, never as detected.
NOT_APPLICABLE: dict[str, str] = {c: why for family in _FAMILIES for c, why in family.NOT_APPLICABLE.items()}
# Bug classes that could occur and that no variant shows yet, and why.
NOT_REACHED: dict[str, str] = {c: why for family in _FAMILIES for c, why in family.NOT_REACHED.items()}
