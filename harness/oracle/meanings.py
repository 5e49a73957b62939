"""What a raw value means under a rule, remembered: the same texts stand in several states and are asked for in each."""

from __future__ import annotations

from typing import Any

from syncproof_mocks.schema import FieldType

from ..mapping.grammar import FieldRule, Side
from ..mapping.meaning import neutral

_MOST_RULES, _MOST_TEXTS = 500, 5_000
_UNKNOWN: Any = object()
# By identity: a rule is compared with itself alone, and hashing one costs more than the answer.
_known: dict[tuple[int, Side | None], tuple[FieldRule, dict[str, Any]]] = {}
# Only the words of a list are others on each side.
_SIDED = (FieldType.PICKLIST, FieldType.MULTI_PICKLIST)


def meaning_of(rule: FieldRule, side: Side, raw: Any) -> Any:
    """Return the neutral value of ``raw`` on a side; a boolean that was never set is False."""
    if raw is None:
        return False if rule.type is FieldType.BOOLEAN else None
    if type(raw) is not str:
        return _meaning(rule, side, raw)
    texts = _texts(rule, side)
    found = texts.get(raw, _UNKNOWN)
    if found is _UNKNOWN:
        found = _meaning(rule, side, raw)
        if len(texts) >= _MOST_TEXTS:
            texts.clear()
        texts[raw] = found
    return found


def _texts(rule: FieldRule, side: Side) -> dict[str, Any]:
    key = id(rule), side if rule.type in _SIDED else None
    known = _known.get(key)
    if known is None or known[0] is not rule:
        if len(_known) >= _MOST_RULES:
            _known.clear()
        known = _known[key] = (rule, {})
    return known[1]


def _meaning(rule: FieldRule, side: Side, raw: Any) -> Any:
    value = neutral(rule, side, raw)
    return False if value is None and rule.type is FieldType.BOOLEAN else value
