"""Field-level security of the integration user: hidden fields are not there, read-only ones cannot be written."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce


def _secure(org: Salesforce, field: str, access: str, kind: str = "Contact") -> None:
    form = org.declarations["field_security"]
    org.declare("field_security", form.model_validate({"kind": kind, "field": field, "access": access}))


def _described(http: httpx.Client) -> dict[str, dict[str, Any]]:
    return {f["name"]: f for f in http.get("sobjects/Contact/describe").json()["fields"]}


def test_a_hidden_field_is_not_there_for_the_api(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    _secure(org, "HasOptedOutOfEmail", "hidden")
    assert "HasOptedOutOfEmail" not in _described(http)
    assert "HasOptedOutOfEmail" not in http.get(f"sobjects/Contact/{contacts[0]}").json()
    [error] = http.get("query", params={"q": "SELECT Id, HasOptedOutOfEmail FROM Contact"}).json()
    # The text by which Mautic knows that it must do without the field.
    assert "No such column 'HasOptedOutOfEmail' on entity 'Contact'" in error["message"]
    for body in ({"HasOptedOutOfEmail": True}, {"hasoptedoutofemail": True}):
        [error] = http.patch(f"sobjects/Contact/{contacts[0]}", json=body).json()
        assert error == {
            "errorCode": "INVALID_FIELD", "message": f"No such column '{next(iter(body))}' on sobject of type Contact",
        }
    assert org.store.get("Contact", contacts[0]).values["HasOptedOutOfEmail"] is False


def test_people_and_checks_see_a_hidden_field_all_the_same(org: Salesforce, contacts: list[str]) -> None:
    _secure(org, "HasOptedOutOfEmail", "hidden")
    row = org.desk_edit("Contact", contacts[0], {"HasOptedOutOfEmail": True})
    assert row.values["HasOptedOutOfEmail"] is True
    assert org.consents(row)[0].state.refuses


def test_a_read_only_field_is_shown_and_not_written(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    _secure(org, "DoNotCall", "read_only")
    shown = _described(http)["DoNotCall"]
    assert (shown["createable"], shown["updateable"]) == (False, False)
    assert http.get(f"sobjects/Contact/{contacts[0]}").json()["DoNotCall"] is False
    for answer in (
        http.patch(f"sobjects/Contact/{contacts[0]}", json={"DoNotCall": True, "Title": "x"}),
        http.post("sobjects/Contact", json={"LastName": "L", "DoNotCall": True}),
    ):
        [error] = answer.json()
        assert (error["errorCode"], error["fields"]) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["DoNotCall"])
    assert org.store.get("Contact", contacts[0]).values["Title"] is None
    assert org.desk_edit("Contact", contacts[0], {"DoNotCall": True}).values["DoNotCall"] is True


def test_a_field_may_be_opened_again(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    _secure(org, "DoNotCall", "hidden")
    _secure(org, "DoNotCall", "read_only")
    assert "DoNotCall" in _described(http)
    _secure(org, "DoNotCall", "editable")
    assert http.patch(f"sobjects/Contact/{contacts[0]}", json={"DoNotCall": True}).status_code == 204


def test_a_changed_security_is_a_changed_description(http: httpx.Client, org: Salesforce) -> None:
    org.clock.move(3600)
    since = http.get("sobjects/Contact/describe").headers["Last-Modified"]
    assert http.get("sobjects/Contact/describe", headers={"If-Modified-Since": since}).status_code == 304
    org.clock.move(3600)
    _secure(org, "DoNotCall", "hidden")
    assert http.get("sobjects/Contact/describe", headers={"If-Modified-Since": since}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "field", "text"),
    [
        ("Contact", "LastName", "Contact.LastName is required by the vendor and cannot be hidden for anybody"),
        ("Contact", "Nope", "Contact has no field Nope; known: Id"), ("Nope", "Id", "there is no object Nope"),
    ],
)
def test_what_cannot_be_hidden_is_refused(org: Salesforce, kind: str, field: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        _secure(org, field, "hidden", kind)


def test_limits_and_edition_are_those_of_the_declaration(http: httpx.Client, org: Salesforce) -> None:
    form = org.declarations["limits"]
    org.declare("limits", form.model_validate({"edition": "Developer Edition", "sandbox": True}))
    [found] = http.get("query", params={"q": "SELECT OrganizationType, IsSandbox FROM Organization"}).json()["records"]
    assert (found["OrganizationType"], found["IsSandbox"]) == ("Developer Edition", True)
    assert http.get("limits").json()["DailyApiRequests"]["Max"] == 15_000
    org.declare("limits", form.model_validate({"api_limit": org.calls_used + 1}))
    assert http.get("limits").status_code == 200
    assert http.get("limits").json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
