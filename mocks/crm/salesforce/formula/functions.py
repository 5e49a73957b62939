"""The functions of the formula language that rules need; an unknown one is refused with the list of those that exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from .operators import both, either, mismatch, need, opposite
from .regexes import compile_pattern
from .typed import EvaluationError, FormulaError, Frame, Node, Run, Type, node

Nodes = Sequence[Node]
_NUMBERS, _TEXTS = Type.NUMBER, Type.TEXT


def call(name: str, arguments: Nodes) -> Node:
    """Return the call of a function. Raises FormulaError for an unknown one, and for arguments that do not fit."""
    found = _FUNCTIONS.get(name)
    if found is None:
        raise FormulaError(f"function {name} is unknown or not mocked; known: {', '.join(sorted(_FUNCTIONS))}")
    least, most, make = found
    if len(arguments) < least or (0 <= most < len(arguments)):
        wanted = str(least) if least == most else f"{least} to {most}" if most > 0 else f"at least {least}"
        raise FormulaError(f"{name} takes {wanted} arguments, not {len(arguments)}")
    return make(name, arguments)


# -- logic ----------------------------------------------------------------------------------------------


def _if(name: str, parts: Nodes) -> Node:
    test, then, other = parts
    run_test = need(test, Type.BOOLEAN, name).run
    one, two = then.run, other.run
    return node(_shared(name, parts[1:]), lambda frame: one(frame) if run_test(frame) else two(frame), *parts)


def _shared(name: str, parts: Nodes) -> Type:
    kinds = {p.type for p in parts} - {Type.NOTHING}
    if len(kinds) != 1 or kinds & {Type.PICKLIST, Type.MULTI_PICKLIST}:
        raise FormulaError(f"{name} needs results of one type, not {', '.join(sorted(kinds)) or 'only NULL'}")
    return kinds.pop()


def _case(name: str, parts: Nodes) -> Node:
    if len(parts) % 2:
        raise FormulaError(f"{name} takes a value, pairs of a value and a result, and a result for all others")
    subject, *pairs, other = parts
    wanted = _TEXTS if subject.type is Type.PICKLIST else subject.type
    whens = [need(p, wanted, name).run for p in pairs[::2]]
    results = pairs[1::2]

    def run(frame: Frame) -> Any:
        value = subject.run(frame)
        for when, result in zip(whens, results, strict=True):
            if when(frame) == value:
                return result.run(frame)
        return other.run(frame)

    return node(_shared(name, [*results, other]), run, *parts)


def _is_blank(name: str, parts: Nodes) -> Node:  # noqa: ARG001 (one signature for all)
    run = parts[0].run
    return node(Type.BOOLEAN, lambda frame: run(frame) in (None, ""), *parts)


def _is_null(name: str, parts: Nodes) -> Node:
    [part] = parts
    if part.type in (Type.PICKLIST, Type.MULTI_PICKLIST):
        raise mismatch(part, "a number, date or text", name)
    # A text is never null for the vendor, however blank it is; that is why it recommends ISBLANK.
    return node(Type.BOOLEAN, lambda frame: part.run(frame) is None, part)


def _instead(name: str, parts: Nodes) -> Node:
    one, two = parts[0].run, parts[1].run
    blanks = (None, "") if name == "BLANKVALUE" else (None,)

    def run(frame: Frame) -> Any:
        value = one(frame)
        return two(frame) if value in blanks else value

    return node(_shared(name, parts), run, *parts)


def _one_or_other(make: Callable[[Nodes, str], Node]) -> Callable[[str, Nodes], Node]:
    return lambda name, parts: make(parts, name)


def _not(name: str, parts: Nodes) -> Node:
    return opposite(parts[0], name)


# -- fields ---------------------------------------------------------------------------------------------


def _literal(name: str, part: Node) -> str:
    if part.type is not _TEXTS or not isinstance(part.literal, str):
        raise FormulaError(f"{name} needs a text in quotation marks as its second argument")
    return part.literal


def _ispickval(name: str, parts: Nodes) -> Node:
    run, wanted = need(parts[0], Type.PICKLIST, name).run, _literal(name, parts[1])
    return node(Type.BOOLEAN, lambda frame: run(frame) == wanted, *parts)


def _includes(name: str, parts: Nodes) -> Node:
    run, wanted = need(parts[0], Type.MULTI_PICKLIST, name).run, _literal(name, parts[1])
    return node(Type.BOOLEAN, lambda frame: wanted in run(frame).split(";"), *parts)


def _isnew(name: str, parts: Nodes) -> Node:  # noqa: ARG001
    return node(Type.BOOLEAN, lambda frame: frame.old is None)


def _own_field(name: str, part: Node) -> str:
    if part.field is None:
        raise FormulaError(f"{name} needs a field of the record itself")
    return part.field


def _ischanged(name: str, parts: Nodes) -> Node:
    field = _own_field(name, parts[0])
    return node(
        Type.BOOLEAN, lambda frame: frame.old is not None and frame.old.get(field) != frame.values.get(field), *parts
    )


def _priorvalue(name: str, parts: Nodes) -> Node:
    _own_field(name, parts[0])
    run = parts[0].run
    return node(
        parts[0].type, lambda frame: run(frame if frame.old is None else Frame(frame.org, frame.old, None, frame.now)), *parts
    )


# -- text and numbers -----------------------------------------------------------------------------------


def _of(kinds: Sequence[Type], result: Type, reckon: Callable[..., Any]) -> Callable[[str, Nodes], Node]:
    """Return a function of values of ``kinds`` (the last repeats): blank texts are "", any other blank makes it blank."""

    def make(name: str, parts: Nodes) -> Node:
        wanted = [kinds[min(n, len(kinds) - 1)] for n in range(len(parts))]
        runs = [_valued(need(p, k, name), k) for p, k in zip(parts, wanted, strict=True)]

        def run(frame: Frame) -> Any:
            values = [r(frame) for r in runs]
            return None if None in values else reckon(*values)

        return node(result, run, *parts)

    return make


def _valued(part: Node, kind: Type) -> Run:
    run = part.run
    return (lambda frame: run(frame) or "") if kind is _TEXTS else run


def _text(name: str, parts: Nodes) -> Node:
    [part] = parts
    if part.type in (Type.BOOLEAN, Type.MULTI_PICKLIST, Type.TEXT, Type.NOTHING):
        raise mismatch(part, "a number, date or picklist", name)
    return node(_TEXTS, lambda frame: _written(part.run(frame)), part)


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(value)


def _value(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found.adjusted()) > 300:
        raise EvaluationError("VALUE was given a text that is no number")
    return found


def _is_number(text: str) -> bool:
    try:
        return bool(text.strip()) and Decimal(text.strip()).is_finite()
    except InvalidOperation:
        return False


def _regex(name: str, parts: Nodes) -> Node:
    run = need(parts[0], _TEXTS, name).run
    pattern = compile_pattern(_literal(name, parts[1]))
    return node(Type.BOOLEAN, lambda frame: pattern.matches(run(frame) or ""), *parts)


def _day(year: Decimal, month: Decimal, day: Decimal) -> date:
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        raise EvaluationError("DATE was given numbers that are no date") from None


def _date_value(name: str, parts: Nodes) -> Node:
    [part] = parts
    if part.type is Type.DATETIME:
        return node(Type.DATE, lambda frame: None if (v := part.run(frame)) is None else v.astimezone(UTC).date(), part)
    run = need(part, _TEXTS, name).run

    def read(frame: Frame) -> date | None:
        text = run(frame)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise EvaluationError("DATEVALUE was given a text that is no date") from None

    return node(Type.DATE, read, part)


def _rounded(value: Decimal, digits: Decimal) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-max(-20, min(20, int(digits)))), ROUND_HALF_UP)


def _found(wanted: str, text: str, start: Decimal = Decimal(1)) -> Decimal:
    return Decimal(text.find(wanted, max(0, int(start) - 1)) + 1) if wanted else Decimal(0)


def _size(number: Decimal) -> int:
    return max(0, int(min(number, Decimal(40_000))))


Make = Callable[[str, Nodes], Node]
# Name -> (fewest arguments, most or -1 for no end, how the call is made).
_FUNCTIONS: dict[str, tuple[int, int, Make]] = {
    "AND": (1, -1, _one_or_other(both)), "OR": (1, -1, _one_or_other(either)), "NOT": (1, 1, _not),
    "IF": (3, 3, _if), "CASE": (4, -1, _case),
    "ISBLANK": (1, 1, _is_blank), "ISNULL": (1, 1, _is_null),
    "BLANKVALUE": (2, 2, _instead), "NULLVALUE": (2, 2, _instead),
    "ISPICKVAL": (2, 2, _ispickval), "INCLUDES": (2, 2, _includes),
    "ISNEW": (0, 0, _isnew), "ISCHANGED": (1, 1, _ischanged), "PRIORVALUE": (1, 1, _priorvalue),
    "TEXT": (1, 1, _text), "VALUE": (1, 1, _of([_TEXTS], _NUMBERS, _value)),
    "ISNUMBER": (1, 1, _of([_TEXTS], Type.BOOLEAN, _is_number)),
    "LEN": (1, 1, _of([_TEXTS], _NUMBERS, lambda t: Decimal(len(t)))),
    "UPPER": (1, 1, _of([_TEXTS], _TEXTS, str.upper)), "LOWER": (1, 1, _of([_TEXTS], _TEXTS, str.lower)),
    "TRIM": (1, 1, _of([_TEXTS], _TEXTS, str.strip)),
    "LEFT": (2, 2, _of([_TEXTS, _NUMBERS], _TEXTS, lambda t, n: t[: _size(n)])),
    "RIGHT": (2, 2, _of([_TEXTS, _NUMBERS], _TEXTS, lambda t, n: t[max(0, len(t) - _size(n)) :])),
    "MID": (3, 3, _of([_TEXTS, _NUMBERS], _TEXTS, lambda t, s, n: t[max(0, _size(s) - 1) :][: _size(n)])),
    "CONTAINS": (2, 2, _of([_TEXTS], Type.BOOLEAN, lambda t, s: s in t)),
    "BEGINS": (2, 2, _of([_TEXTS], Type.BOOLEAN, str.startswith)),
    "FIND": (2, 3, _of([_TEXTS, _TEXTS, _NUMBERS], _NUMBERS, _found)),
    "SUBSTITUTE": (3, 3, _of([_TEXTS], _TEXTS, lambda t, a, b: t.replace(a, b) if a else t)),
    "REGEX": (2, 2, _regex),
    "TODAY": (0, 0, lambda name, parts: node(Type.DATE, lambda frame: frame.now.astimezone(UTC).date())),  # noqa: ARG005
    "NOW": (0, 0, lambda name, parts: node(Type.DATETIME, lambda frame: frame.now)),  # noqa: ARG005
    "DATE": (3, 3, _of([_NUMBERS], Type.DATE, _day)), "DATEVALUE": (1, 1, _date_value),
    "YEAR": (1, 1, _of([Type.DATE], _NUMBERS, lambda d: Decimal(d.year))),
    "MONTH": (1, 1, _of([Type.DATE], _NUMBERS, lambda d: Decimal(d.month))),
    "DAY": (1, 1, _of([Type.DATE], _NUMBERS, lambda d: Decimal(d.day))),
    "ABS": (1, 1, _of([_NUMBERS], _NUMBERS, abs)), "ROUND": (2, 2, _of([_NUMBERS], _NUMBERS, _rounded)),
    "FLOOR": (1, 1, _of([_NUMBERS], _NUMBERS, lambda n: n.to_integral_value(ROUND_FLOOR))),
    "CEILING": (1, 1, _of([_NUMBERS], _NUMBERS, lambda n: n.to_integral_value(ROUND_CEILING))),
    "MAX": (1, -1, _of([_NUMBERS], _NUMBERS, max)), "MIN": (1, -1, _of([_NUMBERS], _NUMBERS, min)),
}
