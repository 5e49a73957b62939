"""Records that became one: merges on either side and conversions, followed without losing anybody's refusal.

HubSpot keeps consents by address, and a merged contact is mailed at its first one: what any of its addresses refused is
said for that one too. Salesforce names the winner in the loser's `MasterRecordId`, and the contact in the lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .bugs import Bugs
from .consent import MA_VALUES, Stance, ma_statement
from .contract import ObjectContract
from .conversion import folded
from .crm import SalesforceSide
from .failures import RefusedError
from .ma import HubspotSide
from .ma_consents import StatusChange
from .outcome import Outcome
from .reading import Changes, Family
from .state import Link, State

Row = dict[str, Any]


class Uniting:
    """Lets the links of one family follow records that were merged or converted."""

    def __init__(
        self, family: Family, crm: SalesforceSide, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs
    ) -> None:
        self._family, self._crm, self._ma = family, crm, ma
        self._state, self._outcome, self._bugs = state, outcome, bugs

    # -- in the CRM ---------------------------------------------------------------------------------

    def merged(self, contract: ObjectContract, row: Row, changes: Changes) -> None:
        """Follow the loser of a merge: its MA record becomes the winner's, or is merged into the winner's."""
        if self._bugs.on("merge_not_followed"):
            self._state.unlink(row["Id"])
            return
        link = self._state.link_of_crm(row["Id"])
        self._state.bury("crm", row["Id"])
        if link is None:
            return
        master_id = self._last_master(row, changes)
        winner = self._state.link_of_crm(master_id)
        if winner is None:
            self._state.link(self._family.name, contract.object, master_id, link.ma_id)
        else:
            self._unite(contract, winner, link, changes)

    @staticmethod
    def _last_master(row: Row, changes: Changes) -> str:
        """Return who is left after a chain of merges, as far as this run read it."""
        masters = {r["Id"]: str(r["MasterRecordId"]) for _, r in changes.deleted if r.get("MasterRecordId")}
        found, seen = str(row["MasterRecordId"]), {row["Id"]}
        while found in masters and found not in seen:
            seen.add(found)
            found = masters[found]
        return found

    def converted(self, row: Row, changes: Changes) -> None:
        """A lead became a contact: its MA record follows."""
        link = self._state.link_of_crm(row["Id"])
        contact_id = row.get("ConvertedContactId")
        contract = self._family.contract_for("contact")
        if link is None or not contact_id or contract is None or self._bugs.on("converted_lead_kept"):
            return
        self._state.bury("crm", row["Id"])
        holder = self._state.link_of_crm(contact_id)
        if holder is None:
            self._state.link(self._family.name, contract.object, contact_id, link.ma_id)
        elif holder.ma_id != link.ma_id:
            self._unite(contract, holder, link, changes)

    def _unite(self, contract: ObjectContract, winner: Link, loser: Link, changes: Changes) -> None:
        rows = {r["id"]: r for r in self._ma.read(self._family.ma, [winner.ma_id, loser.ma_id], self._family.properties)}
        bases = self._state.bases(winner.crm_id)
        self._state.unlink(loser.crm_id)
        if loser.ma_id not in rows or winner.ma_id not in rows:
            return
        if contract.consents and not self._bugs.on("merge_loses_optout"):
            self._join_refusals(rows[winner.ma_id], [rows[loser.ma_id]])
        try:
            survivor = self._ma.merge(self._family.ma, winner.ma_id, loser.ma_id)
        except RefusedError as error:
            self._outcome.refuse(f"{contract.object}/{loser.crm_id}", f"merge not followed: {error}")
            return
        self._state.link(self._family.name, winner.object, winner.crm_id, survivor)
        self._state.agree(winner.crm_id, bases)
        self._outcome.updated += 1
        for old in (winner.ma_id, loser.ma_id):
            changes.ma.pop(old, None)
            changes.ma_read.pop(old, None)
        for row in self._ma.read(self._family.ma, [survivor], self._family.properties):
            changes.ma[row["id"]] = changes.ma_read[row["id"]] = row

    # -- in the MA ----------------------------------------------------------------------------------

    def merged_in_ma(self, rows: Iterable[Row]) -> None:
        """Let what the second addresses of merged contacts refused hold for the first ones; the rows are brought up to date."""
        contract = self._family.contracts[0]
        if not contract.consents or self._bugs.on("merge_loses_optout"):
            return
        for row in rows:
            others = [{"email": part.strip()} for part in str(row.get("hs_additional_emails") or "").split(";") if part.strip()]
            if row.get("email") and others:
                self._join_refusals(row, others)

    # -- both ---------------------------------------------------------------------------------------

    def _join_refusals(self, keeper: Row, others: Iterable[Row]) -> None:
        """Say for the address of one contact what the addresses of others have refused."""
        email = str(keeper.get("email") or "")
        addresses = {str(row.get("email") or "") for row in others} - {"", email}
        if not email or not addresses:
            return
        statuses = self._ma.consents.statuses({email, *addresses})
        own = statuses.get(folded(email), {})
        for address in sorted(addresses):
            theirs = statuses.get(folded(address), {})
            missing = _withdrawn(theirs) - _withdrawn(own)
            if missing and _withdrawn(theirs) == set(theirs):
                # The contact's own flag is no answer: a merge fills it from the other record, the address stays as it was.
                self._ma.consents.unsubscribe_from_all(email)
                keeper["hs_email_optout"] = "true"
                return
            for subscription in sorted(missing):
                self._ma.consents.set_status(StatusChange(email, subscription, MA_VALUES[Stance.WITHDRAWN]))


def _withdrawn(statuses: Mapping[str, Row]) -> set[str]:
    """Return the subscriptions that an address refuses."""
    return {i for i, status in statuses.items() if ma_statement(status).stance is Stance.WITHDRAWN}
