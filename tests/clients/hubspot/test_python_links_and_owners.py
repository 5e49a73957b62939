"""hubspot-api-client (Python), unmodified: calls outside the acceptance probes that the ledger labels `client run`."""

from __future__ import annotations

from hubspot import HubSpot
from hubspot.crm.associations import BatchInputPublicAssociation, PublicAssociation, PublicObjectId
from hubspot.crm.associations.v4 import AssociationSpec
from syncproof_mocks.ma.hubspot import Hubspot


def test_a_typed_association_is_set(sdk: HubSpot, bob: str, acme: str) -> None:
    links = sdk.crm.associations.v4.basic_api
    primary = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=1)

    made = links.create("contacts", bob, "companies", acme, [primary])

    assert (str(made.from_object_id), str(made.to_object_id), made.labels) == (bob, acme, [])
    (found,) = links.get_page("contacts", bob, "companies").results
    assert {t.type_id for t in found.association_types} == {1, 279}


def test_associations_are_created_by_the_batch_of_v3(sdk: HubSpot, bob: str, acme: str) -> None:
    pair = PublicAssociation(_from=PublicObjectId(id=bob), to=PublicObjectId(id=acme), type="contact_to_company")

    made = sdk.crm.associations.batch_api.create("contacts", "companies", BatchInputPublicAssociation(inputs=[pair]))

    assert [(r._from.id, r.to.id, r.type) for r in made.results] == [(bob, acme, "contact_to_company")]


def test_an_owner_is_found_by_either_id(hub: Hubspot, sdk: HubSpot) -> None:
    owner_id = hub.seed_owner("Paula", "Weber", "paula@acme.com")
    owners = sdk.crm.owners.owners_api

    found = owners.get_by_id(int(owner_id))

    assert (found.id, found.email, found.archived) == (owner_id, "paula@acme.com", False)
    assert owners.get_by_id(found.user_id, id_property="userId").id == owner_id
