"""A merge by the connector: whoever is left refuses what any part refused (I6)."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.consent import ConsentProof
from tests.checks.deeds import EVERYTHING, After, contact, found, world
from tests.staging import play

CALM = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
NOTED = ConsentProof("2026-01-01T00:00:00Z", "merge")


def united(keep: int, lose: int, *, carry: bool = False) -> Any:
    def deed(me: Any, sandbox: Sandbox) -> None:
        first, second = contact(sandbox, Side.MA, keep), contact(sandbox, Side.MA, lose)
        left = me._write(Side.MA, lambda: sandbox.ma.desk_merge("contacts", first.id, second.id))
        if carry:
            me._write(Side.MA, lambda: sandbox.ma.desk_consent("contacts", left.id, EVERYTHING, grant=False, proof=NOTED))

    return deed


@pytest.mark.parametrize(
    ("deed", "lost"),
    [(united(0, 1), False), (united(1, 0), True), (united(1, 0, carry=True), False), (united(2, 3), False)],
    ids=["into_the_refuser", "out_of_the_refuser", "carried_along", "nobody_refused"],
)
def test_a_merge_that_loses_a_refusal_is_found(deed: Any, lost: bool) -> None:
    result = play(world("sync", {"opt_out": {"side": "ma"}}, "sync", **CALM), After(deed, at=2))

    assert [(f.system, f.field) for f in found(result, "CONS-006")] == ([("ma", "email/*")] if lost else [])
    assert next(c.looked_at for c in result.checks if c.check == "merge_is_restrictive") >= 1


def test_what_people_merge_is_judged_by_the_next_sync_and_not_here() -> None:
    result = play(world("sync", {"opt_out": {"side": "ma"}}, "sync", **CALM), After(lambda *_: None))

    assert next(c.looked_at for c in result.checks if c.check == "merge_is_restrictive") == 0
