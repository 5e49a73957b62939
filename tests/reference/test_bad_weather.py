"""The connector in bad weather: sessions that end, quotas, locks, broken answers, and what it says when it can do nothing."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.reference import program
from syncproof.reference.failures import ConfigurationError, TransientError
from syncproof.reference.retrying import Patience
from syncproof.reference.settings import settings_from
from syncproof_mocks.faults import arm, disarm


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(program, "Patience", lambda: Patience(sleep=found.append))
    return found


def strike(s: Any, side: str, fault: str, records: Any = None, **settings: Any) -> Any:
    return arm(s.apps[side], {"fault": fault, **settings}, records)


def tokens_asked_for(s: Any) -> int:
    return sum(e.operation == "auth.token" for e in s.crm.journal.exchanges())


def test_a_session_that_ends_is_renewed_once_and_the_work_goes_on(sandbox: Any) -> None:
    s = sandbox
    people = [s.person() for _ in range(3)]
    for values in people:
        s.seed_crm("Contact", **values)
    armed = strike(s, "crm", "token_expired", times=1, after=3)

    run = s.sync()

    assert (run.code, run.report["created"], armed.struck, tokens_asked_for(s)) == (0, 3, 1, 1)
    assert all(s.ma.contact_by_email(p["Email"]) for p in people)


def test_a_write_that_the_end_of_the_session_kept_out_is_made_once(sandbox: Any) -> None:
    s = sandbox
    s.seed_ma("contacts", email="x@example.com", lastname="X", firstname="Y")
    strike(s, "crm", "token_expired", operation="collections.create", times=1)

    assert s.sync().code == 0
    assert sum(1 for _ in s.crm.store.rows("Lead")) == 1


def test_without_a_refresh_token_the_end_of_the_session_is_the_end_of_the_run(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    s = sandbox
    bare = {k: v for k, v in s.env().items() if k not in ("SF_CLIENT_ID", "SF_CLIENT_SECRET", "SF_REFRESH_TOKEN")}
    monkeypatch.setattr(type(s), "env", lambda *_: bare)
    strike(s, "crm", "token_expired", times=1, after=1)

    assert s.sync().code == 2
    assert tokens_asked_for(s) == 0


@pytest.mark.parametrize("side", ["crm", "ma"])
def test_access_that_was_withdrawn_is_told_and_the_next_run_makes_up_for_it(sandbox: Any, side: str) -> None:
    s = sandbox
    _crm, ma_id = s.linked()
    s.sync()
    s.wait(60)
    s.edit_crm(_crm, Phone="+48221234567")
    strike(s, side, "login_revoked")
    shut_out = s.sync()
    disarm(s.apps[side])

    assert shut_out.code == 2
    assert "does not accept the token" in shut_out.stderr
    assert s.sync().code == 0
    assert s.ma_contact(ma_id)["phone"]


def test_a_token_that_cannot_be_had_right_now_is_waited_for(sandbox: Any, waited: list[float]) -> None:
    s = sandbox
    s.seed_crm("Contact", **s.person())
    strike(s, "crm", "token_expired", times=1)
    strike(s, "crm", "server_error", operation="auth.token", times=1)

    assert (s.sync().code, tokens_asked_for(s)) == (0, 2)
    assert waited


@pytest.mark.parametrize(("side", "operation"), [("ma", "objects.batch_create"), ("crm", "query.*")])
def test_the_quota_of_the_day_is_not_waited_for_and_not_called_a_success(sandbox: Any, waited: list[float], side: str, operation: str) -> None:
    s = sandbox
    values = s.person()
    s.seed_crm("Contact", **values)
    strike(s, side, "rate_limit", operation=operation, settings={"limit": "daily"})
    today = s.sync()
    disarm(s.apps[side])
    s.wait(86_400)

    assert (today.code, waited) == (1, [])
    assert s.sync().code == 0
    assert s.ma.contact_by_email(values["Email"]) is not None


@pytest.mark.parametrize(("side", "fault", "settings"), [
    ("crm", "rate_limit", {"limit": "concurrent"}), ("ma", "rate_limit", {"limit": "second"}), ("crm", "broken_body", {}), ("ma", "broken_body", {}),
    ("crm", "maintenance_page", {"status": 200}), ("ma", "maintenance_page", {"status": 200}), ("ma", "maintenance_page", {}),
    ("crm", "timeout_before_write", {}), ("ma", "timeout_before_write", {}), ("ma", "lost_response", {}), ("crm", "server_error", {"status": 502}),
], ids=lambda v: v if isinstance(v, str) else "")  # fmt: skip
def test_what_passes_is_waited_out_and_nothing_is_done_twice(sandbox: Any, side: str, fault: str, settings: dict[str, Any]) -> None:
    s = sandbox
    crm_id, ma_id = s.linked({"Title": "a"}, {"jobtitle": "a"})
    s.seed_crm("Contact", **s.person())
    s.seed_ma("contacts", email="lead@example.com", lastname="L", firstname="F")
    for after in (1, 4, 7):
        strike(s, side, fault, times=1, after=after, settings=settings)

    run = s.sync()

    assert run.code == 0, run.report
    assert (s.contact(crm_id)["Title"], s.ma_contact(ma_id)["jobtitle"]) == ("a", "a")
    assert sum(1 for _ in s.ma.store.rows("contacts")) == 3
    assert sum(1 for _ in s.crm.store.rows("Lead")) == 1


def test_a_duplicate_rule_is_told_and_tried_again_after_an_edit(sandbox: Any) -> None:
    s = sandbox
    ma_id = s.seed_ma("contacts", email="a@example.com", lastname="A", firstname="F")
    strike(s, "crm", "duplicate_rule")
    first, second = s.sync(), s.sync()
    disarm(s.apps["crm"])
    s.wait(60)
    s.edit_ma(ma_id, jobtitle="new")

    assert (first.code, second.code, second.writes) == (1, 1, [])
    assert any("DUPLICATES_DETECTED" in text for text in first.refused)
    assert s.sync().code == 0
    assert [row.values["Title"] for row in s.crm.store.rows("Lead")] == ["new"]


def test_patience_ends_at_once_when_the_day_is_used_up() -> None:
    waits: list[float] = []
    tried: list[int] = []

    def request() -> None:
        tried.append(1)
        raise TransientError("429", for_today=True)

    with pytest.raises(TransientError):
        Patience(sleep=waits.append).call(request)
    assert (tried, waits) == ([1], [])


def test_half_a_grant_is_a_mistake_in_the_settings(sandbox: Any) -> None:
    environment = {k: v for k, v in sandbox.env().items() if k != "SF_REFRESH_TOKEN"}

    with pytest.raises(ConfigurationError, match="set all of these environment variables or none: SF_CLIENT_ID"):
        settings_from(environment)
    shown = repr(settings_from(sandbox.env()))
    assert sandbox.env()["SF_CLIENT_SECRET"] not in shown
    assert sandbox.env()["SF_REFRESH_TOKEN"] not in shown
