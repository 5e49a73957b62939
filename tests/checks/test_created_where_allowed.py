"""Records are made only in the directions that the mapping names."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Mapping
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import default_mapping_file
from tests.ideal import Ideal
from tests.staging import play, rules

STORY = {"population": {"total": 4, "placement": "{side}", "kinds": {"customer": 4}}, "steps": ["sync"]}


def story(side: str) -> dict[str, Any]:
    return {**STORY, "population": {**STORY["population"], "placement": side}}  # type: ignore[dict-item]


def mapping(**stated: Any) -> Mapping:
    """The default mapping with other `creates` for contacts and leads, as a checker sees it (the connector keeps its own)."""
    found = load_mapping(default_mapping_file())
    objects = [o if o.object == "company" else type(o).model_validate({**o.model_dump(exclude_unset=True), **stated}) for o in found.objects]
    return found.model_copy(update={"objects": tuple(objects)})


class AsBefore(Ideal):
    """Goes by the default mapping, whatever the checks are told."""

    def _sync(self, sandbox: Any) -> None:
        mine, sandbox.mapping = sandbox.mapping, load_mapping(default_mapping_file())
        try:
            super()._sync(sandbox)
        finally:
            sandbox.mapping = mine


def test_an_allowed_creation_is_looked_at_and_accepted() -> None:
    result = play(story("crm"), Ideal())

    assert "SCOPE-005" not in rules(result)
    assert next(c for c in result.checks if c.check == "created_where_allowed").looked_at >= 4


@pytest.mark.parametrize(("side", "forbidden"), [("crm", ["ma_to_crm"]), ("ma", ["crm_to_ma"])])
def test_a_record_made_against_the_mapping_is_found(side: str, forbidden: list[str]) -> None:
    result = play(story(side), AsBefore(), mapping=mapping(creates=forbidden))

    found = [f for f in result.findings if f.rule == "SCOPE-005"]
    assert len(found) == 4
    assert {f.system for f in found} == {"ma" if side == "crm" else "crm"}
    assert f"not {'crm_to_ma' if side == 'crm' else 'ma_to_crm'}" in found[0].message


def test_a_mapping_that_names_nothing_leaves_it_open() -> None:
    silent = mapping()
    objects = tuple(
        type(o).model_validate({k: v for k, v in o.model_dump(exclude_unset=True).items() if k != "creates"}) for o in silent.objects
    )
    result = play(story("ma"), AsBefore(), mapping=replace_objects(silent, objects))

    assert "SCOPE-005" not in rules(result)
    assert any("(`creates`)" in text for text in result.left_open)


def replace_objects(found: Mapping, objects: tuple[Any, ...]) -> Mapping:
    return found.model_copy(update={"objects": objects})
