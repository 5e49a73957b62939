"""From a value found anywhere to whose it is: the index behind "another person's value" and "another field's value"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

from syncproof_mocks.schema import FieldType

from .codes import word
from .countries import COUNTRIES
from .fresh import EDITS, fresh_value
from .people import Company, Dirt, Person, Population
from .phones import national
from .wording import careless_company

Owned = tuple[str, str]

_Holder = tuple[str, tuple[str, ...]]

# Attribute of a person -> itself and what the default mapping calls it on the two sides.
_PERSON_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "first_name": ("first_name", "FirstName", "firstname"),
    "last_name": ("last_name", "LastName", "lastname"),
    "email": ("email", "Email", "hs_additional_emails"),
    "phone": ("phone", "Phone"),
    "mobile": ("mobile", "MobilePhone", "mobilephone"),
    "title": ("title", "Title", "jobtitle"),
    "street": ("street", "MailingStreet", "Street", "address"),
    "city": ("city", "MailingCity", "City"),
    "postal_code": ("postal_code", "MailingPostalCode", "PostalCode", "zip"),
    "birthdate": ("birthdate", "Birthdate", "birth_date"),
    "score": ("score", "Engagement_Score__c", "engagement_score"),
    "annual_spend": ("annual_spend", "Annual_Spend__c"),
    "last_order_at": ("last_order_at", "Last_Order_At__c"),
    "national_id": ("national_id", "National_Id__c"),
    "consent_source": ("consent_source", "Newsletter_Consent_Source__c"),
    "consent_at": ("consent_at", "Newsletter_Consent_At__c"),
}
_COMPANY_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("name", "Name"),
    "tax_id": ("tax_id", "Tax_Id__c"),
    "domain": ("domain",),
    "city": ("city", "BillingCity"),
}
_COMPANY_OF_PERSON: Final = ("company", "Company")
_PHONE: Final = re.compile(r"\+?[\d\s()./-]{9,30}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dt[\d:]{5,8}(\.0+)?(z|[+-]00:?00)")
_WHOLE: Final = re.compile(r"-?\d+\.0+")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_FEWEST_DIGITS: Final = 9
_FEWEST_LETTERS: Final = 6


class Trace:
    """An index from value to (person or company key, field). Built when first asked; `add` may come before or after.

    The field is the attribute of `Person` or `Company` and each name the default mapping has for it, for values added
    later the name given. Values that many people share (picklists, countries, yes and no) tell of nobody: only what
    was planted to be one person's is in the index of `whose`; anything else that was written is known to `fields`.
    """

    def __init__(self, population: Population | None = None) -> None:
        self._people: tuple[Person, ...] = population.people if population else ()
        self._companies: tuple[Company, ...] = population.companies if population else ()
        self._seeded: dict[str, tuple[_Holder, ...]] | None = None
        self._added: dict[str, tuple[_Holder, ...]] = {}
        self._written: dict[str, tuple[_Holder, ...]] = {}
        self._told: dict[str, tuple[Owned, ...]] = {}

    @classmethod
    def of_people(cls, people: Iterable[Person]) -> Trace:
        """Return the trace of some people and of the companies they belong to."""
        everybody = tuple(people)
        companies = {p.company.key: p.company for p in everybody if p.company}
        return cls(Population(0, everybody, tuple(companies.values()), ()))

    def add(self, value: Any, person: str, field: str, *, is_unique: bool = True) -> None:
        """Remember that ``value`` was written into ``field`` for ``person``. Blank and boolean values tell nothing.

        What is not unique (see `is_planted`) never tells whose it is, only which fields of the person it was put into.
        """
        text = _text(value)
        if text:
            _enter(self._added if is_unique else self._written, text, (person, (field,)))
            self._told.clear()

    def fields(self, value: Any, person: str) -> frozenset[str]:
        """Return the fields of one person that the value was planted for or written into, unique or not."""
        held = [names for key, names in self._written.get(_text(value), ()) if key == person]
        return frozenset([f for key, f in self.whose(value) if key == person] + [f for names in held for f in names])

    def whose(self, value: Any) -> tuple[Owned, ...]:
        """Return every (person, field) that the value belongs to, seeded ones first; empty when it tells nothing.

        Letter case, outer blanks, Unicode form, the spelling of a UTC offset and `.0` do not matter; a phone is found
        by its digits, with or without country code.
        """
        if not isinstance(value, str):
            return self._whose(_text(value))
        # The same texts stand on both sides and in every state.
        if value not in self._told:
            self._told[value] = self._whose(_text(value))
        return self._told[value]

    def _whose(self, text: str) -> tuple[Owned, ...]:
        if self._seeded is None:
            self._seeded = self._build()
        if not text:
            return ()
        found: dict[Owned, None] = {}
        for form in (text, *_digit_forms(text)):
            for index in (self._seeded, self._added):
                for key, fields in index.get(form, ()):
                    found.update(((key, field), None) for field in fields)
        return tuple(found)

    def _build(self) -> dict[str, tuple[_Holder, ...]]:
        index: dict[str, tuple[_Holder, ...]] = {}
        for person in self._people:
            for attribute, fields in _PERSON_FIELDS.items():
                if text := _text(getattr(person, attribute)):
                    _enter(index, text, (person.key, fields))
            if Dirt.SECONDARY_ADDRESS in person.dirt:
                _enter(index, _text(person.other_email), (person.key, ("email",)))
            if person.company is not None:
                for spelled in _spellings(person.company):
                    _enter(index, spelled, (person.key, _COMPANY_OF_PERSON))
        for company in self._companies:
            for attribute, fields in _COMPANY_FIELDS.items():
                _enter(index, _text(getattr(company, attribute)), (company.key, fields))
        _enter_own(index, self._people)
        _enter_own(index, self._companies)
        return index


def is_planted(value: str, person: Person, field: str, edits: int) -> bool:
    """Tell whether a written value was made to be this person's alone, by what it is made of.

    It carries the person's code word, as every seeded and every new text does; or it is one of the first ``edits`` new
    values that `fresh_value` makes for this person and field; or it is an e-mail address, which nobody shares by
    chance. All else (a word of a list, a country, a city, a date, a name out of a scenario) two people may share.
    """
    text = _text(value)
    if "@" in text:
        return True
    codes = {word(2 * person.number).casefold(), word(2 * person.number + 1).casefold()}
    if not codes.isdisjoint(_LETTERS.findall(text)):
        return True
    kind = _shape(text)
    if kind is None:
        return False
    room = len(value) if kind is FieldType.TEXT else None
    made = (fresh_value(kind, person, None, n, salt=field, max_length=room) for n in range(min(edits + 1, EDITS)))
    if kind is FieldType.PHONE:
        return any(not set(_digit_forms(str(m))).isdisjoint(_digit_forms(text)) for m in made)
    return any(_text(m) == text for m in made)


def _shape(text: str) -> FieldType | None:
    """Return the type of new value that a text without a code word may be; None: none that tells anything."""
    if _MOMENT.fullmatch(text):
        return FieldType.DATETIME
    if _DATE.fullmatch(text):
        return None
    if _digit_forms(text) and not text.isdecimal():
        return FieldType.PHONE
    if text.isdecimal():
        return FieldType.NUMBER
    return FieldType.TEXT if len(text) >= _FEWEST_LETTERS else None


def _enter_own(index: dict[str, tuple[_Holder, ...]], everybody: Iterable[Person | Company]) -> None:
    """Enter what people and companies hold in the fields of a user's own mapping."""
    for whose in everybody:
        for value, names in whose.own:
            _enter(index, _text(value), (whose.key, names))


def _enter(index: dict[str, tuple[_Holder, ...]], text: str, holder: _Holder) -> None:
    _enter_form(index, text, holder)
    if text[0] == "+" and text[1:].isdecimal():
        # `#` keeps phones apart from numbers: only what is written like a phone is looked up so.
        for digits in (text[1:], national(text)):
            _enter_form(index, f"#{digits}", holder)


def _enter_form(index: dict[str, tuple[_Holder, ...]], form: str, holder: _Holder) -> None:
    known = index.get(form)
    if known is None:
        index[form] = (holder,)
    elif holder not in known:
        index[form] = (*known, holder)


def _spellings(company: Company) -> Iterator[str]:
    yield _text(company.name)
    if company.country in COUNTRIES:
        yield _text(careless_company(company.name, company.country))


def _text(value: Any) -> str:
    """Return the form in which values are compared; an empty text for what tells nothing."""
    if value is None or isinstance(value, bool):
        return ""
    text = value if isinstance(value, str) else str(value)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.strip().casefold()
    if text[:1].isdigit() or text[:1] == "-":
        if _MOMENT.fullmatch(text):
            return text.split(".")[0].removesuffix("z").removesuffix("+0000").removesuffix("+00:00") + "z"
        if _WHOLE.fullmatch(text):
            return text.split(".")[0]
    return text


def _digit_forms(text: str) -> tuple[str, ...]:
    """Return the keys under which a text that is written like a phone may stand."""
    if not (text[0] in "+(" or text[0].isdecimal()) or not _PHONE.fullmatch(text):
        return ()
    digits = "".join(c for c in text if c.isdecimal())
    if len(digits) < _FEWEST_DIGITS:
        return ()
    # 00 stands for the plus, 0 for the trunk prefix.
    forms = (digits, digits.removeprefix("00"), digits.removeprefix("0"))
    return tuple(f"#{form}" for form in dict.fromkeys(forms))
