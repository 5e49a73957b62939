"""Other CRM records of a linked address: duplicates, and leads beside their contact. A refusal is theirs too.

Their fields are left alone, but an opt-out is about the address: whoever says it on one record has said it for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .bugs import Bugs
from .contract import ObjectContract
from .crm import SalesforceSide
from .failures import RefusedError, TransientError
from .linking import Linker, Resolved
from .ma import HubspotSide
from .outcome import Outcome
from .planning import Plan
from .reading import Family
from .state import State

Row = dict[str, Any]


class Siblings:
    """Spreads opt-outs of everything over all CRM records of an address."""

    def __init__(
        self, family: Family, crm: SalesforceSide, ma: HubspotSide, linker: Linker, state: State, outcome: Outcome, bugs: Bugs
    ) -> None:
        self._family, self._crm, self._ma, self._linker = family, crm, ma, linker
        self._state, self._outcome, self._bugs = state, outcome, bugs

    def speak_up(self, resolved: Resolved) -> None:
        """Say the refusals of siblings that were just read to the MA, and those of the MA to them."""
        said: set[str] = set()
        for contract, row, match in resolved.siblings:
            flag = contract.optout_field
            email = str(row.get(contract.key[0]) or "").strip()
            out = match is not None and match.get("hs_email_optout") == "true"
            if not flag or not email:
                continue
            if row.get(flag) and not out and email.lower() not in said:
                said.add(email.lower())
                self._ma.consents.unsubscribe_from_all(email)
                self._outcome.updated += 1
            elif out and not row.get(flag):
                self._raise(contract, [row["Id"]])

    def hear(self, plans: Sequence[Plan]) -> None:
        """Put up the flag of siblings of people whose opt-out is news."""
        emails = {
            str(plan.pair.crm.get(plan.pair.contract.key[0]) or "")
            for plan in plans
            if (flag := plan.pair.contract.optout_field) and plan.bases.get(flag) is not True
            and (plan.pair.crm.get(flag) or plan.pair.ma.get("hs_email_optout") == "true")
        } - {""}
        if not emails:
            return
        for contract in self._family.contracts:
            flag = contract.optout_field
            rows = self._crm.by_values(contract.crm, contract.crm_fields, contract.key[0], emails) if flag else []
            self._raise(contract, [
                row["Id"] for row in rows
                if not row.get(flag) and self._state.link_of_crm(row["Id"]) is None and not self._linker.stays_out(contract, row)
            ])

    def _raise(self, contract: ObjectContract, ids: Sequence[str]) -> None:
        if not ids or self._bugs.on("optout_not_propagated_back"):
            return
        for results in self._crm.update(contract.crm, [(i, {contract.optout_field: True}) for i in ids]):
            for record_id, result in zip(ids, results, strict=False):
                if isinstance(result.error, RefusedError | TransientError):
                    self._outcome.refuse(f"{contract.object}/{record_id}", f"{contract.optout_field}: {result.error}")
                    self._state.set_retry("crm", f"{contract.object}/{record_id}", True)
                else:
                    self._outcome.updated += 1
