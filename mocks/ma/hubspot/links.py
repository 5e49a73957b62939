"""Associations in the store: one row per pair of records, with the types of both directions.

A row is found from either end through the indexes `left` and `right` (`contacts/1>companies`). Facts: research/hubspot.md
section 1.5: a primary association always carries the unlabeled type as well, and there is one primary company per record.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...journal import Row
from ...store import Snapshot, fold
from . import errors
from .kinds import OBJECT_TYPES
from .portal import Portal, iso_ms

HUBSPOT_DEFINED = "HUBSPOT_DEFINED"
USER_DEFINED = "USER_DEFINED"
SEED = "SEED"  # a source that tells nobody

Spec = tuple[str, int]  # category, type id


@dataclass(frozen=True, slots=True)
class LinkType:
    """One association type in one direction. ``name`` is what v3 calls it, ``label`` what people see."""

    category: str
    type_id: int
    from_kind: str
    to_kind: str
    name: str
    label: str | None
    inverse_id: int

    @property
    def spec(self) -> Spec:
        """Return category and type id, as bodies name a type."""
        return self.category, self.type_id


def _defined(*rows: tuple[int, str, str, str, str | None, int]) -> dict[int, LinkType]:
    return {r[0]: LinkType(HUBSPOT_DEFINED, r[0], r[1], r[2], r[3], r[4], r[5]) for r in rows}


BUILT_IN = _defined(
    (279, "contacts", "companies", "contact_to_company_unlabeled", None, 280),
    (1, "contacts", "companies", "contact_to_company", "Primary", 2),
    (280, "companies", "contacts", "company_to_contact_unlabeled", None, 279),
    (2, "companies", "contacts", "company_to_contact", "Primary", 1),
    (4, "contacts", "deals", "contact_to_deal", None, 3),
    (3, "deals", "contacts", "deal_to_contact", None, 4),
    (341, "deals", "companies", "deal_to_company_unlabeled", None, 342),
    (5, "deals", "companies", "deal_to_company", "Primary", 6),
    (342, "companies", "deals", "company_to_deal_unlabeled", None, 341),
    (6, "companies", "deals", "company_to_deal", "Primary", 5),
    (449, "contacts", "contacts", "contact_to_contact", None, 449),
    (450, "companies", "companies", "company_to_company", None, 450),
    (13, "companies", "companies", "parent_to_child_company", "Child Company", 14),
    (14, "companies", "companies", "child_to_parent_company", "Parent Company", 13),
    (451, "deals", "deals", "deal_to_deal", None, 451),
)
UNLABELED = {(t.from_kind, t.to_kind): t.type_id for t in BUILT_IN.values() if t.label is None}
PRIMARY = {"contacts": 1, "deals": 5}  # of the record that may have one primary company
_BETWEEN: dict[tuple[str, str], dict[int, LinkType]] = {
    pair: {i: t for i, t in BUILT_IN.items() if (t.from_kind, t.to_kind) == pair} for pair in UNLABELED
}
_RANK = {kind: at for at, kind in enumerate(OBJECT_TYPES)}


def types_between(dialect: Portal, from_kind: str, to_kind: str) -> dict[int, LinkType]:
    """Return the types of one direction by id: the vendor's, then those that people defined."""
    found = dict(_BETWEEN.get((from_kind, to_kind), {}))
    for row in dialect.store.rows("association_labels"):
        v = row.values
        if (v["from_kind"], v["to_kind"]) == (from_kind, to_kind):
            found[v["type_id"]] = LinkType(USER_DEFINED, v["type_id"], from_kind, to_kind, v["name"], v["label"],
                                           v["inverse_id"])
    return found


def target_kind(dialect: Portal, from_kind: str, type_id: str) -> str | None:
    """Return the kind that an association type of ``from_kind`` leads to, or None."""
    for to_kind in OBJECT_TYPES:
        if type_id.isdigit() and int(type_id) in types_between(dialect, from_kind, to_kind):
            return to_kind
    return None


def _pair(kind: str, record_id: str, to_kind: str, to_id: str) -> tuple[str, bool]:
    """Return the id of the row of a pair and whether the first record is its left end."""
    forward = (_RANK[kind], int(record_id)) <= (_RANK[to_kind], int(to_id))
    ends = (f"{kind}/{record_id}", f"{to_kind}/{to_id}")
    return ":".join(ends if forward else ends[::-1]), forward


def linked(dialect: Portal, kind: str, record_id: str, to_kind: str) -> list[tuple[str, tuple[Spec, ...]]]:
    """Return (id, types as seen from the given record) of all records of ``to_kind`` tied to it, in order of id."""
    store = dialect.store
    key = f"{kind}/{record_id}>{to_kind}"
    found = []
    for end, other, types in (("left", "right_id", "forward"), ("right", "left_id", "backward")):
        for row_id in store.find("associations", end, key):
            row = store.get("associations", row_id)
            assert row is not None
            found.append((row.values[other], row.values[types]))
    if len(found) > 1:
        found.sort(key=lambda pair: int(pair[0]))
    return found


def company_in(snapshot: Snapshot, row: Row) -> str | None:
    """Return the primary company of a record in a snapshot, else its only one, else None."""
    ids = snapshot.indexes.get("associations", {}).get("left", {}).get(fold(f"{row.kind}/{row.id}>companies"), ())
    ties = [tie for i in ids if (tie := snapshot.tables["associations"].get(i)) is not None]
    primary = [t for t in ties if (HUBSPOT_DEFINED, PRIMARY[row.kind]) in t.values["forward"]]
    chosen = primary or ties
    return str(chosen[0].values["right_id"]) if len(chosen) == 1 else None


def link(
    dialect: Portal, kind: str, record_id: str, to_kind: str, to_id: str, specs: set[Spec], *, source: str
) -> tuple[Spec, ...]:
    """Tie two living records with ``specs`` (plus the unlabeled type) and return all types they now have.

    A primary company demotes the one before. The first company of a contact or deal becomes its primary one.
    """
    wanted = {*specs, (HUBSPOT_DEFINED, UNLABELED[kind, to_kind])}
    wanted |= _first_is_primary(dialect, kind, record_id, to_kind, to_id)
    row_id, forward = _pair(kind, record_id, to_kind, to_id)
    row = dialect.store.get("associations", row_id)
    before: tuple[Spec, ...] = () if row is None else row.values["forward" if forward else "backward"]
    after = tuple(sorted({*before, *wanted}, key=lambda s: (s[0] != HUBSPOT_DEFINED, s[1])))
    if after != before:
        _demote_others(dialect, kind, record_id, to_kind, to_id, set(after), source)
        _write(dialect, row, row_id, (kind, record_id, to_kind, to_id), forward, after)
        _tell(dialect, kind, record_id, to_kind, to_id, removed=False, specs=after, source=source)
    return after


def _first_is_primary(dialect: Portal, kind: str, record_id: str, to_kind: str, to_id: str) -> set[Spec]:
    """Return the primary type when a contact or deal gets its first company and the switch says so."""
    if not dialect.settings["first_company_is_primary"]:
        return set()
    if to_kind == "companies" and kind in PRIMARY and not linked(dialect, kind, record_id, to_kind):
        dialect.rests_on("hubspot.first_company_is_primary")
        return {(HUBSPOT_DEFINED, PRIMARY[kind])}
    if kind == "companies" and to_kind in PRIMARY and not linked(dialect, to_kind, to_id, kind):
        dialect.rests_on("hubspot.first_company_is_primary")
        return {(HUBSPOT_DEFINED, BUILT_IN[PRIMARY[to_kind]].inverse_id)}
    return set()


def _inverse(dialect: Portal, kind: str, to_kind: str, specs: tuple[Spec, ...]) -> tuple[Spec, ...]:
    known = types_between(dialect, kind, to_kind) if any(c == USER_DEFINED for c, _ in specs) else BUILT_IN
    return tuple((category, known[type_id].inverse_id) for category, type_id in specs)


def _write(
    dialect: Portal, row: Row | None, row_id: str, ends: tuple[str, str, str, str], forward: bool, specs: tuple[Spec, ...]
) -> None:
    kind, record_id, to_kind, to_id = ends
    back = _inverse(dialect, kind, to_kind, specs)
    types = {"forward": specs if forward else back, "backward": back if forward else specs}
    if row is not None:
        dialect.store.update(row, types)
        return
    left, right = ((kind, record_id), (to_kind, to_id)) if forward else ((to_kind, to_id), (kind, record_id))
    dialect.store.create("associations", row_id, {
        "left": f"{left[0]}/{left[1]}>{right[0]}", "right": f"{right[0]}/{right[1]}>{left[0]}",
        "left_kind": left[0], "left_id": left[1], "right_kind": right[0], "right_id": right[1], **types,
    })


def _demote_others(
    dialect: Portal, kind: str, record_id: str, to_kind: str, to_id: str, specs: set[Spec], source: str
) -> None:
    """Take the primary mark from every other company of the same contact or deal."""
    if kind == "companies" and to_kind in PRIMARY:
        if (HUBSPOT_DEFINED, BUILT_IN[PRIMARY[to_kind]].inverse_id) in specs:
            _demote(dialect, to_kind, to_id, record_id, source)
    elif to_kind == "companies" and kind in PRIMARY and (HUBSPOT_DEFINED, PRIMARY[kind]) in specs:
        _demote(dialect, kind, record_id, to_id, source)


def _demote(dialect: Portal, kind: str, record_id: str, company_id: str, source: str) -> None:
    mark = (HUBSPOT_DEFINED, PRIMARY[kind])
    for other_id, types in linked(dialect, kind, record_id, "companies"):
        if other_id != company_id and mark in types:
            unlink(dialect, kind, record_id, "companies", other_id, {mark}, source=source)


def unlink(
    dialect: Portal, kind: str, record_id: str, to_kind: str, to_id: str, specs: set[Spec] | None = None, *, source: str
) -> bool:
    """Remove ``specs`` (default: every type) between two records; tells whether anything was there."""
    row_id, forward = _pair(kind, record_id, to_kind, to_id)
    row = dialect.store.get("associations", row_id)
    if row is None:
        return False
    before: tuple[Spec, ...] = row.values["forward" if forward else "backward"]
    after = () if specs is None else tuple(s for s in before if s not in specs)
    if after == before:
        return False
    if after:
        _write(dialect, row, row_id, (kind, record_id, to_kind, to_id), forward, after)
    else:
        dialect.store.erase(row)
    _tell(dialect, kind, record_id, to_kind, to_id, removed=True, specs=before, source=source)
    return True


def unlink_all(dialect: Portal, kind: str, record_id: str, *, source: str) -> None:
    """Remove every association of a record that goes away."""
    for to_kind in OBJECT_TYPES:
        for to_id, _ in linked(dialect, kind, record_id, to_kind):
            unlink(dialect, kind, record_id, to_kind, to_id, source=source)


def primary_company(dialect: Portal, kind: str, record_id: str) -> str | None:
    """Return the id of the primary company of a contact or deal, or None."""
    mark = (HUBSPOT_DEFINED, PRIMARY[kind])
    return next((i for i, types in linked(dialect, kind, record_id, "companies") if mark in types), None)


def set_primary_company(dialect: Portal, contact_id: str, company_id: str, *, source: str) -> None:
    """Make a company the primary one of a contact, as writing `associatedcompanyid` does; blank: none is any more."""
    mark = (HUBSPOT_DEFINED, PRIMARY["contacts"])
    if company_id:
        link(dialect, "contacts", contact_id, "companies", company_id, {mark}, source=source)
        return
    present = primary_company(dialect, "contacts", contact_id)
    if present is not None:
        unlink(dialect, "contacts", contact_id, "companies", present, {mark}, source=source)


def _tell(
    dialect: Portal, kind: str, record_id: str, to_kind: str, to_id: str, *, removed: bool, specs: tuple[Spec, ...],
    source: str,
) -> None:
    """Keep `associatedcompanyid` right, bump stamps if the switch says so, and let webhooks know both directions."""
    for one, one_id, other in ((kind, record_id, to_kind), (to_kind, to_id, kind)):
        _touch(dialect, one, one_id, other)
    if source == SEED:
        return
    primary = any(category == HUBSPOT_DEFINED and BUILT_IN[type_id].label == "Primary" for category, type_id in specs)
    for ends in ((kind, record_id, to_kind, to_id), (to_kind, to_id, kind, record_id)):
        dialect.webhooks.association_changed(*ends, removed=removed, primary=primary, source=source)


def _touch(dialect: Portal, kind: str, record_id: str, other_kind: str) -> None:
    row = dialect.store.get(kind, record_id)
    if row is None:
        return
    changes: dict[str, object] = {}
    if kind == "contacts" and other_kind == "companies":
        company_id = primary_company(dialect, "contacts", record_id)
        if (row.values.get("associatedcompanyid") or None) != company_id:
            changes["associatedcompanyid"] = company_id
    touch = dialect.settings["association_touches"]
    if touch:
        dialect.rests_on("hubspot.association_touches")
        changes[OBJECT_TYPES[kind].stamp] = iso_ms(dialect.clock.now_ms())
    if changes:
        dialect.store.update(row, changes, touch=touch)


def checked_specs(dialect: Portal, kind: str, to_kind: str, given: object) -> set[Spec]:
    """Return the types that a body names between two kinds. Raises `Refusal` for one that does not exist."""
    if not isinstance(given, list):
        raise errors.not_set("types")
    known = types_between(dialect, kind, to_kind)
    found: set[Spec] = set()
    for item in given:
        if not isinstance(item, dict) or "associationTypeId" not in item or "associationCategory" not in item:
            raise errors.not_set("associationCategory", "associationTypeId")
        type_id = item["associationTypeId"]
        number = int(type_id) if isinstance(type_id, int) or str(type_id).isdigit() else -1
        category = item["associationCategory"]
        if number not in known or known[number].category != category:
            raise errors.Refusal(400, f"{category}:{type_id} is not a valid association type between "
                                      f"{OBJECT_TYPES[kind].type_id} and {OBJECT_TYPES[to_kind].type_id}",
                                 assumed="hubspot.text_association_type")
        found.add((category, number))
    return found
