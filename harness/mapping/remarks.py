"""What people write beside a field in a mapping spreadsheet, in Polish or English: `Tekst, Master: CRM`.

`Master: CRM` alone is the strict rule (the MA only reads); with `dwukierunkowo` / `two-way` it says who wins when both
sides changed. Nothing is guessed: a phrase that is not in the tables below is a problem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from syncproof_mocks.schema import FieldType

from ..complaints import did_you_mean, shortened
from .grammar import Direction, Side, Winner

MAX_LENGTH = 2_000


@dataclass
class RemarkRules:
    """What a remark says; None (or False) where it says nothing. ``problems`` are (message, remedy)."""

    type: FieldType | None = None
    direction: Direction | None = None
    winner: Winner | None = None
    blank: str | None = None
    enforce: str | None = None
    max_length: int | None = None
    sensitive: bool = False
    consent: dict[str, str] | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """Return what was said, in the keys and words of the YAML form."""
        said = {
            "type": self.type, "direction": self.direction, "winner": self.winner, "blank": self.blank,
            "enforce": self.enforce, "max_length": self.max_length, "consent": self.consent,
            "sensitive": self.sensitive or None,
        }  # fmt: skip
        return {
            key: str(v) if isinstance(v, FieldType | Direction | Winner) else v
            for key, v in said.items()
            if v is not None
        }


_TYPES = {
    FieldType.TEXT: "tekst text string pole_tekstowe tekstowe text_field",
    FieldType.NUMBER: "liczba number liczbowe liczba_calkowita integer decimal",
    FieldType.DATE: "data date",
    FieldType.DATETIME: "data_i_czas data_i_godzina datetime date_time date_and_time znacznik_czasu timestamp",
    FieldType.BOOLEAN: "tak/nie tak_/_nie boolean checkbox yes/no yes_/_no true/false pole_wyboru logiczne",
    FieldType.PICKLIST: "lista_wyboru picklist lista lista_rozwijana dropdown drop-down select",
    FieldType.MULTI_PICKLIST: "lista_wielokrotnego_wyboru multi-picklist multipicklist multi_picklist wielokrotny_wybor "
    "multi-select multiselect lista_wielokrotna",
    FieldType.EMAIL: "e-mail email adres_e-mail adres_email e-mail_address email_address",
    FieldType.PHONE: "telefon phone numer_telefonu phone_number telephone",
    FieldType.COUNTRY: "kraj country panstwo",
    FieldType.REFERENCE: "odwolanie reference lookup relacja",
}
_SAID: dict[tuple[str, Any], str] = {
    ("two_way", True): "dwukierunkowo dwukierunkowe dwustronnie two-way two_way bidirectional both_ways w_obie_strony",
    ("one_way", True): "jednokierunkowo jednokierunkowe jednostronnie one-way one_way",
    ("none", True): "nie_synchronizowac nie_synchronizuj bez_synchronizacji do_not_sync don't_sync not_synced no_sync",
    ("winner", Winner.LATEST): "nowszy_wygrywa nowsze_wygrywa nowsza_wygrywa nowsza_wartosc_wygrywa "
    "ostatnia_zmiana_wygrywa ostatni_wygrywa latest_wins newest_wins newer_wins last_change_wins",
    ("winner", Winner.CRM): "wygrywa_crm crm_wygrywa crm_wins",
    ("winner", Winner.MA): "wygrywa_ma ma_wygrywa ma_wins",
    ("winner", Winner.CRM_UNLESS_BLANK): "crm_wins_unless_blank crm_unless_blank crm_wygrywa_chyba_ze_puste "
    "crm_wygrywa_o_ile_niepuste wygrywa_crm_o_ile_niepuste",
    ("winner", Winner.MA_UNLESS_BLANK): "ma_wins_unless_blank ma_unless_blank ma_wygrywa_chyba_ze_puste "
    "ma_wygrywa_o_ile_niepuste wygrywa_ma_o_ile_niepuste",
    ("winner", Winner.MOST_RESTRICTIVE): "most_restrictive_wins most_restrictive bardziej_restrykcyjne_wygrywa "
    "najbardziej_restrykcyjne_wygrywa",
    ("blank", "keep"): "puste_nie_nadpisuje puste_nie_nadpisuja puste_nie_kasuje blank_keeps blank_does_not_overwrite "
    "blanks_do_not_overwrite",
    ("blank", "clear"): "puste_czysci puste_kasuje puste_nadpisuje blank_clears blank_overwrites",
    ("enforce", "always"): "zawsze_wymuszaj wymuszaj_zawsze always_enforce enforce_always",
    ("enforce", "on_change"): "wymuszaj_przy_zmianie enforce_on_change",
    ("sensitive", True): "wrazliwe wrazliwa dane_wrazliwe sensitive sensitive_data",
}  # fmt: skip
_WORDS: dict[str, tuple[str, Any]] = {
    word.replace("_", " "): said for said, words in _SAID.items() for word in words.split()
} | {word.replace("_", " "): ("type", kind) for kind, words in _TYPES.items() for word in words.split()}

_SYSTEM = r"(?P<{}>[\w .-]+?)"
_MASTER = re.compile(r"(?:master|zrodlo|source|nadrzedny|nadrzedne|wlasciciel)\s*[:=]\s*" + _SYSTEM.format("system"))
_ARROW = re.compile(_SYSTEM.format("source") + r"\s*(?:->|=>|→|>)\s*" + _SYSTEM.format("target"))
_TO = re.compile(r"(?P<source>\w+)\s+(?:do|to)\s+(?P<target>\w+)")
_MAX = re.compile(
    r"(?:max|maks)(?:imum|ymalnie|ymalna dlugosc|\. dlugosc| length)?\.?\s*[:=]?\s*(\d{1,9})(?:\s*(?:znak\w*|zn\.?|char\w*))?"
)
_UP_TO = re.compile(r"(?:do|up to)\s+(\d{1,9})\s*(?:znak\w*|zn\.?|char\w*)")
_CONSENT = re.compile(r"(?:zgoda|consent)(?:\s*[:=]\s*(?P<about>.+))?", re.IGNORECASE | re.DOTALL)
_TYPE = re.compile(r"(?:typ|type)\s*[:=]\s*(.+)")
_CHANNELS = {
    "email": "email",
    "e-mail": "email",
    "phone": "phone",
    "telefon": "phone",
    "sms": "sms",
    "fax": "fax",
    "faks": "fax",
}


def fold(text: str) -> str:
    """Return text as it is compared: no diacritics, no letter case, single blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l").replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def parse_remark(text: str, systems: Mapping[str, str] | None = None) -> RemarkRules:
    """Return what a remark says; what is not understood or contradicts itself is in ``problems``, never an exception.

    Phrases are parted by comma, semicolon, line end, `|` or a full stop. ``systems`` are the vendors' names, which
    then may stand for `CRM` and `MA`.
    """
    if len(text) > MAX_LENGTH:
        return RemarkRules(problems=[(f"the remark is longer than {MAX_LENGTH:,} characters.", "Shorten it.")])
    reading = _Reading(systems or {})
    for phrase in re.split(r"[,;|\n\r•]+|\.\s+(?!\d)", text):
        phrase = phrase.strip().rstrip(".").strip()
        if phrase:
            reading.read(phrase)
    return reading.conclude()


def parse_consent(about: str) -> tuple[dict[str, str], str | None]:
    """Return the consent rule that `email/newsletter` or `newsletter` means, and what is wrong with it, or None.

    Further parts: `email/newsletter | at: When__c | source: Through__c`.
    """
    first, *rest = (part.strip() for part in about.split("|"))
    channel, slash, purpose = (part.strip() for part in first.partition("/"))
    if not slash:
        channel, purpose = (channel, "*") if fold(channel) in _CHANNELS else ("email", channel)
    rule = {"channel": _CHANNELS.get(fold(channel), channel), "purpose": purpose or "*"}
    problem = (
        None
        if rule["channel"] in _CHANNELS.values()
        else f"`{channel}` is not a channel; known: email, phone, sms, fax."
    )
    for part in rest:
        key, _, name = (piece.strip() for piece in part.partition(":"))
        slot = {"at": "crm_at", "kiedy": "crm_at", "source": "crm_source", "zrodlo": "crm_source"}.get(fold(key))
        if slot is None or not name:
            problem = f"`{shortened(part)}` is not understood; after the purpose come `at: FIELD` and `source: FIELD`."
        else:
            rule[slot] = name
    return rule, problem


@lru_cache(maxsize=1024)
def _nearest(folded: str) -> str:
    known = [*_WORDS, "master: crm", "master: ma", "max 40", "zgoda: email/newsletter", "consent: email/newsletter"]
    # Nothing we know is long; comparing a whole paragraph with every phrase would only take time.
    return did_you_mean(folded, known) if len(folded) <= 60 else ""


class _Reading:
    """Collects the phrases of one remark and draws the conclusion when all are known."""

    def __init__(self, systems: Mapping[str, str]) -> None:
        self.rules = RemarkRules()
        self.flags: dict[str, bool] = {}
        self.master: Side | None = None
        self.sides = {"crm": Side.CRM, "ma": Side.MA, "marketing": Side.MA, "marketing automation": Side.MA}
        self.sides |= {fold(name): Side(side) for side, name in systems.items()}
        self.patterns: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], None]], ...] = (
            (_MASTER, self._master), (_MAX, self._max), (_UP_TO, self._max), (_ARROW, self._arrow), (_TO, self._arrow),
        )  # fmt: skip

    def read(self, phrase: str) -> None:
        """Take in one phrase."""
        folded = fold(phrase)
        consent = _CONSENT.fullmatch(phrase)
        if consent is not None:
            self._consent(phrase, consent.group("about") or "")
            return
        typed = _TYPE.fullmatch(folded)
        word = typed.group(1).strip() if typed else folded
        if word in _WORDS and (typed is None or _WORDS[word][0] == "type"):
            self._set(*_WORDS[word], phrase)
            return
        for pattern, read in self.patterns:
            match = pattern.fullmatch(folded)
            if match is not None:
                read(phrase, match)
                return
        self._not_understood(phrase)

    def _set(self, key: str, value: Any, phrase: str) -> None:
        if key in ("two_way", "one_way", "none"):
            self.flags[key] = True
            return
        old = getattr(self.rules, key)
        if old not in (None, False, value):
            self._problem(f"`{phrase}` contradicts what the remark said before ({key}: {old}).", "Keep one of the two.")
            return
        setattr(self.rules, key, value)

    def _problem(self, message: str, remedy: str) -> None:
        self.rules.problems.append((message, remedy))

    def _not_understood(self, phrase: str) -> None:
        remedy = _nearest(fold(phrase)) or (
            "Write phrases such as `Tekst, Master: CRM` or `two-way, blank keeps, max 40`; "
            "what is for people goes into a column `Notes`."
        )
        self._problem(f"`{shortened(phrase)}` is not understood.", remedy)

    def _master(self, phrase: str, match: re.Match[str]) -> None:
        side = self.sides.get(match["system"].strip())
        if side is None:
            self._problem(f"`{shortened(phrase)}` names no system we know.", "Write `Master: CRM` or `Master: MA`.")
        elif self.master not in (None, side):
            self._problem("two masters are named.", "Keep one; with `two-way` it says who wins when both changed.")
        else:
            self.master = side

    def _max(self, phrase: str, match: re.Match[str]) -> None:
        length = int(match.group(1))
        if length:
            self._set("max_length", length, phrase)
        else:
            self._problem(f"`{phrase}`: the greatest length must be above 0.", "Write for example `max 40`.")

    def _arrow(self, phrase: str, match: re.Match[str]) -> None:
        source, target = (self.sides.get(match[name].strip()) for name in ("source", "target"))
        if source is None or target is None or source is target:
            self._not_understood(phrase)
        else:
            self._set("direction", Direction.CRM_TO_MA if source is Side.CRM else Direction.MA_TO_CRM, phrase)

    def _consent(self, phrase: str, about: str) -> None:
        rule, problem = parse_consent(about or "email/*")
        if problem is not None:
            self._problem(f"`{shortened(phrase)}`: {problem}", "Write for example `consent: email/newsletter`.")
        else:
            self._set("consent", rule, phrase)

    # -- conclusion ----------------------------------------------------------------------------------------------

    def conclude(self) -> RemarkRules:
        """Return the rules, with the direction that master, direction words and winner mean together."""
        rules = self.rules
        if self.flags.get("none") or rules.sensitive:
            self._stays_put()
        elif self.flags.get("two_way"):
            self._two_way()
        elif self.flags.get("one_way") or self.master is not None:
            self._one_way()
        elif rules.direction is None and rules.winner is not None:
            rules.direction = Direction.BOTH
        if rules.consent is not None and rules.winner is None and rules.direction in (None, Direction.BOTH):
            rules.winner = Winner.MOST_RESTRICTIVE
        return rules

    def _stays_put(self) -> None:
        if self.master or self.rules.direction or self.flags.get("two_way") or self.flags.get("one_way"):
            self._problem("the remark both forbids synchronisation and says which way it goes.", "Keep one of the two.")
        self.rules.direction = Direction.NONE

    def _two_way(self) -> None:
        if self.rules.direction is not None or self.flags.get("one_way"):
            self._problem("the remark says both one-way and two-way.", "Keep one of the two.")
        self.rules.direction = Direction.BOTH
        if self.master is not None:
            self._set("winner", Winner(str(self.master)), f"Master: {str(self.master).upper()}")

    def _one_way(self) -> None:
        if self.master is None:
            if self.rules.direction is None:
                self._problem("`one-way` does not say which way.", "Add `Master: CRM` or `Master: MA`.")
            return
        if self.rules.winner is not None:
            self._problem(
                "the remark names a master and a winner, but not that it is two-way.", "Add `two-way` or remove one."
            )
            return
        self._set("direction", Direction.CRM_TO_MA if self.master is Side.CRM else Direction.MA_TO_CRM, "Master")
