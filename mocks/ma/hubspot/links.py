"""Associations in the store: one row per pair of records, with the types of both directions.

A row is found from either end through the indexes `left` and `right` (`contacts/1>companies`). Facts: research/hubspot.md
section 1.5: a primary association always carries the unlabeled type as well, and there is one primary company per record.
"""

from __future__ import annotations

from ...journal import Row
from ...store import Snapshot, fold
from . import errors, link_limits
from .kinds import OBJECT_TYPES
from .link_types import (
    ASSUMED,
    BETWEEN,
    BUILT_IN,
    HUBSPOT_DEFINED,
    PRIMARY,
    UNLABELED,
    USER_DEFINED,
    LinkType,
    Spec,
)
from .portal import Portal, iso_ms
from .values import is_whole

__all__ = [
    "BUILT_IN", "HUBSPOT_DEFINED", "PRIMARY", "SEED", "USER_DEFINED", "LinkType", "Spec", "check_room", "checked_specs",
    "company_in", "link", "linked", "plain_type", "primary_company", "set_primary_company", "target_kind", "types_between", "unlink",
    "unlink_all",
]

SEED = "SEED"  # a source that tells nobody
_RANK = {kind: at for at, kind in enumerate(OBJECT_TYPES)}


def types_between(dialect: Portal, from_kind: str, to_kind: str) -> dict[int, LinkType]:
    """Return the types of one direction by id: the vendor's, then those that people defined."""
    found = dict(BETWEEN.get((from_kind, to_kind), {}))
    for row in dialect.store.rows("association_labels"):
        v = row.values
        if (v["from_kind"], v["to_kind"]) == (from_kind, to_kind):
            found[v["type_id"]] = LinkType(USER_DEFINED, v["type_id"], from_kind, to_kind, v["name"], v["label"],
                                           v["inverse_id"])
    return found


def plain_type(dialect: Portal, from_kind: str, to_kind: str) -> Spec:
    """Return the type without a label that every tie between two kinds has. Raises `Refusal` where none is known.

    Between the vendor's types it is the vendor's; custom objects have one of their own in each direction.
    """
    found = _plain(dialect, from_kind, to_kind)
    if found is not None:
        return found
    ends = f"{dialect.object_type(from_kind).type_id} and {dialect.object_type(to_kind).type_id}"
    raise errors.Refusal(400, f"No association type is defined between {ends}", assumed="hubspot.text_association_type",
                         hint=f"associations between {ends} are not mocked unless a label is defined")


def _plain(dialect: Portal, from_kind: str, to_kind: str) -> Spec | None:
    number = UNLABELED.get((from_kind, to_kind))
    if number is not None:
        return HUBSPOT_DEFINED, number
    return next((t.spec for t in types_between(dialect, from_kind, to_kind).values() if t.label is None), None)


def target_kind(dialect: Portal, from_kind: str, type_id: str) -> str | None:
    """Return the kind that an association type of ``from_kind`` leads to, or None."""
    for to_kind in dialect.object_types:
        if is_whole(type_id) and int(type_id) in types_between(dialect, from_kind, to_kind):
            return to_kind
    return None


def _pair(kind: str, record_id: str, to_kind: str, to_id: str) -> tuple[str, bool]:
    """Return the id of the row of a pair and whether the first record is its left end."""
    last = len(_RANK)
    forward = (_RANK.get(kind, last), kind, int(record_id)) <= (_RANK.get(to_kind, last), to_kind, int(to_id))
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
    plain = _plain(dialect, kind, to_kind)
    # Records that the vendor does not tie by itself are tied by a label alone.
    wanted = {*specs, plain} if plain is not None else {*specs} or {plain_type(dialect, kind, to_kind)}
    if any(number in ASSUMED for _, number in wanted):
        dialect.rests_on("hubspot.association_type_numbers")
    wanted |= _first_is_primary(dialect, kind, record_id, to_kind, to_id)
    row_id, forward = _pair(kind, record_id, to_kind, to_id)
    row = dialect.store.get("associations", row_id)
    before: tuple[Spec, ...] = () if row is None else row.values["forward" if forward else "backward"]
    after = tuple(sorted({*before, *wanted}, key=lambda s: (s[0] != HUBSPOT_DEFINED, s[1])))
    if after != before:
        if source != SEED and dialect.store.size(link_limits.LIMITS):
            _keep_limits(dialect, (kind, record_id, to_kind, to_id), after)
        _demote_others(dialect, kind, record_id, to_kind, to_id, set(after), source)
        _write(dialect, row, row_id, (kind, record_id, to_kind, to_id), forward, after)
        _tell(dialect, kind, record_id, to_kind, to_id, removed=False, specs=after, source=source)
    return after


def check_room(dialect: Portal, kind: str, to_kind: str, to_id: str, specs: set[Spec]) -> None:
    """Refuse a tie of a record that is still to be made with one that has as many as it may. Raises `Refusal`."""
    if dialect.store.size(link_limits.LIMITS):
        plain = _plain(dialect, kind, to_kind)
        types = _inverse(dialect, kind, to_kind, (*specs, *((plain,) if plain is not None else ())))
        link_limits.check(dialect, to_kind, to_id, kind, linked(dialect, to_kind, to_id, kind), set(types))


def _keep_limits(dialect: Portal, ends: tuple[str, str, str, str], specs: tuple[Spec, ...]) -> None:
    kind, record_id, to_kind, to_id = ends
    for one, one_id, other, other_id, types in (
        (kind, record_id, to_kind, to_id, specs), (to_kind, to_id, kind, record_id, _inverse(dialect, kind, to_kind, specs)),
    ):
        ties = [tie for tie in linked(dialect, one, one_id, other) if tie[0] != other_id]
        link_limits.check(dialect, one, one_id, other, ties, set(types))


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
    for to_kind in dialect.object_types:
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
        changes[dialect.object_type(kind).stamp] = iso_ms(dialect.clock.now_ms())
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
        number = int(type_id) if isinstance(type_id, int) or is_whole(str(type_id)) else -1
        category = item["associationCategory"]
        if number not in known or known[number].category != category:
            raise errors.Refusal(400, f"{category}:{type_id} is not a valid association type between "
                                      f"{dialect.object_type(kind).type_id} and {dialect.object_type(to_kind).type_id}",
                                 assumed="hubspot.text_association_type")
        found.add((category, number))
    return found
