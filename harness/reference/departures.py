"""Who left: deletions and erasures, and the tombstones that keep the dead from coming back; merges are `uniting`."""

from __future__ import annotations

from typing import Any

from .bugs import Bugs
from .contract import ObjectContract
from .crm import SalesforceSide
from .ma import HubspotSide
from .outcome import Outcome
from .reading import Changes, Family
from .state import Link, State, pseudonym
from .uniting import Uniting

Row = dict[str, Any]

_LOOKED_UP = 20  # of those whom a list does not show, when it shows nobody at all
BIN = "bin"  # the tomb of those who left by the CRM's recycle bin: they may come back


class Departures:
    """Follows records of one family that are no longer where they were."""

    def __init__(
        self, family: Family, crm: SalesforceSide, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs
    ) -> None:
        self._family, self._crm, self._ma = family, crm, ma
        self._state, self._outcome, self._bugs = state, outcome, bugs
        self._uniting = Uniting(family, crm, ma, state, outcome, bugs)

    def follow(self, changes: Changes) -> None:
        """Do what the mapping wants for everything that left the CRM; the state is saved."""
        for contract, row in changes.deleted:
            link = self._state.link_of_crm(row["Id"])
            if row.get("MasterRecordId"):
                self._uniting.merged(contract, row, changes)
            elif link is not None:
                self._left_crm(contract, link)
        for rows in changes.crm.values():
            for row in rows.values():
                if row.get("IsConverted"):
                    self._uniting.converted(row, changes)
                elif self._state.is_buried(BIN, row["Id"]) and not self._bugs.on("restored_stays_buried"):
                    # It lives: somebody took it out of the recycle bin.
                    self._state.dig_up(BIN, row["Id"])
                    self._state.dig_up("crm", row["Id"])
        self._erased_in_crm(changes)
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
        self._state.set_retry("crm", f"{link.object}/{link.crm_id}", False)
        self._state.bury("crm", link.crm_id)
        self._state.bury("ma", f"{self._family.ma}/{link.ma_id}")

    def _left_crm(self, contract: ObjectContract, link: Link) -> None:
        if self._bugs.on("deletion_ignored"):
            return
        if contract.deletes_crm_to_ma in ("archive", "delete"):
            self._ma.archive(self._family.ma, [link.ma_id])
            self._outcome.updated += 1
        self._bury(link)
        self._state.bury(BIN, link.crm_id)

    def _was_erased(self, contract: ObjectContract, link: Link) -> None:
        """Do in the MA what the mapping says of an erasure; where it says nothing, what it says of a deletion."""
        if self._bugs.on("erasure_not_followed"):
            return
        if not contract.erases_crm_to_ma:
            self._left_crm(contract, link)
            return
        if contract.erases_crm_to_ma == "erase":
            self._ma.erase(self._family.ma, link.ma_id)
        elif contract.erases_crm_to_ma == "archive":
            self._ma.archive(self._family.ma, [link.ma_id])
        elif contract.erases_crm_to_ma == "suppress":
            for row in self._ma.read(self._family.ma, {link.ma_id}, ("email",)):
                if row.get("email"):
                    self._ma.consents.unsubscribe_from_all(str(row["email"]))
        self._outcome.updated += 1
        self._bury(link)

    def _erased_in_crm(self, changes: Changes) -> None:
        """Find linked records that are gone without a trace: no query tells of an erasure, so the ids are compared."""
        links = self._state.links(self._family.name)
        for contract in self._family.contracts:
            mine = [link for link in links if link.object == contract.object]
            if not mine:
                continue
            living = self._crm.ids(contract.crm)
            gone = [link for link in mine if link.crm_id not in living]
            if self._bugs.on("absent_is_gone"):
                for link in gone:
                    self._left_crm(contract, link)
                continue
            if not living and any(self._crm.exists(contract.crm, link.crm_id) for link in mine[:_LOOKED_UP]):
                # Everybody gone at once, without a deletion that tells of it: this is no news, the answer is wrong.
                self._outcome.refuse(contract.object, f"Salesforce shows no {contract.crm} at all; nobody was taken for gone")
                continue
            known = self._crm.by_ids(contract.crm, (), {link.crm_id for link in gone}) if gone else {}
            for link in gone:
                row = known.get(link.crm_id)
                if row is None:
                    self._was_erased(contract, link)
                elif row["IsDeleted"] and row.get("MasterRecordId"):
                    self._uniting.merged(contract, row, changes)
                elif row["IsDeleted"]:
                    self._left_crm(contract, link)
