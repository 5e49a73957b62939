"""What a connector prints names nobody: not by address, name or phone number, as they were seeded or entered later."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from tests.checks.deeds import contact, found, world
from tests.ideal import Ideal
from tests.staging import play

Saying = Callable[[Sandbox], str]


class Talker(Ideal):
    """Ideal, and prints what a test makes it say."""

    def __init__(self, saying: Saying) -> None:
        super().__init__()
        self.saying = saying

    def _sync(self, sandbox: Sandbox) -> None:
        super()._sync(sandbox)
        self.says = self.saying(sandbox)


def told(saying: Saying, *steps: Any) -> list[Any]:
    return found(play(world(*(steps or ("sync",))), Talker(saying)), "SECRET-001")


def second(field: str) -> Saying:
    return lambda sandbox: f'refused: {{"value": "{contact(sandbox, Side.CRM, 1).values[field]}"}}'


@pytest.mark.parametrize(("field", "what"), [
    ("Email", "e-mail address"), ("LastName", "name"), ("Phone", "phone number"), ("MobilePhone", "phone number"),
])  # fmt: skip
def test_who_somebody_is_must_not_be_printed(field: str, what: str) -> None:
    finding = told(second(field))[0]

    # An address may hold the name as well.
    assert finding.found.split(", ")[0] == what
    assert (finding.classification, finding.sync, finding.severity.value) == ("person_printed", 1, "major")
    assert finding.message.startswith(f"The output of sync 1 names 1 person by {finding.found}, e.g. p0002 ")


def test_a_name_is_found_as_json_spells_it_too() -> None:
    def spelled(sandbox: Sandbox) -> str:
        names = [str(contact(sandbox, Side.CRM, i).values["LastName"]) for i in range(12)]
        return json.dumps(next(n for n in names if not n.isascii()))

    result = play({**world("sync"), "population": {"total": 12, "kinds": {"customer": 1}, "locales": ["pl_PL", "cs_CZ"]}}, Talker(spelled))

    assert found(result, "SECRET-001")


def test_an_address_that_somebody_entered_later_is_found_too() -> None:
    change = {"edit": {"side": "crm", "who": {"index": 2}, "set": {"Email": "brand.new@mail.example.org"}}}

    findings = told(lambda _: "INVALID: BRAND.NEW@mail.example.org", "sync", change, "sync")

    assert {f.message.partition(", e.g. ")[2][:5] for f in findings} == {"p0002"}


def test_everybody_who_is_named_is_counted() -> None:
    finding = told(lambda s: " ".join(str(contact(s, Side.CRM, i).values["LastName"]) for i in range(3)))[0]

    assert "names 3 people by name" in finding.message


@pytest.mark.parametrize("said", ["done: 3 records, 0035g00000TNTSmAAP refused", "", "somebody@strangers.example.com +49 30 1"])
def test_ids_counts_and_strangers_name_nobody(said: str) -> None:
    assert not told(lambda _: said)
