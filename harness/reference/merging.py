"""The three-way merge of one field: what both sides hold, what they last agreed on, and the mapping's rule.

Pure functions. A blank never overwrites a value unless the rule says `blank: clear` and a person cleared it; a
master's stray copy is put back only with `enforce: always`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .bugs import Bugs
from .contract import Rule
from .conversion import Neutral


class Unknown(Enum):
    """The two sides never agreed on a value: they were linked only now."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
Base = Neutral | Unknown


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one field. ``agree``: the value becomes the common base once it stands on both sides."""

    value: Neutral = None
    to_crm: bool = False
    to_ma: bool = False
    agree: bool = False
    conflict: str = ""  # the side that won, when both had been edited


NOTHING = Decision()


def is_contested(rule: Rule, crm: Neutral, ma: Neutral, base: Base) -> bool:
    """Tell whether the decision needs to know which side was edited last."""
    if rule.winner != "latest" or rule.direction != "both" or crm == ma:
        return False
    if base is UNKNOWN:
        return crm is not None and ma is not None
    return base not in (crm, ma)


def merge(rule: Rule, crm: Neutral, ma: Neutral, base: Base, later: Callable[[], str], bugs: Bugs) -> Decision:
    """Return what to do with one field; ``later`` names the side edited last and is asked only when it decides."""
    if rule.direction == "none":
        return NOTHING
    if crm == ma:
        echo = bugs.on("echo") or (base is UNKNOWN and bugs.on("full_resync_rewrites"))
        return Decision(crm, agree=True, to_ma=echo and rule.direction != "ma_to_crm",
                        to_crm=echo and rule.direction != "crm_to_ma")
    if rule.fill == "only":
        return _fill(rule, crm, ma)
    if rule.direction in ("crm_to_ma", "ma_to_crm") and not bugs.on("direction_unheeded"):
        return _one_way(rule, crm, ma, base, bugs)
    if base is UNKNOWN:
        return _first_contact(rule, crm, ma, later, bugs)
    return _two_way(rule, crm, ma, base, later, bugs)


def _one_way(rule: Rule, crm: Neutral, ma: Neutral, base: Base, bugs: Bugs) -> Decision:
    master, reader, value, other = ("crm", "ma", crm, ma) if rule.direction == "crm_to_ma" else ("ma", "crm", ma, crm)
    if rule.fill == "back" and value is None:
        return _fill_back(rule, master, other, base, bugs)
    return _follow(rule, reader, value, base, bugs)


def _two_way(rule: Rule, crm: Neutral, ma: Neutral, base: Base, later: Callable[[], str], bugs: Bugs) -> Decision:
    if ma == base:
        return _carry(rule, "ma", crm, bugs)
    if crm == base:
        return _carry(rule, "crm", ma, bugs)
    winner = _winner(rule, crm, ma, later, bugs)
    value = crm if winner == "crm" else ma
    if _is_blank(value, bugs) and not _clears(rule, bugs) and not bugs.on("blank_overwrites"):
        # The winner was emptied, and here a clear does not count: the other side's new value stands.
        winner, value = ("ma", ma) if winner == "crm" else ("crm", crm)
    return Decision(value, to_crm=winner == "ma", to_ma=winner == "crm", agree=True, conflict=winner)


def _follow(rule: Rule, reader: str, master: Neutral, base: Base, bugs: Bugs) -> Decision:
    """One direction only: the reading side follows its master."""
    if _is_blank(master, bugs):
        # Without a memory nobody can tell a field that was emptied from one that was never filled: the value stays.
        cleared = (base is not UNKNOWN and base != master) or rule.enforce == "always"
        return _write(reader, master) if cleared and (_clears(rule, bugs) or bugs.on("blank_overwrites")) else NOTHING
    if base is UNKNOWN or base != master or rule.enforce == "always":
        return _write(reader, master)
    return NOTHING


def _fill_back(rule: Rule, master: str, value: Neutral, base: Base, bugs: Bugs) -> Decision:
    """The master holds nothing: the reading side fills it, unless a person has just emptied it and the rule clears."""
    was_emptied = base is not UNKNOWN and base is not None
    if was_emptied and _clears(rule, bugs):
        return _write("ma" if master == "crm" else "crm", None)
    return _write(master, value)


def _fill(rule: Rule, crm: Neutral, ma: Neutral) -> Decision:
    """Blanks are filled, nothing is overwritten."""
    if crm is not None and ma is not None:
        return NOTHING
    reader, value, way = ("crm", ma, "ma_to_crm") if crm is None else ("ma", crm, "crm_to_ma")
    return _write(reader, value) if rule.direction in ("both", way) else NOTHING


def _carry(rule: Rule, reader: str, value: Neutral, bugs: Bugs) -> Decision:
    """One side was edited since they agreed: its value travels, a clear only where the rule lets it."""
    if _is_blank(value, bugs) and not _clears(rule, bugs) and not bugs.on("blank_overwrites"):
        return NOTHING
    return _write(reader, value)


def _first_contact(rule: Rule, crm: Neutral, ma: Neutral, later: Callable[[], str], bugs: Bugs) -> Decision:
    if bugs.on("resync_overwrites") and not _is_blank(ma, bugs):
        return _write("crm", ma)
    if not bugs.on("blank_overwrites"):
        if _is_blank(ma, bugs):
            return _write("ma", crm)
        if _is_blank(crm, bugs):
            return _write("crm", ma)
    winner = _winner(rule, crm, ma, later, bugs)
    return Decision(crm if winner == "crm" else ma, to_crm=winner == "ma", to_ma=winner == "crm", agree=True,
                    conflict=winner)


def _winner(rule: Rule, crm: Neutral, ma: Neutral, later: Callable[[], str], bugs: Bugs) -> str:
    if rule.winner == "latest" or bugs.on("winner_ignored"):
        return later()
    if rule.winner == "ma":
        return "ma"
    if rule.winner == "crm_unless_blank":
        return "ma" if _is_blank(crm, bugs) else "crm"
    if rule.winner == "ma_unless_blank":
        return "crm" if _is_blank(ma, bugs) else "ma"
    # A mapping that names no winner leaves it open; the CRM is where people look the truth up.
    return "crm"


def _clears(rule: Rule, bugs: Bugs) -> bool:
    if bugs.on("typed_clear_not_propagated") and rule.type not in ("text", "phone"):
        return False
    return rule.blank == "clear" and not bugs.on("clear_not_propagated")


def _is_blank(value: Neutral, bugs: Bugs) -> bool:
    return value is None or (value is False and bugs.on("false_never_arrives"))


def _write(reader: str, value: Neutral) -> Decision:
    return Decision(value, to_crm=reader == "crm", to_ma=reader == "ma", agree=True)
