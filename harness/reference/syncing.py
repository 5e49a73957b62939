"""One family of objects from reading to saving: the order of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from .affiliations import Affiliations
from .arrivals import Arrivals, ForCrm, ForMa
from .bugs import Bugs
from .consenting import Consenting
from .contract import ObjectContract
from .conversion import epoch_ms
from .crm import SalesforceSide
from .delivery import Delivery
from .departures import Departures
from .failures import RefusedError
from .graves import Graves
from .linking import Linker, Pair, Resolved
from .ma import HubspotSide, stamp_of
from .outcome import Outcome
from .owners import Owners
from .planning import Plan, Planner
from .pushing import push_whole
from .reading import Changes, Family, Reader
from .siblings import Siblings
from .state import State
from .uniting import Uniting
from .windows import Window

Row = dict[str, Any]


class FamilySync:
    """Synchronises the objects that share one kind of MA record."""

    def __init__(
        self, family: Family, crm: SalesforceSide, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs, today: date
    ) -> None:
        self._family, self._crm, self._ma, self._state, self._outcome, self._bugs = family, crm, ma, state, outcome, bugs
        self._reader = Reader(crm, ma, state, outcome, bugs)
        self._window = Window(bugs)
        self._graves = Graves(family, crm, ma, state, outcome, bugs)
        self._departures = Departures(family, crm, ma, state, outcome, bugs)
        self._uniting = Uniting(family, crm, ma, state, outcome, bugs)
        self._linker = Linker(family, crm, ma, state, outcome, bugs, today)
        self._planner = Planner(Owners(crm, ma), state, outcome, bugs)
        self._consenting = Consenting(ma, state, outcome, bugs)
        self._delivery = Delivery(crm, ma, state, outcome, bugs)
        self._arrivals = Arrivals(family.name, crm, ma, self._delivery, state, outcome, bugs)
        self._affiliations = Affiliations(crm, ma, state, outcome, bugs)
        self._siblings = Siblings(family, crm, ma, self._linker, state, outcome, bugs)

    def run(self, new_companies: Iterable[str] = ()) -> set[str]:
        """Synchronise; returns the CRM ids that were linked in this run.

        ``new_companies``: CRM ids of companies linked in this run, whose people must be tied to them.
        """
        before = {link.crm_id for link in self._state.links(self._family.name)}
        changes = self._reader.read(self._family)
        self._graves.visit(changes)
        if changes.everyone and self._bugs.on("resync_deletes_first"):
            self._ma.archive(self._family.ma, list(changes.ma_read))
            changes.ma, changes.ma_read = {}, {}
        self._departures.follow(changes)
        with self._state.saving():
            resolved = self._linker.resolve(changes)
            self._bury(resolved, changes)
        self._uniting.merged_in_ma(pair.ma for pair in resolved.pairs if pair.ma_id in self._linker.united)
        self._siblings.speak_up(resolved)
        pairs = [p for p in resolved.pairs if p.crm_id not in before] if self._bugs.on("update_never_applied") else resolved.pairs
        failed = self._bring_together(pairs, set(changes.ma), {i for rows in changes.crm.values() for i in rows})
        self._create_in_ma(resolved.for_ma)
        self._create_in_crm(resolved.for_crm)
        self._affiliate(resolved, changes, set(new_companies))
        if self._bugs.on("absence_means_unsubscribe"):
            self._unsubscribe_strangers(changes)
        self._finish(changes, failed)
        return {link.crm_id for link in self._state.links(self._family.name)} - before

    # -- the steps ----------------------------------------------------------------------------------

    def _bury(self, resolved: Resolved, changes: Changes) -> None:
        for contract, link in resolved.vanished:
            row = changes.crm_read.get(contract.object, {}).get(link.crm_id)
            if row is None:
                row = self._crm.by_ids(contract.crm, contract.crm_fields, [link.crm_id]).get(link.crm_id)
            self._departures.vanished(contract, link, row)

    def _bring_together(self, pairs: Sequence[Pair], moved: set[str], moved_crm: Collection[str] = ()) -> list[Plan]:
        """Plan and deliver pairs; returns the plans that must be looked at again.

        ``moved`` and ``moved_crm`` are the records of the MA and of the CRM that changed since the last run.
        """
        if not pairs:
            return []
        crm_times, ma_times = self._times(pairs)
        with_consent = [pair for pair in pairs if pair.contract.consents]
        statuses = self._consenting.statuses(with_consent, (), moved)
        plans = [self._planner.plan(pair, crm_times, ma_times) for pair in pairs]
        for plan in plans:
            push_whole(plan, moved_crm, moved, self._bugs)
            self._consenting.plan(plan, statuses)
        self._delivery.deliver(plans)
        self._siblings.hear(plans)
        failed = [] if self._bugs.on("failed_marked_synced") else [plan for plan in plans if plan.failed]
        for plan in plans:
            self._state.set_retry("crm", plan.crm_record, plan in failed)
        self._state.save()
        return failed

    def _times(self, pairs: Sequence[Pair]) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        """Return when contested fields were edited; the record's own stamp stands under the field name ``""``."""
        stamp = stamp_of(self._family.ma)
        crm_times = {(p.crm_id, ""): epoch_ms(p.crm.get("LastModifiedDate")) or 0 for p in pairs}
        ma_times = {(p.ma_id, ""): epoch_ms(p.ma.get(stamp)) or 0 for p in pairs}
        contested = [(pair, rules) for pair in pairs if (rules := self._planner.contested(pair))]
        if contested:
            names = {rule.ma for _, rules in contested for rule in rules}
            ma_times |= self._ma.edits(self._family.ma, [pair.ma_id for pair, _ in contested], names)
        for contract in self._family.contracts:
            mine = [(pair, rules) for pair, rules in contested if pair.contract is contract]
            if not mine:
                continue
            try:
                fields = {rule.crm for _, rules in mine for rule in rules}
                crm_times |= self._crm.edits(contract.crm, [pair.crm_id for pair, _ in mine], fields)
            except RefusedError:
                # The org keeps no history of these fields: the record's own stamp has to do.
                continue
        return crm_times, ma_times

    def _create_in_ma(self, newcomers: Sequence[tuple[ObjectContract, Row]]) -> None:
        if not newcomers:
            return
        with_consent = [(c, row) for c, row in newcomers if c.consents]
        statuses = self._consenting.statuses((), with_consent, set())
        ready = []
        for contract, row in newcomers:
            properties, agreed = self._planner.newcomer_for_ma(contract, row)
            acts, known = self._consenting.newcomer_for_ma(contract, row, statuses)
            ready.append(ForMa(contract, row, properties, agreed | known, acts))
        taken = self._arrivals.create_in_ma(ready)
        if taken:
            self._adopt(taken)

    def _adopt(self, taken: Sequence[tuple[ForMa, str]]) -> None:
        """Link CRM records whose key turned out to exist in the MA (search lag, a second address, a lost answer)."""
        rows = self._ma.read(self._family.ma, {existing for _, existing in taken}, self._family.properties)
        by_id = {old: row for row in rows for old in [row["id"], *str(row.get("hs_merged_object_ids") or "").split(";")]}
        pairs = []
        for newcomer, existing in taken:
            row = by_id.get(existing)
            holder = self._state.link_of_ma(self._family.name, row["id"]) if row else None
            if row is None or holder is not None:
                reason = "duplicate: the MA holds this key in another person's record"
                self._outcome.refuse(newcomer.record, reason, failed=False)
                continue
            self._state.link(self._family.name, newcomer.contract.object, newcomer.row["Id"], row["id"])
            pairs.append(Pair(newcomer.contract, newcomer.row, row))
        self._state.save()
        self._bring_together(pairs, {pair.ma_id for pair in pairs})

    def _create_in_crm(self, strangers: Sequence[tuple[ObjectContract, Row]]) -> None:
        if not strangers:
            return
        contract = strangers[0][0]
        rows = [row for _, row in strangers]
        if self._bugs.on("incomplete_people_skipped"):
            rows = [row for row in rows if row.get("lastname")]
        statuses = self._ma.consents.statuses({str(row["email"]) for row in rows if row.get("email")}) if contract.consents else {}
        ready = []
        for row in rows:
            fields, agreed = self._planner.newcomer_for_crm(contract, row)
            fields |= self._consenting.newcomer_for_crm(contract, row, statuses)
            ready.append(ForCrm(contract, row, fields, agreed))
        for _ in range(3):
            ready = self._arrivals.create_in_crm(ready)
            if not self._bugs.on("blind_create_retry"):
                ready = self._still_missing(ready)
            if not ready:
                return
        for newcomer in ready:
            self._arrivals.give_up(newcomer)

    def _still_missing(self, unknown: Sequence[ForCrm]) -> list[ForCrm]:
        """Look which of the records were created although the answer was lost; link those."""
        if not unknown:
            return []
        contract = unknown[0].contract
        keys = {str(n.fields[contract.key[0]]) for n in unknown}
        found = {str(row[contract.key[0]]).lower(): row["Id"]
                 for row in self._crm.by_values(contract.crm, (contract.key[0],), contract.key[0], keys)}
        missing = []
        with self._state.saving():
            for newcomer in unknown:
                record_id = found.get(str(newcomer.fields[contract.key[0]]).lower())
                if record_id is None:
                    missing.append(newcomer)
                    continue
                self._outcome.created += 1
                self._state.link(self._family.name, contract.object, record_id, newcomer.row["id"])
                self._state.agree(record_id, newcomer.agreed)
        return missing

    def _affiliate(self, resolved: Resolved, changes: Changes, new_companies: set[str]) -> None:
        linked_now = [pair for pair in resolved.pairs if not self._bugs.on("associations_of_the_new_only") or changes.everyone]
        people = [(pair.contract, pair.crm) for pair in linked_now] + resolved.for_ma
        seen = {row["Id"] for _, row in people}
        for contract in self._family.contracts:
            if not changes.everyone:
                people += [(c, r) for c, r in self._affiliations.people_of(contract, new_companies) if r["Id"] not in seen]
        self._affiliations.follow(people)

    def _unsubscribe_strangers(self, changes: Changes) -> None:
        for row in changes.ma_read.values():
            if row.get("email") and self._state.link_of_ma(self._family.name, row["id"]) is None:
                self._ma.consents.unsubscribe_from_all(row["email"])

    def _finish(self, changes: Changes, failed: Sequence[Plan]) -> None:
        """Keep what was dealt with; what failed for a while is left to be seen again."""
        again = {plan.pair.crm_id for plan in failed} | {plan.pair.ma_id for plan in failed}
        with self._state.saving():
            self._state.set_marks("crm", ((i, m) for i, m in changes.crm_marks.items() if i not in again))
            marks = ((i, m) for i, m in changes.ma_marks.items() if i not in again)
            self._state.set_marks(f"ma:{self._family.ma}", marks)
            for name, ms in changes.cursors.items():
                self._state.set_cursor(name, self._window.at_the_end(ms, self._crm.clock_ms))
