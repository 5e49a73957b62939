"""What becomes of a value when it is saved, and in which words it is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.journal import Actor
from syncproof_mocks.schema import FieldInfo, FieldType, Option


@pytest.fixture(autouse=True)
def fields(org: Salesforce) -> None:
    options = tuple(Option(v, v) for v in ("a", "b", "c"))
    kinds = {
        "Pick__c": (FieldType.PICKLIST, "picklist"), "Multi__c": (FieldType.MULTI_PICKLIST, "multipicklist"),
    }
    for name, (kind, vendor_type) in kinds.items():
        org.add_field(
            "Contact", FieldInfo(name, name[:-3], kind, vendor_type, options=options, restricted=True, custom=True)
        )
    org.add_field("Contact", FieldInfo("Score__c", "Score", FieldType.NUMBER, "double", custom=True))
    org.add_field("Contact", FieldInfo("When__c", "When", FieldType.DATETIME, "datetime", custom=True))
    org.add_field("Contact", FieldInfo("Vip__c", "VIP", FieldType.BOOLEAN, "boolean", custom=True, default=False))


def _saved(http: httpx.Client, field: str, value: Any) -> Any:
    answer = http.post("sobjects/Contact", json={"LastName": "S", field: value})
    assert answer.status_code == 201, answer.text
    return http.get(f"sobjects/Contact/{answer.json()['id']}").json()[field]


def _refused(http: httpx.Client, field: str, value: Any) -> dict[str, Any]:
    answer = http.post("sobjects/Contact", json={"LastName": "S", field: value})
    assert answer.status_code == 400, answer.text
    [error] = answer.json()
    return dict(error)


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("FirstName", "  Ann ", "Ann"),
        ("FirstName", "   ", None),
        ("FirstName", "", None),
        ("Email", "Ann@X.IO", "ann@x.io"),
        ("MailingStreet", "a\r\nb", "a\nb"),
        ("Phone", "+48 (22) 123", "+48 (22) 123"),
        ("Birthdate", "1990-02-28", "1990-02-28"),
        ("When__c", "2024-01-02T03:04:05.678+02:00", "2024-01-02T01:04:05.000+0000"),
        ("When__c", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05.000+0000"),
        ("Score__c", 3, 3.0),
        ("Score__c", "100", 100.0),
        ("Multi__c", "c;a;c", "a;c"),
        ("LeadSource", "Anything at all", "Anything at all"),
        ("DoNotCall", None, False),
        ("DoNotCall", "true", True),
    ],
)
def test_a_value_is_kept_as_the_vendor_keeps_it(http: httpx.Client, field: str, given: Any, kept: Any) -> None:
    """Probe 4 and section 3 of the research."""
    assert _saved(http, field, given) == kept


@pytest.mark.parametrize(
    ("field", "value", "code", "message"),
    [
        ("FirstName", "x" * 41, "STRING_TOO_LONG", f"First Name: data value too large: {'x' * 41} (max length=40)"),
        ("Email", "foo", "INVALID_EMAIL_ADDRESS", "Email: invalid email address: foo"),
        ("Pick__c", "z", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
         "Pick: bad value for restricted picklist field: z"),
        ("Multi__c", "a;z", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
         "Multi: bad value for restricted picklist field: z"),
        ("Nope__c", 1, "INVALID_FIELD", "No such column 'Nope__c' on sobject of type Contact"),
        ("AccountId", "003000000000999AAA", "MALFORMED_ID",
         "Account ID: id value of incorrect type: 003000000000999AAA"),
        ("AccountId", "001000000000999AAA", "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
        ("CreatedDate", "2024-01-02T03:04:05Z", "INVALID_FIELD_FOR_INSERT_UPDATE",
         "Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify "
         "that it is read/write for your profile or permission set."),
        ("Birthdate", "foo", "JSON_PARSER_ERROR",
         "Cannot deserialize instance of date from VALUE_STRING value foo or request may be missing a required field "
         "at [line:1, column:2]"),
    ],
)
def test_a_bad_value_is_refused_in_the_vendors_words(
    http: httpx.Client, field: str, value: Any, code: str, message: str
) -> None:
    error = _refused(http, field, value)
    assert (error["errorCode"], error["message"]) == (code, message)


@pytest.mark.parametrize(
    ("field", "value"),
    [("Name", "X Y"), ("MailingAddress", "x"), ("IsDeleted", True), ("SystemModstamp", "2024-01-02T03:04:05Z")],
)
def test_calculated_and_system_fields_cannot_be_written(http: httpx.Client, field: str, value: Any) -> None:
    assert _refused(http, field, value)["fields"] == [field]


@pytest.mark.parametrize("value", [{"a": 1}, ["x"], 5])
def test_a_text_of_another_type_is_a_parser_error(http: httpx.Client, value: Any) -> None:
    assert _refused(http, "FirstName", value)["errorCode"] == "JSON_PARSER_ERROR"


@pytest.mark.parametrize("body", ["{", "[]", "nonsense", '{"LastName" 1}'])
def test_a_body_that_is_no_object_is_a_parser_error(http: httpx.Client, body: str) -> None:
    answer = http.post("sobjects/Contact", content=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_body_of_another_media_type_is_refused(http: httpx.Client) -> None:
    answer = http.post("sobjects/Contact", content="{}", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_required_field_cannot_be_cleared(http: httpx.Client, contacts: list[str]) -> None:
    answer = http.patch(f"sobjects/Contact/{contacts[0]}", json={"LastName": ""})
    assert answer.json()[0]["fields"] == ["LastName"]


def test_an_uncertain_behaviour_is_noted_in_the_exchange(http: httpx.Client, org: Salesforce) -> None:
    org.switch("trim_strings", False)
    assert _saved(http, "FirstName", " Ann ") == " Ann "
    assumed = [a for e in org.journal.exchanges() for a in e.assumed]
    assert assumed == ["salesforce.trim_strings"]


def test_an_update_without_a_change_moves_the_stamps_unless_the_org_does_not(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    before = org.store.get("Contact", contacts[0])
    org.clock.move(5)
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"FirstName": "First0"})
    bumped = org.store.get("Contact", contacts[0])
    assert bumped.values["SystemModstamp"] > before.values["SystemModstamp"]
    org.switch("noop_patch_bumps", False)
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"FirstName": "First0"})
    assert org.store.get("Contact", contacts[0]) is bumped


def test_names_and_bounces_are_calculated(http: httpx.Client) -> None:
    made = http.post("sobjects/Contact", json={"FirstName": "Jan", "LastName": "Nowak"}).json()["id"]
    http.patch(f"sobjects/Contact/{made}", json={"LastName": "Kowalski", "EmailBouncedReason": "550"})
    row = http.get(f"sobjects/Contact/{made}?fields=Name,IsEmailBounced").json()
    assert (row["Name"], row["IsEmailBounced"]) == ("Jan Kowalski", True)


def test_history_tells_who_changed_what_and_the_connector_did_not_write_it(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    start = len(org.journal)
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"HasOptedOutOfEmail": True, "Multi__c": "a"})
    query = (
        "SELECT Field, ContactId, CreatedDate, IsDeleted, OldValue, NewValue FROM ContactHistory "
        f"WHERE ContactId IN ('{contacts[0]}') ORDER BY CreatedDate DESC"
    )
    rows = {r["Field"]: (r["OldValue"], r["NewValue"]) for r in http.get("query", params={"q": query}).json()["records"]}
    assert rows == {"HasOptedOutOfEmail": (False, True), "Multi__c": (None, None)}
    actors = {c.kind: c.actor for c in org.journal.changes(start)}
    assert actors == {"Contact": Actor.CONNECTOR, "ContactHistory": Actor.VENDOR_AUTOMATION}


def test_only_declared_fields_are_tracked_when_the_org_says_so(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    org.switch("tracked_fields", "declared")
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"Title": "x"})
    assert list(org.store.rows("ContactHistory")) == []


def test_a_parent_may_be_named_by_its_external_id(http: httpx.Client, org: Salesforce) -> None:
    org.add_field(
        "Account", FieldInfo("Ext__c", "Ext", FieldType.TEXT, "string", 20, unique=True, external_id=True, custom=True)
    )
    account = http.post("sobjects/Account", json={"Name": "A", "Ext__c": "A1"}).json()["id"]
    made = http.post("sobjects/Contact", json={"LastName": "P", "Account": {"Ext__c": "a1"}}).json()["id"]
    assert org.store.get("Contact", made).values["AccountId"] == account
    error = _refused(http, "Account", {"Ext__c": "Zz"})
    assert error["message"] == "Foreign key external ID: zz not found for field Ext__c in entity Account"


def test_a_deleted_parent_and_an_inactive_owner_are_refused(http: httpx.Client, org: Salesforce) -> None:
    account = http.post("sobjects/Account", json={"Name": "A"}).json()["id"]
    http.delete(f"sobjects/Account/{account}")
    assert _refused(http, "AccountId", account)["errorCode"] == "ENTITY_IS_DELETED"
    owner = org.seed_owner("Ex", "Employee", "ex@acme.test", active=False)
    error = _refused(http, "OwnerId", owner)
    assert error["message"] == f"operation performed with inactive user [{owner}] as owner of contact"


def test_deleting_an_account_takes_its_contacts_along(http: httpx.Client, org: Salesforce) -> None:
    [account] = org.store.rows("Account")
    assert http.delete(f"sobjects/Account/{account.id}").status_code == 204
    assert list(org.store.rows("Contact")) == []


def test_a_hidden_field_does_not_exist_for_the_connector(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    org.hide_field("Contact", "HasOptedOutOfEmail")
    assert "HasOptedOutOfEmail" not in http.get(f"sobjects/Contact/{contacts[0]}").json()
    assert "HasOptedOutOfEmail" not in {f["name"] for f in http.get("sobjects/Contact/describe").json()["fields"]}
    text = http.get("query", params={"q": "SELECT HasOptedOutOfEmail FROM Contact"}).json()[0]["message"]
    assert "No such column 'HasOptedOutOfEmail' on entity 'Contact'" in text
    assert _refused(http, "HasOptedOutOfEmail", True)["errorCode"] == "INVALID_FIELD"


def test_history_and_statuses_cannot_be_written(http: httpx.Client, contacts: list[str]) -> None:
    answer = http.post("sobjects/ContactHistory", json={"ContactId": contacts[0]})
    assert answer.json()[0]["errorCode"] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def test_a_campaign_knows_its_members_once(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    campaign = http.post("sobjects/Campaign", json={"Name": "Spring"}).json()["id"]
    member = {"CampaignId": campaign, "ContactId": contacts[0]}
    made = http.post("sobjects/CampaignMember", json=member).json()["id"]
    values = org.store.get("CampaignMember", made).values
    assert (values["Status"], values["HasResponded"], values["Email"]) == ("Sent", False, "c0@example.com")
    assert http.post("sobjects/CampaignMember", json=member).json()[0]["message"] == "Already a campaign member."
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"Email": "n@n.io"})
    assert org.store.get("CampaignMember", made).values["Email"] == "n@n.io"
    http.patch(f"sobjects/CampaignMember/{made}", json={"Status": "Responded"})
    assert org.store.get("CampaignMember", made).values["HasResponded"] is True
    assert http.post("sobjects/CampaignMember", json={"CampaignId": campaign}).json()[0]["errorCode"] == (
        "REQUIRED_FIELD_MISSING"
    )
