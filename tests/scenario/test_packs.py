"""Packs: named portions of the built-in scenarios."""

from __future__ import annotations

import pytest
from syncproof.errors import InputError
from syncproof.ordering import chosen_scenarios
from syncproof.scenario.grammar import Scenario
from syncproof.scenario.loader import builtin
from syncproof.scenario.packs import PACKS, find_pack


def scenario(id: str, *tags: str) -> Scenario:
    return Scenario.model_validate({"scenario": id, "tags": tags, "steps": ["sync"]})


ALL = [scenario("a", "go-live"), scenario("b"), scenario("c", "nightly"), scenario("d", "resilience"), scenario("e", "go-live", "nightly")]


@pytest.mark.parametrize(("pack", "ids"), [("go-live", "ae"), ("full", "abd"), ("nightly", "abcde"), ("resilience", "d")])
def test_tags_say_what_belongs_to_a_pack(pack: str, ids: str) -> None:
    assert "".join(s.id for s in find_pack(pack).of(ALL)) == ids


def test_an_unknown_pack_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        chosen_scenarios([], "nigthly")

    assert str(caught.value) == (
        "--pack: no pack is called `nigthly` (did you mean `nightly`?); known: go-live, full, nightly, resilience, chaos. "
        "`syncproof list packs` shows them."
    )


def test_nothing_named_is_the_go_live_pack_and_it_is_part_of_the_full_one() -> None:
    nothing, fast, full = chosen_scenarios([]), chosen_scenarios([], "go-live"), chosen_scenarios([], "full")

    assert [s.id for s in nothing] == [s.id for s in fast]
    assert {s.id for s in fast} < {s.id for s in full}
    assert {s.id for s in chosen_scenarios([], "nightly")} == set(builtin())


def test_tags_without_a_pack_choose_among_everything_and_with_one_among_its_scenarios() -> None:
    tagged = {s.id for s in chosen_scenarios([], tags=["faults"])}

    assert tagged - {s.id for s in chosen_scenarios([])}
    assert {s.id for s in chosen_scenarios([], "go-live", tags=["faults"])} < tagged


def test_scenarios_and_a_pack_together_are_refused() -> None:
    with pytest.raises(InputError, match="scenarios are named too"):
        chosen_scenarios(["consent"], "full")


def test_the_name_of_a_pack_in_the_place_of_a_scenario_is_told() -> None:
    with pytest.raises(InputError, match="`full` is a pack, no scenario or folder. Write `--pack full`."):
        chosen_scenarios(["full"])


def test_every_pack_says_what_it_is_for() -> None:
    assert list(PACKS) == ["go-live", "full", "nightly", "resilience", "chaos"]
    assert len({p.says for p in PACKS.values()}) == len(PACKS)
