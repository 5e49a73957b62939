"""Sends what was planned: refusals first, then creations and updates, grants last; saves after each accepted batch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from .bugs import Bugs
from .consent_mistakes import has_bounced, silenced_by_phone
from .crm import Result, SalesforceSide
from .failures import RefusedError, TransientError
from .ma import HubspotSide
from .outcome import Outcome
from .planning import ConsentAct, Move, Plan
from .pushing import UNTICKED, as_read
from .state import State

Row = dict[str, Any]

EVERYTHING = "*"


class Delivery:
    """Executes the plans of one family."""

    def __init__(self, crm: SalesforceSide, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs) -> None:
        self._crm, self._ma, self._state, self._outcome, self._bugs = crm, ma, state, outcome, bugs

    def deliver(self, plans: Sequence[Plan]) -> None:
        """Send everything. What is refused is reported and parked; what fails for a while marks the plan."""
        self._misled(plans)
        for plan in plans:
            self._drop_parked(plan)
            for move, reason in plan.unsendable:
                record = plan.crm_record if move.side == "crm" else plan.ma_record
                self._park(move.side, record, move.name, move.fingerprint, reason)
        with self._state.saving():
            for plan in plans:
                self._state.agree(plan.pair.crm_id, plan.agreed)
        for plan in plans:
            self.say(plan, [act for act in plan.consents if not act.is_grant])
        by_kind: dict[str, list[Plan]] = {}
        for plan in plans:
            by_kind.setdefault(plan.pair.contract.crm, []).append(plan)
        for kind, group in by_kind.items():
            self._update("crm", kind, group)
        if plans:
            self._update("ma", plans[0].pair.contract.ma, plans)
        for plan in plans:
            self.say(plan, [act for act in plan.consents if act.is_grant])

    # -- consent ------------------------------------------------------------------------------------

    def _misled(self, plans: Sequence[Plan]) -> None:
        """Change what was planned as two of this connector's mistakes would."""
        if self._bugs.on("do_not_call_unsubscribes"):
            silenced_by_phone(self._crm, plans)
        for plan in plans if self._bugs.on("bounced_not_updated") else ():
            if has_bounced(self._ma, plan.pair.contract.ma, plan.pair.ma_id):
                plan.moves = [move for move in plan.moves if move.side != "ma"]

    def say(self, plan: Plan, acts: Iterable[ConsentAct]) -> None:
        """Carry consents to the MA and keep what both sides then agree on."""
        for act in acts:
            error = self.send(act)
            if error is None or (isinstance(error, RefusedError) and self._bugs.on("refused_consent_swallowed")):
                self._outcome.updated += 1
                with self._state.saving():
                    self._state.agree(plan.pair.crm_id, {act.name: act.agreed})
                    self._state.unpark("crm", plan.crm_record, [act.name])
            elif isinstance(error, RefusedError):
                self._park("crm", plan.crm_record, act.name, act.fingerprint, f"{act.name}: {error}")
            else:
                self._outcome.refuse(plan.crm_record, f"{act.name}: {error}")
                plan.failed = True

    def send(self, act: ConsentAct) -> TransientError | RefusedError | None:
        """Carry one consent to the MA; returns why not."""
        try:
            if act.change is None:
                self._ma.consents.unsubscribe_from_all(act.email)
            else:
                self._ma.consents.set_status(act.change)
                if act.is_grant and self._bugs.on("confirmation_mail_sent"):
                    self._ma.consents.ask_to_confirm(act.email)
        except (TransientError, RefusedError) as error:
            if self._bugs.on("one_bad_record_blocks_all"):
                raise
            return error
        return None

    # -- updates ------------------------------------------------------------------------------------

    def _update(self, side: str, kind: str, plans: Sequence[Plan]) -> None:
        """Send the moves of one side; a record that is refused for some fields is sent again without them."""
        waiting = [plan for plan in plans if any(move.side == side for move in plan.moves)]
        for _ in range(3):
            if not waiting:
                return
            waiting = self._update_once(side, kind, waiting)
        for plan in waiting:
            self._refuse(plan, side, [m for m in plan.moves if m.side == side], RefusedError("REFUSED_AGAIN"))

    def _update_once(self, side: str, kind: str, plans: Sequence[Plan]) -> list[Plan]:
        records = [(plan.pair.crm_id if side == "crm" else plan.pair.ma_id, self._payload(plan, side)) for plan in plans]
        batches = self._crm.update(kind, records) if side == "crm" else self._ma.update(kind, records)
        again: list[Plan] = []
        done = 0
        for results in batches:
            with self._state.saving():
                for plan, result in zip(plans[done:], results, strict=False):
                    if self._settle(plan, side, result):
                        again.append(plan)
            done += len(results)
        return again

    def _payload(self, plan: Plan, side: str) -> Row:
        payload = plan.payload(side)
        if self._bugs.on("record_written_as_read"):
            payload = as_read(plan, side, self._bugs) | payload
        if side == "crm" and self._bugs.on("readonly_field_pushed"):
            payload = {rule.crm: plan.pair.crm.get(rule.crm) for rule in plan.pair.contract.rules} | payload
        if side == "crm" and plan.pair.contract.consents and self._bugs.on("defaults_sent_along"):
            payload = UNTICKED | payload
        owner = plan.pair.contract.owner
        if side == "crm" and owner is not None and self._bugs.on("owner_hijacked"):
            payload[owner.crm] = self._crm.own_user_id()
        return payload

    def _settle(self, plan: Plan, side: str, result: Result) -> bool:
        """Keep the outcome of one record; returns True when it must be sent again without what was refused."""
        moves = [move for move in plan.moves if move.side == side]
        record = plan.crm_record if side == "crm" else plan.ma_record
        if result.error is None or self._bugs.on("batch_partial_ignored"):
            self._outcome.updated += 1
            if self._bugs.on("loop_guard_drops_edits"):
                self._state.guard("crm" if side == "crm" else f"ma:{plan.pair.contract.ma}", plan.pair.crm_id if side == "crm" else plan.pair.ma_id)
            self._state.agree(plan.pair.crm_id, {move.name: move.agreed for move in moves})
            self._state.unpark(side, record, [*(move.name for move in moves), EVERYTHING])
            plan.moves = [move for move in plan.moves if move.side != side]
            return False
        if self._bugs.on("one_bad_record_blocks_all"):
            raise result.error
        if isinstance(result.error, RefusedError):
            return self._refuse(plan, side, moves, result.error)
        self._outcome.refuse(record, str(result.error))
        plan.failed = True
        return False

    def _refuse(self, plan: Plan, side: str, moves: list[Move], error: RefusedError) -> bool:
        record = plan.crm_record if side == "crm" else plan.ma_record
        bad = [move for move in moves if set(move.fields) & set(error.fields)]
        if self._bugs.on("refused_value_drops_record"):
            bad = []
        plan.failed |= self._bugs.on("refused_is_tried_for_ever")
        for move in bad:
            self._park(side, record, move.name, move.fingerprint, f"{move.name}: {error}")
        if not bad:
            self._park(side, record, EVERYTHING, _fingerprint(moves), str(error))
        plan.moves = [move for move in plan.moves if move.side != side or (bad and move not in bad)]
        return bool(bad) and any(move.side == side for move in plan.moves)

    # -- parked -------------------------------------------------------------------------------------

    def _park(self, side: str, record: str, name: str, fingerprint: str, reason: str) -> None:
        self._outcome.refuse(record, reason)
        if not self._bugs.on("failed_marked_synced") and not self._bugs.on("refused_is_tried_for_ever"):
            self._state.park(side, record, name, fingerprint, reason)

    def _drop_parked(self, plan: Plan) -> None:
        """Leave out what was refused before and has not changed since; forget refusals that are out of date."""
        for side, record in (("crm", plan.crm_record), ("ma", plan.ma_record)):
            parked = self._state.parked(side, record)
            if not parked:
                continue
            moves = [move for move in plan.moves if move.side == side]
            wanted = {move.name: move.fingerprint for move in moves} | {EVERYTHING: _fingerprint(moves)}
            if side == "crm":
                wanted |= {act.name: act.fingerprint for act in plan.consents}
            same = {name for name, (value, _) in parked.items() if wanted.get(name) == value}
            self._state.unpark(side, record, set(parked) - same)
            if EVERYTHING in same:
                plan.moves = [move for move in plan.moves if move.side != side]
            plan.moves = [move for move in plan.moves if move.side != side or move.name not in same]
            if side == "crm":
                plan.consents = [act for act in plan.consents if act.name not in same]


def _fingerprint(moves: Iterable[Move]) -> str:
    return json.dumps({name: value for move in moves for name, value in move.fields.items()}, sort_keys=True)
