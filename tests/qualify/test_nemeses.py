"""Whatever goes wrong does so in a scenario that the correct connector survives and a buggy one does not."""

from __future__ import annotations

import pytest
from syncproof.qualify import nemeses as nemeses_module
from syncproof.qualify.nemeses import nemeses
from syncproof_mocks.faults import faults

FOUND = {n.trouble: n for n in nemeses()}
# What must be there beside the faults themselves: the vendors' limits, and what steps do to a connector.
DEMANDED = (
    "rate_limit: ten_seconds", "rate_limit: second", "rate_limit: daily", "rate_limit: concurrent", "edit: at_once",
    "meanwhile: edit", "meanwhile: merge", "meanwhile: convert", "meanwhile: delete", "kill", "lose_state", "sync: instances",
    "change_schema: remove", "change_schema: hide", "change_schema: lock", "change_schema: remove_value",
    "deliver_webhooks: lose", "deliver_webhooks: copies", "deliver_webhooks: order", "deliver_webhooks: delay_s",
)  # fmt: skip


@pytest.mark.parametrize("trouble", sorted({*faults(), *DEMANDED}))
def test_every_trouble_has_a_scenario_in_which_a_buggy_connector_dies(trouble: str) -> None:
    assert trouble in FOUND, "no built-in scenario does this"
    assert FOUND[trouble].scenarios, "no built-in scenario injects it"
    assert FOUND[trouble].victims, f"no buggy connector is expected to die in {', '.join(FOUND[trouble].scenarios)}"


def test_a_current_score_is_believed_and_an_older_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nemeses_module, "is_current", lambda: True)
    proved = {n.trouble: n.deaths for n in nemeses()}
    monkeypatch.setattr(nemeses_module, "is_current", lambda: False)
    expected = {n.trouble: n.deaths for n in nemeses()}

    assert set(proved["server_error"]) <= set(nemeses_module.measured().catches)
    assert all(v in nemeses_module.EXPECTED for d in expected.values() for names in d.values() for v in names)
