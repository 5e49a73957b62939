"""More that random stories brought to light: the dates of words, a yes said while a sync runs, owners refused with the record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from syncproof.mapping.grammar import ObjectMapping, Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.journal import Change, Row
from tests.checks.deeds import contact, world
from tests.checks.looking import staged
from tests.checks.test_edited_meanwhile import Interrupted, played
from tests.ideal import Ideal
from tests.staging import play, rules

CALM = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
YES = {"opt_in": {"side": "crm", "purpose": "newsletter", "evidence": {"source": "form", "text": "yes"}}}
NO = {"opt_out": {"side": "crm", "purpose": "newsletter"}}


def test_evidence_is_dated_when_it_is_entered_and_not_a_second_earlier() -> None:
    evidence = staged(world("sync", NO, YES, **CALM) | {"options": {"final_quiet": False}}, Ideal())

    said = [act for act in evidence.acts if act.proof is not None]
    assert [act.kind for act in said] == ["opt_out", "opt_in"]
    for act in said:
        entered = next(e for e in evidence.entries[act.seq :] if isinstance(e, Change))
        assert act.proof is not None
        assert str(act.proof.at)[:19] == _second(entered)


def _second(change: Change) -> str:
    return datetime.fromtimestamp(change.at_ms // 1000, UTC).isoformat()[:19]


@pytest.mark.parametrize(("meanwhile", "sins", "expected"), [
    ([YES], frozenset(), set()),
    ([], frozenset({"ignore_consents"}), {"CONS-002"}),
    ([{"opt_in": {**YES["opt_in"], "evidence": "none"}}], frozenset({"ignore_consents"}), {"CONS-002"}),
])  # fmt: skip
def test_a_no_that_a_proved_yes_lifts_while_the_sync_runs_need_not_be_carried_any_more(
    meanwhile: list[Any], sins: frozenset[str], expected: set[str]
) -> None:
    connector = Interrupted(early={2: meanwhile})
    connector.sins = sins
    no = {"opt_out": {"side": "ma", "purpose": "newsletter"}}

    result = played(connector, "sync", no, "sync", **{**CALM, "newsletter": {"subscribed": 4}})

    assert rules(result) & {"CONS-002"} == expected


class Unowned(Ideal):
    """Hands nobody's record over from the second sync on; ``owns_up`` says that the vendor refused the record, and that it did not get through."""

    def __init__(self, *, owns_up: bool) -> None:
        super().__init__()
        self.owns_up, self.number = owns_up, 0

    def _sync(self, sandbox: Sandbox) -> None:
        self.number += 1
        super()._sync(sandbox)
        if self.owns_up and self.number > 1:
            row = contact(sandbox, Side.MA)
            entry = self._write(Side.MA, lambda: sandbox.ma.journal.exchange)
            entry.status = 400
            entry.refused.append((row.id, "VALIDATION_ERROR", "no"))
            self.refused = True

    def _owner(self, obj: ObjectMapping, target: Side, row: Row) -> str | None:
        return super()._owner(obj, target, row) if self.number < 2 else None


@pytest.mark.parametrize(("owns_up", "expected"), [(True, set()), (False, {"LINK-001"})])
def test_an_owner_that_was_refused_with_the_record_is_no_finding_if_the_connector_says_so(owns_up: bool, expected: set[str]) -> None:
    result = play(world("sync", {"change_owner": {"side": "crm"}}, "sync", **CALM), Unowned(owns_up=owns_up))

    assert rules(result) & {"LINK-001"} == expected
    assert any("the new owner with it" in text for text in result.not_checked) is owns_up
