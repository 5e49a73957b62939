"""hubspot-api-client (Python), unmodified: the acceptance probes of research `hubspot.md` section 5 about records."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm import associations
from hubspot.crm.contacts import (
    ApiException,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchReadInputSimplePublicObjectId,
    Filter,
    FilterGroup,
    PublicMergeInput,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInputForCreate,
    SimplePublicObjectId,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from syncproof_mocks.journal import Exchange
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.webhooks import Settings, Webhooks
from tests.hubspot.conftest import START_MS
from tests.hubspot.listening import TARGET, listen


def create(sdk: HubSpot, **values: str) -> Any:
    body = SimplePublicObjectInputForCreate(properties=values, associations=[])
    return sdk.crm.contacts.basic_api.create(simple_public_object_input_for_create=body)


def update(sdk: HubSpot, contact: str, **values: str) -> Any:
    return sdk.crm.contacts.basic_api.update(contact, SimplePublicObjectInput(properties=values))


def three(**second: Any) -> BatchInputSimplePublicObjectBatchInputForCreate:
    """Three inputs for a batch, the second with a property that does not exist."""
    inputs = [
        SimplePublicObjectBatchInputForCreate(
            properties={"email": f"t{n}@acme.com", **({"nope": "1"} if n == 2 else {})}, associations=[],
            **({"object_write_trace_id": f"t{n}"} if second else {}),
        )
        for n in (1, 2, 3)
    ]
    return BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs)


def bodies(hub: Hubspot) -> list[Any]:
    """Return what the portal answered, on the wire, newest last."""
    return [json.loads(e.response_body) for e in hub.journal.entries if isinstance(e, Exchange) and e.response_body]


def test_a_contact_is_created(sdk: HubSpot) -> None:
    """Probe 1."""
    found, status, _ = sdk.crm.contacts.basic_api.create_with_http_info(
        simple_public_object_input_for_create=SimplePublicObjectInputForCreate(
            properties={"email": "New@Acme.com"}, associations=[]
        )
    )

    assert status == 201
    assert found.id.isdigit()
    assert (found.properties["email"], found.properties["hs_object_id"]) == ("new@acme.com", found.id)
    assert found.properties["lifecyclestage"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found.properties["createdate"])
    assert isinstance(found.created_at, datetime)


def test_a_second_contact_with_the_same_address_is_a_conflict(sdk: HubSpot) -> None:
    """Probe 2."""
    first = create(sdk, email="New@Acme.com")

    with pytest.raises(ApiException) as caught:
        create(sdk, email="NEW@ACME.COM")

    assert caught.value.status == 409
    body = json.loads(caught.value.body)
    assert (body["message"], body["category"]) == (f"Contact already exists. Existing ID: {first.id}", "CONFLICT")


def test_a_contact_is_read_by_address(sdk: HubSpot, bob: str) -> None:
    """Probe 3."""
    found = sdk.crm.contacts.basic_api.get_by_id("bob@acme.com", id_property="email", properties=["firstname", "nope", "phone"])

    assert found.id == bob
    assert found.properties["phone"] is None
    assert set(found.properties) == {"firstname", "phone", "createdate", "hs_object_id", "lastmodifieddate"}


def test_unknown_properties_are_all_named(sdk: HubSpot, bob: str) -> None:
    """Probe 4."""
    with pytest.raises(ApiException) as caught:
        update(sdk, bob, nope="1", industry_x="2")

    body = json.loads(caught.value.body)
    assert caught.value.status == 400
    assert [e["code"] for e in body["errors"]] == ["PROPERTY_DOESNT_EXIST"] * 2
    assert body["message"].startswith("Property values were not valid: [{")


@pytest.mark.parametrize(("name", "value", "code"), [
    ("email", "a@b.invalidtld", "INVALID_EMAIL"), ("hs_email_optout", "true", "READ_ONLY_VALUE"),
    ("lifecyclestage", "nonsense", "INVALID_OPTION"),
])
def test_a_bad_value_is_refused(sdk: HubSpot, bob: str, name: str, value: str, code: str) -> None:
    """Probe 5."""
    with pytest.raises(ApiException) as caught:
        update(sdk, bob, **{name: value})

    assert caught.value.status == 400
    assert json.loads(caught.value.body)["errors"][0]["code"] == code


def test_a_lifecycle_stage_does_not_go_back(sdk: HubSpot, bob: str) -> None:
    """Probe 6."""
    stages = []
    for wanted in ("lead", "", "lead"):
        update(sdk, bob, lifecyclestage=wanted)
        stages.append(sdk.crm.contacts.basic_api.get_by_id(bob, properties=["lifecyclestage"]).properties["lifecyclestage"])

    assert stages == ["customer", "", "lead"]


def test_all_contacts_come_in_three_requests(hub: Hubspot, sdk: HubSpot) -> None:
    """Probe 7."""
    for number in range(250):
        hub.seed("contacts", {"email": f"p{number}@acme.com"}, created_ms=START_MS, modified_ms=START_MS)

    assert len({c.id for c in sdk.crm.contacts.get_all()}) == 250
    answers = bodies(hub)
    assert len(answers) == 3
    assert ["paging" in a for a in answers] == [True, True, False]


def test_a_batch_without_trace_ids_is_all_or_nothing(hub: Hubspot, sdk: HubSpot) -> None:
    """Probe 8."""
    with pytest.raises(ApiException) as caught:
        sdk.crm.contacts.batch_api.create(three())

    assert caught.value.status == 400
    assert hub.store.size("contacts") == 0


def test_a_batch_with_trace_ids_names_the_one_that_was_refused(sdk: HubSpot) -> None:
    """Probe 9."""
    found, status, _ = sdk.crm.contacts.batch_api.create_with_http_info(three(traced=True))

    assert (status, type(found).__name__) == (207, "BatchResponseSimplePublicObjectWithErrors")
    assert (found.num_errors, len(found.results)) == (1, 2)
    assert found.errors[0].context["objectWriteTraceId"] == ["t2"]


def test_a_missing_record_of_a_batch_is_told(sdk: HubSpot, bob: str) -> None:
    """Probe 10."""
    wanted = BatchReadInputSimplePublicObjectId(
        inputs=[SimplePublicObjectId(id=bob), SimplePublicObjectId(id="999")], properties=[], properties_with_history=[]
    )
    found, status, _ = sdk.crm.contacts.batch_api.read_with_http_info(wanted)

    assert (status, [r.id for r in found.results]) == (207, [bob])
    assert (found.errors[0].category, found.errors[0].context["ids"]) == ("OBJECT_NOT_FOUND", ["999"])


def test_a_search_lags_behind_writes(hub: Hubspot, sdk: HubSpot, bob: str) -> None:
    """Probe 12."""
    hub.switch("search_lag_ms", 5000)
    new = create(sdk, email="new@acme.com").id
    changed = Filter(property_name="lastmodifieddate", operator="GTE", value=str(START_MS - 10_000))

    def ids(**more: Any) -> list[str]:
        request = PublicObjectSearchRequest(filter_groups=[FilterGroup(filters=[changed])], sorts=["-createdate"], **more)
        found = sdk.crm.contacts.search_api.do_search(request)
        assert found.total == len(found.results)
        return [r.id for r in found.results]

    assert ids(limit=200) == [bob]
    hub.clock.move(6)
    assert ids(limit=200) == [new, bob]
    for too_much in ({"limit": 201}, {"limit": 10, "after": "10000"}):
        with pytest.raises(ApiException) as caught:
            ids(**too_much)
        assert caught.value.status == 400


def test_associations_in_v4_and_v3(hub: Hubspot, sdk: HubSpot, bob: str, ann: str, acme: str) -> None:
    """Probe 13."""
    made = sdk.crm.associations.v4.basic_api.create_default("contacts", bob, "companies", acme)
    page = sdk.crm.associations.v4.basic_api.get_page("contacts", bob, "companies")

    assert {r.association_spec.association_type_id for r in made.results} >= {279, 280}
    assert 279 in {t.type_id for t in page.results[0].association_types}
    assert bodies(hub)[-1]["results"][0]["toObjectId"] == int(acme)  # a number on the wire

    def read(kind: str, record_id: str, to_kind: str) -> Any:
        wanted = associations.BatchInputPublicObjectId(inputs=[associations.PublicObjectId(id=record_id)])
        return sdk.crm.associations.batch_api.read_with_http_info(kind, to_kind, wanted)

    found, status, _ = read("companies", acme, "contacts")
    assert status == 200
    assert {(t.id, t.type) for t in found.results[0].to} >= {(bob, "company_to_contact")}
    none, status, _ = read("contacts", ann, "companies")
    assert (status, none.results) == (207, [])
    assert none.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"


def test_a_merge_makes_a_third_record(hub: Hubspot, sdk: HubSpot, bob: str, ann: str) -> None:
    """Probe 15."""
    hooks = hub.webhooks
    assert isinstance(hooks, Webhooks)
    hooks.settings = Settings(TARGET, 10, 0, 0)
    listen(hooks, "contact.merge", "contact.deletion", "contact.creation", "contact.propertyChange:firstname",
           "contact.propertyChange:hs_additional_emails")

    new = sdk.crm.contacts.basic_api.merge(PublicMergeInput(primary_object_id=bob, object_id_to_merge=ann)).id

    assert new not in (bob, ann)
    found = [sdk.crm.contacts.basic_api.get_by_id(i, properties=["hs_merged_object_ids"]) for i in (bob, ann)]
    assert [f.id for f in found] == [new, new]
    assert set(found[0].properties["hs_merged_object_ids"].split(";")) == {bob, ann}
    assert [c.id for c in sdk.crm.contacts.get_all()] == [new]
    everyone = PublicObjectSearchRequest(filter_groups=[], limit=10)
    assert [r.id for r in sdk.crm.contacts.search_api.do_search(everyone).results] == [new]
    assert [e.members["subscriptionType"] for e in hooks.due()] == ["contact.merge", "contact.deletion", "contact.deletion"]
