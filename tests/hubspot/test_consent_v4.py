"""Communication preferences v4 and its date-versioned twins, over a socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot

EMAIL = "bob@acme.com"
ROOT = "/communication-preferences/v4"
ONE = f"{ROOT}/statuses/{EMAIL}"
EVERYTHING = {"channel": "EMAIL"}


@pytest.fixture
def http(portal: Hubspot) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {portal.tokens.private}"}
    with httpx.Client(base_url=portal.base_url, headers=headers) as client:
        yield client


def newsletter(portal: Hubspot) -> int:
    return int(portal.subscription_types.by_name("Newsletter") or 0)


def write(portal: Hubspot, http: httpx.Client, state: str, **more: str) -> httpx.Response:
    body = {"channel": "EMAIL", "statusState": state, "subscriptionId": newsletter(portal), **more}
    return http.post(ONE, json=body)


def status(http: httpx.Client, name: str = "Newsletter", root: str = ROOT) -> dict[str, Any]:
    found = http.get(f"{root}/statuses/{EMAIL}", params=EVERYTHING).json()["results"]
    return next(s for s in found if s["subscriptionName"] == name)


def opt_out_by_hand(portal: Hubspot, purpose: str) -> None:
    contact = portal.contact_by_email(EMAIL) or portal.desk_create("contacts", {"email": EMAIL})
    with portal.journal.acting(Actor.MA_USER):
        portal.desk_consent("contacts", contact.id, ConsentKey("email", purpose), grant=False, proof=None)


def test_never_asked_and_opted_out_are_told_apart(portal: Hubspot, http: httpx.Client) -> None:
    assert status(http)["status"] == "NOT_SPECIFIED"

    opt_out_by_hand(portal, "newsletter")

    assert status(http)["status"] == "UNSUBSCRIBED"
    assert status(http, "Marketing Information")["status"] == "NOT_SPECIFIED"


def test_a_status_has_the_recorded_shape(portal: Hubspot, http: httpx.Client) -> None:
    answer = write(portal, http, "SUBSCRIBED", legalBasis="CONSENT_WITH_NOTICE", legalBasisExplanation="form").json()

    assert list(answer) == ["status", "results", "startedAt", "completedAt"]
    found = answer["results"][0]
    stamp = found.pop("timestamp")
    assert stamp.endswith("Z")
    assert len(stamp) == len("2026-01-01T00:00:00.000Z")
    assert found == {
        "businessUnitId": 0, "channel": "EMAIL", "subscriberIdString": EMAIL, "subscriptionId": newsletter(portal),
        "subscriptionName": "Newsletter", "status": "SUBSCRIBED",
        "source": f"Public status API, App ID:{portal.app_id}", "legalBasis": "CONSENT_WITH_NOTICE",
        "legalBasisExplanation": "form", "setStatusSuccessReason": "REQUESTED_CHANGE_OCCURRED",
    }


def test_an_equal_status_changes_nothing(portal: Hubspot, http: httpx.Client) -> None:
    write(portal, http, "SUBSCRIBED")
    start = len(portal.journal)

    answer = write(portal, http, "SUBSCRIBED").json()

    assert answer["results"][0]["setStatusSuccessReason"] == "NO_STATUS_CHANGE"
    assert list(portal.journal.changes(start)) == []


def test_an_opt_out_is_undone_only_with_legal_basis_and_explanation(portal: Hubspot, http: httpx.Client) -> None:
    opt_out_by_hand(portal, "newsletter")

    for more in ({}, {"legalBasis": "CONSENT_WITH_NOTICE"}, {"legalBasisExplanation": "form"}):
        refused = write(portal, http, "SUBSCRIBED", **more)
        assert refused.status_code == 400
        assert "cannot be updated because they have unsubscribed" in refused.json()["message"]
    assert status(http)["status"] == "UNSUBSCRIBED"

    answer = write(portal, http, "SUBSCRIBED", legalBasis="CONSENT_WITH_NOTICE", legalBasisExplanation="new form")

    assert answer.json()["results"][0]["setStatusSuccessReason"] == "RESUBSCRIBE_OCCURRED"
    assert "hubspot.v4_resubscribe" in list(portal.journal.exchanges())[-1].assumed


def test_the_switch_forbids_every_resubscription(portal: Hubspot, http: httpx.Client) -> None:
    opt_out_by_hand(portal, "newsletter")
    portal.switch("v4_resubscribe", False)

    answer = write(portal, http, "SUBSCRIBED", legalBasis="CONSENT_WITH_NOTICE", legalBasisExplanation="new form")

    assert answer.status_code == 400


def test_an_opt_out_of_everything_holds_against_a_legal_basis(portal: Hubspot, http: httpx.Client) -> None:
    write(portal, http, "SUBSCRIBED")
    opt_out_by_hand(portal, "*")

    answer = write(portal, http, "SUBSCRIBED", legalBasis="CONSENT_WITH_NOTICE", legalBasisExplanation="new form")

    assert answer.status_code == 400
    assert status(http)["status"] == "UNSUBSCRIBED"


def test_the_switch_lets_one_type_back_after_an_opt_out_of_everything(portal: Hubspot, http: httpx.Client) -> None:
    opt_out_by_hand(portal, "*")
    portal.switch("v4_resubscribe_over_portal_optout", True)

    answer = write(portal, http, "SUBSCRIBED", legalBasis="CONSENT_WITH_NOTICE", legalBasisExplanation="new form")

    assert answer.json()["results"][0]["setStatusSuccessReason"] == "RESUBSCRIBE_OCCURRED"
    assert status(http)["status"] == "SUBSCRIBED"
    assert status(http, "Marketing Information")["status"] == "UNSUBSCRIBED"


def test_unsubscribe_all_shows_everywhere(portal: Hubspot, http: httpx.Client) -> None:
    contact = portal.desk_create("contacts", {"email": EMAIL})
    assert http.get(f"{ONE}/unsubscribe-all", params=EVERYTHING).json()["results"] == []

    assert http.post(f"{ONE}/unsubscribe-all", params=EVERYTHING).json()["results"] == []

    wide = http.get(f"{ONE}/unsubscribe-all", params=EVERYTHING).json()["results"]
    assert [(w["wideStatusType"], w["status"], w["subscriberIdString"]) for w in wide] == [
        ("PORTAL_WIDE", "UNSUBSCRIBED", EMAIL)
    ]
    now = portal.store.get("contacts", contact.id)
    assert now is not None
    assert now.values["hs_email_optout"] == "true"
    start = len(portal.journal)
    verbose = http.post(f"{ONE}/unsubscribe-all", params={**EVERYTHING, "verbose": "true"}).json()["results"]
    assert {s["status"] for s in verbose} == {"UNSUBSCRIBED"}
    assert {s["setStatusSuccessReason"] for s in verbose} == {"UNSUBSCRIBE_FROM_ALL_OCCURRED"}
    assert list(portal.journal.changes(start)) == []


@pytest.mark.parametrize("version", ["2025-09", "2026-03", "2026-09"])
def test_dated_paths_are_the_same_store(portal: Hubspot, http: httpx.Client, version: str) -> None:
    write(portal, http, "UNSUBSCRIBED")

    assert status(http, root=f"/communication-preferences/{version}")["status"] == "UNSUBSCRIBED"


def test_definitions_come_in_an_envelope(portal: Hubspot, http: httpx.Client) -> None:
    answer = http.get(f"{ROOT}/definitions", params={"includeTranslations": "true"}).json()

    assert answer["status"] == "COMPLETE"
    assert [d["name"] for d in answer["results"]][-1] == "Newsletter"
    assert all(d["subscriptionTranslations"] == [] for d in answer["results"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"channel": None}, "[channel]"),
        ({"channel": "SMS"}, "only EMAIL"),
        ({"subscriptionId": 1}, "does not exist"),
        ({"statusState": "MAYBE"}, "Invalid statusState"),
        ({"statusState": "NOT_SPECIFIED"}, "NOT_SPECIFIED"),
        ({"legalBasis": "BECAUSE"}, "not one of the values accepted"),
    ],
)
def test_a_bad_request_is_refused_and_changes_nothing(
    portal: Hubspot, http: httpx.Client, change: dict[str, Any], said: str
) -> None:
    body = {"channel": "EMAIL", "statusState": "SUBSCRIBED", "subscriptionId": newsletter(portal), **change}

    answer = http.post(ONE, json=body)

    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert list(portal.store.rows("consents")) == []


def test_the_channel_must_be_named_and_brands_are_refused(http: httpx.Client) -> None:
    assert http.get(ONE).status_code == 400
    assert http.get(ONE, params={"channel": "EMAIL", "businessUnitId": "7"}).status_code == 400


def test_a_batch_reports_the_bad_inputs_and_does_the_good_ones(portal: Hubspot, http: httpx.Client) -> None:
    opt_out_by_hand(portal, "newsletter")
    number = newsletter(portal)
    item = {"channel": "EMAIL", "statusState": "SUBSCRIBED", "subscriptionId": number}

    answer = http.post(f"{ROOT}/statuses/batch/write", json={"inputs": [
        {**item, "subscriberIdString": EMAIL}, {**item, "subscriberIdString": "ann@acme.com"},
    ]})

    assert answer.status_code == 207
    body = answer.json()
    assert [r["subscriberIdString"] for r in body["results"]] == ["ann@acme.com"]
    assert body["numErrors"] == 1
    assert body["errors"][0]["context"] == {"subscriberIdString": [EMAIL]}
    assert body["errors"][0]["category"] == "VALIDATION_ERROR"
    assert [r[:2] for e in portal.journal.exchanges() for r in e.refused] == [(EMAIL, "HAS_UNSUBSCRIBED")]


def test_batches_read_and_opt_out_of_everything(portal: Hubspot, http: httpx.Client) -> None:
    batch, inputs = f"{ROOT}/statuses/batch", {"inputs": [EMAIL, "ann@acme.com"]}

    assert http.post(f"{batch}/unsubscribe-all", params=EVERYTHING, json={"inputs": [EMAIL]}).json()["results"] == []

    read = http.post(f"{batch}/read", params=EVERYTHING, json=inputs).json()["results"]
    assert [{s["status"] for s in r["statuses"]} for r in read] == [{"UNSUBSCRIBED"}, {"NOT_SPECIFIED"}]
    wide = http.post(f"{batch}/unsubscribe-all/read", params=EVERYTHING, json=inputs).json()["results"]
    assert [len(r["wideStatuses"]) for r in wide] == [1, 0]


def test_a_batch_of_more_than_a_hundred_is_refused(http: httpx.Client) -> None:
    inputs = [f"p{i}@acme.com" for i in range(101)]

    answer = http.post(f"{ROOT}/statuses/batch/read", params=EVERYTHING, json={"inputs": inputs})

    assert answer.status_code == 400


def test_batches_need_their_own_scope(portal: Hubspot, http: httpx.Client) -> None:
    token = portal.tokens.issue_private(["communication_preferences.read_write"])

    answer = http.post(f"{ROOT}/statuses/batch/read", params=EVERYTHING, json={"inputs": [EMAIL]},
                       headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == [
        "communication_preferences.statuses.batch.read"
    ]
