"""Who must not be synced: the filters of a mapping, judged on one record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from .grammar import Exclusion, ObjectMapping, Side
from .moments import date_meaning, months_before


def excluded(obj: ObjectMapping, side: Side, values: Mapping[str, Any], now: datetime) -> str | None:
    """Return the reason of the first exclusion that holds on a record of ``side``, or None.

    A condition on the other side's field does not apply. Texts are compared without letter case and outer blanks,
    `true` the text and true the value are one, and one of several picked values is enough for `in`. ``now`` must be
    aware; months are calendar months, days in UTC; a date that cannot be read counts as blank, thus as too old.
    """
    for exclusion in obj.exclude:
        name = exclusion.crm if side is Side.CRM else exclusion.ma
        if name is not None and _holds(exclusion, values.get(name), now):
            return exclusion.reason
    return None


def _holds(exclusion: Exclusion, raw: Any, now: datetime) -> bool:
    text = _folded(raw)
    if exclusion.any_of:
        wanted = {_folded(value) for value in exclusion.any_of}
        return text in wanted or (";" in text and any(part.strip() in wanted for part in text.split(";")))
    if exclusion.blank is not None:
        return (text == "") is exclusion.blank
    if exclusion.older_than_months is not None:
        day = date_meaning(raw.strip() if isinstance(raw, str) else raw)
        return day is None or day < months_before(now, exclusion.older_than_months).isoformat()
    return text != "" and _pattern(exclusion.matches or "").search(str(raw)) is not None


def _folded(raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, list | tuple | set | frozenset):
        return ";".join(_folded(part) for part in raw)
    return str(raw).strip().casefold()


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
