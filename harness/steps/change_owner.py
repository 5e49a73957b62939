"""Records are handed over: somebody else owns them now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..errors import SetupError
from ..evidence import Act, Link
from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class ChangeOwnerSettings(StepSettings):
    """Where, whose record, and what kind of owner it gets."""

    side: Side
    who: Who = FIRST
    object: Literal["contact", "lead"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )
    to: Literal["another", "leaves"] = Field(
        "another", description="`leaves`: the record keeps its owner, whose user is deactivated (in the CRM)"
    )


@dataclass(frozen=True)
class ChangeOwner:
    """Gives records to another owner, or lets their owner leave the company; nothing else of them changes."""

    model: ClassVar[type[StepSettings]] = ChangeOwnerSettings
    settings: ChangeOwnerSettings

    def run(self, stage: Stage) -> None:
        """Hand the records over as a user of that system would. Raises SetupError where the mapping has no owners."""
        stage.next_second()
        targets = [stage.record(p, self.settings.side, self.settings.object) for p in stage.people(self.settings)]

        def do() -> Iterable[Act]:
            for link in targets:
                yield self._hand_over(stage, link)

        stage.act(self.settings.side, "change_owner", do)

    def _hand_over(self, stage: Stage, link: Link) -> Act:
        rule = stage.object_mapping(link.object).owner
        if rule is None:
            raise SetupError(f"the mapping says nothing about the owners of {link.object} records")
        field, dialect = rule.crm if link.side is Side.CRM else rule.ma, stage.sandbox.on(link.side)
        row = dialect.store.get(link.kind, link.record_id)
        assert row is not None
        seq, present = len(stage.journal), row.values.get(field)
        if self.settings.to == "leaves":
            if link.side is not Side.CRM:
                raise SetupError(f"{dialect.name} deactivates no user at this desk; `leaves` is for the CRM")
            dialect.desk_edit(dialect.owner_kind, str(present), {dialect.owner_active_field: False})
            return stage.done(seq, link, "change_owner", field=field, old=present, value=present)
        after = dialect.desk_edit(link.kind, link.record_id, {field: self._new_owner(stage, link, present)})
        return stage.done(seq, link, "change_owner", field=field, old=row.values.get(field), value=after.values.get(field))

    def _new_owner(self, stage: Stage, link: Link, present: object) -> str:
        """Return the next owner who works here. Raises SetupError when there is nobody but the present one."""
        found = [stage.cast.owner_ids[link.side, email] for *_, email, works_here in stage.cast.population.owners if works_here]
        if not [i for i in found if i != present]:
            raise SetupError("the population has no other owner")
        # Each record goes to the one after its present owner, so that not everything ends in one pair of hands.
        place = found.index(str(present)) if str(present) in found else -1
        return found[(place + 1) % len(found)]
