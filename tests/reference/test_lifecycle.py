"""Merges, conversions, the dead and lost fields between live mocks: what the correct connector makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.ma.hubspot.links import linked as associated

ALL_MAIL, NEWSLETTER = ConsentKey("email", "*"), ConsentKey("email", "newsletter")
WITHDRAWN = "UNSUBSCRIBED"


def _living(s: Any, side: str = "ma", kind: str = "contacts") -> int:
    return sum(1 for _ in (s.crm if side == "crm" else s.ma).store.rows(kind))


def _synced(s: Any, count: int) -> list[tuple[str, str]]:
    ids = [s.linked() for _ in range(count)]
    s.sync()
    s.wait(60)
    return ids


def _anew(s: Any) -> Any:
    """Sync with an empty memory."""
    s.folder = s.folder.with_name(f"{s.folder.name}-anew")
    s.wait(60)
    return s.sync()


@pytest.mark.parametrize("side", ["crm", "ma"])
@pytest.mark.parametrize("key", [ALL_MAIL, NEWSLETTER])
def test_the_refusal_of_the_merged_one_is_said_for_the_address_that_stays(sandbox: Any, side: str, key: ConsentKey) -> None:
    s = sandbox
    (crm_a, ma_a), (crm_b, ma_b) = _synced(s, 2)
    s.consent_ma(ma_b, key, grant=False)
    s.sync()
    s.wait(60)
    if side == "crm":
        s.servers.call(lambda: s.crm.desk_merge("Contact", crm_a, [crm_b]))
    else:
        s.servers.call(lambda: s.ma.desk_merge("contacts", ma_a, ma_b))

    run = s.sync()

    assert (run.code, _living(s)) == (0, 1)
    assert s.newsletter("p1@example.com") == WITHDRAWN
    assert (s.contact(crm_a)["HasOptedOutOfEmail"], s.contact(crm_a).get("Newsletter_Consent__c") == "OptOut") == (
        key is ALL_MAIL, key is NEWSLETTER)  # fmt: skip
    assert s.sync().writes == []


def test_a_chain_of_merges_in_one_run_ends_at_the_last_winner(sandbox: Any) -> None:
    s = sandbox
    people = _synced(s, 3)
    (crm_a, _), (crm_b, _), (crm_c, _) = people
    s.servers.call(lambda: s.crm.desk_merge("Contact", crm_b, [crm_c]))
    s.servers.call(lambda: s.crm.desk_merge("Contact", crm_a, [crm_b]))

    s.sync()
    s.wait(60)
    s.edit_crm(crm_a, Phone="+4")
    s.sync()

    assert _living(s) == 1
    assert s.by_email("p1@example.com")["phone"] == "+4"
    assert _living(s, "crm", "Lead") == 0


def test_nobody_is_dug_up_by_a_connector_without_memory(sandbox: Any) -> None:
    s = sandbox
    (crm_a, _), (crm_b, ma_b), (_crm_c, ma_c) = _synced(s, 3)
    s.servers.call(lambda: s.ma.desk_delete("contacts", ma_b))
    s.servers.call(lambda: s.crm.desk_delete("Contact", crm_a))
    s.edit_crm(crm_b, Phone="+3")

    _anew(s)
    again = _anew(s)

    assert [row.id for row in s.ma.store.rows("contacts")] == [ma_c]
    assert (_living(s, "crm", "Lead"), again.writes) == (0, [])


def test_somebody_who_came_after_a_death_is_a_new_person(sandbox: Any) -> None:
    s = sandbox
    [(crm_id, ma_id)] = _synced(s, 1)
    s.servers.call(lambda: s.ma.desk_delete("contacts", ma_id))
    s.servers.call(lambda: s.crm.desk_erase("Contact", crm_id))
    s.wait(60)
    s.seed_crm("Contact", days_ago=0, **s.person(Email="p1@example.com"))

    _anew(s)

    assert _living(s) == 1


def test_a_lead_brought_back_finds_its_contact_again(sandbox: Any) -> None:
    s = sandbox
    lead = s.seed_crm("Lead", LastName="L", Company="C", Email="l@example.com")
    s.sync()
    s.wait(60)
    s.servers.call(lambda: s.crm.desk_delete("Lead", lead))
    s.sync()
    s.wait(60)
    s.servers.call(lambda: s.crm.desk_restore("Lead", lead))
    s.edit_crm(lead, "Lead", Title="Boss")

    s.sync()

    assert _living(s) == 1
    assert s.by_email("l@example.com")["jobtitle"] == "Boss"


def test_a_lost_field_is_told_and_holds_nothing_up(sandbox: Any) -> None:
    s = sandbox
    [(crm_id, ma_id)] = _synced(s, 1)
    s.servers.call(lambda: s.crm.reshape("Contact", "Interests__c", "remove"))
    s.servers.call(lambda: s.ma.reshape("contacts", "vip", "remove"))
    s.edit_crm(crm_id, Phone="+5")

    run = s.sync()

    assert run.code == 1
    assert [r for r in run.refused if "Interests__c" in r]
    assert [r for r in run.refused if "Vip__c" in r]
    assert s.ma_contact(ma_id)["phone"] == "+5"
    assert s.sync().writes == []


def test_a_company_of_the_same_name_is_another_company(sandbox: Any) -> None:
    s = sandbox
    first, second = (s.seed_crm("Account", Name="Acme", Tax_Id__c=f"PL{n}") for n in (1, 2))
    values = s.person(AccountId=first)
    crm_id = s.seed_crm("Contact", **values)
    s.sync()
    s.wait(60)
    s.servers.call(lambda: s.crm.desk_affiliate(crm_id, second))
    s.sync()

    tied = [i for i, _ in associated(s.ma, "contacts", s.by_email(values["Email"])["id"], "companies")]
    assert [s.ma.store.get("companies", i).values["tax_id"] for i in tied] == ["PL2"]
