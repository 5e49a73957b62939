"""The word for the damage must be the one that leads to the cause."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from syncproof.oracle.classify import Damage, Wrong, classify, is_mangled
from syncproof.population.trace import Trace


def wrong(expected: Any, found: Any, **more: Any) -> Wrong:
    given: dict[str, Any] = {"before": None, "other_before": None, "both_changed": False, "read_only_side": False,
                             "person": "p0001", "fields": ("Title", "jobtitle")}
    return Wrong(expected, found, **{**given, **more})


def trace() -> Trace:
    found = Trace()
    found.add("Director Bodera", "p0002", "Title")
    found.add("Kraków Tarupe", "p0001", "City")
    found.add("Chief Tarupe", "p0001", "Title")
    return found


@pytest.mark.parametrize(
    ("case", "damage"),
    [
        (wrong("new", "old", before="old"), Damage.LOST_UPDATE),
        (wrong("mine", "theirs", before="mine0", other_before="theirs", both_changed=True), Damage.WRONG_WINNER),
        (wrong("theirs", "mine0", before="mine0", other_before="theirs", both_changed=True), Damage.WRONG_WINNER),
        (wrong("theirs", "junk", before="mine0", other_before="theirs", both_changed=True), Damage.INVENTED),
        (wrong("value", None, before="value"), Damage.BLANK_OVERWROTE),
        (wrong("value", None), Damage.DROPPED),
        (wrong(None, "value", before="value"), Damage.NOT_CLEARED),
        (wrong("Chief Tarupe", "Director Bodera"), Damage.ANOTHER_PERSON),
        (wrong("Chief Tarupe", "Kraków Tarupe"), Damage.ANOTHER_FIELD),
        (wrong("Product Manager Wumilo", "Product Man"), Damage.TRUNCATED),
        (wrong("O'Neil & Søn", "O&#039;Neil &amp; Søn"), Damage.MANGLED),
        (wrong("Żółć Bodera X", "Zolc Bodera X"), Damage.MANGLED),
        (wrong("1974-10-06", "1974-06-10"), Damage.SHIFTED_DATE),
        (wrong("+48221234567", "0048 22 123 45 67"), Damage.INVENTED),
        (wrong("+48 22 123 45 67", "48221234567"), Damage.FORMAT_CHANGED),
        (wrong("value", "Unknown"), Damage.INVENTED),
        (wrong(frozenset({"a", "b"}), frozenset({"a"})), Damage.CHOICE_LOST),
        (wrong(frozenset({"a", "b"}), frozenset({"a, b"})), Damage.CHOICE_LOST),
        (wrong(frozenset({"a"}), frozenset({"a", "b"})), Damage.INVENTED),
        (wrong(Decimal("1.12"), Decimal(112)), Damage.NUMBER_CHANGED),
        (wrong(None, Decimal(0)), Damage.INVENTED),
        (wrong(Decimal(7), "seven"), Damage.INVENTED),
        (wrong("seven", Decimal(7)), Damage.INVENTED),
        (wrong(frozenset({"a"}), "a;b"), Damage.INVENTED),
        (wrong("a;b", frozenset({"a"})), Damage.INVENTED),
        (wrong("1974-10-06", "October"), Damage.INVENTED),
        (wrong("+5511912345678", "+551112345678"), Damage.PHONE_CHANGED),
        (wrong("+49301234567", "301234567"), Damage.PHONE_CHANGED),
        (wrong("+49301234567", "+4930"), Damage.TRUNCATED),
        (wrong("49301234567", "301234567"), Damage.INVENTED),
        (wrong("old", "stray", before="old", other_before="stray", read_only_side=True), Damage.WRONG_DIRECTION),
    ],
)
def test_the_damage_is_named(case: Wrong, damage: Damage) -> None:
    assert classify(case, trace()) is damage


def test_an_encoding_accident_is_told_from_another_text() -> None:
    assert is_mangled("Jérôme", "JÃ©rÃ´me")
    assert is_mangled("Jérôme", "J?r?me")
    assert is_mangled("Łukasz Ж", "Lukasz Ж")
    assert is_mangled("Żółć Łukasz Ж", "Zolc Łukasz Ж")
    assert not is_mangled("Jérôme", "Jean")
