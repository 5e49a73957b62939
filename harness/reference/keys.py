"""Match keys: the form in which both systems' values are compared, and which of several namesakes is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .bugs import Bugs
from .contract import ObjectContract
from .conversion import folded, from_crm, from_ma

Row = Mapping[str, Any]


def match_key(value: Any, bugs: Bugs) -> str:
    """Return a key without letter case and outer blanks (no-break spaces too); blank is an empty text.

    What stands behind a plus sign counts: it makes another address.
    """
    if value is not None and bugs.on("case_sensitive_keys"):
        return str(value).strip()
    if value is not None and bugs.on("blanks_kept_in_keys"):
        return str(value).casefold()
    key = folded(value)
    if bugs.on("plus_tag_stripped") and "@" in key:
        name, _, domain = key.partition("@")
        return f"{name.partition('+')[0]}@{domain}"
    return key


def agreement(contract: ObjectContract, crm: Row, ma: Row) -> int:
    """Return in how many mapped fields two records agree: it tells which of several people with one address is meant."""
    pairs = ((from_crm(rule, crm.get(rule.crm)), from_ma(rule, ma.get(rule.ma))) for rule in contract.rules)
    return sum(1 for left, right in pairs if left is not None and left is not False and left == right)
