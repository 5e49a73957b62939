"""hubspot-api-client (Python), unmodified: the acceptance probes about consent, credentials, lists and forms."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.communication_preferences import ApiException as ConsentError
from hubspot.communication_preferences import PublicUpdateSubscriptionStatusRequest
from hubspot.crm.contacts import ApiException as ContactError
from hubspot.crm.deals import ApiException
from hubspot.crm.deals.exceptions import ForbiddenException, UnauthorizedException
from hubspot.crm.lists import ApiException as ListError
from hubspot.crm.lists import ListCreateRequest
from hubspot.oauth import ApiException as OauthError
from syncproof_mocks.journal import Exchange
from syncproof_mocks.ma.hubspot import Hubspot


def wire(hub: Hubspot) -> Any:
    """Return the last answer as it was on the wire."""
    last = [e for e in hub.journal.entries if isinstance(e, Exchange)][-1]
    return json.loads(last.response_body)


def test_an_opt_out_stays(hub: Hubspot, sdk: HubSpot, api: httpx.Client, bob: str, newsletter: str) -> None:
    """Probe 14."""
    request = PublicUpdateSubscriptionStatusRequest(email_address="bob@acme.com", subscription_id=newsletter)
    statuses = sdk.communication_preferences.status_api

    changed = statuses.unsubscribe(request)
    assert changed.status == "NOT_SUBSCRIBED"
    now = {s.id: s.status for s in statuses.get_email_status("bob@acme.com").subscription_statuses}
    assert now[newsletter] == "NOT_SUBSCRIBED"
    with pytest.raises(ConsentError) as caught:
        statuses.subscribe(request)
    assert caught.value.status == 400
    assert "cannot be updated because they have unsubscribed" in json.loads(caught.value.body)["message"]

    name = f"hs_email_optout_{newsletter}"
    assert sdk.crm.contacts.basic_api.get_by_id(bob, properties=[name]).properties[name] == "true"
    (entry,) = api.get("/email/public/v1/subscriptions/timeline?startTimestamp=0").json()["timeline"]
    assert (entry["recipient"], entry["changes"][0]["change"]) == ("bob@acme.com", "UNSUBSCRIBED")
    v4 = api.get("/communication-preferences/v4/statuses/bob@acme.com?channel=EMAIL").json()["results"]
    assert {str(s["subscriptionId"]): s["status"] for s in v4}[newsletter] == "UNSUBSCRIBED"


def client(hub: Hubspot, token: str | None) -> HubSpot:
    return HubSpot(access_token=token, host=hub.base_url, base_url=hub.base_url)


def test_a_token_without_the_scope_is_forbidden(hub: Hubspot) -> None:
    """Probe 17."""
    with pytest.raises(ForbiddenException) as caught:
        client(hub, hub.tokens.issue_private(["crm.objects.contacts.read"])).crm.deals.basic_api.get_page()

    body = json.loads(caught.value.body)
    assert (caught.value.status, body["category"]) == (403, "MISSING_SCOPES")
    assert "crm.objects.deals.read" in body["errors"][0]["context"]["requiredGranularScopes"]


def test_no_token_and_one_that_has_ended_are_unauthorized(hub: Hubspot) -> None:
    """Probe 17."""
    ended = hub.tokens.issue(lifetime_s=10)
    hub.clock.move(17)
    said = {}
    for name, token in (("none", None), ("ended", ended)):
        with pytest.raises(UnauthorizedException) as caught:
            client(hub, token).crm.deals.basic_api.get_page()
        said[name] = json.loads(caught.value.body)

    assert said["none"]["category"] == "INVALID_AUTHENTICATION"
    assert (said["ended"]["category"], said["ended"]["message"]) == (
        "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired 7 second(s) ago.",
    )


def test_a_refresh_token_gives_a_token_that_works(hub: Hubspot) -> None:
    """Probe 18."""
    known = hub.credentials()

    def refresh(value: str) -> Any:
        return client(hub, None).oauth.tokens_api.create(
            grant_type="refresh_token", refresh_token=value, client_id=known["client_id"], client_secret=known["client_secret"]
        )

    found = refresh(known["refresh_token"])
    assert (found.expires_in, found.token_type) == (1800, "bearer")
    client(hub, found.access_token).crm.deals.basic_api.get_page()
    with pytest.raises(OauthError) as caught:
        refresh("nonsense")
    assert (caught.value.status, json.loads(caught.value.body)["status"]) == (400, "BAD_REFRESH_TOKEN")


def test_the_token_endpoint_of_tap_hubspot(hub: Hubspot) -> None:
    """Probe 18, the request of tap-hubspot."""
    known = hub.credentials()
    form = {"grant_type": "refresh_token", "redirect_uri": "https://x.example.com", "refresh_token": known["refresh_token"],
            "client_id": known["client_id"], "client_secret": known["client_secret"]}

    found = httpx.post(f"{hub.base_url}/oauth/2026-03/token", data=form, verify=False)

    assert (found.status_code, found.json()["expires_in"], found.json()["hub_id"]) == (200, 1800, hub.portal_id)


def test_a_list_from_its_making_to_its_end(hub: Hubspot, sdk: HubSpot, bob: str, ann: str) -> None:
    """Probe 20."""
    lists, members = sdk.crm.lists.lists_api, sdk.crm.lists.memberships_api
    made, status, _ = lists.create_with_http_info(
        ListCreateRequest(name="People", object_type_id="0-1", processing_type="MANUAL")
    )
    number = made.list.list_id
    assert status == 200

    members.add(number, [bob, int(ann)])  # text and number alike
    assert wire(hub) == {"recordsIdsAdded": [bob, ann]}
    first = members.get_page(number, limit=1)
    rest = members.get_page(number, limit=1, after=first.paging.next.after)
    assert {first.results[0].record_id, rest.results[0].record_id} == {bob, ann}
    members.remove(number, [bob])
    assert wire(hub) == {"recordIdsRemoved": [bob]}
    assert lists.remove_with_http_info(number)[1] == 204
    with pytest.raises(ListError) as caught:
        lists.get_by_id(number)
    assert caught.value.status == 404
    assert json.loads(caught.value.body)["subCategory"] == "ListError.LIST_ID_DOES_NOT_EXIST"


def test_a_form_submission_brings_contact_and_consent(hub: Hubspot, sdk: HubSpot, newsletter: str) -> None:
    """Probe 21. The form is made as the vendor's client makes one; the submission is what a web back-end posts."""
    form = sdk.api_request({"method": "POST", "path": "/marketing/v3/forms", "body": {
        "formType": "hubspot", "name": "Sign up", "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z",
        "archived": False, "configuration": {}, "displayOptions": {}, "legalConsentOptions": {
            "type": "explicit_consent_to_process", "communicationsCheckboxes": [
                {"required": False, "subscriptionTypeId": int(newsletter), "label": "Yes, write to me"}],
            "communicationConsentText": "We would like to write to you", "consentToProcessText": "We keep your data",
            "consentToProcessCheckboxLabel": "I agree", "privacyText": "", "consentToProcessFooterText": ""},
        "fieldGroups": [{"groupType": "default_group", "richTextType": "text", "fields": [
            {"objectTypeId": "0-1", "name": "email", "label": "Email", "required": True, "hidden": False, "fieldType": "email",
             "validation": {"blockedEmailDomains": [], "useDefaultBlockList": False}}]}],
    }}).json()

    def submit(email: str) -> httpx.Response:
        return httpx.post(
            f"{hub.base_url}/submissions/v3/integration/submit/{hub.portal_id}/{form['id']}", verify=False, json={
                "fields": [{"objectTypeId": "0-1", "name": "email", "value": email}],
                "legalConsentOptions": {"consent": {"consentToProcess": True, "text": "I agree", "communications": [
                    {"value": True, "subscriptionTypeId": int(newsletter), "text": "Yes, write to me"}]}},
            })

    done = submit("Fresh@acme.com")
    assert (done.status_code, "inlineMessage" in done.json()) == (200, True)
    found = sdk.crm.contacts.basic_api.get_by_id("fresh@acme.com", id_property="email")
    assert found.properties["email"] == "fresh@acme.com"
    statuses = sdk.communication_preferences.status_api.get_email_status("fresh@acme.com").subscription_statuses
    (status,) = [s for s in statuses if s.id == newsletter]
    assert (status.status, status.legal_basis) == ("SUBSCRIBED", "CONSENT_WITH_NOTICE")

    bad = submit("no address")
    assert (bad.status_code, bad.json()["errors"][0]["errorType"]) == (400, "INVALID_EMAIL")
    with pytest.raises(ContactError):
        sdk.crm.contacts.basic_api.get_by_id("no address", id_property="email")


def test_every_refusal_is_an_exception_of_the_client(sdk: HubSpot) -> None:
    with pytest.raises(ApiException) as caught:
        sdk.crm.deals.basic_api.get_by_id("999")
    assert (caught.value.status, json.loads(caught.value.body)["message"]) == (404, "resource not found")
