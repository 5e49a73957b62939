"""The filters of a search, compiled to predicates over rows (research/hubspot.md 1.3).

Comparison is without regard to letter case except for enumerations; dates compare as epoch milliseconds. Values that
are not set match nothing but NOT_HAS_PROPERTY.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any

from ...journal import Row
from . import errors
from .catalogue import Catalogue, Property
from .kinds import ObjectType
from .links import linked
from .portal import Portal
from .values import parse_ms

Predicate = Callable[[Row], bool]
Sortable = Callable[[str], Any]

_WORD = re.compile(r"\w+", re.UNICODE)
OPERATORS = (
    "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN",
)


def compiled_groups(dialect: Portal, catalogue: Catalogue, groups: list[Any]) -> Predicate | None:
    """Return one predicate for groups joined by OR, filters inside a group by AND; None without any filter."""
    compiled = [[_filter(dialect, catalogue, f) for f in _filters_of(group)] for group in groups]
    compiled = [group for group in compiled if group]
    if not compiled:
        return None
    if len(compiled) == 1 and len(compiled[0]) == 1:
        return compiled[0][0]
    return lambda row: any(all(test(row) for test in group) for group in compiled)


def _filters_of(group: Any) -> list[Any]:
    filters = group.get("filters") if isinstance(group, dict) else None
    if not isinstance(filters, list):
        raise errors.not_set("filters")
    return filters


def _filter(dialect: Portal, catalogue: Catalogue, given: Any) -> Predicate:
    if not isinstance(given, dict) or "propertyName" not in given or "operator" not in given:
        raise errors.not_set("operator", "propertyName")
    name, operator = str(given["propertyName"]), given["operator"]
    if operator not in OPERATORS:
        raise errors.malformed(1, 2, f'Cannot deserialize value of type `FilterOperator` from String "{operator}"')
    if name.startswith("associations."):
        return _association(dialect, catalogue.object_type, name, operator, given)
    prop = catalogue.by_name.get(name)
    if prop is None:
        raise unknown_property(name)
    if operator == "HAS_PROPERTY":
        return lambda row: bool(row.values.get(name))
    if operator == "NOT_HAS_PROPERTY":
        return lambda row: not row.values.get(name)
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        return _tokens(dialect, name, _value(given), wanted=operator == "CONTAINS_TOKEN")
    return _comparison(catalogue.object_type, prop, operator, given)


def unknown_property(name: str) -> errors.Refusal:
    """Return the 400 for a property that does not exist, in a filter or a sort (wording of `errors` not captured)."""
    message = f"Property {name} does not exist"
    return errors.search_refused(
        "There was a problem with the request.", assumed="hubspot.text_search_property",
        errors=[{"message": message, "code": "PROPERTY_DOESNT_EXIST", "context": {"propertyName": [name]}}],
    )


def _value(given: dict[str, Any], member: str = "value") -> str:
    value = given.get(member)
    if value is None or isinstance(value, (dict, list)):
        raise errors.search_refused(f"operator {given['operator']} requires a {member} for {given['propertyName']}",
                                    assumed="hubspot.text_search_value")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _values(given: dict[str, Any]) -> list[str]:
    values = given.get("values")
    if not isinstance(values, list) or not values:
        raise errors.search_refused(f"operator {given['operator']} requires values for {given['propertyName']}",
                                    assumed="hubspot.text_search_value")
    return [_value({**given, "value": v}) for v in values]


# -- comparing ------------------------------------------------------------------------------------------


def sort_key(object_type: ObjectType, prop: Property) -> Callable[[Row], Any]:
    """Return the function that gives the sortable value of a row, or None when it has none."""
    if prop.name == "hs_object_id":
        return lambda row: int(row.id)
    if prop.name == object_type.stamp:
        return lambda row: row.modified_ms
    convert, name = converter(prop), prop.name

    def value_of(row: Row) -> Any:
        text = row.values.get(name)
        return convert(text) if text else None

    return value_of


def converter(prop: Property) -> Sortable:
    """Return how a stored or given text of a property is made comparable; unreadable text becomes None."""
    if prop.type == "number":
        return _number
    if prop.type in ("date", "datetime"):
        return parse_ms
    return str if prop.type in ("enumeration", "bool") else str.casefold


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


_TESTS: dict[str, Callable[[Any, Any], bool]] = {"LT": lt, "LTE": le, "GT": gt, "GTE": ge}


def _comparison(object_type: ObjectType, prop: Property, operator: str, given: dict[str, Any]) -> Predicate:
    convert = converter(prop)

    def wanted(text: str) -> Any:
        found = convert(text)
        if found is None:
            raise errors.search_refused(f"{text} is not a valid value for {prop.name}", assumed="hubspot.text_search_value")
        return found

    value_of = sort_key(object_type, prop)
    if operator in ("IN", "NOT_IN", "EQ", "NEQ"):
        listed = _values(given) if operator.endswith("IN") else [_value(given)]
        # Upper-case text in IN finds nothing on string properties: the vendor wants it in lower case.
        strict = operator.endswith("IN") and prop.type in ("string", "phone_number")
        allowed = {text if strict else wanted(text) for text in listed}
        return _membership(prop, value_of, allowed, positive=operator in ("IN", "EQ"))
    low = wanted(_value(given))
    if operator == "BETWEEN":
        high = wanted(_value(given, "highValue"))
        return lambda row: (value := value_of(row)) is not None and bool(low <= value <= high)
    test = _TESTS[operator]
    if prop.name == object_type.stamp:  # what every delta search asks for
        return lambda row: test(row.modified_ms, low)
    return lambda row: (value := value_of(row)) is not None and test(value, low)


def narrowed(dialect: Portal, catalogue: Catalogue, groups: list[Any]) -> list[Row] | None:
    """Return the few rows that can match when the only group names keys (EQ or IN of an indexed property), else None."""
    if len(groups) != 1:
        return None
    kind = catalogue.object_type.kind
    for given in groups[0]["filters"]:
        name, operator = given["propertyName"], given["operator"]
        if operator not in ("EQ", "IN"):
            continue
        wanted = [str(v) for v in (given["values"] if operator == "IN" else [given["value"]])]
        if name == "hs_object_id":
            rows = [dialect.store.get(kind, v) for v in dict.fromkeys(wanted)]
            return [row for v, row in zip(dict.fromkeys(wanted), rows, strict=True) if row is not None and row.id == v]
        if dialect.store.is_indexed(kind, name):
            ids = dict.fromkeys(i for v in wanted for i in dialect.store.find(kind, name, v))
            return [row for i in ids if (row := dialect.store.get(kind, i)) is not None]
    return None


def _membership(prop: Property, value_of: Callable[[Row], Any], allowed: set[Any], *, positive: bool) -> Predicate:
    """An option of a list of several counts as one of its values (ASSUMED); rows without a value never match."""
    if prop.is_multi:
        def any_of(row: Row) -> bool:
            text = value_of(row)
            return text is not None and (text in allowed or not allowed.isdisjoint(text.split(";"))) is positive

        return any_of

    def holds(row: Row) -> bool:
        value = value_of(row)
        return value is not None and (value in allowed) is positive

    return holds


# -- words ----------------------------------------------------------------------------------------------


def words_of(text: str) -> set[str]:
    """Return the tokens of a stored text: its words, its blank-separated parts and itself, without letter case."""
    folded = text.casefold()
    return {folded, *folded.split(), *_WORD.findall(folded)}


def _tokens(dialect: Portal, name: str, value: str, *, wanted: bool) -> Predicate:
    """`*` stands for any letters inside a token; each blank-separated word must be found (tokens are ASSUMED)."""
    dialect.rests_on("hubspot.search_tokens")
    patterns = [re.compile(".*".join(map(re.escape, word.split("*")))) for word in value.casefold().split()]

    def holds(row: Row) -> bool:
        text = row.values.get(name)
        if not text:
            return False
        words = words_of(text)
        return all(any(p.fullmatch(w) for w in words) for p in patterns) is wanted

    return holds


def query_predicate(object_type: ObjectType, query: str) -> Predicate:
    """Return whether each word of ``query`` begins a word of the default text properties (ASSUMED to be prefixes)."""
    terms = _WORD.findall(query.casefold())

    def holds(row: Row) -> bool:
        words: set[str] = set()
        for name in object_type.query_properties:
            text = row.values.get(name)
            if text:
                words |= words_of(text)
        return all(any(word.startswith(term) for word in words) for term in terms)

    return holds


def _association(
    dialect: Portal, object_type: ObjectType, name: str, operator: str, given: dict[str, Any]
) -> Predicate:
    other = dialect.find_type(name.partition(".")[2])
    if other is None:
        raise unknown_property(name)
    if operator not in ("EQ", "IN"):
        raise errors.search_refused(f"operator {operator} is not supported for {name}", assumed="hubspot.text_search_value")
    wanted = _values(given) if operator == "IN" else [_value(given)]
    ids = {i for w in wanted if w.isdigit() for i, _ in linked(dialect, other.kind, w, object_type.kind)}
    return lambda row: row.id in ids
