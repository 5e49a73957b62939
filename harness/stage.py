"""The stage of one scenario: what each step does to the sandbox, and the evidence that is kept of it.

People act through the desk of a system, between two requests, with themselves as the actor; the connector is started
by its driver and is spoken to only over HTTP. Nothing here judges.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from syncproof_mocks.consent import ConsentKey, ConsentProof
from syncproof_mocks.dialect import DeskError, Dialect
from syncproof_mocks.faults import Armed, sort_of
from syncproof_mocks.journal import Actor, Change, Exchange, Row
from syncproof_mocks.schema import FieldInfo

from .acting import Values
from .cast import Cast, make_cast, seed_owners, seed_people
from .drivers import Ended
from .errors import SetupError, UnsettledError
from .evidence import Act, Evidence, Link, State
from .hooks import Hook
from .legible import plural
from .mapping.grammar import FieldRule, Mapping, ObjectMapping, Side
from .matrix import Cell
from .model import SyncSummary
from .planning import newcomers, plan_matrix, roomy
from .population.people import Person
from .sandbox import Sandbox
from .scenario.grammar import Scenario
from .scenario.selectors import select
from .sync_summary import automation_edited, summarise

LONGEST_DEATH_S = 10.0
USERS = {Side.CRM: Actor.CRM_USER, Side.MA: Actor.MA_USER}


class Connecting(Protocol):
    """Lets the connector sync; ``number`` is the sync's, from 1. `kill` ends it at once, from another thread."""

    def __call__(self, sandbox: Sandbox, number: int, instances: int = 1) -> Ended: ...

    def kill(self) -> None: ...


class Stage:
    """Runs the steps of one scenario and keeps what checks will see."""

    def __init__(self, scenario: Scenario, mapping: Mapping, sandbox: Sandbox, connect: Connecting) -> None:
        self.scenario = scenario
        self.mapping = mapping
        self.sandbox = sandbox
        self.connect = connect
        self.journal = sandbox.world.journal
        self.acts: list[Act] = []
        self.states: list[State] = []
        self.before_syncs: list[State] = []
        self.syncs: list[SyncSummary] = []
        self.outputs: list[str] = []
        self.quiet: set[int] = set()
        self.killed: set[int] = set()  # numbers of the syncs in which a step killed the connector
        self._gone = threading.Event()  # the connector of the sync under way has ended
        self.hooks: list[tuple[Side, Hook]] = []
        self.cells: dict[str, tuple[Cell, int]] = {}  # person key -> (cell, number of the sync that judges it)
        self.armed: list[tuple[Side, Armed, bool]] = []  # faults, and whether they are optional
        self.missed: list[str] = []  # what `meanwhile` had planned, might have been left out, and was
        self.asserted: list[dict[str, Any]] = []
        self.connector_seconds = 0.0
        self.success_exit_codes: frozenset[int] = frozenset({0})  # what the connector file counts as a claim of success
        self.state_dir: Path | None = None  # where the connector keeps what it knows between syncs
        self._fresh: dict[str, int] = {}
        self._acted_since_sync = True
        self.cast: Cast = make_cast(roomy(scenario, mapping, sandbox), newcomers(scenario), sandbox)
        self.values = Values(self)

    # -- beginning ----------------------------------------------------------------------------------

    def seed(self) -> None:
        """Fill both stores; what is in them then is the baseline, not part of the journal."""
        people = list(self.cast.population.people[: self.cast.total])
        self.cells = plan_matrix(self.scenario, self.mapping, self.sandbox, self.cast, people)

        def fill() -> None:
            with self.journal.acting(Actor.SEED):
                seed_owners(self.cast, self.sandbox)
                seed_people(self.cast, self.sandbox, people, {p.key: self.cast.place(p) for p in people})
            self.journal.entries.clear()
            self.journal.mark("baseline", plural(len(people), "person", "people"))
            self.states.append(self._state())

        self.sandbox.call(fill)

    # -- reading ------------------------------------------------------------------------------------

    def object_mapping(self, name: str) -> ObjectMapping:
        """Return the mapping of an object. Raises SetupError when the mapping has none."""
        found = self.mapping.of(name)
        if found is None:
            raise SetupError(f"the mapping `{self.mapping.mapping}` has no object `{name}`")
        return found

    def stream(self, name: str) -> random.Random:
        """Return the seeded chance of a step."""
        return self.sandbox.world.dice.stream(f"step/{name}")

    def people(self, settings: Any) -> list[Person]:
        """Return the people a step is about: seeded or created ones, in order."""
        return select(list(self.cast.people.values()), settings.who, self.stream("who"))

    def record(self, person: Person, side: Side, object_name: str | None) -> Link:
        """Return the living record of a person on one side. Raises SetupError when there is none."""
        found = [x for x in self.links_of(person.key, side) if object_name in (None, x.object)]
        if not found:
            what = f"{object_name} record" if object_name else "record"
            raise SetupError(f"{person.label} has no {what} in the {side.upper()} now")
        return found[0]

    def links_of(self, person: str, side: Side) -> list[Link]:
        """Return the living records of a person: seeded or entered ones, else those a connector made for the address."""
        store = self.sandbox.on(side).store
        found = [x for x in self.cast.links if x.person == person and x.side is side and store.get(x.kind, x.record_id)]
        return found or list(self._made(person, side))

    def _made(self, person: str, side: Side) -> Iterable[Link]:
        dialect = self.sandbox.on(side)
        addresses = {self.cast.people[person].email.casefold()}
        addresses |= {str(a.value).casefold() for a in self.acts if a.person == person and "@" in str(a.value)}
        for obj in self.mapping.objects:
            if obj.object == "company":
                continue
            for row in dialect.store.rows(obj.kind_on(side)):
                if addresses & {x.casefold() for x in dialect.addresses(row)} and self._may_be(person, side, row):
                    yield Link(side, obj.object, row.kind, row.id, person)

    def _may_be(self, person: str, side: Side, row: Row) -> bool:
        """Tell whether a record with a person's address may be theirs: of two people who share it the name decides."""
        whose = {x.person for x in self.cast.links if (x.side, x.kind, x.record_id) == (side, row.kind, row.id)}
        if whose:
            return person in whose
        me = self.cast.people[person]
        shared = any(p.email == me.email for p in self.cast.people.values() if p is not me)
        return not shared or me.last_name in row.values.values()

    def rule(self, link: Link, field: str) -> FieldRule:
        """Return the mapping's rule for a field, or a plain one made from the field's metadata."""
        obj = self.mapping.of(link.object)
        found = obj.rule_for(link.side, field) if obj else None
        if found is not None:
            return found
        info = self.info(link, field)
        return FieldRule(crm=field, ma=field, type=info.type, where="")

    def info(self, link: Link, field: str) -> FieldInfo:
        """Return the metadata of a field. Raises SetupError naming what exists."""
        schema = self.sandbox.on(link.side).schema(link.kind)
        if field not in schema:
            from .nearest import suggest

            raise SetupError(f"{link.kind} in the {link.side.upper()} has no field `{field}`{suggest(field, schema)}")
        return schema[field]

    def fresh_number(self, person: str) -> int:
        """Return the number of this person's next new value."""
        self._fresh[person] = self._fresh.get(person, 0) + 1
        return self._fresh[person]

    def _state(self) -> State:
        self.catch_up()
        return State(
            len(self.syncs), len(self.journal), self.sandbox.world.clock.now_ms(),
            self.sandbox.crm.store.snapshot(), self.sandbox.ma.store.snapshot(),
        )

    def catch_up(self) -> None:
        """Let both vendors do what is due by now (call on the servers' thread)."""
        for side in Side:
            self.sandbox.on(side).catch_up()

    # -- human acts ---------------------------------------------------------------------------------

    def next_second(self) -> None:
        """Let the next second begin, unless nothing happened in this one: Salesforce's stamps have no finer order.

        The clock jumps ahead by less than a second and stands until wall time has caught up, so nobody waits and a
        connector that trusts its own clock sees no lasting difference.
        """
        clock = self.sandbox.world.clock
        last = next((e.at_ms for e in reversed(self.journal.entries) if isinstance(e, (Change, Exchange))), 0)
        if clock.now_ms() // 1000 <= last // 1000:
            self.sandbox.call(lambda: clock.skip_to((last // 1000 + 1) * 1000))

    def act(self, side: Side, note: str, do: Callable[[], Iterable[Act]]) -> None:
        """Let people do something in one system, between two requests, and remember each act."""

        def run() -> list[Act]:
            with self.journal.acting(USERS[side], note):
                return list(do())

        try:
            self.acts.extend(self.sandbox.call(run))
        except DeskError as error:
            raise SetupError(f"this cannot be done in {self.sandbox.on(side).name}: {error}") from error
        self._acted_since_sync = True

    def write(self, link: Link, changes: dict[str, Any], cell: str = "") -> Iterable[Act]:
        """Change fields of one record at the desk (call inside `act`)."""
        dialect = self.sandbox.on(link.side)
        row = dialect.store.get(link.kind, link.record_id)
        assert row is not None
        for field in changes:
            rule = self.rule(link, field)
            if rule.consent is not None:
                raise SetupError(f"{field} is a consent: use the steps `opt_out` and `opt_in`")
        seq = len(self.journal)
        said = {m.key: m.state for m in dialect.consents(row)}
        after = dialect.desk_edit(link.kind, link.record_id, changes)
        if said != {m.key: m.state for m in dialect.consents(after)}:
            raise SetupError(f"{', '.join(changes)} carries a consent: use the steps `opt_out` and `opt_in`")
        for field in changes:
            yield self.done(seq, link, "edit", field=field, old=row.values.get(field), value=after.values.get(field), cell=cell)

    def done(self, seq: int, link: Link, kind: str, **details: Any) -> Act:
        """Return what to remember of one act at a record: ``seq`` is the length of the journal before it."""
        return Act(
            seq, self.sandbox.world.clock.now_ms(), link.side, link.person, kind, link.object, link.record_id,
            len(self.syncs), **details,
        )

    def each_record(self, settings: Any, kind: str, do_to: Callable[[Dialect, Link], Any], **details: Any) -> None:
        """Do one thing to the record of each person that a step is about; ``kind`` names the act."""
        self.next_second()
        targets = [self.record(p, settings.side, settings.object) for p in self.people(settings)]

        def do() -> Iterable[Act]:
            for link in targets:
                seq = len(self.journal)
                do_to(self.sandbox.on(settings.side), link)
                yield self.done(seq, link, kind, **details)

        self.act(settings.side, kind, do)

    @contextmanager
    def no_edit(self) -> Iterator[None]:
        """Let something happen that is no edit: there is something to carry afterwards only where a mapped field moved."""
        acted, start = self._acted_since_sync, len(self.journal)
        yield
        self._acted_since_sync = acted or automation_edited(self.journal, start, self.mapping, self.sandbox)

    def say(self, settings: Any, *, grant: bool) -> None:
        """Let the people of a step say yes or no in one system."""
        key = ConsentKey(settings.channel, settings.purpose)
        self.next_second()  # before the evidence is dated: a word is not older than the moment at which it is entered
        proof = None if getattr(settings, "by", "") == "staff" else self._proof(getattr(settings, "evidence", None), grant)
        note = "opt_in" if grant else "opt_out"
        self.each_record(
            settings, note, lambda d, x: d.desk_consent(x.kind, x.record_id, key, grant=grant, proof=proof), key=key, proof=proof
        )

    def _proof(self, evidence: Any, grant: bool) -> ConsentProof | None:
        at = self.sandbox.world.clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
        if not grant:
            return ConsentProof(at, "person")
        return ConsentProof(at, evidence.source, evidence.text) if evidence is not None else None

    def add(self, people: list[Person]) -> None:
        """Let people come into being on both sides, linked, as if they had always been there."""
        self.next_second()
        places = {p.key: self.cast.place(p) for p in people}
        self.sandbox.call(lambda: seed_people(self.cast, self.sandbox, people, places, new=True))
        self._acted_since_sync = True

    # -- syncing ------------------------------------------------------------------------------------

    def run_sync(self, *, quiet: bool = False, instances: int = 1) -> None:
        """Let the connector sync, wait for the end, and keep the states around it.

        Raises UnsettledError when it never comes to rest: there is no state to judge then.
        """
        number = len(self.syncs) + 1
        before = self.sandbox.call(self._state)
        self.before_syncs.append(before)
        mark = self.sandbox.call(lambda: self.journal.mark("sync_start", str(number)))
        self._gone.clear()
        with self._hooked() as hooks:
            try:
                ended = self.connect(self.sandbox, number) if instances == 1 else self.connect(self.sandbox, number, instances)
            finally:
                self._gone.set()
        if ended.ended == "restless":
            self.sandbox.call(lambda: self.journal.mark("never_settled", f"{number} {ended.reason}"))
            raise UnsettledError(f"sync {number}: {ended.reason}")
        end = self.sandbox.call(lambda: self.journal.mark("sync_end", f"{number} {ended.ended} {ended.exit_code}"))
        self.connector_seconds += ended.seconds
        self.syncs.append(summarise(self.journal, self.sandbox.secrets(), number, ended, (mark.seq, end.seq)))
        self.outputs.append(ended.output.decode("utf-8", "replace"))
        if quiet or not self._acted_since_sync:
            self.quiet.add(number)
        self.states.append(self.sandbox.call(self._state))
        # What a workflow or a person did while the connector ran is an edit nobody has carried yet.
        automated = automation_edited(self.journal, mark.seq, self.mapping, self.sandbox)
        self._acted_since_sync = automated or any(act.seq >= mark.seq for act in self.acts)
        for hook in hooks:
            if hook.failure is not None:
                raise hook.failure
            if not hook.is_done and hook.is_optional:
                self.missed.append(f"sync {number} ended before {hook.moment} {hook.nth} of {hook.operation}: what `meanwhile` had planned did not happen")
            elif not hook.is_done:
                raise SetupError(f"sync {number} ended before the moment that `meanwhile` waits for ({hook.moment} {hook.nth} of {hook.operation})")

    def hook(self, side: Side, hook: Hook) -> None:
        """Let something happen at a chosen answer of one side during the next sync. Raises SetupError if none can match."""
        if not self.sandbox.on(side).meant(hook.operation):
            raise SetupError(f"no operation of {self.sandbox.on(side).name} matches `{hook.operation}`, so it could never happen")
        self.hooks.append((side, hook))

    @contextmanager
    def _hooked(self) -> Iterator[list[Hook]]:
        """Watch the answers for the moments that hooks wait for, and stop watching at the end of the sync."""
        hooks, self.hooks = self.hooks, []

        def place() -> None:
            for side, hook in hooks:
                app = self.sandbox.app(side)
                app.interceptors = [*app.interceptors, hook]

        def take_away() -> None:
            for side in Side:
                app = self.sandbox.app(side)
                app.interceptors = [i for i in app.interceptors if not isinstance(i, Hook)]

        if hooks:
            self.sandbox.call(place)
        try:
            yield [hook for _, hook in hooks]
        finally:
            if hooks:
                self.sandbox.call(take_away)

    def kill(self) -> None:
        """Kill the connector at once. Raises SetupError when none is at work."""
        number = len(self.syncs) + 1
        if len(self.before_syncs) < number:
            raise SetupError("no sync is running; `kill` belongs inside `meanwhile`")
        self.killed.add(number)
        self.sandbox.call(lambda: self.journal.mark("killed", str(number)))
        self.connect.kill()
        # The answer at which it is killed is let go after this: nobody may be left to hear it.
        self._gone.wait(LONGEST_DEATH_S)

    def marks_of(self, people: Iterable[Person], side: Side) -> set[str]:
        """Return what names people's records in requests to one side: their ids there now, and their addresses."""
        found = set()
        for person in people:
            found.add(person.email)
            for link in self.links_of(person.key, side):
                row = self.sandbox.on(side).store.get(link.kind, link.record_id)
                assert row is not None
                # Salesforce's ids have a short form of 15 characters.
                found |= {link.record_id, link.record_id[:15], *self.sandbox.on(side).addresses(row)}
        return {mark for mark in found if mark}

    def unfelt(self) -> list[tuple[str, bool]]:
        """Return the faults that were switched on and never struck, in words, and whether that was allowed."""
        return [
            (f"fault `{armed.name}` on {self.sandbox.on(side).name} ({armed.operation}) never struck "
             f"({plural(armed.seen, 'request')} matched{f', `after` lets {armed.after} pass' if armed.after else ''}): what it would have shown is not proved", optional)
            for side, armed, optional in self.armed if not armed.struck
        ]  # fmt: skip

    def uneventful(self) -> str:
        """Return why nothing is proved by a scenario of `options: {must_happen: true}` of which nothing came to pass; else ""."""
        happened = self.acts or self.killed or any(armed.struck for _, armed, _ in self.armed)
        if happened or not self.scenario.options.get("must_happen"):
            return ""
        return "nothing that this scenario had planned came to pass: no fault struck, and nobody did anything"

    @property
    def has_unsynced_acts(self) -> bool:
        """Tell whether people did something that no sync has had a chance to carry."""
        return self._acted_since_sync

    def evidence(self) -> Evidence:
        """Return everything that checks may see, frozen."""
        dialects = {side: self.sandbox.on(side) for side in Side}
        return Evidence(
            self.scenario.id, self.mapping, dict(self.cast.people), tuple(self.cast.links), tuple(self.acts),
            tuple(self.states), tuple(self.before_syncs), tuple(self.syncs), tuple(self.outputs), tuple(self.journal.entries),
            dialects, frozenset(self.quiet), self.success_exit_codes, self.sandbox.secrets(), dict(self.scenario.options),
            frozenset(self.killed), {armed.name: sort_of(armed.name) for _, armed, _ in self.armed},
        )


