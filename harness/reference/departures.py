"""Who left: deletions, merges, conversions and erasures, and the tombstones that keep the dead from coming back."""

from __future__ import annotations

from typing import Any

from .bugs import Bugs
from .contract import ObjectContract
from .crm import SalesforceSide
from .failures import RefusedError
from .ma import HubspotSide
from .outcome import Outcome
from .reading import Changes, Family
from .state import Link, State, pseudonym

Row = dict[str, Any]


class Departures:
    """Follows records of one family that are no longer where they were."""

    def __init__(
        self, family: Family, crm: SalesforceSide, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs
    ) -> None:
        self._family, self._crm, self._ma = family, crm, ma
        self._state, self._outcome, self._bugs = state, outcome, bugs

    def follow(self, changes: Changes) -> None:
        """Do what the mapping wants for everything that left the CRM; the state is saved."""
        for contract, row in changes.deleted:
            link = self._state.link_of_crm(row["Id"])
            if row.get("MasterRecordId"):
                self._merged(contract, row, link)
            elif link is not None:
                self._left_crm(contract, link)
        for rows in changes.crm.values():
            for row in rows.values():
                if row.get("IsConverted"):
                    self._converted(row)
        self._erased_in_crm()
        self._state.save()

    def vanished(self, contract: ObjectContract, link: Link, row: Row | None) -> None:
        """A linked record is gone from the MA: never create it again; delete in the CRM if the mapping says so."""
        if self._bugs.on("erasure_resurrected"):
            self._state.unlink(link.crm_id)
            return
        self._bury(link)
        key = str((row or {}).get(contract.key[0]) or "").strip().casefold()
        if key:
            self._state.bury("key", pseudonym(f"{self._family.name}:{key}"))
        if contract.deletes_ma_to_crm in ("archive", "delete"):
            self._crm.delete([link.crm_id])
            self._outcome.updated += 1

    def _bury(self, link: Link) -> None:
        self._state.unlink(link.crm_id)
        self._state.bury("crm", link.crm_id)
        self._state.bury("ma", f"{self._family.ma}/{link.ma_id}")

    def _left_crm(self, contract: ObjectContract, link: Link) -> None:
        if self._bugs.on("deletion_ignored"):
            return
        if contract.deletes_crm_to_ma in ("archive", "delete"):
            self._ma.archive(self._family.ma, [link.ma_id])
            self._outcome.updated += 1
        self._bury(link)

    def _merged(self, contract: ObjectContract, row: Row, link: Link | None) -> None:
        """The loser of a merge: its MA record goes to the winner, or is merged into the winner's."""
        self._state.bury("crm", row["Id"])
        if link is None:
            return
        master_id = str(row["MasterRecordId"])
        winner = self._state.link_of_crm(master_id)
        if winner is None:
            self._state.link(self._family.name, contract.object, master_id, link.ma_id)
            return
        self._unite(contract, winner, link)

    def _unite(self, contract: ObjectContract, winner: Link, loser: Link) -> None:
        rows = {r["id"]: r for r in self._ma.read(self._family.ma, [winner.ma_id, loser.ma_id], self._family.properties)}
        if loser.ma_id in rows and winner.ma_id in rows:
            if rows[loser.ma_id].get("hs_email_optout") == "true" and rows[winner.ma_id].get("email"):
                # The refusal of either must hold for the one who is left.
                self._ma.consents.unsubscribe_from_all(str(rows[winner.ma_id]["email"]))
            try:
                survivor = self._ma.merge(self._family.ma, winner.ma_id, loser.ma_id)
            except RefusedError as error:
                self._outcome.refuse(f"{contract.object}/{loser.crm_id}", f"merge not followed: {error}")
                survivor = winner.ma_id
            bases = self._state.bases(winner.crm_id)
            self._state.unlink(loser.crm_id)
            self._state.link(self._family.name, winner.object, winner.crm_id, survivor)
            self._state.agree(winner.crm_id, bases)
            self._outcome.updated += 1

    def _converted(self, row: Row) -> None:
        """A lead became a contact: its MA record follows."""
        link = self._state.link_of_crm(row["Id"])
        contact_id = row.get("ConvertedContactId")
        contract = self._family.contract_for("contact")
        if link is None or not contact_id or contract is None:
            return
        self._state.bury("crm", row["Id"])
        holder = self._state.link_of_crm(contact_id)
        if holder is None:
            self._state.link(self._family.name, contract.object, contact_id, link.ma_id)
        elif holder.ma_id != link.ma_id:
            self._unite(contract, holder, link)

    def _erased_in_crm(self) -> None:
        """Find linked records that are gone without a trace: no query tells of an erasure, so the ids are compared."""
        links = self._state.links(self._family.name)
        for contract in self._family.contracts:
            mine = [link for link in links if link.object == contract.object]
            if not mine:
                continue
            living = self._crm.ids(contract.crm)
            gone = [link for link in mine if link.crm_id not in living]
            known = self._crm.by_ids(contract.crm, (), {link.crm_id for link in gone}) if gone else {}
            for link in gone:
                row = known.get(link.crm_id)
                if row is None:
                    self._left_crm(contract, link)
                elif row["IsDeleted"] and row.get("MasterRecordId"):
                    self._merged(contract, row, link)
                elif row["IsDeleted"]:
                    self._left_crm(contract, link)
