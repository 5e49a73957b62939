"""Where both sides differ now, by the mapping: who pairs with whom and what a value means are the oracle's to say.

Nothing is judged: whether a difference is one that the next sync has to carry, may leave, or has made, says a scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from syncproof_mocks.consent import ConsentKey, ConsentState
from syncproof_mocks.journal import Row

from ..evidence import State
from ..mapping.grammar import Direction, FieldRule, ObjectMapping, Side
from ..mapping.meaning import same
from ..oracle.fields import Oracle
from ..oracle.meanings import meaning_of
from ..oracle.scope import Meeting
from ..stage import Stage
from .happened import plain


def differences(stage: Stage) -> dict[str, Any]:
    """Return what differs (``fields``, ``consents``), who is on one side only, and how much was compared and left out.

    Call it on the servers' thread: it looks at one moment of both stores.
    """
    now = State(
        0, len(stage.journal), stage.sandbox.world.clock.now_ms(), stage.sandbox.crm.store.snapshot(), stage.sandbox.ma.store.snapshot()
    )
    # One moment stands for the base, for what a sync would find and for what it would leave.
    oracle = Oracle(replace(stage.evidence(), states=(now, now), before_syncs=(now,)))
    look = _Look(oracle, now)
    for meeting in oracle.scope.meetings(1):
        look.at(meeting)
    return {
        "now_ms": now.at_ms, "compared": look.compared, "kept_out": look.kept_out, "crowded": look.crowded,
        "unknown": {str(side): look.nobodys(side) for side in Side}, "only_on": look.only_on, "fields": look.fields,
        "consents": list(look.consents()),
    }  # fmt: skip


class _Look:
    """Goes through the pairs of one moment."""

    def __init__(self, oracle: Oracle, now: State) -> None:
        self._oracle, self._now = oracle, now
        self.compared = self.kept_out = self.crowded = 0
        self.only_on: list[dict[str, Any]] = []
        self.fields: list[dict[str, Any]] = []
        # People with one record on each side, whom the mapping keeps in.
        self._paired: set[str] = set()

    def at(self, meeting: Meeting) -> None:
        """Compare the records of one person or company."""
        rows = {side: row for side in Side if (row := meeting.before(side)) is not None}
        if any(self._oracle.scope.kept_out(meeting.object, side, row, self._now.at_ms) for side, row in rows.items()):
            self.kept_out += 1
        elif meeting.crowded:
            self.crowded += 1
        elif len(rows) < 2:
            self._alone(meeting, *rows.items())
        else:
            self.compared += 1
            if meeting.object.object != "company":
                self._paired.add(meeting.subject)
            self.fields += self._fields(meeting, rows[Side.CRM], rows[Side.MA])

    def _alone(self, meeting: Meeting, found: tuple[Side, Row]) -> None:
        side, row = found
        self.only_on.append({**self._who(meeting), "system": str(side), "kind": row.kind, "record_id": row.id})

    def _who(self, meeting: Meeting) -> dict[str, Any]:
        return {"object": meeting.object.object, "person": meeting.subject, "name": self._oracle.identity.label(meeting.subject)}

    def _fields(self, meeting: Meeting, crm: Row, ma: Row) -> Iterator[dict[str, Any]]:
        for name, crm_value, ma_value, raw in self._pairs(meeting.object, crm, ma):
            yield {
                **self._who(meeting), "field": name, "crm": plain(crm_value), "ma": plain(ma_value), "crm_stored": plain(raw[0]),
                "ma_stored": plain(raw[1]), "crm_id": crm.id, "ma_id": ma.id,
            }  # fmt: skip

    def _pairs(self, obj: ObjectMapping, crm: Row, ma: Row) -> Iterator[tuple[str, Any, Any, tuple[Any, Any]]]:
        for rule in obj.fields:
            if rule.consent is None and rule.direction is not Direction.NONE:
                stored = crm.values.get(rule.crm), ma.values.get(rule.ma)
                meant = _meaning(rule, Side.CRM, stored[0]), _meaning(rule, Side.MA, stored[1])
                if not same(rule, *meant):
                    yield rule.name, *meant, stored
        if obj.owner is not None:
            stored = crm.values.get(obj.owner.crm), ma.values.get(obj.owner.ma)
            dialects = self._oracle.evidence.dialects
            emails = [dialects[side].owner_email(self._now.on(side), given) for side, given in zip(Side, stored, strict=True)]
            if emails[0] != emails[1]:
                yield f"{obj.owner.crm} = {obj.owner.ma}", *emails, stored  # type: ignore[misc]  # two of them

    def consents(self) -> Iterator[dict[str, Any]]:
        """Yield what the two sides say differently about the consents that the mapping names."""
        rules = [rule.consent for obj in self._oracle.evidence.mapping.objects for rule in obj.fields if rule.consent is not None]
        keys = dict.fromkeys(ConsentKey(rule.channel, rule.purpose) for rule in rules)
        said = {side: self._oracle.said(self._now, side) for side in Side}
        for person in sorted(self._paired):
            for key in keys:
                crm, ma = (said[side].get((person, key), ConsentState.UNKNOWN) for side in Side)
                if (crm.permits, crm.refuses) != (ma.permits, ma.refuses):
                    yield {"person": person, "name": self._oracle.identity.label(person), "key": str(key), "crm": crm.name.lower(), "ma": ma.name.lower()}

    def nobodys(self, side: Side) -> int:
        """Return how many records of mapped kinds belong to nobody that is known here, and were not compared."""
        kinds = self._oracle.identity.people_kinds(side)
        return sum(self._oracle.identity.person_of(side, row) is None for kind in kinds for row in self._now.on(side).rows(kind))


def _meaning(rule: FieldRule, side: Side, raw: Any) -> Any:
    return meaning_of(rule, side, raw)
