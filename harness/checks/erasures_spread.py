"""An erasure does on the other side what the mapping says: a right of the person does not end at one system."""

from __future__ import annotations

from syncproof_mocks.consent import ConsentKey, ConsentState

from ..evidence import Act
from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("CONS-014", "an erasure reaches the other side when the mapping says so", Severity.CRITICAL, ("B012",)),)

_ALL_MAIL = ConsentKey("email", "*")


def erasures_spread(oracle: Oracle, seen: Seen) -> None:
    """After the sync that follows an erasure: erased, archived, silenced or untouched there, as `erases` says."""
    for act in oracle.evidence.acts:
        # A sync that a fault broke, or that was running already, is made up by the next one.
        sync = next((n for n in oracle.meetings if oracle.evidence.before_syncs[n - 1].seq > act.seq), None)
        obj = oracle.evidence.mapping.of(act.object)
        if act.kind != "erase" or sync is None or obj is None:
            continue
        rule = obj.erases.crm_to_ma if act.side is Side.CRM else obj.erases.ma_to_crm
        if rule is None:
            seen.left_open.append(f"{act.object}: what an erasure in the {act.side.upper()} does on the other side (`erases`)")
        elif _had(oracle, act, sync):
            seen.look("CONS-014")
            found = _found(oracle, act, sync)
            if not _is_right(rule, found):
                _report(oracle, seen, act, rule, found, sync)


def _had(oracle: Oracle, act: Act, sync: int) -> bool:
    """Tell whether the other side had a record, and the erasure left the person none on its own side."""
    if act.person in oracle.identity.records(act.side, oracle.evidence.before_syncs[sync - 1]):
        return False
    return act.person in oracle.identity.records(act.side.other, oracle.evidence.before_syncs[act.after_sync])


def _found(oracle: Oracle, act: Act, sync: int) -> str:
    """Return what is left of the person on the other side: `erase`, `archive`, `suppress` or `ignore` (all of it)."""
    other, state = act.side.other, oracle.evidence.states[sync]
    if act.person in oracle.identity.records(other, state):
        said = oracle.said(state, other).get((act.person, _ALL_MAIL), ConsentState.UNKNOWN)
        return "suppress" if said.refuses else "ignore"
    earlier = oracle.identity.records(other, oracle.evidence.before_syncs[act.after_sync])[act.person]
    kept = [row for row in earlier if state.on(other).get(row.kind, row.id) is not None]
    return "archive" if kept else "erase"


def _is_right(rule: str, found: str) -> bool:
    # More than was asked for is no breach of the person's right, except where the mapping says to leave the record alone.
    order = ("ignore", "suppress", "archive", "erase")
    return found in ("ignore", "suppress") if rule == "ignore" else order.index(found) >= order.index(rule)


_LEFT = {"ignore": "still there, and mailable", "suppress": "still there, silenced", "archive": "archived, not erased", "erase": "gone"}


def _report(oracle: Oracle, seen: Seen, act: Act, rule: str, found: str, sync: int) -> None:
    label, other = oracle.identity.label(act.person), act.side.other
    seen.finding(
        "CONS-014", f"{label} was erased in the {act.side.upper()}; the mapping says `{rule}` for the {other.upper()}, but the record there "
        f"is {_LEFT[found]} after sync {sync}.", system=str(other), kind=act.object, person=label, expected=rule, found=_LEFT[found],
        classification="deleted" if rule == "ignore" else "erasure_not_spread", sync=sync,
    )
