"""The store against a naive model: any sequence of writes, snapshots and rewinds leaves both with the same truth."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Entry, Journal
from syncproof_mocks.store import Snapshot, Store, UniqueError

NAMES = st.sampled_from(["Ana", " ana", "EVA", "", None])
EMAILS = st.sampled_from(["a@x.test", "A@x.test ", "b@x.test", None])
PICKS = st.integers(0, 50)
# id -> (values, deleted), oldest first; aliases beside it.
Truth = tuple[dict[str, tuple[dict[str, Any], bool]], dict[str, str]]
Moment = tuple[Snapshot, Truth, list[Entry]]


def folded(value: str | None) -> str | None:
    return value.strip().casefold() if value else None


class StoreAgainstModel(RuleBasedStateMachine):
    moments = Bundle("moments")

    def __init__(self) -> None:
        super().__init__()
        self.store = Store("toy", Journal(Clock(1_790_000_000_000)))
        self.store.define("thing", indexes=("name",), unique=("email",))
        self.records: dict[str, tuple[dict[str, Any], bool]] = {}
        self.aliases: dict[str, str] = {}
        self.number = 0

    # -- writes -------------------------------------------------------------------------------------

    def taken(self, email: str | None, but: str | None) -> bool:
        wanted = folded(email)
        return wanted is not None and any(
            folded(values["email"]) == wanted and not deleted and key != but
            for key, (values, deleted) in self.records.items()
        )

    def attempt(self, refused: bool, write: Any) -> bool:
        """Do the write; tell whether it happened, and fail when that is not what the model says."""
        try:
            write()
        except UniqueError:
            assert refused
            return False
        assert not refused
        return True

    def picked(self, pick: int, *, deleted: bool) -> str | None:
        found = [key for key, (_, gone) in self.records.items() if gone is deleted]
        return found[pick % len(found)] if found else None

    @rule(name=NAMES, email=EMAILS)
    def create(self, name: str | None, email: str | None) -> None:
        self.number += 1
        values = {"name": name, "email": email}
        if self.attempt(self.taken(email, None), lambda: self.store.create("thing", str(self.number), values)):
            self.records[str(self.number)] = (values, False)

    @rule(pick=PICKS, name=NAMES, email=EMAILS)
    def update(self, pick: int, name: str | None, email: str | None) -> None:
        key = self.picked(pick, deleted=False)
        if key is None:
            return
        changes = {"name": name, "email": email}
        row = self.store.get("thing", key)
        assert row is not None
        same = self.records[key][0]["email"] == email
        if self.attempt(not same and self.taken(email, key), lambda: self.store.update(row, changes)):
            self.records[key] = (changes, False)

    @rule(pick=PICKS)
    def delete(self, pick: int) -> None:
        key = self.picked(pick, deleted=False)
        if key is not None:
            self.store.delete(self.store.get("thing", key))  # type: ignore[arg-type]
            self.records[key] = (self.records[key][0], True)

    @rule(pick=PICKS)
    def undelete(self, pick: int) -> None:
        key = self.picked(pick, deleted=True)
        if key is None:
            return
        row = self.store.get("thing", key, deleted=True)
        values = self.records[key][0]
        if self.attempt(self.taken(values["email"], key), lambda: self.store.undelete(row)):  # type: ignore[arg-type]
            self.records[key] = (values, False)

    @rule(pick=PICKS)
    def erase(self, pick: int) -> None:
        key = self.picked(pick, deleted=False)
        if key is not None:
            self.store.erase(self.store.get("thing", key))  # type: ignore[arg-type]
            del self.records[key]

    @rule(one=PICKS, two=PICKS)
    def merge(self, one: int, two: int) -> None:
        loser, winner = self.picked(one, deleted=False), self.picked(two, deleted=False)
        if loser is None or winner is None or loser == winner:
            return
        self.store.erase(self.store.get("thing", loser))  # type: ignore[arg-type]
        self.store.alias("thing", loser, winner)
        del self.records[loser]
        self.aliases[loser] = winner

    # -- moments ------------------------------------------------------------------------------------

    @rule(target=moments)
    def remember(self) -> Moment:
        return self.store.snapshot(), copy.deepcopy((self.records, self.aliases)), list(self.store.journal.entries)

    @rule(moment=consumes(moments))
    def restore(self, moment: Moment) -> None:
        snapshot, (self.records, self.aliases), entries = moment
        self.store.restore(snapshot)
        self.store.journal.entries[:] = entries

    @rule(moment=consumes(moments))
    def rewind(self, moment: Moment) -> None:
        snapshot, truth, entries = moment
        journal = self.store.journal.entries
        # A moment from which the store was taken back lies on a line of time that no longer is.
        if journal[: snapshot.seq] == entries:
            self.store.rewind(snapshot.seq)
            self.records, self.aliases = truth
            del journal[snapshot.seq :]

    # -- the same truth -----------------------------------------------------------------------------

    @invariant()
    def records_and_their_order_are_the_same(self) -> None:
        seen = [(r.id, (r.values, r.deleted)) for r in self.store.rows("thing", deleted=True)]
        assert seen == list(self.records.items())

    @invariant()
    def every_index_says_what_a_search_of_all_records_says(self) -> None:
        for field in ("name", "email"):
            for wanted in ("ana", "eva", "a@x.test", "b@x.test"):
                living = [k for k, (v, gone) in self.records.items() if not gone and folded(v[field]) == wanted]
                assert list(self.store.find("thing", field, wanted)) == living

    @invariant()
    def no_two_living_records_share_a_key(self) -> None:
        keys = [folded(r.values["email"]) for r in self.store.rows("thing") if r.values["email"]]
        assert len(keys) == len(set(keys))

    @invariant()
    def every_alias_leads_to_the_survivor(self) -> None:
        for loser in self.aliases:
            survivor = loser
            while survivor in self.aliases:
                survivor = self.aliases[survivor]
            record = self.records.get(survivor)
            found = self.store.get("thing", loser)
            assert (found.id if found else None) == (survivor if record and not record[1] else None)

    @invariant()
    def a_record_that_is_there_answers_for_itself(self) -> None:
        assert [self.store.resolve("thing", key) for key in self.records] == list(self.records)

    @invariant()
    def the_journal_can_be_replayed_to_where_the_store_is(self) -> None:
        rows: dict[str, Any] = {}
        for change in self.store.journal.changes():
            rows.pop(change.record_id, None)
            if change.after is not None:
                rows[change.record_id] = change.after
        assert rows == self.store.snapshot().tables["thing"]


StoreAgainstModel.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
TestStore = StoreAgainstModel.TestCase
