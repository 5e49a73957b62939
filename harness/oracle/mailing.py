"""Who was mailed what: every message that went out, with the person it reached and what that person had said by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncproof_mocks.dialect import Mail
from syncproof_mocks.journal import Change

from ..evidence import Act
from ..mapping.grammar import Side
from .identity import side_of

if TYPE_CHECKING:
    from .fields import Oracle


@dataclass(frozen=True, slots=True)
class Mailed:
    """One message that went out, or that the system held back (`mail.refused`), and whom it was for."""

    change: Change
    side: Side
    mail: Mail
    person: str | None


class Mailing:
    """All messages of one scenario, and the campaigns they belong to."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.all = tuple(self._messages())

    @property
    def sent(self) -> tuple[Mailed, ...]:
        """Return the messages that went out, in order."""
        return tuple(m for m in self.all if not m.mail.refused)

    def campaigns(self) -> Iterator[tuple[Act, tuple[Mailed, ...]]]:
        """Yield each `campaign` step with the messages it made, held back ones too."""
        acts = [a for a in self.oracle.evidence.acts if a.kind == "campaign"]
        for act in acts:
            later = [a.seq for a in self.oracle.evidence.acts if a.seq > act.seq]
            end = min([*later, *(s.start_seq for s in self.oracle.evidence.syncs if s.start_seq > act.seq)], default=None)
            yield act, tuple(
                m for m in self.all
                if m.side is act.side and m.mail.campaign == act.record_id and m.change.seq >= act.seq
                and (end is None or m.change.seq < end)
            )

    def settled_before(self, seq: int) -> int:
        """Return the last sync that ended before ``seq`` and that no fault broke; 0: none."""
        done = [s.number for s in self.oracle.evidence.syncs if s.end_seq <= seq and not self.oracle.scope.is_broken(s.number)]
        return max(done, default=0)

    def _messages(self) -> Iterator[Mailed]:
        evidence, identity = self.oracle.evidence, self.oracle.identity
        living: dict[tuple[Side, str], str | None] = {}
        for entry in evidence.entries:
            if not isinstance(entry, Change) or entry.after is None:
                continue
            side = side_of(evidence, entry.system)
            if entry.kind in identity.people_kinds(side):
                living[side, entry.record_id] = identity.person_of(side, entry.after)
            mail = evidence.dialects[side].mail_of(entry.after) if entry.before is None else None
            if mail is not None:
                yield Mailed(entry, side, mail, self._person(side, mail, living))

    def _person(self, side: Side, mail: Mail, living: dict[tuple[Side, str], str | None]) -> str | None:
        by_address = self.oracle.identity.addresses.get(mail.address.casefold())
        if by_address is not None or mail.record_id is None:
            return by_address
        if (side, mail.record_id) in living:
            return living[side, mail.record_id]
        for state in self.oracle.evidence.states:
            for kind in self.oracle.identity.people_kinds(side):
                row = state.on(side).get(kind, mail.record_id)
                if row is not None:
                    return self.oracle.identity.person_of(side, row)
        return None


def told_of(act: Act) -> dict[str, Any]:
    """Return the settings of a `campaign` step as its act keeps them: purpose, to, at_most, days, where."""
    return dict(act.value or {})
