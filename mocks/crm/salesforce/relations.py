"""Contacts of several accounts: `AccountContactRelation`, of which one per contact is direct (the account on the contact).

An org has the object only after the feature `Contacts to Multiple Accounts` was switched on (switch
`contacts_to_multiple_accounts`); every contact with an account then has a direct relation. Sources: the vendor's pages on the
object and on relating a contact to multiple accounts (the direct relation follows the contact; an account that is replaced
stays as an indirect one, the default of the setting; a contact without an account has no relations; a direct relation goes
only with its contact or when the contact gets another account).
"""

from __future__ import annotations

from ...journal import Actor, Row
from .consequences import add_row
from .errors import ApiError
from .kinds import link, optional_kind
from .org import Org

NAME = "AccountContactRelation"
SWITCH = "contacts_to_multiple_accounts"


def switch_on(org: Org) -> None:
    """Give the org the object, and each contact with an account its direct relation; again: change nothing."""
    if NAME in org.kinds:
        return
    kind = org.kinds[NAME] = org.by_lower[NAME.lower()] = optional_kind(NAME)
    kind.changed_ms = org.clock.now_ms()
    for column in kind.columns.values():
        link(org.kinds, kind, column)
    for parent in ("Account", "Contact"):
        org.kinds[parent].changed_ms = kind.changed_ms
    org.store.define(NAME, indexes=kind.keys)
    with org.acting(Actor.HARNESS):
        for contact in list(org.store.rows("Contact")):
            settle(org, contact)


def settle(org: Org, contact: Row) -> None:
    """Bring the relations of a living contact in step with its account: one per account, the direct one is that account's."""
    kind = org.kinds[NAME]
    account = contact.values.get("AccountId")
    seen: set[str] = set()
    with org.by_itself("relation to the account"):
        for row_id in org.store.find(NAME, "ContactId", contact.id):
            row = org.store.get(NAME, row_id)
            if row is None:
                continue
            about = str(row.values["AccountId"])
            if not account or about in seen:
                org.store.delete(row, {"IsDeleted": True, "SystemModstamp": org.now_stamp()})
                continue
            seen.add(about)
            if row.values["IsDirect"] != (about == account):
                org.store.update(row, {"IsDirect": about == account, "SystemModstamp": org.now_stamp()})
        if account and account not in seen:
            add_row(org, kind, org.admin_id, {"AccountId": account, "ContactId": contact.id, "IsDirect": True})


def refuse_new(org: Org, account_id: str, contact_id: str) -> None:
    """Refuse a relation that is there already, or of a contact that has no account. Raises ApiError."""
    contact = org.store.get("Contact", contact_id)
    if contact is not None and not contact.values.get("AccountId"):
        org.rests_on("salesforce.relation_refusals")
        text = "a contact without a primary account cannot be related to other accounts"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", text, fields=("ContactId",))
    for row_id in org.store.find(NAME, "ContactId", contact_id):
        row = org.store.get(NAME, row_id)
        if row is not None and row.values["AccountId"] == account_id:
            org.rests_on("salesforce.relation_refusals")
            raise ApiError("DUPLICATE_VALUE", f"duplicate value found: there is a relation with id: {row.id[:15]}", fields=())


def refuse_delete(org: Org, row: Row) -> None:
    """Refuse to delete a direct relation. Raises ApiError."""
    if row.kind == NAME and row.values.get("IsDirect"):
        org.rests_on("salesforce.relation_refusals")
        text = "a direct relationship goes with its contact, or when the contact gets another account"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", text, fields=())
