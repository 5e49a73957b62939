"""Communication preferences v3, driven by hubspot-api-client over a socket (probe 14)."""

from __future__ import annotations

import pytest
from hubspot import HubSpot
from hubspot.communication_preferences import ApiException, PublicUpdateSubscriptionStatusRequest
from syncproof_mocks.consent import ConsentKey, ConsentProof
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot

EMAIL = "bob+news@acme.com"
NEWSLETTER = ConsentKey("email", "newsletter")


@pytest.fixture
def client(portal: Hubspot) -> HubSpot:
    found = HubSpot(access_token=portal.tokens.private)
    found.config["host"] = portal.base_url
    return found


def ask(portal: Hubspot, **more: str) -> PublicUpdateSubscriptionStatusRequest:
    type_id = portal.subscription_types.by_name("Newsletter")
    return PublicUpdateSubscriptionStatusRequest(email_address=EMAIL, subscription_id=type_id, **more)


def statuses(portal: Hubspot, client: HubSpot) -> dict[str, tuple[str, str]]:
    found = client.communication_preferences.status_api.get_email_status(EMAIL)
    assert found.recipient == EMAIL
    return {s.name: (s.status, s.source_of_status) for s in found.subscription_statuses}


def test_the_three_built_in_types_and_ours_are_defined(portal: Hubspot, client: HubSpot) -> None:
    found = client.communication_preferences.definition_api.get_page().subscription_definitions

    assert {d.name: d.is_internal for d in found} == {
        "Customer Service Communication": True, "One to One": True, "Marketing Information": False, "Newsletter": False,
    }
    assert all(d.id.isdigit() and d.is_active and d.communication_method == "Email" for d in found)


def test_an_unknown_address_is_not_subscribed_to_anything(portal: Hubspot, client: HubSpot) -> None:
    assert set(statuses(portal, client).values()) == {("NOT_SUBSCRIBED", "SUBSCRIPTION_STATUS")}
    assert list(portal.store.rows("consents")) == []


def test_an_opt_out_shows_on_the_contact_and_cannot_be_undone(portal: Hubspot, client: HubSpot) -> None:
    contact = portal.desk_create("contacts", {"email": EMAIL})
    api = client.communication_preferences.status_api

    answer = api.unsubscribe(ask(portal))

    assert answer.status == "NOT_SUBSCRIBED"
    type_id = portal.subscription_types.by_name("Newsletter")
    now = portal.store.get("contacts", contact.id)
    assert now is not None
    assert now.values[f"hs_email_optout_{type_id}"] == "true"
    assert now.values.get("hs_email_optout") != "true"
    assert now.modified_ms >= contact.modified_ms
    with pytest.raises(ApiException) as caught:
        api.subscribe(ask(portal))
    assert caught.value.status == 400
    assert f"Subscription {type_id} for {EMAIL} cannot be updated because they have unsubscribed" in caught.value.body
    refusals = [e.refused for e in portal.journal.exchanges() if e.refused]
    assert [(what, code) for found in refusals for what, code, _ in found] == [(EMAIL, "HAS_UNSUBSCRIBED")]


def test_the_contact_is_changed_by_the_vendor_and_the_consent_by_the_connector(
    portal: Hubspot, client: HubSpot
) -> None:
    portal.desk_create("contacts", {"email": EMAIL})
    start = len(portal.journal)

    client.communication_preferences.status_api.unsubscribe(ask(portal))

    actors = {c.kind: c.actor for c in portal.journal.changes(start)}
    assert actors == {
        "consents": Actor.CONNECTOR, "subscription_events": Actor.VENDOR_AUTOMATION,
        "contacts": Actor.VENDOR_AUTOMATION,
    }


def test_a_subscription_keeps_its_evidence(portal: Hubspot, client: HubSpot) -> None:
    answer = client.communication_preferences.status_api.subscribe(
        ask(portal, legal_basis="CONSENT_WITH_NOTICE", legal_basis_explanation="form on 2026-01-02")
    )

    assert (answer.status, answer.legal_basis, answer.legal_basis_explanation) == (
        "SUBSCRIBED", "CONSENT_WITH_NOTICE", "form on 2026-01-02",
    )


def test_an_opt_out_of_everything_covers_every_type_and_blocks_v3(portal: Hubspot, client: HubSpot) -> None:
    contact = portal.desk_create("contacts", {"email": EMAIL})
    with portal.journal.acting(Actor.MA_USER):
        portal.desk_consent("contacts", contact.id, ConsentKey("email", "*"), grant=False, proof=None)

    assert set(statuses(portal, client).values()) == {("NOT_SUBSCRIBED", "PORTAL_WIDE_STATUS")}
    with pytest.raises(ApiException, match="have unsubscribed"):
        client.communication_preferences.status_api.subscribe(ask(portal))


def test_a_second_subscription_is_refused_unless_the_switch_says_otherwise(
    portal: Hubspot, client: HubSpot
) -> None:
    api = client.communication_preferences.status_api
    api.subscribe(ask(portal))

    with pytest.raises(ApiException, match="already subscribed"):
        api.subscribe(ask(portal))
    assert list(portal.journal.exchanges())[-1].assumed == ["hubspot.v3_same_state"]
    portal.switch("v3_same_state", "accept")

    assert api.subscribe(ask(portal)).status == "SUBSCRIBED"


def test_missing_fields_are_named(portal: Hubspot, client: HubSpot) -> None:
    with pytest.raises(ApiException) as caught:
        client.communication_preferences.status_api.subscribe({})
    assert "some of required attributes are not set [emailAddress, subscriptionId]" in caught.value.body


def test_an_unknown_subscription_is_refused(portal: Hubspot, client: HubSpot) -> None:
    with pytest.raises(ApiException, match="VALIDATION_ERROR"):
        client.communication_preferences.status_api.subscribe({"emailAddress": EMAIL, "subscriptionId": "1"})
    assert list(portal.store.rows("consents")) == []


def test_gdpr_mode_demands_a_legal_basis(portal: Hubspot, client: HubSpot) -> None:
    portal.switch("gdpr_mode", True)
    api = client.communication_preferences.status_api

    with pytest.raises(ApiException, match="legalBasis"):
        api.subscribe(ask(portal))

    assert api.subscribe(ask(portal, legal_basis="CONSENT_WITH_NOTICE", legal_basis_explanation="form")).status


def test_the_person_may_come_back_through_the_preference_page(portal: Hubspot, client: HubSpot) -> None:
    contact = portal.desk_create("contacts", {"email": EMAIL})
    api = client.communication_preferences.status_api
    api.unsubscribe(ask(portal))
    with portal.journal.acting(Actor.MA_USER):
        proof = ConsentProof("2026-03-01T10:00:00Z", "web form 7")
        portal.desk_consent("contacts", contact.id, NEWSLETTER, grant=True, proof=proof)

    assert statuses(portal, client)["Newsletter"] == ("SUBSCRIBED", "SUBSCRIPTION_STATUS")
    type_id = portal.subscription_types.by_name("Newsletter")
    now = portal.store.get("contacts", contact.id)
    assert now is not None
    assert now.values[f"hs_email_optout_{type_id}"] == "false"
