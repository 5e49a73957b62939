"""Somebody brings deleted records back: out of the recycle bin, out of the archive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..errors import SetupError
from ..evidence import Act, Link
from ..mapping.grammar import Side
from ..population.people import Person
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class RestoreSettings(StepSettings):
    """Where and whose record."""

    side: Side
    who: Who = FIRST
    object: Literal["contact", "lead"] | None = Field(
        None, description="which record of the person; left out: the one that was deleted"
    )


@dataclass(frozen=True)
class Restore:
    """Brings records back that were deleted the ordinary way: the person takes part again."""

    model: ClassVar[type[StepSettings]] = RestoreSettings
    settings: RestoreSettings

    def run(self, stage: Stage) -> None:
        """Restore the records as a user of that system would."""
        stage.next_second()
        targets = [self._deleted(stage, p) for p in stage.people(self.settings)]

        def do() -> Iterable[Act]:
            for link in targets:
                seq = len(stage.journal)
                stage.sandbox.on(link.side).desk_restore(link.kind, link.record_id)
                yield stage.done(seq, link, "restore")

        stage.act(self.settings.side, "restore", do)

    def _deleted(self, stage: Stage, person: Person) -> Link:
        """Return the last deleted record of a person on this side. Raises SetupError when there is none."""
        store, side, wanted = stage.sandbox.on(self.settings.side).store, self.settings.side, self.settings.object
        for link in reversed(stage.cast.links):
            row = store.get(link.kind, link.record_id, deleted=True) if (link.person, link.side) == (person.key, side) else None
            if row is not None and row.deleted and wanted in (None, link.object):
                return link
        raise SetupError(f"{person.label} has no deleted record in the {side.upper()} to bring back")
