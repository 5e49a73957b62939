"""The stage of one scenario: what each step does to the sandbox, and the evidence that is kept of it.

People act through the desk of a system, between two requests, with themselves as the actor; the connector is started
by its driver and is spoken to only over HTTP. Nothing here judges.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from syncproof_mocks.consent import ConsentKey, ConsentProof
from syncproof_mocks.dialect import DeskError
from syncproof_mocks.faults import arm, disarm
from syncproof_mocks.journal import Actor, Change, Exchange
from syncproof_mocks.schema import FieldInfo

from .acting import Values
from .cast import Cast, make_cast, seed_owners, seed_people
from .drivers import Ended
from .errors import SetupError
from .evidence import Act, Evidence, Link, State
from .mapping.grammar import FieldRule, Mapping, ObjectMapping, Side
from .matrix import Cell
from .model import SyncSummary
from .planning import matrix_cells, newcomers, plan_matrix
from .population.people import Person
from .sandbox import Sandbox
from .scenario.grammar import Scenario
from .scenario.selectors import select
from .sync_summary import summarise

USERS = {Side.CRM: Actor.CRM_USER, Side.MA: Actor.MA_USER}


class Connecting(Protocol):
    """Starts the connector once; ``number`` is the sync's, from 1."""

    def __call__(self, sandbox: Sandbox, number: int) -> Ended: ...


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
        self.cells: dict[str, tuple[Cell, int]] = {}  # person key -> (cell, number of the sync that judges it)
        self.asserted: list[dict[str, Any]] = []
        self.connector_seconds = 0.0
        self.success_exit_codes: frozenset[int] = frozenset({0})  # what the connector file counts as a claim of success
        self.state_dir: Path | None = None  # where the connector keeps what it knows between syncs
        self._fresh: dict[str, int] = {}
        self._acted_since_sync = True
        settings = scenario.population
        self.cast: Cast = make_cast(sandbox.seed, settings, newcomers(scenario), sandbox.world.clock.now())
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
            self.journal.mark("baseline", f"{len(people)} people")
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
                if addresses & {x.casefold() for x in dialect.addresses(row)}:
                    yield Link(side, obj.object, row.kind, row.id, person)

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
        return State(
            len(self.syncs), len(self.journal), self.sandbox.world.clock.now_ms(),
            self.sandbox.crm.store.snapshot(), self.sandbox.ma.store.snapshot(),
        )

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
            raise SetupError(f"{self.sandbox.on(side).name} does not let a person do this: {error}") from error
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
            yield self._act(seq, link, "edit", field=field, old=row.values.get(field), value=after.values.get(field), cell=cell)

    def _act(self, seq: int, link: Link, kind: str, **details: Any) -> Act:
        return Act(
            seq, self.sandbox.world.clock.now_ms(), link.side, link.person, kind, link.object, link.record_id,
            len(self.syncs), **details,
        )

    def edit(self, settings: Any) -> None:
        """Step `edit`."""
        self.next_second()
        targets = [self.record(p, settings.side, settings.object) for p in self.people(settings)]

        def do() -> Iterable[Act]:
            for link in targets:
                yield from self.write(link, {f: self.values.resolve(link, f, v) for f, v in settings.set.items()})

        self.act(settings.side, "edit", do)

    def create(self, settings: Any) -> None:
        """Step `create`: a person nobody has seen is entered in one system."""
        self.next_second()
        side: Side = settings.side
        new = self.cast.reserve(settings.count)

        def do() -> Iterable[Act]:
            for person in new:
                self.cast.people[person.key] = person
                seq = len(self.journal)
                obj, row, values = self.values.enter(person, side, settings)
                link = Link(side, obj.object, row.kind, row.id, person.key)
                self.cast.links.append(link)
                for field in values:
                    yield self._act(seq, link, "create", field=field, value=row.values.get(field))

        self.act(side, "create", do)

    def delete(self, settings: Any) -> None:
        """Step `delete`."""
        self._remove(settings, "delete", lambda d, x: d.desk_delete(x.kind, x.record_id))

    def erase(self, settings: Any) -> None:
        """Step `erase`."""
        self._remove(settings, "erase", lambda d, x: d.desk_erase(x.kind, x.record_id))

    def _remove(self, settings: Any, kind: str, remove: Callable[[Any, Link], None]) -> None:
        self.next_second()
        targets = [self.record(p, settings.side, settings.object) for p in self.people(settings)]

        def do() -> Iterable[Act]:
            for link in targets:
                seq = len(self.journal)
                remove(self.sandbox.on(settings.side), link)
                yield self._act(seq, link, kind)

        self.act(settings.side, kind, do)

    def opt_in(self, settings: Any) -> None:
        """Step `opt_in`: the person says yes, with or without evidence."""
        self._say(settings, grant=True)

    def opt_out(self, settings: Any) -> None:
        """Step `opt_out`: the person says no."""
        self._say(settings, grant=False)

    def _say(self, settings: Any, *, grant: bool) -> None:
        self.next_second()
        key = ConsentKey(settings.channel, settings.purpose)
        proof = self._proof(getattr(settings, "evidence", None), grant)
        targets = [self.record(p, settings.side, settings.object) for p in self.people(settings)]

        def do() -> Iterable[Act]:
            for link in targets:
                seq = len(self.journal)
                self.sandbox.on(settings.side).desk_consent(link.kind, link.record_id, key, grant=grant, proof=proof)
                yield self._act(seq, link, "opt_in" if grant else "opt_out", key=key, proof=proof)

        self.act(settings.side, "opt_in" if grant else "opt_out", do)

    def _proof(self, evidence: Any, grant: bool) -> ConsentProof | None:
        at = self.sandbox.world.clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
        if not grant:
            return ConsentProof(at, "person")
        return ConsentProof(at, evidence.source, evidence.text) if evidence is not None else None

    def edit_matrix(self, settings: Any) -> None:
        """Step `edit_matrix`: all first moves, then (a second later) all second moves."""
        wanted = {c.name for c in matrix_cells(self.mapping, self.sandbox, settings)}
        mine = [(k, c) for k, (c, _) in self.cells.items() if c.name in wanted]
        for number in range(max((len(c.moves) for _, c in mine), default=0)):
            # Each side of each round has a second of its own, so that "later" is never a tie.
            for side in Side:
                batch = [(k, c) for k, c in mine if len(c.moves) > number and c.moves[number].side is side]
                if batch:
                    self.next_second()
                    self.act(side, "edit_matrix", partial(self._moves, batch, number))

    def _moves(self, batch: list[tuple[str, Cell]], number: int) -> Iterable[Act]:
        for key, cell in batch:
            move = cell.moves[number]
            link = self.record(self.cast.people[key], move.side, None)
            yield from self.write(link, self.values.moved(link, cell, move), cell.name)

    # -- time, faults, bookkeeping ------------------------------------------------------------------

    def wait(self, settings: Any) -> None:
        """Step `wait`."""
        time.sleep(settings.seconds)

    def move_clock(self, settings: Any) -> None:
        """Step `move_clock`."""
        self.sandbox.call(lambda: self.sandbox.world.clock.move(settings.seconds))

    def inject(self, settings: Any) -> None:
        """Step `inject`. Raises SetupError for settings a fault does not know or an operation that cannot match."""
        for side in Side:
            if settings.system in (side.value, "both"):
                try:
                    self.sandbox.call(partial(arm, self.sandbox.app(side), settings.model_dump()))
                except (ValueError, TypeError) as error:
                    raise SetupError(f"fault `{settings.fault}`: {error}") from error

    def heal(self, settings: Any) -> None:
        """Step `heal`."""
        for side in Side:
            if settings.system in (side.value, "both"):
                self.sandbox.call(partial(disarm, self.sandbox.app(side), settings.fault))

    def lose_state(self, settings: Any) -> None:
        """Step `lose_state`: the connector's state directory is emptied, as after a re-installation."""
        del settings
        if self.state_dir is not None:
            shutil.rmtree(self.state_dir, ignore_errors=True)
        self.sandbox.call(lambda: self.journal.mark("state_lost"))

    def snapshot(self, settings: Any) -> None:
        """Step `snapshot`: a named moment in the journal."""
        self.sandbox.call(lambda: self.journal.mark("snapshot", settings.name))

    def ramp(self, settings: Any) -> None:
        """Step `ramp`: add people until there are so many, one sync each."""
        for wanted in settings.to:
            missing = wanted - len(self.cast.people)
            if missing > 0:
                self._add(self.cast.reserve(missing))
            self.run_sync()

    def _add(self, people: list[Person]) -> None:
        self.next_second()
        places = {p.key: self.cast.place(p) for p in people}
        self.sandbox.call(lambda: seed_people(self.cast, self.sandbox, people, places, new=True))
        self._acted_since_sync = True

    def assert_that(self, settings: Any) -> None:
        """Step `assert`: keep what was claimed and what is there; the verdict is the report's."""
        self.asserted.extend(self.values.claims(settings))

    # -- syncing ------------------------------------------------------------------------------------

    def sync(self, settings: Any) -> None:
        """Step `sync`."""
        if settings.instances > 1:
            raise SetupError("`instances` above 1 comes with the drivers of services; one instance is run now")
        self.run_sync(quiet=settings.expect == "quiet")

    def run_sync(self, *, quiet: bool = False) -> None:
        """Run the connector once, wait for its end, and keep the states around it."""
        number = len(self.syncs) + 1
        before = self.sandbox.call(self._state)
        self.before_syncs.append(before)
        mark = self.sandbox.call(lambda: self.journal.mark("sync_start", str(number)))
        ended = self.connect(self.sandbox, number)
        end = self.sandbox.call(lambda: self.journal.mark("sync_end", f"{number} {ended.ended} {ended.exit_code}"))
        self.connector_seconds += ended.seconds
        self.syncs.append(summarise(self.journal, self.sandbox.secrets(), number, ended, (mark.seq, end.seq)))
        self.outputs.append(ended.output.decode("utf-8", "replace"))
        if quiet or not self._acted_since_sync:
            self.quiet.add(number)
        self._acted_since_sync = False
        self.states.append(self.sandbox.call(self._state))

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
        )


