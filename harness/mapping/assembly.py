"""From plain data to a `Mapping`: what pydantic says and what only the whole tells, each at its place, all at once.

Both forms, YAML and spreadsheet, end here; they differ only in what a place is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError
from syncproof_mocks.schema import FieldType

from ..complaints import Loc, complaints_of, did_you_mean
from ..errors import InputError, Problem
from .grammar import Direction, Exclusion, FieldRule, Mapping, Winner
from .meaning import FORMATS_OF
from .presets import with_preset

Place = Callable[[Loc], tuple[int, str]]
"""Path in the data -> (rank in the file, how to name the place)."""

Complaint = tuple[Loc, str, str]


def assemble(data: Any, place: Place, found: list[tuple[int, Problem]]) -> Mapping:
    """Return the mapping, each rule with its ``where``. ``found`` are problems already known, with their rank.

    Raises InputError with all problems in the order of the file.
    """
    mapping: Mapping | None = None
    data, complaints = with_preset(data)
    try:
        mapping = Mapping.model_validate(data)
    except ValidationError as error:
        complaints.extend(complaints_of(error, Mapping))
    complaints.extend(_contradictions(data))
    ranked = list(found)
    for loc, message, remedy in complaints:
        rank, where = place(loc)
        ranked.append((rank, Problem(where, message, remedy)))
    if ranked or mapping is None:
        raise InputError(dict.fromkeys(p for _, p in sorted(ranked, key=lambda pair: pair[0])))
    return _placed(mapping, place)


def _placed(mapping: Mapping, place: Place) -> Mapping:
    objects = []
    for i, obj in enumerate(mapping.objects):
        rules = (
            rule.model_copy(update={"where": place(("objects", i, "fields", j))[1]})
            for j, rule in enumerate(obj.fields)
        )
        objects.append(obj.model_copy(update={"fields": tuple(rules)}))
    return mapping.model_copy(update={"objects": tuple(objects)})


# -- contradictions: looked for in the parts that are right, so that one wrong line does not hide the others ---------


def _contradictions(data: Any) -> Iterator[Complaint]:
    seen: dict[str, int] = {}
    for i, obj in enumerate(_list(data, "objects")):
        if not isinstance(obj, dict):
            continue
        loc: tuple[str | int, ...] = ("objects", i)
        name = obj.get("object")
        if isinstance(name, str) and name in seen:
            yield (*loc, "object"), f"the object `{name}` is mapped twice.", "Put all its fields under one."
        if isinstance(name, str):
            seen[name] = i
        rules: list[tuple[Loc, FieldRule]] = []
        for j, raw in enumerate(_list(obj, "fields")):
            where = (*loc, "fields", j)
            if isinstance(raw, dict) and "where" in raw:
                yield (*where, "where"), "unknown key `where`.", "Remove it: the place is noted by itself."
            rule = _valid(FieldRule, raw)
            if rule is not None:
                rules.append((where, rule))
                yield from ((where, message, remedy) for message, remedy in rule_problems(rule))
        yield from twice_mapped(rules)
        for j, raw in enumerate(_list(obj, "exclude")):
            exclusion = _valid(Exclusion, raw)
            if exclusion is not None and exclusion.matches is not None:
                yield from _bad_pattern((*loc, "exclude", j, "matches"), exclusion.matches)


def _list(data: Any, key: str) -> list[Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _valid(model: Any, raw: Any) -> Any:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None


def _bad_pattern(loc: Loc, pattern: str) -> Iterator[Complaint]:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        yield loc, f"`{pattern}` is not a regular expression: {error}.", r"Escape signs such as ( [ * + with \."


def twice_mapped(rules: list[tuple[Loc, FieldRule]]) -> Iterator[Complaint]:
    """Yield a complaint for each rule that repeats a pair of fields, or writes a field that a two-way rule holds.

    Several one-way facts written into one field are legal, if unwise: `mapping check` warns of them.
    """
    pairs: dict[tuple[str, str], FieldRule] = {}
    for loc, rule in rules:
        if (rule.crm, rule.ma) in pairs:
            yield loc, f"`{rule.name}` is mapped twice in this object.", "Remove one of the two."
            continue
        for other in pairs.values():
            field = _shared_target(rule, other)
            if field is not None:
                message = f"`{field}` is written by two rules, `{other.name}` and `{rule.name}`, one of them two-way."
                yield loc, message, "The two facts would mix: give each its own field or make both rules one-way."
                break
        pairs[rule.crm, rule.ma] = rule


def _shared_target(a: FieldRule, b: FieldRule) -> str | None:
    if Direction.BOTH not in (a.direction, b.direction):
        return None
    to_ma, to_crm = (Direction.CRM_TO_MA, Direction.BOTH), (Direction.MA_TO_CRM, Direction.BOTH)
    if a.ma == b.ma and a.direction in to_ma and b.direction in to_ma:
        return a.ma
    return a.crm if a.crm == b.crm and a.direction in to_crm and b.direction in to_crm else None


def rule_problems(rule: FieldRule) -> Iterator[tuple[str, str]]:
    """Yield (message, remedy) for each contradiction inside one rule."""
    for side, name in (("CRM", rule.crm), ("MA", rule.ma)):
        if not name.strip():
            yield f"the {side} field has no name.", "Name it."
    yield from _winner_problems(rule)
    yield from _fill_problems(rule)
    yield from _format_problems(rule)
    yield from _value_problems(rule)


def _winner_problems(rule: FieldRule) -> Iterator[tuple[str, str]]:
    two_way, one_way = rule.direction is Direction.BOTH, rule.direction in (Direction.CRM_TO_MA, Direction.MA_TO_CRM)
    restrictive = rule.winner is Winner.MOST_RESTRICTIVE
    if rule.consent is not None and not restrictive and (two_way or rule.winner is not None):
        given = f"`{rule.winner}`" if rule.winner else "nobody"
        message = f"`{rule.name}` is a consent and its winner is {given}: a refusal could be overwritten."
        yield message, "Write `winner: most_restrictive`."
    if rule.consent is None and restrictive:
        yield (
            f"`{rule.name}` is not a consent, so no side of it is the more restrictive one.",
            "Add `consent` or choose another winner.",
        )
    if one_way and rule.winner in (Winner.CRM, Winner.MA) and not str(rule.direction).startswith(str(rule.winner)):
        message = (
            f"`{rule.name}` goes {rule.direction} only, yet its winner is `{rule.winner}`, the side that is not read."
        )
        yield message, "Remove the winner, turn the direction round, or write `direction: both`."


def _fill_problems(rule: FieldRule) -> Iterator[tuple[str, str]]:
    if rule.fill == "back" and rule.direction not in (Direction.CRM_TO_MA, Direction.MA_TO_CRM):
        yield (
            f"`{rule.name}` fills back, but goes {rule.direction}: no side of it is the one that only reads.",
            "Write `direction: crm_to_ma` or `ma_to_crm`, or remove `fill`.",
        )
    if rule.fill == "only" and (rule.winner is not None or rule.enforce is not None):
        yield f"`{rule.name}` never overwrites a value, so there is nothing to win or to put back.", "Remove `winner` and `enforce`, or `fill: only`."
    if rule.fill is not None and rule.consent is not None:
        yield f"`{rule.name}` is a consent: a refusal travels whether the other side is blank or not.", "Remove `fill`."


def _format_problems(rule: FieldRule) -> Iterator[tuple[str, str]]:
    for side, name in (("crm", rule.format.crm), ("ma", rule.format.ma)):
        if name is None:
            continue
        if name not in FORMATS_OF:
            yield f"no format is called `{name}`; known: {', '.join(FORMATS_OF)}.", did_you_mean(name, FORMATS_OF)
        elif rule.type not in FORMATS_OF[name]:
            allowed = [f for f, types in FORMATS_OF.items() if rule.type in types]
            known = f"allowed: {', '.join(allowed)}." if allowed else "this type takes no format."
            yield f"`{rule.name}`: the {side} format `{name}` does not suit the type {rule.type}; {known}", ""


def _value_problems(rule: FieldRule) -> Iterator[tuple[str, str]]:
    if rule.values and rule.type not in (FieldType.PICKLIST, FieldType.MULTI_PICKLIST):
        yield (
            f"`{rule.name}` has a table of values, but its type is {rule.type}.",
            "Make it `picklist` or remove `values`.",
        )
    elif rule.direction in (Direction.BOTH, Direction.MA_TO_CRM):
        doubled = sorted({v for v in rule.values.values() if list(rule.values.values()).count(v) > 1})
        for value in doubled:
            names = ", ".join(f"`{crm}`" for crm, ma in rule.values.items() if ma == value)
            yield (
                f"`{rule.name}`: {names} all become `{value}` in the MA: there is no way back.",
                "Use `direction: crm_to_ma` or different values.",
            )
