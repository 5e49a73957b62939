"""State and country picklists: what an org that has them takes, by label or code, and in which words it refuses."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

COUNTRIES = [("PL", "Poland"), ("BR", "Brazil"), ("US", "United States")]
STATES = [("SP", "São Paulo", 1), ("NY", "New York", 2)]


def _field(name: str, kind: str, values: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "name": name, "label": "Mailing State/Province" if "State" in name else "Mailing Country", "type": kind, "length": 80,
        "nillable": True, "createable": True, "updateable": True, "compoundFieldName": "MailingAddress",
        "picklistValues": values or [], "restrictedPicklist": values is not None,
    }


@pytest.fixture(autouse=True)
def lists(org: Salesforce) -> None:
    countries = [{"value": c, "label": n, "active": c != "US", "defaultValue": False, "validFor": None} for c, n in COUNTRIES]
    states = [
        {"value": c, "label": n, "active": True, "defaultValue": False,
         "validFor": base64.b64encode(bytes([0x80 >> at])).decode()} for c, n, at in STATES
    ]
    org.take_metadata({"name": "Contact", "fields": [
        _field("MailingState", "string"), _field("MailingStateCode", "picklist", states),
        _field("MailingCountry", "string"), _field("MailingCountryCode", "picklist", countries),
    ]})


def _saved(http: httpx.Client, **values: Any) -> tuple[Any, ...]:
    answer = http.post("sobjects/Contact", json={"LastName": "L", **values})
    assert answer.status_code == 201, answer.text
    shown = http.get(f"sobjects/Contact/{answer.json()['id']}").json()
    return tuple(shown[f"Mailing{n}"] for n in ("Country", "CountryCode", "State", "StateCode"))


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"MailingCountry": "poland"}, ("Poland", "PL", None, None)), ({"MailingCountryCode": "BR"}, ("Brazil", "BR", None, None)),
        ({"MailingCountry": "BR", "MailingState": "são paulo"}, ("Brazil", "BR", "São Paulo", "SP")),
        ({"MailingCountry": None, "MailingState": ""}, (None,) * 4), ({"MailingCity": "Brno"}, (None,) * 4),
    ],
)
def test_text_and_code_are_two_faces_of_one_value(http: httpx.Client, values: dict[str, Any], kept: tuple[Any, ...]) -> None:
    assert _saved(http, **values) == kept


@pytest.mark.parametrize(
    ("values", "text", "field"),
    [
        ({"MailingCountry": "Polska"}, "There's a problem with this country", "MailingCountry"),
        ({"MailingCountry": "United States"}, "There's a problem with this country", "MailingCountry"),
        ({"MailingCountry": "Brazil", "MailingState": "Narnia"}, "select a state from the list of valid states.: Mailing State/Province",
         "MailingState"),
        ({"MailingCountry": "Poland", "MailingState": "São Paulo"}, "There's a problem with this state", "MailingState"),
        ({"MailingState": "São Paulo"}, "A country must be specified before specifying a state value", "MailingState"),
    ],
)
def test_what_is_on_no_list_is_refused(
    http: httpx.Client, org: Salesforce, values: dict[str, Any], text: str, field: str
) -> None:
    [error] = http.post("sobjects/Contact", json={"LastName": "L", **values}).json()
    assert (error["errorCode"], error["fields"]) == ("FIELD_INTEGRITY_EXCEPTION", [field])
    assert text in error["message"]
    assert "salesforce.state_country_picklists" in list(org.journal.exchanges())[-1].assumed


def test_an_edit_moves_both_faces_and_clears_both(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    path = f"sobjects/Contact/{contacts[0]}"
    assert http.patch(path, json={"MailingCountry": "Brazil", "MailingStateCode": "SP"}).status_code == 204
    assert http.patch(path, json={"MailingCountryCode": "PL"}).json()[0]["fields"] == ["MailingState"]
    assert http.patch(path, json={"MailingCountryCode": "PL", "MailingState": None}).status_code == 204
    values = org.store.get("Contact", contacts[0]).values
    assert (values["MailingCountry"], values["MailingState"], values["MailingStateCode"]) == ("Poland", None, None)
    assert http.patch(path, json={"MailingCountry": "", "Title": "x"}).status_code == 204
    assert org.store.get("Contact", contacts[0]).values["MailingCountryCode"] is None


def test_the_description_tells_which_states_lie_where(http: httpx.Client) -> None:
    fields = {f["name"]: f for f in http.get("sobjects/Contact/describe").json()["fields"]}
    assert [v["validFor"] for v in fields["MailingStateCode"]["picklistValues"]] == ["QA==", "IA=="]
