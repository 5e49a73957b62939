"""`-k` and `--tag`."""

from __future__ import annotations

import pytest
from syncproof.errors import InputError
from syncproof.scenario.choose import choose
from syncproof.scenario.grammar import Scenario


def scenario(id: str, *tags: str, classes: tuple[str, ...] = ()) -> Scenario:
    return Scenario.model_validate({"scenario": id, "tags": tags, "classes": classes, "steps": ["sync"]})


ALL = [scenario("consent/import", "go-live"), scenario("consent/push"), scenario("overwrite/phone", "go-live", classes=("B028",))]


@pytest.mark.parametrize(
    ("expression", "tags", "places"),
    [
        (None, [], [0, 1, 2]),
        (None, ["go-live"], [0, 2]),
        ("consent", [], [0, 1]),
        ("CONSENT", [], [0, 1]),
        ("consent and not import", [], [1]),
        ("import or phone", [], [0, 2]),
        ("not (import or phone)", [], [1]),
        ("not not import", [], [0]),
        ("b028", [], [2]),
        ("consent/push", [], [1]),
        ("consent", ["go-live"], [0]),
        ("import or push and phone", [], [0]),
    ],
)
def test_words_are_combined_as_in_speech(expression: str | None, tags: list[str], places: list[int]) -> None:
    assert [ALL.index(s) for s in choose(ALL, expression, tags)] == places


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("consent and", "a word is missing"),
        ("(consent", "a `)` is missing"),
        ("consent push", "`push` is not expected there"),
        ("and consent", "a word is missing"),
        ("nothing_like_it", "leaves none of 3 scenarios"),
    ],
)
def test_an_expression_that_means_nothing_is_told(expression: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        choose(ALL, expression, [])

    assert told in str(caught.value)


def test_an_unknown_tag_is_told_with_those_there_are() -> None:
    with pytest.raises(InputError) as caught:
        choose(ALL, None, ["golive"])

    assert str(caught.value) == "--tag: no scenario has the tag `golive` (did you mean `go-live`?); known: go-live."
