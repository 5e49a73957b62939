"""jsforce, unmodified and in Node, through the acceptance probes of research `salesforce.md` section 5 that are its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from syncproof_mocks.crm.salesforce import Salesforce

Jsforce = Callable[..., dict[str, Any]]
CONTACTS = "/data/ContactChangeEvent"


def _declare(org: Salesforce, what: str, **entry: Any) -> None:
    org.declare(what, org.declarations[what].model_validate(entry))


def _app(org: Salesforce) -> dict[str, str]:
    c = org.credentials()
    return {"clientId": c["client_id"], "clientSecret": c["client_secret"]}


def test_soap_login_opens_a_session_that_works(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 1."""
    c = org.credentials()
    done = jsforce("soapLogin", username=c["username"], password=c["password"])["value"]

    assert done["totalSize"] == 5
    assert done["instanceUrl"] == org.base_url
    assert (done["about"]["id"], done["about"]["organizationId"]) == (org.user_id, org.org_id)


@pytest.mark.parametrize(("version", "password", "said"), [
    ("59.0", "wrong", "INVALID_LOGIN"), ("65.0", None, "login() is not available"),
])
def test_a_refused_soap_login_is_told_in_the_vendors_words(
    jsforce: Jsforce, org: Salesforce, version: str, password: str | None, said: str
) -> None:
    """Probe 1."""
    c = org.credentials()
    error = jsforce("soapLogin", username=c["username"], password=password or c["password"], version=version)["error"]

    assert said in f"{error['code']} {error['message']}"


def test_an_expired_password_stops_jsforce_itself(jsforce: Jsforce, org: Salesforce) -> None:
    c = org.credentials()
    org.switch("password_expired", True)
    error = jsforce("soapLogin", username=c["username"], password=c["password"])["error"]

    assert "password has expired" in error["message"]


@pytest.mark.parametrize("grant", ["password", "client_credentials", "refresh_token"])
def test_every_oauth_grant_of_jsforce_works_and_leads_to_an_identity(jsforce: Jsforce, org: Salesforce, grant: str) -> None:
    """Probe 2."""
    c = org.credentials()
    fields = {
        "password": {"username": c["username"], "password": c["password"]}, "client_credentials": {},
        "refresh_token": {"refresh_token": c["refresh_token"]},
    }
    done = jsforce("oauthLogin", **_app(org), params={"grant_type": grant, **fields[grant]})["value"]

    assert done["totalSize"] == 5
    assert (done["identity"]["user_id"], done["identity"]["organization_id"]) == (org.user_id, org.org_id)


def test_a_bad_secret_is_an_invalid_client(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 2."""
    app = {**_app(org), "clientSecret": "no"}
    error = jsforce("oauthLogin", **app, params={"grant_type": "client_credentials"})["error"]

    assert (error["name"], error["message"]) == ("invalid_client", "invalid client credentials")


def test_the_web_server_flow_with_pkce_ends_in_a_refresh_token(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 2."""
    done = jsforce("webServerFlow", **_app(org), redirectUri="http://127.0.0.1:1/back")["value"]

    assert (done["state"], done["totalSize"]) == ("here", 5)
    assert done["refreshToken"] in org.refresh_tokens


def test_an_expired_session_is_refreshed_exactly_once(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 3."""
    c = org.credentials()
    org.expire_sessions()
    start = len(org.journal)
    done = jsforce("refreshesOnce", token=c["token"], refreshToken=c["refresh_token"], **_app(org))["value"]

    assert done == {"refreshed": 1, "totalSize": 5}
    assert [(e.operation, e.status) for e in org.journal.exchanges(start)] == [
        ("query.query", 401), ("auth.token", 200), ("query.query", 200),
    ]


def test_soap_tells_an_expired_session_in_the_words_that_jsforce_looks_for(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 3, finding 13."""
    token = org.credentials()["token"]
    assert jsforce("expiredOverSoap", token=token)["value"]["userId"] == org.user_id
    org.expire_sessions()
    error = jsforce("expiredOverSoap", token=token)["error"]

    assert (error["code"], "Invalid Session ID" in error["message"]) == ("sf:INVALID_SESSION_ID", True)


@pytest.mark.parametrize("way", ["oauth", "soap"])
def test_logging_out_ends_the_session(jsforce: Jsforce, org: Salesforce, way: str) -> None:
    c = org.credentials()
    person = {"username": c["username"], "password": c["password"]} if way == "soap" else {}
    done = jsforce("logsOut", **person)["value"]

    assert done["left"] is None
    assert done["ended"].startswith("00D")
    assert done["ended"] not in org.sessions


def test_an_upsert_tells_created_from_updated(jsforce: Jsforce) -> None:
    """Probe 7."""
    made, again = jsforce("upserts")["value"]

    assert (made["created"], again["created"]) == (True, False)
    assert made["id"] == again["id"]


def test_two_matches_of_an_external_id_are_multiple_choices(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 8."""
    for name in "AB":
        org.desk_create("Contact", {"LastName": name, "Ext__c": "d"})
    error = jsforce("upsertTwice", value="d")["error"]

    assert error["name"] == "MULTIPLE_CHOICES"
    assert len(error["content"]) == 2
    assert all("/sobjects/Contact/003" in url for url in error["content"])


def test_a_record_is_deleted_once_and_comes_back_over_soap(jsforce: Jsforce, org: Salesforce, contacts: list[str]) -> None:
    """Probe 10."""
    found = jsforce("deletesTwice", id=contacts[0])["value"]
    before = org.store.get("Contact", contacts[0], deleted=True)
    org.clock.move(5)
    [back] = jsforce("undeletes", id=contacts[0])["value"]
    after = org.store.get("Contact", contacts[0])

    assert (found["first"]["success"], found["code"]) == (True, "ENTITY_IS_DELETED")
    assert (back["id"], back["success"]) == (contacts[0], True)
    assert before is not None
    assert after is not None
    assert after.values["SystemModstamp"] > before.values["SystemModstamp"]


def test_pages_are_followed_to_the_end(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 11."""
    org.switch("page_size", 2)
    done = jsforce("selects", soql="SELECT Id FROM Contact")["value"]

    assert done["first"] == {"done": False, "totalSize": 5, "rows": 2}
    assert len({r["Id"] for r in done["records"]}) == 5


def test_counting_and_finding(jsforce: Jsforce) -> None:
    """Probe 14."""
    assert jsforce("counts")["value"] == {"count": 5, "found": 2}


@pytest.mark.parametrize(("all_or_none", "code", "kept"), [(False, None, 6), (True, "ALL_OR_NONE_OPERATION_ROLLED_BACK", 5)])
def test_a_collection_with_a_bad_record(
    jsforce: Jsforce, org: Salesforce, all_or_none: bool, code: str | None, kept: int
) -> None:
    """Probe 15."""
    good, bad = jsforce("createsMany", records=[{"LastName": "A"}, {"FirstName": "x"}], allOrNone=all_or_none)["value"]

    assert good["success"] is not all_or_none
    assert [e["statusCode"] for e in good["errors"]] == ([code] if code else [])
    assert [e["statusCode"] for e in bad["errors"]] == ["REQUIRED_FIELD_MISSING"]
    assert len(list(org.store.rows("Contact"))) == kept


def test_retrieving_several_leaves_a_null_for_the_one_that_is_not_there(jsforce: Jsforce, contacts: list[str]) -> None:
    """Probe 15."""
    found = jsforce("retrieves", ids=[contacts[0], "003000000000999AAA"])["value"]

    assert [r and r["Id"] for r in found] == [contacts[0], None]


def test_a_bulk_load_tells_good_rows_from_bad(jsforce: Jsforce) -> None:
    """Probe 17."""
    done = jsforce("bulkLoads", records=[{"FirstName": "", "LastName": "Ok"}, {"FirstName": "x", "LastName": ""}])["value"]

    assert len(done["successfulResults"]) == 1
    [failed] = done["failedResults"]
    assert failed["sf__Error"].startswith("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --")


def test_a_bulk_query_comes_to_an_end(jsforce: Jsforce) -> None:
    """Probe 18, finding 1: the last page says `Sforce-Locator: null`."""
    rows = jsforce("bulkSelects", soql="SELECT Id, Email FROM Contact")["value"]

    assert sorted(r["Email"] for r in rows) == [f"c{n}@example.com" for n in range(5)]


@pytest.mark.parametrize(("action", "saved"), [("alert", True), ("block", False)])
def test_a_duplicate_rule_lets_those_insist_whom_it_lets(jsforce: Jsforce, org: Salesforce, action: str, saved: bool) -> None:
    """Probe 19."""
    _declare(org, "duplicate_rules", kind="Contact", name="Standard_Contact_Duplicate_Rule", action=action)
    values = {"LastName": "N", "Email": "c0@example.com"}
    held_up = jsforce("createsContact", values=values)["error"]
    insisted = jsforce("createsContact", values=values, headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"})

    assert held_up["code"] == "DUPLICATES_DETECTED"
    assert ("value" in insisted) is saved


def test_a_converted_lead_is_a_contact_and_read_only(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 20."""
    lead = org.desk_create("Lead", {"LastName": "Doe", "Company": "Acme"})
    campaign = org.desk_create("Campaign", {"Name": "Spring"})
    member = org.desk_create("CampaignMember", {"CampaignId": campaign.id, "LeadId": lead.id})
    open_leads = "SELECT Id FROM Lead WHERE ConvertedContactId = NULL"
    assert len(jsforce("selects", soql=open_leads)["value"]["records"]) == 1
    done = jsforce("converts", id=lead.id)["value"]
    moved = org.store.get("CampaignMember", member.id)

    assert done["success"] is True
    assert re.fullmatch(r"001\w{15}", done["accountId"])
    assert moved is not None
    assert moved.values["ContactId"] == done["contactId"]
    assert jsforce("selects", soql=open_leads)["value"]["records"] == []
    assert jsforce("changesLead", id=lead.id)["error"]["code"] == "CANNOT_UPDATE_CONVERTED_LEAD"


def test_an_assignment_rule_gives_a_lead_to_its_queue_unless_the_header_says_no(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 21."""
    _declare(org, "queues", name="Web leads", developer_name="Web_Leads", email="q@example.com")
    _declare(org, "assignment_rules", name="Standard", entries=[{"assign_to": "Web_Leads"}])
    values = {"LastName": "L", "Company": "C"}

    assert jsforce("createsLead", values=values)["value"]["OwnerId"].startswith("00G")
    assert jsforce("createsLead", values=values, headers={"Sforce-Auto-Assign": "FALSE"})["value"]["OwnerId"] == org.user_id


def test_change_events_come_in_order_and_name_the_client_that_wrote(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 22."""
    org.desk_create("Contact", {"LastName": "Earlier"})
    done = jsforce("listens", channel=CONTACTS, replayId=-2, wanted=3, client="acme", write={
        "create": {"LastName": "New", "Email": "n@x.io"}, "update": {"Email": "m@x.io"},
    })["value"]
    heads = [e["payload"]["ChangeEventHeader"] for e in done["events"]]

    assert done["refused"] is None
    assert [h["changeType"] for h in heads] == ["CREATE", "CREATE", "UPDATE"]
    assert [h["changeOrigin"] for h in heads[1:]] == ["com/salesforce/api/rest/59.0;client=acme"] * 2
    assert "client=acme" not in heads[0]["changeOrigin"]
    assert done["events"][2]["payload"]["Email"] == "m@x.io"
    replays = [e["event"]["replayId"] for e in done["events"]]
    assert replays == sorted(set(replays))


def test_an_expired_token_reaches_the_auth_failure_callback(jsforce: Jsforce, org: Salesforce) -> None:
    """Probe 22."""
    token = org.credentials()["token"]
    org.expire_sessions()
    refused = jsforce("listens", token=token, channel=CONTACTS, replayId=-1, wanted=1)["value"]["refused"]

    assert (refused["channel"], refused["error"]) == ("/meta/handshake", "403::Handshake denied")
    assert refused["ext"]["sfdc"]["failureReason"] == "401::Authentication invalid"


@pytest.mark.parametrize(("channel", "replay", "said"), [
    ("/data/OpportunityChangeEvent", -1, "does not exist {/data/OpportunityChangeEvent}"), (CONTACTS, 7, "The replayId {7}"),
])
def test_a_refused_subscription_is_told_to_jsforce(jsforce: Jsforce, channel: str, replay: int, said: str) -> None:
    refused = jsforce("listens", channel=channel, replayId=replay, wanted=1)["value"]["refused"]

    assert said in refused["subscribe"]
