"""The records of a population for one mapping and two orgs, from the built-in ones and the plans of each object."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property, partial
from typing import Any

from syncproof_mocks.schema import FieldInfo
from syncproof_mocks.store import UnknownKindError

from ..mapping.check import MappingProblem
from ..mapping.exclusions import excluded
from ..mapping.grammar import Mapping as Contract
from ..mapping.grammar import ObjectMapping, Side
from ..mapping.meaning import is_blank
from ..population.make import PopulationSpec, make_population
from ..population.people import Company, Own, Person, PersonKind, Population, RecordSeed, Ref
from ..population.records import KINDS, Placement, builtin_values, object_of, records, usual_placement
from .choices import Pair
from .consents import BUILTIN_FIELDS, OwnConsents
from .plan import Plan, Planner
from .refusals import refusals
from .slots import Wearer

Schemas = Mapping[Side, Callable[[str], Mapping[str, FieldInfo]]]
OBJECTS = ("company", "contact", "lead")


@dataclass(frozen=True)
class Orgs:
    """Both systems as far as a population needs to know them: fields by kind, vendor, named subscriptions of the MA."""

    schemas: Schemas
    vendors: Mapping[Side, str]
    subscriptions: Collection[str] = ()

    def fields(self, side: Side, kind: str) -> Mapping[str, FieldInfo]:
        """Return the fields of a kind, none for a kind that the system does not have."""
        try:
            return self.schemas[side](kind)
        except (UnknownKindError, KeyError):
            return {}


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made for one person so far: number of the slot -> values."""

    person: str
    raws: dict[int, Pair]


class Fitting:
    """Makes populations fit: the default mapping in the built-in orgs gets exactly the built-in records."""

    def __init__(self, mapping: Contract, orgs: Orgs, now: datetime) -> None:
        self.mapping = mapping
        self.orgs = orgs
        self.kinds = {
            (str(side), name): (obj.kind_on(side) if (obj := mapping.of(name)) else KINDS[str(side), name])
            for side in Side for name in OBJECTS
        }
        self._now = now
        self.plans = {name: self._plan(name) for name in OBJECTS}
        self.consents = {
            name: OwnConsents.of(mapping.of(name), frozenset(orgs.subscriptions), self._fields(Side.CRM, name))
            for name in OBJECTS
        }

    @cached_property
    def is_trivial(self) -> bool:
        """Tell whether the built-in records fit as they are."""
        plain = all(p.is_trivial for p in self.plans.values()) and all(c.is_builtin for c in self.consents.values())
        return plain and self.kinds == KINDS and not any(self._references(o) for o in self.mapping.objects)

    def problems(self) -> list[MappingProblem]:
        """Return what cannot be seeded, and so would prove nothing or could not be run."""
        return refusals(self.mapping, {side: partial(self.orgs.fields, side) for side in Side}, self.plans, self.consents)

    def dressed(self, population: Population) -> Population:
        """Return the population with the values of each person's own, so that a found value tells whose it is."""
        if self.is_trivial:
            return population
        # The company of a lead is a text on the lead, no record.
        companies = {c.key: replace(c, own=self._own(c)) for c in population.companies if c.kind is not PersonKind.LEAD}
        people = tuple(
            replace(p, own=self._own(p), company=companies.get(p.company.key, p.company) if p.company else None)
            for p in population.people
        )
        return replace(population, people=people, companies=tuple(companies.get(c.key, c) for c in population.companies))

    def records(
        self, population: Population, placement: Placement = usual_placement, full: Collection[str] = ()
    ) -> list[RecordSeed]:
        """Return the records to seed, as `population.records.records` does. The people ``full`` have no own field blank."""
        built = records(population, placement, self.kinds)
        if self.is_trivial:
            return built
        who: dict[str, Person | Company] = {p.key: p for p in population.people}
        who.update((c.key, c) for c in population.companies)
        seen: set[tuple[str, str]] = set()
        found = []
        made = _Made("", {})
        for record in built:
            twin = (record.side, record.person) in seen
            seen.add((record.side, record.person))
            if record.person != made.person or twin:
                made = _Made(record.person, {})
            wearer = self._wearer(who[record.person], record, is_full=record.person in full, is_twin=twin)
            found.append(replace(record, values=self._values(record, wearer, made.raws)))
            if twin:
                made = _Made("", {})
        return found

    def keeps_out(self, person: Person) -> bool:
        """Tell whether the mapping keeps the CRM record of a person out; built-in people say so themselves."""
        obj = self.mapping.of(object_of(person))
        if self.is_trivial or obj is None or not obj.exclude:
            return False
        alone = Population(0, (replace(person, company=None),), (), ())
        record = next(r for r in self.records(alone, {person.key: "crm"}) if r.person == person.key)
        return excluded(obj, Side.CRM, record.values, self._now) is not None

    # -- one record ----------------------------------------------------------------------------------

    def _values(self, record: RecordSeed, wearer: Wearer, made: dict[int, Pair]) -> dict[str, Any]:
        side, plan = Side(record.side), self.plans[record.object]
        known, drops = self._fields(side, record.object), plan.drops[side]
        values = {n: v for n, v in record.values.items() if n[0] == "$" or (n in known and n not in drops)}
        obj = self.mapping.of(record.object)
        if isinstance(wearer.whose, Person):
            values = self._said(record, wearer.whose, values)
        if obj is not None:
            values |= self._references_of(obj, side, record.values)
        for number, slot in enumerate(plan.slots):
            if side in slot.sides:
                raws = made.get(number) or slot.raws(wearer)
                if not slot.copies:
                    # Both records of a person hold the same pair; only copies look at the record itself.
                    made[number] = raws
                values[slot.name_on(side)] = raws[0 if side is Side.CRM else 1]
        return values

    def _said(self, record: RecordSeed, person: Person, values: dict[str, Any]) -> dict[str, Any]:
        consents = self.consents[record.object]
        if record.side == Side.MA:
            return {**values, "$consents": consents.ma(person, values.get("$consents", ()))}
        kept = {n: v for n, v in values.items() if n not in BUILTIN_FIELDS or n in consents.fields}
        return kept | consents.crm(person)

    @staticmethod
    def _references(obj: ObjectMapping) -> bool:
        owner, company = obj.owner, obj.company
        own_owner = owner is not None and (owner.crm, owner.ma) != ("OwnerId", "hubspot_owner_id")
        return own_owner or (company is not None and company.crm != "AccountId")

    def _references_of(self, obj: ObjectMapping, side: Side, values: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        known = self._fields(side, obj.object)
        owner = values.get("OwnerId") or values.get("hubspot_owner_id")
        if obj.owner is not None and isinstance(owner, Ref):
            found[obj.owner.crm if side is Side.CRM else obj.owner.ma] = owner
        company = values.get("AccountId")
        if obj.company is not None and side is Side.CRM and isinstance(company, Ref):
            found[obj.company.crm] = company
        return {name: ref for name, ref in found.items() if name in known}

    def _wearer(self, whose: Person | Company, record: RecordSeed, *, is_full: bool, is_twin: bool) -> Wearer:
        builtin: dict[Side, Mapping[str, Any]] = {Side.CRM: {}, Side.MA: {}}
        if self.plans[record.object].copies_builtin:
            crm, ma = builtin_values(whose, self.kinds["crm", record.object])
            builtin = {Side.CRM: crm, Side.MA: ma}
            # What this very record holds counts more: it may carry dirt, or be the second one of its person.
            builtin[Side(record.side)] = record.values
        return Wearer(whose, builtin, is_full=is_full, is_twin=is_twin)

    def _own(self, whose: Person | Company) -> tuple[Own, ...]:
        name = object_of(whose) if isinstance(whose, Person) else "company"
        plan = self.plans[name]
        crm, ma = builtin_values(whose, self.kinds["crm", name]) if plan.copies_builtin else ({}, {})
        wearer = Wearer(whose, {Side.CRM: crm, Side.MA: ma}, is_full=True)
        found: list[Own] = []
        for slot in plan.slots:
            if slot.is_traced:
                names = tuple(dict.fromkeys(slot.name_on(s) for s in Side if s in slot.sides))
                found.extend((str(raw), names) for raw in dict.fromkeys(map(_plain, slot.raws(wearer))) if raw is not None)
        return tuple(found)

    # -- plans ---------------------------------------------------------------------------------------

    def _fields(self, side: Side, name: str) -> Mapping[str, FieldInfo]:
        return self.orgs.fields(side, self.kinds[str(side), name])

    def _plan(self, name: str) -> Plan:
        builtin = {side: _builtin_names(name, self.kinds["crm", name], side) for side in Side}
        fields = {side: self._fields(side, name) for side in Side}
        return Planner(name, self.mapping.of(name), fields, self.orgs.vendors, self._now, builtin).plan()


def _plain(raw: Any) -> Any:
    return None if is_blank(raw) else raw


@cache
def _builtin_names(name: str, crm_kind: str, side: Side) -> frozenset[str]:
    """Return the fields that built-in records of an object have on a side (those of rare dirt may be missing)."""
    place = 0 if side is Side.CRM else 1
    found: set[str] = set()
    for person in make_population(1, PopulationSpec(40, "2026-01-01")).people:
        whose: Person | Company | None = person.company if name == "company" else person
        if whose is not None and (object_of(person) == name or (name == "company" and whose.kind is not PersonKind.LEAD)):
            found.update(builtin_values(whose, crm_kind)[place])
    return frozenset(n for n in found if not n.startswith("$"))
