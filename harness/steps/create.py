"""A person enters a new record in one system."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ..errors import SetupError
from ..evidence import Act, Link
from ..mapping.grammar import Side
from ..population.people import Person
from ..scenario.selectors import Who
from ..scenario.values import Value
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class CreateSettings(StepSettings):
    """Where, what kind of record, and what is in it."""

    side: Side
    object: Literal["contact", "lead", "company"] = "contact"
    values: dict[str, Value] = Field(default_factory=dict, description="fields of that side; the rest is a new person's")
    count: Annotated[int, Field(ge=1, le=10_000)] = 1
    who: Who | None = Field(None, description="people known to the other side only, who now enter here too; left out: somebody new")


@dataclass(frozen=True)
class Create:
    """Creates records that the other side has not seen yet; people that nobody seeded."""

    model: ClassVar[type[StepSettings]] = CreateSettings
    settings: CreateSettings

    def run(self, stage: Stage) -> None:
        """Create the records as a user of that system would."""
        side, settings = self.settings.side, self.settings
        stage.next_second()
        new = self._people(stage)

        def do() -> Iterable[Act]:
            for person in new:
                stage.cast.people[person.key] = person
                seq = len(stage.journal)
                obj, row, values = stage.values.enter(person, side, settings)
                link = Link(side, obj.object, row.kind, row.id, person.key)
                stage.cast.links.append(link)
                for field in values:
                    yield stage.done(seq, link, "create", field=field, value=row.values.get(field))

        stage.act(side, "create", do)

    def _people(self, stage: Stage) -> list[Person]:
        settings = self.settings
        if settings.who is None:
            return stage.cast.reserve(settings.count)
        chosen = stage.people(settings)
        for person in chosen:
            if stage.links_of(person.key, settings.side):
                raise SetupError(f"{person.label} has a record in the {settings.side.upper()} already")
        return chosen
