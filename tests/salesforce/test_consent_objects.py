"""The consent objects: their fields and refusals, and what their rows say about a person's consent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.consent import ConsentKey, ConsentMark, ConsentProof, ConsentState
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import ConsentField

EMAIL, NEWS, CALLS = ConsentKey("email", "*"), ConsentKey("email", "newsletter"), ConsentKey("phone", "*")
CAPTURED = {"CaptureDate": "2026-01-02T03:04:05Z", "CaptureSource": "form 7", "CaptureContactPointType": "Web"}


@pytest.fixture
def party(http: httpx.Client, org: Salesforce, contacts: list[str]) -> str:
    """An individual behind the first contact, and declarations of a mapping that uses the consent objects."""
    org.declare_consent("ContactPointTypeConsent", "PrivacyConsentStatus", ConsentField(EMAIL, "CaptureDate", "CaptureSource"))
    made = http.post("sobjects/Individual", json={"LastName": "Last0"})
    assert made.status_code == 201, made.text
    org.desk_edit("Contact", contacts[0], {"IndividualId": made.json()["id"], "Phone": "+48 22"})
    return str(made.json()["id"])


def _made(http: httpx.Client, kind: str, **values: Any) -> str:
    answer = http.post(f"sobjects/{kind}", json={"Name": kind, **values})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _marks(org: Salesforce, kind: str, record_id: str) -> tuple[ConsentMark, ...]:
    row = org.store.get(kind, record_id)
    assert row is not None
    return org.consents(row)


def _consent(http: httpx.Client, party: str, **values: Any) -> str:
    given = {"PartyId": party, "ContactPointType": "Email", "PrivacyConsentStatus": "OptIn", **CAPTURED, **values}
    return _made(http, "ContactPointTypeConsent", **given)


def test_a_yes_and_a_no_are_about_the_address_of_the_party(http: httpx.Client, org: Salesforce, party: str) -> None:
    consent = _consent(http, party)
    at = "2026-01-02T03:04:05.000+0000"
    assert _marks(org, "ContactPointTypeConsent", consent) == (
        ConsentMark(EMAIL, ConsentState.GRANTED, "c0@example.com", at, "form 7"),
    )
    http.patch(f"sobjects/ContactPointTypeConsent/{consent}", json={"PrivacyConsentStatus": "OptOut"})
    assert _marks(org, "ContactPointTypeConsent", consent)[0].state is ConsentState.WITHDRAWN


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"PrivacyConsentStatus": "NotSeen"}, ConsentState.UNKNOWN), ({"PrivacyConsentStatus": "Seen"}, ConsentState.UNKNOWN),
        ({"PrivacyConsentStatus": "OptInPending"}, ConsentState.PENDING),
        ({"PrivacyConsentStatus": "OptOutPending"}, ConsentState.UNKNOWN),
        ({"DoubleConsentCaptureDate": "2026-01-03T00:00:00Z"}, ConsentState.CONFIRMED),
        ({"EffectiveTo": "2026-02-01T00:00:00Z"}, ConsentState.UNKNOWN),
        ({"EffectiveTo": "2026-02-01T00:00:00Z", "PrivacyConsentStatus": "OptOut"}, ConsentState.UNKNOWN),
    ],
)
def test_only_what_is_certain_is_a_yes_or_a_no(
    http: httpx.Client, org: Salesforce, party: str, values: dict[str, Any], state: ConsentState
) -> None:
    [mark] = _marks(org, "ContactPointTypeConsent", _consent(http, party, **values))
    assert mark.state is state


def test_a_yes_without_evidence_is_a_claim(http: httpx.Client, org: Salesforce, party: str) -> None:
    org.switch("consent_capture_required", False)
    [mark] = _marks(org, "ContactPointTypeConsent", _consent(http, party, CaptureSource=None))
    assert mark.state is ConsentState.CLAIMED


def test_another_channel_and_another_purpose_are_another_matter(http: httpx.Client, org: Salesforce, party: str) -> None:
    purpose = _made(http, "DataUsePurpose", CanDataSubjectOptOut=True)
    http.patch(f"sobjects/DataUsePurpose/{purpose}", json={"Name": "Newsletter"})
    news, calls = _consent(http, party, DataUsePurposeId=purpose), _consent(http, party, ContactPointType="Phone")
    assert _marks(org, "ContactPointTypeConsent", news) == _marks(org, "ContactPointTypeConsent", calls) == ()
    org.declare_consent("ContactPointTypeConsent", "PrivacyConsentStatus", ConsentField(NEWS))
    assert [m.key for m in _marks(org, "ContactPointTypeConsent", news)] == [NEWS]
    org.declare_consent("ContactPointTypeConsent", "PrivacyConsentStatus", ConsentField(CALLS))
    [mark] = _marks(org, "ContactPointTypeConsent", calls)
    assert (mark.key, mark.contact_point) == (CALLS, "+48 22")


def test_a_subscription_says_yes_to_its_purpose_and_channel(http: httpx.Client, org: Salesforce, party: str) -> None:
    org.declare_consent("CommSubscriptionConsent", "PrivacyConsentStatus",
                        ConsentField(NEWS, "ConsentCapturedDateTime", "ConsentCapturedSource"))
    point = http.post("sobjects/ContactPointEmail", json={"ParentId": party, "EmailAddress": "Second@Example.com"}).json()["id"]
    channel = _made(http, "EngagementChannelType", ContactPointType="Email")
    subscription = http.post("sobjects/CommSubscription", json={"Name": "Newsletter"}).json()["id"]
    junction = _made(
        http, "CommSubscriptionChannelType", CommunicationSubscriptionId=subscription, EngagementChannelTypeId=channel
    )
    consent = _made(
        http, "CommSubscriptionConsent", CommSubscriptionChannelTypeId=junction, ContactPointId=point, EffectiveFromDate="2026-01-01",
        PrivacyConsentStatus="OptIn", ConsentCapturedDateTime="2026-01-02T03:04:05Z", ConsentCapturedSource="form 7",
    )
    [mark] = _marks(org, "CommSubscriptionConsent", consent)
    assert (mark.key, mark.state, mark.contact_point) == (NEWS, ConsentState.GRANTED, "second@example.com")


def test_a_row_keeps_its_meaning_when_the_person_is_gone(
    http: httpx.Client, org: Salesforce, contacts: list[str], party: str
) -> None:
    consent = _consent(http, party)
    row = org.store.get("ContactPointTypeConsent", consent)
    org.desk_erase("Contact", contacts[0])
    assert org.consents(row)[0].contact_point == "c0@example.com"


def test_a_row_that_no_mapping_declares_says_nothing(http: httpx.Client, org: Salesforce, party: str) -> None:
    org.consent_fields.clear()
    assert _marks(org, "ContactPointTypeConsent", _consent(http, party)) == ()


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({"PartyId": None}, "REQUIRED_FIELD_MISSING", ["PartyId"]), ({"CaptureDate": None}, "REQUIRED_FIELD_MISSING", ["CaptureDate"]),
        ({"PrivacyConsentStatus": "Yes"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["PrivacyConsentStatus"]),
        ({"ContactPointType": "SMS"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["ContactPointType"]),
        ({"PartyId": "0035g00000XyZ12AAB"}, "MALFORMED_ID", ["PartyId"]),
        ({"DataUsePurposeId": "0ZW5g000000000AGAQ"}, "INVALID_CROSS_REFERENCE_KEY", []),
    ],
)
def test_a_consent_that_is_none_is_refused(
    http: httpx.Client, org: Salesforce, party: str, values: dict[str, Any], code: str, fields: list[str]
) -> None:
    given = {"Name": "N", "PartyId": party, "ContactPointType": "Email", "PrivacyConsentStatus": "OptIn", **CAPTURED, **values}
    [error] = http.post("sobjects/ContactPointTypeConsent", json=given).json()
    assert (error["errorCode"], error["fields"]) == (code, fields)


def test_the_required_capture_rests_on_an_assumption(http: httpx.Client, org: Salesforce, party: str) -> None:
    _consent(http, party)
    assert "salesforce.consent_capture_required" in list(org.journal.exchanges())[-1].assumed
    described = {f["name"]: f for f in http.get("sobjects/ContactPointTypeConsent/describe").json()["fields"]}
    assert described["CaptureDate"]["nillable"] is True
    assert described["PrivacyConsentStatus"]["defaultValue"] == "NotSeen"


def test_a_word_at_the_desk_is_kept_with_its_proof(http: httpx.Client, org: Salesforce, party: str) -> None:
    consent = _consent(http, party, PrivacyConsentStatus="NotSeen")
    org.desk_consent("ContactPointTypeConsent", consent, EMAIL, grant=False, proof=ConsentProof("2026-05-01T00:00:00Z", "call"))
    values = org.store.get("ContactPointTypeConsent", consent).values
    assert (values["PrivacyConsentStatus"], values["CaptureDate"], values["CaptureSource"]) == (
        "OptOut", "2026-05-01T00:00:00.000+0000", "call"
    )


def test_consents_go_with_their_party(http: httpx.Client, org: Salesforce, party: str) -> None:
    consent = _consent(http, party)
    assert http.delete(f"sobjects/Individual/{party}").status_code == 204
    assert http.get(f"sobjects/ContactPointTypeConsent/{consent}").json()[0]["errorCode"] == "ENTITY_IS_DELETED"
