"""While it makes a record of a person on one side, a connector has no business changing the one on the other side."""

from __future__ import annotations

import pytest
from syncproof.mapping.grammar import Side
from syncproof.oracle.fields import Oracle
from syncproof.sandbox import Sandbox
from tests.checks.deeds import contact, found, world
from tests.ideal import Ideal
from tests.staging import play, rules

ONE_SIDED = {"placement": "crm"}


class Spoiler(Ideal):
    """Ideal, but before the first sync it writes a title of its own into the CRM, which the new MA record then carries."""

    def _sync(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        row = contact(sandbox, Side.CRM)
        if "Spoiled" not in str(row.values.get("Title")):
            self._write(Side.CRM, lambda: sandbox.on(Side.CRM).desk_edit(row.kind, row.id, {"Title": "Spoiled"}))
        super()._sync(sandbox)


@pytest.mark.parametrize("is_quiet", [True, False])
def test_a_value_spoiled_at_its_source_is_not_right_because_it_arrived(is_quiet: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Oracle, "_is_quiet", lambda *_: is_quiet)

    result = play(world("sync", **ONE_SIDED), Spoiler())

    assert {f.field for f in found(result, "FIELD-012")} == {"Title", "jobtitle"}, rules(result)


def test_an_ideal_first_meeting_is_accepted() -> None:
    assert rules(play(world("sync", **ONE_SIDED), Ideal())) == set()
