"""Object types: how a request may spell them, what the vendor calls them, what is shown by default.

Facts: research/hubspot.md rule 8 (aliases) and section 1.2 (default properties).
"""

from __future__ import annotations

from dataclasses import dataclass


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

    @property
    def legacy(self) -> str:
        """Return the upper-case name that messages use: `CONTACT`."""
        return self.singular.upper()

    @property
    def title(self) -> str:
        """Return the name that sentences begin with: `Contact`."""
        return self.singular.capitalize()


CONTACTS = ObjectType(
    "contacts", "contact", "0-1", "lastmodifieddate",
    ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    ("createdate", "hs_object_id", "lastmodifieddate"),
    ("firstname", "lastname", "email", "phone", "mobilephone", "company", "hs_additional_emails"),
    216_900_000_001,
)
COMPANIES = ObjectType(
    "companies", "company", "0-2", "hs_lastmodifieddate",
    ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    ("createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("name", "domain", "website", "phone"),
    53_100_000_001,
)
DEALS = ObjectType(
    "deals", "deal", "0-3", "hs_lastmodifieddate",
    ("amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"),
    ("createdate", "hs_lastmodifieddate", "hs_object_id"),
    ("dealname", "pipeline", "dealstage", "description", "dealtype"),
    41_200_000_001,
)

OBJECT_TYPES: dict[str, ObjectType] = {t.kind: t for t in (CONTACTS, COMPANIES, DEALS)}

_BY_ALIAS = {
    alias: t for t in OBJECT_TYPES.values() for alias in (t.kind, t.singular, t.type_id, f"hubspot.{t.singular}")
}

# Types that HubSpot has and this mock does not speak yet: refused as unknown to the mock, not as a typing error.
NOT_MOCKED = frozenset(
    """tickets ticket 0-5 products product 0-7 line_items line_item 0-8 quotes quote 0-14 notes note 0-46 meetings
    meeting 0-47 calls call 0-48 emails email 0-49 tasks task 0-27 communications communication 0-18 postal_mail 0-116
    leads lead 0-136 goal_targets goals 0-74 invoices invoice 0-53 orders order 0-123 carts cart 0-142 discounts 0-84
    fees 0-85 taxes 0-86 feedback_submissions 0-19 users user 0-115 services 0-162 listings 0-420 appointments 0-421
    courses 0-410 projects 0-970 subscriptions 0-69 payments commerce_payments 0-101 deal_splits""".split()  # noqa: SIM905 (a list of 90 quoted words is unreadable)
)


def find_type(name: str) -> ObjectType | None:
    """Return the object type that a path spells ``name`` (any letter case, singular, plural or id), or None."""
    return _BY_ALIAS.get(name) or _BY_ALIAS.get(name.lower())
