"""The columns of a mapping spreadsheet: how people head them, in English and Polish, and what may stand in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from ..complaints import did_you_mean, shortened
from .grammar import Direction, FieldRule, Winner
from .remarks import fold, parse_consent, parse_remark

CRM, MA, REMARK, OBJECT, NOTES = "crm", "ma", "remark", "object", "notes"

OBJECTS = {
    "contact": ("contact", "contacts", "kontakt", "kontakty"),
    "lead": ("lead", "leads", "leady"),
    "company": ("company", "companies", "account", "accounts", "firma", "firmy"),
}
OBJECT_OF = {word: name for name, words in OBJECTS.items() for word in words}
RULE_SHEETS = ("rules", "reguly", "zasady")
ASIDE_SHEETS = ("notes", "notatki", "uwagi", "opis", "readme", "read me", "legend", "legenda", "info")

_HEADERS = {
    OBJECT: "object|obiekt",
    REMARK: "type and remarks|typ i uwagi|type|typ|remarks|uwagi|type, remarks|typ, uwagi|typ/uwagi|type/remarks|typ danych|data type",
    "direction": "direction|kierunek",
    "winner": "winner|wygrywa|zwyciezca|kto wygrywa|who wins",
    "blank": "blank|blanks|puste|puste wartosci",
    "enforce": "enforce|wymuszaj|wymuszanie",
    "fill": "fill|fills|uzupelnia|uzupelnianie",
    "rule": "rule|sync rule|preset rule|regula|regula synchronizacji",
    "values": "values|wartosci|slownik|tlumaczenie wartosci",
    "format_crm": "format crm|crm format|format w crm",
    "format_ma": "format ma|ma format|format w ma",
    "max_length": "max length|maximum length|maks. dlugosc|maks dlugosc|maksymalna dlugosc|dlugosc",
    "sensitive": "sensitive|wrazliwe|dane wrazliwe",
    "consent": "consent|zgoda",
    NOTES: "notes|notatki|komentarz|comment|comments|opis|description",
}  # fmt: skip
COLUMN_OF = {word: key for key, words in _HEADERS.items() for word in words.split("|")}


class CellError(ValueError):
    """A cell cannot be understood. ``remedy`` says what to write; ``column`` is where, in the sheet Rules."""

    def __init__(self, message: str, remedy: str = "", column: int = 3) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.column = column


def _word(name: str, allowed: type[StrEnum] | tuple[str, ...], also: dict[str, str]) -> Callable[[str], str]:
    """Return a reader of cells that hold one word of ``allowed``, or the phrase a remark would use for it."""
    words = tuple(str(word) for word in allowed)

    def read(text: str) -> str:
        folded = fold(text)
        plain = also.get(folded, folded.replace(" ", "_").replace("-", "_"))
        if plain in words:
            return plain
        said = parse_remark(text)
        value = said.values().get(name)
        if value is None or said.problems:
            raise CellError(
                f"`{shortened(text)}` is not allowed here; allowed: {', '.join(words)}.", did_you_mean(plain, words)
            )
        return str(value)

    return read


def _length(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0):
        raise CellError(f"`{shortened(text)}` is not a length.", "Write a whole number above 0.")
    return int(text)


def _sensitive(text: str) -> bool:
    yes, no = ("tak", "yes", "true", "1", "x", "t", "y", "wrazliwe", "sensitive"), ("nie", "no", "false", "0", "n", "-")
    folded = fold(text)
    if folded not in yes + no:
        raise CellError(f"`{shortened(text)}` is neither yes nor no.", "Write `yes` (tak) or `no` (nie).")
    return folded in yes


def _consent(text: str) -> dict[str, str]:
    rule, problem = parse_consent(text)
    if problem is not None:
        raise CellError(
            problem, "Write for example `email/newsletter | at: Consent_At__c | source: Consent_Source__c`."
        )
    return rule


def _values(text: str) -> dict[str, str]:
    """Read `A - Key = key` lines (or parts between `;`), or a JSON object."""
    if text.startswith("{"):
        try:
            table = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CellError(
                f"the table of values is not JSON: {error}.", "Write one `CRM value = MA value` per line."
            ) from error
        if not all(isinstance(value, str) for value in table.values()):
            raise CellError("the table of values has values that are not texts.", "Put quotes around them.")
        return dict(table)
    found: dict[str, str] = {}
    for line in text.split("\n" if "\n" in text else ";"):
        if not line.strip():
            continue
        crm, equals, ma = (piece.strip() for piece in line.partition("="))
        if not (equals and crm and ma):
            raise CellError(f"`{shortened(line)}` is not `CRM value = MA value`.", "Write one pair per line.")
        if crm in found:
            raise CellError(f"the value `{crm}` is given twice.", "Remove one.")
        found[crm] = ma
    return found


def told_values(values: dict[str, str]) -> str:
    """Return a table of values as `_values` reads it."""
    pieces = [*values, *values.values()]
    if any(p != p.strip() or not p or any(sign in p for sign in "=;\n") or p.startswith("{") for p in pieces):
        return json.dumps(values, ensure_ascii=False)
    return "\n".join(f"{crm} = {ma}" for crm, ma in values.items())


def told_consent(rule: FieldRule) -> str:
    """Return a consent as the Consent column holds it."""
    consent = rule.consent
    if consent is None:
        return ""
    parts = [f"{consent.channel}/{consent.purpose}"]
    parts += [f"at: {consent.crm_at}"] if consent.crm_at else []
    parts += [f"source: {consent.crm_source}"] if consent.crm_source else []
    return " | ".join(parts)


READERS: dict[str, Callable[[str], Any]] = {
    "direction": _word("direction", Direction, {"dwukierunkowo": "both", "brak": "none"}),
    "winner": _word(
        "winner", Winner, {"nowszy": "latest", "nowsze": "latest", "newest": "latest", "salesforce": "crm"}
    ),
    "blank": _word(
        "blank", ("keep", "clear"), {"nie nadpisuje": "keep", "czysci": "clear", "keeps": "keep", "clears": "clear"}
    ),
    "enforce": _word("enforce", ("always", "on_change"), {"zawsze": "always", "przy zmianie": "on_change"}),
    "fill": _word("fill", ("back", "only"), {"wstecz": "back", "tylko": "only"}),
    "rule": lambda text: re.sub(r"\W+", "_", fold(text).replace("'", "")),
    "values": _values,
    "format_crm": str,
    "format_ma": str,
    "max_length": _length,
    "sensitive": _sensitive,
    "consent": _consent,
}
