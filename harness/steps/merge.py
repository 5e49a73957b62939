"""A person merges records of one system: two people turn out to be one, or one is there twice."""

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


class MergeSettings(StepSettings):
    """Where, who stays, and whose records go into theirs."""

    side: Side
    into: Who = Field(FIRST, description="whose record survives")
    who: Who = Field(FIRST, description="whose records are merged into it; the same person: a second record of theirs")
    object: Literal["contact", "lead"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )


@dataclass(frozen=True)
class Merge:
    """Merges records at the vendor's own screen. Whoever was merged is one person from then on, with every refusal of each."""

    model: ClassVar[type[StepSettings]] = MergeSettings
    settings: MergeSettings

    def run(self, stage: Stage) -> None:
        """Merge the records as a user of that system would."""
        stage.next_second()
        survivor, losers = self._chosen(stage)

        def do() -> Iterable[Act]:
            seq = len(stage.journal)
            dialect = stage.sandbox.on(survivor.side)
            row = dialect.desk_unite(survivor.kind, survivor.record_id, [x.record_id for x in losers])
            if row.id != survivor.record_id:  # some vendors make a new record of the two
                stage.cast.links.append(Link(survivor.side, survivor.object, row.kind, row.id, survivor.person))
            yield stage.done(seq, survivor, "merge", value=row.id, others=tuple(x.record_id for x in losers))

        stage.act(survivor.side, "merge", do)

    def _chosen(self, stage: Stage) -> tuple[Link, list[Link]]:
        """Return the record that stays and those that go. Raises SetupError unless there are two of one kind."""
        side, wanted = self.settings.side, self.settings.object
        into = stage.people(self.settings.model_copy(update={"who": self.settings.into}))
        if len(into) != 1:
            raise SetupError(f"`into` picks one person, the survivor; `{self.settings.into}` picks {len(into)}")
        survivor = stage.record(into[0], side, wanted)
        chosen = {p.key: p for p in (*into, *stage.people(self.settings))}
        store = stage.sandbox.on(side).store
        # A record that others were merged into answers to several ids: each record counts once.
        found = {store.resolve(x.kind, x.record_id): x for key in chosen for x in stage.links_of(key, side) if x.kind == survivor.kind}
        losers = [x for i, x in found.items() if i != store.resolve(survivor.kind, survivor.record_id)]
        if not losers:
            raise SetupError(f"nobody has a second {survivor.kind} record in the {side.upper()} to merge into {into[0].label}'s")
        return survivor, losers
