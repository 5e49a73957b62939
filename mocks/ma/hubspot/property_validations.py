"""The property-validations API: which rules values must keep, and setting them (research/hubspot.md 1.4)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from ...wire import Evidence, Request, Response
from . import errors
from .catalogue import Property
from .errors import Refusal
from .portal import Portal
from .validations import RULE_TYPES, described, set_rule, why_not
from .views import type_of
from .wire import answers, body_of, json_response, spellings, text_of

_FAMILY = "property-validations"
_TYPE = spellings(_FAMILY, "/{objectType}")
_PROPERTY = spellings(_FAMILY, "/{objectType}/{propertyName}")
_RULE = spellings(_FAMILY, "/{objectType}/{propertyName}/rule-type/{ruleType}")


class ValidationRule(BaseModel):
    """One rule in a shape file: `{kind: contacts, property: zip, rule: ALPHANUMERIC, arguments: [NUMERIC_ONLY]}`."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    kind: str
    property: str
    rule: str
    arguments: tuple[str, ...] = ()
    normalize: bool = Field(False, description="whether a value is put into shape instead of refused, where that can be done")


def add(portal: Portal, entry: ValidationRule) -> None:
    """Put a declared rule into force. Raises ValueError when it does not fit the property."""
    kind = portal.object_type(entry.kind).kind
    prop = portal.catalogue(kind).by_name.get(entry.property)
    if prop is None:
        raise ValueError(f"{kind} have no property `{entry.property}`")
    problem = why_not(prop, entry.rule, entry.arguments)
    if problem:
        raise ValueError(problem)
    set_rule(portal, kind, prop.name, entry.rule, entry.arguments, normalise=entry.normalize)


@answers("GET", *_TYPE, id="property_validations.list", evidence=Evidence.DOCUMENT)
def list_rules(dialect: Portal, request: Request) -> Response:
    """Return the rules of all properties of an object type that have any."""
    rules = dialect.catalogue(type_of(dialect, request).kind).rules
    return json_response({"results": [
        {"propertyName": name, "propertyValidationRules": described(rules[name])} for name in sorted(rules)
    ]})


@answers("GET", *_PROPERTY, id="property_validations.of_property", evidence=Evidence.DOCUMENT)
def rules_of_property(dialect: Portal, request: Request) -> Response:
    """Return the rules of one property."""
    kind, prop = _property(dialect, request)
    return json_response({"results": described(dialect.catalogue(kind).rules.get(prop.name, {}))})


@answers("GET", *_RULE, id="property_validations.get", evidence=Evidence.DOCUMENT)
def get_rule(dialect: Portal, request: Request) -> Response:
    """Return one rule of a property."""
    kind, prop = _property(dialect, request)
    rule = request.params["ruleType"]
    rules = dialect.catalogue(kind).rules.get(prop.name, {})
    if rule not in rules:
        raise errors.not_found()
    return json_response(described({rule: rules[rule]})[0])


@answers("PUT", *_RULE, id="property_validations.put", evidence=Evidence.DOCUMENT)
def put_rule(dialect: Portal, request: Request) -> Response:
    """Set a rule, or replace the one of the same type; values that are there already are left alone."""
    kind, prop = _property(dialect, request)
    body, rule = body_of(request), request.params["ruleType"]
    given = body.get("ruleArguments")
    if given is None:
        raise errors.not_set("ruleArguments")
    if not isinstance(given, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.String>", "the given value")
    arguments = [text_of(a) for a in given]
    if rule not in RULE_TYPES:
        raise errors.malformed(1, 2, f'Cannot deserialize value of type `RuleType` from String "{rule}"')
    problem = why_not(prop, rule, arguments)
    if problem:
        raise Refusal(400, problem, assumed="hubspot.text_validation_setup")
    set_rule(dialect, kind, prop.name, rule, arguments, normalise=body.get("shouldApplyNormalization") is True)
    return Response(204)


def _property(dialect: Portal, request: Request) -> tuple[str, Property]:
    kind, name = type_of(dialect, request).kind, request.params["propertyName"]
    found = dialect.catalogue(kind).by_name.get(name)
    if found is None:
        raise errors.unknown_property(name)
    return kind, found
