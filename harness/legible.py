"""Values and foreign text made safe and legible for eyes: every report shows data only through these functions.

A value under test may hold anything: control characters that drive a terminal, direction overrides that reorder the
line they stand in, ten kilobytes of text. What cannot be seen is named, what is too long is cut and says so.
"""

from __future__ import annotations

import re
from typing import Any

# Controls (but tab and newline), format characters that reorder or hide text, line separators, lone surrogates. The
# zero-width joiner stays: emoji are built with it.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# In a value even these matter: `600 123` with a no-break space is not the `600 123` that was expected.
_LOOKALIKE = re.compile("[\r\u00a0\u2000-\u200a\u202f\u3000\u3164]")
MOST_VALUE = 300
BLANK = "blank"


def visible(text: str) -> str:
    """Return ``text`` with every character that cannot be seen or reorders the line written as ``⟨U+202E⟩``."""
    return _UNSEEN.sub(_named, text) if _UNSEEN.search(text) else text


def _named(match: re.Match[str]) -> str:
    # The return of a Windows line end is no surprise; everything else is.
    return "" if match.group() == "\r" and match.string[match.end() : match.end() + 1] == "\n" else f"⟨U+{ord(match.group()):04X}⟩"


def cut(text: str, most: int) -> str:
    """Return at most ``most`` characters of ``text``; what is left out is counted."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def one_line(text: str, most: int = 600) -> str:
    """Return ``text`` visible, cut and on one line."""
    return visible(" ".join(cut(text, most).split()))


def say(value: Any, most: int = MOST_VALUE) -> str:
    """Return a value as a person reads it: nothing is `blank`, a list is joined with commas, long text is cut."""
    if value is None:
        return BLANK
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (list, tuple, set, frozenset)):
        parts = [say(v, most) for v in value]
        joined = ", ".join(sorted(parts) if isinstance(value, (set, frozenset)) else parts)
        return cut("{" + joined + "}", most)
    if value == "":
        return "empty text"
    return _exact(cut(str(value), most))


def _exact(text: str) -> str:
    return visible(_LOOKALIKE.sub(lambda m: f"⟨U+{ord(m.group()):04X}⟩", text))


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return `1 person`, `2,000 people`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Return seconds as a person says them: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 05 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, left = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {left:02d} s"
    return f"{minutes // 60:,} h {minutes % 60:02d} min"


def differing(expected: str, found: str) -> tuple[str, str, str] | None:
    """Return ``found`` as (same, different, same) next to ``expected``; None when they have too little in common."""
    if expected == found or not found or max(len(expected), len(found)) > MOST_VALUE:
        return None
    shorter = min(len(expected), len(found))
    head = next((i for i in range(shorter) if expected[i] != found[i]), shorter)
    tail = next((i for i in range(shorter - head) if expected[-1 - i] != found[-1 - i]), shorter - head)
    if head + tail < max(3, shorter // 2):
        return None
    return found[:head], found[head : len(found) - tail], found[len(found) - tail :]
