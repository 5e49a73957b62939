"""Property filters of lists: what one `operation` asks of the value of one property.

Facts: the vendor's page on list filters (operation types, operators, `includeObjectsWithNoValueSet`: false unless said).
Operation types have two spellings, `MULTISTRING` and `multistring`, `NUMBER_RANGED` and `number-ranged`. Text compares
without regard to letter case (ASSUMED). CALENDAR_DATE, DATE and the *_EXACTLY operators of text are refused: their
meaning has not been observed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from ....journal import Row
from ..catalogue import Catalogue, Property
from ..filters import Predicate
from ..portal import Portal
from ..saving import versions
from . import refusals
from .timing import TIME_OPERATIONS

_SAME_NAMES = {
    "ALLTYPES": "ALL_PROPERTY", "DATETIME_RANGED": "RANGED_DATE", "DATETIME_ROLLING": "ROLLING_DATE_RANGE",
    "DATETIME_COMPARATIVE": "COMPARATIVE_DATE", "PROPERTY_UPDATED_COMPARATIVE": "COMPARATIVE_PROPERTY_UPDATED",
}
# Which types of properties an operation fits; those that are not listed fit all.
_FITS = {
    "STRING": ("string", "phone_number"), "MULTISTRING": ("string", "phone_number"), "NUMBER": ("number",),
    "NUMBER_RANGED": ("number",), "NUMBER_COMPARATIVE": ("number",), "STRING_COMPARATIVE": ("string", "phone_number"),
    "BOOL": ("bool",), "BOOL_COMPARATIVE": ("bool",), "ENUMERATION": ("enumeration",),
    "DATETIME": ("date", "datetime"), "RANGED_DATE": ("date", "datetime"), "ROLLING_DATE_RANGE": ("date", "datetime"),
    "COMPARATIVE_DATE": ("date", "datetime"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an operation is about: the property, and whether records without a value pass."""

    dialect: Portal
    catalogue: Catalogue
    prop: Property
    with_blanks: bool


Compile = Callable[[Subject, str, dict[str, Any]], Predicate]


def compiled(dialect: Portal, catalogue: Catalogue, given: dict[str, Any]) -> Predicate:
    """Return the test that a PROPERTY filter makes. Raises `Refusal`."""
    name, operation = given.get("property"), given.get("operation")
    if not isinstance(name, str) or not isinstance(operation, dict):
        raise refusals.bad_filter("a PROPERTY filter has a property and an operation")
    prop = catalogue.by_name.get(name)
    if prop is None:
        raise refusals.bad_filter(f"property {name} does not exist")
    kind, operator = operation.get("operationType"), operation.get("operator")
    if not isinstance(kind, str) or not isinstance(operator, str):
        raise refusals.bad_filter("an operation has an operationType and an operator")
    with_blanks = operation.get("includeObjectsWithNoValueSet", False)
    if not isinstance(with_blanks, bool):
        raise refusals.bad_filter("includeObjectsWithNoValueSet is true or false")
    family = kind.upper().replace("-", "_")
    family = _SAME_NAMES.get(family, family)
    make = _OPERATIONS.get(family)
    if make is None:
        raise refusals.filter_not_mocked(f"operationType {kind}")
    if family in _FITS and prop.type not in _FITS[family]:
        raise refusals.bad_filter(f"operationType {kind} does not fit {name}, which is of type {prop.type}")
    return make(Subject(dialect, catalogue, prop, with_blanks), operator, operation)


def _unknown(kind: str, operator: str) -> Exception:
    return refusals.filter_not_mocked(f"operator {operator} of {kind}")


def _on_value(subject: Subject, convert: Callable[[str], Any], test: Callable[[Any], bool]) -> Predicate:
    name, with_blanks = subject.prop.name, subject.with_blanks

    def holds(row: Row) -> bool:
        text = row.values.get(name)
        if not text:
            return with_blanks
        value = convert(text)
        return value is not None and test(value)

    return holds


def _on_history(subject: Subject, convert: Callable[[str], Any], test: Callable[[Any], bool], *, ever: bool) -> Predicate:
    """Test all values that a property has had (as many as its history keeps)."""
    name, with_blanks = subject.prop.name, subject.with_blanks

    def holds(row: Row) -> bool:
        had = [convert(text) for text, *_ in versions(row, name) if text]
        if not had:
            return with_blanks
        return any(v is not None and test(v) for v in had) is ever

    return holds


def _historic(
    subject: Subject, operator: str, convert: Callable[[str], Any], tests: dict[str, Callable[[Any], bool]]
) -> Predicate | None:
    """Return the test of a HAS_EVER_... or HAS_NEVER_... operator; ``tests`` go by what follows those words."""
    for words, ever in (("HAS_EVER_", True), ("HAS_NEVER_", False)):
        if operator.startswith(words) and operator.removeprefix(words) in tests:
            return _on_history(subject, convert, tests[operator.removeprefix(words)], ever=ever)
    return None


# -- known or not ---------------------------------------------------------------------------------------


def _any_property(subject: Subject, operator: str, given: dict[str, Any]) -> Predicate:  # noqa: ARG001 (one signature for all)
    name = subject.prop.name
    if operator in ("IS_KNOWN", "IS_NOT_BLANK"):
        return lambda row: bool(row.values.get(name))
    if operator in ("IS_UNKNOWN", "IS_NOT_KNOWN", "IS_BLANK"):
        return lambda row: not row.values.get(name)
    raise _unknown("ALL_PROPERTY", operator)


# -- text -----------------------------------------------------------------------------------------------


def _text(given: dict[str, Any]) -> str:
    value = given.get("value")
    if not isinstance(value, str):
        raise refusals.bad_filter("value of an operation on text is a text")
    return value.casefold()


def _texts(given: dict[str, Any]) -> list[str]:
    values = given.get("values")
    if not isinstance(values, list) or not values or not all(isinstance(v, str) for v in values):
        raise refusals.bad_filter("values of an operation is a list of texts, not empty")
    return values


_MATCHES: dict[str, Callable[[str, str], bool]] = {
    "IS_EQUAL_TO": eq, "CONTAINS": lambda value, wanted: wanted in value,
    "STARTS_WITH": str.startswith, "ENDS_WITH": str.endswith,
}
_NEGATIONS = {"IS_NOT_EQUAL_TO": "IS_EQUAL_TO", "DOES_NOT_CONTAIN": "CONTAINS"}


def _string(subject: Subject, operator: str, given: dict[str, Any]) -> Predicate:
    wanted = _text(given)
    past = _historic(subject, operator, str.casefold, {
        "BEEN_EQUAL_TO": lambda v: bool(v == wanted), "CONTAINED": lambda v: wanted in v,
    })
    return past or _matching(subject, "STRING", operator, [wanted])


def _multistring(subject: Subject, operator: str, given: dict[str, Any]) -> Predicate:
    return _matching(subject, "MULTISTRING", operator, [v.casefold() for v in _texts(given)])


def _matching(subject: Subject, kind: str, operator: str, wanted: list[str]) -> Predicate:
    match = _MATCHES.get(_NEGATIONS.get(operator, operator))
    if match is None:
        raise _unknown(kind, operator)
    positive = operator not in _NEGATIONS
    subject.dialect.rests_on("hubspot.list_text_case")
    return _on_value(subject, str.casefold, lambda value: any(match(value, w) for w in wanted) is positive)


# -- numbers and flags ----------------------------------------------------------------------------------


def _number_in(given: dict[str, Any], name: str) -> float:
    value = given.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise refusals.bad_filter(f"{name} of an operation on numbers is a number")
    return value


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "IS_EQUAL_TO": eq, "IS_NOT_EQUAL_TO": ne, "IS_GREATER_THAN": gt, "IS_GREATER_THAN_OR_EQUAL_TO": ge,
    "IS_LESS_THAN": lt, "IS_LESS_THAN_OR_EQUAL_TO": le,
}


def _number(subject: Subject, operator: str, given: dict[str, Any]) -> Predicate:
    wanted = _number_in(given, "value")
    past = _historic(subject, operator, _as_number, {"BEEN_EQUAL_TO": lambda v: bool(v == wanted)})
    if past is not None:
        return past
    compare = _COMPARISONS.get(operator)
    if compare is None:
        raise _unknown("NUMBER", operator)
    return _on_value(subject, _as_number, lambda value: compare(value, wanted))


def _number_ranged(subject: Subject, operator: str, given: dict[str, Any]) -> Predicate:
    low, high = _number_in(given, "lowerBound"), _number_in(given, "upperBound")
    if operator not in ("IS_BETWEEN", "IS_NOT_BETWEEN"):
        raise _unknown("NUMBER_RANGED", operator)
    inside = operator == "IS_BETWEEN"
    return _on_value(subject, _as_number, lambda value: (low <= value <= high) is inside)


def _bool(subject: Subject, operator: str, given: dict[str, Any]) -> Predicate:
    value = given.get("value")
    if not isinstance(value, bool):
        raise refusals.bad_filter("value of a BOOL operation is true or false")
    wanted = "true" if value else "false"
    past = _historic(subject, operator, str, {"BEEN_EQUAL_TO": lambda v: bool(v == wanted)})
    if past is not None:
        return past
    if operator not in ("IS_EQUAL_TO", "IS_NOT_EQUAL_TO"):
        raise _unknown("BOOL", operator)
    return _on_value(subject, str, lambda text: (text == wanted) is (operator == "IS_EQUAL_TO"))


def _comparative(kind: str, convert: Callable[[str], Any], operators: tuple[str, ...]) -> Compile:
    """Return how two properties of the same record are compared; one without a value decides as blanks do."""

    def make(subject: Subject, operator: str, given: dict[str, Any]) -> Predicate:
        other = given.get("comparisonPropertyName")
        if not isinstance(other, str) or other not in subject.catalogue.by_name:
            raise refusals.bad_filter(f"property {other} does not exist")
        if operator not in operators:
            raise _unknown(kind, operator)
        name, compare, with_blanks = subject.prop.name, _COMPARISONS[operator], subject.with_blanks

        def holds(row: Row) -> bool:
            texts = row.values.get(name), row.values.get(other)
            if not all(texts):
                return with_blanks
            ours, theirs = (convert(t) for t in texts if t)
            return ours is not None and theirs is not None and compare(ours, theirs)

        return holds

    return make


# -- options --------------------------------------------------------------------------------------------


def _enumeration(subject: Subject, operator: str, given: dict[str, Any]) -> Predicate:
    wanted = frozenset(_texts(given))

    def options(text: str) -> frozenset[str]:
        return frozenset(text.split(";")) if subject.prop.is_multi else frozenset((text,))

    past = _historic(subject, operator, options, {
        "BEEN_ANY_OF": lambda v: not wanted.isdisjoint(v), "BEEN_EXACTLY": lambda v: bool(v == wanted),
        "CONTAINED_ALL": lambda v: bool(wanted <= v),
    })
    if past is not None:
        return past
    tests: dict[str, Callable[[frozenset[str]], bool]] = {
        "IS_ANY_OF": lambda v: not wanted.isdisjoint(v), "IS_NONE_OF": wanted.isdisjoint,
        "IS_EXACTLY": lambda v: v == wanted, "IS_NOT_EXACTLY": lambda v: v != wanted,
        "CONTAINS_ALL": lambda v: wanted <= v, "DOES_NOT_CONTAIN_ALL": lambda v: not wanted <= v,
    }
    if operator not in tests:
        raise _unknown("ENUMERATION", operator)
    return _on_value(subject, options, tests[operator])


def _timed(family: str) -> Compile:
    def make(subject: Subject, operator: str, given: dict[str, Any]) -> Predicate:
        test = TIME_OPERATIONS[family](subject.dialect, subject.catalogue, subject.prop.name, operator, given)
        with_blanks = subject.with_blanks

        def holds(row: Row) -> bool:
            found = test(row)
            return with_blanks if found is None else found

        return holds

    return make


_OPERATIONS: dict[str, Compile] = {
    "ALL_PROPERTY": _any_property, "STRING": _string, "MULTISTRING": _multistring, "NUMBER": _number,
    "NUMBER_RANGED": _number_ranged, "BOOL": _bool, "ENUMERATION": _enumeration,
    "STRING_COMPARATIVE": _comparative("STRING_COMPARATIVE", str.casefold, ("IS_EQUAL_TO",)),
    "NUMBER_COMPARATIVE": _comparative(
        "NUMBER_COMPARATIVE", _as_number, ("IS_EQUAL_TO", "IS_GREATER_THAN", "IS_LESS_THAN")
    ),
    "BOOL_COMPARATIVE": _comparative("BOOL_COMPARATIVE", str, ("IS_EQUAL_TO", "IS_NOT_EQUAL_TO")),
    **{family: _timed(family) for family in TIME_OPERATIONS},
}
