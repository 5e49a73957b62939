"""Garbage is looked for seldom while a run is under way, and as before once the last one has ended."""

from __future__ import annotations

import gc

import pytest
from syncproof.unhurried_gc import rare_collections


def test_what_was_set_comes_back_with_the_last_of_several_however_it_ends() -> None:
    before, inside = gc.get_threshold(), []

    def run() -> None:
        with rare_collections():
            with rare_collections():
                inside.append(gc.get_threshold())
            inside.append(gc.get_threshold())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()

    assert inside[0] == inside[1] != before
    assert gc.get_threshold() == before
