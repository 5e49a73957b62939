"""Two orgs of an organisation's own, as their vendors' metadata calls would tell of them, and the mapping between them.

No custom field has a name that the default mapping knows. `write` puts mapping, shape and metadata into a folder.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

TIERS = {"Gold tier": "gold", "Silver tier": "silver", "Bronze tier": "bronze"}
TOPICS = {"Trade fairs": "fairs", "Price lists": "prices", "Training": "courses"}
BRANCHES = {"Machines": "MACH", "Food": "FOOD", "Health": "HLTH"}
STATUSES = ("Member", "Guest", "Partner", "Vendor", "Test")


def described(name: str, type_: str = "string", **more: Any) -> dict[str, Any]:
    """Return one field as `GET /sobjects/X/describe` tells of it."""
    options = [{"value": v, "label": v, "active": True, "defaultValue": False} for v in more.pop("options", ())]
    known = {
        "label": name.removesuffix("__c").replace("_", " "), "length": 0, "nillable": True, "createable": True, "updateable": True,
        "defaultedOnCreate": type_ == "boolean", "unique": False, "externalId": False, "restrictedPicklist": bool(options),
        "picklistValues": options, "referenceTo": [], "precision": 0, "scale": 0, "custom": name.endswith("__c"),
    }
    return {"name": name, "type": type_, **known, **more}


def property_of(name: str, type_: str = "string", field: str = "", **more: Any) -> dict[str, Any]:
    """Return one property as `GET /crm/v3/properties/X` tells of it."""
    options = [{"value": v, "label": v, "hidden": False, "displayOrder": n} for n, v in enumerate(more.pop("options", ()))]
    usual = {"string": "text", "number": "number", "date": "date", "datetime": "date", "enumeration": "select", "bool": "booleancheckbox",
             "phone_number": "phonenumber"}
    return {"name": name, "label": name.replace("_", " ").title(), "type": type_, "fieldType": field or usual[type_],
            "groupName": "information", "options": options, "hubspotDefined": False, **more}


PERSON = (
    described("Job_Role__c", length=60), described("Direct_Line__c", "phone", length=40),
    described("Loyalty_Tier__c", "picklist", options=TIERS, length=255),
    described("Status__c", "picklist", options=STATUSES, length=255, nillable=False),
    described("Audit_Code__c", length=12, nillable=False),
    described("News__c", "picklist", options=("NotSeen", "OptIn", "OptOut"), length=255),
    described("News_At__c", "datetime"), described("News_Source__c", length=80),
)
DESCRIBES = {
    "Account": (
        described("Customer_No__c", length=20, unique=True, externalId=True, nillable=False),
        described("Branch__c", "picklist", options=BRANCHES, length=255),
        described("Turnover__c", "currency", precision=16, scale=2), described("Founded__c", "date"),
        described("Region__c", "picklist", options=("North", "South"), length=255, nillable=False),
    ),
    "Contact": (
        *PERSON, described("Topics__c", "multipicklist", options=TOPICS, length=4099),
        described("Member_Since__c", "date"), described("Last_Visit__c", "datetime"),
        described("Discount__c", "percent", precision=5, scale=2), described("Is_Reseller__c", "boolean", nillable=False),
        described("Birth_Country__c", length=60), described("Second_Email__c", "email", length=80),
        described("Member_No__c", length=10, unique=True, externalId=True), described("Passport__c", length=30),
        described("Grade__c", length=3), described("Office_Street__c", "textarea", length=255), described("Seen_On__c", "date"),
        described("Points__c", "double", precision=8, scale=0),
    ),
    "Lead": PERSON,
}
PROPERTIES = {
    "companies": (
        property_of("customer_number", hasUniqueValue=True), property_of("branch", "enumeration", options=BRANCHES.values()),
        property_of("annual_turnover", "number"), property_of("founded_on", "date"),
    ),
    "contacts": (
        property_of("job_role"), property_of("direct_line", "phone_number"),
        property_of("loyalty_tier", "enumeration", options=TIERS.values()), property_of("member_status"),
        property_of("topics", "enumeration", "checkbox", options=TOPICS.values()),
        property_of("member_since", "date"), property_of("last_visit", "datetime"), property_of("discount_rate", "number"),
        property_of("reseller", "bool", options=("true", "false")), property_of("birth_country"), property_of("second_email"),
        property_of("member_number", hasUniqueValue=True), property_of("passport"), property_of("grade"),
        property_of("points", "number"),
    ),
}


def rule(crm: str, ma: str, type_: str = "text", direction: str = "both", **more: Any) -> dict[str, Any]:
    """Return one field rule."""
    return {"crm": crm, "ma": ma, "type": type_, "direction": direction, **more}


CONSENTS = [
    rule("HasOptedOutOfEmail", "hs_email_optout", "boolean", winner="most_restrictive", consent={"channel": "email", "purpose": "*"}),
    rule("News__c", "subscription:Newsletter", "picklist", winner="most_restrictive",
         consent={"channel": "email", "purpose": "newsletter", "crm_at": "News_At__c", "crm_source": "News_Source__c"}),
]
NAMES = [
    rule("FirstName", "firstname", winner="crm", blank="keep", max_length=40),
    rule("LastName", "lastname", winner="crm", blank="keep", max_length=80),
    rule("Email", "email", "email", "crm_to_ma", enforce="on_change", blank="keep"),
]
SHARED = [
    rule("Job_Role__c", "job_role", winner="latest", blank="clear", max_length=60),
    rule("Direct_Line__c", "direct_line", "phone", winner="crm", blank="clear", max_length=40),
    rule("Loyalty_Tier__c", "loyalty_tier", "picklist", winner="crm", blank="clear", values=TIERS),
]
OUT = [{"reason": "no address", "crm": "Email", "blank": True},
       {"reason": "partners, vendors and tests stay out", "crm": "Status__c", "in": ["Partner", "Vendor", "Test"]}]
MAPPING: dict[str, Any] = {
    "mapping": "Our own", "systems": {"crm": "salesforce", "ma": "hubspot"},
    "objects": [
        {"object": "company", "crm": "Account", "ma": "companies", "match": [{"crm": "Customer_No__c", "ma": "customer_number"}],
         "creates": ["crm_to_ma"],
         "fields": [
             rule("Name", "name", direction="crm_to_ma", enforce="on_change", max_length=255),
             rule("Customer_No__c", "customer_number", direction="crm_to_ma", enforce="on_change", max_length=20),
             rule("Branch__c", "branch", "picklist", winner="crm", blank="keep", values=BRANCHES),
             rule("Turnover__c", "annual_turnover", "number", winner="crm", blank="keep"),
             rule("Founded__c", "founded_on", "date", winner="crm", blank="keep"),
         ]},
        {"object": "contact", "crm": "Contact", "ma": "contacts", "match": [{"crm": "Email", "ma": "email"}],
         "creates": ["crm_to_ma"], "deletes": {"crm_to_ma": "archive", "ma_to_crm": "ignore"}, "owner": {"match": "email"},
         "company": {"crm": "AccountId", "match": {"crm": "Customer_No__c", "ma": "customer_number"}},
         "exclude": [*OUT, {"reason": "not seen for a year", "crm": "Seen_On__c", "older_than_months": 12}],
         "fields": [
             *NAMES, *SHARED,
             rule("Status__c", "member_status", direction="crm_to_ma", enforce="always", max_length=255),
             rule("Topics__c", "topics", "multi-picklist", winner="latest", blank="clear", values=TOPICS),
             rule("Member_Since__c", "member_since", "date", winner="crm", blank="clear"),
             rule("Last_Visit__c", "last_visit", "datetime", "ma_to_crm", enforce="on_change", blank="clear"),
             rule("Discount__c", "discount_rate", "number", "crm_to_ma", enforce="always", blank="clear"),
             rule("Points__c", "points", "number", "ma_to_crm", enforce="on_change", blank="clear"),
             rule("Is_Reseller__c", "reseller", "boolean", winner="latest"),
             rule("Birth_Country__c", "birth_country", "country", winner="ma", blank="clear", max_length=60,
                  format={"crm": "name", "ma": "iso2"}),
             rule("Second_Email__c", "second_email", "email", winner="latest", blank="clear", max_length=80),
             rule("Member_No__c", "member_number", direction="crm_to_ma", enforce="on_change", blank="keep", max_length=10),
             rule("Grade__c", "grade", winner="crm", blank="clear", max_length=3),
             rule("Office_Street__c", "address", winner="crm", blank="keep", max_length=255),
             rule("MailingCity", "city", winner="latest", blank="clear", max_length=40),
             rule("Passport__c", "passport", direction="none", sensitive=True),
             *CONSENTS,
         ]},
        {"object": "lead", "crm": "Lead", "ma": "contacts", "match": [{"crm": "Email", "ma": "email"}],
         "creates": ["crm_to_ma"], "owner": {"match": "email"},
         "exclude": [*OUT, {"reason": "converted", "crm": "IsConverted", "in": [True]}],
         "fields": [*NAMES, *SHARED, rule("Company", "company", winner="crm", blank="keep", max_length=255), *CONSENTS]},
    ],
}


def write(folder: Path, mapping: dict[str, Any] = MAPPING) -> Path:
    """Write mapping.yaml, orgs.yaml and the metadata it names into ``folder``, and return the folder."""
    (folder / "mapping.yaml").write_text(yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True))
    for name, fields in DESCRIBES.items():
        (folder / f"{name}.json").write_text(json.dumps({"name": name, "label": name, "fields": list(fields)}))
    portal = {kind: {"results": list(found)} for kind, found in PROPERTIES.items()}
    (folder / "portal.json").write_text(json.dumps(portal))
    shape = {"crm": {"metadata": [f"{n}.json" for n in DESCRIBES]}, "ma": {"metadata": ["portal.json"], "subscriptions": ["Newsletter"]}}
    (folder / "orgs.yaml").write_text(yaml.safe_dump(shape))
    return folder
