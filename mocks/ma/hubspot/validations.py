"""Validation rules of properties: which there are, what they take, and whether a value keeps them.

Rule types, their property types and arguments are HubSpot's documented ones. What the API says of a value that breaks a rule
has been captured for few of them only: `Enter only letters` with code INVALID_ALPHA. The other texts are assumed, and so are
the finer points that the documents leave open; each answer that rests on one says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from .catalogue import RULES, Catalogue, Property
from .definitions import put_setting
from .durations import moved
from .errors import PropertyProblem
from .portal import Portal
from .values import is_address, is_whole, parse_ms

_TEXT = ("text", "textarea")
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_PERIOD = re.compile(r"P(?=\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?|P(?:\d+D)?T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?")
# RE2 has neither look-around nor back-references.
_NOT_RE2 = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]")
_CALLING_CODES = {
    "at": "43", "au": "61", "be": "32", "br": "55", "ca": "1", "ch": "41", "cz": "420", "de": "49", "dk": "45", "es": "34",
    "fi": "358", "fr": "33", "gb": "44", "hu": "36", "ie": "353", "it": "39", "nl": "31", "no": "47", "pl": "48", "pt": "351",
    "ro": "40", "se": "46", "sk": "421", "ua": "380", "us": "1",
}
Arguments = Sequence[str]


@dataclass(frozen=True, slots=True)
class RuleType:
    """One documented rule: the property types it goes with, how its arguments are checked, and its test.

    ``takes`` returns whether arguments are well formed; ``keeps(value, arguments, now_ms)`` whether a stored value is fine.
    """

    types: tuple[str, ...]
    field_types: tuple[str, ...]
    takes: Callable[[Arguments], bool]
    keeps: Callable[[str, Arguments, int], bool]
    message: str
    code: str = ""
    shapes: Callable[[str, Arguments], str] | None = None
    is_captured: bool = False


def _nothing(arguments: Arguments) -> bool:
    return not arguments


def _one_of(*words: str) -> Callable[[Arguments], bool]:
    return lambda arguments: len(arguments) == 1 and arguments[0] in words


def _optional(*words: str) -> Callable[[Arguments], bool]:
    return lambda arguments: not arguments or (len(arguments) == 1 and arguments[0] in words)


def _whole(low: int, high: int) -> Callable[[Arguments], bool]:
    return lambda arguments: len(arguments) == 1 and is_whole(arguments[0]) and low <= int(arguments[0]) <= high


def _domains(arguments: Arguments) -> bool:
    return 1 <= len(arguments) <= 20 and all(_DOMAIN.fullmatch(a) for a in arguments)


def _number(arguments: Arguments) -> bool:
    return len(arguments) == 1 and _as_number(arguments[0]) is not None


def _as_number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) != float("inf") and found == found else None


def _stamp(arguments: Arguments) -> bool:
    return len(arguments) == 1 and re.fullmatch(r"-?\d{1,15}", arguments[0]) is not None


def _period(arguments: Arguments) -> bool:
    return len(arguments) == 1 and _PERIOD.fullmatch(arguments[0]) is not None


def _pattern(arguments: Arguments) -> bool:
    if not 1 <= len(arguments) <= 2 or _NOT_RE2.search(arguments[0]):
        return False
    try:
        re.compile(arguments[0])
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _country(arguments: Arguments) -> bool:
    return not arguments or (len(arguments) == 1 and re.fullmatch(r"[a-z]{2}", arguments[0]) is not None)


# -- the tests ------------------------------------------------------------------------------------------


def _alphanumeric(value: str, arguments: Arguments, now_ms: int) -> bool:
    del now_ms
    letters = value.replace(" ", "")
    tests: dict[str, Callable[[str], bool]] = {"ALPHANUMERIC": str.isalnum, "ALPHA_ONLY": str.isalpha, "NUMERIC_ONLY": str.isdecimal}
    return tests[arguments[0]](letters)


def _after(value: str, arguments: Arguments, now_ms: int) -> bool:
    found = parse_ms(value)
    return found is not None and found >= _bound(value, arguments[0], now_ms, 1)


def _before(value: str, arguments: Arguments, now_ms: int) -> bool:
    found = parse_ms(value)
    return found is not None and found <= _bound(value, arguments[0], now_ms, -1)


def _bound(value: str, period: str, now_ms: int, sign: int) -> int:
    """Return now moved by a period; for days, midnight of that day."""
    found = moved(now_ms, period, sign)
    return found if "T" in value else found // 86_400_000 * 86_400_000


def _day(value: str, arguments: Arguments, now_ms: int) -> bool:
    del now_ms
    found = parse_ms(value)
    return found is not None and _DAYS[datetime.fromtimestamp(found // 1000, UTC).weekday()] in arguments


def _limit(sign: int, read: Callable[[str], float | None]) -> Callable[[str, Arguments, int], bool]:
    def keeps(value: str, arguments: Arguments, now_ms: int) -> bool:
        del now_ms
        found = read(value)
        return found is not None and (found - float(arguments[0])) * sign >= 0

    return keeps


def _length(value: str) -> float:
    return float(len(value))


def _host(value: str) -> str:
    found = value if "//" in value else f"//{value}"
    try:
        return (urlsplit(found).hostname or "").lower()
    except ValueError:
        return ""


def _is_url(value: str) -> bool:
    scheme = value.partition("://")[0].lower() if "://" in value else "https"
    return scheme in ("http", "https") and not re.search(r"\s", value) and bool(_DOMAIN.fullmatch(_host(value)))


def _listed(host_of: Callable[[str], str], *, allowed: bool) -> Callable[[str, Arguments, int], bool]:
    def keeps(value: str, arguments: Arguments, now_ms: int) -> bool:
        del now_ms
        host = host_of(value)
        return any(host == a.lower() or host.endswith(f".{a.lower()}") for a in arguments) is allowed

    return keeps


def _domain_of_address(value: str) -> str:
    return value.rpartition("@")[2].lower()


def _cased(value: str, arguments: Arguments) -> str:
    forms: dict[str, Callable[[str], str]] = {
        "UPPER": str.upper, "LOWER": str.lower,
        "CAPITALIZATION": lambda text: re.sub(r"\S+", lambda m: m[0][:1].upper() + m[0][1:], text),
    }
    return forms[arguments[0]](value)


def _spaceless(value: str, arguments: Arguments) -> str:
    return value.strip() if arguments and arguments[0] == "TRIM" else re.sub(r"\s+", "", value)


def _phone(value: str, arguments: Arguments, now_ms: int) -> bool:
    del now_ms
    digits = re.sub(r"[\s().\-]", "", value)
    if not re.fullmatch(r"\+[1-9]\d{6,14}", digits):
        return False
    return not arguments or digits[1:].startswith(_CALLING_CODES.get(arguments[0], ""))


def _simple(test: Callable[[str, Arguments], bool]) -> Callable[[str, Arguments, int], bool]:
    return lambda value, arguments, now_ms: test(value, arguments)  # noqa: ARG005 (most tests do not depend on the time)


RULE_TYPES: dict[str, RuleType] = {
    "AFTER_DATETIME_DURATION": RuleType(("datetime",), (), _period, _after, "Enter a date and time at least {0} from now"),
    "AFTER_DURATION": RuleType(("date",), (), _period, _after, "Enter a date at least {0} from now"),
    "ALPHANUMERIC": RuleType(("string",), _TEXT, _one_of("ALPHANUMERIC", "ALPHA_ONLY", "NUMERIC_ONLY"), _alphanumeric, ""),
    "BEFORE_DATETIME_DURATION": RuleType(("datetime",), (), _period, _before, "Enter a date and time at least {0} ago"),
    "BEFORE_DURATION": RuleType(("date",), (), _period, _before, "Enter a date at least {0} ago"),
    "DAYS_OF_WEEK": RuleType(("date", "datetime"), (), lambda a: 1 <= len(a) <= 7 and set(a) <= set(_DAYS), _day,
                             "Enter a date on one of these days: {all}"),
    "DECIMAL": RuleType(("number",), (), _whole(0, 20),
                        _simple(lambda v, a: len(v.partition(".")[2]) <= int(a[0])), "Enter at most {0} decimal places"),
    "DOMAIN": RuleType(("string",), ("text",), _nothing, _simple(lambda v, _: bool(_DOMAIN.fullmatch(v))), "Enter a domain"),
    "EMAIL": RuleType(("string",), ("text",), _nothing, _simple(lambda v, _: is_address(v.lower())), "Enter an email address"),
    "EMAIL_ALLOWED_DOMAINS": RuleType(("string",), ("text",), _domains, _listed(_domain_of_address, allowed=True),
                                      "Enter an email address of one of these domains: {all}"),
    "EMAIL_BLOCKED_DOMAINS": RuleType(("string",), ("text",), _domains, _listed(_domain_of_address, allowed=False),
                                      "Enter an email address of none of these domains: {all}"),
    "END_DATE": RuleType(("date",), (), _stamp, _limit(-1, parse_ms), "Enter an earlier date"),
    "END_DATETIME": RuleType(("datetime",), (), _stamp, _limit(-1, parse_ms), "Enter an earlier date and time"),
    "FORMAT": RuleType(("string",), _TEXT, _one_of("CAPITALIZATION", "UPPER", "LOWER"),
                       _simple(lambda v, a: _cased(v, a) == v), "Enter the value in this form: {0}", shapes=_cased),
    "MAX_LENGTH": RuleType(("string", "phone_number"), (*_TEXT, "phonenumber"), _whole(1, 10_000), _limit(-1, _length),
                           "Enter at most {0} characters"),
    "MAX_NUMBER": RuleType(("number",), (), _number, _limit(-1, _as_number), "Enter a number of at most {0}"),
    "MIN_LENGTH": RuleType(("string", "phone_number"), (*_TEXT, "phonenumber"), _whole(1, 65_536), _limit(1, _length),
                           "Enter at least {0} characters"),
    "MIN_NUMBER": RuleType(("number",), (), _number, _limit(1, _as_number), "Enter a number of at least {0}"),
    "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE": RuleType(
        ("string", "phone_number"), ("phonenumber",), _country, _phone, "Enter a phone number with its country code"),
    "REGEX": RuleType(("string",), _TEXT, _pattern, _simple(lambda v, a: bool(re.search(a[0], v))), "Enter a value that matches {0}"),
    "SPECIAL_CHARACTERS": RuleType(("string",), _TEXT, _one_of("NOT_ALLOWED"),
                                   _simple(lambda v, _: re.fullmatch(r"[\w\s]*", v) is not None and "_" not in v),
                                   "Enter no special characters"),
    "START_DATE": RuleType(("date",), (), _stamp, _limit(1, parse_ms), "Enter a later date"),
    "START_DATETIME": RuleType(("datetime",), (), _stamp, _limit(1, parse_ms), "Enter a later date and time"),
    "URL": RuleType(("string",), ("text",), _nothing, _simple(lambda v, _: _is_url(v)), "Enter a URL"),
    "URL_ALLOWED_DOMAINS": RuleType(("string",), ("text",), _domains, _listed(_host, allowed=True),
                                    "Enter a URL of one of these domains: {all}"),
    "URL_BLOCKED_DOMAINS": RuleType(("string",), ("text",), _domains, _listed(_host, allowed=False),
                                    "Enter a URL of none of these domains: {all}"),
    "WHITESPACE": RuleType(("string",), ("text",), _optional("ALL", "TRIM"), _simple(lambda v, a: _spaceless(v, a) == v),
                           "Enter no blanks", shapes=_spaceless),
}
# The one refusal that has been captured, and its two sisters in the same style.
_ALPHA = {
    "ALPHA_ONLY": ("INVALID_ALPHA", "Enter only letters"), "NUMERIC_ONLY": ("INVALID_NUMERIC", "Enter only numbers"),
    "ALPHANUMERIC": ("INVALID_ALPHANUMERIC", "Enter only letters and numbers"),
}


def why_not(prop: Property, rule: str, arguments: Arguments) -> str:
    """Return why a rule cannot be set on a property with these arguments, or nothing when it can."""
    found = RULE_TYPES.get(rule)
    if found is None:
        return f"{rule} is not a rule type; known: {', '.join(RULE_TYPES)}"
    if prop.type not in found.types or (found.field_types and prop.field_type not in found.field_types):
        return f"Rule type {rule} does not apply to property {prop.name} of type {prop.type} ({prop.field_type})"
    if not found.takes(arguments):
        return f"Invalid arguments for rule type {rule}: [{', '.join(arguments)}]"
    return ""


def set_rule(portal: Portal, kind: str, name: str, rule: str, arguments: Arguments, *, normalise: bool) -> None:
    """Put a rule into force that `why_not` has nothing against; one of the same type is replaced."""
    rules = portal.catalogue(kind).rules
    mine = {**rules.get(name, {}), rule: [list(arguments), normalise]}
    put_setting(portal, kind, RULES, {**rules, name: dict(sorted(mine.items()))})


def check(portal: Portal, catalogue: Catalogue, changes: dict[str, str]) -> list[PropertyProblem]:
    """Return what is wrong with normalised values; those that a rule puts into shape are changed in place."""
    problems = []
    for name in catalogue.rules.keys() & changes.keys():
        if not changes[name]:
            continue
        for rule, (arguments, normalise) in catalogue.rules[name].items():
            problem = _one(portal, changes, name, rule, arguments, normalise=normalise)
            if problem is not None:
                problems.append(problem)
                break
    return problems


def _one(
    portal: Portal, changes: dict[str, str], name: str, rule: str, arguments: list[str], *, normalise: bool
) -> PropertyProblem | None:
    found = RULE_TYPES[rule]
    if normalise and found.shapes is not None:
        portal.rests_on("hubspot.validation_normalisation")
        changes[name] = found.shapes(changes[name], arguments)
    if found.keeps(changes[name], arguments, portal.clock.now_ms()):
        return None
    code, message = (rule, found.message.format(*arguments or [""], all=", ".join(arguments)))
    if rule == "ALPHANUMERIC":
        code, message = _ALPHA[arguments[0]]
    if rule == "REGEX" and len(arguments) > 1:
        message = arguments[1]
    if code != "INVALID_ALPHA":
        portal.rests_on("hubspot.text_validation_rule")
    return PropertyProblem(name, code, message)


def described(rules: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rules of one property as the API shows them."""
    return [{"ruleType": rule, "ruleArguments": arguments, "shouldApplyNormalization": normalise}
            for rule, (arguments, normalise) in rules.items()]
