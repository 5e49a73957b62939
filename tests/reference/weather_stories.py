"""One short story for each mistake of the weather family: what comes of it with the bug on, and without."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

from syncproof.reference import program, weather_mistakes
from syncproof.reference.retrying import Patience
from syncproof_mocks.faults import arm

Story = Callable[[Any, str], Any]
STORIES: dict[str, Story] = {}


def story(*names: str) -> Callable[[Story], Story]:
    def tell(function: Story) -> Story:
        for name in names:
            STORIES[name] = function
        return function

    return tell


def strike(s: Any, side: str, fault: str, records: Any = None, **settings: Any) -> Any:
    return arm(s.apps[side], {"fault": fault, **settings}, records)


def _leads(s: Any, *names: str) -> None:
    for name in names:
        s.seed_ma("contacts", email=f"{name}@example.com", lastname=name, firstname="F")


@story("refused_batch_given_up")
def _(s: Any, bug: str) -> Any:
    people = [s.person() for _ in range(4)]
    for values in people:
        s.seed_crm("Contact", **values)
    strike(s, "ma", "partial_failure", [people[1]["Email"]], operation="objects.batch_create", settings={"whole": True})
    return s.sync(bug).report["created"]


@story("retry_after_ignored")
def _(s: Any, bug: str) -> Any:
    waits: list[float] = []
    program.Patience = lambda: Patience(sleep=waits.append)  # type: ignore[misc,assignment]  # undone with the test's own
    strike(s, "ma", "rate_limit", times=1, after=2, settings={"retry_after_s": 7})
    s.sync(bug)
    return waits


@story("quota_ends_as_success")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person())
    strike(s, "ma", "rate_limit", operation="objects.batch_create", settings={"limit": "daily"})
    return s.sync(bug).code


@story("token_not_refreshed")
def _(s: Any, bug: str) -> Any:
    values = s.person()
    s.seed_crm("Contact", **values)
    strike(s, "crm", "token_expired", times=1, after=3)
    return s.sync(bug).code, s.ma.contact_by_email(values["Email"]) is not None


@story("shut_out_is_the_end")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person())
    strike(s, "ma", "login_revoked")
    return s.sync(bug).code


@story("refused_is_tried_for_ever")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Email="typo@example.invalidtld"))
    s.sync(bug)
    return [e.path for e in s.sync(bug).writes]


@story("timeout_taken_for_done")
def _(s: Any, bug: str) -> Any:
    _crm, ma_id = s.linked({"Phone": "+48221234567"})
    strike(s, "ma", "timeout_before_write", operation="objects.batch_update", times=1)
    s.sync(bug)
    return s.ma_contact(ma_id).get("phone")


@story("duplicate_refusal_dropped")
def _(s: Any, bug: str) -> Any:
    _leads(s, "a", "b")
    strike(s, "crm", "duplicate_rule", ["a@example.com"])
    run = s.sync(bug)
    return run.code, len(run.refused)


@story("lock_not_retried")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = s.linked()
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma_id, jobtitle="new")
    strike(s, "crm", "row_lock", [crm_id], times=1)
    return s.sync(bug).code, s.contact(crm_id)["Title"]


@story("secret_in_address")
def _(s: Any, bug: str) -> Any:
    strike(s, "crm", "token_expired", times=1)
    s.sync(bug)
    return [s.env()["SF_CLIENT_SECRET"] in e.query for e in s.crm.journal.exchanges() if e.operation == "auth.token"]


@story("person_in_log")
def _(s: Any, bug: str) -> Any:
    _leads(s, "a", "b")
    strike(s, "crm", "duplicate_rule", ["a@example.com"])
    run = s.sync(bug)
    return "a@example.com" in run.stdout + run.stderr


@story("stuck_in_progress")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person())
    s.folder.mkdir(exist_ok=True)
    (s.folder / "running").touch()  # what a run leaves behind that was killed
    run = s.sync(bug)
    return run.code, run.requests > 0


@story("watchdog_left_running")
def _(s: Any, bug: str) -> Any:
    started: list[Any] = []
    real = weather_mistakes.subprocess.Popen
    weather_mistakes.subprocess.Popen = lambda *a, **k: started.append(a)  # type: ignore[misc,assignment]
    try:
        s.sync(bug)
    finally:
        weather_mistakes.subprocess.Popen = real  # type: ignore[misc]
    return len(started)


@story("answers_not_waited_for")
def _(s: Any, bug: str) -> Any:
    _leads(s, "late")
    strike(s, "crm", "slow", operation="creates", times=1, settings={"seconds": weather_mistakes.HURRIED_S + 0.2})
    s.sync(bug)
    return s.crm.store.size("Lead")


@story("absent_is_gone")
def _(s: Any, bug: str) -> Any:
    s.linked()
    s.sync()
    strike(s, "crm", "side_empty", kind="Contact")
    run = s.sync(bug)
    return run.code, len(list(s.ma.store.rows("contacts")))


@story("empty_side_believed")
def _(s: Any, bug: str) -> Any:
    s.linked()
    s.sync()
    shutil.rmtree(s.folder)
    strike(s, "crm", "side_empty", kind="Contact", times=1)
    s.sync(bug)
    return s.crm.store.size("Lead")
