"""What a person writes: the values of steps turned into what the screen of each vendor takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syncproof_mocks.journal import Row
from syncproof_mocks.schema import FieldInfo, FieldType

from .errors import SetupError
from .evidence import Link
from .fitting.choices import pairs
from .fitting.guards import Guard
from .fitting.stand_ins import StandIns, type_of, usual_types
from .fitting.storage import Ends
from .mapping.grammar import FieldRule, ObjectMapping, Side
from .mapping.meaning import neutral, stored
from .matrix import Cell, Move
from .population.fresh import fresh_value
from .population.people import Person, PersonKind, Population, Ref
from .scenario.loader import builtin_folder
from .scenario.values import Blank, Fresh, Literal, Special, Surroundings, resolve
from .special import special_value

if TYPE_CHECKING:
    from .stage import Stage


class Values:
    """Makes the values of one stage: each fresh one is new in the run and tells whose it is."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._stand_ins = StandIns(stage.mapping, self._info_of)
        self._is_builtin = builtin_folder() in Path(stage.scenario.path).parents
        # What the report says of fields that took the part of others.
        self.told: dict[str, None] = {}

    # -- steps --------------------------------------------------------------------------------------

    def resolve(self, link: Link, field: str, value: Any) -> Any:
        """Return what to write into ``field`` of a record for a value of the YAML."""
        stage = self.stage
        rule = stage.rule(link, field)
        old = self._row(link).values.get(field)
        around = Surroundings(
            old, stage.sandbox.world.clock.now(), rule.type, lambda: self.fresh(link, field, rule),
            lambda side: self._paired(link, rule, side), lambda person: self._of(link, field, person),
            lambda what: self._special(link, field, rule, what),
        )
        return resolve(value, around)

    def _of(self, link: Link, field: str, key: str) -> Any:
        """Return what a field of another person's record holds. Raises SetupError when there is no such person or record."""
        person = self.stage.cast.people.get(key)
        if person is None:
            raise SetupError(f"nobody is called {key} here")
        return self._row(self.stage.record(person, link.side, link.object)).values.get(field)

    def is_mapped(self, link: Link, wanted: dict[str, Any]) -> bool:
        """Tell whether any of these fields is in the mapping, or has a stand-in there."""
        if not self._is_builtin:
            return True
        return any(
            self._stand_ins.is_known(link.object, link.side, f) or self._stand_in(link, f, v) is not None for f, v in wanted.items()
        )

    def changes(self, link: Link, wanted: dict[str, Any], *, literally: bool = False) -> dict[str, Any]:
        """Return the changes of an `edit`. In a built-in scenario, fields that only the default mapping has have stand-ins.

        ``literally``: the fields of that name are edited although nothing maps them. Raises SetupError when no field of
        this mapping can take the part of any of them: nothing would be proved.
        """
        if literally:
            told = ", ".join(f"`{f}`" for f in wanted)
            self.told[f"{link.object}: {told} of the {link.side.upper()} is not in the mapping; it was edited all the same"] = None
            return {f: self.resolve(link, f, v) for f, v in wanted.items()}
        chosen: dict[str, Any] = {}
        for field, value in wanted.items():
            known = not self._is_builtin or self._stand_ins.is_known(link.object, link.side, field)
            name, expression = (field, value) if known else self._stand_in(link, field, value) or ("", value)
            if not known:
                other = f"`{name}` was edited in its place" if name else "nothing could be edited in its place"
                self.told[f"{link.object}: `{field}` of the {link.side.upper()} is not in the mapping; {other}"] = None
            if name:
                chosen[name] = expression
        if not chosen:
            told = ", ".join(f"`{f}`" for f in wanted)
            raise SetupError(
                f"the mapping `{self.stage.mapping.mapping}` has no field for {link.object} that could take the part of {told}: "
                "nothing would be proved"
            )
        return {f: self.resolve(link, f, v) for f, v in chosen.items()}

    def _stand_in(self, link: Link, field: str, value: Any) -> tuple[str, Any] | None:
        out = self._stand_ins.exclusion_for(link.object, link.side, field)
        if out is not None:
            return out[0], Literal(out[1])
        given = isinstance(value, Literal)
        usual = usual_types(link.object, link.side)
        needed = type_of(value.value, usual, field) if given else None
        if isinstance(value, Special):
            # What is odd about a text says nothing of a date; a limit of length is the field's own.
            given, needed = True, FieldType.NUMBER if value.what == "zero" else usual.get(field)
            value = value if value.what in ("odd", "zero") else Fresh()
        # The words of another list mean nothing here; a given value that no field is of the type for gives way to a new one.
        listed = needed in (FieldType.PICKLIST, FieldType.MULTI_PICKLIST)
        for type_, written in ((needed, Fresh() if listed else value), (None, Fresh() if given else value)):
            rule = self._stand_ins.rule_for(link.object, link.side, field, may_be_blank=isinstance(value, Blank), type_=type_)
            if rule is not None:
                return rule.field_on(link.side), written
        return None

    def _info_of(self, object_name: str, side: Side, field: str) -> FieldInfo | None:
        obj = self.stage.mapping.of(object_name)
        return self.stage.sandbox.on(side).schema(obj.kind_on(side)).get(field) if obj is not None else None

    def fresh(self, link: Link, field: str, rule: FieldRule) -> Any:
        """Return a new value for a field as its vendor stores it."""
        stage = self.stage
        person = stage.cast.people[link.person]
        info = stage.info(link, field)
        old = neutral(rule, link.side, self._row(link).values.get(field))
        ends = self._ends(link, rule, info)
        options = tuple(v for o in info.options if o.active and (v := neutral(rule, link.side, o.value)) is not None)
        if not options and ends.is_choice:
            options = tuple(ends.means(Side.CRM, crm) for crm, _ in pairs(ends, frozenset(Side)))
        guard = self._guard(link, field, rule)
        if guard is not None and guard.months is not None:
            return ends.cast(link.side, guard.day(person, person.number + 7 * stage.fresh_number(person.key)).isoformat())
        if guard is not None:
            # A new value is no farewell: whoever is to leave the sync is told so by name.
            options = tuple(v for v in options if not guard.holds(ends.cast(link.side, ends.raw(link.side, v)))) or options
        flat = tuple(next(iter(v)) if isinstance(v, frozenset) else v for v in options)
        # The narrowest type that either field demands: of two texts one may be a list, or hold addresses only.
        value = fresh_value(
            ends.type, person, old, stage.fresh_number(person.key), options=flat, max_length=ends.room, salt=field,
            digits=ends.digits,
        )
        return ends.cast(link.side, ends.raw(link.side, value))

    def _special(self, link: Link, field: str, rule: FieldRule, what: str) -> Any:
        """Return a value that programs stumble over for a field, as its vendor stores it."""
        person, info = self.stage.cast.people[link.person], self.stage.info(link, field)
        old = neutral(rule, link.side, self._row(link).values.get(field))
        ends, number = self._ends(link, rule, info), self.stage.fresh_number(link.person)
        return special_value(what, ends, link.side, info, person, old, number, self._options(link, rule, info))

    def _options(self, link: Link, rule: FieldRule, info: FieldInfo) -> tuple[Any, ...]:
        """Return what the options of a field mean, one by one."""
        found = (v for o in info.options if o.active and (v := neutral(rule, link.side, o.value)) is not None)
        return tuple(next(iter(v)) if isinstance(v, frozenset) else v for v in found)

    def _guard(self, link: Link, field: str, rule: FieldRule) -> Guard | None:
        """Return what the mapping excludes by a field that it also carries, or None."""
        obj = self.stage.mapping.of(link.object)
        if obj is None or not any(r is rule for r in obj.fields):
            return None
        guard = Guard(obj, link.side, field, self.stage.sandbox.world.clock.now())
        return guard if guard.exclusions else None

    def _ends(self, link: Link, rule: FieldRule, info: FieldInfo) -> Ends:
        """Return the fields that a rule joins; a rule made from one field's metadata joins that one alone."""
        sandbox, other = self.stage.sandbox, link.side.other
        obj = self.stage.mapping.of(link.object)
        paired = sandbox.on(other).schema(obj.kind_on(other)).get(rule.field_on(other)) if obj and any(r is rule for r in obj.fields) else None
        return Ends(rule, {link.side: info, other: paired}, {side: sandbox.on(side).name for side in Side})

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
        for record in self.stage.cast.fitting.records(population, {one.key: side.value}):
            if record.object != "company" and record.side == side:
                schema = self.stage.sandbox.on(side).schema(record.kind)
                consents = {r.field_on(side) for o in self.stage.mapping.objects for r in o.fields if r.consent}
                evidence = {f for o in self.stage.mapping.objects for r in o.fields if r.consent
                            for f in (r.consent.crm_at, r.consent.crm_source) if f}
                return {
                    k: v for k, v in record.values.items()
                    if not k.startswith("$") and not isinstance(v, Ref) and k not in consents | evidence
                    and k in schema and schema[k].createable
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
