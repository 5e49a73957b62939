"""Draws one story: a few rounds of what people do and what goes wrong, each with a sync, then everything is healed.

Steps are drawn as the data that a YAML file holds. What is drawn can be done: who has been deleted is left in peace, and
people act only where their record is sure to stand, whatever the connector has made of the syncs so far.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ...mapping.grammar import Side
from .ground import PEOPLE, Field, Ground, Trouble, Wording

T = TypeVar("T")

# The budget of one scenario.
MOST_PEOPLE = 8
MOST_ROUNDS = 3
MOST_ACTS = 4  # in a round
MOST_FAULTS = 2  # in a round
# In a scenario: an act may be an edit on either side, a fault may need the clock moved first, and a state lost and
# something during the sync come on top.
MOST_EVENTS = MOST_ROUNDS * (2 * MOST_ACTS + 2 * MOST_FAULTS + 2)

# What is likelier than the rest, and how much. A fault that hits one write among others brings more to light than an outage,
# after which everything is simply done again; and where the vendors' operations meet a fault, something can be lost.
SHARP = ("broken_body", "lost_response", "partial_failure", "row_lock", "server_error", "timeout_before_write")
WRITING = ("writes", "creates", "changes")
LIKELIER = 4

SYNCS_TO_RECOVER = 2  # after which a last, quiet one follows, as in every scenario

# Faults that show the past begin when everything is older than their lag, and hold until healed: an index or a transaction
# may be late with what is new, but nothing that was seen already is taken back.
LATE = ("index_lag", "late_commit")
LATE_S = 300

# What is never drawn together, and why. A pair is out of the whole scenario once its first half is in.
APART: dict[frozenset[str], str] = {
    frozenset({"lose_state", "erase"}):
        "an erasure leaves nothing behind that a system could tell of: only who remembers the person can carry it",
    frozenset({"lose_state", "side_empty"}):
        "who has forgotten everything and is told that nobody is there can only believe it: no document tells such an answer from an empty system",
}  # fmt: skip


@dataclass
class _Person:
    """Somebody of the population: how a step picks them, and where their record is sure to stand."""

    object: str
    who: dict[str, Any]
    sides: tuple[Side, ...]
    is_free: bool = True


@dataclass
class Story:
    """What was drawn: the population, and the steps as YAML data."""

    population: dict[str, Any]
    steps: list[dict[str, Any]] = field(default_factory=list)


def draw(chance: random.Random, ground: Ground) -> Story:
    """Return one story; the same chance and ground give the same one."""
    return _Drawing(chance, ground).story()


class _Drawing:
    def __init__(self, chance: random.Random, ground: Ground) -> None:
        self.chance = chance
        self.ground = ground
        self.words: set[str] = set()  # steps and faults drawn so far
        self.people: list[_Person] = []
        self.steps: list[dict[str, Any]] = []
        self.armed = 0  # faults that are on
        self.is_known = False  # a first sync without faults has shown everybody of the population to the connector

    # -- the story ----------------------------------------------------------------------------------

    def story(self) -> Story:
        population = self._population()
        self.is_known = self._happens(0.7)
        if self.is_known:
            self.steps.append({"sync": {}})
        for _ in range(self.chance.randint(1, MOST_ROUNDS)):
            self._round()
        self._heal()
        self.steps += [{"sync": {}} for _ in range(SYNCS_TO_RECOVER)]
        return Story(population, self.steps)

    def _population(self) -> dict[str, Any]:
        total = self.chance.randint(4, MOST_PEOPLE)
        shares = self._shares(total)
        # Where connectors create, a population may begin on one side; else nobody would ever be linked.
        starts = [side for side in Side if all((name, side) in self.ground.creates for name in shares)]
        placed = self.chance.choice(starts) if starts and self._happens(0.2) else None
        for name, count in shares.items():
            for number in range(count):
                who = {"kind": PEOPLE[name], **({"skip": number} if number else {})}
                self.people.append(_Person(name, who, (placed,) if placed else tuple(Side)))
        population: dict[str, Any] = {"total": total, "placement": placed.value if placed else "both"}
        population["kinds"] = {PEOPLE[name]: count for name, count in shares.items()}
        said = {"subscribed": 2, "never_asked": 1, "opted_out": 1}
        return {**population, "consent": said, "newsletter": dict(said)} if self.ground.consents and self._happens(0.5) else population

    def _shares(self, total: int) -> dict[str, int]:
        first, *rest = [name for name in self.ground.objects if any(f.object == name for f in self.ground.fields)]
        if not rest:
            return {first: total}
        others = self.chance.randint(0, total // 2)
        return {first: total - others, **({rest[0]: others} if others else {})}

    def _round(self) -> None:
        acts = [self._act for _ in range(self.chance.randint(2, MOST_ACTS))]
        faults = [self._fault for _ in range(self.chance.choices(range(MOST_FAULTS + 1), (1, 3, 2))[0])]
        deeds: list[Callable[[], None]] = [*acts, *faults]
        self.chance.shuffle(deeds)
        for deed in deeds:
            deed()
        if self._happens(0.08) and self._may("lose_state"):
            self._add("lose_state", {})
        if self._happens(0.3):
            self._meanwhile()
        self.steps.append({"sync": {}})
        if self._happens(0.3) and self.armed:
            self._heal()

    def _heal(self) -> None:
        if self.armed:
            self.steps.append({"heal": {}})
        self.armed = 0

    # -- what goes wrong ----------------------------------------------------------------------------

    def _fault(self) -> None:
        names = sorted({t.fault for t in self.ground.troubles if self._may(t.fault)})
        if not names:
            return
        name = self.chance.choices(names, [LIKELIER if n in SHARP else 1 for n in names])[0]
        offered = [t for t in self.ground.troubles if t.fault == name]
        likely = (*WRITING, "*")
        trouble: Trouble = self.chance.choices(offered, [LIKELIER if t.operation in likely else 1 for t in offered])[0]
        said: dict[str, Any] = {"fault": name, "system": trouble.side.value}
        if trouble.operation != "*":
            said["operation"] = trouble.operation
        said |= self._moments() if name not in LATE else {}
        if trouble.settings:
            said["settings"] = dict(trouble.settings)
        if name in LATE:
            self._add("move_clock", {"seconds": LATE_S})
        # Whether the connector comes by is not known: a fault that never struck is told, and no reason to doubt the rest.
        self._add("inject", {**said, "optional": True}, name)
        self.armed += 1

    def _moments(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self._happens(0.3):
            said["after"] = self.chance.randint(1, 4)
        if self._happens(0.5):
            said["times"] = self.chance.randint(1, 3)
        if self._happens(0.25):
            said["probability"] = self.chance.choice([0.25, 0.5, 0.75])
        return said

    def _meanwhile(self) -> None:
        deeds: list[Callable[[], dict[str, Any] | None]] = [self._edit, self._word]
        if self.ground.can_kill:
            deeds.append(lambda: {"kill": {}})
        done = self.chance.choice(deeds)()
        if done is None:
            return
        at = self.chance.choice(["page_served", "write_done", "answered"])
        said = {"system": self.chance.choice(list(Side)).value, "at": at, "nth": self.chance.randint(1, 4)}
        inner = [word if not settings else {word: settings} for word, settings in done.items()]
        self._add("meanwhile", {**said, "do": inner, "optional": True})

    # -- what people do -----------------------------------------------------------------------------

    def _act(self) -> None:
        kinds: list[tuple[Callable[[], dict[str, Any] | list[dict[str, Any]] | None], int]] = [
            (self._edit, 8), (self._conflict, 4), (self._word, 5), (self._creation, 3), (self._deletion, 2), (self._erasure, 1),
            (self._handover, 1), (self._activity, 1), (self._bounce, 1), (self._leap, 1),
        ]  # fmt: skip
        act = self.chance.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        done = act() or self._edit()
        for step in done if isinstance(done, list) else [done] if done else []:
            ((word, settings),) = step.items()
            self._add(word, settings)

    def _edit(self) -> dict[str, Any] | None:
        person = self._somebody()
        if person is None:
            return None
        fields = [f for f in self.ground.fields if f.object == person.object and set(f.sides) & set(person.sides)]
        chosen = self.chance.sample(fields, min(len(fields), self.chance.choice([1, 1, 2])))
        side = self.chance.choice([s for s in chosen[0].sides if s in person.sides])
        written = {f.rule.field_on(side): self._value(f) for f in chosen if side in f.sides}
        return {"edit": {"side": side.value, "who": person.who, "set": written}}

    def _conflict(self) -> list[dict[str, Any]] | None:
        person = self._somebody(both=True)
        fields = [f for f in self.ground.fields if person is not None and f.object == person.object and len(f.sides) == len(Side)]
        if person is None or not fields:
            return None
        field_, sides = self.chance.choice(fields), list(Side)
        self.chance.shuffle(sides)
        return [{"edit": {"side": s.value, "who": person.who, "set": {field_.rule.field_on(s): self._value(field_)}}} for s in sides]

    def _value(self, field_: Field) -> str:
        return "$blank" if field_.may_be_blank and self._happens(0.2) else "$fresh"

    def _word(self) -> dict[str, Any] | None:
        """Somebody says no, or yes with evidence."""
        person = self._somebody()
        offered = [c for c in self.ground.consents if person is not None and c.object == person.object]
        if person is None or not offered:
            return None
        wording: Wording = self.chance.choice(offered)
        sides = [s for s in wording.sides if s in person.sides]
        if not sides:
            return None
        said: dict[str, Any] = {"side": self.chance.choice(sides).value, "who": person.who}
        if wording.channel != "email":
            said["channel"] = wording.channel
        if wording.purpose != "*":
            said["purpose"] = wording.purpose
        if self._happens(0.65):
            return {"opt_out": said}
        return {"opt_in": {**said, "evidence": {"source": "web form", "text": "I want to hear from you"}}}

    def _creation(self) -> dict[str, Any] | None:
        if not self.ground.creates:
            return None
        name, side = self.chance.choice(self.ground.creates)
        newcomer = _Person(name, {"index": len(self.people) + 1}, (side,))
        self.people.append(newcomer)
        return {"create": {"side": side.value, "object": name}}

    def _deletion(self) -> dict[str, Any] | None:
        return self._end_of("delete", self.ground.deletes)

    def _erasure(self) -> dict[str, Any] | None:
        # Who was never shown to the connector is erased without a trace: nobody could know (see APART).
        known = self.is_known and self._may("erase")
        return self._end_of("erase", self.ground.erases) if known else None

    def _end_of(self, word: str, offered: tuple[tuple[str, Side], ...]) -> dict[str, Any] | None:
        found = [(p, side) for p in self._free() for name, side in offered if name == p.object and side in p.sides and "index" not in p.who]
        # Who sees the last record of a kind go may take that for a fault (`side_empty`) and wait: one is always left.
        kinds = [p.object for p in self._free() if "index" not in p.who]
        found = [(p, side) for p, side in found if kinds.count(p.object) > 1]
        if not found:
            return None
        person, side = self.chance.choice(found)
        person.is_free = False
        return {word: {"side": side.value, "who": person.who, "object": person.object}}

    def _handover(self) -> dict[str, Any] | None:
        found = [(p, side) for p in self._free() for name, side in self.ground.owners if name == p.object and side in p.sides]
        if not found:
            return None
        person, side = self.chance.choice(found)
        return {"change_owner": {"side": side.value, "who": person.who}}

    def _activity(self) -> dict[str, Any] | None:
        person = self._somebody()
        return {"activity": {"side": self.chance.choice(person.sides).value, "who": person.who}} if person is not None else None

    def _bounce(self) -> dict[str, Any] | None:
        found = [p for p in self._free() if Side.MA in p.sides]
        if not found:
            return None
        return {"bounce": {"who": self.chance.choice(found).who, "what": self.chance.choice(["hard", "soft"])}}

    def _leap(self) -> dict[str, Any]:
        return {"move_clock": {"seconds": self.chance.choice([60, 3_600, 86_400])}}

    # -- chance -------------------------------------------------------------------------------------

    def _free(self) -> list[_Person]:
        return [p for p in self.people if p.is_free]

    def _somebody(self, *, both: bool = False) -> _Person | None:
        found = [p for p in self._free() if not both or len(p.sides) == len(Side)]
        return self.chance.choice(found) if found else None

    def _happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def _may(self, word: str) -> bool:
        return not any(word in pair and pair & self.words - {word} for pair in APART)

    def _add(self, word: str, settings: dict[str, Any], name: str = "") -> None:
        self.words.add(name or word)
        self.steps.append({word: settings})
