"""To and fro within one sync is named, also when the sync never ends; an older edit that comes back is named as such."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.drivers import Ended
from syncproof.errors import UnsettledError
from syncproof.judging import judge
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.model import Verdict
from syncproof.runner import Runner
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.stage import Stage
from syncproof_mocks.journal import Actor, Exchange
from tests.checks.deeds import After, world
from tests.ideal import Ideal
from tests.staging import play, rules


def put(sandbox: Sandbox, value: str, side: Side = Side.MA, field: str = "jobtitle") -> None:
    dialect = sandbox.on(side)
    kind = "contacts" if side is Side.MA else "Contact"
    row = next(iter(dialect.store.rows(kind)))
    entry = dialect.journal.open_exchange(dialect.name, Actor.CONNECTOR, "PATCH", f"/{kind}/{row.id}", "", {}, value.encode())
    entry.status, entry.operation = 200, "objects.update"
    dialect.store.update(row, {field: value})
    dialect.journal.close_exchange()


def to_and_fro(times: int) -> Any:
    def deed(me: Any, sandbox: Sandbox) -> None:
        row = next(iter(sandbox.ma.store.rows("contacts")))
        for number in range(times):
            put(sandbox, "other" if number % 2 == 0 else str(row.values["jobtitle"]))

    return deed


@pytest.mark.parametrize(("times", "is_found"), [(6, True), (4, False)])
def test_a_field_that_goes_to_and_fro_in_one_sync_is_named(times: int, is_found: bool) -> None:
    result = play(world("sync", "sync"), After(to_and_fro(times)))

    assert ("QUIET-002" in rules(result)) is is_found
    for finding in result.findings:
        if finding.rule == "QUIET-002":
            assert (finding.sync, finding.field, finding.found) == (1, "jobtitle", times - 1)
            assert len(finding.requests) == times


def unsettled(connect: Any, steps: list[Any]) -> Any:
    chosen = Scenario.model_validate(world(*steps)).placed("test/case", "", "test/case", ())
    sandbox = Sandbox(load_mapping(default_mapping_file()), 11)
    stage = Stage(chosen, sandbox.mapping, sandbox, connect)
    stage.seed()
    with pytest.raises(UnsettledError) as caught:
        Runner._play(stage, chosen)
    return judge(chosen, stage, str(caught.value), "")


class Restless(Ideal):
    """Ideal, but its second sync never comes to rest."""

    deed: Any = None

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        ended = super().__call__(sandbox, number)
        if number == 2 and self.deed is not None:
            self.deed(self, sandbox)
        return Ended(None, "restless", 0.1, reason="it goes on writing") if number == 2 else ended


def test_a_sync_that_never_comes_to_rest_is_no_pass_and_its_state_is_not_judged() -> None:
    result = unsettled(Restless(), ["sync", {"edit": {"side": "ma", "set": {"jobtitle": "$fresh"}}}, "sync"])

    assert (result.verdict, result.findings) == (Verdict.UNKNOWN, ())
    assert "sync 2: it goes on writing" in result.reason
    assert len(result.syncs) == 1


def test_and_a_finding_when_it_went_to_and_fro() -> None:
    connect = Restless()
    connect.deed = to_and_fro(8)
    result = unsettled(connect, ["sync", "sync"])

    assert (result.verdict, rules(result)) == (Verdict.FAIL, {"QUIET-002"})


EDITS = [{"edit": {"side": "ma", "set": {"jobtitle": word}}} for word in ("first word", "second word")]


def test_the_value_of_an_older_edit_is_named_as_such() -> None:
    def older(me: Any, sandbox: Sandbox) -> None:
        put(sandbox, "first word")
        put(sandbox, "first word", Side.CRM, "Title")

    result = play(world("sync", *EDITS, "sync"), After(older, at=2))

    found = {(f.rule, f.found, f.expected) for f in result.findings if f.sync == 2 and f.rule.startswith("FIELD")}
    assert found == {("FIELD-021", "first word", "second word")}


def test_a_value_that_nobody_ever_entered_is_still_an_invention() -> None:
    def invented(me: Any, sandbox: Sandbox) -> None:
        put(sandbox, "third word")
        put(sandbox, "third word", Side.CRM, "Title")

    result = play(world("sync", *EDITS, "sync"), After(invented, at=2))

    assert {f.rule for f in result.findings if f.sync == 2 and f.rule.startswith("FIELD")} == {"FIELD-012"}


def test_an_exchange_under_way_is_left_to_the_end() -> None:
    def open_request(me: Any, sandbox: Sandbox) -> None:
        entry = sandbox.ma.journal.open_exchange("hubspot", Actor.CONNECTOR, "PATCH", "/x", "", {}, b"")
        sandbox.ma.journal.close_exchange()
        assert isinstance(entry, Exchange)

    assert "QUIET-002" not in rules(play(world("sync"), After(open_request)))
