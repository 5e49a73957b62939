"""The sheet `Rules` (`Reguly`): what holds for a whole object, one rule per row: object, rule, value, reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ..complaints import did_you_mean, shortened
from .columns import CellError
from .grammar import Exclusion, Mapping, ObjectMapping
from .remarks import fold, parse_remark

# Rows without an object speak of the mapping itself.
_WHOLE = {"name": "mapping", "nazwa": "mapping", "mapping": "mapping", "crm system": "crm", "ma system": "ma",
          "system crm": "crm", "system ma": "ma", "preset": "preset", "produkt": "preset"}  # fmt: skip

_PAIR = re.compile(r"([^=\s](?:[^=]*[^=\s])?)\s*=\s*([^=\s](?:[^=]*[^=\s])?)")
_CONDITION = re.compile(r"(?P<side>crm|ma)\s*[:.]?\s*(?P<field>\S+)\s+(?P<test>.+)", re.IGNORECASE | re.DOTALL)
_OLDER = re.compile(r"(?:older than|starsze niz)\s+(\d{1,4})\s+(?:months?|mies\w*)")
_IN = re.compile(r"(?:in|jest jednym z|jedno z)[:\s]\s*(.+)", re.IGNORECASE | re.DOTALL)
_MATCHES = re.compile(r"(?:matches|pasuje do)[:\s]\s*(.+)", re.IGNORECASE | re.DOTALL)
_DELAY = re.compile(r"(\d{1,9})\s*(s|sec|seconds?|sekund\w*|min|minut\w*|minutes?|h|hours?|godz\w*)?")


def read_rule(data: dict[str, Any], obj: dict[str, Any] | None, rule: str, value: str, reason: str) -> tuple[str, ...]:
    """Put one row into the plain data; return the path, below the object, of what was set.

    ``obj`` is None for rows about the whole mapping. Raises CellError with the remedy.
    """
    name = fold(rule)
    if obj is None:
        if name not in _WHOLE:
            raise CellError(
                f"`{rule}` needs an object.", f"Name one in column A; without object: {', '.join(_WHOLE)}.", 1
            )
        if _WHOLE[name] in ("mapping", "preset"):
            data[_WHOLE[name]] = value
        else:
            data.setdefault("systems", {})[_WHOLE[name]] = fold(value)
        return ()
    reader = _READERS.get(name)
    if reader is None:
        raise CellError(
            f"no rule is called `{shortened(rule)}`; known: {', '.join(_KNOWN)}.", did_you_mean(name, _READERS), 2
        )
    key, read = reader
    found = read(value)
    if key == "exclude":
        found = {"reason": reason or value, **found}
    if key in ("exclude", "match"):
        obj.setdefault(key, []).append(found)
        return (key,)
    if key.startswith(("deletes.", "erases.")):
        rule, _, way = key.partition(".")
        obj.setdefault(rule, {})[way] = found
        return (rule,)
    if key in obj:
        raise CellError(f"the rule `{rule}` is given twice for this object.", "Remove one.", 2)
    obj[key] = found
    return (key,)


def _pair(text: str) -> dict[str, str]:
    match = _PAIR.fullmatch(text.strip())
    if match is None:
        raise CellError(f"`{shortened(text)}` is not `CRM field = MA field`.", "Write for example `Email = email`.")
    return {"crm": match.group(1), "ma": match.group(2)}


def _way(text: str) -> str:
    plain = fold(text).replace(" ", "_").replace("-", "_")
    if plain in ("crm_to_ma", "ma_to_crm", "both", "none"):
        return plain
    said = parse_remark(text).direction
    if said is None:
        raise CellError(f"`{shortened(text)}` is not a direction.", "Write `crm_to_ma`, `ma_to_crm`, `both` or `none`.")
    return str(said)


def _creates(text: str) -> list[str]:
    return [] if fold(text) in ("none", "nic", "-") else [_way(part) for part in text.split(",")]


def _owner(text: str) -> dict[str, Any]:
    pair, *rest = text.split(",")
    rule: dict[str, Any] = _pair(pair)
    for part in rest:
        if fold(part) not in ("match email", "match e-mail"):
            rule["direction"] = _way(part)
    return rule


def _company(text: str) -> dict[str, Any]:
    pair, *rest = text.split(",")
    rule: dict[str, Any] = _pair(pair)
    for part in rest:
        key = re.fullmatch(r"\s*(?:match|klucz)\s+(.+)", part, re.IGNORECASE)
        if key is not None:
            rule["match"] = _pair(key.group(1))
        else:
            rule["direction"] = _way(part)
    if "match" not in rule:
        raise CellError("how companies are recognised is not said.", "Add `, match Tax_Id__c = tax_id`.")
    return rule


def _delay(text: str) -> int:
    match = _DELAY.fullmatch(fold(text))
    if match is None:
        raise CellError(f"`{shortened(text)}` is not a delay.", "Write seconds (`900`) or `15 min`.")
    unit = (match.group(2) or "s")[0]
    return int(match.group(1)) * {"s": 1, "m": 60, "h": 3600, "g": 3600}[unit]


def _exclude(text: str) -> dict[str, Any]:
    match = _CONDITION.fullmatch(text.strip())
    test = match["test"].strip() if match else ""
    condition = next((c for read in (_blank_test, _age_test, _in_test, _pattern_test) if (c := read(test))), None)
    if match is None or condition is None:
        remedy = "Write for example `CRM Email blank`, `CRM Type in Partner; Test`, `CRM Seen__c older than 24 months`, `MA email matches ^info@`."
        raise CellError(f"`{shortened(text)}` is not a condition.", remedy)
    return {match["side"].lower(): match["field"], **condition}


def _blank_test(test: str) -> dict[str, Any] | None:
    yes, no = ("blank", "is blank", "puste", "jest puste"), ("not blank", "is not blank", "niepuste", "nie jest puste")
    return {"blank": fold(test) in yes} if fold(test) in yes + no else None


def _age_test(test: str) -> dict[str, Any] | None:
    match = _OLDER.fullmatch(fold(test))
    return {"older_than_months": int(match.group(1))} if match else None


def _in_test(test: str) -> dict[str, Any] | None:
    match = _IN.fullmatch(test)
    if match is None:
        return None
    text = match.group(1).strip()
    if text.startswith("["):
        return {"in": _json(text)}
    words = [part.strip() for part in text.split(";") if part.strip()]
    return {"in": [{"true": True, "false": False}.get(word, word) for word in words]}


def _pattern_test(test: str) -> dict[str, Any] | None:
    match = _MATCHES.fullmatch(test)
    if match is None:
        return None
    text = match.group(1).strip()
    return {"matches": _json(text) if text.startswith('"') else text}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CellError(f"`{shortened(text)}` is not JSON: {error}.", "Check quotes and brackets.") from error


_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    word: (key, read)
    for words, key, read in (
        ("crm kind|rodzaj crm|obiekt crm", "crm", str),
        ("ma kind|rodzaj ma|obiekt ma", "ma", str),
        ("match|klucz|dopasowanie", "match", _pair),
        ("creates|tworzy", "creates", _creates),
        ("exclude|wyklucz|pomin", "exclude", _exclude),
        ("owner|wlasciciel", "owner", _owner),
        ("company|firma", "company", _company),
        ("deletes crm to ma|usuniecie crm do ma", "deletes.crm_to_ma", fold),
        ("deletes ma to crm|usuniecie ma do crm", "deletes.ma_to_crm", fold),
        ("erases crm to ma|wymazanie crm do ma", "erases.crm_to_ma", fold),
        ("erases ma to crm|wymazanie ma do crm", "erases.ma_to_crm", fold),
        ("delay|opoznienie", "delay_s", _delay),
    )
    for word in words.split("|")
}
_KNOWN = tuple(word for word in _READERS if word.isascii() and word.split()[0] in
               ("crm", "ma", "match", "creates", "exclude", "owner", "company", "deletes", "erases", "delay"))  # fmt: skip


# -- writing --------------------------------------------------------------------------------------------------------


def told_rules(mapping: Mapping) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows (object, rule, value, reason) that `read_rule` turns into the object rules of a mapping."""
    yield "", "name", mapping.mapping, ""
    if mapping.preset:
        yield "", "preset", mapping.preset, ""
    for side, system in mapping.systems.items():
        yield "", f"{side.upper()} system", system, ""
    for obj in mapping.objects:
        for rule, value, reason in _told_object(obj):
            yield obj.object, rule, value, reason


def _told_object(obj: ObjectMapping) -> Iterator[tuple[str, str, str]]:
    yield "CRM kind", obj.crm, ""
    yield "MA kind", obj.ma, ""
    for key in obj.match:
        yield "match", f"{key.crm} = {key.ma}", ""
    yield "creates", ", ".join(obj.creates) or "none", ""
    for exclusion in obj.exclude:
        yield "exclude", _told_condition(exclusion), exclusion.reason
    if obj.owner is not None:
        yield "owner", f"{obj.owner.crm} = {obj.owner.ma}, match {obj.owner.match}, {obj.owner.direction}", ""
    if obj.company is not None:
        key = obj.company.match
        yield (
            "company",
            f"{obj.company.crm} = {obj.company.ma}, match {key.crm} = {key.ma}, {obj.company.direction}",
            "",
        )
    for word, rule in (("deletes", obj.deletes), ("erases", obj.erases)):
        for way, what in (("CRM to MA", rule.crm_to_ma), ("MA to CRM", rule.ma_to_crm)):
            if what is not None:
                yield f"{word} {way}", what, ""
    if obj.delay_s:
        yield "delay", f"{obj.delay_s} s", ""


def _told_condition(exclusion: Exclusion) -> str:
    field = f"CRM {exclusion.crm}" if exclusion.crm is not None else f"MA {exclusion.ma}"
    if exclusion.blank is not None:
        return f"{field} {'blank' if exclusion.blank else 'not blank'}"
    if exclusion.older_than_months is not None:
        return f"{field} older than {exclusion.older_than_months} months"
    if exclusion.matches is not None:
        pattern = exclusion.matches
        plain = pattern == pattern.strip() and not pattern.startswith('"')
        return f"{field} matches {pattern if plain else json.dumps(pattern)}"
    return f"{field} in {_told_list(exclusion.any_of)}"


def _told_list(values: tuple[Any, ...]) -> str:
    def is_plain(value: Any) -> bool:
        if not isinstance(value, str):
            return isinstance(value, bool)
        return value == value.strip() != "" and ";" not in value and value not in ("true", "false") and value[0] != "["

    if all(is_plain(value) for value in values):
        return "; ".join(str(v).lower() if isinstance(v, bool) else v for v in values)
    return json.dumps(list(values), ensure_ascii=False, default=str)
