"""Who is who between live mocks: keys, duplicates, leads, companies, owners, deletions, merges, erasures."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.reference.failures import ConfigurationError
from syncproof.reference.lock import alone
from syncproof_mocks.ma.hubspot.links import linked as associated


def _living(s: Any, kind: str = "contacts") -> int:
    return sum(1 for _ in s.ma.store.rows(kind))


def test_letter_case_does_not_make_two_people(sandbox: Any) -> None:
    s = sandbox
    crm_id = s.seed_crm("Contact", **s.person(Email="Jane.Doe@Example.com", Phone="1"))
    ma_id = s.seed_ma("contacts", email="jane.doe@example.com", jobtitle="Boss")

    run = s.sync()

    assert (run.code, _living(s)) == (0, 1)
    assert s.contact(crm_id)["Title"] == "Boss"
    assert s.ma_contact(ma_id)["phone"] == "1"


def test_a_second_address_in_the_ma_is_the_same_person(sandbox: Any) -> None:
    s = sandbox
    s.sync()
    s.wait(3600)
    ma_id = s.seed_ma("contacts", email="main@example.com", hs_additional_emails="second@example.com")
    crm_id = s.seed_crm("Contact", days_ago=0, **s.person(Email="second@example.com", Phone="5"))

    run = s.sync()

    assert (run.code, _living(s)) == (0, 1), run.report
    assert s.ma_contact(ma_id)["phone"] == "5"
    assert s.ma_contact(ma_id)["email"] == "second@example.com", "the CRM is master of the address"
    assert s.contact(crm_id)["Email"] == "second@example.com"


def test_a_duplicate_is_reported_and_holds_nobody_up(sandbox: Any) -> None:
    s = sandbox
    s.linked({"Email": "twin@example.com"})
    s.seed_crm("Contact", **s.person(Email="TWIN@example.com"))
    other = s.person()
    s.seed_crm("Contact", **other)

    first, second = s.sync(), s.sync()

    assert first.code == 0, "nobody refused anything"
    assert len(first.refused) == 1
    assert "duplicate" in first.refused[0]
    assert second.refused == first.refused, "it remains reported"
    assert _living(s) == 2
    assert s.by_email(other["Email"])


def test_the_excluded_stay_out_in_both_directions(sandbox: Any) -> None:
    s = sandbox
    out = [
        s.person(Contact_Kind__c="Partner"), s.person(Contact_Kind__c="Test"), s.person(Email="noreply@example.com"),
        s.person(Last_Engaged__c="2020-01-01"), s.person(Last_Engaged__c=None), s.person(Email=None),
    ]
    for values in out:
        s.seed_crm("Contact", **values)
    s.seed_crm("Contact", **s.person(Email="linked@example.com", Contact_Kind__c="Supplier", Phone="9"))
    ma_id = s.seed_ma("contacts", email="linked@example.com", jobtitle="x")
    s.seed_ma("contacts", email="info@example.com")

    run = s.sync()

    assert (run.code, run.writes) == (0, [])
    assert _living(s) == 2
    assert not s.ma_contact(ma_id).get("phone")


def test_an_ma_contact_unknown_to_the_crm_becomes_a_lead_once(sandbox: Any) -> None:
    s = sandbox
    ma_id = s.seed_ma("contacts", email="new@example.com", firstname="N", jobtitle="t", phone="7")

    first, second = s.sync(), s.sync()

    leads = list(s.crm.store.rows("Lead"))
    assert len(leads) == 1
    assert leads[0].values["Email"] == "new@example.com"
    assert leads[0].values["Company"] == "[not provided]"
    assert leads[0].values["Phone"] == "7"
    assert (first.report["created"], second.writes) == (1, [])
    assert not s.ma_contact(ma_id).get("company"), "a placeholder travelled back"
    assert not s.ma_contact(ma_id).get("lastname")


def test_the_contact_counts_when_a_person_is_lead_and_contact(sandbox: Any) -> None:
    s = sandbox
    s.seed_crm("Lead", LastName="L", Company="C", Email="both@example.com", Phone="lead")
    s.seed_crm("Contact", **s.person(Email="both@example.com", Phone="contact"))

    run = s.sync()

    assert (run.code, _living(s)) == (0, 1), run.report
    assert s.by_email("both@example.com")["phone"] == "contact"


def test_an_address_change_keeps_one_contact(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked()
    s.sync()
    s.wait(60)
    s.edit_crm(crm_id, Email="Changed@Example.com")

    s.sync()

    assert _living(s) == 1
    assert s.ma_contact(ma_id)["email"] == "changed@example.com"


def test_company_and_owner_follow_the_crm(sandbox: Any) -> None:
    s = sandbox
    s.ma.seed_owner("Ann", "A", "ann@example.com")
    ann = s.seed_crm("User", LastName="A", Email="ann@example.com", Username="ann@example.com", IsActive=True)
    gone = s.seed_crm("User", LastName="G", Email="gone@example.com", Username="gone@example.com", IsActive=False)
    acme = s.seed_crm("Account", Name="Acme", Tax_Id__c="PL1", BillingCity="Łódź")
    beta = s.seed_crm("Account", Name="Beta", Tax_Id__c="PL2")
    s.seed_crm("Account", Name="Vendor", Tax_Id__c="PL3", Type="Vendor")
    known = s.seed_ma("companies", name="ACME SP Z OO", tax_id="PL1")
    values = s.person(AccountId=acme, OwnerId=ann)
    crm_id = s.seed_crm("Contact", **values)
    other = s.person(OwnerId=gone)
    s.seed_crm("Contact", **other)

    s.sync()

    found = s.by_email(values["Email"])
    assert s.ma.store.get("companies", known).values["name"] == "Acme"
    assert _living(s, "companies") == 2
    assert [i for i, _ in associated(s.ma, "contacts", found["id"], "companies")] == [known]
    assert found["hubspot_owner_id"]
    assert not s.by_email(other["Email"]).get("hubspot_owner_id")
    assert s.sync().writes == []
    s.wait(60)
    s.edit_crm(crm_id, AccountId=beta)
    s.sync()
    now = [s.ma.store.get("companies", i).values["name"] for i, _ in associated(s.ma, "contacts", found["id"], "companies")]
    assert now == ["Beta"]


def test_a_deletion_in_the_crm_archives_and_nothing_comes_back(sandbox: Any) -> None:
    s = sandbox
    crm_id, _ma_id = s.linked()
    erased, _ma_erased = s.linked()
    s.sync()
    s.wait(60)
    s.servers.call(lambda: s.crm.desk_delete("Contact", crm_id))
    s.servers.call(lambda: s.crm.desk_erase("Contact", erased))

    run = s.sync()

    assert run.code == 0
    assert _living(s) == 0
    assert s.sync().writes == []
    assert list(s.crm.store.rows("Lead")) == []


def test_somebody_erased_in_the_ma_stays_erased(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked()
    s.sync()
    s.wait(60)
    s.servers.call(lambda: s.ma.desk_erase("contacts", ma_id))
    s.edit_crm(crm_id, Phone="+3")

    first, second = s.sync(), s.sync()

    assert (first.writes, second.writes) == ([], [])
    assert _living(s) == 0
    assert s.contact(crm_id)["Phone"] == "+3"


def test_merges_on_either_side_leave_one_linked_person(sandbox: Any) -> None:
    s = sandbox
    crm_a, _ma_a = s.linked()
    crm_b, ma_b = s.linked()
    crm_c, ma_c = s.linked()
    _crm_d, ma_d = s.linked()
    s.sync()
    s.wait(60)
    s.consent_ma(ma_b, _all_mail(), grant=False)
    s.servers.call(lambda: s.crm.desk_merge("Contact", crm_a, [crm_b]))
    survivor = s.servers.call(lambda: s.ma.desk_merge("contacts", ma_c, ma_d)).id

    s.sync()
    run = s.sync()

    assert _living(s) == 2
    assert s.contact(crm_a)["HasOptedOutOfEmail"] is True, "the opt-out of the merged record was lost"
    assert run.writes == []
    s.edit_crm(crm_c, Phone="+4")
    s.sync()
    assert s.ma_contact(survivor)["phone"] == "+4"


def _all_mail() -> Any:
    from syncproof_mocks.consent import ConsentKey

    return ConsentKey("email", "*")


def test_a_converted_lead_lives_on_as_its_contact(sandbox: Any) -> None:
    s = sandbox
    lead_id = s.seed_crm("Lead", LastName="L", Company="C", Email="lead@example.com")
    s.sync()
    ma_id = s.by_email("lead@example.com")["id"]
    s.wait(60)
    contact_id = s.servers.call(lambda: s.crm.desk_convert(lead_id))
    s.edit_crm(contact_id, Contact_Kind__c="Customer", Last_Engaged__c=s.crm.clock.now().date().isoformat(), Phone="+5")

    run = s.sync()

    assert run.code == 0, run.report
    assert _living(s) == 1
    assert s.ma_contact(ma_id)["phone"] == "+5"
    assert len(list(s.crm.store.rows("Lead"))) == 1


def test_of_two_with_one_address_the_one_whom_the_record_is_about_is_linked(sandbox: Any) -> None:
    s = sandbox
    s.seed_crm("Contact", **s.person(Email="both@example.com", LastName="First", Title="one"))
    second = s.seed_crm("Contact", **s.person(Email="both@example.com", LastName="Second", Title="two"))
    ma_id = s.seed_ma("contacts", email="both@example.com", lastname="Second", jobtitle="two")

    run = s.sync()
    s.wait(60)
    s.edit_crm(second, Phone="7")
    s.sync()

    assert run.code == 0
    assert len(run.refused) == 1
    assert (s.ma_contact(ma_id)["lastname"], s.ma_contact(ma_id)["phone"]) == ("Second", "7")
    assert _living(s) == 1


def test_a_record_that_turns_up_in_the_ma_is_linked_to_the_namesake_it_is_about(sandbox: Any) -> None:
    s = sandbox
    s.sync()
    s.wait(60)
    s.seed_crm("Contact", **s.person(Email="both@example.com", LastName="First"))
    s.seed_crm("Contact", **s.person(Email="both@example.com", LastName="Second"))
    s.wait(3600)
    ma_id = s.seed_ma("contacts", days_ago=0, email="both@example.com", lastname="Second")

    s.sync()

    assert s.ma_contact(ma_id)["lastname"] == "Second"


def test_blanks_and_letter_case_around_a_company_number_do_not_matter(sandbox: Any) -> None:
    s = sandbox
    for number, spelled in (("DE811", "de811"), ("NL4", " NL4"), ("BE5", "BE5\u00a0"), ("PL6", "PL6\t")):
        s.seed_crm("Account", Name=number, Tax_Id__c=number)
        s.seed_ma("companies", name=number, tax_id=spelled)

    first, second = s.sync(), s.sync()

    assert (first.code, second.code, second.writes) == (0, 0, [])
    assert _living(s, "companies") == 4


def test_a_tag_behind_a_plus_makes_another_person(sandbox: Any) -> None:
    s = sandbox
    for address in ("anna@example.com", "anna+shop@example.com"):
        s.seed_crm("Contact", **s.person(Email=address))

    assert s.sync().code == 0
    assert _living(s) == 2


def test_a_second_run_leaves_everything_to_the_first(sandbox: Any) -> None:
    s = sandbox
    s.seed_ma("contacts", email="a@example.com")
    with alone(s.folder) as is_alone:
        run = s.sync()

    assert is_alone
    assert (run.code, run.requests, run.report["created"]) == (0, 0, 0)
    assert "another run" in run.stderr
    assert s.sync().report["created"] == 1, "the lock is given back"


def test_a_folder_that_cannot_be_locked_is_a_configuration_error(tmp_path: Any) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="not usable"), alone(tmp_path / "file" / "below"):
        pass
