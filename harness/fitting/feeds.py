"""Which attribute of a person or company each field of the built-in records holds, and what such a value looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from syncproof_mocks.schema import FieldInfo, FieldType

from ..mapping.grammar import Side
from ..population.companies import INDUSTRIES
from ..population.countries import COUNTRIES
from ..population.make import INTERESTS
from ..population.people import CURRENCIES, PersonKind
from ..population.records import ACCOUNT_TYPE, MA_CHANNEL, MA_SEGMENT, MA_STAGE, MA_TOPIC


@dataclass(frozen=True, slots=True)
class Attribute:
    """What every value of one attribute has in common: type, longest text, all words (by side) of a closed list."""

    type: FieldType
    longest: int = 0
    words: Mapping[Side, tuple[str, ...]] | None = None
    unique: bool = False


def _told(words: Mapping[str, str]) -> dict[Side, tuple[str, ...]]:
    return {Side.CRM: tuple(words), Side.MA: tuple(words.values())}


def _same(*words: str) -> dict[Side, tuple[str, ...]]:
    return {Side.CRM: words, Side.MA: words}


_T = FieldType
ATTRIBUTES: Final[dict[str, Attribute]] = {
    "first_name": Attribute(_T.TEXT, 40, unique=True),
    "last_name": Attribute(_T.TEXT, 48, unique=True),
    # `private.` stands before the address that the MA knows of some people.
    "email": Attribute(_T.EMAIL, 80, unique=True),
    "phone": Attribute(_T.PHONE, 16, unique=True),
    "mobile": Attribute(_T.PHONE, 16, unique=True),
    "title": Attribute(_T.TEXT, 70, unique=True),
    "street": Attribute(_T.TEXT, 60, unique=True),
    "city": Attribute(_T.TEXT, 40, unique=True),
    "postal_code": Attribute(_T.TEXT, 10, unique=True),
    "country": Attribute(_T.COUNTRY, 40, _same(*(c.name for c in COUNTRIES.values()))),
    "birthdate": Attribute(_T.DATE),
    "segment": Attribute(_T.PICKLIST, 20, _told(MA_SEGMENT)),
    "interests": Attribute(_T.MULTI_PICKLIST, 80, _same(*INTERESTS)),
    "vip": Attribute(_T.BOOLEAN),
    "score": Attribute(_T.NUMBER, 6, unique=True),
    "annual_spend": Attribute(_T.NUMBER, 6, unique=True),
    "currency": Attribute(_T.PICKLIST, 3, _same(*CURRENCIES)),
    "channel": Attribute(_T.PICKLIST, 20, _told(MA_CHANNEL)),
    "topics": Attribute(_T.MULTI_PICKLIST, 80, _told(MA_TOPIC)),
    "last_order_at": Attribute(_T.DATETIME),
    "client_since": Attribute(_T.DATE),
    "stage": Attribute(_T.PICKLIST, 30, _told(MA_STAGE)),
    "national_id": Attribute(_T.TEXT, 30, unique=True),
    "kind": Attribute(_T.PICKLIST, 20, _same(*(k.value.capitalize() for k in PersonKind))),
    "last_activity": Attribute(_T.DATE),
    "company_name": Attribute(_T.TEXT, 80),
    "name": Attribute(_T.TEXT, 80, unique=True),
    "industry": Attribute(_T.PICKLIST, 40, _same(*INDUSTRIES)),
    "type": Attribute(_T.PICKLIST, 40, _same(*ACCOUNT_TYPE.values())),
    "tax_id": Attribute(_T.TEXT, 24, unique=True),
    "domain": Attribute(_T.TEXT, 60, unique=True),
    "website": Attribute(_T.TEXT, 70, unique=True),
}

_PERSON: Final[dict[Side, dict[str, str]]] = {
    Side.CRM: {
        "FirstName": "first_name", "LastName": "last_name", "Email": "email", "Phone": "phone", "MobilePhone": "mobile",
        "Title": "title", "MailingStreet": "street", "Street": "street", "MailingCity": "city", "City": "city",
        "MailingPostalCode": "postal_code", "PostalCode": "postal_code", "MailingCountry": "country", "Country": "country",
        "Birthdate": "birthdate", "Segment__c": "segment", "Interests__c": "interests", "Vip__c": "vip",
        "Engagement_Score__c": "score", "National_Id__c": "national_id", "Contact_Kind__c": "kind",
        "Last_Engaged__c": "last_activity", "Company": "company_name", "Annual_Spend__c": "annual_spend",
        "Spend_Currency__c": "currency", "Preferred_Channel__c": "channel", "Content_Topics__c": "topics",
        "Last_Order_At__c": "last_order_at", "Client_Since__c": "client_since", "Lifecycle_Stage__c": "stage",
    },
    Side.MA: {
        "firstname": "first_name", "lastname": "last_name", "email": "email", "phone": "phone", "mobilephone": "mobile",
        "jobtitle": "title", "address": "street", "city": "city", "zip": "postal_code", "country": "country",
        "birth_date": "birthdate", "segment": "segment", "interests": "interests", "vip": "vip", "engagement_score": "score",
        "company": "company_name", "annual_spend": "annual_spend", "spend_currency": "currency",
        "preferred_channel": "channel", "content_topics": "topics", "last_order_at": "last_order_at",
        "client_since": "client_since", "lifecyclestage": "stage",
    },
}
_COMPANY: Final[dict[Side, dict[str, str]]] = {
    Side.CRM: {
        "Name": "name", "Type": "type", "Industry": "industry", "Tax_Id__c": "tax_id", "BillingCity": "city",
        "BillingCountry": "country", "Website": "website",
    },
    Side.MA: {"name": "name", "domain": "domain", "tax_id": "tax_id", "city": "city", "country": "country"},
}


def attribute_of(object_name: str, side: Side, field: str) -> str | None:
    """Return the attribute that built-in records of an object hold in a field, or None when they have no such field."""
    return (_COMPANY if object_name == "company" else _PERSON)[side].get(field)


def holds_all(info: FieldInfo, side: Side, attribute: str, longest: int | None = None) -> bool:
    """Tell whether a field can hold every value that the attribute may have, in the built-in form.

    ``longest`` is a further limit, that of the mapping's rule.
    """
    known = ATTRIBUTES[attribute]
    limits = [n for n in (info.max_length, longest) if n is not None]
    if any(n < known.longest for n in limits) and known.type is not FieldType.NUMBER:
        return False
    if info.unique and not known.unique:
        return False
    if known.words is not None and info.options and info.restricted:
        options = {o.value for o in info.options if o.active}
        return set(known.words[side]) <= options
    if info.type is known.type:
        return known.type is not FieldType.NUMBER or info.digits is None or info.digits[0] - info.digits[1] >= known.longest
    texts = (FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE, FieldType.COUNTRY, FieldType.PICKLIST)
    return known.type in texts and info.type is FieldType.TEXT
