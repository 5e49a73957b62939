"""Consent between the two systems: a refusal always travels, a yes only with newer evidence, silence is never a yes.

Pure functions. The e-mail flag (`HasOptedOutOfEmail`, HubSpot's unsubscribe-all) is restrictive in both directions,
because no HubSpot API lifts it. A purpose (a newsletter) is a three-valued statement with its evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .bugs import Bugs
from .conversion import epoch_ms


class Stance(StrEnum):
    """What a person said about one purpose."""

    SILENT = "silent"
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


_CRM_WORDS = {"optin": Stance.GRANTED, "optout": Stance.WITHDRAWN}
_MA_WORDS = {"SUBSCRIBED": Stance.GRANTED, "UNSUBSCRIBED": Stance.WITHDRAWN}
CRM_VALUES = {Stance.GRANTED: "OptIn", Stance.WITHDRAWN: "OptOut"}
_BY_AN_APP = ("Public status API", "API")
MA_VALUES = {Stance.GRANTED: "SUBSCRIBED", Stance.WITHDRAWN: "UNSUBSCRIBED"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A stance with its evidence: when (epoch milliseconds) and through what."""

    stance: Stance
    at_ms: int | None = None
    source: str = ""

    @property
    def is_proved(self) -> bool:
        """Tell whether it says when and through what."""
        return self.at_ms is not None and bool(self.source)


SILENT = Statement(Stance.SILENT)


@dataclass(frozen=True, slots=True)
class FlagPlan:
    """What to do about the e-mail flag: raise it in the CRM, unsubscribe from all in the MA."""

    raise_in_crm: bool = False
    unsubscribe_in_ma: bool = False


@dataclass(frozen=True, slots=True)
class PurposePlan:
    """What to write about one purpose; None: nothing."""

    to_crm: Statement | None = None
    to_ma: Statement | None = None


def crm_statement(value: Any, at: Any, source: Any) -> Statement:
    """Return what Salesforce's three consent fields say."""
    stance = _CRM_WORDS.get(str(value or "").strip().lower(), Stance.SILENT)
    return Statement(stance, epoch_ms(at), str(source or "").strip()) if stance is not Stance.SILENT else SILENT


def ma_statement(status: Mapping[str, Any] | None) -> Statement:
    """Return what one HubSpot v4 subscription status says; None stands for no status at all."""
    if status is None:
        return SILENT
    stance = _MA_WORDS.get(str(status.get("status", "")), Stance.SILENT)
    if stance is Stance.SILENT:
        return SILENT
    # Of what an app wrote, HubSpot names only the app as source: the explanation tells where it came from.
    named = str(status.get("source") or "").strip()
    parts = ("" if named.startswith(_BY_AN_APP) else named, str(status.get("legalBasisExplanation") or "").strip())
    source = ": ".join(dict.fromkeys(part for part in parts if part)) or named
    return Statement(stance, epoch_ms(status.get("timestamp")), source)


def reconcile_flag(crm_out: bool, ma_out: bool, base: bool | None, bugs: Bugs) -> FlagPlan:
    """Return how to make an opt-out known on both sides. ``base``: what both last agreed on, None at first contact."""
    if bugs.on("optout_ignored_on_first_import"):
        crm_out = crm_out and base is False
    if bugs.on("optout_sticky") and base is not None and crm_out != base:
        crm_out = True
    return FlagPlan(
        raise_in_crm=ma_out and not crm_out and not bugs.on("optout_not_propagated_back"),
        unsubscribe_in_ma=crm_out and not ma_out,
    )


def reconcile_purpose(crm: Statement, ma: Statement, base: Stance | None, bugs: Bugs) -> PurposePlan:
    """Return how to bring two statements about one purpose together. ``base`` as in `reconcile_flag`."""
    if bugs.on("optout_sticky") and base is not None and crm.stance != base:
        crm = Statement(Stance.WITHDRAWN, crm.at_ms, crm.source)
    if bugs.on("consent_upgraded_by_default") and crm.stance is Stance.SILENT:
        crm = Statement(Stance.GRANTED, crm.at_ms, "default")
        return PurposePlan(to_ma=crm) if ma.stance is Stance.SILENT else PurposePlan()
    if crm.stance is ma.stance:
        return PurposePlan()
    if Stance.WITHDRAWN in (crm.stance, ma.stance):
        return _with_a_refusal(crm, ma, base, bugs)
    # One granted, one silent.
    if crm.stance is Stance.GRANTED:
        return PurposePlan(to_ma=crm) if crm.is_proved else PurposePlan()
    # Someone who blanked the CRM's field took back knowledge, not consent: a yes known before is not written again.
    return PurposePlan(to_crm=ma) if ma.is_proved and base is not Stance.GRANTED else PurposePlan()


def _with_a_refusal(crm: Statement, ma: Statement, base: Stance | None, bugs: Bugs) -> PurposePlan:
    if crm.stance is Stance.WITHDRAWN:
        # A yes that both sides knew already is older than the no, whatever its time stamp says: HubSpot stamps a
        # grant with the moment it was written, and people change the CRM's picklist without touching its date.
        is_new = base is not Stance.GRANTED
        return PurposePlan(to_crm=ma) if is_new and _lifts(ma, crm) else PurposePlan(to_ma=crm)
    if _lifts(crm, ma):
        return PurposePlan(to_ma=crm)
    return PurposePlan() if bugs.on("optout_not_propagated_back") else PurposePlan(to_crm=ma)


def _lifts(grant: Statement, refusal: Statement) -> bool:
    """Tell whether a yes is proved and newer than the no; a no without a date cannot be outdated."""
    return (
        grant.stance is Stance.GRANTED
        and grant.is_proved
        and refusal.at_ms is not None
        and grant.at_ms is not None
        and grant.at_ms > refusal.at_ms
    )
