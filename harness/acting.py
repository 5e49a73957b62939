"""What a person writes: the values of steps turned into what the screen of each vendor takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from syncproof_mocks.journal import Row
from syncproof_mocks.schema import FieldType

from .errors import SetupError
from .evidence import Link
from .mapping.grammar import FieldRule, ObjectMapping, Side
from .mapping.meaning import neutral, stored
from .matrix import Cell, Move
from .population.fresh import fresh_value
from .population.people import Person, PersonKind, Population, Ref
from .population.records import records
from .scenario.values import Literal, Surroundings, resolve

if TYPE_CHECKING:
    from .stage import Stage


class Values:
    """Makes the values of one stage: each fresh one is new in the run and tells whose it is."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    # -- steps --------------------------------------------------------------------------------------

    def resolve(self, link: Link, field: str, value: Any) -> Any:
        """Return what to write into ``field`` of a record for a value of the YAML."""
        stage = self.stage
        rule = stage.rule(link, field)
        old = self._row(link).values.get(field)
        around = Surroundings(
            old, stage.sandbox.world.clock.now(), rule.type, lambda: self.fresh(link, field, rule),
            lambda side: self._paired(link, rule, side),
        )
        return resolve(value, around)

    def fresh(self, link: Link, field: str, rule: FieldRule) -> Any:
        """Return a new value for a field as its vendor stores it."""
        stage = self.stage
        person = stage.cast.people[link.person]
        info = stage.info(link, field)
        old = neutral(rule, link.side, self._row(link).values.get(field))
        options = tuple(
            v for o in info.options if o.active and (v := neutral(rule, link.side, o.value)) is not None
        )
        flat = tuple(next(iter(v)) if isinstance(v, frozenset) else v for v in options)
        value = fresh_value(
            rule.type, person, old, stage.fresh_number(person.key), options=flat, max_length=rule.max_length or info.max_length,
            salt=field,
        )
        return stored(rule, link.side, value, stage.sandbox.on(link.side).name)

    def moved(self, link: Link, cell: Cell, move: Move) -> dict[str, Any]:
        """Return the changes of one move of a matrix cell."""
        if move.what == "other":
            field = self._other_field(link, cell)
            return {field: self.fresh(link, field, self.stage.rule(link, field))}
        field = cell.rule.field_on(move.side)
        return {field: None if move.what == "clear" else self.fresh(link, field, cell.rule)}

    def _other_field(self, link: Link, cell: Cell) -> str:
        """Return a field that the mapping does not know and a person may edit: the record changes, no rule speaks."""
        obj = self.stage.mapping.of(link.object)
        assert obj is not None
        mapped = {r.field_on(link.side) for r in obj.fields} | {e.crm or e.ma for e in obj.exclude}
        schema = self.stage.sandbox.on(link.side).schema(link.kind)
        for name, info in schema.items():
            dialect = self.stage.sandbox.on(link.side)
            plain = info.type is FieldType.TEXT and info.updateable and not info.unique and not info.external_id
            if plain and not info.reference_to and name not in mapped and not dialect.is_system_field(link.kind, name):
                return name
        raise SetupError(f"{link.kind} has no text field beside the mapped ones, so `blank` of {cell.rule.name} cannot be told")

    def _paired(self, link: Link, rule: FieldRule, side: Side) -> Any:
        """Return what the paired field holds on ``side``, as the side of ``link`` would store it."""
        person = self.stage.cast.people[link.person]
        other = self._row(self.stage.record(person, side, None))
        value = neutral(rule, side, other.values.get(rule.field_on(side)))
        return stored(rule, link.side, value, self.stage.sandbox.on(link.side).name)

    def _row(self, link: Link) -> Row:
        row = self.stage.sandbox.on(link.side).store.get(link.kind, link.record_id)
        if row is None:
            raise SetupError(f"the record {link.kind} {link.record_id} is gone")
        return row

    # -- new people ---------------------------------------------------------------------------------

    def enter(self, person: Person, side: Side, settings: Any) -> tuple[ObjectMapping, Row, dict[str, Any]]:
        """Enter a new person at the desk of one side; returns the object, the row and the values that were typed."""
        stage = self.stage
        obj = stage.object_mapping(settings.object)
        if settings.object == "company":
            raise SetupError("`create` enters people; companies come with them")
        person_kind = PersonKind.LEAD if settings.object == "lead" else PersonKind.CUSTOMER
        values = self._typed(person, side, person_kind)
        link = Link(side, obj.object, obj.kind_on(side), "", person.key)
        for field, value in settings.values.items():
            stage.info(link, field)
            values[field] = value.value if isinstance(value, Literal) else self._new_value(link, field, value)
        values = {k: v for k, v in values.items() if v is not None}
        return obj, stage.sandbox.on(side).desk_create(obj.kind_on(side), values), values

    def _new_value(self, link: Link, field: str, value: Any) -> Any:
        stage = self.stage
        rule = stage.rule(link, field)
        around = Surroundings(None, stage.sandbox.world.clock.now(), rule.type, lambda: None, lambda _: None)
        return resolve(value, around)

    def _typed(self, person: Person, side: Side, kind: PersonKind) -> dict[str, Any]:
        """Return the fields of a person as the population would seed them, without references and consents."""
        from dataclasses import replace

        one = replace(person, kind=kind, dirt=frozenset(), company=None)
        population = Population(self.stage.sandbox.seed, (one,), (), self.stage.cast.population.owners)
        for record in records(population, {one.key: side.value}):
            if record.object != "company" and record.side == side:
                consents = {r.field_on(side) for o in self.stage.mapping.objects for r in o.fields if r.consent}
                evidence = {f for o in self.stage.mapping.objects for r in o.fields if r.consent
                            for f in (r.consent.crm_at, r.consent.crm_source) if f}
                return {
                    k: v for k, v in record.values.items()
                    if not k.startswith("$") and not isinstance(v, Ref) and k not in consents | evidence
                }
        raise SetupError(f"{person.label} has no record in the {side.upper()}")

    # -- claims -------------------------------------------------------------------------------------

    def claims(self, settings: Any) -> Iterator[dict[str, Any]]:
        """Yield one dict per person of an `assert` step: person, side, field, expected, found, ok."""
        stage = self.stage
        side: Side = settings.side
        for person in stage.people(settings):
            links = [x for x in stage.links_of(person.key, side) if settings.object in (None, x.object)]
            told: dict[str, Any] = {"person": person.label, "side": side, "because": settings.because, "field": settings.field,
                                    "sync": len(stage.syncs), "record_id": links[0].record_id if links else None}
            if settings.exists is not None:
                yield {**told, "expected": "a record" if settings.exists else None,
                       "found": "a record" if links else None, "ok": bool(links) == settings.exists}
            elif not links:
                yield {**told, "expected": str(settings.equals), "found": "no record", "ok": False}
            else:
                rule = stage.rule(links[0], settings.field)
                wanted = neutral(rule, side, self.resolve(links[0], settings.field, settings.equals))
                found = neutral(rule, side, self._row(links[0]).values.get(settings.field))
                yield {**told, "expected": wanted, "found": found, "ok": wanted == found}
