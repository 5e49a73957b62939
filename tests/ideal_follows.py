"""How the ideal synchroniser follows records that people merged or converted, before it compares anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.mapping.grammar import FieldRule, ObjectMapping, Side
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.journal import Row

if TYPE_CHECKING:
    from tests.ideal import Ideal

KEYS = (ConsentKey("email", "*"), ConsentKey("email", "newsletter"))


def follow(ideal: Ideal) -> None:
    """Move the links of what was merged or converted; what any of the merged had refused is said for who is left."""
    if "follow_nothing" in ideal.sins:
        return
    _converted(ideal)
    _merged_in_crm(ideal)
    _merged_in_ma(ideal)


def _converted(ideal: Ideal) -> None:
    for row in list(ideal.sandbox.crm.store.rows("Lead")):
        contact_id = row.values.get("ConvertedContactId")
        if contact_id and row.id in ideal.links:
            ideal.links[str(contact_id)] = ideal.links.pop(row.id)


def _merged_in_crm(ideal: Ideal) -> None:
    crm, ma = ideal.sandbox.crm, ideal.sandbox.ma
    for loser_id in list(ideal.links):
        gone = crm.store.get("Contact", loser_id, deleted=True)
        winner_id = str(gone.values.get("MasterRecordId")) if gone is not None and gone.deleted else ""
        keeper = ma.store.get("contacts", ideal.links.get(winner_id, "0"))
        loser = ma.store.get("contacts", ideal.links[loser_id])
        if keeper is not None and loser is not None:
            _join(ideal, keeper, [str(loser.values.get("email"))])
            survivor = ideal._write(Side.MA, lambda k=keeper.id, x=loser.id: ma.desk_unite("contacts", k, [x]))
            ideal.links[winner_id] = survivor.id
            del ideal.links[loser_id]


def _merged_in_ma(ideal: Ideal) -> None:
    """Find merged contacts under their new ids: the first link of each stays, what others say is said for all."""
    store = ideal.sandbox.ma.store
    taken: set[str] = set()
    for crm_id, ma_id in list(ideal.links.items()):
        now = store.get("contacts", ma_id)
        if now is None or (now.id == ma_id and now.id not in taken):
            continue
        primary = str(now.values.get("hs_merged_object_ids") or "").split(";")[0]
        if now.id in taken or (ma_id != primary and primary in ideal.links.values()):
            del ideal.links[crm_id]
            continue
        taken.add(now.id)
        ideal.links[crm_id] = now.id
        _join(ideal, now, str(now.values.get("hs_additional_emails") or "").split(";"))


def _join(ideal: Ideal, keeper: Row, addresses: list[str]) -> None:
    """Say for the first address of a contact what other addresses of the person have refused."""
    ma = ideal.sandbox.ma
    if "forget_refusals" in ideal.sins:
        return
    for address in addresses:
        known = ma.store.get("consents", address.casefold())
        refused = [m.key for m in ma.consents(known) if m.state.refuses] if known is not None else []
        for key in KEYS:
            if key in refused and not ideal._mark(Side.MA, keeper, key)[0].refuses:
                ideal._say(Side.MA, keeper, key, False, None)


def rules_of(ideal: Ideal, obj: ObjectMapping) -> list[FieldRule]:
    """Return the rules of which both ends exist; a consent's ends are no plain fields."""
    crm, ma = ideal.sandbox.crm.schema(obj.crm), ideal.sandbox.ma.schema(obj.ma)
    return [r for r in obj.fields if r.consent is not None or (r.crm in crm and r.ma in ma)]
