"""The consents of pairs and newcomers: which opt-outs and proved grants must travel, and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .bugs import Bugs
from .consent import (
    CRM_VALUES,
    MA_VALUES,
    SILENT,
    PurposePlan,
    Stance,
    Statement,
    crm_statement,
    ma_statement,
    reconcile_flag,
    reconcile_purpose,
)
from .consent_mistakes import has_bounced, misheard, misjudged, redated, shut_out, welcomed
from .contract import ObjectContract, Rule
from .conversion import epoch_ms, folded, iso_datetime
from .linking import Pair
from .ma import HubspotSide
from .ma_consents import StatusChange
from .merging import Base
from .outcome import Outcome
from .planning import ConsentAct, Move, Plan
from .state import State

Row = dict[str, Any]
Statuses = Mapping[str, Mapping[str, Row]]


class Consenting:
    """Plans consents. Reads HubSpot's statuses only of people for whom they may have changed."""

    def __init__(self, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs) -> None:
        self._ma, self._state, self._outcome, self._bugs = ma, state, outcome, bugs
        self._ids: dict[str, str] | None = None

    # -- what HubSpot knows -------------------------------------------------------------------------

    def statuses(self, pairs: Iterable[Pair], newcomers: Iterable[tuple[ObjectContract, Row]], moved: set[str]) -> Statuses:
        """Return the statuses of people who changed in the MA (``moved``: ids) or whose CRM consent is news."""
        wanted = set()
        for pair in pairs:
            old, new = str(pair.ma.get("email") or ""), str(pair.crm.get(pair.contract.key[0]) or "")
            if pair.ma_id in moved or self._is_news(pair) or folded(old) != folded(new):
                wanted |= {old, new}
        for contract, row in newcomers:
            stances = [self._said_in_crm(rule, row).stance for rule in _purposes(contract)]
            if Stance.GRANTED in stances:
                wanted.add(str(row.get(contract.key[0]) or ""))
        wanted.discard("")
        return self._ma.consents.statuses(wanted) if wanted else {}

    def _is_news(self, pair: Pair) -> bool:
        bases = self._state.bases(pair.crm_id)
        return any(
            rule.crm not in bases or self._said_in_crm(rule, pair.crm).stance != bases[rule.crm]
            for rule in _purposes(pair.contract)
        )

    def _subscription_id(self, rule: Rule) -> str | None:
        if self._ids is None:
            self._ids = {folded(name): i for name, i in self._ma.consents.definitions().items()}
        name = rule.ma.partition(":")[2]
        found = next(iter(self._ids.values()), None) if self._bugs.on("first_subscription_type") else self._ids.get(folded(name))
        if found is None:
            self._outcome.refuse(f"mapping/{rule.crm}", f"HubSpot has no subscription type `{name}`")
        return found

    def _said_in_crm(self, rule: Rule, row: Row) -> Statement:
        assert rule.consent is not None
        said = crm_statement(row.get(rule.crm), row.get(rule.consent.crm_at), row.get(rule.consent.crm_source))
        return misheard(said, row.get(rule.crm), self._bugs)

    def _reconcile(self, crm: Statement, ma: Statement, base: Stance | None) -> PurposePlan:
        return misjudged(crm, ma, base, self._bugs) or reconcile_purpose(crm, ma, base, self._bugs)

    def _crm_fields(self, rule: Rule, said: Statement) -> Row:
        fields = crm_fields(rule, said)
        return redated(fields, rule) if self._bugs.on("evidence_time_rewritten") else fields

    # -- pairs --------------------------------------------------------------------------------------

    def plan(self, plan: Plan, statuses: Statuses) -> None:
        """Add to a plan what the consents of its pair need."""
        pair = plan.pair
        old = str(pair.ma.get("email") or "")
        # An address that is about to change takes the refusals of the person along.
        new = str(plan.payload("ma").get("email") or old)
        ma_out = str(pair.ma.get("hs_email_optout") or "").lower() == "true"
        for rule in pair.contract.consents:
            assert rule.consent is not None
            if rule.consent.purpose == "*":
                self._plan_flag(plan, rule, ma_out, old, new, statuses)
                continue
            subscription = self._subscription_id(rule)
            known, known_new = statuses.get(folded(old)), statuses.get(folded(new), {})
            if subscription is None or (known is None and old):
                continue
            ma = ma_statement((known or {}).get(subscription))
            if folded(old) == folded(new):
                self._plan_purpose(plan, rule, subscription, ma, ma_out, new)
            else:
                self._plan_moving(plan, rule, subscription, ma, ma_statement(known_new.get(subscription)), ma_out, new)
        if self._bugs.on("profile_change_subscribes"):
            said = ((rule, self._said_in_crm(rule, pair.crm)) for rule in _purposes(pair.contract))
            yes = Statement(Stance.GRANTED, None, "profile update")
            welcomed(plan, ((rule, crm, crm_fields(rule, yes)) for rule, crm in said))
        if self._bugs.on("optout_resurrected_by_push") and plan.moves:
            self._push_again(plan, new)

    def _plan_flag(
        self, plan: Plan, rule: Rule, ma_out: bool, old: str, new: str, statuses: Statuses
    ) -> None:
        crm_out = bool(plan.pair.crm.get(rule.crm))
        if self._bugs.on("bounce_means_optout") and has_bounced(self._ma, plan.pair.contract.ma, plan.pair.ma_id):
            ma_out = True
        base = plan.bases.get(rule.crm)
        step = reconcile_flag(crm_out, ma_out, base if isinstance(base, bool) else None, self._bugs)
        if step.raise_in_crm:
            plan.moves.append(Move(rule.crm, "crm", {rule.crm: True}, True))
        moves_house = folded(old) != folded(new) and (crm_out or ma_out) and not _is_out(statuses.get(folded(new)))
        if new and (step.unsubscribe_in_ma or moves_house):
            plan.consents.append(self._leaving(plan.pair.contract, rule, new))
        elif not step.raise_in_crm and base != (crm_out or ma_out):
            plan.agreed[rule.crm] = crm_out or ma_out
        if self._bugs.on("optout_wiped_by_unrelated_write") and any(m.side == "crm" for m in plan.moves):
            plan.moves.append(Move(f"{rule.crm}*", "crm", {rule.crm: ma_out}, ma_out))

    def _plan_moving(
        self, plan: Plan, rule: Rule, subscription: str, old: Statement, new: Statement, ma_out: bool, email: str
    ) -> None:
        """Plan one purpose of a person whose address changes: what the old one refused, the new one must refuse too."""
        withdrawn = Stance.WITHDRAWN in (old.stance, new.stance)
        ma = new if new.stance is Stance.WITHDRAWN or not withdrawn else old
        if self._plan_purpose(plan, rule, subscription, ma, ma_out, email):
            return
        crm = self._said_in_crm(rule, plan.pair.crm)
        if withdrawn and new.stance is not Stance.WITHDRAWN:
            self._say_in_ma(plan.consents, rule, subscription, Statement(Stance.WITHDRAWN), email, ma_out)
        elif crm.stance is Stance.GRANTED and crm.is_proved and new.stance is Stance.SILENT and not withdrawn:
            self._say_in_ma(plan.consents, rule, subscription, crm, email, ma_out)

    def _plan_purpose(
        self, plan: Plan, rule: Rule, subscription: str, ma: Statement, ma_out: bool, email: str
    ) -> bool:
        """Plan one purpose; returns True when the MA is told about it."""
        base = _stance(plan.bases.get(rule.crm))
        crm = self._said_in_crm(rule, plan.pair.crm)
        if ma_out:
            # Opted out of everything, HubSpot shows every type as unsubscribed: that says nothing about this one.
            ma = Statement(base) if base is Stance.WITHDRAWN and crm.stance is Stance.WITHDRAWN else SILENT
        step = self._reconcile(crm, ma, base)
        if step.to_crm is not None:
            plan.moves.append(Move(rule.crm, "crm", self._crm_fields(rule, step.to_crm), step.to_crm.stance))
        if step.to_ma is not None and email:
            out = ma_out or bool(plan.pair.crm.get(plan.pair.contract.optout_field))
            self._say_in_ma(plan.consents, rule, subscription, step.to_ma, email, out)
        if step.to_crm is None and step.to_ma is None and base is not crm.stance:
            plan.agreed[rule.crm] = crm.stance
        return step.to_ma is not None

    def _say_in_ma(
        self, acts: list[ConsentAct], rule: Rule, subscription: str, said: Statement, email: str, out: bool
    ) -> None:
        if said.stance is Stance.WITHDRAWN and self._bugs.on("scope_confusion"):
            acts.append(ConsentAct(rule.crm, said.stance, email))
            return
        if said.stance is Stance.GRANTED and out:
            # Whoever opted out of everything is not subscribed to one thing by a machine.
            return
        is_told = said.stance is Stance.GRANTED and not self._bugs.on("evidence_not_sent")
        change = StatusChange(email, subscription, MA_VALUES[said.stance], _explanation(said) if is_told else "")
        acts.append(ConsentAct(rule.crm, said.stance, email, change))

    def _leaving(self, contract: ObjectContract, rule: Rule, email: str) -> ConsentAct:
        """Return the opt-out of everything; HubSpot keeps it apart from the opt-outs of single purposes."""
        if self._bugs.on("global_optout_one_list"):
            for purpose in _purposes(contract):
                subscription = self._subscription_id(purpose)
                if subscription is not None:
                    return ConsentAct(rule.crm, True, email, StatusChange(email, subscription, MA_VALUES[Stance.WITHDRAWN]))
        return ConsentAct(rule.crm, True, email)

    def _push_again(self, plan: Plan, email: str) -> None:
        """Send the CRM's stored consent with every update (a bug: see `optout_resurrected_by_push`)."""
        for rule in _purposes(plan.pair.contract):
            said = self._said_in_crm(rule, plan.pair.crm)
            subscription = self._subscription_id(rule)
            if said.stance is Stance.GRANTED and subscription and email:
                plan.moves = [m for m in plan.moves if m.name != rule.crm]
                change = StatusChange(email, subscription, MA_VALUES[said.stance], _explanation(said))
                plan.consents.append(ConsentAct(rule.crm, said.stance, email, change))

    # -- newcomers ----------------------------------------------------------------------------------

    def newcomer_for_ma(self, contract: ObjectContract, row: Row, statuses: Statuses) -> tuple[list[ConsentAct], dict[str, Base]]:
        """Return the consent acts for a person new to the MA, and what both sides agree on once they are done."""
        email = str(row.get(contract.key[0]) or "").strip()
        acts: list[ConsentAct] = []
        agreed: dict[str, Base] = {}
        out = bool(row.get(contract.optout_field))
        for rule in contract.consents:
            assert rule.consent is not None
            if rule.consent.purpose == "*":
                step = reconcile_flag(out, False, None, self._bugs)
                if step.unsubscribe_in_ma:
                    acts.append(self._leaving(contract, rule, email))
                elif out:
                    agreed[rule.crm] = out
                continue
            subscription = self._subscription_id(rule)
            if subscription is None:
                continue
            ma = ma_statement(statuses.get(folded(email), {}).get(subscription))
            step_for = self._reconcile(self._said_in_crm(rule, row), ma, None)
            if step_for.to_ma is not None:
                self._say_in_ma(acts, rule, subscription, step_for.to_ma, email, out)
        if self._bugs.on("everyone_excluded"):
            acts += shut_out(contract, email)
        return acts, agreed

    def newcomer_for_crm(self, contract: ObjectContract, row: Row, statuses: Statuses) -> Row:
        """Return the consent fields of a person new to the CRM."""
        fields: Row = {}
        out = str(row.get("hs_email_optout") or "").lower() == "true"
        known = statuses.get(folded(row.get("email")), {})
        for rule in contract.consents:
            assert rule.consent is not None
            if rule.consent.purpose == "*":
                fields |= {rule.crm: True} if out else {}
                continue
            subscription = self._subscription_id(rule)
            said = SILENT if out or subscription is None else ma_statement(known.get(subscription))
            if said.stance is Stance.SILENT and self._bugs.on("stranger_opted_in"):
                said = Statement(Stance.GRANTED, epoch_ms(row.get("createdate")), "sign-up")
            if said.stance is Stance.WITHDRAWN or (said.stance is Stance.GRANTED and said.is_proved):
                fields |= self._crm_fields(rule, said)
        return fields


def _purposes(contract: ObjectContract) -> list[Rule]:
    return [rule for rule in contract.consents if rule.consent is not None and rule.consent.purpose != "*"]


def _stance(base: Any) -> Stance | None:
    return Stance(base) if isinstance(base, str) and base in list(Stance) else None


def _explanation(said: Statement) -> str:
    when = iso_datetime(said.at_ms) if said.at_ms is not None else "an unknown time"
    return f"{said.source} ({when})"


def crm_fields(rule: Rule, said: Statement) -> Row:
    """Return the CRM's consent fields with their evidence."""
    assert rule.consent is not None
    fields: Row = {rule.crm: CRM_VALUES[said.stance]}
    if rule.consent.crm_at:
        fields[rule.consent.crm_at] = iso_datetime(said.at_ms) if said.at_ms is not None else None
    if rule.consent.crm_source:
        fields[rule.consent.crm_source] = f"HubSpot: {said.source}"[:255] if said.source else "HubSpot"
    return fields


def _is_out(known: Mapping[str, Row] | None) -> bool:
    """Tell whether an address has been unsubscribed from everything: then there is nothing left to say."""
    return bool(known) and all(ma_statement(status).stance is Stance.WITHDRAWN for status in (known or {}).values())
