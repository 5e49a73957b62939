"""Duplicate rules: a record that resembles one already there is held up, unless the caller insists and may.

Bodies: research `salesforce.md` sections 0 (11) and 2, recorded from orgs. The vendor's fuzzy matching is not public; what
stands here in its place is marked as assumed wherever an answer rests on it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ....journal import Row
from ..errors import ApiError
from ..kinds import Kind
from ..org import Org
from ..wire import attributes, record_json, version_number
from ..writer import Writer

# Recorded answers say `duplicateResut` up to v54 and `duplicateResult` from v60 on.
LAST_SURELY_MISSPELT, FIRST_SURELY_RIGHT = 54, 60
_NEAR = 0.85
_LEGAL = re.compile(r"\b(?:inc|ltd|llc|gmbh|ag|sa|sro|s r o|sp z o o|spolka z o o|corp|co|plc|bv|ltda|lda)$")
_FIELDS = {"exact_email": ("Email",), "fuzzy_name": ("FirstName", "LastName", "Company", "AccountId", "Name")}


@dataclass(frozen=True, slots=True)
class Duplicates:
    """A rule in force. ``match``: the ways in which records are compared; ``against``: the objects searched."""

    name: str
    kind: str
    blocks: bool
    match: tuple[str, ...]
    against: tuple[str, ...]
    message: str
    matching_rule: str
    on_edit: bool

    def looks_at(self, field: str) -> bool:
        """Tell whether the rule compares this field."""
        return any(field in _FIELDS[m] for m in self.match)


@dataclass(frozen=True, slots=True)
class Match:
    """A record that resembles the one to be saved, and how much (100: the same)."""

    row: Row
    confidence: float


class DuplicatesError(ApiError):
    """A record is held up by a duplicate rule; the single-row answer tells which records it resembles."""

    def __init__(self, message: str, key: str, result: dict[str, Any]) -> None:
        super().__init__("DUPLICATES_DETECTED", message)
        self.key, self.result = key, result

    def rest(self) -> dict[str, Any]:
        """Return the element of a REST error array, with the result that clients read."""
        return {self.key: self.result, **dict(reversed(super().rest().items()))}


def refuse_duplicates(
    org: Org, kind: Kind, rules: Sequence[Duplicates], values: Mapping[str, Any], old: Row | None, writer: Writer
) -> None:
    """Raise the refusal of the first rule that finds a resembling record and does not let the caller insist."""
    for rule in rules:
        if old is not None and not _runs_on_edit(org, rule, values, old):
            continue
        if not rule.blocks and writer.allow_duplicates:
            continue
        found = {target: matches for target in rule.against if (matches := _matches(org, rule, target, kind, values, (old.id if old else "", writer.converting)))}
        if found:
            raise _refusal(org, rule, found, writer)


def _runs_on_edit(org: Org, rule: Duplicates, values: Mapping[str, Any], old: Row) -> bool:
    if not rule.on_edit:
        return False
    if any(rule.looks_at(n) and values.get(n) != v for n, v in old.values.items()):
        return True
    org.rests_on("salesforce.duplicate_rules_on_edit")
    return bool(org.settings["duplicate_rules_on_edit"] == "always")


def _matches(
    org: Org, rule: Duplicates, target: str, kind: Kind, values: Mapping[str, Any], own: tuple[str, ...]
) -> list[Match]:
    found: dict[str, Match] = {}
    for way in rule.match:
        ways = _by_email(org, target, values) if way == "exact_email" else _by_name(org, target, kind, values)
        for match in ways:
            if match.row.id not in own and not match.row.values.get("IsConverted"):
                found.setdefault(match.row.id, match)
    return list(found.values())


def _rows(org: Org, kind: str, field: str, value: object) -> Iterator[Row]:
    if value and org.store.is_indexed(kind, field):
        for record_id in org.store.find(kind, field, value):
            row = org.store.get(kind, record_id)
            if row is not None:
                yield row


def _by_email(org: Org, target: str, values: Mapping[str, Any]) -> Iterator[Match]:
    for row in _rows(org, target, "Email", values.get("Email")):
        yield Match(row, 100.0)


def _by_name(org: Org, target: str, kind: Kind, values: Mapping[str, Any]) -> Iterator[Match]:
    """Yield records of the same last name (or account name) whose first name and company are nearly the same."""
    column = "Name" if target == "Account" else "LastName"
    wanted = values.get("Name" if kind.name == "Account" else column)
    for row in _rows(org, target, column, wanted):
        scores = [
            _likeness(values.get("FirstName"), row.values.get("FirstName")),
            _likeness(_company(org, kind.name, values), _company(org, target, row.values)),
        ]
        if min(scores) >= _NEAR:
            org.rests_on("salesforce.fuzzy_matching")
            yield Match(row, round(100 * sum(scores) / len(scores), 1))


def _company(org: Org, kind: str, values: Mapping[str, Any]) -> object:
    if kind != "Contact":
        return values.get("Company") if kind == "Lead" else None
    account = org.store.get("Account", values["AccountId"]) if values.get("AccountId") else None
    return account.values.get("Name") if account is not None else None


def _likeness(one: object, other: object) -> float:
    left, right = _plain(one), _plain(other)
    if left == right:
        return 1.0
    return SequenceMatcher(None, left, right).ratio() if left and right else 0.0


def _plain(text: object) -> str:
    folded = unicodedata.normalize("NFKD", str(text or "").casefold())
    words = re.sub(r"[^\w]+", " ", "".join(c for c in folded if not unicodedata.combining(c))).strip()
    return _LEGAL.sub("", words).strip()


def _refusal(org: Org, rule: Duplicates, found: Mapping[str, list[Match]], writer: Writer) -> DuplicatesError:
    results = []
    for target, matches in found.items():
        records = [_shown(org, m, writer) for m in matches]
        results.append({
            "entityType": target, "errors": [],
            "matchEngine": "ExactMatchEngine" if rule.match == ("exact_email",) else "FuzzyMatchEngine",
            "matchRecords": records, "rule": rule.matching_rule, "size": len(records), "success": True,
        })
    result = {
        "allowSave": not rule.blocks, "duplicateRule": rule.name, "duplicateRuleEntityType": rule.kind,
        "errorMessage": rule.message, "matchResults": results,
    }
    return DuplicatesError(rule.message, _key(org, writer.version), result)


def _shown(org: Org, match: Match, writer: Writer) -> dict[str, Any]:
    row = match.row
    org.served(row)
    if writer.duplicate_details:
        record = record_json(org.kinds[row.kind], row, writer.version)
    else:
        record = {"attributes": attributes(row.kind, row.id, writer.version), "Id": row.id}
    return {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": match.confidence, "record": record}


def _key(org: Org, version: str) -> str:
    number = version_number(version)
    if LAST_SURELY_MISSPELT < number < FIRST_SURELY_RIGHT:
        org.rests_on("salesforce.duplicate_resut_until")
    return "duplicateResut" if number <= int(org.settings["duplicate_resut_until"]) else "duplicateResult"
