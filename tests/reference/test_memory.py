"""The state between runs, patience, error bodies and the report."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from syncproof.reference.bugs import BUGS, Bugs
from syncproof.reference.failures import AuthorisationError, RefusedError, TransientError
from syncproof.reference.ma_errors import item_failures, translated
from syncproof.reference.merging import UNKNOWN
from syncproof.reference.outcome import Outcome
from syncproof.reference.retrying import Patience, retry_after
from syncproof.reference.state import Link, State, mark_of, pseudonym


def _reopened(state: State, folder: Path) -> State:
    state.close()
    return State(folder)


def test_what_was_saved_is_there_in_the_next_run_and_what_was_not_is_gone(tmp_path: Path) -> None:
    state = State(tmp_path)
    with state.saving():
        state.link("people", "contact", "003", "1")
        state.agree("003", {"Title": "x", "Set": ("a", "b"), "Vip": False, "Blank": None, "Score": 1.5})
        state.set_cursor("crm:Contact", 5)
        state.bury("crm", "dead")
    state.link("people", "contact", "004", "2")

    state = _reopened(state, tmp_path)

    assert state.link_of_crm("003") == Link("contact", "003", "1")
    assert state.link_of_ma("people", "1") == Link("contact", "003", "1")
    assert state.bases("003") == {"Title": "x", "Set": ("a", "b"), "Vip": False, "Blank": None, "Score": 1.5}
    assert state.cursor("crm:Contact") == 5
    assert state.is_buried("crm", "dead")
    assert state.link_of_crm("004") is None


def test_a_failure_inside_saving_leaves_nothing(tmp_path: Path) -> None:
    state = State(tmp_path)
    with contextlib.suppress(KeyboardInterrupt), state.saving():
        state.link("people", "contact", "003", "1")
        raise KeyboardInterrupt
    assert _reopened(state, tmp_path).links("people") == []


def test_an_ma_record_belongs_to_one_crm_record_and_families_do_not_mix(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.link("people", "lead", "00Q", "1")
    state.agree("00Q", {"Title": "x"})
    state.link("companies", "company", "001", "1")
    state.link("people", "contact", "003", "1")

    assert state.link_of_crm("00Q") is None
    assert state.bases("00Q") == {}
    assert state.link_of_ma("companies", "1") == Link("company", "001", "1")


def test_an_agreed_value_can_be_forgotten(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.agree("003", {"Title": "x"})
    state.agree("003", {"Title": UNKNOWN})
    assert state.bases("003") == {}


def test_parked_refusals_go_with_their_link(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.link("people", "contact", "003", "1")
    state.park("crm", "contact/003", "Title", "v", "too long")
    state.park("ma", "contacts/11", "Title", "v", "another's")
    assert state.parked("crm", "contact/003") == {"Title": ("v", "too long")}
    state.unlink("003")
    assert [entry[1] for entry in state.all_parked()] == ["contacts/11"]


def test_a_mark_changes_with_any_value_and_not_with_their_order() -> None:
    assert mark_of({"a": 1, "b": 2}) == mark_of({"b": 2, "a": 1})
    assert mark_of({"a": 1}) != mark_of({"a": 2})
    assert "jane" not in pseudonym("jane@example.com")


# -- patience -------------------------------------------------------------------------------------------


class _Flaky:
    """Fails a number of times, then answers."""

    def __init__(self, failures: int, **error: Any) -> None:
        self.left, self.calls, self.error = failures, 0, error

    def __call__(self) -> str:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise TransientError("down", **self.error)
        return "answer"


def test_waiting_doubles_and_a_retry_after_is_honoured() -> None:
    waited: list[float] = []
    patience = Patience(sleep=waited.append)
    assert patience.call(_Flaky(3)) == "answer"
    assert patience.call(_Flaky(1, retry_after_s=7)) == "answer"
    assert waited == [0.2, 0.4, 0.8, 7]


def test_patience_ends_after_five_tries_and_twenty_seconds() -> None:
    waited: list[float] = []
    patience = Patience(sleep=waited.append)
    always = _Flaky(99)
    with pytest.raises(TransientError):
        patience.call(always)
    assert always.calls == 5
    with pytest.raises(TransientError):
        patience.call(_Flaky(1, retry_after_s=60))
    assert sum(waited) < 20


def test_what_must_not_happen_twice_is_repeated_only_when_it_surely_did_not_happen() -> None:
    patience = Patience(sleep=lambda _: None)
    lost, refused = _Flaky(1, ambiguous=True), _Flaky(1)
    with pytest.raises(TransientError):
        patience.call(lost, repeatable=False)
    assert lost.calls == 1
    assert patience.call(refused, repeatable=False) == "answer"


def test_a_retry_after_that_is_no_number_is_passed_over() -> None:
    assert [retry_after(h) for h in ("3", "0.5", "-1", "soon", None, "")] == [3, 0.5, 0, None, None, None]


# -- errors and the report ------------------------------------------------------------------------------


def test_hubspot_errors_become_codes_and_names_without_personal_data() -> None:
    message = 'Property values were not valid: [{"isValid":false,"message":"Email address jane@x is invalid","error":"INVALID_EMAIL","name":"email"}]'
    error = translated(400, json.dumps({"category": "VALIDATION_ERROR", "message": message}), None)
    assert isinstance(error, RefusedError)
    assert (error.code, error.fields) == ("INVALID_EMAIL", ("email",))
    assert "jane" not in str(error)


@pytest.mark.parametrize(("status", "body", "kind"), [
    (401, "{}", AuthorisationError), (429, '{"policyName": "DAILY"}', TransientError), (503, "<html>", TransientError),
    (423, "{}", TransientError), (400, "{}", RefusedError), (409, "not json", RefusedError), (403, "[1]", RefusedError),
])
def test_a_status_says_whether_to_wait(status: int, body: str, kind: type[Exception]) -> None:
    assert type(translated(status, body, None)) is kind


def test_a_conflict_carries_the_existing_id_to_its_item() -> None:
    page = {"errors": [{"category": "CONFLICT", "message": "Contact already exists. Existing ID: 101", "context": {"objectWriteTraceId": ["t2"]}}]}
    found = item_failures(page)["t2"]
    assert isinstance(found, RefusedError)
    assert found.existing_id == "101"


def test_the_report_is_json_says_each_refusal_once_and_decides_the_exit_code() -> None:
    outcome = Outcome(Bugs())
    assert outcome.exit_code == 0
    outcome.refuse("contact/003", "TOO_LONG (Title)")
    outcome.refuse("contact/003", "TOO_LONG (Title)")
    outcome.conflict("contact/003", "Title", "003", "1", "ma")
    assert json.loads(outcome.as_json()) == {
        "read": 0, "created": 0, "updated": 0, "refused": [{"record": "contact/003", "reason": "TOO_LONG (Title)"}],
        "conflicts": [{"record": "contact/003", "field": "Title", "crm": "003", "ma": "1", "winner": "ma"}],
    }
    assert outcome.exit_code == 1


def test_the_table_is_wide_enough_and_each_bug_names_class_and_citation() -> None:
    first_tier = {f"B{i:03}" for i in range(1, 19)}
    assert len(BUGS) >= 20
    assert sum(bug.bug_class in first_tier for bug in BUGS) >= 12
    assert len({bug.name for bug in BUGS}) == len(BUGS)
    for bug in BUGS:
        assert bug.bug_class[0] == "B"
        assert bug.bug_class[1:].isdigit()
        # Two classes of research/bugs.md are well known in the field, and nobody found a public report of them.
        assert "#" in bug.citation or "!" in bug.citation or (bug.bug_class in ("B100", "B101") and bug.citation == "(unverified)")
        assert bug.what
