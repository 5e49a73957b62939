"""Consents of a user's own mapping: which fields carry what a person has said, on both sides.

The built-in people say something about all e-mail and about the newsletter; another named purpose is answered like the
newsletter. Where a CRM keeps its own consent fields they hold the words that its dialect reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from syncproof_mocks.schema import FieldInfo, FieldType

from ..mapping.grammar import ConsentRule, FieldRule, ObjectMapping
from ..population.people import ConsentSeed, Person
from .storage import accepts

Said = tuple[str, str, str, str, str]

# Words of the vendor's privacy picklists; the only ones that a dialect takes for a yes or a no.
YES, NO, UNSEEN = "OptIn", "OptOut", "NotSeen"
# What built-in records carry: CRM field -> purpose and the fields beside it.
_BUILTIN: Final = {
    "HasOptedOutOfEmail": ("*", None, None),
    "Newsletter_Consent__c": ("newsletter", "Newsletter_Consent_At__c", "Newsletter_Consent_Source__c"),
}
BUILTIN_FIELDS: Final = ("HasOptedOutOfEmail", "Newsletter_Consent__c", "Newsletter_Consent_At__c", "Newsletter_Consent_Source__c")
_FLAGS: Final = frozenset({"HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall"})
CHANNEL: Final = "email"


@dataclass(frozen=True)
class OwnConsents:
    """The consent rules of one object: what they need beside the built-in records."""

    rules: tuple[FieldRule, ...]
    subscriptions: frozenset[str]
    fields: Mapping[str, FieldInfo]

    @classmethod
    def of(cls, obj: ObjectMapping | None, subscriptions: frozenset[str], fields: Mapping[str, FieldInfo]) -> OwnConsents:
        """Return those of an object (None: nobody maps it)."""
        rules = tuple(r for r in obj.fields if r.consent is not None) if obj is not None else ()
        return cls(rules, frozenset(s.casefold() for s in subscriptions), fields)

    @property
    def is_builtin(self) -> bool:
        """Tell whether the built-in records say it all, in fields that this org has."""
        return all(_is_builtin(r) for r in self.rules) and "newsletter" in self.subscriptions

    def crm(self, person: Person) -> dict[str, Any]:
        """Return the CRM fields that carry what the person has said."""
        found: dict[str, Any] = {}
        for rule, consent in self._own():
            found.update(self._written(rule, consent, _said(person, consent), person))
        return {name: value for name, value in found.items() if name in self.fields}

    def ma(self, person: Person, builtin: tuple[Said, ...]) -> tuple[Said, ...]:
        """Return what the person has said in the MA: the built-in words that it can keep, and those for further purposes."""
        kept = [s for s in builtin if s[1] == "*" or s[1].casefold() in self.subscriptions]
        known = {(s[0], s[1].casefold()) for s in builtin} | {(CHANNEL, "newsletter"), (CHANNEL, "*")}
        for rule in self.rules:
            consent = rule.consent
            assert consent is not None
            said = _said(person, consent)
            key = (consent.channel, consent.purpose.casefold())
            if key in known or said is ConsentSeed.NEVER_ASKED or key[0] != CHANNEL or key[1] not in self.subscriptions:
                continue
            act = "grant" if said is ConsentSeed.SUBSCRIBED else "withdraw"
            kept.append((consent.channel, consent.purpose, act, person.consent_at, person.consent_source))
            known.add(key)
        return tuple(kept)

    def problems(self) -> Iterator[tuple[FieldRule, str, str]]:
        """Yield (rule, what people cannot say there, what to do) for each consent that cannot be seeded."""
        for rule, consent in self._own():
            info = self.fields.get(rule.crm)
            if consent.channel != CHANNEL:
                yield rule, f"people have said nothing about the channel `{consent.channel}`: it stays unasked.", ""
            elif info is not None and info.type is FieldType.BOOLEAN and not (consent.crm_at and consent.crm_source):
                yield (rule, f"an unticked box alone is no refusal: `{rule.crm}` cannot say no.",
                       "Name the fields with date and source: `crm_at`, `crm_source`.")
            elif info is not None and info.type is not FieldType.BOOLEAN and not all(accepts(info, w) for w in (YES, NO)):
                yield (rule, f"`{rule.crm}` of the CRM has no options `{YES}` and `{NO}`: what people said cannot be kept in it.",
                       f"Use a box, or a picklist with `{YES}` and `{NO}`.")

    def _own(self) -> Iterator[tuple[FieldRule, ConsentRule]]:
        for rule in self.rules:
            if rule.consent is not None and not _is_builtin(rule):
                yield rule, rule.consent

    def _written(self, rule: FieldRule, consent: ConsentRule, said: ConsentSeed, person: Person) -> dict[str, Any]:
        info = self.fields.get(rule.crm)
        if info is None or consent.channel != CHANNEL:
            return {}
        asked = said is not ConsentSeed.NEVER_ASKED
        yes = said is ConsentSeed.SUBSCRIBED
        if rule.crm in _FLAGS:
            return {rule.crm: said is ConsentSeed.OPTED_OUT}
        # A yes to everything is no word that an MA keeps: there it is the absence of a refusal.
        asked = asked and not (yes and consent.purpose == "*")
        found: dict[str, Any] = {rule.crm: yes and asked}
        if info.type is not FieldType.BOOLEAN:
            found[rule.crm] = (YES if yes else NO) if asked else (UNSEEN if accepts(info, UNSEEN) else None)
        at, source = self.fields.get(consent.crm_at or ""), self.fields.get(consent.crm_source or "")
        if at is not None:
            stamp = person.consent_at[:10] if at.type is FieldType.DATE else person.consent_at.replace("Z", "+0000")
            found[at.name] = stamp if asked else None
        if source is not None:
            found[source.name] = person.consent_source[: source.max_length or 255] if asked else None
        return found


def _is_builtin(rule: FieldRule) -> bool:
    consent = rule.consent
    if consent is None or consent.channel != CHANNEL:
        return False
    told = _BUILTIN.get(rule.crm)
    return told is not None and (consent.purpose.casefold(), consent.crm_at, consent.crm_source) == told


def _said(person: Person, consent: ConsentRule) -> ConsentSeed:
    return person.consent if consent.purpose == "*" else person.newsletter
