"""What a right request looks like: the words with which the recipes of the vendors are written.

Texts may name what an org has: `{contacts}` the id of some living record of a kind, `{list}` whatever the making of that
name makes (once per org, when first asked for), `{n}` a fresh number, `{int:vid}` the same as a number instead of a text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Right:
    """A right request for one operation; what it leaves out is the vendor's usual value (``PARAMS``) or nothing."""

    params: dict[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    bodies: tuple[Any, ...] = ()
    form: dict[str, str] | None = None
    kind: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Making:
    """How something is made that only the wire can make; ``told`` finds its name in the answer (headers, then body)."""

    method: str
    path: str
    body: Any = None
    told: str = r'"id":"?([\w-]+)'
    kind: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
