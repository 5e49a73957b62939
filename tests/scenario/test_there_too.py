"""People who enter themselves on the other side too, and values typed off somebody else's record."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.drivers import Ended
from syncproof.errors import SetupError
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.stage import Stage


def staged(*steps: Any, **population: Any) -> Stage:
    settings = {"total": 4, "kinds": {"customer": 4}, **population}
    scenario = Scenario.model_validate({"population": settings, "steps": list(steps)}).placed("test/case", "", "test/case", ())
    mapping = load_mapping(default_mapping_file())
    stage = Stage(scenario, mapping, Sandbox(mapping, 3), lambda *_: Ended(0, "exited", 0.0, b"", 0, False, (), ""))
    stage.seed()
    for step in scenario.steps:
        step.run(stage)
    return stage


def test_somebody_known_to_one_side_enters_on_the_other_as_the_same_person() -> None:
    stage = staged({"create": {"side": "ma", "who": {"index": 2}}}, placement="crm")

    [row] = stage.sandbox.ma.store.rows("contacts")
    person = stage.cast.people["p0002"]
    assert (row.values["email"], row.values["lastname"]) == (person.email, person.last_name)
    assert [x.record_id for x in stage.links_of("p0002", Side.MA)] == [row.id]
    assert {a.person for a in stage.acts} == {"p0002"}
    assert len(stage.cast.people) == 4, "nobody new came in"


def test_who_is_there_already_cannot_enter_again() -> None:
    with pytest.raises(SetupError, match="p0002 .* has a record in the MA already"):
        staged({"create": {"side": "ma", "who": {"index": 2}}})


def test_a_value_is_read_off_the_same_field_of_another_person() -> None:
    stage = staged({"edit": {"side": "crm", "who": {"index": 1}, "set": {"Email": {"$of": "p0003"}}}})

    rows = list(stage.sandbox.crm.store.rows("Contact"))
    assert rows[0].values["Email"] == rows[2].values["Email"] == stage.cast.people["p0003"].email


@pytest.mark.parametrize(("key", "told"), [("p0099", "nobody is called p0099"), ("p0003", "no contact record")])
def test_a_person_without_a_record_has_no_value_to_give(key: str, told: str) -> None:
    steps = [{"delete": {"side": "crm", "who": {"key": "p0003"}}}, {"edit": {"side": "crm", "set": {"Email": {"$of": key}}}}]

    with pytest.raises(SetupError, match=told):
        staged(*steps)


def test_of_two_with_one_address_each_is_found_by_name() -> None:
    stage = staged({"snapshot": "x"}, placement="crm", dirt={"shared_address": 1})
    carrier = next(p for p in stage.cast.people.values() if p.dirt)
    other = next(p for p in stage.cast.people.values() if p.email == carrier.email and p is not carrier)

    stage.sandbox.call(lambda: stage.sandbox.ma.desk_create("contacts", {"email": other.email, "lastname": other.last_name}))

    assert stage.links_of(other.key, Side.MA)
    assert not stage.links_of(carrier.key, Side.MA)
