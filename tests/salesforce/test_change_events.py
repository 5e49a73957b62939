"""What change events say: derived from the journal, for whoever asks, from wherever it asks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce, recycle_bin
from syncproof_mocks.crm.salesforce.streaming.channels import channel_of
from syncproof_mocks.schema import FieldInfo, FieldType
from tests.salesforce.test_streaming import CONTACTS, Comet

Event = dict[str, Any]
ALL = "/data/ChangeEvents"


@pytest.fixture
def comet(plain: httpx.Client, org: Salesforce) -> Comet:
    return Comet(plain, org)


def events(comet: Comet, channel: str = ALL, replay: object = -2) -> list[Event]:
    """Return the events of a channel from a replay id on, as a new client gets them."""
    comet.begin(channel, replay)
    return [a["data"] for a in comet.connect(advice={"timeout": 0}) if "data" in a]


def header(event: Event) -> Event:
    return dict(event["payload"]["ChangeEventHeader"])


def told(found: list[Event]) -> list[tuple[str, str]]:
    return [(header(e)["entityName"], header(e)["changeType"]) for e in found]


def body(event: Event) -> Event:
    return {k: v for k, v in event["payload"].items() if k != "ChangeEventHeader"}


def test_what_was_always_there_is_no_event(comet: Comet, org: Salesforce) -> None:
    org.add_field("Contact", FieldInfo("Vip__c", "Vip", FieldType.BOOLEAN, "boolean", custom=True))
    assert events(comet) == []


def test_a_creation_tells_what_is_filled_with_compound_fields_nested(comet: Comet, org: Salesforce) -> None:
    row = org.desk_create("Contact", {"FirstName": "Jo", "LastName": "Doe", "MailingCity": "Brno", "Birthdate": "1990-01-31"})
    (event,) = events(comet, CONTACTS)
    stamp = row.values["CreatedDate"].replace("+0000", "Z")

    assert body(event) == {
        "Name": {"FirstName": "Jo", "LastName": "Doe"}, "MailingAddress": {"City": "Brno"}, "Birthdate": "1990-01-31",
        "OwnerId": org.human_id, "HasOptedOutOfEmail": False, "HasOptedOutOfFax": False, "DoNotCall": False,
        "CreatedDate": stamp, "CreatedById": org.human_id, "LastModifiedDate": stamp, "LastModifiedById": org.human_id,
    }
    assert {k: header(event)[k] for k in ("entityName", "recordIds", "changeType", "changedFields", "sequenceNumber")} == {
        "entityName": "Contact", "recordIds": [row.id], "changeType": "CREATE", "changedFields": [], "sequenceNumber": 1,
    }
    assert "nulledFields" not in header(event)


def test_an_update_tells_what_changed_and_blanks_as_null(comet: Comet, org: Salesforce, contacts: list[str]) -> None:
    org.desk_edit("Contact", contacts[0], {"FirstName": None, "MailingStreet": "1 rue X", "Email": "New@X.io"})
    (event,) = events(comet, CONTACTS)
    shown = body(event)
    stamp = shown.pop("LastModifiedDate")

    assert set(header(event)["changedFields"]) == {
        "Name.FirstName", "MailingAddress.Street", "Email", "LastModifiedDate", "LastModifiedById",
    }
    assert shown == {
        "Name": {"FirstName": None}, "MailingAddress": {"Street": "1 rue X"}, "Email": "new@x.io",
        "LastModifiedById": org.human_id,
    }
    assert stamp.endswith(".000Z")
    assert header(event)["commitTimestamp"] % 1000 == 0


def test_deleting_and_bringing_back_are_told_and_emptying_the_bin_is_not(
    comet: Comet, org: Salesforce, contacts: list[str]
) -> None:
    kind = org.kinds["Contact"]
    org.desk_delete("Contact", contacts[0])
    deleted = org.store.get("Contact", contacts[0], deleted=True)
    assert deleted is not None
    recycle_bin.undelete(org, kind, deleted)
    found = events(comet, CONTACTS)
    # Called from no request and no screen: the harness itself is no subject of events.
    assert told(found) == [("Contact", "DELETE")]
    assert body(found[0]) == {}

    org.desk_delete("Contact", contacts[0])
    org.desk_erase("Contact", contacts[0])
    assert told(events(comet, CONTACTS)) == [("Contact", "DELETE")] * 2


def test_undelete_over_soap_tells_the_whole_record(comet: Comet, org: Salesforce, http: httpx.Client, contacts: list[str]) -> None:
    http.delete(f"sobjects/Contact/{contacts[0]}")
    soap(http, org, f"<undelete><ids>{contacts[0]}</ids></undelete>")
    deleted, undeleted = events(comet, CONTACTS)

    assert header(undeleted)["changeType"] == "UNDELETE"
    assert body(undeleted)["Name"] == {"FirstName": "First0", "LastName": "Last0"}
    assert header(deleted)["commitUser"] == org.user_id


def soap(http: httpx.Client, org: Salesforce, call: str, client: str = "acme-soap") -> httpx.Response:
    token = org.credentials()["token"]
    return http.post(f"{org.base_url}/services/Soap/u/59.0", content=(
        f"<e:Envelope xmlns:e='x'><e:Header><SessionHeader><sessionId>{token}</sessionId></SessionHeader>"
        f"<CallOptions><client>{client}</client></CallOptions></e:Header><e:Body>{call}</e:Body></e:Envelope>"
    ))


def test_the_origin_is_the_api_and_the_client_that_wrote(comet: Comet, org: Salesforce, http: httpx.Client, contacts: list[str]) -> None:
    address = f"sobjects/Contact/{contacts[0]}"
    http.patch(address, json={"Title": "a"})
    http.patch(address, json={"Title": "b"}, headers={"Sforce-Call-Options": "client=acme, defaultNamespace=x"})
    org.desk_edit("Contact", contacts[0], {"Title": "c"})
    http.delete(address)
    soap(http, org, f"<undelete><ids>{contacts[0]}</ids></undelete>")

    assert [header(e)["changeOrigin"] for e in events(comet, CONTACTS)] == [
        "com/salesforce/api/rest/59.0", "com/salesforce/api/rest/59.0;client=acme",
        "com/salesforce/api/soap/67.0;client=SfdcInternalAPI/", "com/salesforce/api/rest/59.0",
        "com/salesforce/api/soap/59.0;client=acme-soap",
    ]


def test_a_request_is_one_transaction_numbered_from_one(comet: Comet, org: Salesforce, http: httpx.Client) -> None:
    records = [{"attributes": {"type": "Contact"}, "LastName": n} for n in "ABC"]
    http.post("composite/sobjects", json={"records": records})
    http.post("sobjects/Contact", json={"LastName": "D"})
    first, second, third, other = (header(e) for e in events(comet))

    assert first["transactionKey"] == second["transactionKey"] == third["transactionKey"] != other["transactionKey"]
    assert [h["sequenceNumber"] for h in (first, second, third, other)] == [1, 2, 3, 1]
    assert first["commitNumber"] == third["commitNumber"] < other["commitNumber"]


def test_equal_changes_may_be_merged_into_one_event(comet: Comet, org: Salesforce, http: httpx.Client, contacts: list[str]) -> None:
    org.switch("merged_change_events", True)
    http.patch("composite/sobjects", json={
        "records": [{"attributes": {"type": "Contact"}, "id": i, "Title": "Same" if n < 3 else "Other"} for n, i in enumerate(contacts)]
    })
    same, other = events(comet, CONTACTS)

    assert (header(same)["recordIds"], header(other)["recordIds"]) == (contacts[:3], contacts[3:])
    assert list(org.journal.exchanges())[-1].served == [("Contact", i, 2) for i in contacts]


def test_what_a_refused_transaction_wrote_is_never_told(comet: Comet, org: Salesforce, http: httpx.Client) -> None:
    comet.begin(CONTACTS)
    records = [{"attributes": {"type": "Contact"}, "LastName": "A"}, {"attributes": {"type": "Contact"}}]
    http.post("composite/sobjects", json={"records": records, "allOrNone": True})
    http.post("sobjects/Contact", json={"LastName": "Kept"})

    answers = comet.connect(advice={"timeout": 0})
    assert [body(a["data"])["Name"]["LastName"] for a in answers if "data" in a] == ["Kept"]


def test_two_parts_of_a_composite_are_two_events(comet: Comet, org: Salesforce, http: httpx.Client, contacts: list[str]) -> None:
    url = f"/services/data/v59.0/sobjects/Contact/{contacts[0]}"
    http.post("composite", json={"compositeRequest": [
        {"method": "PATCH", "url": url, "referenceId": "a", "body": {"Title": "one"}},
        {"method": "PATCH", "url": url, "referenceId": "b", "body": {"Title": "two"}},
        {"method": "DELETE", "url": url, "referenceId": "c"},
    ]})
    found = events(comet, CONTACTS)

    assert [header(e)["changeType"] for e in found] == ["UPDATE", "UPDATE", "DELETE"]
    assert [body(e).get("Title") for e in found] == ["one", "two", None]


def test_merging_over_soap_tells_the_losers_and_one_update_of_the_winner(
    comet: Comet, org: Salesforce, http: httpx.Client, contacts: list[str]
) -> None:
    winner, loser, *_ = contacts
    soap(http, org, (
        f"<merge><mergeRequests><masterRecord><type>Contact</type><Id>{winner}</Id><Title>Both</Title></masterRecord>"
        f"<recordToMergeIds>{loser}</recordToMergeIds></mergeRequests></merge>"
    ))
    gone, kept = events(comet, CONTACTS)

    assert (header(gone)["changeType"], header(gone)["recordIds"]) == ("DELETE", [loser])
    assert (header(kept)["changeType"], header(kept)["recordIds"], body(kept)["Title"]) == ("UPDATE", [winner], "Both")


def test_converting_a_lead_tells_account_contact_and_lead_in_order(comet: Comet, org: Salesforce) -> None:
    lead = org.desk_create("Lead", {"LastName": "Doe", "Company": "Acme"})
    replay = events(comet)[0]["event"]["replayId"]
    contact = org.desk_convert(lead.id)
    found = events(comet, ALL, replay)

    assert told(found) == [("Account", "CREATE"), ("Contact", "CREATE"), ("Lead", "UPDATE")]
    assert {"IsConverted": True, "ConvertedContactId": contact}.items() <= body(found[2]).items()


def test_what_goes_with_an_account_is_told_too(comet: Comet, org: Salesforce, contacts: list[str]) -> None:
    org.desk_delete("Account", next(org.store.rows("Account")).id)
    found = events(comet)

    assert sorted(told(found)) == [("Account", "DELETE"), *[("Contact", "DELETE")] * len(contacts)]


def test_a_hidden_field_is_not_told(comet: Comet, org: Salesforce, contacts: list[str]) -> None:
    org.hide_field("Contact", "Title")
    org.desk_edit("Contact", contacts[0], {"Title": "Secret"})
    (event,) = events(comet, CONTACTS)

    assert "Title" not in event["payload"]
    assert set(header(event)["changedFields"]) == {"LastModifiedDate", "LastModifiedById"}


def test_replay_ids_go_on_where_a_client_left_off(comet: Comet, org: Salesforce, http: httpx.Client) -> None:
    records = [{"attributes": {"type": "Contact"}, "LastName": n} for n in "ABC"]
    http.post("composite/sobjects", json={"records": records})
    http.post("sobjects/Contact", json={"LastName": "D"})
    found = events(comet, CONTACTS)
    ids = [e["event"]["replayId"] for e in found]

    assert ids == sorted(ids)
    for n, replay in enumerate(ids):
        assert events(comet, CONTACTS, replay) == found[n + 1:]
    assert events(comet, CONTACTS, str(ids[1])) == found[2:]
    assert events(comet, CONTACTS, -1) == []


@pytest.mark.parametrize("replay", [0, -3, 1, 10**9, "x", None, True, 2.5e300, [1]])
def test_a_replay_id_of_no_event_is_refused(comet: Comet, org: Salesforce, replay: object) -> None:
    org.desk_create("Contact", {"LastName": "New"})
    comet.handshake()
    answer = comet.subscribe(CONTACTS, replay)

    assert answer["error"].startswith("400::The replayId {")
    assert answer["error"].endswith("-2 to replay all events, or -1 to replay only new events.")


def test_events_are_kept_for_three_days(comet: Comet, org: Salesforce) -> None:
    org.desk_create("Contact", {"LastName": "Old"})
    (old,) = events(comet, CONTACTS)
    org.clock.move(3 * 86_400 - 60)
    assert events(comet, CONTACTS) == [old]
    org.clock.move(120)
    org.desk_create("Contact", {"LastName": "New"})

    assert [body(e)["Name"]["LastName"] for e in events(comet, CONTACTS)] == ["New"]
    comet.handshake()
    assert "you provided was invalid" in comet.subscribe(CONTACTS, old["event"]["replayId"])["error"]


def test_a_journal_that_was_cut_back_leaves_listeners_alive(comet: Comet, org: Salesforce) -> None:
    length, kept = len(org.journal), org.store.snapshot()
    comet.begin(CONTACTS)
    org.desk_create("Contact", {"LastName": "Undone"})
    org.store.restore(kept)
    del org.journal.entries[length:]

    assert [a for a in comet.connect(advice={"timeout": 0}) if "data" in a] == []
    org.desk_create("Contact", {"LastName": "Kept"})
    (event, _) = comet.connect(advice={"timeout": 0})
    assert body(event["data"])["Name"]["LastName"] == "Kept"


def test_objects_are_selected_by_a_switch(comet: Comet, org: Salesforce) -> None:
    org.switch("change_data_capture", ["Campaign", "Nope", "ContactHistory"])
    row = org.desk_create("Contact", {"LastName": "Silent"})
    org.desk_create("Campaign", {"Name": "Told"})
    org.desk_edit("Contact", row.id, {"Title": "x"})
    assert told(events(comet)) == [("Campaign", "CREATE")]

    org.switch("change_data_capture", "*")
    assert ("CampaignMemberStatus", "CREATE") in told(events(comet))
    assert not [name for name, _ in told(events(comet)) if name.endswith("History")]


def test_channels_are_named_after_their_objects() -> None:
    assert [channel_of(n) for n in ("Lead", "Employee__c")] == ["/data/LeadChangeEvent", "/data/Employee__ChangeEvent"]
