"""What mutable objects hold, put back into the same objects."""

from __future__ import annotations

import functools
import itertools
import random
import threading
from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from syncproof_mocks.contents import Contents, UnkeepableError


@dataclass(slots=True)
class Slotted:
    value: Any = None
    more: list[Any] = field(default_factory=list)


class Private:
    __slots__ = ("__hidden", "unset")

    def __init__(self) -> None:
        self.__hidden = 1

    def change(self) -> None:
        self.__hidden = 2
        self.unset = 3

    def shown(self) -> tuple[int, bool]:
        return self.__hidden, hasattr(self, "unset")


@dataclass(frozen=True)
class Noun:
    parts: dict[str, int]


def counting() -> Callable[[], int]:
    number, inside = 0, [0]

    def up() -> int:
        nonlocal number
        number += 1
        inside[0] += 1
        return number * 1000 + inside[0]

    return up


@pytest.mark.parametrize(
    ("made", "change"),
    [
        ({"a": 1}, lambda x: x.update(b=2)),
        ([1, 2], lambda x: x.append(3)),
        ({1}, lambda x: x.add(2)),
        (deque([1], 5), lambda x: x.appendleft(2)),
        (bytearray(b"a"), lambda x: x.extend(b"b")),
        (array("Q", [1]), lambda x: x.append(2)),
        (Counter(a=2), lambda x: x.update(a=1, b=1)),
        (OrderedDict(a=1, b=2), lambda x: x.move_to_end("a")),
        (defaultdict(list, a=[1]), lambda x: x["b"].append(1)),
        (Slotted(1), lambda x: setattr(x, "value", 2)),
        ({"deep": [Slotted(1, [{}])]}, lambda x: x["deep"][0].more[0].update(a=1)),
        (({"inside": []},), lambda x: x[0]["inside"].append(1)),
    ],
    ids=lambda x: type(x).__name__,
)  # fmt: skip
def test_what_was_changed_is_put_back_as_often_as_one_likes(made: Any, change: Callable[[Any], Any]) -> None:
    before = repr(made)
    contents = Contents([made])
    for _ in range(2):
        change(made)
        assert repr(made) != before

        contents.put_back()

        assert repr(made) == before


def test_the_objects_stay_the_same_ones() -> None:
    inner: list[int] = []
    outer = {"inner": inner}
    contents = Contents([outer])
    outer["inner"] = [1]
    inner.append(2)

    contents.put_back()

    assert outer["inner"] is inner
    assert inner == []


def test_an_attribute_that_came_later_goes_away_again() -> None:
    class Open:
        def __init__(self) -> None:
            self.old: int = 1

    made = Open()
    contents = Contents([made])
    made.old, made.new = 2, 3  # type: ignore[attr-defined]

    contents.put_back()

    assert vars(made) == {"old": 1}


def test_private_and_empty_slots_are_known() -> None:
    made = Private()
    contents = Contents([made])
    made.change()

    contents.put_back()

    assert made.shown() == (1, False)


def test_what_closures_methods_and_partials_hold_is_put_back() -> None:
    up, kept = counting(), Slotted()
    work = [up, kept.more.append, functools.partial(kept.__class__.__repr__, kept)]
    contents = Contents([work, kept.__repr__])
    assert (up(), up()) == (1001, 2002)
    kept.value = 5

    contents.put_back()

    assert up() == 1001
    assert kept.value is None


def test_chance_is_put_back() -> None:
    chance = random.Random(1)
    contents = Contents([{"chance": chance}])
    drawn = chance.random()

    contents.put_back()

    assert chance.random() == drawn


def test_frozen_dataclasses_are_values() -> None:
    """The price of not entering every noun: house rule 8 says that nothing in one changes."""
    noun = Noun({"a": 1})
    contents = Contents([[noun]])
    noun.parts["a"] = 2

    contents.put_back()

    assert noun.parts == {"a": 2}


def test_types_that_are_kept_elsewhere_are_left_alone() -> None:
    apart = Slotted(1)
    contents = Contents([[apart]], (Slotted,))
    apart.value = 2

    contents.put_back()

    assert apart.value == 2


def running() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (running(), "a builtins.generator, held by a Slotted is under way"),
        (itertools.chain([1]), "a itertools.chain, held by a Slotted is under way"),
        (threading.Lock(), "a _thread.lock, held by a Slotted cannot be looked into"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(made: Any, told: str) -> None:
    with pytest.raises(UnkeepableError, match=told):
        Contents([Slotted(made)])


def test_an_iterator_that_has_ended_is_kept() -> None:
    done = running()
    list(done)

    Contents([done, iter(())]).put_back()
