"""The correct connector and values that a system takes only in part, only forwards, or under another name."""

from __future__ import annotations

from typing import Any

from syncproof.reference.countries import country_code, country_name
from syncproof.reference.ma_stages import ignored, rounds


def test_a_stage_is_set_back_by_clearing_it_first(sandbox: Any) -> None:
    crm, ma = sandbox.linked({"Lifecycle_Stage__c": "Customer"}, {"lifecyclestage": "customer"})
    sandbox.sync()
    sandbox.wait(60)
    sandbox.edit_crm(crm, Lifecycle_Stage__c="Qualified")

    run = sandbox.sync()

    assert sandbox.ma_contact(ma)["lifecyclestage"] == "marketingqualifiedlead"
    assert (run.code, len(run.writes)) == (0, 3)  # what was ignored, the clear, the stage
    assert sandbox.sync().writes == []


def test_a_stage_that_goes_forward_takes_one_write(sandbox: Any) -> None:
    crm, ma = sandbox.linked({"Lifecycle_Stage__c": "Lead"}, {"lifecyclestage": "lead"})
    sandbox.sync()
    sandbox.wait(60)
    sandbox.edit_crm(crm, Lifecycle_Stage__c="Customer")

    assert len(sandbox.sync().writes) == 1
    assert sandbox.ma_contact(ma)["lifecyclestage"] == "customer"


def test_only_a_stage_that_was_sent_and_not_taken_counts_as_ignored() -> None:
    page = {"results": [{"id": 1, "properties": {"lifecyclestage": "customer"}}, {"id": 2, "properties": {"lifecyclestage": "lead"}}]}
    sent = [("1", {"lifecyclestage": "lead"}), ("2", {"lifecyclestage": "lead"}), ("3", {"lifecyclestage": "lead"}), ("1", {"city": "Ulm"})]

    assert ignored(sent, page) == [("1", "lead")]
    assert rounds([("1", "lead")]) == ([("1", {"lifecyclestage": ""})], [("1", {"lifecyclestage": "lead"})])


def test_a_new_lead_is_made_without_the_value_that_the_crm_refuses(sandbox: Any) -> None:
    sandbox.seed_ma("contacts", email="a@example.com", lastname="Ann", jobtitle="x" * 129)
    run = sandbox.sync()

    leads = list(sandbox.crm.store.rows("Lead"))
    assert [(lead.values["Email"], lead.values.get("Title")) for lead in leads] == [("a@example.com", None)]
    assert run.code == 1
    assert any("Title" in refused for refused in run.refused)


def test_a_new_contact_is_made_without_the_value_that_the_ma_refuses(sandbox: Any) -> None:
    values = sandbox.person(Preferred_Channel__c="Carrier pigeon", Title="Chief")
    sandbox.seed_crm("Contact", **values)

    run = sandbox.sync()

    made = sandbox.by_email(values["Email"])
    assert (made.get("jobtitle"), made.get("preferred_channel")) == ("Chief", None)
    assert run.code == 1


def test_countries_are_known_by_their_older_names_too() -> None:
    assert {country_code(name) for name in ("Türkiye", "Turkey", "TR")} == {"TR"}
    assert {country_code(name) for name in ("Macedonia", "North Macedonia", "MK")} == {"MK"}
    assert [country_name(code) for code in ("CZ", "TR", "MK", "SZ")] == ["Czechia", "Türkiye", "North Macedonia", "Eswatini"]


def test_several_words_and_commas_travel_by_the_table_of_values(sandbox: Any) -> None:
    values = sandbox.person(Content_Topics__c="Press;Trade fairs, congresses")
    crm = sandbox.seed_crm("Contact", **values)
    sandbox.sync()
    made = sandbox.by_email(values["Email"])

    assert set(made["content_topics"].split(";")) == {"press", "fairs"}

    sandbox.wait(60)
    sandbox.edit_ma(made["id"], content_topics="fairs;research")
    sandbox.sync()
    assert set(sandbox.contact(crm)["Content_Topics__c"].split(";")) == {"Trade fairs, congresses", "Research"}
