"""A person changes fields of a record in one system, on its own screens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..evidence import Act
from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from ..scenario.values import Value
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class EditSettings(StepSettings):
    """Where, of whom, and what is written into which field."""

    side: Side
    who: Who = FIRST
    object: Literal["contact", "lead", "company"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )
    set: dict[str, Value] = Field(min_length=1, description="field of that side -> literal, `$fresh`, `$odd`, `$blank`, ...")
    at_once: bool = Field(False, description="true: a bulk edit; all records get one and the same stamp")


@dataclass(frozen=True)
class Edit:
    """Changes records behind the connector's back; the side effects of the vendor's screens apply."""

    model: ClassVar[type[StepSettings]] = EditSettings
    settings: EditSettings

    def run(self, stage: Stage) -> None:
        """Write the values as a user of that system would."""
        settings = self.settings
        stage.next_second()
        targets = [stage.record(p, settings.side, settings.object) for p in stage.people(settings)]

        # Where nobody's record has a mapped field to edit, nothing would be proved; where some have, the others are edited
        # as they are: a record that was touched must be pushed right too.
        first = next((x for x in targets if stage.values.is_mapped(x, settings.set)), targets[0]) if targets else None

        def do() -> Iterable[Act]:
            for link in targets:
                literally = link is not first and not stage.values.is_mapped(link, settings.set)
                yield from stage.write(link, stage.values.changes(link, settings.set, literally=literally))

        def do_at_once() -> Iterable[Act]:
            with stage.sandbox.world.clock.standing():
                yield from do()

        stage.act(settings.side, "edit", do_at_once if settings.at_once else do)
