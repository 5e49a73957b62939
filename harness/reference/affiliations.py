"""People and their companies: the CRM's reference field becomes the MA's association, on change only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .bugs import Bugs
from .contract import ObjectContract
from .crm import SalesforceSide
from .failures import RefusedError, TransientError
from .ma import HubspotSide
from .merging import UNKNOWN, Base
from .outcome import Outcome
from .state import State

Row = dict[str, Any]

COMPANY = "@company"


class Affiliations:
    """Keeps the associations of linked people."""

    def __init__(self, crm: SalesforceSide, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs) -> None:
        self._crm, self._ma, self._state, self._outcome, self._bugs = crm, ma, state, outcome, bugs

    def follow(self, people: Sequence[tuple[ObjectContract, Row]]) -> None:
        """Tie and untie the people (CRM rows) whose company is another one than both sides last agreed on."""
        wanted: list[tuple[str, str, Base, str | None]] = []
        for contract, row in people:
            link = self._state.link_of_crm(row["Id"])
            if contract.company is None or contract.company.direction not in ("crm_to_ma", "both") or link is None:
                continue
            account = row.get(contract.company.crm)
            company = self._state.link_of_crm(account) if account else None
            base: Base = self._state.bases(link.crm_id).get(COMPANY, UNKNOWN)
            target = company.ma_id if company is not None else None
            if account and target is None:
                continue  # The company itself stays out, or comes later.
            if base is UNKNOWN and target is None:
                continue
            if base is UNKNOWN or base != target:
                wanted.append((link.crm_id, link.ma_id, base, target))
        if wanted:
            self._apply(wanted)

    def people_of(self, contract: ObjectContract, account_ids: set[str]) -> list[tuple[ObjectContract, Row]]:
        """Return the people of companies that were linked only now."""
        if contract.company is None or not account_ids:
            return []
        rows = self._crm.by_values(contract.crm, (contract.company.crm,), contract.company.crm, account_ids)
        return [(contract, row) for row in rows]

    def _apply(self, wanted: list[tuple[str, str, Base, str | None]]) -> None:
        try:
            known = self._ma.associations([ma_id for _, ma_id, base, _ in wanted if base is UNKNOWN])
            gone = [(ma, str(base)) for _, ma, base, _ in wanted if base is not UNKNOWN and base is not None]
            if self._bugs.on("old_company_kept"):
                gone = []
            new = [(ma, target) for _, ma, _, target in wanted if target is not None and target not in known.get(ma, ())]
            if gone:
                self._ma.dissociate(gone)
            if new:
                self._ma.associate(new)
        except (RefusedError, TransientError) as error:
            for crm_id, _, _, _ in wanted:
                self._outcome.refuse(f"contact/{crm_id}", f"company: {error}")
                self._state.set_retry("crm", f"contact/{crm_id}", True)
            self._state.save()
            return
        self._outcome.updated += len({*(ma for ma, _ in gone), *(ma for ma, _ in new)})
        with self._state.saving():
            for crm_id, _, _, target in wanted:
                self._state.agree(crm_id, {COMPANY: target})
