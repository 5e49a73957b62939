"""The end of an error message: what the author may have meant, and what was possible."""

from __future__ import annotations

from collections.abc import Iterable

from .complaints import did_you_mean


def suggest(given: str, known: Iterable[str], limit: int = 40) -> str:
    """Return `` (did you mean `x`?); known: a, b``, without a full stop; the list is cut after ``limit`` words."""
    words = list(known)
    close = did_you_mean(given, words)
    shown = ", ".join(words[:limit]) + (f" and {len(words) - limit} more" if len(words) > limit else "")
    return (f" ({close[0].lower()}{close[1:]})" if close else "") + (f"; known: {shown}" if words else "")
