"""What this connector does to consents when one of its mistakes is switched on; nothing without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from .bugs import Bugs
from .consent import SILENT, PurposePlan, Stance, Statement
from .contract import ObjectContract, Rule
from .conversion import iso_datetime
from .crm import SalesforceSide
from .ma import HubspotSide
from .planning import ConsentAct, Move, Plan

Row = dict[str, Any]

BOUNCE = "hs_email_hard_bounce_reason_enum"


def misheard(said: Statement, word: Any, bugs: Bugs) -> Statement:
    """Return what this connector takes a statement of the CRM for; ``word`` is what the field holds."""
    if bugs.on("pending_is_yes") and str(word or "").lower().startswith("optin"):
        return Statement(Stance.GRANTED, said.at_ms or _now_ms(), said.source or "CRM")
    if bugs.on("undated_no_ignored") and said.stance is Stance.WITHDRAWN and not said.is_proved:
        return SILENT
    return said


def misjudged(crm: Statement, ma: Statement, base: Stance | None, bugs: Bugs) -> PurposePlan | None:
    """Return what this connector wrongly makes of two statements about one purpose, or None: it judges them rightly."""
    anew = bugs.on("reconnect_resubscribes") or bugs.on("readd_resubscribes")
    if anew and base is None and crm.stance is Stance.GRANTED and ma.stance is not Stance.GRANTED:
        return PurposePlan(to_ma=Statement(Stance.GRANTED, crm.at_ms, crm.source or "CRM"))
    if bugs.on("consent_told_back") and crm.stance is ma.stance is Stance.GRANTED and (ma.at_ms or 0) > (crm.at_ms or 0):
        return PurposePlan(to_crm=ma)
    if bugs.on("repeat_push_unsubscribes") and crm.stance is Stance.SILENT and ma.stance is Stance.GRANTED:
        return PurposePlan(to_ma=Statement(Stance.WITHDRAWN))
    if bugs.on("resubscribe_blocked") and Stance.WITHDRAWN in (crm.stance, ma.stance) and crm.stance is not ma.stance:
        return PurposePlan(to_crm=ma) if ma.stance is Stance.WITHDRAWN else PurposePlan(to_ma=crm)
    return None


def welcomed(plan: Plan, rules: Iterable[tuple[Rule, Statement, Row]]) -> None:
    """Take whoever changed something in the MA for a subscriber (`profile_change_subscribes`).

    ``rules``: each purpose with what the CRM says about it and the CRM fields that say yes.
    """
    if any(move.side == "crm" for move in plan.moves):
        for rule, said, fields in rules:
            if said.stance is Stance.WITHDRAWN:
                plan.moves.append(Move(f"{rule.crm}+", "crm", fields, Stance.GRANTED))


def redated(fields: Row, rule: Rule) -> Row:
    """Say that a consent was given when it was synchronised (`evidence_time_rewritten`)."""
    assert rule.consent is not None
    return {name: iso_datetime(_now_ms()) if name == rule.consent.crm_at else value for name, value in fields.items()}


def has_bounced(ma: HubspotSide, kind: str, ma_id: str) -> bool:
    """Tell whether mail to a contact came back for good."""
    return any(row.get(BOUNCE) for row in ma.read(kind, {ma_id}, (BOUNCE,)))


def silenced_by_phone(crm: SalesforceSide, plans: Sequence[Plan]) -> None:
    """Unsubscribe from all mail whoever wants no calls (`do_not_call_unsubscribes`)."""
    for plan in plans:
        contract = plan.pair.contract
        if not contract.consents:
            continue
        row = crm.by_ids(contract.crm, ("DoNotCall",), {plan.pair.crm_id}).get(plan.pair.crm_id) or {}
        email = str(plan.pair.ma.get("email") or "")
        if row.get("DoNotCall") and email and str(plan.pair.ma.get("hs_email_optout") or "").lower() != "true":
            plan.consents.append(ConsentAct(contract.optout_field, True, email))


def shut_out(contract: ObjectContract, email: str) -> list[ConsentAct]:
    """Return the default of a payload that nobody filled in: the exclusion list (`everyone_excluded`)."""
    return [ConsentAct(contract.optout_field, True, email)] if contract.optout_field and email else []


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
