"""What every member of the family of faults keeps, whatever the folder holds, at each vendor that fails in this way."""

from __future__ import annotations

import asyncio

import pytest
from syncproof_mocks.faults import Lasting, complaint, faults, sort_of
from syncproof_mocks.faults import slow as slow_fault
from tests.faults.least import AFTERWARDS, ENDS_SESSIONS, LEAST, Seen, Side, Trial

CASES = sorted(LEAST)
MANY = 12
each_fault = pytest.mark.parametrize(("name", "side"), CASES)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long answers were kept back; nobody waits for it."""
    kept: list[float] = []
    rest = asyncio.sleep

    async def sleep(seconds: float) -> None:
        kept.append(seconds)
        await rest(0)

    monkeypatch.setattr(slow_fault.asyncio, "sleep", sleep)
    return kept


@pytest.mark.parametrize("side", ["crm", "ma"])
def test_every_fault_is_tried_at_every_vendor_that_fails_in_this_way(side: Side) -> None:
    dialect = Trial(side).dialect
    can_strike = {name for name in faults() if not complaint(dialect, {"fault": name})}

    assert {name for name, at in LEAST if at == side} == can_strike, "tests/faults/least.py holds each where it can strike"


@pytest.mark.parametrize("name", sorted(faults()))
def test_a_fault_says_what_it_is_and_what_it_means_for_a_connector(name: str) -> None:
    kind = faults()[name]

    assert kind.__doc__
    assert kind.__name__ == name.title().replace("_", "")
    assert sort_of(name) in ("passing", "refusal", "silent")


@each_fault
def test_it_strikes_is_noticed_and_the_exchange_carries_its_name(name: str, side: Side, waits: list[float]) -> None:
    least = LEAST[name, side]
    calm, struck = Trial(side), Trial(side)
    armed = struck.arm(name, least, times=1)

    undisturbed = calm.ask(least.call), list(waits)
    assert (struck.ask(least.call), waits) != undisturbed
    assert (struck.struck, calm.struck, armed.struck) == ([name], [""], 1)


@each_fault
def test_the_same_seed_strikes_at_the_same_requests_and_another_one_elsewhere(name: str, side: Side) -> None:
    least = LEAST[name, side]

    def pattern(seed: int) -> tuple[list[str], list[Seen], bytes]:
        trial = Trial(side, seed)
        trial.arm(name, least, probability=0.5)
        seen = trial.ask(*[least.call] * MANY)
        return trial.struck, seen, trial.stores

    first, again, other = pattern(5), pattern(5), pattern(6)
    assert set(first[0]) == {"", name}
    assert first == again
    assert first[0] != other[0]


@each_fault
def test_healed_it_leaves_nothing_but_what_it_has_done(name: str, side: Side) -> None:
    least = LEAST[name, side]
    calm, healed = Trial(side), Trial(side)
    if least.does_the_work:
        calm.ask(least.call)
    healed.arm(name, least)
    healed.ask(least.call)
    healed.heal()

    assert healed.stores == calm.stores
    # Headers count requests, and there was one more; a refused record of Salesforce has used up an id.
    after, undisturbed = healed.ask(*AFTERWARDS[side]), calm.ask(*AFTERWARDS[side])
    if name == ENDS_SESSIONS:
        assert {seen.status for seen in after} == {401}
    else:
        assert after[0].body == undisturbed[0].body
        assert [seen.status for seen in after] == [seen.status for seen in undisturbed]
    assert healed.struck == [name] + [""] * len(AFTERWARDS[side])


@each_fault
def test_where_it_does_not_strike_it_leaves_no_trace_at_all(name: str, side: Side) -> None:
    calls = (LEAST[name, side].call, *AFTERWARDS[side])
    calm, off, passing = Trial(side), Trial(side), Trial(side)
    off.arm(name, LEAST[name, side])
    off.heal()
    if not issubclass(faults()[name], Lasting):
        passing.arm(name, LEAST[name, side], after=100)

    undisturbed = calm.ask(*calls)
    for idle in (off, passing):
        assert idle.ask(*calls) == undisturbed
        assert idle.stores == calm.stores
        assert set(idle.struck) == {""}


@pytest.mark.parametrize("side", ["crm", "ma"])
def test_a_word_for_several_operations_means_every_door_that_exists_and_no_other(side: Side) -> None:
    dialect = Trial(side).dialect
    means = {word: {op.id for op in dialect.meant(word)} for word in dialect.groups}
    doors = {"crm": {"rows.create", "collections.create", "composite.tree", "bulk2.ingest.upload"}, "ma": {"objects.create", "objects.batch_create", "objects.batch_upsert"}}

    assert sorted(means) == ["changes", "creates", "reads", "writes"]
    assert means["creates"] >= doors[side]
    assert means["writes"] > means["creates"] | means["changes"]
    # A bulk query is asked for at the address at which bulk writes are sent.
    assert not means["reads"] & (means["writes"] - {"bulk1.batch.add_query"})
    for word, patterns in dialect.groups.items():
        assert all(dialect.meant(pattern) for pattern in patterns), f"{word}: {patterns}"
