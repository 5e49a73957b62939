"""Object types: how a request may spell them, what the vendor calls them, what is shown by default.

Facts: research/hubspot.md rule 8 (aliases), sections 1.2 (default properties), 1.11 (engagements), 3.3 (required). Custom
objects of a portal are object types too; they are made from schemas (`custom_types`) and their kind is their type id.
"""

from __future__ import annotations

from dataclasses import dataclass

_CREATED, _HS_CREATED, _HS_MODIFIED = "createdate", "hs_createdate", "hs_lastmodifieddate"


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object type. ``kind`` is its name in the store and the plural used in paths."""

    kind: str
    singular: str
    type_id: str
    stamp: str  # the property that holds the time of the last change
    default_properties: tuple[str, ...]
    always: tuple[str, ...]  # shown whatever was asked for
    query_properties: tuple[str, ...]  # looked into by the free-text `query` of a search
    first_id: int
    created: str = _CREATED  # the property that holds the time of creation
    required: tuple[str, ...] = ()  # on create
    pipeline: str = ""  # the property that names the pipeline, where the type has such
    stage: str = ""
    legacy_name: str = ""
    is_engagement: bool = False
    assumed: str = ""  # what the list of default properties rests on, when nobody has captured it
    plural: str = ""  # the key of inline associations, where it is not the kind

    @property
    def legacy(self) -> str:
        """Return the upper-case name that messages use: `CONTACT`."""
        return self.legacy_name or self.singular.upper()

    @property
    def title(self) -> str:
        """Return the name that sentences begin with: `Contact`."""
        return self.singular.capitalize()

    @property
    def key(self) -> str:
        """Return the key under which inline associations with this type stand."""
        return self.plural or self.kind


CONTACTS = ObjectType(
    "contacts", "contact", "0-1", "lastmodifieddate",
    ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    ("createdate", "hs_object_id", "lastmodifieddate"),
    ("firstname", "lastname", "email", "phone", "mobilephone", "company", "hs_additional_emails"),
    216_900_000_001,
)
COMPANIES = ObjectType(
    "companies", "company", "0-2", _HS_MODIFIED,
    ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    ("createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("name", "domain", "website", "phone"),
    53_100_000_001,
)
DEALS = ObjectType(
    "deals", "deal", "0-3", _HS_MODIFIED,
    ("amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"),
    ("createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("dealname", "pipeline", "dealstage", "description", "dealtype"),
    41_200_000_001, required=("dealname", "dealstage", "pipeline"), pipeline="pipeline", stage="dealstage",
)
TICKETS = ObjectType(
    "tickets", "ticket", "0-5", _HS_MODIFIED,
    ("content", "createdate", "hs_lastmodifieddate", "hs_object_id", "hs_pipeline", "hs_pipeline_stage",
     "hs_ticket_category", "hs_ticket_priority", "subject"),
    ("createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("subject", "content", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_id"),
    29_800_000_001, required=("subject", "hs_pipeline", "hs_pipeline_stage"), pipeline="hs_pipeline", stage="hs_pipeline_stage",
)
PRODUCTS = ObjectType(
    "products", "product", "0-7", _HS_MODIFIED,
    ("createdate", "description", "hs_lastmodifieddate", "hs_object_id", "name", "price"),
    ("createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("name", "description", "price", "hs_sku"),
    18_600_000_001,
)
LINE_ITEMS = ObjectType(
    "line_items", "line_item", "0-8", _HS_MODIFIED,
    ("amount", "createdate", "hs_lastmodifieddate", "hs_object_id", "hs_product_id", "quantity"),
    ("createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("name", "description"),
    33_400_000_001, assumed="hubspot.default_properties_line_items",
)
QUOTES = ObjectType(
    "quotes", "quote", "0-14", _HS_MODIFIED,
    ("hs_createdate", "hs_expiration_date", "hs_lastmodifieddate", "hs_object_id", "hs_public_url_key", "hs_status", "hs_title"),
    ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("hs_title", "hs_quote_number"),
    22_500_000_001, created=_HS_CREATED, required=("hs_title", "hs_expiration_date"),
)
_ENGAGEMENT = (_HS_CREATED, _HS_MODIFIED, "hs_object_id")
LEADS = ObjectType(
    "leads", "lead", "0-136", _HS_MODIFIED, _ENGAGEMENT, _ENGAGEMENT, ("hs_lead_name",),
    38_700_000_001, created=_HS_CREATED, required=("hs_lead_name",), pipeline="hs_pipeline", stage="hs_pipeline_stage",
    assumed="hubspot.default_properties_leads",
)


def _engagement(kind: str, singular: str, type_id: str, first_id: int, query: tuple[str, ...], *required: str,
                legacy: str = "") -> ObjectType:
    return ObjectType(
        kind, singular, type_id, _HS_MODIFIED, _ENGAGEMENT, _ENGAGEMENT, query, first_id, created=_HS_CREATED,
        required=("hs_timestamp", *required), legacy_name=legacy, is_engagement=True,
    )


NOTES = _engagement("notes", "note", "0-46", 61_200_000_001, ("hs_note_body",))
TASKS = _engagement("tasks", "task", "0-27", 64_300_000_001, ("hs_task_body", "hs_task_subject"))
CALLS = _engagement("calls", "call", "0-48", 66_500_000_001, ("hs_call_title", "hs_body_preview"))
EMAILS = _engagement("emails", "email", "0-49", 68_700_000_001, ("hs_email_subject",), "hs_email_direction")
MEETINGS = _engagement("meetings", "meeting", "0-47", 70_900_000_001, ("hs_meeting_title", "hs_meeting_body"),
                       legacy="MEETING_EVENT")
COMMUNICATIONS = _engagement("communications", "communication", "0-18", 73_100_000_001, ("hs_communication_body",))
POSTAL_MAIL = _engagement("postal_mail", "postal_mail", "0-116", 75_300_000_001, ("hs_postal_mail_body",))

OBJECT_TYPES: dict[str, ObjectType] = {t.kind: t for t in (
    CONTACTS, COMPANIES, DEALS, TICKETS, PRODUCTS, LINE_ITEMS, QUOTES, LEADS, NOTES, TASKS, CALLS, EMAILS, MEETINGS,
    COMMUNICATIONS, POSTAL_MAIL,
)}

_BY_ALIAS = {
    alias: t for t in OBJECT_TYPES.values() for alias in (t.kind, t.singular, t.type_id, f"hubspot.{t.singular}")
}

# Types that HubSpot has and this mock does not speak yet: refused as unknown to the mock, not as a typing error.
NOT_MOCKED = frozenset(
    """goal_targets goals 0-74 invoices invoice 0-53 orders order 0-123 carts cart 0-142 discounts 0-84 fees 0-85
    taxes 0-86 feedback_submissions 0-19 users user 0-115 services 0-162 listings 0-420 appointments 0-421 courses 0-410
    projects 0-970 subscriptions 0-69 payments commerce_payments 0-101 deal_splits marketing_events 0-54""".split()  # noqa: SIM905 (a list of 40 quoted words is unreadable)
)


def find_type(name: str) -> ObjectType | None:
    """Return the vendor's object type that a path spells ``name`` (any letter case, singular, plural or id), or None.

    Custom objects are known to their portal only: see `Portal.find_type`.
    """
    return _BY_ALIAS.get(name) or _BY_ALIAS.get(name.lower())
