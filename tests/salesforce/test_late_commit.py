"""Late commits: queries see what was saved only after the delay; reading by id does at once."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce


@pytest.fixture(autouse=True)
def delayed(org: Salesforce) -> None:
    org.clock.freeze()
    org.clock.move(60)
    org.switch("commit_delay_ms", 5_000)


def _found(http: httpx.Client, text: str, path: str = "query") -> list[dict[str, Any]]:
    answer = http.get(path, params={"q": text})
    assert answer.status_code == 200, answer.text
    return [{k: v for k, v in r.items() if k != "attributes"} for r in answer.json()["records"]]


def test_a_new_record_is_found_when_the_delay_has_passed(http: httpx.Client, org: Salesforce) -> None:
    made = http.post("sobjects/Contact", json={"LastName": "Late", "Email": "late@example.com"}).json()["id"]
    assert http.get(f"sobjects/Contact/{made}").status_code == 200
    texts = ("SELECT Id FROM Contact WHERE Email = 'late@example.com'", f"SELECT Id FROM Contact WHERE Id = '{made}'",
             "SELECT Id FROM Contact WHERE LastName LIKE 'Late'")
    assert [_found(http, t) for t in texts] == [[], [], []]
    assert "salesforce.commit_delay_ms" in list(org.journal.exchanges())[-1].assumed
    stamp = http.get(f"sobjects/Contact/{made}").json()["SystemModstamp"]
    org.clock.move(5)
    assert [_found(http, t) for t in texts] == [[{"Id": made}]] * 3
    # By then the stamp is older than a poll that saw nothing.
    assert _found(http, "SELECT SystemModstamp FROM Contact WHERE LastName = 'Late'") == [{"SystemModstamp": stamp}]


def test_an_edit_is_found_later_and_the_old_value_until_then(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"Email": "new@example.com"})
    old, new = (f"SELECT Id, Email FROM Contact WHERE Email = '{e}@example.com'" for e in ("c0", "new"))
    assert _found(http, new) == []
    assert _found(http, old) == [{"Id": contacts[0], "Email": "c0@example.com"}]
    assert ("Contact", contacts[0], 1) in list(org.journal.exchanges())[-1].served
    org.clock.move(5)
    assert (len(_found(http, new)), _found(http, old)) == (1, [])


def test_a_deleted_record_is_still_found_and_an_undeleted_one_not_yet(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    http.delete(f"sobjects/Contact/{contacts[0]}")
    text = f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{contacts[0]}'"
    assert _found(http, text) == _found(http, text, "queryAll") == [{"Id": contacts[0], "IsDeleted": False}]
    org.clock.move(5)
    assert _found(http, text) == []
    assert _found(http, text, "queryAll") == [{"Id": contacts[0], "IsDeleted": True}]
    org.desk_erase("Contact", contacts[0])
    assert len(_found(http, text, "queryAll")) == 1
    org.clock.move(5)
    assert _found(http, text, "queryAll") == []


def test_children_and_parents_are_shown_as_they_were(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    [account] = org.store.rows("Account")
    http.patch(f"sobjects/Account/{account.id}", json={"Name": "Renamed"})
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"AccountId": None})
    [found] = _found(http, "SELECT Name, (SELECT Id FROM Contacts) FROM Account")
    assert (found["Name"], found["Contacts"]["totalSize"]) == ("Acme", 5)
    assert _found(http, f"SELECT Account.Name FROM Contact WHERE Id = '{contacts[1]}'")[0]["Account"]["Name"] == "Acme"
    org.clock.move(5)
    [found] = _found(http, "SELECT Name, (SELECT Id FROM Contacts) FROM Account")
    assert (found["Name"], found["Contacts"]["totalSize"]) == ("Renamed", 4)


def test_seeds_were_always_there_and_without_the_switch_nothing_is_late(http: httpx.Client, org: Salesforce) -> None:
    org.seed("Contact", {"LastName": "Seeded"}, created_ms=0, modified_ms=0)
    assert len(_found(http, "SELECT Id FROM Contact WHERE LastName = 'Seeded'")) == 1
    org.switch("commit_delay_ms", 0)
    http.post("sobjects/Contact", json={"LastName": "Now"})
    assert len(_found(http, "SELECT Id FROM Contact WHERE LastName = 'Now'")) == 1
