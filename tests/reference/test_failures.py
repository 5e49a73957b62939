"""When things go wrong between live mocks: refusals, rate limits, lost answers, bad settings, a killed run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from syncproof.reference import program
from syncproof.reference.bugs import BUGS
from syncproof.reference.retrying import Patience
from syncproof.reference.syncing import FamilySync


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(program, "Patience", lambda: Patience(sleep=found.append))
    return found


def test_one_bad_record_does_not_hold_up_the_others(sandbox: Any) -> None:
    s = sandbox
    people = [s.person() for _ in range(5)]
    people[2]["Email"] = "typo@example.invalidtld"
    ids = [s.seed_crm("Contact", **values) for values in people]

    first, second = s.sync(), s.sync()

    assert first.code == 1
    assert first.report["created"] == 4
    assert [entry["record"] for entry in first.report["refused"]] == [f"contact/{ids[2]}"]
    assert (second.code, second.writes) == (1, []), "parked: reported again, but not sent again"
    s.edit_crm(ids[2], Email="right@example.com")
    third = s.sync()
    assert (third.code, third.report["created"]) == (0, 1), third.report


def test_a_bad_field_does_not_keep_the_rest_of_the_record_back(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked({"Interests__c": "events"}, {"interests": "events", "jobtitle": "t"})
    s.sync()
    s.wait(60)
    long = "x" * 300
    s.edit_ma(ma_id, mobilephone=long, jobtitle="new")

    run = s.sync()

    assert s.contact(crm_id)["Title"] == "new"
    assert run.code == 1
    assert "MobilePhone" in run.refused[0]
    assert long not in run.stdout + run.stderr
    again = s.sync()
    assert (again.code, again.refused, again.writes) == (1, run.refused, []), "it remains refused, and reported"
    s.edit_ma(ma_id, mobilephone="+1")
    assert s.sync().code == 0


def test_rate_limits_and_outages_are_waited_out(sandbox: Any, waited: list[float]) -> None:
    s = sandbox
    values = s.person()
    s.seed_crm("Contact", **values)
    limited = s.fail("ma", "/crm/v3/objects/contacts", times=2, status=429, retry_after_s=3)
    down = s.fail("crm", "/query", times=2)

    run = s.sync()

    assert (run.code, run.report["created"]) == (0, 1), run.report
    assert (len(limited), len(down)) == (2, 2)
    assert 0.2 in waited
    assert s.by_email(values["Email"])


def test_what_fails_for_long_is_reported_and_arrives_in_the_next_run(sandbox: Any) -> None:
    s = sandbox
    crm_id, ma_id = s.linked({"Title": "a"}, {"jobtitle": "a"})
    s.sync()
    s.wait(60)
    s.edit_crm(crm_id, Phone="+9")
    s.fail("ma", "/batch/update", times=5)

    first = s.sync()
    assert first.code == 1
    s.wait(3600)
    second = s.sync()

    assert second.code == 0
    assert s.ma_contact(ma_id)["phone"] == "+9"


@pytest.mark.parametrize(("side", "path"), [("ma", "/contacts/batch/create"), ("crm", "/composite/sobjects")])
def test_a_creation_whose_answer_was_lost_is_not_done_twice(sandbox: Any, side: str, path: str) -> None:
    s = sandbox
    if side == "ma":
        s.seed_crm("Contact", **s.person())
    else:
        s.seed_ma("contacts", email="x@example.com", lastname="X", firstname="Y")
    lost = s.fail(side, path, times=1, status=504, applied=True)

    run = s.sync()

    assert lost
    assert run.code == 0, run.report
    assert sum(1 for _ in s.ma.store.rows("contacts")) == 1
    assert sum(1 for _ in s.crm.store.rows("Lead")) == (0 if side == "ma" else 1)
    assert s.sync().writes == []


def test_hubspot_without_the_enterprise_batches_is_asked_one_by_one(sandbox: Any) -> None:
    s = sandbox
    for _ in range(2):
        s.linked({"Newsletter_Consent__c": "OptOut"})
    refused = s.fail("ma", "/statuses/batch/", times=1, status=403)

    run = s.sync()

    assert refused
    assert run.code == 0
    assert {s.newsletter(f"p{i}@example.com") for i in (1, 2)} == {"UNSUBSCRIBED"}


@pytest.mark.parametrize("wrong", [
    {"MAPPING_FILE": "/nowhere/map.yaml"}, {"HUBSPOT_TOKEN": ""}, {"SYNC_BUGS": "no_such_bug"},
    {"SF_INSTANCE_URL": "salesforce"}, {"STATE_DIR": "/dev/null/x"}, {"HUBSPOT_TOKEN": "wrong"},
    {"SF_ACCESS_TOKEN": "wrong", "SF_CLIENT_ID": "", "SF_CLIENT_SECRET": "", "SF_REFRESH_TOKEN": ""},
], ids=lambda w: next(iter(w)))
def test_a_run_that_cannot_start_says_why_and_exits_2(sandbox: Any, wrong: dict[str, str], capsys: Any) -> None:
    environment = sandbox.env() | wrong

    code = program.main(environment)

    shown = capsys.readouterr()
    assert code == 2
    assert shown.err.strip()
    assert environment["SF_ACCESS_TOKEN"] not in shown.err or wrong.get("SF_ACCESS_TOKEN") == "wrong"


def test_as_a_process_it_prints_one_json_line_and_no_secret_or_person(sandbox: Any) -> None:
    s = sandbox
    values = s.person(Phone="+48999888777")
    s.seed_crm("Contact", **values)
    s.seed_crm("Contact", **s.person(Email="typo@example.invalidtld"))
    environment = {**s.env(), "PATH": os.environ["PATH"], "HOME": str(s.folder)}

    done = subprocess.run([sys.executable, "-m", "syncproof.reference"], env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert set(report) == {"read", "created", "updated", "refused", "conflicts"}
    assert report["created"] == 1
    for secret in (environment["SF_ACCESS_TOKEN"], environment["HUBSPOT_TOKEN"], values["Email"], values["Phone"], "typo@"):
        assert secret not in done.stdout + done.stderr


def test_the_bugs_are_listed_as_json_for_whoever_asks() -> None:
    done = subprocess.run([sys.executable, "-m", "syncproof.reference", "--bugs"], capture_output=True, text=True, timeout=60, check=True)
    listed = json.loads(done.stdout)
    assert [entry["name"] for entry in listed] == [bug.name for bug in BUGS]
    assert set(listed[0]) == {"name", "bug_class", "citation", "what"}


def test_a_killed_run_loses_and_repeats_nothing(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    s = sandbox
    people = [s.person(Phone="1") for _ in range(3)]
    for values in people:
        s.seed_crm("Contact", **values)
    s.seed_ma("contacts", email="lead@example.com", lastname="L")
    monkeypatch.setattr(FamilySync, "_finish", _killed_at_the_end(FamilySync._finish))
    with pytest.raises(KeyboardInterrupt):
        s.sync()
    monkeypatch.undo()

    run = s.sync()

    assert run.code == 0
    assert run.writes == [], "the first run's work was done again"
    assert sum(1 for _ in s.ma.store.rows("contacts")) == 4
    assert sum(1 for _ in s.crm.store.rows("Lead")) == 1


def _killed_at_the_end(finish: Any) -> Any:
    def killed(self: Any, *given: Any) -> None:
        if self._family.name == "people":
            raise KeyboardInterrupt
        finish(self, *given)

    return killed
