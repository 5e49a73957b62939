"""What an administrator and people do to properties, archived contacts and companies of a portal in use."""

from __future__ import annotations

import pytest
from syncproof_mocks.dialect import DeskError
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.schema import FieldInfo, FieldType, Option
from syncproof_mocks.world import World


@pytest.fixture
def portal() -> Hubspot:
    made = Hubspot(World(3))
    made.add_field("contacts", FieldInfo("tier", "Tier", FieldType.PICKLIST, "enumeration", restricted=True,
                                         options=(Option("gold", "Gold"), Option("silver", "Silver"))))  # fmt: skip
    return made


def contact(portal: Hubspot, email: str = "a@example.com", **values: str) -> str:
    return portal.desk_create("contacts", {"email": email, **values}).id


def test_a_removed_property_is_neither_shown_nor_writable(portal: Hubspot) -> None:
    found = contact(portal, tier="gold")

    portal.reshape("contacts", "tier", "remove")

    assert "tier" not in portal.schema("contacts")
    with pytest.raises(DeskError):
        portal.desk_edit("contacts", found, {"tier": "silver"})
    assert portal.desk_edit("contacts", found, {"jobtitle": "Boss"}).values["jobtitle"] == "Boss"


def test_an_option_comes_and_goes(portal: Hubspot) -> None:
    found = contact(portal, tier="gold")

    portal.reshape("contacts", "tier", "add_value", "bronze")
    portal.reshape("contacts", "tier", "remove_value", "gold")

    assert [o.value for o in portal.schema("contacts")["tier"].options] == ["silver", "bronze"]
    assert portal.desk_edit("contacts", found, {"tier": "bronze"}).values["tier"] == "bronze"
    with pytest.raises(DeskError):
        portal.desk_edit("contacts", found, {"tier": "gold"})


@pytest.mark.parametrize(
    ("field", "change", "value"),
    [
        ("nothing", "remove", ""), ("email", "remove", ""), ("tier", "hide", ""), ("tier", "lock", ""), ("tier", "require", ""),
        ("jobtitle", "add_value", "x"), ("tier", "add_value", "gold"), ("tier", "remove_value", "lead"),
    ],
)  # fmt: skip
def test_what_the_settings_do_not_offer_is_refused(portal: Hubspot, field: str, change: str, value: str) -> None:
    before = dict(portal.schema("contacts"))

    with pytest.raises(DeskError):
        portal.reshape("contacts", field, change, value)

    assert portal.schema("contacts") == before


def test_an_archived_contact_comes_back_under_its_id_with_its_addresses(portal: Hubspot) -> None:
    found = contact(portal)
    portal.desk_delete("contacts", found)
    assert portal.contact_by_email("a@example.com") is None

    back = portal.desk_restore("contacts", found)

    assert (back.id, back.deleted) == (found, False)
    assert portal.contact_by_email("a@example.com").id == found  # type: ignore[union-attr]
    with pytest.raises(DeskError):
        portal.desk_restore("contacts", found)


def test_an_address_that_was_taken_meanwhile_keeps_its_new_holder(portal: Hubspot) -> None:
    old = contact(portal)
    portal.desk_delete("contacts", old)
    new = contact(portal)

    with pytest.raises(DeskError):
        portal.desk_restore("contacts", old)

    assert portal.contact_by_email("a@example.com").id == new  # type: ignore[union-attr]


def test_companies_beside_the_first_one_leave_it_first(portal: Hubspot) -> None:
    found = contact(portal)
    acme, beta, gamma = (portal.desk_create("companies", {"name": n}).id for n in ("Acme", "Beta", "Gamma"))

    def first() -> str | None:
        row = portal.store.get("contacts", found)
        assert row is not None
        return portal.company_of(portal.store.snapshot(), row)

    portal.desk_affiliate(found, acme)
    portal.desk_affiliate(found, beta, further=True)
    assert (first(), portal.associated("contacts", found, "companies")) == (acme, [acme, beta])
    portal.desk_affiliate(found, gamma)
    assert (first(), portal.associated("contacts", found, "companies")) == (gamma, [beta, gamma])
    portal.desk_affiliate(found, None)
    assert portal.associated("contacts", found, "companies") == [beta]


def test_several_contacts_are_merged_one_after_the_other(portal: Hubspot) -> None:
    ids = [contact(portal, f"{n}@example.com") for n in "abc"]

    survivor = portal.desk_unite("contacts", ids[0], ids[1:])

    assert {portal.store.resolve("contacts", i) for i in ids} == {survivor.id}
    assert survivor.values["email"] == "a@example.com"
    with pytest.raises(DeskError):
        portal.desk_convert("1")
