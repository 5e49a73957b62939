"""Who is there: the people of a scenario, the reserve that later steps bring in, and the seeding of both stores."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from syncproof_mocks.consent import ConsentKey, ConsentProof
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Actor, Row
from syncproof_mocks.schema import FieldInfo

from .errors import SetupError
from .evidence import Link
from .fitting import Fitting
from .fitting.fit import Orgs
from .mapping.grammar import Side
from .population.make import make_population
from .population.people import ConsentSeed, Dirt, Person, PersonKind, Population, RecordSeed, Ref
from .population.spec import PopulationSpec
from .sandbox import Sandbox
from .scenario.grammar import PopulationSettings

DAY_MS = 86_400_000
# Kinds of people that a CRM keeps for itself: linked from the start they would contradict every mapping's exclusions.
CRM_ONLY = (PersonKind.PARTNER, PersonKind.SUPPLIER, PersonKind.TEST)
CRM_ONLY_DIRT = (Dirt.TECHNICAL_MAILBOX, Dirt.INACTIVE, Dirt.DUPLICATE)


@dataclass
class Cast:
    """People in order (the seeded first, then the reserve), and what the sandbox calls their records."""

    population: Population
    total: int
    placement: str
    fitting: Fitting
    untouched_days: int = 0  # every seeded record is at least that old
    people: dict[str, Person] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    owner_ids: dict[tuple[Side, str], str] = field(default_factory=dict)
    company_ids: dict[tuple[Side, str], str] = field(default_factory=dict)
    # (side, person key) -> fields that this person's record has blank on that side from the start.
    blanks: dict[tuple[Side, str], set[str]] = field(default_factory=dict)
    # People who have a value in every field of the mapping: each is there for one field, which nobody knows yet.
    full: set[str] = field(default_factory=set)

    def place(self, person: Person) -> str:
        """Return where a person is seeded: `both`, `crm` or `ma`. Whom the mapping keeps out is not linked from the start."""
        if Dirt.SHARED_ADDRESS in person.dirt:
            # No MA takes two people with one address; the other one of the pair may stand there.
            return "crm"
        place = self._usual_place(person)
        return "crm" if place == "both" and self.fitting.keeps_out(person) else place

    def _usual_place(self, person: Person) -> str:
        if self.placement != "mixed":
            alone = person.kind in CRM_ONLY or any(d in person.dirt for d in CRM_ONLY_DIRT)
            return "crm" if alone and self.placement == "both" else self.placement
        if person.kind in CRM_ONLY or any(d in person.dirt for d in CRM_ONLY_DIRT):
            return "crm"
        number = int(person.key.lstrip("p"))
        if person.kind is PersonKind.LEAD:
            return ("both", "crm", "ma")[number % 3]
        return ("both", "crm")[number % 2]

    def reserve(self, count: int) -> list[Person]:
        """Return ``count`` people nobody has seen yet. Raises SetupError when the reserve is empty."""
        left = [p for p in self.population.people if p.key not in self.people][:count]
        if len(left) < count:
            raise SetupError(f"{count} new people are wanted, {len(left)} are left in the population")
        return left


def fitting_for(sandbox: Sandbox) -> Fitting:
    """Return what makes populations fit the mapping and both orgs of a sandbox; its worlds have the same orgs, so it is made once."""
    if "fitting" not in sandbox.kept:
        # Asked of whatever world is there then: a renewed one replaces both systems.
        schemas = {side: partial(_schema, sandbox, side) for side in Side}
        vendors = {side: sandbox.on(side).name for side in Side}
        orgs = Orgs(schemas, vendors, sandbox.ma.subscription_names())
        sandbox.kept["fitting"] = Fitting(sandbox.mapping, orgs, sandbox.world.clock.now())
    found: Fitting = sandbox.kept["fitting"]
    return found


def _schema(sandbox: Sandbox, side: Side, kind: str) -> Dictionary[str, FieldInfo]:
    return sandbox.on(side).schema(kind)


def make_cast(settings: PopulationSettings, reserve: int, sandbox: Sandbox) -> Cast:
    """Return the people of a scenario and ``reserve`` more for later steps. Nothing is seeded yet."""
    seed, now = sandbox.seed, sandbox.world.clock.now()
    population = make_population(seed, _spec(settings, settings.total, now))
    if reserve:
        population = _with_reserve(population, seed, settings, reserve, now)
    fitting = fitting_for(sandbox)
    return Cast(fitting.dressed(population), settings.total, settings.placement, fitting, settings.untouched_days)


def _with_reserve(population: Population, seed: int, settings: PopulationSettings, reserve: int, now: datetime) -> Population:
    # Newcomers carry the same dirt as far as there are any; whoever shares an address does so from the start.
    dirt = {d: min(n, reserve) for d, n in settings.dirt.items() if d not in (Dirt.SHARED_ADDRESS, Dirt.PLUS_TWIN)}
    spec = _spec(settings.model_copy(update={"dirt": dirt}), reserve, now)
    more = make_population(seed, spec, first=len(population.people) + 1)
    return Population(seed, population.people + more.people, population.companies + more.companies, population.owners)


def _spec(settings: PopulationSettings, total: int, now: datetime) -> PopulationSpec:
    given: dict[str, Any] = {"total": total, "today": now.astimezone(UTC).date().isoformat()}
    if settings.kinds:
        given["kinds"] = {PersonKind(k): float(v) for k, v in settings.kinds.items()}
    if settings.consent:
        given["consent"] = {ConsentSeed(k): float(v) for k, v in settings.consent.items()}
    if settings.newsletter:
        given["newsletter"] = {ConsentSeed(k): float(v) for k, v in settings.newsletter.items()}
    given["dirt"] = {Dirt(k): int(v) for k, v in settings.dirt.items()} if settings.dirt else dict.fromkeys(Dirt, 0)
    given["locales"] = dict.fromkeys(settings.locales, 1.0)
    if not settings.companies:
        given["company_share"] = 0.0
    return PopulationSpec(**given)


def seed_owners(cast: Cast, sandbox: Sandbox) -> None:
    """Add the owners to both systems; owners with the same e-mail address correspond."""
    for first, last, email, active in cast.population.owners:
        for side in (Side.CRM, Side.MA):
            cast.owner_ids[side, email] = sandbox.on(side).seed_owner(first, last, email, active)


def seed_people(
    cast: Cast, sandbox: Sandbox, people: Iterable[Person], placement: Dictionary[str, str], *, new: bool = False
) -> None:
    """Seed the records of ``people`` (and their companies, once) as if they had always been there.

    ``new``: they come in now, so their records are as young as that: who reads only what changed must see them.
    """
    people = list(people)
    keys = {p.key for p in people}
    chosen = Population(
        cast.population.seed, tuple(people),
        tuple({p.company.key: p.company for p in people if p.company}.values()), cast.population.owners,
    )
    now_ms = sandbox.world.clock.now_ms()
    with sandbox.world.journal.acting(Actor.SEED):
        for record in cast.fitting.records(chosen, placement, cast.full):
            if record.object == "company":
                if (Side(record.side), record.person) not in cast.company_ids:
                    _seed_company(cast, sandbox, _young(record) if new else _aged(record, cast.untouched_days), now_ms)
            elif record.person in keys:
                _seed_person(cast, sandbox, _young(record) if new else _aged(record, cast.untouched_days), now_ms)
    cast.people.update((p.key, p) for p in people)


def _aged(record: RecordSeed, days: int) -> RecordSeed:
    return replace(record, created_days_ago=record.created_days_ago + days, modified_days_ago=record.modified_days_ago + days)


def _young(record: RecordSeed) -> RecordSeed:
    return replace(record, created_days_ago=0, modified_days_ago=0)


def _seed_company(cast: Cast, sandbox: Sandbox, record: RecordSeed, now_ms: int) -> None:
    side = Side(record.side)
    row = _seed(cast, sandbox.on(side), side, record, now_ms)
    cast.company_ids[side, record.person] = row.id
    cast.links.append(Link(side, "company", record.kind, row.id, record.person))


def _seed_person(cast: Cast, sandbox: Sandbox, record: RecordSeed, now_ms: int) -> None:
    side = Side(record.side)
    dialect = sandbox.on(side)
    row = _seed(cast, dialect, side, record, now_ms)
    company = record.values.get("$company")
    if isinstance(company, Ref) and (side, company.key) in cast.company_ids:
        dialect.seed_company_link(record.kind, row.id, cast.company_ids[side, company.key])
    for channel, purpose, what, at, source in record.values.get("$consents", ()):
        proof = ConsentProof(at, source) if source else None
        dialect.desk_consent(record.kind, row.id, ConsentKey(channel, purpose), grant=what == "grant", proof=proof)
    cast.links.append(Link(side, record.object, record.kind, row.id, record.person))


def _seed(cast: Cast, dialect: Dialect, side: Side, record: RecordSeed, now_ms: int) -> Row:
    blanks = cast.blanks.get((side, record.person), ())
    values: dict[str, Any] = {}
    for name, value in record.values.items():
        if name.startswith("$") or name in blanks:
            continue
        values[name] = _resolved(cast, side, value) if isinstance(value, Ref) else value
    return dialect.seed(
        record.kind, values, created_ms=now_ms - record.created_days_ago * DAY_MS,
        modified_ms=now_ms - record.modified_days_ago * DAY_MS,
    )


def _resolved(cast: Cast, side: Side, ref: Ref) -> str | None:
    table = cast.owner_ids if ref.what == "owner" else cast.company_ids
    return table.get((side, ref.key))
