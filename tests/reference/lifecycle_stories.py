"""One short story for each mistake with the life of records: what is told differs when the mistake is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.ma.hubspot.links import linked as associated

ALL_MAIL = ConsentKey("email", "*")
Story = Callable[[Any, str], Any]
STORIES: dict[str, Story] = {}


def story(*names: str) -> Callable[[Story], Story]:
    def tell(function: Story) -> Story:
        for name in names:
            STORIES[name] = function
        return function

    return tell


def _pairs(s: Any, bug: str, count: int = 2) -> list[tuple[str, str]]:
    """Seed linked people, sync them, and let a minute pass."""
    ids = [s.linked() for _ in range(count)]
    s.sync(bug)
    s.wait(60)
    return ids


def _companies(s: Any, email: str) -> list[str]:
    contact = s.by_email(email)
    return sorted(s.ma.store.get("companies", i).values["name"] for i, _ in associated(s.ma, "contacts", contact["id"], "companies"))


@story("merge_not_followed", "merge_loses_optout")
def _(s: Any, bug: str) -> Any:
    (crm_a, _), (crm_b, ma_b) = _pairs(s, bug)
    s.consent_ma(ma_b, ALL_MAIL, grant=False)
    s.sync(bug)
    s.wait(60)
    s.servers.call(lambda: s.crm.desk_merge("Contact", crm_a, [crm_b]))
    s.sync(bug)
    # Where the contacts are merged, HubSpot shows the loser's opt-out on the winner, whose address may be mailed all the same.
    return sum(1 for _ in s.ma.store.rows("contacts")), s.newsletter("p1@example.com")


@story("merged_id_unknown")
def _(s: Any, bug: str) -> Any:
    (crm_a, ma_a), (_, ma_b) = _pairs(s, bug)
    survivor = s.servers.call(lambda: s.ma.desk_merge("contacts", ma_a, ma_b)).id
    s.sync(bug)
    s.wait(60)
    s.edit_crm(crm_a, Phone="+4")
    s.sync(bug)
    return s.ma_contact(survivor).get("phone")


@story("converted_lead_kept")
def _(s: Any, bug: str) -> Any:
    lead = s.seed_crm("Lead", LastName="L", Company="C", Email="l@example.com", Contact_Kind__c="Lead",
                      Last_Engaged__c=s.crm.clock.now().date().isoformat())  # fmt: skip
    s.sync(bug)
    s.wait(60)
    contact = s.servers.call(lambda: s.crm.desk_convert(lead))
    s.edit_ma(s.by_email("l@example.com")["id"], jobtitle="Boss")
    code = s.sync(bug).code
    return code, s.contact(contact).get("Title")


@story("deleted_comes_back")
def _(s: Any, bug: str) -> Any:
    [(_, ma_id)] = _pairs(s, bug, 1)
    s.servers.call(lambda: s.ma.desk_delete("contacts", ma_id))
    s.sync(bug)
    s.folder = s.folder.with_name(f"{s.folder.name}-anew")
    s.sync(bug)
    return sum(1 for _ in s.ma.store.rows("contacts"))


@story("restored_stays_buried")
def _(s: Any, bug: str) -> Any:
    [(crm_id, _)] = _pairs(s, bug, 1)
    s.servers.call(lambda: s.crm.desk_delete("Contact", crm_id))
    s.sync(bug)
    s.wait(60)
    s.servers.call(lambda: s.crm.desk_restore("Contact", crm_id))
    s.sync(bug)
    return sum(1 for _ in s.ma.store.rows("contacts"))


@story("owner_set_once")
def _(s: Any, bug: str) -> Any:
    users = []
    for name in ("ann", "bob"):
        email = f"{name}@example.com"
        s.ma.seed_owner(name, "X", email)
        users.append(s.seed_crm("User", LastName=name, Email=email, Username=email, IsActive=True))
    crm_id, ma_id = s.linked({"OwnerId": users[0]})
    s.sync(bug)
    s.wait(60)
    before = s.ma_contact(ma_id)["hubspot_owner_id"]
    s.edit_crm(crm_id, OwnerId=users[1])
    s.sync(bug)
    return s.ma_contact(ma_id)["hubspot_owner_id"] == before


@story("inactive_owner_replaced")
def _(s: Any, bug: str) -> Any:
    left = s.seed_crm("User", LastName="L", Email="l@example.com", Username="l@example.com", IsActive=False)
    crm_id, ma_id = s.linked({"OwnerId": left})
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma_id, jobtitle="x")
    s.sync(bug)
    return s.contact(crm_id)["OwnerId"] == left


@story("companies_by_name")
def _(s: Any, bug: str) -> Any:
    for number in (1, 2):
        s.seed_crm("Account", Name="Acme", Tax_Id__c=f"PL{number}")
    s.sync(bug)
    return sum(1 for _ in s.ma.store.rows("companies"))


@story("old_company_kept", "associations_of_the_new_only")
def _(s: Any, bug: str) -> Any:
    acme, beta = (s.seed_crm("Account", Name=name, Tax_Id__c=f"PL{name}") for name in ("Acme", "Beta"))
    values = s.person(AccountId=acme)
    crm_id = s.seed_crm("Contact", **values)
    s.sync(bug)
    s.wait(60)
    s.servers.call(lambda: s.crm.desk_affiliate(crm_id, beta))
    s.sync(bug)
    return _companies(s, values["Email"])


@story("removed_field_still_asked_for")
def _(s: Any, bug: str) -> Any:
    [(crm_id, ma_id)] = _pairs(s, bug, 1)
    s.servers.call(lambda: s.crm.reshape("Contact", "Interests__c", "remove"))
    s.edit_crm(crm_id, Title="Boss")
    s.sync(bug)
    return s.ma_contact(ma_id).get("jobtitle")


@story("removed_field_read_as_blank")
def _(s: Any, bug: str) -> Any:
    crm_id, _ma = s.linked({"Interests__c": "events"}, {"interests": "events"})
    s.sync(bug)
    s.wait(60)
    s.servers.call(lambda: s.ma.reshape("contacts", "interests", "remove"))
    s.edit_crm(crm_id, Title="Boss")
    s.sync(bug)
    return s.contact(crm_id).get("Interests__c")


@story("resync_overwrites")
def _(s: Any, bug: str) -> Any:
    crm_id, _ma = s.linked({"FirstName": "Corrected"}, {"firstname": "Old"})
    s.sync(bug)
    return s.contact(crm_id)["FirstName"]


@story("resync_deletes_first")
def _(s: Any, bug: str) -> Any:
    _crm, ma_id = s.linked()
    s.sync(bug)
    return s.ma.store.get("contacts", ma_id) is None


@story("no_date_counts_as_recent")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Last_Engaged__c=None))
    s.sync(bug)
    return sum(1 for _ in s.ma.store.rows("contacts"))


@story("creates_unheeded")
def _(s: Any, bug: str) -> Any:
    s.seed_ma("companies", name="Entered here", tax_id="PL77")
    s.sync(bug)
    return [row.values["Name"] for row in s.crm.store.rows("Account")]
