"""Who is who: records are paired by the id map, else by the match key, never by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .bugs import Bugs
from .contract import ObjectContract
from .conversion import folded
from .crm import SalesforceSide
from .exclusion import excluded_in_crm, excluded_in_ma
from .keys import agreement, match_key
from .ma import HubspotSide
from .outcome import Outcome
from .reading import Changes, Family
from .state import Link, State, pseudonym

Row = dict[str, Any]

DUPLICATE = "*duplicate"


@dataclass(slots=True)
class Pair:
    """One person or company on both sides."""

    contract: ObjectContract
    crm: Row
    ma: Row

    @property
    def crm_id(self) -> str:
        """Return the CRM's id."""
        return str(self.crm["Id"])

    @property
    def ma_id(self) -> str:
        """Return the MA's id."""
        return str(self.ma["id"])


@dataclass(slots=True)
class Resolved:
    """Pairs to bring together, and who is to be created where."""

    pairs: list[Pair] = field(default_factory=list)
    for_ma: list[tuple[ObjectContract, Row]] = field(default_factory=list)  # CRM rows without an MA record
    for_crm: list[tuple[ObjectContract, Row]] = field(default_factory=list)  # MA rows without a CRM record
    vanished: list[tuple[ObjectContract, Link]] = field(default_factory=list)  # linked, but gone from the MA
    # CRM rows whose key another record holds, with the MA row if there is one already.
    siblings: list[tuple[ObjectContract, Row, Row | None]] = field(default_factory=list)


class Linker:
    """Pairs the changed records of one family."""

    def __init__(
        self, family: Family, crm: SalesforceSide, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs, today: date
    ) -> None:
        self._family, self._crm, self._ma = family, crm, ma
        self._state, self._outcome, self._bugs, self._today = state, outcome, bugs, today
        self.united: set[str] = set()  # MA records into which linked ones had been merged, as this run found

    def resolve(self, changes: Changes) -> Resolved:
        """Return the pairs and newcomers of what has changed; new links are in the state already."""
        found = Resolved()
        links: dict[str, Link] = {}
        rows: dict[str, Row] = {}
        orphans: list[tuple[ObjectContract, Row]] = []
        for contract in self._family.contracts:
            for row in changes.crm[contract.object].values():
                if not self.stays_out(contract, row):
                    rows[row["Id"]] = row
                    link = self._known(contract, row)
                    if link is not None:
                        links[link.crm_id] = link
                    elif not self._state.is_buried("crm", row["Id"]):
                        orphans.append((contract, row))
                else:
                    self._left_out(contract, row)
        strangers: list[Row] = []
        for row in changes.ma.values():
            self._follow_merge(row)
            known = self._links_of(row)
            links.update((link.crm_id, link) for link in known)
            if not known:
                strangers.append(row)
        ma_rows = self._match_crm(orphans, changes, found, links)
        self._match_ma(strangers, changes, found, links, rows)
        self._fill(links.values(), changes, rows, ma_rows, found)
        return found

    # -- one record ---------------------------------------------------------------------------------

    def stays_out(self, contract: ObjectContract, row: Row) -> bool:
        """Tell whether a CRM record is none of this connector's business."""
        if row.get("IsConverted"):
            return not self._bugs.on("converted_lead_kept")
        return bool(excluded_in_crm(contract, row, self._today, self._bugs)) and not self._bugs.on("wrong_population")

    def _left_out(self, contract: ObjectContract, row: Row) -> None:
        """Who stays out is left as they are, on both sides, and keeps the link for the day they come back."""
        link = self._state.link_of_crm(row["Id"])
        if link is not None and self._bugs.on("readd_resubscribes"):
            self._state.unlink(row["Id"])
        email = str(row.get(contract.key[0]) or "")
        if link is not None and contract.consents and email and self._bugs.on("excluded_unsubscribed"):
            self._ma.consents.unsubscribe_from_all(email)

    def _known(self, contract: ObjectContract, row: Row) -> Link | None:
        link = self._state.link_of_crm(row["Id"])
        if link is not None and self._bugs.on("email_change_creates_second"):
            agreed = self._state.bases(link.crm_id).get(contract.key[0])
            if agreed is not None and folded(agreed) != folded(row.get(contract.key[0])):
                self._state.unlink(link.crm_id)
                return None
        return link

    def _links_of(self, row: Row) -> list[Link]:
        """Return the links of an MA record, whatever its address is by now."""
        links = self._state.links_of_ma(self._family.name, row["id"])
        if not self._bugs.on("ma_address_change_makes_a_lead"):
            return links
        contract = self._family.contracts[0]
        kept = []
        for link in links:
            agreed = self._state.bases(link.crm_id).get(contract.key[0])
            if agreed is None or folded(agreed) == folded(row.get(contract.key[1])):
                kept.append(link)
            else:
                self._state.unlink(link.crm_id)
        return kept

    def _ma_keys(self, row: Row) -> list[str]:
        """Return the keys an MA record answers to: for people the additional addresses too."""
        keys = [match_key(row.get(self._family.contracts[0].key[1]), self._bugs)]
        if not self._bugs.on("secondary_email_ignored"):
            keys += [match_key(part, self._bugs) for part in str(row.get("hs_additional_emails") or "").split(";")]
        return [key for key in keys if key]

    def _is_known_by_link_only(self, contract: ObjectContract) -> bool:
        """Tell whether records of this object are never looked up by their address (a bug)."""
        names = ("leads_known_by_link_only", "created_link_not_kept")
        return contract.object == "lead" and any(self._bugs.on(name) for name in names)

    def _follow_merge(self, row: Row) -> None:
        """Move the links of records that were merged into this one."""
        if self._bugs.on("merged_id_unknown"):
            return
        for old in str(row.get("hs_merged_object_ids") or "").replace(",", ";").split(";"):
            link = self._state.link_of_ma(self._family.name, old.strip()) if old.strip() else None
            if link is None or link.ma_id == row["id"]:
                continue
            self.united.add(row["id"])
            if self._state.link_of_ma(self._family.name, row["id"]) is None:
                self._relink(link, row["id"])
            else:
                reason = "duplicate: merged into another person's record in the MA"
                self._outcome.refuse(f"{link.object}/{link.crm_id}", reason, failed=False)
                self._state.unlink(link.crm_id)
                self._state.bury("crm", link.crm_id)

    def _relink(self, link: Link, ma_id: str) -> None:
        bases = self._state.bases(link.crm_id)
        self._state.link(self._family.name, link.object, link.crm_id, ma_id)
        self._state.agree(link.crm_id, bases)

    # -- by key -------------------------------------------------------------------------------------

    def _match_crm(
        self, orphans: list[tuple[ObjectContract, Row]], changes: Changes, found: Resolved, links: dict[str, Link]
    ) -> dict[str, Row]:
        """Look for the MA records of unlinked CRM records; contacts come before leads."""
        keyed = [
            (c, row, match_key(row.get(c.key[0]), self._bugs)) for c, row in orphans if not self._is_known_by_link_only(c)
        ]
        ma_rows = self._ma_rows({key for _, _, key in keyed if key}, changes)
        by_key = {key: row for row in ma_rows.values() for key in self._ma_keys(row)}
        promised: dict[str, str] = {}
        for contract, row, key in self._likeliest_first(keyed, by_key):
            # A record without a key can only be recognised by the id map: it is new.
            match = by_key.get(key) if key else None
            if match is not None:
                self._claim(contract, row, match, found, links)
            elif key and key in promised:
                self._duplicate(contract, row, promised[key])
                found.siblings.append((contract, row, None))
            elif "crm_to_ma" in contract.creates and not self._is_dead(key):
                found.for_ma.append((contract, row))
                promised[key] = contract.object
        return ma_rows

    def _likeliest_first(
        self, keyed: list[tuple[ObjectContract, Row, str]], by_key: dict[str, Row]
    ) -> list[tuple[ObjectContract, Row, str]]:
        """Return the orphans so that of several people with one address the one whom the MA record is about comes first."""
        shared = {key for key, count in Counter(key for _, _, key in keyed).items() if count > 1 and key in by_key}
        if not shared or self._bugs.on("shared_address_last_wins"):
            return keyed
        place = {c.object: number for number, c in enumerate(self._family.contracts)}
        return sorted(keyed, key=lambda e: (place[e[0].object], -agreement(e[0], e[1], by_key[e[2]]) if e[2] in shared else 0))

    def _is_dead(self, key: str) -> bool:
        return bool(key) and self._state.is_buried("key", pseudonym(f"{self._family.name}:{key.casefold()}"))

    def _ma_rows(self, keys: set[str], changes: Changes) -> dict[str, Row]:
        if changes.everyone or not keys:
            return dict(changes.ma_read)
        if self._bugs.on("everybody_listed_for_each"):
            listed = [self._ma.everything(self._family.ma, self._family.properties) for _ in keys]
            return {row["id"]: row for row in listed[-1]}
        name = self._family.contracts[0].key[1]
        if self._bugs.on("search_before_create"):
            rows = self._ma.searched(self._family.ma, name, keys, self._family.properties)
        else:
            # By key, not by search: search may not know yet what was saved a moment ago.
            rows = self._ma.read(self._family.ma, keys, self._family.properties, key=name)
        return {row["id"]: row for row in rows}

    @property
    def _is_shared(self) -> bool:
        """Tell whether several CRM records may be linked to one MA record (a bug)."""
        return self._bugs.on("one_to_many_link") or self._bugs.on("rounds_until_equal")

    def _claim(self, contract: ObjectContract, row: Row, match: Row, found: Resolved, links: dict[str, Link]) -> None:
        """Link a CRM record to the MA record with its key, unless another one has it already."""
        holder = self._state.link_of_ma(self._family.name, match["id"])
        if holder is not None and holder.crm_id != row["Id"]:
            first = self._family.contracts[0].object
            is_taken = holder.object == first or contract.object != first or self._bugs.on("converted_lead_kept")
            if is_taken and not self._bugs.on("shared_address_last_wins") and not self._is_shared:
                self._duplicate(contract, row, holder.object)
                found.siblings.append((contract, row, match))
                return
            # A person who is both lead and contact: the contact is the one that counts.
            if not self._is_shared:
                links.pop(holder.crm_id, None)
        self._state.link(
            self._family.name, contract.object, row["Id"], match["id"], alone=not self._is_shared
        )
        self._state.unpark("crm", f"{contract.object}/{row['Id']}", [DUPLICATE])
        links[row["Id"]] = Link(contract.object, row["Id"], match["id"])

    def _duplicate(self, contract: ObjectContract, row: Row, holder: str) -> None:
        """A second record of the same kind is reported; a lead beside its contact is nothing wrong."""
        if holder == contract.object:
            reason = "duplicate: another record with the same key is linked"
            self._state.park("crm", f"{contract.object}/{row['Id']}", DUPLICATE, "", reason)

    def _match_ma(
        self, strangers: list[Row], changes: Changes, found: Resolved, links: dict[str, Link], rows: dict[str, Row]
    ) -> None:
        """Look for the CRM records of unlinked MA records; who is in the CRM but excluded is left alone."""
        strangers = [row for row in strangers if self._state.link_of_ma(self._family.name, row["id"]) is None]
        if not strangers:
            return
        in_crm = self._crm_rows({key for row in strangers for key in self._ma_keys(row)}, changes)
        creator = next((c for c in self._family.contracts if "ma_to_crm" in c.creates), None)
        if creator is None and self._bugs.on("creates_unheeded"):
            creator = self._family.contracts[0]
        for row in strangers:
            candidates = [entry for key in self._ma_keys(row) for entry in in_crm.get(key, ())]
            eligible = [
                (c, r) for c, r in candidates
                if not self.stays_out(c, r) and self._state.link_of_crm(r["Id"]) is None
                and not self._state.is_buried("crm", r["Id"])
            ]
            if eligible:
                contract, crm_row = max(eligible, key=lambda e: (e[0] is eligible[0][0], agreement(e[0], e[1], row)))
                rows[crm_row["Id"]] = crm_row
                self._claim(contract, crm_row, row, found, links)
            elif not candidates and creator is not None and self._may_enter(creator, row):
                found.for_crm.append((creator, row))

    def _may_enter(self, contract: ObjectContract, row: Row) -> bool:
        if self._state.is_buried("ma", f"{self._family.ma}/{row['id']}") or not self._ma_keys(row):
            return False
        return not excluded_in_ma(contract, row, self._today) or self._bugs.on("wrong_population")

    def _crm_rows(self, keys: set[str], changes: Changes) -> dict[str, list[tuple[ObjectContract, Row]]]:
        """Return the CRM records with these keys, excluded ones too, contacts before leads."""
        found: dict[str, list[tuple[ObjectContract, Row]]] = {}
        for contract in self._family.contracts:
            if self._is_known_by_link_only(contract):
                continue
            rows: Iterable[Row] = changes.crm_read[contract.object].values() if changes.everyone else ()
            if not rows and not (changes.everyone and self._bugs.on("empty_side_believed")):
                # A whole side that shows nobody is looked into once more, person by person, before anybody is made anew.
                rows = self._crm.by_values(contract.crm, contract.crm_fields, contract.key[0], keys)
            for row in rows:
                key = match_key(row.get(contract.key[0]), self._bugs)
                if key in keys:
                    found.setdefault(key, []).append((contract, row))
        return found

    # -- both halves --------------------------------------------------------------------------------

    def _fill(
        self, links: Iterable[Link], changes: Changes, rows: dict[str, Row], ma_rows: dict[str, Row], found: Resolved
    ) -> None:
        """Get the missing half of every pair; the MA's half is read again, because search may be behind."""
        links = [link for link in links if self._state.link_of_crm(link.crm_id) == link]
        if not changes.everyone:
            fresh = self._ma.read(self._family.ma, {link.ma_id for link in links}, self._family.properties)
            ma_rows = ma_rows | {row["id"]: row for row in fresh}
            for row in fresh:
                self._follow_merge(row)
        self._fetch_crm(links, changes, rows)
        for link in links:
            now = self._state.link_of_crm(link.crm_id)
            contract = self._family.contract_for(link.object)
            if now is None or contract is None:
                continue
            crm_row, ma_row = rows.get(now.crm_id), ma_rows.get(now.ma_id)
            if ma_row is None and crm_row is not None and self._bugs.on("erasure_resubmitted"):
                found.pairs.append(Pair(contract, crm_row, {"id": now.ma_id}))
            elif ma_row is None:
                found.vanished.append((contract, now))
                if crm_row is not None and self._bugs.on("erasure_resurrected"):
                    found.for_ma.append((contract, crm_row))
            elif crm_row is None:
                # Linked, not told to be gone, and not shown all the same: what the MA says is looked at again when it is.
                self._state.set_retry("crm", f"{now.object}/{now.crm_id}", True)
            elif not crm_row["IsDeleted"] and not self.stays_out(contract, crm_row):
                found.pairs.append(Pair(contract, crm_row, ma_row))

    def _fetch_crm(self, links: Iterable[Link], changes: Changes, rows: dict[str, Row]) -> None:
        missing: dict[str, set[str]] = {}
        for link in links:
            if link.crm_id not in rows:
                known = changes.crm_read.get(link.object, {}).get(link.crm_id)
                if known is not None:
                    rows[link.crm_id] = known
                else:
                    missing.setdefault(link.object, set()).add(link.crm_id)
        for name, ids in missing.items():
            contract = self._family.contract_for(name)
            if contract is not None:
                rows.update(self._crm.by_ids(contract.crm, contract.crm_fields, ids))
