"""Plain fields between live mocks: every rule of the default mapping in both directions."""

from __future__ import annotations

from typing import Any


def test_a_new_crm_contact_arrives_with_every_mapped_field(sandbox: Any) -> None:
    s = sandbox
    values = s.person(
        FirstName="Zoë", LastName="O'Neil & Söhne <b>", Phone="+48 (0)22 123", MobilePhone="+48600100200", Title="Řidič",
        MailingStreet="Długa 1\nm. 2", MailingCity="Łódź", MailingPostalCode="90-001", MailingCountry="Poland",
        Birthdate="1974-10-06", Segment__c="A - Key", Interests__c="product;events", Vip__c=True,
        Engagement_Score__c=7.5, National_Id__c="44051401458",
    )
    s.seed_crm("Contact", **values)

    run = s.sync()

    assert run.code == 0, run.report
    found = s.by_email(values["Email"])
    assert {n: found.get(n) for n in ("firstname", "lastname", "phone", "mobilephone", "jobtitle", "address", "city", "zip")} == {
        "firstname": "Zoë", "lastname": "O'Neil & Söhne <b>", "phone": "+48 (0)22 123", "mobilephone": "+48600100200",
        "jobtitle": "Řidič", "address": "Długa 1\nm. 2", "city": "Łódź", "zip": "90-001",
    }
    assert found["country"] == "Poland"
    assert found["birth_date"] == "1974-10-06"
    assert found["segment"] == "key"
    assert set(found["interests"].split(";")) == {"product", "events"}
    assert found["vip"] == "true"
    assert not found.get("engagement_score"), "the score travels from the MA only"
    assert not found.get("national_id"), "a sensitive field crossed"


def test_a_second_sync_without_edits_writes_nothing(sandbox: Any) -> None:
    s = sandbox
    s.linked({"Title": "CEO", "MobilePhone": "1"}, {"jobtitle": "Boss", "zip": "1"})
    s.seed_crm("Contact", **s.person(Vip__c=True, Newsletter_Consent__c="OptOut"))
    s.seed_ma("contacts", email="m@example.com", firstname="M")
    s.sync()

    second, third = s.sync(), s.sync()

    assert [e.path for e in second.writes] == []
    assert [e.path for e in third.writes] == []
    assert second.code == 0


# (field pair, edits, expected CRM, expected MA); both sides start with the same value.
MATRIX = [
    ("both crm: crm edit", "FirstName", "firstname", "A", None, "A", "A"),
    ("both crm: ma edit", "FirstName", "firstname", None, "B", "B", "B"),
    ("both crm: both edit", "FirstName", "firstname", "A", "B", "A", "A"),
    ("both ma: both edit", "MailingPostalCode", "zip", "A", "B", "B", "B"),
    ("crm_to_ma: crm edit", "Phone", "phone", "A", None, "A", "A"),
    ("crm_to_ma: a stray edit is put back", "Phone", "phone", None, "B", "start", "start"),
    ("crm_to_ma: a clear travels", "Phone", "phone", "", None, None, None),
    ("keep: a clear stays at home", "MailingStreet", "address", "", None, None, "start"),
    ("keep: a clear in the ma stays there", "MailingStreet", "address", None, "", "start", None),
    ("clear: a clear travels to the crm", "MailingPostalCode", "zip", None, "", None, None),
    ("crm_unless_blank: both edit", "MailingStreet", "address", "A", "B", "A", "A"),
    ("crm_unless_blank: crm cleared", "MailingStreet", "address", "", "B", "B", "B"),
    ("ma_unless_blank: both edit", "MailingCity", "city", "A", "B", "B", "B"),
    ("ma_unless_blank: ma cleared", "MailingCity", "city", "A", "", "A", "A"),
]


def test_an_edit_ends_where_the_mapping_says(sandbox: Any) -> None:
    s = sandbox
    people = [s.linked({row[1]: "start"}, {row[2]: "start"}) for row in MATRIX]
    s.sync()
    s.wait(60)
    for (crm_id, ma_id), (_, crm_field, ma_field, crm_edit, ma_edit, _, _) in zip(people, MATRIX, strict=True):
        if crm_edit is not None:
            s.edit_crm(crm_id, **{crm_field: crm_edit or None})
        if ma_edit is not None:
            s.edit_ma(ma_id, **{ma_field: ma_edit or None})

    run = s.sync()

    assert run.code == 0, run.report
    ended = {
        row[0]: (s.contact(crm_id).get(row[1]) or None, s.ma_contact(ma_id).get(row[2]) or None)
        for (crm_id, ma_id), row in zip(people, MATRIX, strict=True)
    }
    assert ended == {row[0]: (row[5], row[6]) for row in MATRIX}
    assert s.sync().writes == []


def test_the_latest_edit_wins_even_when_it_is_a_clear(sandbox: Any) -> None:
    s = sandbox
    cases = [(last, value) for last in ("crm", "ma") for value in ("new", None)]
    people = [s.linked({"Title": "start"}, {"jobtitle": "start"}) for _ in cases]
    s.sync()
    for turn in ("first", "second"):
        s.wait(60)
        for (last, value), (crm_id, ma_id) in zip(cases, people, strict=True):
            if (last == "crm") is (turn == "second"):
                s.edit_crm(crm_id, Title=value if turn == "second" else "loses")
            else:
                s.edit_ma(ma_id, jobtitle=value if turn == "second" else "loses")

    run = s.sync()

    for (last, value), (crm_id, ma_id) in zip(cases, people, strict=True):
        assert (s.contact(crm_id).get("Title") or None, s.ma_contact(ma_id).get("jobtitle") or None) == (value, value)
        told = {"record": f"contact/{crm_id}", "field": "Title", "crm": crm_id, "ma": ma_id, "winner": last}
        assert told in run.report["conflicts"]


def test_edits_of_different_fields_on_both_sides_all_arrive(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked({"Title": "t", "MobilePhone": "1"}, {"jobtitle": "t", "mobilephone": "1"})
    s.sync()
    s.wait(60)
    s.edit_crm(crm_id, Title="from crm")
    s.edit_ma(ma_id, mobilephone="from ma", vip="true", engagement_score="12")

    s.sync()

    assert s.contact(crm_id)["MobilePhone"] == "from ma"
    assert s.contact(crm_id)["Vip__c"] is True
    assert s.contact(crm_id)["Engagement_Score__c"] == 12
    assert s.ma_contact(ma_id)["jobtitle"] == "from crm"


def test_false_and_an_empty_set_are_values_too(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked({"Vip__c": True, "Interests__c": "events;pricing"}, {})
    s.sync()
    assert s.ma_contact(ma_id)["vip"] == "true"
    s.wait(60)
    s.edit_crm(crm_id, Vip__c=False, Interests__c=None)

    s.sync()

    assert s.ma_contact(ma_id)["vip"] == "false"
    assert not s.ma_contact(ma_id)["interests"]


def test_only_what_changed_is_sent(sandbox: Any) -> None:
    s = sandbox
    _crm_id, ma_id = s.linked({"Title": "t", "Phone": "1"}, {})
    s.sync()
    s.wait(60)
    s.edit_ma(ma_id, jobtitle="new")

    run = s.sync()

    assert len(run.writes) == 1
    assert b'"Title": "new"' in run.writes[0].request_body
    assert b"Email" not in run.writes[0].request_body


def test_at_first_contact_a_blank_never_overwrites_and_the_winner_decides(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked({"MailingPostalCode": "crm", "Title": None, "MailingCity": "Brno"}, {"zip": "ma", "jobtitle": "Boss"})

    s.sync()

    assert (s.contact(crm_id)["MailingPostalCode"], s.ma_contact(ma_id)["zip"]) == ("ma", "ma")
    assert s.contact(crm_id)["Title"] == "Boss"
    assert s.ma_contact(ma_id)["city"] == "Brno"


def test_a_field_that_only_the_ma_fills_is_not_emptied_by_a_new_ma_record(sandbox: Any) -> None:
    s = sandbox
    values = s.person(Engagement_Score__c=7.5)
    crm_id = s.seed_crm("Contact", **values)
    s.sync()
    s.wait(60)
    s.edit_crm(crm_id, Phone="1")

    s.sync()
    assert s.contact(crm_id)["Engagement_Score__c"] == 7.5
    s.wait(60)
    s.edit_ma(s.by_email(values["Email"])["id"], engagement_score="9")
    s.sync()

    assert s.contact(crm_id)["Engagement_Score__c"] == 9
