"""What holds in every org, whatever was sent to it. Each function raises AssertionError naming what does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.crm.salesforce.lookups import KEEPING
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Change, Row
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.store import Store, fold

Rows = dict[tuple[str, str], Row]


def check(dialect: Dialect) -> None:
    """Check everything; the store is as before afterwards."""
    dialect.store.settle()
    journal_tells_the_store(dialect)
    indexes_find_what_rows_hold(dialect.store)
    unique_values_are_unique(dialect.store)
    aliases_lead_to_records(dialect.store)
    if isinstance(dialect, Salesforce):
        lookups_lead_to_records(dialect)
        campaigns_count_what_they_have(dialect)
        last_activities_are_the_latest(dialect)
    if isinstance(dialect, Hubspot):
        associations_tie_living_records(dialect)
        children_have_their_parents(dialect)
    moments_come_back(dialect.store)


def rows_of(store: Store) -> Rows:
    """Return all records, deleted ones too."""
    return {(kind, row.id): row for kind in store.kinds for row in store.rows(kind, deleted=True)}


def told_by(entries: Iterable[Any], system: str) -> Rows:
    """Return the records as the journal tells them."""
    found: Rows = {}
    for entry in entries:
        if isinstance(entry, Change) and entry.system == system:
            key = (entry.kind, entry.record_id)
            assert found.get(key) == entry.before, f"the journal does not continue what it told of {key}"
            if entry.after is None:
                del found[key]
            else:
                found[key] = entry.after
    return found


def journal_tells_the_store(dialect: Dialect) -> None:
    """Replaying the journal gives the records that the store holds."""
    assert told_by(dialect.journal.entries, dialect.name) == rows_of(dialect.store)


def indexes_find_what_rows_hold(store: Store) -> None:
    """Every living row is found by every indexed value, and nothing else is, oldest first."""
    for kind, table in store._tables.items():
        order = {row_id: at for at, row_id in enumerate(table.rows)}
        for name, index in table.indexes.items():
            wanted: dict[object, list[str]] = defaultdict(list)
            for row in store.rows(kind):
                value = row.values.get(name)
                if value is not None and value != "":
                    wanted[fold(value)].append(row.id)
            assert {k: sorted(v) for k, v in index.items()} == {k: sorted(v) for k, v in wanted.items()}, f"index {kind}.{name}"
            for value, ids in wanted.items():
                found = list(store.find(kind, name, value))
                assert found == sorted(ids, key=order.__getitem__), f"find {kind}.{name} = {value!r}"


def unique_values_are_unique(store: Store) -> None:
    """No two living rows share a value of a unique field."""
    for kind, table in store._tables.items():
        for name in table.unique:
            shared = [value for value, ids in table.indexes[name].items() if len(ids) > 1]
            assert not shared, f"{kind}.{name} is not unique: {shared[:3]}"


def aliases_lead_to_records(store: Store) -> None:
    """An id that stands for another record stands for one that is, or was and is gone: never for one that never was."""
    ever = {(c.kind, c.record_id) for c in store.journal.changes() if c.system == store.system}
    for kind, table in store._tables.items():
        for old in table.aliases:
            assert (kind, store.resolve(kind, old)) in ever, f"{kind} {old} stands for nothing"
            assert old not in table.rows or table.rows[old].deleted, f"{kind} {old} lives and stands for another"


def lookups_lead_to_records(org: Salesforce) -> None:
    """A look-up of a living record leads to a record of a kind that it may point to, a living one where the vendor sees to that.

    Parents take their children along, owners stay, and ordinary look-ups are blanked with what they point to; what becomes of
    those of the consent objects is left open.
    """
    ever = {(c.kind, c.record_id) for c in org.journal.changes() if c.system == org.name}
    for name, kind in org.kinds.items():
        for column in kind.columns.values():
            targets = [t for t in column.info.reference_to if t in org.kinds]
            if not targets or len(targets) < len(column.info.reference_to):
                continue  # some of what it may point to is not mocked
            for row in org.store.rows(name):
                value = row.values.get(column.name)
                if not value:
                    continue
                assert any((t, value) in ever for t in targets), f"{name}.{column.name} {row.id} -> {value}, which never was"
                loose = name not in KEEPING and any(n == column.name for _, n in kind.lookups)
                if column.cascade or column.name == "OwnerId" or loose:
                    assert any(org.store.get(t, value) for t in targets), f"{name}.{column.name} {row.id} -> {value}, which is gone"


def campaigns_count_what_they_have(org: Salesforce) -> None:
    """The counts of a campaign are those of its living members and opportunities."""
    members, deals = list(org.store.rows("CampaignMember")), list(org.store.rows("Opportunity"))
    for row in org.store.rows("Campaign"):
        own = [m.values for m in members if m.values["CampaignId"] == row.id]
        won = [d.values for d in deals if d.values["CampaignId"] == row.id and d.values["IsWon"]]
        expected = {
            "NumberOfLeads": sum(bool(v["LeadId"]) for v in own), "NumberOfContacts": sum(bool(v["ContactId"]) for v in own),
            "NumberOfConvertedLeads": sum(bool(v["LeadId"] and v["ContactId"]) for v in own),
            "NumberOfResponses": sum(bool(v["HasResponded"]) for v in own), "NumberOfWonOpportunities": len(won),
            "NumberOfOpportunities": sum(d.values["CampaignId"] == row.id for d in deals),
        }
        assert {n: row.values[n] for n in expected} == expected, f"Campaign {row.id} miscounts"


def last_activities_are_the_latest(org: Salesforce) -> None:
    """The last activity of a person is the latest day of their closed tasks and their events."""
    latest: dict[str, str] = {}
    for kind in ("Task", "Event"):
        for row in org.store.rows(kind):
            v = row.values
            if v["WhoId"] and v["ActivityDate"] and v.get("IsClosed", True):
                latest[v["WhoId"]] = max(latest.get(v["WhoId"], ""), v["ActivityDate"])
    for kind in ("Contact", "Lead"):
        for row in org.store.rows(kind):
            assert row.values["LastActivityDate"] == latest.get(row.id), f"{kind} {row.id} was active another day"


def associations_tie_living_records(hub: Hubspot) -> None:
    """Both ends of an association are living records under their present ids, and there is one row per pair."""
    pairs = set()
    for row in hub.store.rows("associations"):
        v = row.values
        ends = (v["left_kind"], v["left_id"]), (v["right_kind"], v["right_id"])
        for kind, record_id in ends:
            found = hub.store.get(kind, record_id)
            assert found is not None, f"association {row.id} of a {kind} that is gone"
            assert found.id == record_id, f"association {row.id} of an id that now stands for {found.id}"
        assert frozenset(ends) not in pairs, f"association {row.id} is there twice"
        pairs.add(frozenset(ends))
        assert v["forward"], f"association {row.id} has no type"


def children_have_their_parents(hub: Hubspot) -> None:
    """What belongs to something belongs to something that is there, and a contact's addresses are its own."""
    owners: dict[str, str] = {}
    for row in hub.store.rows("contacts"):
        for address in hub.addresses(row):
            assert owners.setdefault(address, row.id) == row.id, f"{address} belongs to two contacts"
    for row in hub.store.rows("identities"):
        assert hub.store.get("contacts", row.values["contact"]), f"secondary address {row.id} of nobody"
    for row in hub.store.rows("list_members"):
        assert hub.store.get("lists", row.id.partition(":")[0], deleted=True), f"member {row.id} of no list"


def moments_come_back(store: Store) -> None:
    """A snapshot restored gives the same rows in the same order; rewound to the start, nothing is left."""
    before, kept = {k: [r.id for r in store.rows(k, deleted=True)] for k in store.kinds}, rows_of(store)
    snapshot = store.snapshot()
    assert {(k, i): r for k, rows in snapshot.tables.items() for i, r in rows.items()} == kept
    store.rewind(0)
    assert rows_of(store) == {}, "rewound to the start, and yet there are records"
    assert not [1 for t in store._tables.values() for index in t.indexes.values() if index], "indexes remember what is undone"
    store.restore(snapshot)
    assert {k: [r.id for r in store.rows(k, deleted=True)] for k in store.kinds} == before
    assert rows_of(store) == kept
    indexes_find_what_rows_hold(store)
