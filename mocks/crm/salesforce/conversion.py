"""Converting a lead: an account, a contact and (unless it is not wanted) an opportunity; the lead is read-only from then on.

One way for everybody: a person at the desk and SOAP `convertLead` both come here. Source: research `salesforce.md`
sections 1.10 and 3 and the vendor's page on convertLead (existing records get only what they lack, the lead source
excepted; a queue's lead needs an owner; an opportunity closes at the end of the quarter).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from ...journal import Row
from . import activities, lookups, saving
from .errors import ApiError, deleted_row, unknown_row
from .kinds import Kind
from .org import Org
from .transaction import Savepoint
from .wire import stamp
from .writer import Writer

# Lead field -> field of the new record; the same name on both sides stands once.
_TO_ACCOUNT = {
    "Company": "Name", "Street": "BillingStreet", "City": "BillingCity", "State": "BillingState",
    "PostalCode": "BillingPostalCode", "Country": "BillingCountry", "Phone": "Phone", "Fax": "Fax", "Website": "Website",
    "Industry": "Industry", "AnnualRevenue": "AnnualRevenue", "NumberOfEmployees": "NumberOfEmployees", "Rating": "Rating",
}
_TO_CONTACT = {
    "Street": "MailingStreet", "City": "MailingCity", "State": "MailingState", "PostalCode": "MailingPostalCode",
    "Country": "MailingCountry",
    **{n: n for n in (
        "FirstName", "LastName", "Salutation", "Title", "Email", "Phone", "MobilePhone", "Fax", "LeadSource",
        "Description", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall", "IndividualId",
    )},
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller of a conversion asks for; ids of living records in their 18-character form, or None."""

    status: str
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    owner_id: str | None = None
    opportunity_name: str | None = None
    with_opportunity: bool = True
    overwrite_lead_source: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """The records that a lead became."""

    account_id: str
    contact_id: str
    opportunity_id: str | None


def convert(org: Org, lead: Row, wish: Wish, writer: Writer) -> Converted:
    """Convert a living lead. Raises ApiError and changes nothing when it is refused."""
    owner_id = _checked(org, lead, wish)
    # The mapping is the vendor's own: what the user may not see is carried over all the same.
    author = replace(writer, sees_all=True, auto_assign=False, converting=lead.id)
    savepoint = Savepoint(org)
    try:
        account = _filled(org, "Account", wish.account_id, {**_mapped(org, lead, "Account", _TO_ACCOUNT), "OwnerId": owner_id}, author)
        contact = _contact(org, lead, wish, account.id, owner_id, author)
        opportunity_id = _opportunity(org, lead, wish, account.id, contact.id, owner_id, author)
        made = Converted(account.id, contact.id, opportunity_id)
        _close(org, lead, wish, made, author)
        _follow(org, lead, contact.id)
    except ApiError:
        savepoint.rollback()
        raise
    return made


def converted_status(org: Org) -> str:
    """Return the status that a lead gets when nobody says which: the first one that means converted."""
    for row in org.store.rows("LeadStatus"):
        if row.values["IsConverted"]:
            return str(row.values["MasterLabel"])
    return "Closed - Converted"


def _checked(org: Org, lead: Row, wish: Wish) -> str:
    """Return who will own the new records."""
    if lead.values["IsConverted"]:
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", fields=())
    statuses = {r.values["MasterLabel"] for r in org.store.rows("LeadStatus") if r.values["IsConverted"]}
    if wish.status not in statuses:
        raise ApiError("INVALID_STATUS", f"invalid convertedStatus: {wish.status}", fields=())
    owner_id = str(wish.owner_id or lead.values["OwnerId"])
    if org.store.get("User", owner_id) is None:
        org.rests_on("salesforce.convert_refusals")
        text = (
            "Converted objects can only be owned by users. If the lead is not owned by a user, you must specify a user "
            "for the Owner field."
        )
        raise ApiError("INVALID_CROSS_REFERENCE_KEY", text, fields=("OwnerId",))
    if wish.contact_id and not wish.account_id:
        org.rests_on("salesforce.convert_refusals")
        raise ApiError("REQUIRED_FIELD_MISSING", "Required fields are missing: [AccountId]", fields=("AccountId",))
    return owner_id


def _mapped(org: Org, lead: Row, kind_name: str, mapping: Mapping[str, str]) -> dict[str, Any]:
    columns = org.kinds[kind_name].columns
    # An administrator maps custom lead fields; those of one name are taken as mapped.
    custom = {n: n for n in lead.values if n.endswith("__c")}
    pairs = {**mapping, **custom}.items()
    return {to: lead.values[of] for of, to in pairs if to in columns and lead.values.get(of) is not None}


def _filled(org: Org, kind_name: str, record_id: str | None, values: Mapping[str, Any], writer: Writer) -> Row:
    """Make a record of ``values``, or give an existing one what it lacks of them."""
    kind = org.kinds[kind_name]
    if record_id is None:
        return saving.create(org, kind, _writable(kind, values), writer)
    row = _living(org, kind, record_id)
    # An unticked box is a value, not a gap: only what was never filled is filled.
    lacking = {n: v for n, v in _writable(kind, values).items() if row.values.get(n) is None and n != "OwnerId"}
    return saving.update(org, kind, row, lacking, writer) if lacking else row


def _writable(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v for n, v in values.items() if kind.columns[n].info.createable}


def _contact(org: Org, lead: Row, wish: Wish, account_id: str, owner_id: str, writer: Writer) -> Row:
    kind = org.kinds["Contact"]
    values = {**_mapped(org, lead, "Contact", _TO_CONTACT), "AccountId": account_id, "OwnerId": owner_id}
    if wish.contact_id is None:
        return saving.create(org, kind, _writable(kind, values), writer)
    if _living(org, kind, wish.contact_id).values.get("AccountId") != account_id:
        org.rests_on("salesforce.convert_refusals")
        raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=("AccountId",))
    row = _filled(org, "Contact", wish.contact_id, values, writer)
    source = lead.values.get("LeadSource")
    if wish.overwrite_lead_source and source is not None and source != row.values.get("LeadSource"):
        row = saving.update(org, kind, row, {"LeadSource": source}, writer)
    return row


def _opportunity(
    org: Org, lead: Row, wish: Wish, account_id: str, contact_id: str, owner_id: str, writer: Writer
) -> str | None:
    kind = org.kinds["Opportunity"]
    if wish.opportunity_id is not None:
        return _living(org, kind, wish.opportunity_id).id
    if not wish.with_opportunity:
        return None
    stages = [o.value for o in kind.columns["StageName"].info.options if o.active]
    made = saving.create(org, kind, {
        "Name": wish.opportunity_name or lead.values.get("Company") or lead.values["LastName"], "AccountId": account_id,
        "StageName": stages[0] if stages else "Prospecting", "CloseDate": _end_of_quarter(org.clock.now().date()),
        "LeadSource": lead.values.get("LeadSource"), "OwnerId": owner_id,
    }, writer)
    role = {"OpportunityId": made.id, "ContactId": contact_id, "IsPrimary": True}
    saving.create(org, org.kinds["OpportunityContactRole"], role, writer)
    return made.id


def _end_of_quarter(today: date) -> str:
    month = (today.month - 1) // 3 * 3 + 3
    following = date(today.year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).isoformat()


def _close(org: Org, lead: Row, wish: Wish, made: Converted, writer: Writer) -> None:
    saving.apply(org, org.kinds["Lead"], lead, {
        "IsConverted": True, "ConvertedDate": stamp(org.clock.now_ms())[:10], "ConvertedAccountId": made.account_id,
        "ConvertedContactId": made.contact_id, "ConvertedOpportunityId": made.opportunity_id, "Status": wish.status,
        "IsUnreadByOwner": False,
    }, writer)


def _follow(org: Org, lead: Row, contact_id: str) -> None:
    """Let campaign members name the contact too, and activities move to it."""
    for child in org.kinds["Lead"].children:
        if child.kind != "CampaignMember" and child.kind not in activities.KINDS:
            continue
        for child_id in org.store.find(child.kind, child.column, lead.id):
            found = org.store.get(child.kind, child_id)
            if found is None:
                continue
            if child.kind == "CampaignMember":
                moved = {"ContactId": contact_id, "LeadOrContactId": contact_id}
            else:
                moved = {child.column: contact_id}
            lookups.repoint(org, org.kinds[child.kind], found, moved)


def _living(org: Org, kind: Kind, record_id: str) -> Row:
    row = org.row(kind, record_id)
    if row is None:
        raise unknown_row()
    if row.deleted:
        raise deleted_row()
    return row
