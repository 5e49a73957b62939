"""What Salesforce fields say about consent, and what a yes or no at the desk changes."""

from __future__ import annotations

import pytest
from syncproof_mocks.consent import ConsentKey, ConsentMark, ConsentProof, ConsentState
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import ConsentField, DeskError
from syncproof_mocks.journal import Row
from syncproof_mocks.schema import FieldInfo, FieldType, Option

EMAIL, PHONE, NEWS = ConsentKey("email", "*"), ConsentKey("phone", "*"), ConsentKey("email", "newsletter")
PROOF = ConsentProof("2026-01-02T03:04:05Z", "form 7")
AT = "2026-01-02T03:04:05.000+0000"


@pytest.fixture(autouse=True)
def declared(org: Salesforce) -> None:
    words = tuple(Option(w, w) for w in ("NotSeen", "OptIn", "OptOut"))
    for info in (
        FieldInfo("News__c", "News", FieldType.PICKLIST, "picklist", options=words, restricted=True, custom=True),
        FieldInfo("At__c", "At", FieldType.DATETIME, "datetime", custom=True),
        FieldInfo("By__c", "By", FieldType.TEXT, "string", 255, custom=True),
        FieldInfo("Box__c", "Box", FieldType.BOOLEAN, "boolean", custom=True),
        FieldInfo("No__c", "No", FieldType.BOOLEAN, "boolean", custom=True),
    ):
        org.add_field("Contact", info)
    org.declare_consent("Contact", "News__c", ConsentField(NEWS, "At__c", "By__c"))


def _row(org: Salesforce, contact_id: str) -> Row:
    row = org.store.get("Contact", contact_id)
    assert row is not None
    return row


def _mark(org: Salesforce, contact_id: str, key: ConsentKey) -> ConsentMark:
    [mark] = [m for m in org.consents(_row(org, contact_id)) if m.key == key]
    return mark


def test_no_flag_is_no_consent(org: Salesforce, contacts: list[str]) -> None:
    states = {str(m.key): m.state for m in org.consents(_row(org, contacts[0]))}
    assert states == dict.fromkeys(("email/*", "fax/*", "phone/*", "email/newsletter"), ConsentState.UNKNOWN)
    assert _mark(org, contacts[0], EMAIL).contact_point == "c0@example.com"


def test_a_refusal_sets_the_vendors_flag_and_a_yes_clears_it(org: Salesforce, contacts: list[str]) -> None:
    org.desk_consent("Contact", contacts[0], EMAIL, grant=False, proof=PROOF)
    assert _row(org, contacts[0]).values["HasOptedOutOfEmail"] is True
    assert _mark(org, contacts[0], EMAIL).state is ConsentState.WITHDRAWN
    org.desk_consent("Contact", contacts[0], EMAIL, grant=True, proof=PROOF)
    # The flag cannot say yes: taking the refusal back leaves nothing known.
    assert _mark(org, contacts[0], EMAIL).state is ConsentState.UNKNOWN


def test_a_call_refusal_is_about_the_phone(org: Salesforce, contacts: list[str]) -> None:
    org.desk_edit("Contact", contacts[0], {"Phone": "+48111"})
    org.desk_consent("Contact", contacts[0], PHONE, grant=False, proof=None)
    mark = _mark(org, contacts[0], PHONE)
    assert (mark.state, mark.contact_point) == (ConsentState.WITHDRAWN, "+48111")
    assert _mark(org, contacts[0], EMAIL).state is ConsentState.UNKNOWN


def test_a_yes_with_proof_is_granted_and_without_it_claimed(org: Salesforce, contacts: list[str]) -> None:
    org.desk_consent("Contact", contacts[0], NEWS, grant=True, proof=PROOF)
    granted = _mark(org, contacts[0], NEWS)
    assert (granted.state, granted.at, granted.source) == (ConsentState.GRANTED, AT, "form 7")
    org.desk_consent("Contact", contacts[1], NEWS, grant=True, proof=None)
    assert _mark(org, contacts[1], NEWS).state is ConsentState.CLAIMED


def test_old_evidence_never_proves_a_new_word(org: Salesforce, contacts: list[str]) -> None:
    org.desk_consent("Contact", contacts[0], NEWS, grant=False, proof=PROOF)
    assert _mark(org, contacts[0], NEWS).state is ConsentState.WITHDRAWN
    org.desk_consent("Contact", contacts[0], NEWS, grant=True, proof=None)
    again = _mark(org, contacts[0], NEWS)
    assert (again.state, again.at, again.source) == (ConsentState.CLAIMED, None, None)


@pytest.mark.parametrize(("word", "state"), [("NotSeen", ConsentState.UNKNOWN), ("OptOut", ConsentState.WITHDRAWN)])
def test_the_words_of_the_picklist_have_their_meaning(
    org: Salesforce, contacts: list[str], word: str, state: ConsentState
) -> None:
    org.desk_edit("Contact", contacts[0], {"News__c": word})
    assert _mark(org, contacts[0], NEWS).state is state


def test_declared_boxes_may_say_yes_or_no(org: Salesforce, contacts: list[str]) -> None:
    sms, post = ConsentKey("sms", "*"), ConsentKey("email", "post")
    org.declare_consent("Contact", "Box__c", ConsentField(sms))
    org.declare_consent("Contact", "No__c", ConsentField(post, inverted=True))
    assert {_mark(org, contacts[0], k).state for k in (sms, post)} == {ConsentState.UNKNOWN}
    org.desk_consent("Contact", contacts[0], sms, grant=True, proof=None)
    org.desk_consent("Contact", contacts[0], post, grant=False, proof=None)
    values = _row(org, contacts[0]).values
    assert (values["Box__c"], values["No__c"]) == (True, True)
    assert _mark(org, contacts[0], sms).state is ConsentState.CLAIMED
    assert _mark(org, contacts[0], post).state is ConsentState.WITHDRAWN


def test_a_cleared_box_with_proof_is_a_no(org: Salesforce, contacts: list[str]) -> None:
    org.declare_consent("Contact", "Box__c", ConsentField(ConsentKey("sms", "*"), "At__c", "By__c"))
    org.desk_consent("Contact", contacts[0], ConsentKey("sms", "*"), grant=False, proof=PROOF)
    assert _mark(org, contacts[0], ConsentKey("sms", "*")).state is ConsentState.WITHDRAWN


def test_a_declaration_cannot_turn_the_vendors_flag_around(org: Salesforce, contacts: list[str]) -> None:
    org.declare_consent("Contact", "HasOptedOutOfEmail", ConsentField(EMAIL))
    org.desk_consent("Contact", contacts[0], EMAIL, grant=False, proof=None)
    assert _mark(org, contacts[0], EMAIL).state is ConsentState.WITHDRAWN


def test_a_consent_that_no_field_carries_is_refused_at_the_desk(org: Salesforce, contacts: list[str]) -> None:
    with pytest.raises(DeskError, match="no field of Contact carries the consent sms/"):
        org.desk_consent("Contact", contacts[0], ConsentKey("sms", "*"), grant=True, proof=None)


def test_companies_say_nothing_about_consent(org: Salesforce) -> None:
    [account] = org.store.rows("Account")
    assert org.consents(account) == ()
    assert org.addresses(account) == ()


def test_people_have_one_address(org: Salesforce, contacts: list[str]) -> None:
    assert org.addresses(_row(org, contacts[0])) == ("c0@example.com",)
