"""No word for "nothing" is put in the place of a value, or carried about as if it were one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncproof_mocks.journal import Actor, Change
from syncproof_mocks.schema import FieldType

from ..mapping.grammar import FieldRule, ObjectMapping, Side
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.identity import side_of
from . import Rule, Seen

RULES = (
    Rule("FIELD-020", "no placeholder stands where a value was, or where none is demanded", Severity.MAJOR, ("B030", "B070")),
)

# What programs and people write for "there is none", without the signs around it and in small letters.
_WORDS = frozenset({
    "unknown", "none", "null", "nil", "undefined", "nan", "n/a", "n.a", "not provided", "not available", "not set",
    "not given", "not specified", "not known", "missing", "blank", "empty", "no name", "noname", "no last name", "no company",
    "tbd", "tba", "default", "placeholder", "unnamed", "nieznany", "nieznana", "brak", "brak danych", "nie podano",
    "unbekannt", "keine angabe", "neznámý", "neznámá", "neuvedeno", "desconhecido", "desconhecida", "não informado",
})  # fmt: skip
_SIGNS = " \t[](){}<>-–—_.*?!'\"#"
_TEXTS = frozenset({FieldType.TEXT, FieldType.PICKLIST, FieldType.PHONE, FieldType.COUNTRY})


def no_placeholders(oracle: Oracle, seen: Seen) -> None:
    """Look at every text that the connector wrote into a mapped field. A required field of a new record may have one.

    A word that a person or the seed put into the paired field of the other side is a value like any other.
    """
    said = set(_said(oracle))
    for entry in oracle.evidence.entries:
        if not isinstance(entry, Change) or entry.actor is not Actor.CONNECTOR or entry.after is None:
            continue
        side = side_of(oracle.evidence, entry.system)
        for rule in _rules(oracle.evidence.mapping.objects, side, entry.kind):
            if rule.field_on(side) in entry.fields:
                _look(oracle, seen, side, entry, rule, said)


def _look(oracle: Oracle, seen: Seen, side: Side, entry: Change, rule: FieldRule, said: set[tuple[Side, str, str]]) -> None:
    name = rule.field_on(side)
    old, new = entry.fields[name]
    seen.look("FIELD-020")
    info = oracle.evidence.dialects[side].schema(entry.kind).get(name)
    is_demanded = entry.before is None and info is not None and info.required
    if not is_placeholder(new) or is_demanded or (side.other, rule.field_on(side.other), _bare(new)) in said:
        return
    assert entry.after is not None
    person = oracle.identity.label(oracle.identity.person_of(side, entry.after))
    was = f"; it was `{old}`" if old else ""
    seen.finding(
        "FIELD-020", f"{person}: the connector made {name} in the {side.upper()} `{new}`, which nobody ever entered{was}.",
        system=str(side), kind=entry.kind, person=person, field=name, expected=old, found=new, classification="placeholder",
        caused_by=entry.seq, record_id=entry.record_id, requests=(entry.exchange,) if entry.exchange is not None else (),
    )


def is_placeholder(value: Any) -> bool:
    """Tell whether a stored value is a word for "there is none", in whatever signs it stands."""
    return isinstance(value, str) and _bare(value) in _WORDS


def _bare(value: Any) -> str:
    return str(value).strip(_SIGNS).casefold()


def _rules(objects: tuple[ObjectMapping, ...], side: Side, kind: str) -> Iterator[FieldRule]:
    """Yield the text fields that connect a kind, each once: several objects may share one."""
    found = {r.field_on(side): r for o in objects if o.kind_on(side) == kind for r in o.fields if r.type in _TEXTS}
    yield from (r for r in found.values() if r.consent is None)


def _said(oracle: Oracle) -> Iterator[tuple[Side, str, str]]:
    """Yield (side, field, word) of each placeholder that the seed or a person entered: there it is a value."""
    for side in Side:
        snapshot = oracle.evidence.states[0].on(side)
        for obj in oracle.evidence.mapping.objects:
            for row in snapshot.rows(obj.kind_on(side)):
                yield from ((side, name, _bare(v)) for name, v in row.values.items() if is_placeholder(v))
    yield from ((a.side, a.field, _bare(a.value)) for a in oracle.evidence.acts if a.field and is_placeholder(a.value))
