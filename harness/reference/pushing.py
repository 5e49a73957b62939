"""Plans that carry more than what changed: what a connector does that takes records, not fields, for the unit of an edit."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from .bugs import Bugs
from .conversion import from_crm, from_ma, to_crm, to_ma
from .planning import Move, Plan

Row = dict[str, Any]

# The boxes of a form for people that the mapping does not name, as it comes up (`defaults_sent_along`).
UNTICKED: Row = {"DoNotCall": False, "HasOptedOutOfFax": False}


def push_whole(plan: Plan, moved_crm: Container[str], moved_ma: Container[str], bugs: Bugs) -> None:
    """Add every mapped field of a record that has moved since the last run, whatever moved in it."""
    if bugs.on("activity_is_an_edit") and plan.pair.ma_id in moved_ma:
        _add_all(plan, "crm", bugs)
    if bugs.on("own_writes_come_back") and plan.pair.crm_id in moved_crm:
        _add_all(plan, "ma", bugs)


def _add_all(plan: Plan, side: str, bugs: Bugs) -> None:
    planned = {move.name for move in plan.moves}
    away = "crm_to_ma" if side == "crm" else "ma_to_crm"
    for rule in plan.pair.contract.rules:
        if rule.crm in planned or rule.direction in (away, "none"):
            continue
        if side == "crm":
            value = from_ma(rule, plan.pair.ma.get(rule.ma))
            fields: Row = {rule.crm: to_crm(rule, value, bugs)}
        else:
            value = from_crm(rule, plan.pair.crm.get(rule.crm))
            fields = {rule.ma: to_ma(rule, value, bugs)}
        if value is not None:
            plan.moves.append(Move(rule.crm, side, fields, value))


def as_read(plan: Plan, side: str, bugs: Bugs) -> Row:
    """Return every two-way field of one side's record as it was when it was read."""
    rules = [r for r in plan.pair.contract.rules if r.direction == "both"]
    if side == "crm":
        return {r.crm: to_crm(r, from_crm(r, plan.pair.crm.get(r.crm)), bugs) for r in rules}
    return {r.ma: to_ma(r, from_ma(r, plan.pair.ma.get(r.ma)), bugs) for r in rules}
