"""What one pair, or one newcomer, needs: decisions only, nothing is sent here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .bugs import Bugs
from .consent import MA_VALUES, Stance
from .contract import ObjectContract, Rule
from .conversion import Neutral, from_crm, from_ma, to_crm, to_ma
from .linking import Pair
from .ma_consents import StatusChange
from .ma_stages import STAGE
from .merging import UNKNOWN, Base, is_contested, merge
from .mistakes import PLACEHOLDER, is_dropped, misread
from .outcome import Outcome
from .owners import Owners
from .state import State

Row = dict[str, Any]
Times = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Move:
    """One fact on its way to one side. ``agreed`` becomes common knowledge once it is accepted."""

    name: str  # the rule, by its CRM field
    side: str  # crm | ma
    fields: Mapping[str, Any]
    agreed: Neutral

    @property
    def fingerprint(self) -> str:
        """Return what would be sent, as text."""
        return json.dumps(self.fields, sort_keys=True)


@dataclass(frozen=True, slots=True)
class ConsentAct:
    """One consent on its way to the MA: an opt-out of everything, or one subscription's status."""

    name: str  # the rule, by its CRM field
    agreed: Neutral
    email: str
    change: StatusChange | None = None  # None: opt out of everything

    @property
    def is_grant(self) -> bool:
        """Tell whether this opens something."""
        return self.change is not None and self.change.status == MA_VALUES[Stance.GRANTED]

    @property
    def fingerprint(self) -> str:
        """Return what would be sent, as text."""
        return "" if self.change is None else json.dumps([self.email, self.change.status, self.change.explanation])


@dataclass(slots=True)
class Plan:
    """Everything one pair needs."""

    pair: Pair
    bases: dict[str, Neutral]
    moves: list[Move] = field(default_factory=list)
    agreed: dict[str, Base] = field(default_factory=dict)
    consents: list[ConsentAct] = field(default_factory=list)
    unsendable: list[tuple[Move, str]] = field(default_factory=list)  # what the mapping does not let through, and why
    failed: bool = False  # a failure that time may heal: look again in the next run

    @property
    def crm_record(self) -> str:
        """Return how reports and retries call the CRM record."""
        return f"{self.pair.contract.object}/{self.pair.crm_id}"

    @property
    def ma_record(self) -> str:
        """Return how reports and retries call the MA record."""
        return f"{self.pair.contract.ma}/{self.pair.ma_id}"

    def payload(self, side: str) -> Row:
        """Return the fields to send to one side."""
        return {name: value for move in self.moves if move.side == side for name, value in move.fields.items()}


# What Salesforce demands of a lead beside its key.
REQUIRED = ("LastName", "Company")


class Planner:
    """Plans the plain fields of pairs and newcomers; consents are `consenting`."""

    def __init__(self, owners: Owners, state: State, outcome: Outcome, bugs: Bugs) -> None:
        self._owners, self._state, self._outcome, self._bugs = owners, state, outcome, bugs
        self._bled: Row = {}

    # -- values ---------------------------------------------------------------------------------------

    def _of_crm(self, rule: Rule, row: Row) -> Neutral:
        value: Neutral = misread(rule, row.get(rule.crm), from_crm(rule, row.get(rule.crm)), self._bugs)
        return value

    def _of_ma(self, rule: Rule, row: Row) -> Neutral:
        value: Neutral = misread(rule, row.get(rule.ma), from_ma(rule, row.get(rule.ma)), self._bugs)
        return value

    # -- pairs --------------------------------------------------------------------------------------

    def contested(self, pair: Pair) -> list[Rule]:
        """Return the rules for which it matters which side was edited last."""
        bases = self._state.bases(pair.crm_id)
        return [
            rule for rule in pair.contract.rules
            if is_contested(rule, self._of_crm(rule, pair.crm), self._of_ma(rule, pair.ma), bases.get(rule.crm, UNKNOWN))
        ]

    def plan(self, pair: Pair, crm_times: Times, ma_times: Times) -> Plan:
        """Return what the plain fields and the owner of a pair need; the times are those of `contested` fields."""
        plan = Plan(pair, self._state.bases(pair.crm_id))
        for rule in pair.contract.rules:
            crm, ma = self._of_crm(rule, pair.crm), self._of_ma(rule, pair.ma)
            self._plan_field(plan, rule, crm, ma, self._later(pair, rule, crm_times, ma_times))
        self._plan_owner(plan)
        if self._bugs.on("stage_pushed_with_everything"):
            self._push_stage(plan)
        if self._bugs.on("placeholder_overwrites"):
            self._fill_required(plan)
        if self._bugs.on("both_sides_edited_one_lost") and any(m.side == "ma" for m in plan.moves):
            # Both sides count as synced now: what the MA had is taken for what they agreed on.
            plan.agreed |= {m.name: self._held_by_ma(pair, m.name) for m in plan.moves if m.side == "crm"}
            plan.moves = [m for m in plan.moves if m.side == "ma"]
        return plan

    def _held_by_ma(self, pair: Pair, name: str) -> Neutral:
        rule = next(r for r in pair.contract.rules if r.crm == name)
        return from_ma(rule, pair.ma.get(rule.ma))

    def _plan_field(self, plan: Plan, rule: Rule, crm: Neutral, ma: Neutral, later: Callable[[], str]) -> None:
        base = plan.bases.get(rule.crm, UNKNOWN)
        decision = merge(rule, crm, ma, base, later, self._bugs)
        if decision.conflict:
            self._outcome.conflict(plan.crm_record, rule.crm, plan.pair.crm_id, plan.pair.ma_id, decision.conflict)
        if decision.to_crm:
            self._add(plan, Move(rule.crm, "crm", {rule.crm: to_crm(rule, decision.value, self._bugs)}, decision.value), rule)
        if decision.to_ma:
            wanted = self._additions(decision.value, base)
            self._add(plan, Move(rule.crm, "ma", {rule.ma: to_ma(rule, wanted, self._bugs)}, decision.value), rule)
        if decision.agree and not (decision.to_crm or decision.to_ma) and (base is UNKNOWN or base != decision.value):
            plan.agreed[rule.crm] = decision.value

    def _add(self, plan: Plan, move: Move, rule: Rule) -> None:
        if rule.max_length and isinstance(move.agreed, str) and len(move.agreed) > rule.max_length:
            plan.unsendable.append((move, f"{rule.crm}: longer than the {rule.max_length} characters of the mapping"))
            return
        if is_dropped(rule, move.side, move.agreed, next(iter(move.fields.values())), self._bugs):
            plan.agreed[rule.crm] = move.agreed
            return
        plan.moves.append(move)

    def _additions(self, value: Neutral, base: Base) -> Neutral:
        """Return what to send of a choice of several: all of it, because an update replaces what was chosen before."""
        if isinstance(value, tuple) and isinstance(base, tuple) and self._bugs.on("choices_replaced_by_addition"):
            return tuple(word for word in value if word not in base) or value
        return value

    def _push_stage(self, plan: Plan) -> None:
        """Send the lifecycle stage with every update of the MA, so that both sides show the same."""
        rule = next((r for r in plan.pair.contract.rules if r.ma == STAGE), None)
        value = from_crm(rule, plan.pair.crm.get(rule.crm)) if rule else None
        if rule and value and any(m.side == "ma" for m in plan.moves) and all(m.name != rule.crm for m in plan.moves):
            plan.moves.append(Move(rule.crm, "ma", {rule.ma: to_ma(rule, value, self._bugs)}, value))

    @staticmethod
    def _fill_required(plan: Plan) -> None:
        """Give Salesforce something for every field it demands, in case the MA has nothing there."""
        if plan.pair.contract.crm == "Lead" and any(move.side == "crm" for move in plan.moves):
            for rule in plan.pair.contract.rules:
                if rule.crm in REQUIRED and from_ma(rule, plan.pair.ma.get(rule.ma)) is None:
                    plan.moves.append(Move(rule.crm, "crm", {rule.crm: PLACEHOLDER}, None))

    def _later(self, pair: Pair, rule: Rule, crm_times: Times, ma_times: Times) -> Callable[[], str]:
        def later() -> str:
            by_record = self._bugs.on("winner_ignored") or self._bugs.on("record_stamp_decides")
            crm_ms = crm_times.get((pair.crm_id, "" if by_record else rule.crm))
            ma_ms = ma_times.get((pair.ma_id, "" if by_record else rule.ma))
            crm_ms = crm_times.get((pair.crm_id, ""), 0) if crm_ms is None else crm_ms
            ma_ms = ma_times.get((pair.ma_id, ""), 0) if ma_ms is None else ma_ms
            # Salesforce knows seconds only; within one second nobody can tell, and the CRM is kept.
            return "ma" if ma_ms // 1000 > crm_ms // 1000 else "crm"

        return later

    def _plan_owner(self, plan: Plan) -> None:
        rule = plan.pair.contract.owner
        if rule is None or (self._bugs.on("owner_set_once") and rule.crm in plan.bases):
            return
        crm = self._owners.email_of_user(plan.pair.crm.get(rule.crm))
        ma = self._owners.email_of_owner(plan.pair.ma.get(rule.ma))
        if crm is None and self._bugs.on("inactive_owner_replaced"):
            plan.moves.append(Move(rule.crm, "crm", {rule.crm: self._owners.integration_user_id}, None))
            return
        decision = merge(rule, crm, ma, plan.bases.get(rule.crm, UNKNOWN), lambda: "crm", self._bugs)
        owner_id, user_id = self._owners.owner_id(crm), self._owners.user_id(ma)
        if decision.to_ma and crm and owner_id:
            plan.moves.append(Move(rule.crm, "ma", {rule.ma: owner_id}, crm))
        elif decision.to_crm and ma and user_id:
            plan.moves.append(Move(rule.crm, "crm", {rule.crm: user_id}, ma))
        elif decision.agree and not (decision.to_ma or decision.to_crm) and plan.bases.get(rule.crm, UNKNOWN) != crm:
            plan.agreed[rule.crm] = crm

    # -- newcomers ----------------------------------------------------------------------------------

    def newcomer_for_ma(self, contract: ObjectContract, row: Row) -> tuple[Row, dict[str, Base]]:
        """Return the properties of a new MA record and what both sides then agree on."""
        properties = self._bled if self._bugs.on("previous_record_bleed") else {}
        agreed: dict[str, Base] = {}
        for rule in contract.rules:
            value = self._of_crm(rule, row)
            if rule.direction == "ma_to_crm" and rule.fill != "back":
                # The new record is blank there: that is no wish to empty the CRM.
                agreed[rule.crm] = None
                continue
            if value is None and rule.crm != contract.key[0]:
                continue
            if rule.max_length and isinstance(value, str) and len(value) > rule.max_length:
                reason = f"{rule.crm}: longer than the {rule.max_length} characters of the mapping"
                self._state.park("crm", f"{contract.object}/{row['Id']}", rule.crm, "", reason)
                continue
            agreed[rule.crm] = value
            sent = to_ma(rule, value, self._bugs)
            if not is_dropped(rule, "ma", value, sent, self._bugs):
                properties[rule.ma] = "USD" if "Currency" in rule.crm and self._bugs.on("currency_defaulted") else sent
        if contract.owner is not None:
            email = self._owners.email_of_user(row.get(contract.owner.crm))
            owner_id = self._owners.owner_id(email)
            if owner_id:
                properties[contract.owner.ma] = owner_id
                agreed[contract.owner.crm] = email
        return dict(properties), agreed

    def newcomer_for_crm(self, contract: ObjectContract, row: Row) -> tuple[Row, dict[str, Base]]:
        """Return the fields of a new CRM record (a lead) and what both sides then agree on."""
        key = next((r for r in contract.rules if r.crm == contract.key[0]), None)
        fields: Row = self._bled if self._bugs.on("previous_lead_bleeds") else {}
        fields[contract.key[0]] = str(row.get(contract.key[1]) or "").strip()
        agreed: dict[str, Base] = {}
        for rule in contract.rules:
            value = self._of_ma(rule, row)
            travels = rule.direction in ("both", "ma_to_crm") or rule.fill == "back" or self._bugs.on("creates_unheeded")
            if value is not None and (travels or rule is key):
                fields[rule.crm] = to_crm(rule, value, self._bugs)
                agreed[rule.crm] = value
            elif rule.direction == "crm_to_ma":
                agreed[rule.crm] = None
        for required in REQUIRED:
            if contract.crm == "Lead" and not fields.get(required):
                fields[required] = PLACEHOLDER
        if contract.owner is not None:
            email = self._owners.email_of_owner(row.get(contract.owner.ma))
            user_id = self._owners.user_id(email)
            if user_id:
                fields[contract.owner.crm] = user_id
                agreed[contract.owner.crm] = email
        return dict(fields), agreed
