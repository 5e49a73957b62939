"""What became of records and fields by people's own acts: who was merged into whom, which lead became a contact, what went.

Two people whose records were merged are one person from that moment on, and every refusal of each is theirs. Moments are
journal sequences: what is asked for one moment knows nothing of later acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..evidence import Act, Evidence
from ..mapping.grammar import FieldRule, ObjectMapping, Side

# Fields that a connector cannot so much as see any more.
_LOST = ("remove", "hide")
# Salesforce's ids have a short form that leaves the last three characters out.
_SHORT = 15


@dataclass(frozen=True, slots=True)
class Union:
    """Two people became one: ``absorbed`` is ``survivor`` from journal sequence ``act.seq`` on."""

    absorbed: str
    survivor: str
    act: Act


class Lineage:
    """Follows records through merges and conversions, and fields through changes of the schema."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._person_of = {(link.side, link.object, link.record_id): link.person for link in evidence.links}

    # -- people -------------------------------------------------------------------------------------

    @cached_property
    def unions(self) -> tuple[Union, ...]:
        """Return the merges of two different people, in order; a duplicate of one person is no union."""
        return tuple(self._unions())

    def _unions(self) -> Iterator[Union]:
        for act in self.evidence.acts:
            if act.kind == "merge":
                losers = (self._person_of.get((act.side, act.object, i)) for i in act.others)
                for loser in dict.fromkeys(losers):
                    if loser is not None and loser != act.person:
                        yield Union(loser, act.person, act)

    def subject(self, person: str, seq: int) -> str:
        """Return who a person was at a moment: the one they had been merged into by then, or themselves."""
        for union in self.unions:
            if union.act.seq < seq and union.absorbed == person:
                person = union.survivor
        return person

    def absorbed(self, person: str, seq: int) -> tuple[Union, ...]:
        """Return the merges of others into a person before a moment, in order."""
        return tuple(u for u in self.unions if u.survivor == person and u.act.seq < seq)

    # -- records ------------------------------------------------------------------------------------

    @cached_property
    def _converted(self) -> dict[tuple[Side, str], int]:
        return {(a.side, a.record_id): a.seq for a in self.evidence.acts if a.kind == "convert"}

    def is_converted(self, side: Side, record_id: str, seq: int) -> bool:
        """Tell whether a record had been converted by then: it stays to be read, and says nothing of its person any more."""
        made = self._converted.get((side, record_id))
        return made is not None and made < seq

    def gone(self, side: Side, seq: int) -> frozenset[str]:
        """Return the ids (lower case, short forms too) of records of one side merged away or converted before a moment."""
        ids = [
            i for a in self.evidence.acts if a.side is side and a.seq < seq and a.kind in ("merge", "convert")
            for i in ((*a.others, a.record_id) if a.kind == "merge" else (a.record_id,))
            if not (a.kind == "merge" and i == a.value)  # the survivor lives on
        ]
        return frozenset(form for i in ids for form in (i.casefold(), i[:_SHORT].casefold()))

    # -- fields -------------------------------------------------------------------------------------

    def is_lost(self, obj: ObjectMapping, rule: FieldRule, seq: int) -> bool:
        """Tell whether one end of a rule had been removed or hidden by then: nothing can be said of it any more."""
        return any(
            a.seq < seq and a.object == obj.object and a.value in _LOST and a.field == rule.field_on(a.side) for a in self._schema_acts
        )

    @cached_property
    def _schema_acts(self) -> tuple[Act, ...]:
        # Asked for every field of every person: nearly always there are none.
        return tuple(a for a in self.evidence.acts if a.kind == "change_schema")

    def schema_changed(self, seq: int) -> bool:
        """Tell whether an administrator had changed the schema of either side by then."""
        return any(a.seq < seq for a in self._schema_acts)
