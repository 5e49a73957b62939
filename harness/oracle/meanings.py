"""What a raw value means under a rule, remembered: the same texts stand in several states and are asked for in each."""

from __future__ import annotations

from typing import Any

from syncproof_mocks.schema import FieldType

from ..mapping.grammar import FieldRule, Side
from ..mapping.meaning import neutral

_MOST_RULES, _MOST_TEXTS = 500, 5_000
_UNKNOWN: Any = object()
# rule -> (rule, texts of the CRM, texts of the MA), by identity: a rule is compared with itself alone, and hashing one costs
# more than the answer. Only the words of a list are others on each side: the rest share one dict.
_known: dict[int, tuple[FieldRule, dict[str, Any], dict[str, Any]]] = {}
_SIDED = (FieldType.PICKLIST, FieldType.MULTI_PICKLIST)


def meaning_of(rule: FieldRule, side: Side, raw: Any) -> Any:
    """Return the neutral value of ``raw`` on a side; a boolean that was never set is False."""
    if raw is None:
        return False if rule.type is FieldType.BOOLEAN else None
    if type(raw) is not str:
        return _meaning(rule, side, raw)
    known = _known.get(id(rule))
    if known is None or known[0] is not rule:
        known = _remembered(rule)
    texts = known[1] if side is Side.CRM else known[2]
    found = texts.get(raw, _UNKNOWN)
    if found is _UNKNOWN:
        found = _meaning(rule, side, raw)
        if len(texts) >= _MOST_TEXTS:
            texts.clear()
        texts[raw] = found
    return found


def _remembered(rule: FieldRule) -> tuple[FieldRule, dict[str, Any], dict[str, Any]]:
    if len(_known) >= _MOST_RULES:
        _known.clear()
    texts: dict[str, Any] = {}
    known = _known[id(rule)] = (rule, texts, {} if rule.type in _SIDED else texts)
    return known


def _meaning(rule: FieldRule, side: Side, raw: Any) -> Any:
    value = neutral(rule, side, raw)
    return False if value is None and rule.type is FieldType.BOOLEAN else value
