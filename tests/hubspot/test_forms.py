"""Forms: submissions with and without consent (probe 21), their refusals, definitions, reading back."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest
from hubspot import HubSpot
from syncproof_mocks.consent import ConsentState
from syncproof_mocks.journal import Row
from syncproof_mocks.ma.hubspot import Hubspot, forms
from syncproof_mocks.ma.hubspot.consent_state import Cause, set_portal, set_status

from .conftest import START_MS

NEW = "new@acme.com"
WORDS = "Yes, mail me the newsletter"


@pytest.fixture
def form(hub: Hubspot) -> Row:
    """A form with e-mail (required), first name and a list of roles."""
    hub.subscription_types.add("Newsletter")
    return forms.add(hub, "Sign up", ["email", "firstname", "hs_buying_role"])


def newsletter(hub: Hubspot) -> str:
    return hub.subscription_types.by_name("Newsletter") or ""


def ticked(hub: Hubspot, **more: Any) -> dict[str, Any]:
    box = {"value": True, "subscriptionTypeId": int(newsletter(hub)), "text": WORDS, **more}
    return {"consent": {"consentToProcess": True, "text": "I agree", "communications": [box]}}


def send(hub: Hubspot, form: Row, fields: dict[str, Any] | list[Any], *, token: str = "", **more: Any) -> httpx.Response:
    given = [{"objectTypeId": "0-1", "name": n, "value": v} for n, v in fields.items()] if isinstance(fields, dict) else fields
    kind = "secure/submit" if token else "submit"
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=hub.base_url, verify=False) as web:
        path = f"/submissions/v3/integration/{kind}/{hub.portal_id}/{form.id}"
        return web.post(path, json={"fields": given, **more}, headers=headers)


def marks(hub: Hubspot, email: str = NEW) -> dict[str, tuple[ConsentState, str | None]]:
    row = hub.store.get("consents", email)
    return {str(m.key): (m.state, m.source) for m in hub.consents(row)} if row else {}


def test_probe_21_a_new_address_with_a_ticked_box(hub: Hubspot, api: httpx.Client, form: Row) -> None:
    answer = send(hub, form, {"email": "New@acme.com", "firstname": "Nina"}, legalConsentOptions=ticked(hub))

    assert (answer.status_code, answer.json()) == (200, {"inlineMessage": "Thanks for submitting the form."})
    found = api.get("/crm/v3/objects/contacts/new@acme.com?idProperty=email&properties=firstname,hs_legal_basis").json()
    assert found["properties"]["firstname"] == "Nina"
    assert found["properties"]["hs_legal_basis"] == "Freely given consent from contact"
    statuses = api.get(f"/communication-preferences/v4/statuses/{NEW}?channel=EMAIL").json()["results"]
    status = next(s for s in statuses if s["subscriptionId"] == int(newsletter(hub)))
    assert (status["status"], status["legalBasis"], status["legalBasisExplanation"], status["source"]) == (
        "SUBSCRIBED", "CONSENT_WITH_NOTICE", WORDS, "Form: Sign up",
    )
    assert marks(hub)["email/newsletter"] == (ConsentState.GRANTED, "Form: Sign up")


def test_probe_21_a_bad_address(hub: Hubspot, form: Row) -> None:
    answer = send(hub, form, {"email": "nobody@"}, legalConsentOptions=ticked(hub))

    body = answer.json()
    assert (answer.status_code, body["status"], body["message"]) == (400, "error", "The request is not valid")
    assert body["errors"] == [{"message": "Error in 'fields.email'. Invalid email address", "errorType": "INVALID_EMAIL"}]
    assert [list(hub.store.rows(k)) for k in ("contacts", "consents", "form_submissions")] == [[], [], []]


def test_a_known_contact_is_changed_and_old_evidence_stays(hub: Hubspot, form: Row, bob: str) -> None:
    send(hub, form, {"email": "bob@acme.com", "firstname": "Robert"}, legalConsentOptions=ticked(hub))
    hub.clock.move(60)
    send(hub, form, {"email": "bob@acme.com", "firstname": ""}, legalConsentOptions=ticked(hub, text="other words"))

    row = hub.store.get("contacts", bob)
    assert row is not None
    assert (row.values["firstname"], row.values["email"]) == ("Robert", "bob@acme.com")
    consents = hub.store.get("consents", "bob@acme.com")
    assert consents is not None
    assert consents.values[f"subscription:{newsletter(hub)}"]["explanation"] == WORDS


def test_a_ticked_box_undoes_the_opt_out_of_its_type_only(hub: Hubspot, form: Row) -> None:
    set_status(hub, NEW, newsletter(hub), "UNSUBSCRIBED", Cause("recipient", "page"))
    hub.switch("form_resubscribes", False)
    send(hub, form, {"email": NEW}, legalConsentOptions=ticked(hub))
    assert marks(hub)["email/newsletter"][0] is ConsentState.WITHDRAWN

    hub.switch("form_resubscribes", True)
    set_portal(hub, NEW, "UNSUBSCRIBED", Cause("recipient", "page"))
    send(hub, form, {"email": NEW}, legalConsentOptions=ticked(hub))

    assert marks(hub)["email/newsletter"][0] is ConsentState.GRANTED
    assert marks(hub)["email/*"][0] is ConsentState.WITHDRAWN
    assert "hubspot.form_resubscribes" in [a for e in hub.journal.exchanges() for a in e.assumed]


def test_a_box_that_is_not_ticked_says_nothing(hub: Hubspot, form: Row) -> None:
    assert send(hub, form, {"email": NEW}, legalConsentOptions=ticked(hub, value=False)).status_code == 200
    assert marks(hub) == {}


@pytest.mark.parametrize(("basis", "on_contact"), [
    ("CUSTOMER", "Legitimate interest – existing customer"), ("LEAD", "Legitimate interest – prospect/lead"),
])
def test_legitimate_interest_is_implied_and_never_undoes_an_opt_out(hub: Hubspot, form: Row, basis: str, on_contact: str) -> None:
    options = {"legitimateInterest": {
        "value": True, "subscriptionTypeId": int(newsletter(hub)), "legalBasis": basis, "text": "we sold them a car"}}
    send(hub, form, {"email": NEW}, legalConsentOptions=options)
    set_status(hub, "no@acme.com", newsletter(hub), "UNSUBSCRIBED", Cause("recipient", "page"))
    send(hub, form, {"email": "no@acme.com"}, legalConsentOptions=options)

    assert marks(hub)["email/newsletter"][0] is ConsentState.IMPLIED
    assert marks(hub, "no@acme.com")["email/newsletter"][0] is ConsentState.WITHDRAWN
    row = hub.contact_by_email(NEW)
    assert row is not None
    assert row.values["hs_legal_basis"] == on_contact


def test_an_implied_consent_form_needs_no_box_for_processing(hub: Hubspot) -> None:
    newsletter_id = int(hub.subscription_types.add("Newsletter"))
    options = {"consent": {"communications": [{"value": True, "subscriptionTypeId": newsletter_id, "text": WORDS}]}}
    implied = forms.add(hub, "Implied", legal={"type": "implicit_consent_to_process"})
    explicit = forms.add(hub, "Explicit", legal={"type": "explicit_consent_to_process"})

    assert send(hub, implied, {"email": NEW}, legalConsentOptions=options).status_code == 200
    assert marks(hub)["email/newsletter"][0] is ConsentState.GRANTED
    for given in ({}, {"legalConsentOptions": options}):
        answer = send(hub, explicit, {"email": NEW}, **given)
        assert [e["errorType"] for e in answer.json()["errors"]] == ["MISSING_PROCESSING_CONSENT"]


@pytest.mark.parametrize(("change", "error_type"), [
    ({"text": ""}, "MISSING_COMMUNICATION_CONSENT_TEXT"), ({"subscriptionTypeId": 7}, "INVALID_LEGAL_OPTION_FORMAT"),
    ({"value": "yes"}, "INVALID_LEGAL_OPTION_FORMAT"), ({"subscriptionTypeId": [1]}, "INVALID_LEGAL_OPTION_FORMAT"),
])
def test_a_bad_box_is_refused(hub: Hubspot, form: Row, change: dict[str, Any], error_type: str) -> None:
    answer = send(hub, form, {"email": NEW}, legalConsentOptions=ticked(hub, **change))
    assert (answer.status_code, answer.json()["errors"][0]["errorType"]) == (400, error_type)
    assert list(hub.store.rows("contacts")) == []


@pytest.mark.parametrize("options", [
    "x", [], {"consent": "yes"}, {"consent": {}, "legitimateInterest": {}}, {"other": {}}, {"legitimateInterest": {"value": True}},
    {"consent": {"consentToProcess": True, "text": "x", "communications": "all"}}, {"consent": {"consentToProcess": True}},
])
def test_options_of_another_shape_are_refused(hub: Hubspot, form: Row, options: Any) -> None:
    if options == []:  # an empty list is no object, but says nothing either way
        options = [1]
    assert send(hub, form, {"email": NEW}, legalConsentOptions=options).status_code == 400
    assert list(hub.store.rows("contacts")) == []


@pytest.mark.parametrize(("fields", "more", "expected"), [
    ({"firstname": "N"}, {}, ["REQUIRED_FIELD"]), ({"email": NEW, "lastname": "N"}, {}, ["FIELD_NOT_IN_FORM_DEFINITION"]),
    ({"email": NEW, "nope": "N"}, {"skipValidation": True}, ["FIELD_NOT_IN_FORM_DEFINITION"]),
    ({"email": NEW, "hs_buying_role": "KING"}, {}, ["VALUE_NOT_IN_FIELD_DEFINITION"]),
    ({"email": NEW}, {"context": {"ipAddress": "home"}}, ["INVALID_IP_ADDRESS"]),
    ({"email": NEW}, {"context": {"hutk": 7}}, ["INVALID_HUTK"]), ({"email": NEW}, {"submittedAt": "today"}, ["INVALID_METADATA"]),
    ([{"name": "email", "value": NEW}] * 1001, {}, ["MAX_NUMBER_OF_SUBMITTED_VALUES_EXCEEDED"]),
])
def test_what_is_wrong_is_named(hub: Hubspot, form: Row, fields: Any, more: dict[str, Any], expected: list[str]) -> None:
    answer = send(hub, form, fields, **more)
    assert (answer.status_code, [e["errorType"] for e in answer.json()["errors"]]) == (400, expected)
    assert list(hub.store.rows("contacts")) == []


@pytest.mark.parametrize("body", [{}, {"fields": "x"}, {"fields": [1]}, {"fields": [{"name": "email", "value": {}}]}, {"fields": [{"name": "domain", "objectTypeId": "0-2"}]}, {"fields": [], "skipValidation": "no"}])
def test_a_malformed_submission_is_refused(hub: Hubspot, api: httpx.Client, form: Row, body: Any) -> None:
    assert api.post(f"/submissions/v3/integration/submit/{hub.portal_id}/{form.id}", json=body).status_code == 400


def test_with_a_token_any_property_may_be_sent(hub: Hubspot, form: Row) -> None:
    token = hub.credentials()["token"]
    roles = [{"name": "email", "value": NEW}, {"name": "hs_buying_role", "value": "CHAMPION"}, {"name": "hs_buying_role", "value": "BLOCKER"}, {"name": "city", "value": "Brno"}]

    assert send(hub, form, roles, token=token).status_code == 200

    row = hub.contact_by_email(NEW)
    assert row is not None
    assert (row.values["city"], row.values["hs_buying_role"]) == ("Brno", "CHAMPION;BLOCKER")
    assert send(hub, form, roles, token=hub.tokens.issue_private(["content"])).status_code == 403
    assert send(hub, form, roles, token="nonsense").status_code == 401


def test_unknown_forms_and_other_portals_are_404(hub: Hubspot, api: httpx.Client, form: Row) -> None:
    for path in (f"{hub.portal_id}/none", f"1/{form.id}"):
        assert api.post(f"/submissions/v3/integration/submit/{path}", json={"fields": []}).status_code == 404


def test_v2_is_form_encoded(hub: Hubspot, form: Row) -> None:
    path = f"{hub.base_url}/uploads/form/v2/{hub.portal_id}/{form.id}"
    context = orjson.dumps({"pageUrl": "https://acme.com/x", "redirectUrl": "https://acme.com/thanks"}).decode()

    plain = httpx.post(path, data={"email": NEW, "firstname": "Nina"}, verify=False)
    moved = httpx.post(path, data={"email": NEW, "hs_context": context}, verify=False)

    assert (plain.status_code, moved.status_code, moved.headers["location"]) == (204, 302, "https://acme.com/thanks")
    assert httpx.post(path, data={"email": NEW, "hs_context": "{"}, verify=False).status_code == 400
    assert httpx.post(path, json={"email": NEW}, verify=False).status_code == 415


def test_definitions_are_made_listed_changed_and_archived(hub: Hubspot, sdk: HubSpot, api: httpx.Client, form: Row) -> None:
    body = {"formType": "hubspot", "name": "Made", "fieldGroups": [{"groupType": "default_group", "richTextType": "text", "fields": [
        {"objectTypeId": "0-1", "name": "email", "label": "E-mail", "required": True, "hidden": False, "fieldType": "email",
         "validation": {"blockedEmailDomains": ["spam.com"], "useDefaultBlockList": False}, "dependentFields": []}]}]}
    made = api.post("/marketing/v3/forms/", json=body)
    guid = made.json()["id"]
    patched = api.patch(f"/marketing/v3/forms/{guid}", json={"name": "Renamed", "configuration": {"postSubmitAction": {"type": "redirect_url", "value": "https://x.com"}}})

    assert (made.status_code, made.json()["legalConsentOptions"], patched.json()["name"]) == (201, {"type": "none"}, "Renamed")
    assert [f["id"] for f in api.get("/marketing/v3/forms?formTypes=hubspot&formTypes=captured&limit=100").json()["results"]] == [form.id, guid]
    first = sdk.marketing.forms.forms_api.get_page(limit=1)
    assert (len(first.results), first.paging.next.after) == (1, "1")
    row = hub.store.get("forms", guid)
    assert row is not None
    assert send(hub, row, {"email": NEW}).json() == {"redirectUri": "https://x.com"}
    assert patched.json()["configuration"]["language"] == "en", "a change keeps what it does not mention"
    api.patch(f"/marketing/v3/forms/{guid}", json={"configuration": {"language": "pl"}})
    assert api.get(f"/forms/v2/forms/{guid}").json()["redirect"] == "https://x.com"
    assert [e["errorType"] for e in send(hub, row, {"email": "a@spam.com"}).json()["errors"]] == ["BLOCKED_EMAIL"]
    assert api.delete(f"/marketing/v3/forms/{guid}").status_code == 204
    assert (api.get(f"/marketing/v3/forms/{guid}").status_code, send(hub, row, {"email": NEW}).status_code) == (404, 404)


def test_old_connectors_read_forms_and_submissions(hub: Hubspot, api: httpx.Client, form: Row) -> None:
    for n in range(3):
        send(hub, form, {"email": f"p{n}@acme.com"}, submittedAt=str(START_MS - n), context={"pageUri": "https://acme.com"})

    listed = api.get("/forms/v2/forms").json()
    page = api.get(f"/form-integrations/v1/submissions/forms/{form.id}?limit=2").json()
    rest = api.get(page["paging"]["next"]["link"]).json()

    assert (listed[0]["guid"], listed[0]["portalId"]) == (form.id, hub.portal_id)
    assert [f["name"] for f in api.get(f"/forms/v2/fields/{form.id}").json()] == ["email", "firstname", "hs_buying_role"]
    assert [s["submittedAt"] for s in (*page["results"], *rest["results"])] == [START_MS, START_MS - 1, START_MS - 2]
    assert (page["results"][0]["values"], "paging" in rest) == ([{"name": "email", "value": "p0@acme.com", "objectTypeId": "0-1"}], False)
    unknown = api.get("/forms/v2/forms/-1")
    assert (unknown.status_code, unknown.json()["message"], unknown.json()["type"]) == (404, "No form found with guid '-1'", "NOT_FOUND")
