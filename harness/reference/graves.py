"""Who was deleted before this connector remembers anything: both systems can be asked, so that nobody is brought back.

A first run, or one after the state was lost, sees people on one side only and would take them for new. Salesforce keeps
deleted records in its bin for 15 days and tells them by queryAll, HubSpot lists archived ones for 90. Whom people erased
for good nobody can be asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .bugs import Bugs
from .contract import ObjectContract
from .conversion import epoch_ms, folded
from .crm import SalesforceSide
from .ma import HubspotSide
from .outcome import Outcome
from .reading import Changes, Family
from .state import State, pseudonym

Row = dict[str, Any]


class Graves:
    """Looks for the dead of one family when everything is read."""

    def __init__(
        self, family: Family, crm: SalesforceSide, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs
    ) -> None:
        self._family, self._crm, self._ma = family, crm, ma
        self._state, self._outcome, self._bugs = state, outcome, bugs

    def visit(self, changes: Changes) -> None:
        """In a full run, bury whom people deleted on either side; the records they left on the other follow the mapping."""
        key = self._family.contracts[0].key[1]
        if not changes.everyone or key != "email" or self._bugs.on("deleted_comes_back"):
            return
        known = bool(self._state.links(self._family.name))
        if known:
            return  # nothing was forgotten: what left since is told by the changes
        self._left_ma(changes)
        self._left_crm(changes)
        self._state.save()

    def _left_ma(self, changes: Changes) -> None:
        """Bury the keys of archived contacts, unless the CRM's record is younger than their end: that is a new person."""
        living = {folded(row.get("email")) for row in changes.ma_read.values()}
        ends: dict[str, int] = {}
        for row in self._ma.archived(self._family.ma, ("email",)):
            email = folded(row.get("email"))
            if email and email not in living:
                ends[email] = max(ends.get(email, 0), epoch_ms(row.get("archivedAt")) or 0)
        born = self._births(changes) if ends else {}
        for email, end in ends.items():
            if email in born and born[email] < end:
                self._state.bury("key", pseudonym(f"{self._family.name}:{email}"))

    def _births(self, changes: Changes) -> Mapping[str, int]:
        """Return when the newest living CRM record of each key was made."""
        found: dict[str, int] = {}
        for contract in self._family.contracts:
            for row in changes.crm_read[contract.object].values():
                key = folded(row.get(contract.key[0]))
                found[key] = max(found.get(key, 0), epoch_ms(row.get("CreatedDate")) or 0)
        return found

    def _left_crm(self, changes: Changes) -> None:
        """Let the MA records of people in the recycle bin follow them, or at least make nobody new of them."""
        living = set(self._births(changes))
        by_key = {folded(row.get("email")): row for row in changes.ma_read.values()}
        for contract in self._family.contracts:
            for row in self._crm.binned(contract.crm, contract.crm_fields):
                left = by_key.get(folded(row.get(contract.key[0])))
                if left is None or row.get("MasterRecordId") or folded(row.get(contract.key[0])) in living:
                    continue
                if (epoch_ms(left.get("createdate")) or 0) < (epoch_ms(row.get("SystemModstamp")) or 0):
                    self._follow(contract, left, changes)

    def _follow(self, contract: ObjectContract, left: Row, changes: Changes) -> None:
        self._state.bury("ma", f"{self._family.ma}/{left['id']}")
        if contract.deletes_crm_to_ma in ("archive", "delete"):
            self._ma.archive(self._family.ma, [left["id"]])
            self._outcome.updated += 1
            changes.ma.pop(left["id"], None)
            changes.ma_read.pop(left["id"], None)
