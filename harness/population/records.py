"""The records that both systems hold of a population, in the field names of the default Salesforce-HubSpot mapping.

Values are in the form each vendor stores: JSON types for Salesforce, texts for HubSpot. Where a person stands on
both sides the two records mean the same in every mapped field, except for the dirt planted on purpose:

- EMAIL_CASE: the CRM spells the address in mixed case (HubSpot stores addresses in lower case whatever it gets, and so
  does Salesforce: it shows in a CRM that keeps what was typed).
- COMPANY_VARIANT, COUNTRY_VARIANT: the MA has the careless spelling; for a person who is only in the CRM, the CRM
  (company: only leads, whose company is a text).
- DATE_FORMAT: `Description` in the CRM holds a date in the local format.
- HARD_BOUNCE: both sides know that the address bounced.
- DUPLICATE: a second CRM record of the same person, address in capitals. HubSpot refuses a second contact with the
  same address in any letter case, so the duplicate cannot stand there.
- BLANKS_IN_KEY: the MA's company number has a blank, a tab or a no-break space around it: HubSpot keeps text as given.
- KEY_CASE: the MA's company number is in small letters, where it has letters.
- SHARED_ADDRESS, PLUS_TWIN, APOSTROPHE, PLUS, TECHNICAL_MAILBOX, INACTIVE show in the values themselves. Of two people
  with one address HubSpot takes one only: where both stand on both sides, the address is to be placed by the caller.

This module knows no other field names; `fitting` makes the records of other mappings and orgs from these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from .countries import COUNTRIES
from .people import Company, ConsentSeed, Dirt, Person, PersonKind, Population, RecordSeed, Ref
from .wording import careless_company, local_date

Placement = Mapping[str, str] | Callable[[Person], str]

PLACES: Final = ("both", "crm", "ma", "none")
KINDS: Final = {
    ("crm", "contact"): "Contact", ("crm", "lead"): "Lead", ("crm", "company"): "Account",
    ("ma", "contact"): "contacts", ("ma", "lead"): "contacts", ("ma", "company"): "companies",
}
"""(side, object) -> the kind that built-in records of it have."""

MA_SEGMENT: Final = {"A - Key": "key", "B - Growth": "growth", "C - Standard": "standard"}
MA_CHANNEL: Final = {"Email": "email", "Phone": "phone", "Text message": "sms"}
MA_TOPIC: Final = {"Trade fairs, congresses": "fairs", "Press": "press", "Product & price": "product", "Research": "research"}
MA_STAGE: Final = {"Lead": "lead", "Qualified": "marketingqualifiedlead", "Opportunity": "opportunity", "Customer": "customer"}
_NEWSLETTER: Final = {
    ConsentSeed.NEVER_ASKED: "NotSeen", ConsentSeed.SUBSCRIBED: "OptIn", ConsentSeed.OPTED_OUT: "OptOut",
}
# `Customer - Direct` is Salesforce's own word; the other three are those the default mapping excludes.
ACCOUNT_TYPE: Final = {
    PersonKind.CUSTOMER: "Customer - Direct", PersonKind.PARTNER: "Partner", PersonKind.SUPPLIER: "Vendor",
    PersonKind.TEST: "Test",
}


def usual_placement(person: Person) -> str:
    """Return where a person stands in a system that has been in use: customers and leads on both sides, others in the CRM."""
    return "both" if person.kind in (PersonKind.CUSTOMER, PersonKind.LEAD) else "crm"


def records(
    population: Population, placement: Placement = usual_placement, kinds: Mapping[tuple[str, str], str] = KINDS
) -> list[RecordSeed]:
    """Return the records to seed: companies first, then each person's, CRM before MA.

    ``placement`` says per person (by key, or by a function) `both`, `crm`, `ma` or `none`. A company stands on a
    side when one of its people, leads excepted, does. ``kinds`` names the kinds of this mapping (see `KINDS`). Raises
    ValueError for a person without a place.
    """
    places = {person.key: _place(person, placement) for person in population.people}
    seeds = list(_companies(population, places, kinds))
    for person in population.people:
        place = places[person.key]
        if place in ("both", "crm"):
            seeds.extend(_in_crm(person, kinds["crm", object_of(person)], alone=place == "crm"))
        if place in ("both", "ma"):
            seeds.append(_seed("ma", person, kinds["ma", object_of(person)], _ma_contact(person)))
    return seeds


def object_of(person: Person) -> str:
    """Return the mapping's word for the records of a person."""
    return "lead" if person.kind is PersonKind.LEAD else "contact"


def builtin_values(whose: Person | Company, crm_kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the CRM and the MA would hold of a person or company that stands on both sides."""
    if isinstance(whose, Company):
        return _account(whose), _ma_company(whose)
    return _crm_person(whose, crm_kind, alone=False), _ma_contact(whose)


def _place(person: Person, placement: Placement) -> str:
    place = placement(person) if callable(placement) else placement.get(person.key)
    if place not in PLACES:
        raise ValueError(f"{person.key} is placed in {place!r}; possible: {', '.join(PLACES)}")
    return place


# -- companies ------------------------------------------------------------------------------------------------------


def _companies(
    population: Population, places: Mapping[str, str], kinds: Mapping[tuple[str, str], str]
) -> Iterator[RecordSeed]:
    sides: dict[str, set[str]] = {}
    for person in population.people:
        if person.company is not None and person.kind is not PersonKind.LEAD:
            place = places[person.key]
            sides.setdefault(person.company.key, set()).update(("crm", "ma") if place == "both" else (place,))
    dirty = [(p.company.key, p.dirt) for p in population.people if p.company is not None]
    blanks, small = ({key for key, dirt in dirty if kind in dirt} for kind in (Dirt.BLANKS_IN_KEY, Dirt.KEY_CASE))
    for company in population.companies:
        standing = sides.get(company.key, set())
        created, modified = 1_500, 300  # older than any of its people
        if "crm" in standing:
            yield RecordSeed("crm", "company", kinds["crm", "company"], company.key, _account(company), created, modified)
        if "ma" in standing:
            values = _ma_company(company)
            if company.key in blanks:
                values["tax_id"] = _with_blanks(company.tax_id, int(company.key[1:]))
            elif company.key in small:
                values["tax_id"] = company.tax_id.lower()
            yield RecordSeed("ma", "company", kinds["ma", "company"], company.key, values, created, modified)


def _account(company: Company) -> dict[str, Any]:
    return {
        "Name": company.name, "Type": ACCOUNT_TYPE[company.kind], "Industry": company.industry,
        "Tax_Id__c": company.tax_id, "BillingCity": company.city, "BillingCountry": COUNTRIES[company.country].name,
        "Website": f"https://{company.domain}",
    }


def _ma_company(company: Company) -> dict[str, Any]:
    return {
        "name": company.name, "domain": company.domain, "tax_id": company.tax_id, "city": company.city,
        "country": COUNTRIES[company.country].name,
    }


# -- people ---------------------------------------------------------------------------------------------------------


def _seed(side: str, person: Person, kind: str, values: dict[str, Any], created: int | None = None) -> RecordSeed:
    # Older than any consent (500 days), and than the silence of an inactive person (1,100 days).
    age = created or (600 if person.active else 1_200) + person.number % 300
    return RecordSeed(side, object_of(person), kind, person.key, values, age, 5 + person.number % 40)


def _crm_person(person: Person, kind: str, *, alone: bool) -> dict[str, Any]:
    more = _lead(person, alone=alone) if kind == "Lead" else _contact(person, alone=alone)
    return _person_fields(person) | more


def _in_crm(person: Person, kind: str, *, alone: bool) -> Iterator[RecordSeed]:
    values = _crm_person(person, kind, alone=alone)
    yield _seed("crm", person, kind, values)
    if Dirt.DUPLICATE in person.dirt:
        yield _seed("crm", person, kind, {**values, "Email": person.email.upper()}, created=90)


def _person_fields(person: Person) -> dict[str, Any]:
    """Return what Salesforce contacts and leads have in common."""
    values: dict[str, Any] = {
        "FirstName": person.first_name, "LastName": person.last_name,
        "Email": _mixed_case(person.email) if Dirt.EMAIL_CASE in person.dirt else person.email,
        "Phone": person.phone, "MobilePhone": person.mobile, "Title": person.title,
        "OwnerId": Ref("owner", person.owner), "Contact_Kind__c": person.kind.value.capitalize(),
        "Last_Engaged__c": person.last_activity, "Segment__c": person.segment,
        "Interests__c": ";".join(person.interests) or None, "Vip__c": person.vip,
        "Engagement_Score__c": person.score, "National_Id__c": person.national_id,
        "Annual_Spend__c": float(person.annual_spend), "Spend_Currency__c": person.currency,
        "Preferred_Channel__c": person.channel, "Content_Topics__c": ";".join(person.topics) or None,
        "Last_Order_At__c": person.last_order_at.replace("Z", "+0000"), "Client_Since__c": person.client_since,
        "Lifecycle_Stage__c": person.stage,
        "HasOptedOutOfEmail": person.consent is ConsentSeed.OPTED_OUT,
        "Newsletter_Consent__c": _NEWSLETTER[person.newsletter],
    }
    asked = person.newsletter is not ConsentSeed.NEVER_ASKED
    values["Newsletter_Consent_At__c"] = person.consent_at.replace("Z", "+0000") if asked else None
    values["Newsletter_Consent_Source__c"] = person.consent_source if asked else None
    if Dirt.HARD_BOUNCE in person.dirt:
        values["EmailBouncedReason"] = f"550 5.1.1 <{person.email}>: user unknown"
        values["EmailBouncedDate"] = f"{person.last_activity}T08:00:00.000+0000"
    if Dirt.DATE_FORMAT in person.dirt:
        values["Description"] = f"Last contact: {local_date(person.last_activity, person.locale)}"
    return values


def _contact(person: Person, *, alone: bool) -> dict[str, Any]:
    return {
        "AccountId": Ref("company", person.company.key) if person.company else None,
        "MailingStreet": person.street, "MailingCity": person.city, "MailingPostalCode": person.postal_code,
        "MailingCountry": _country(person, careless=alone), "Birthdate": person.birthdate,
    }


def _lead(person: Person, *, alone: bool) -> dict[str, Any]:
    return {
        "Company": _company_text(person, careless=alone), "Street": person.street, "City": person.city,
        "PostalCode": person.postal_code, "Country": _country(person, careless=alone),
    }


def _ma_contact(person: Person) -> dict[str, Any]:
    values: dict[str, Any] = {
        "email": person.email, "firstname": person.first_name, "lastname": person.last_name, "phone": person.phone,
        "mobilephone": person.mobile, "jobtitle": person.title, "company": _company_text(person, careless=True),
        "address": person.street, "city": person.city, "zip": person.postal_code,
        "country": _country(person, careless=True), "segment": MA_SEGMENT[person.segment],
        "interests": ";".join(person.interests) or None, "vip": "true" if person.vip else "false",
        "engagement_score": str(person.score), "hubspot_owner_id": Ref("owner", person.owner),
        "annual_spend": person.annual_spend, "spend_currency": person.currency,
        "preferred_channel": MA_CHANNEL[person.channel], "content_topics": ";".join(MA_TOPIC[t] for t in person.topics) or None,
        "last_order_at": person.last_order_at.replace(".000Z", "Z"), "client_since": person.client_since,
        "lifecyclestage": MA_STAGE[person.stage],
        "$consents": _consents(person),
    }
    if person.kind is not PersonKind.LEAD:
        # A Salesforce lead has no date of birth; both sides of a person know the same.
        values["birth_date"] = person.birthdate
        if person.company is not None:
            values["$company"] = Ref("company", person.company.key)
    if Dirt.SECONDARY_ADDRESS in person.dirt:
        # The MA calls another address the first one; the one the CRM knows is an additional one there.
        values["email"], values["hs_additional_emails"] = person.other_email, person.email
    if Dirt.HARD_BOUNCE in person.dirt:
        values["hs_email_bounce"] = "1"
        values["hs_email_hard_bounce_reason_enum"] = "UNKNOWN_USER"
    return values


def _consents(person: Person) -> tuple[tuple[str, str, str, str, str], ...]:
    """Return (channel, purpose, act, at, source) of everything the person has said.

    Neither vendor can hold a yes to every purpose, so "subscribed" to `*` is the absence of a refusal.
    """
    said: list[tuple[str, str, str, str, str]] = []
    if person.newsletter is not ConsentSeed.NEVER_ASKED:
        act = "grant" if person.newsletter is ConsentSeed.SUBSCRIBED else "withdraw"
        said.append(("email", "newsletter", act, person.consent_at, person.consent_source))
    if person.consent is ConsentSeed.OPTED_OUT:
        said.append(("email", "*", "withdraw", person.consent_at, person.consent_source))
    return tuple(said)


def _country(person: Person, *, careless: bool) -> str:
    country = COUNTRIES[person.country]
    if careless and Dirt.COUNTRY_VARIANT in person.dirt:
        return country.variants[person.number % len(country.variants)]
    return country.name


def _company_text(person: Person, *, careless: bool) -> str | None:
    if person.company is None:
        # The field is required on a lead.
        return f"{person.last_name}, self-employed" if person.kind is PersonKind.LEAD else None
    if careless and Dirt.COMPANY_VARIANT in person.dirt:
        return careless_company(person.company.name, person.company.country)
    return person.company.name


def _with_blanks(text: str, number: int) -> str:
    """Return the text as it comes out of a spreadsheet or off a web page; the three sorts of blank take turns."""
    return (f" {text}", f"{text}\t", f"{text}\u00a0")[number % 3]


def _mixed_case(address: str) -> str:
    """Return the address with every word capitalised: `Anna.Nowak-Gamaka@Acme-Bodera.Example.Com`."""
    return address.title()
