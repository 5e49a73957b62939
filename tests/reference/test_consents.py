"""Consents between live mocks: a refusal travels, a yes needs newer evidence, silence is never a yes."""

from __future__ import annotations

from typing import Any

from syncproof_mocks.consent import ConsentKey, ConsentProof

NEWSLETTER = ConsentKey("email", "newsletter")
ALL_MAIL = ConsentKey("email", "*")


def _said(at: str, source: str = "web form", value: str = "OptIn") -> dict[str, str]:
    return {"Newsletter_Consent__c": value, "Newsletter_Consent_At__c": at, "Newsletter_Consent_Source__c": source}


def test_who_opted_out_before_the_first_import_is_never_mailable(sandbox: Any) -> None:
    s = sandbox
    values = s.person(HasOptedOutOfEmail=True)
    s.seed_crm("Contact", **values)

    s.sync()

    assert s.by_email(values["Email"])["hs_email_optout"] == "true"
    # What stood at the end of each request: changes within one request are one moment.
    shown = {c.exchange: c.after.values for c in s.crm.journal.changes() if c.after and c.kind == "contacts"}
    assert shown
    assert all(v.get("hs_email_optout") == "true" for v in shown.values()), "it was mailable for a moment"


def test_an_opt_out_on_either_side_reaches_the_other(sandbox: Any) -> None:
    s = sandbox
    crm_a, ma_a = s.linked()
    crm_b, ma_b = s.linked()
    s.sync()
    s.wait(60)
    s.edit_crm(crm_a, HasOptedOutOfEmail=True)
    s.consent_ma(ma_b, ALL_MAIL, grant=False)
    s.edit_crm(crm_b, Phone="+1")

    run = s.sync()

    assert run.code == 0
    assert s.ma_contact(ma_a)["hs_email_optout"] == "true"
    assert s.contact(crm_b)["HasOptedOutOfEmail"] is True
    assert s.ma_contact(ma_b)["phone"] == "+1"
    assert s.ma_contact(ma_b)["hs_email_optout"] == "true"
    assert s.sync().writes == []


def test_a_flag_taken_back_in_the_crm_is_put_up_again(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked({"HasOptedOutOfEmail": True})
    s.sync()
    s.wait(60)
    s.edit_crm(crm_id, HasOptedOutOfEmail=False)

    s.sync()

    assert s.contact(crm_id)["HasOptedOutOfEmail"] is True
    assert s.ma_contact(ma_id)["hs_email_optout"] == "true"


def test_missing_consent_is_never_a_yes(sandbox: Any) -> None:
    s = sandbox
    people = [s.person(), s.person(Newsletter_Consent__c="NotSeen"), s.person(Newsletter_Consent__c="OptIn")]
    for values in people:
        s.seed_crm("Contact", **values)

    run = s.sync()

    assert not [e for e in run.writes if b"SUBSCRIBED" in e.request_body]
    assert {s.newsletter(values["Email"]) for values in people} == {"NOT_SPECIFIED"}


def test_a_proved_grant_travels_both_ways_with_its_evidence(sandbox: Any) -> None:
    s = sandbox
    values = s.person(**_said("2026-03-01T10:00:00.000+0000"))
    s.seed_crm("Contact", **values)
    crm_b, ma_b = s.linked()
    s.sync()
    s.wait(60)
    at = s.crm.clock.now().isoformat()
    s.consent_ma(ma_b, NEWSLETTER, grant=True, proof=ConsentProof(at, "fair booth", "I want the newsletter"))

    run = s.sync()

    assert run.code == 0
    assert s.newsletter(values["Email"]) == "SUBSCRIBED"
    sent = [e.request_body for e in s.crm.journal.exchanges() if b'"SUBSCRIBED"' in e.request_body]
    assert len(sent) == 1
    assert b"CONSENT_WITH_NOTICE" in sent[0]
    assert b"web form (2026-03-01T10:00:00Z)" in sent[0]
    found = s.contact(crm_b)
    assert found["Newsletter_Consent__c"] == "OptIn"
    assert found["Newsletter_Consent_At__c"]
    assert "HubSpot" in found["Newsletter_Consent_Source__c"]
    assert s.sync().writes == []


def test_a_withdrawal_travels_both_ways_and_keeps_its_scope(sandbox: Any) -> None:
    s = sandbox
    crm_a, ma_a = s.linked(_said("2026-03-01T10:00:00.000+0000"))
    crm_b, ma_b = s.linked(_said("2026-03-01T10:00:00.000+0000"))
    s.sync()
    s.wait(60)
    now = s.crm.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    s.edit_crm(crm_a, **_said(now, "phone call", "OptOut"))
    s.consent_ma(ma_b, NEWSLETTER, grant=False)

    run = s.sync()

    assert run.code == 0
    assert s.newsletter(s.ma_contact(ma_a)["email"]) == "UNSUBSCRIBED"
    assert s.contact(crm_b)["Newsletter_Consent__c"] == "OptOut"
    assert s.contact(crm_b)["Newsletter_Consent_At__c"]
    assert s.ma_contact(ma_a).get("hs_email_optout") != "true", "one newsletter is not everything"
    assert s.contact(crm_b)["HasOptedOutOfEmail"] is False


def test_a_new_opt_in_after_a_withdrawal_is_let_through_and_an_old_one_is_not(sandbox: Any) -> None:
    s = sandbox
    crm_a, ma_a = s.linked(_said("2026-03-01T10:00:00.000+0000"))
    crm_b, ma_b = s.linked()
    s.sync()
    s.wait(60)
    s.consent_ma(ma_a, NEWSLETTER, grant=False)
    s.consent_ma(ma_b, NEWSLETTER, grant=False)
    s.sync()
    assert s.contact(crm_a)["Newsletter_Consent__c"] == "OptOut"
    s.wait(3600)
    now = s.crm.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    s.edit_crm(crm_a, **_said(now, "new form"))
    s.edit_crm(crm_b, **_said("2020-01-01T00:00:00.000+0000", "old paper"))

    run = s.sync()

    assert run.code == 0, run.report
    assert s.newsletter(s.ma_contact(ma_a)["email"]) == "SUBSCRIBED"
    assert s.contact(crm_a)["Newsletter_Consent__c"] == "OptIn"
    assert s.newsletter(s.ma_contact(ma_b)["email"]) == "UNSUBSCRIBED"
    assert s.contact(crm_b)["Newsletter_Consent__c"] == "OptOut"


def test_an_unrelated_edit_leaves_consents_alone(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked(_said("2026-03-01T10:00:00.000+0000"))
    s.sync()
    s.wait(60)
    s.edit_crm(crm_id, Phone="+2")
    s.edit_ma(ma_id, jobtitle="x")

    run = s.sync()

    assert not [e for e in run.writes if "communication-preferences" in e.path or b"Consent" in e.request_body]


def test_an_address_that_changes_takes_the_refusal_along(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked()
    s.sync()
    s.wait(60)
    s.edit_crm(crm_id, Email="new@example.com", HasOptedOutOfEmail=True)

    s.sync()

    assert s.ma_contact(ma_id)["email"] == "new@example.com"
    assert s.ma_contact(ma_id)["hs_email_optout"] == "true"


def test_a_newsletter_refused_under_the_old_address_is_refused_under_the_new_one(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked()
    s.sync()
    s.wait(60)
    s.consent_ma(ma_id, NEWSLETTER, grant=False)
    s.edit_crm(crm_id, Email="new@example.com")

    s.sync()

    assert s.ma_contact(ma_id)["email"] == "new@example.com"
    assert s.newsletter("new@example.com") == "UNSUBSCRIBED"
    assert s.contact(crm_id)["Newsletter_Consent__c"] == "OptOut"


def test_nobody_who_refused_everything_is_subscribed_to_one_thing(sandbox: Any) -> None:
    s = sandbox
    values = s.person(HasOptedOutOfEmail=True, **_said("2026-03-01T10:00:00.000+0000"))
    s.seed_crm("Contact", **values)

    run = s.sync()

    assert run.code == 0
    assert not [e for e in run.writes if b'"SUBSCRIBED"' in e.request_body]
    assert s.by_email(values["Email"])["hs_email_optout"] == "true"


def test_a_refusal_is_about_the_address_and_reaches_all_its_records(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked({"Email": "twin@example.com"})
    other = s.seed_crm("Contact", **s.person(Email="twin@example.com", HasOptedOutOfEmail=True))
    crm_b, ma_b = s.linked({"Email": "pair@example.com"})
    lead = s.seed_crm("Lead", LastName="L", Company="C", Email="pair@example.com")
    s.sync()
    assert s.ma_contact(ma_id)["hs_email_optout"] == "true"
    s.wait(60)
    s.consent_ma(ma_b, ALL_MAIL, grant=False)

    s.sync()

    assert s.contact(crm_id)["HasOptedOutOfEmail"] is True
    assert s.contact(crm_b)["HasOptedOutOfEmail"] is True
    assert s.contact(lead, "Lead")["HasOptedOutOfEmail"] is True
    assert s.contact(other)["HasOptedOutOfEmail"] is True
    assert s.sync().writes == []


def test_a_stale_date_beside_a_new_withdrawal_does_not_undo_it(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked(_said("2026-03-01T10:00:00.000+0000"))
    s.sync()
    s.wait(60)
    s.edit_crm(crm_id, Newsletter_Consent__c="OptOut")

    s.sync()

    assert s.newsletter(s.ma_contact(ma_id)["email"]) == "UNSUBSCRIBED"
    assert s.contact(crm_id)["Newsletter_Consent__c"] == "OptOut"
