"""Creates what exists on one side only, so that nothing is created twice and nobody who refused is ever mailable."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .bugs import Bugs
from .contract import ObjectContract
from .crm import Result, SalesforceSide
from .delivery import EVERYTHING, Delivery
from .failures import ConnectorError, RefusedError, TransientError
from .ma import HubspotSide
from .merging import Base
from .mistakes import PLACEHOLDER
from .outcome import Outcome
from .planning import REQUIRED, ConsentAct
from .state import State
from .weather_mistakes import told_in_full

Row = dict[str, Any]


# Mistakes of programs that take "exists already" for a refusal like any other.
_NOT_ADOPTED = ("secondary_email_ignored", "case_sensitive_keys", "blanks_kept_in_keys")
# What a lead is made with by a program that fills it afterwards (`made_before_filled`).
_STANDING_IN: Row = dict.fromkeys(REQUIRED, PLACEHOLDER)


@dataclass(slots=True)
class ForMa:
    """A CRM record on its way to the MA."""

    contract: ObjectContract
    row: Row
    properties: Row
    agreed: dict[str, Base]
    consents: list[ConsentAct]

    @property
    def record(self) -> str:
        """Return how reports call the CRM record."""
        return f"{self.contract.object}/{self.row['Id']}"


@dataclass(slots=True)
class ForCrm:
    """An MA record on its way to the CRM."""

    contract: ObjectContract
    row: Row
    fields: Row
    agreed: dict[str, Base]

    @property
    def record(self) -> str:
        """Return how reports call the MA record."""
        return f"{self.contract.ma}/{self.row['id']}"


class Arrivals:
    """Creates records for one family."""

    def __init__(
        self, family: str, crm: SalesforceSide, ma: HubspotSide, delivery: Delivery, state: State, outcome: Outcome, bugs: Bugs
    ) -> None:
        self._family, self._crm, self._ma, self._delivery = family, crm, ma, delivery
        self._state, self._outcome, self._bugs = state, outcome, bugs

    # -- to the MA ----------------------------------------------------------------------------------

    def create_in_ma(self, newcomers: Sequence[ForMa]) -> list[tuple[ForMa, str]]:
        """Create MA records; returns those whose key turned out to be taken, with the existing id.

        Opt-outs are said before the record exists: HubSpot keeps them by address.
        """
        ready = [n for n in newcomers if not self._was_refused("crm", n.record, n.properties) and self._refusals_said(n)]
        taken: list[tuple[ForMa, str]] = []
        if not ready:
            return taken
        done = 0
        contract = ready[0].contract
        for results in self._ma.create(contract.ma, contract.key[1], [n.properties for n in ready]):
            batch = list(zip(ready[done:], results, strict=False))
            with self._state.saving():
                for newcomer, result in batch:
                    existing = self._settle_in_ma(newcomer, result)
                    if existing:
                        taken.append((newcomer, existing))
            for newcomer, result in batch:
                if result.error is None:
                    self._grant(newcomer)
            done += len(results)
        return taken

    def _refusals_said(self, newcomer: ForMa) -> bool:
        for act in newcomer.consents:
            if act.is_grant:
                continue
            error = self._delivery.send(act)
            if error is not None:
                self._outcome.refuse(newcomer.record, f"not created, because its opt-out could not be said: {error}")
                self._state.set_retry("crm", newcomer.record, True)
                return False
            newcomer.agreed[act.name] = act.agreed
        return True

    def _settle_in_ma(self, newcomer: ForMa, result: Result) -> str:
        error = result.error
        if error is None:
            self._outcome.created += 1
            self._state.link(self._family, newcomer.contract.object, newcomer.row["Id"], result.id)
            self._state.agree(newcomer.row["Id"], newcomer.agreed)
            self._arrived("crm", newcomer.record)
            return ""
        if isinstance(error, RefusedError) and error.existing_id and not any(self._bugs.on(name) for name in _NOT_ADOPTED):
            if self._bugs.on("search_before_create"):
                self._arrived("crm", newcomer.record)
                return ""
            return error.existing_id
        alone = set(error.fields) - {newcomer.contract.key[1]} if isinstance(error, RefusedError) else set()
        if isinstance(error, RefusedError) and alone and not self._bugs.on("refused_value_blocks_creation"):
            # One bad value must not keep the person out: what is left goes now, the value is reported.
            return self._without(newcomer, error)
        self._not_created("crm", newcomer.record, error, json.dumps(newcomer.properties, sort_keys=True))
        return ""

    def _without(self, newcomer: ForMa, error: RefusedError) -> str:
        bad = {name for name in error.fields if name in newcomer.properties and name != newcomer.contract.key[1]}
        names = {rule.crm for rule in newcomer.contract.rules if rule.ma in bad}
        if not bad:
            self._not_created("crm", newcomer.record, error, json.dumps(newcomer.properties, sort_keys=True))
            return ""
        self._outcome.refuse(newcomer.record, str(error))
        newcomer.properties = {k: v for k, v in newcomer.properties.items() if k not in bad}
        newcomer.agreed = {k: v for k, v in newcomer.agreed.items() if k not in names}
        for results in self._ma.create(newcomer.contract.ma, newcomer.contract.key[1], [newcomer.properties]):
            return self._settle_in_ma(newcomer, results[0])
        return ""

    def _grant(self, newcomer: ForMa) -> None:
        for act in newcomer.consents:
            if act.is_grant:
                error = self._delivery.send(act)
                if error is None:
                    with self._state.saving():
                        self._state.agree(newcomer.row["Id"], {act.name: act.agreed})
                else:
                    self._not_created("crm", newcomer.record, error, act.fingerprint, act.name)

    # -- to the CRM ---------------------------------------------------------------------------------

    def create_in_crm(self, newcomers: Sequence[ForCrm]) -> list[ForCrm]:
        """Create CRM records; returns those of which nobody knows whether they exist now: look before trying again."""
        newcomers = [n for n in newcomers if not self._was_refused("ma", n.record, n.fields)]
        unknown: list[ForCrm] = []
        done = 0
        if not newcomers:
            return unknown
        early = self._bugs.on("made_before_filled")
        for results in self._crm.create(newcomers[0].contract.crm, [_STANDING_IN if early else n.fields for n in newcomers]):
            if early:
                self._fill(newcomers[done:], results)
            with self._state.saving():
                for newcomer, result in zip(newcomers[done:], results, strict=False):
                    if self._settle_in_crm(newcomer, result):
                        unknown.append(newcomer)
            done += len(results)
        return unknown

    def _fill(self, newcomers: Sequence[ForCrm], results: Sequence[Result]) -> None:
        """Give records that were made empty what they are to hold."""
        made = [(result.id, n.fields) for n, result in zip(newcomers, results, strict=False) if result.error is None]
        for _ in self._crm.update(newcomers[0].contract.crm, made):
            pass

    def _settle_in_crm(self, newcomer: ForCrm, result: Result) -> bool:
        error = result.error
        if error is None:
            self._outcome.created += 1
            if not self._bugs.on("created_link_not_kept"):
                self._state.link(self._family, newcomer.contract.object, result.id, newcomer.row["id"])
            self._state.agree(result.id, newcomer.agreed)
            self._arrived("ma", newcomer.record)
            return False
        if isinstance(error, TransientError) and error.ambiguous:
            return True
        if isinstance(error, RefusedError) and error.code == "DUPLICATES_DETECTED" and self._bugs.on("duplicate_refusal_dropped"):
            self._arrived("ma", newcomer.record)
            return False
        told_in_full(newcomer.record, newcomer.fields, self._bugs)
        if isinstance(error, RefusedError) and self._lighter(newcomer, error):
            for results in self._crm.create(newcomer.contract.crm, [newcomer.fields]):
                return self._settle_in_crm(newcomer, results[0])
        self._not_created("ma", newcomer.record, error, json.dumps(newcomer.fields, sort_keys=True))
        return False

    def _lighter(self, newcomer: ForCrm, error: RefusedError) -> bool:
        """Take out what was refused, unless the record cannot do without it; the value is reported."""
        bad = {name for name in error.fields if name in newcomer.fields} - {newcomer.contract.key[0], *REQUIRED}
        if not bad or bad != set(error.fields) or self._bugs.on("refused_value_blocks_creation"):
            return False
        self._outcome.refuse(newcomer.record, str(error))
        newcomer.fields = {k: v for k, v in newcomer.fields.items() if k not in bad}
        newcomer.agreed = {k: v for k, v in newcomer.agreed.items() if k not in bad}
        return True

    def give_up(self, newcomer: ForCrm) -> None:
        """Report a record that could not be created, and try again in the next run."""
        self._not_created("ma", newcomer.record, TransientError("the answer to the creation was lost"), "")

    # -- both ---------------------------------------------------------------------------------------

    def _arrived(self, side: str, record: str) -> None:
        self._state.unpark(side, record, [EVERYTHING])
        self._state.set_retry(side, record, False)

    def _was_refused(self, side: str, record: str, payload: Mapping[str, Any]) -> bool:
        value = self._state.parked(side, record).get(EVERYTHING, ("", ""))[0]
        return bool(value) and value == json.dumps(payload, sort_keys=True)

    def _not_created(
        self, side: str, record: str, error: ConnectorError, fingerprint: str, name: str = EVERYTHING
    ) -> None:
        if self._bugs.on("one_bad_record_blocks_all"):
            raise error
        reason = str(error) if name == EVERYTHING else f"{name}: {error}"
        self._outcome.refuse(record, reason)
        if self._bugs.on("failed_marked_synced"):
            return
        with self._state.saving():
            if isinstance(error, RefusedError) and not self._bugs.on("refused_is_tried_for_ever"):
                self._state.park(side, record, name, fingerprint, reason)
            else:
                self._state.set_retry(side, record, True)
