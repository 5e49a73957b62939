"""What gets out of a sync, on made evidence: credentials and people in its output and its addresses, and hosts of others."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.model import Severity
from syncproof_mocks.journal import Mark
from tests.checks.small import around, asked
from tests.oracle.made import contact, exchange, there

BOTH = (contact("003A"),), (there("501"),)
ANN = SimpleNamespace(key="p1", email="Ann@x.cz", dirt=frozenset(), other_email="", label="p1 Label", last_name="Žáková", phone="+420601123456", mobile="")
BOB = SimpleNamespace(key="p2", email="bob", dirt=frozenset(), other_email="", label="p2 Label", last_name="Novotny", phone="", mobile="+420777000111")


def printed(*outputs: str, entries: tuple[Any, ...] = (), **more: Any) -> Any:
    found = around(BOTH, entries=entries, people=more.pop("people", (ANN, BOB)))
    return asked("secrets_stay", replace(found, outputs=outputs, secrets=("token-of-eight", "eight888", "short77")))


@pytest.mark.parametrize(("output", "found"), [
    ("token-of-eight", [("a credential", "credential_printed", Severity.CRITICAL)]), ("eight888", [("a credential", "credential_printed", Severity.CRITICAL)]), ("short77", []), ("", []), ("bob", []),
    ("u017d\\u00e1kov\\u00e1", []), ("\\u017d\\u00e1kov\\u00e", []),
    ("ANN@X.CZ", [("e-mail address", "person_printed", Severity.MAJOR)]), ("žáková", [("name", "person_printed", Severity.MAJOR)]),
    ("\\u017d\\u00e1kov\\u00e1", [("name", "person_printed", Severity.MAJOR)]),
    ("+420777000111", [("phone number", "person_printed", Severity.MAJOR)]),
    ("ann@x.cz Novotny +420601123456", [("e-mail address, phone number, name", "person_printed", Severity.MAJOR)]),
    ("token-of-eight ann@x.cz", [("a credential", "credential_printed", Severity.CRITICAL), ("e-mail address", "person_printed", Severity.MAJOR)]),
])
def test_neither_credentials_nor_people_are_printed(output: str, found: Any) -> None:
    seen = printed("", output)

    assert [(f.found, f.classification, f.severity) for f in seen.findings] == found
    assert {f.sync for f in seen.findings} <= {2}
    assert seen.looked == {"SECRET-001": 2}


def test_an_address_that_several_share_names_one_of_them() -> None:
    shared = (ANN, SimpleNamespace(**{**vars(BOB), "email": "ann@x.cz"}))

    assert ", e.g. p1 Label" in printed("ann@x.cz", people=shared).findings[0].message


def call(query: str = "", path: str = "/x", operation: str = "objects.list") -> Any:
    made = exchange(12, path=path, operation=operation)
    made.query = query
    return made


@pytest.mark.parametrize(("entry", "classification"), [
    (call("key=token-of-eight"), "credential_in_address"), (call(path="/token-of-eight/x"), "credential_in_address"),
    (call("key=token%2Dof%2Deight"), "credential_in_address"), (call(path="/token%2Dof-eight"), "credential_in_address"),
    (call("note=ann@x.cz"), "person_in_address"), (call("a=1&note=was+ANN@x.cz"), "person_in_address"), (call("note=ann%40x.cz"), "person_in_address"),
])
def test_neither_credentials_nor_people_stand_in_an_address(entry: Any, classification: str) -> None:
    seen = printed(entries=(entry,))

    assert [(f.classification, f.caused_by, f.requests) for f in seen.findings] == [(classification, 12, (12,))]
    assert seen.findings[0].severity is (Severity.CRITICAL if "credential" in classification else Severity.MAJOR)
    assert seen.looked == {"SECRET-001": 1}


@pytest.mark.parametrize("entry", [
    call(path="/oauth/v1/access-tokens/token-of-eight", operation="oauth.access_token"), call("token=token-of-eight", operation="auth.revoke_by_get"),
    call("email=ann@x.cz"), call("q=ann@x.cz"), call("note=someone@else.cz"), call("note=bob"), call("note=bob@else.cz"), call(path="/contacts/ann@x.cz"), call("key=short77"),
])
def test_what_the_vendor_looks_up_by_is_its_own_choice(entry: Any) -> None:
    assert printed(entries=(entry,)).findings == []


def test_an_address_with_a_plus_is_read_as_it_is() -> None:
    plus = (SimpleNamespace(**{**vars(ANN), "email": "ann+crm@x.cz"}),)

    assert [f.classification for f in printed(entries=(call("note=ann+crm@x.cz"),), people=plus).findings] == ["person_in_address"]
    assert [f.classification for f in printed(entries=(call("note=ann%2Bcrm@x.cz"),), people=plus).findings] == ["person_in_address"]
    tokened = call("refresh=token-of-eight", path="/token-of-eight", operation="oauth.access_token")
    assert [f.classification for f in printed(entries=(tokened,)).findings] == ["credential_in_address"], "in the query it is no choice of the vendor"


@pytest.mark.parametrize(("seq", "sync"), [(10, 1), (14, 1), (18, 1), (9, None), (19, None)])
def test_every_other_host_that_a_sync_tries_is_told(seq: int, sync: int | None) -> None:
    marks = Mark(8, 8, "network", "isolated"), Mark(seq, seq, "egress", "host evil.example")
    found = asked("nothing_leaves", around(BOTH, BOTH, entries=marks))

    assert [(f.rule, f.found, f.classification, f.caused_by, f.sync) for f in found.findings] == [
        ("EGRESS-001", "evil.example", "other_host", seq, sync)
    ]
    assert found.looked == {"EGRESS-001": 1}
    assert asked("nothing_leaves", around(BOTH, BOTH)).looked == {}
