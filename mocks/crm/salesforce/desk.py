"""What people do in Salesforce's own screens: create, edit, delete, erase, record a consent, merge, convert a lead.

Screens and API save the same way (`saving`); what a screen refuses is a `DeskError` with the vendor's text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from ...consent import ConsentKey, ConsentProof
from ...dialect import DeskError
from ...journal import Actor, Row
from ...schema import FieldType
from . import saving
from .consent import consent_changes
from .errors import ApiError, deleted_row, unknown_row
from .kinds import Kind
from .org import Org
from .saving import Writer
from .wire import stamp

Result = TypeVar("Result")

# Lead field -> contact field; fields of the same name are carried over without being listed.
_CONVERTED = {
    "Street": "MailingStreet", "City": "MailingCity", "State": "MailingState", "PostalCode": "MailingPostalCode",
    "Country": "MailingCountry",
}
_CARRIED = (
    "FirstName", "LastName", "Salutation", "Title", "Email", "Phone", "MobilePhone", "Fax", "LeadSource",
    "Description", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall", "OwnerId", "IndividualId",
)
_CONVERTED_STATUS = "Closed - Converted"


@contextmanager
def at_the_desk(org: Org) -> Iterator[Writer]:
    """Act as the human user; what the vendor refuses becomes a DeskError."""
    with org.acting(Actor.CRM_USER):
        try:
            yield Writer(org.human_id, sees_all=True)
        except ApiError as error:
            raise DeskError(error.message) from error


def create(org: Org, kind: Kind, values: Mapping[str, Any]) -> Row:
    """A person makes a record."""
    with at_the_desk(org) as writer:
        return saving.create(org, kind, values, writer)


def edit(org: Org, kind: Kind, record_id: str, values: Mapping[str, Any]) -> Row:
    """A person changes fields of a record."""
    with at_the_desk(org) as writer:
        return saving.update(org, kind, living(org, kind, record_id), values, writer)


def delete(org: Org, kind: Kind, record_id: str) -> None:
    """A person puts a record into the recycle bin."""
    with at_the_desk(org):
        saving.delete(org, kind, living(org, kind, record_id))


def erase(org: Org, kind: Kind, record_id: str) -> None:
    """A person erases somebody for good: the record (deleted or not), its history and what hangs on it."""
    with at_the_desk(org):
        row = org.row(kind, record_id)
        if row is None:
            raise unknown_row()
        for child in kind.children:
            if not child.cascade:
                continue
            child_kind = org.kinds[child.kind]
            for found in list(org.store.rows(child.kind, deleted=True)):
                if found.values.get(child.column) == row.id:
                    _erase_with_history(org, child_kind, found)
        org.store.erase(row)


def _erase_with_history(org: Org, kind: Kind, row: Row) -> None:
    if kind.history is not None:
        for found in list(org.store.rows(kind.history, deleted=True)):
            if found.values.get(f"{kind.name}Id") == row.id:
                org.store.erase(found)
    org.store.erase(row)


def record_consent(
    org: Org, kind: Kind, record_id: str, key: ConsentKey, *, grant: bool, proof: ConsentProof | None
) -> None:
    """The person behind a record says yes or no. Raises DeskError when no field can hold it."""
    booleans = frozenset(n for n, c in kind.columns.items() if c.info.type is FieldType.BOOLEAN)
    changes = consent_changes(kind.name, key, org.consent_fields, booleans, grant=grant, proof=proof)
    if not changes:
        raise DeskError(f"no field of {kind.name} carries the consent {key}")
    edit(org, kind, record_id, changes)


def merge(org: Org, kind: Kind, winner_id: str, loser_ids: Sequence[str]) -> Row:
    """A person merges one or two records into another: losers go to the bin, what hung on them moves over."""
    with at_the_desk(org) as writer:
        if not 1 <= len(loser_ids) <= 2:
            raise DeskError("select up to three records to merge")
        winner = living(org, kind, winner_id)
        losers = [living(org, kind, i) for i in loser_ids]
        for loser in losers:
            _move_children(org, kind, loser, winner)
            now = org.now_stamp()
            org.store.delete(loser, {"IsDeleted": True, "MasterRecordId": winner.id, "SystemModstamp": now})
        return saving.apply(org, kind, winner, {}, writer)


def _move_children(org: Org, kind: Kind, loser: Row, winner: Row) -> None:
    for child in kind.children:
        if child.kind == kind.history:
            continue
        for child_id in org.store.find(child.kind, child.column, loser.id):
            found = org.store.get(child.kind, child_id)
            if found is None:
                continue
            if child.kind == "CampaignMember" and _is_member(org, child.column, winner, found.values["CampaignId"]):
                saving.delete(org, org.kinds[child.kind], found)
            else:
                moved = {child.column: winner.id, "SystemModstamp": org.now_stamp()}
                if child.kind == "CampaignMember":
                    moved["LeadOrContactId"] = winner.id
                org.store.update(found, moved)


def _is_member(org: Org, column: str, person: Row, campaign_id: str) -> bool:
    members = (org.store.get("CampaignMember", i) for i in org.store.find("CampaignMember", column, person.id))
    return any(m is not None and m.values["CampaignId"] == campaign_id for m in members)


def convert(org: Org, lead_id: str, account_id: str | None = None) -> str:
    """A person converts a lead into a contact of ``account_id`` (or of a new account) and returns the contact's id."""
    lead_kind, contact_kind = org.kinds["Lead"], org.kinds["Contact"]
    with at_the_desk(org) as writer:
        lead = living(org, lead_kind, lead_id)
        if lead.values["IsConverted"]:
            raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", fields=())
        owner_id = lead.values["OwnerId"]
        if str(owner_id)[:3] != "005":
            raise DeskError("a lead that belongs to a queue needs an owner before it is converted")
        if account_id is None:
            account = {"Name": lead.values["Company"], "OwnerId": owner_id}
            account_id = saving.create(org, org.kinds["Account"], account, writer).id
        contact = saving.create(org, contact_kind, {**_carried(org, lead), "AccountId": account_id}, writer)
        now_ms = org.clock.now_ms()
        saving.apply(org, lead_kind, lead, {
            "IsConverted": True, "ConvertedDate": stamp(now_ms)[:10], "ConvertedAccountId": account_id,
            "ConvertedContactId": contact.id, "Status": _CONVERTED_STATUS, "IsUnreadByOwner": False,
        }, writer)
        for member_id in org.store.find("CampaignMember", "LeadId", lead.id):
            member = org.store.get("CampaignMember", member_id)
            if member is not None:
                moved = {"ContactId": contact.id, "LeadOrContactId": contact.id, "SystemModstamp": org.now_stamp()}
                org.store.update(member, moved)
        return contact.id


def _carried(org: Org, lead: Row) -> dict[str, Any]:
    columns = org.kinds["Contact"].columns
    # An administrator maps custom lead fields to contact fields; those of one name are taken as mapped.
    custom = [n for n in lead.values if n.endswith("__c") and n in columns]
    carried = {n: lead.values[n] for n in (*_CARRIED, *custom)}
    carried.update({to: lead.values[of] for of, to in _CONVERTED.items()})
    return {n: v for n, v in carried.items() if v is not None}


def living(org: Org, kind: Kind, record_id: str) -> Row:
    """Return a living row. Raises ApiError."""
    row = org.row(kind, record_id)
    if row is None:
        raise unknown_row()
    if row.deleted:
        raise deleted_row()
    return row


def seeded(org: Org, act: Callable[[Writer], Result]) -> Result:
    """Do ``act`` as the administrator who set up the org. Raises ValueError for what cannot be stored."""
    with org.acting(Actor.SEED):
        try:
            return act(Writer(org.admin_id, sees_all=True))
        except ApiError as error:
            raise ValueError(error.message) from error
