"""The set of allowed outcomes of one sync for one field of one linked person. Pure arithmetic on neutral values.

A mapping that leaves something open widens the set; nothing here knows a vendor. Values are those of
`mapping.meaning.neutral`: None is blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from syncproof_mocks.schema import FieldType

from ..mapping.grammar import Direction, FieldRule, Side, Winner

Pair = tuple[Any, Any]
_BLANK_OPEN = "whether a blank clears the other side (`blank`)"


@dataclass(frozen=True, slots=True)
class Situation:
    """What was there when the sync started.

    ``base`` is the pair after the last sync (None: the two records had never been synced), ``now`` the pair when
    this sync started, ``last`` the side edited last (None: unknown or in the same instant).
    """

    base: Pair | None
    now: Pair
    last: Side | None = None

    @property
    def crm_changed(self) -> bool:
        """Tell whether the CRM value differs from the last agreed one."""
        return self.base is not None and self.base[0] != self.now[0]

    @property
    def ma_changed(self) -> bool:
        """Tell whether the MA value differs from the last agreed one."""
        return self.base is not None and self.base[1] != self.now[1]

    def mirrored(self) -> Situation:
        """Return the same situation with the sides exchanged."""
        base = None if self.base is None else (self.base[1], self.base[0])
        return Situation(base, (self.now[1], self.now[0]), self.last.other if self.last else None)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The pairs (crm, ma) that may stand after the sync, the reason, and what the mapping left open."""

    pairs: tuple[Pair, ...]
    reason: str
    left_open: str = ""

    def mirrored(self) -> Allowed:
        """Return the same answer with the sides exchanged."""
        return Allowed(tuple((m, c) for c, m in self.pairs), self.reason, self.left_open)


def allowed(rule: FieldRule, situation: Situation) -> Allowed:
    """Return what may stand after a sync under ``rule``. At least one pair is always allowed."""
    if rule.direction is Direction.NONE:
        return Allowed((situation.now,), "the mapping says this field is not synchronised")
    if rule.fill == "only":
        return _fill_only(rule, situation)
    if rule.direction is Direction.CRM_TO_MA:
        return _one_way(rule, situation, "CRM", "MA")
    if rule.direction is Direction.MA_TO_CRM:
        return _one_way(rule, situation.mirrored(), "MA", "CRM").mirrored()
    return _two_way(rule, situation)


def forgetful(rule: FieldRule, situation: Situation) -> Allowed:
    """Return what may stand after a sync by a connector that has lost its state.

    It cannot know the base: it may decide as at a first meeting, where a blank is filled and the winner wins. Which of two
    values is the `latest` is told by the stamps of both systems and not by the base: that stays demanded. So does a value
    whose master holds nothing and was not cleared: nothing tells a connector to take it away.
    """
    known = allowed(rule, situation)
    if situation.base is None or (rule.winner is Winner.LATEST and None not in situation.now):
        return known
    if not _was_cleared(rule, situation):
        return known
    anew = allowed(rule, Situation(None, situation.now, situation.last))
    return Allowed(tuple(dict.fromkeys([*known.pairs, *anew.pairs])), known.reason, known.left_open or anew.left_open)


def _was_cleared(rule: FieldRule, s: Situation) -> bool:
    """Tell whether the master of a one-way rule was edited, if it holds nothing; True of every other rule and value."""
    if rule.direction not in (Direction.CRM_TO_MA, Direction.MA_TO_CRM):
        return True
    is_crm = rule.direction is Direction.CRM_TO_MA
    return s.now[0 if is_crm else 1] is not None or (s.crm_changed if is_crm else s.ma_changed)


def _one_way(rule: FieldRule, s: Situation, source: str, target: str) -> Allowed:
    """Judge source -> target, written as if the source were the CRM."""
    value, held = s.now
    if rule.fill == "back" and value is None and held is not None:
        return _filled_back(rule, s, source, target)
    targets = _arrivals(rule, value, held)
    arrived = tuple((value, t) for t in targets)
    blank_open = _blank_open(rule, value, held)
    if s.base is None and value is None and held is not None and rule.blank == "clear" and rule.enforce != "always":
        # Emptied, or never filled? Nobody knows what was before they met.
        arrived, blank_open = (*arrived, (value, held)), "whether a master without a value clears the other side at first sight (`enforce`)"
    if s.base is None or s.crm_changed:
        why = f"the {source} is master of this field" if s.base is None else f"changed in the {source}, the master"
        return Allowed(arrived, why, blank_open)
    if held == value or (value is not None and held in targets):
        return Allowed(((value, held),), "nothing was changed, nothing may change")
    if rule.enforce == "always":
        return Allowed(arrived, f"a stray edit in the {target} is put back: enforce is `always`", blank_open)
    if rule.enforce == "on_change":
        return Allowed(((value, held),), f"an edit in the {target} may stay until the {source} changes")
    both = tuple(dict.fromkeys([*arrived, (value, held)]))
    return Allowed(both, "put back or left alone", "whether a stray edit on the reading side is put back (`enforce`)")


def _filled_back(rule: FieldRule, s: Situation, source: str, target: str) -> Allowed:
    """Judge a master that holds nothing while the reading side does; written as if the master were the CRM."""
    value, held = s.now
    filled, kept, cleared = (held, held), (value, held), (None, None)
    if s.base is None or (s.ma_changed and not s.crm_changed):
        return Allowed((filled,), f"the {source} holds nothing, and the {target} fills it")
    if not s.crm_changed:
        return Allowed((kept, filled), f"the {source} holds nothing, and nothing was edited")
    if s.ma_changed:
        return Allowed((cleared, filled, kept), f"cleared in the {source} and edited in the {target}",
                       "whether a clear of the master or the value that fills it counts (`fill`)")
    if rule.blank == "clear":
        return Allowed((cleared,), f"cleared in the {source}, the master, and `blank: clear` says a clear travels")
    if rule.blank == "keep":
        return Allowed((kept, filled), f"cleared in the {source}, and `blank: keep` says a blank never overwrites")
    return Allowed((cleared, kept, filled), f"cleared in the {source}", _BLANK_OPEN)


def _fill_only(rule: FieldRule, s: Situation) -> Allowed:
    """Judge a rule that never overwrites: a blank is filled, a value stays."""
    crm, ma = s.now
    if (crm is None) == (ma is None):
        return Allowed((s.now,), "a value is never overwritten: `fill: only`")
    blank_side, way = (Side.CRM, Direction.MA_TO_CRM) if crm is None else (Side.MA, Direction.CRM_TO_MA)
    if rule.direction not in (Direction.BOTH, way):
        return Allowed((s.now,), "the mapping lets no value travel that way")
    value = ma if crm is None else crm
    pairs = tuple((t, value) if blank_side is Side.CRM else (value, t) for t in _arrivals(rule, value, None))
    was_cleared = s.crm_changed if blank_side is Side.CRM else s.ma_changed
    source_changed = s.ma_changed if blank_side is Side.CRM else s.crm_changed
    if s.base is None or (source_changed and not was_cleared):
        return Allowed(pairs, f"the {blank_side.upper()} holds nothing and is filled")
    why = "was cleared" if was_cleared else "holds nothing, and nothing was edited"
    open_ = "whether a cleared value is filled again (`fill: only`)" if was_cleared else ""
    return Allowed((*pairs, s.now), f"the {blank_side.upper()} {why}", open_)


def _arrivals(rule: FieldRule, value: Any, held: Any) -> tuple[Any, ...]:
    """Return what the target may hold once the source's value has been applied to it."""
    if value is not None:
        cut = _cut(rule, value)
        return (value,) if cut == value else (value, cut)
    if rule.blank == "clear":
        return (None,)
    if rule.blank == "keep":
        return (held,)
    return tuple(dict.fromkeys([held, None]))


def _cut(rule: FieldRule, value: Any) -> Any:
    if rule.max_length is not None and isinstance(value, str) and len(value) > rule.max_length:
        return value[: rule.max_length].strip()
    return value


def _blank_open(rule: FieldRule, value: Any, held: Any) -> str:
    if value is None and held is not None and rule.blank is None:
        return _BLANK_OPEN
    return ""


def _two_way(rule: FieldRule, s: Situation) -> Allowed:
    crm, ma = s.now
    if crm == ma:
        return Allowed(((crm, crm),), "both sides agree")
    if s.base is None:
        return _first_meeting(rule, s)
    if s.crm_changed and s.ma_changed:
        return _settle(rule, s)
    if s.crm_changed:
        return _one_changed(rule, s, Winner.CRM_UNLESS_BLANK, "only the CRM was changed")
    if s.ma_changed:
        return _one_changed(rule, s.mirrored(), Winner.MA_UNLESS_BLANK, "only the MA was changed").mirrored()
    settled = _settle(rule, s)
    return Allowed(tuple(dict.fromkeys([s.now, *settled.pairs])), "the sides differed already and nothing was edited")


def _one_changed(rule: FieldRule, s: Situation, unless_blank: Winner, why: str) -> Allowed:
    """Judge an edit on one side only, written as if that side were the CRM."""
    value, held = s.now
    if value is not None:
        return Allowed(tuple((value, t) for t in _arrivals(rule, value, held)), why)
    cleared, kept, refilled = (None, None), (None, held), (held, held)
    if rule.winner is unless_blank and rule.blank != "clear":
        return Allowed((kept, refilled), f"{why}: cleared, and a blank does not win")
    if rule.blank == "clear":
        return Allowed((cleared,), f"{why}: cleared, and `blank: clear` says a clear travels")
    if rule.blank == "keep":
        return Allowed((kept, refilled), f"{why}: cleared, and `blank: keep` says a blank never overwrites")
    return Allowed((cleared, kept, refilled), f"{why}: cleared", "whether a clear travels (`blank`)")


def _first_meeting(rule: FieldRule, s: Situation) -> Allowed:
    """Two records that were never synced and differ: fill blanks, else the winner decides."""
    crm, ma = s.now
    if crm is None or ma is None:
        value = ma if crm is None else crm
        return Allowed(((value, value),), "first sync: a blank is filled and never overwrites")
    return _settle(rule, s)


def _settle(rule: FieldRule, s: Situation) -> Allowed:
    """Both sides differ: apply the winner rule."""
    crm, ma = s.now
    if rule.winner is None:
        return Allowed(((crm, crm), (ma, ma)), "both sides were changed", "who wins when both sides changed (`winner`)")
    if rule.winner is Winner.LATEST:
        return _latest(rule, s)
    if rule.winner in (Winner.CRM, Winner.CRM_UNLESS_BLANK):
        return _wins(rule, s, "CRM", rule.winner is Winner.CRM_UNLESS_BLANK)
    if rule.winner in (Winner.MA, Winner.MA_UNLESS_BLANK):
        return _wins(rule, s.mirrored(), "MA", rule.winner is Winner.MA_UNLESS_BLANK).mirrored()
    return Allowed(((crm, crm), (ma, ma)), "the more restrictive value wins", "judged by the consent checks")


def _latest(rule: FieldRule, s: Situation) -> Allowed:
    crm_wins = _wins(rule, s, "CRM", unless_blank=False)
    ma_wins = _wins(rule, s.mirrored(), "MA", unless_blank=False).mirrored()
    if s.base is None or s.last is None:
        pairs = tuple(dict.fromkeys([*crm_wins.pairs, *ma_wins.pairs]))
        return Allowed(pairs, "latest wins, and the order cannot be told", "which edit was later")
    chosen = crm_wins if s.last is Side.CRM else ma_wins
    name = "CRM" if s.last is Side.CRM else "MA"
    return Allowed(chosen.pairs, f"both sides were changed, the {name} later: latest wins", chosen.left_open)


def _wins(rule: FieldRule, s: Situation, winner: str, unless_blank: bool) -> Allowed:
    """The side written as CRM wins."""
    value, held = s.now
    why = f"both sides were changed and the {winner} wins"
    if value is not None:
        return Allowed(tuple((value, t) for t in _arrivals(rule, value, held)), why)
    if unless_blank:
        return Allowed(((held, held),), f"the {winner} wins unless blank, and it is blank")
    if rule.blank == "clear":
        return Allowed(((None, None),), f"{why}: it was cleared, and `blank: clear` says so")
    if rule.blank == "keep":
        return Allowed(((held, held), (None, held)), f"{why}, but a blank never overwrites (`blank: keep`)")
    return Allowed(((None, None), (held, held), (None, held)), why, "whether a clear travels (`blank`)")


def created(rule: FieldRule, target: Side, value: Any, is_key: bool) -> Allowed:
    """Return what one field of a record that the sync made on ``target`` may hold, where the other side holds ``value``.

    The match key comes along whatever its direction. The pairs are in the order (crm, ma).
    """
    towards = Direction.CRM_TO_MA if target is Side.MA else Direction.MA_TO_CRM
    empty = False if rule.type is FieldType.BOOLEAN else None
    # A new record of the master holds nothing yet, so the reading side fills it.
    if is_key or rule.direction in (towards, Direction.BOTH) or rule.fill == "back":
        made = [value if value is not None else empty]
        if rule.max_length is not None and isinstance(value, str) and len(value) > rule.max_length:
            made.append(value[: rule.max_length].strip())
        return Allowed(tuple(ordered(target, v, value) for v in made), "a new record carries every mapped value")
    kept = [ordered(target, empty, value)]
    if rule.direction is not Direction.NONE:
        kept.append(ordered(target, empty, empty))
    return Allowed(tuple(kept), "this field does not travel that way")


def ordered(target: Side, of_target: Any, of_source: Any) -> Pair:
    """Return (crm, ma) from what stands on a side and on the other one."""
    return (of_source, of_target) if target is Side.MA else (of_target, of_source)
