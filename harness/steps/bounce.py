"""A message to somebody comes back: a hard or soft bounce, a spam complaint, an address shut out by the vendor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field
from syncproof_mocks.consent import ConsentKey

from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage

_EVERYTHING = ConsentKey("email", "*")


class BounceSettings(StepSettings):
    """Where, whose, and how."""

    side: Side = Side.MA
    who: Who = FIRST
    object: Literal["contact", "lead", "company"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )
    what: Literal["hard", "soft", "spam", "quarantine"] = Field(
        "hard", description="`spam`: the person complained, which is a refusal too where the vendor takes it for one"
    )


@dataclass(frozen=True)
class Bounce:
    """Lets the last message to people come back. It says something about an address, nothing about a consent."""

    model: ClassVar[type[StepSettings]] = BounceSettings
    settings: BounceSettings

    def run(self, stage: Stage) -> None:
        """Tell the system so, as its mail server would; a complaint that opts the person out counts as their no."""
        what, side = self.settings.what, self.settings.side
        before = {person: _refused(stage, side, person) for person in (p.key for p in stage.people(self.settings))}
        first = len(stage.acts)
        stage.each_record(self.settings, "bounce", lambda d, x: d.desk_bounce(x.record_id, what), value=what)
        for act in stage.acts[first:]:
            if _refused(stage, side, act.person) and not before[act.person]:
                link = next(x for x in stage.links_of(act.person, side) if x.record_id == act.record_id)
                stage.acts.append(stage.done(act.seq, link, "opt_out", key=_EVERYTHING))


def _refused(stage: Stage, side: Side, person: str) -> bool:
    """Tell whether a system says that a person refuses all mail."""
    dialect = stage.sandbox.on(side)
    addresses = {a for x in stage.links_of(person, side) if (row := dialect.store.get(x.kind, x.record_id)) for a in dialect.addresses(row)}
    rows = [row for kind in dialect.store.kinds for row in dialect.store.rows(kind)]
    return any(
        mark.key == _EVERYTHING and mark.state.refuses and mark.contact_point.casefold() in addresses
        for row in rows for mark in dialect.consents(row)
    )
