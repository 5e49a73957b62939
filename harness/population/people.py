"""The seeded people: ground truth about each person, from which the records of both sides are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal


class PersonKind(StrEnum):
    """What a person is to the company."""

    CUSTOMER = "customer"
    LEAD = "lead"
    PARTNER = "partner"
    SUPPLIER = "supplier"
    TEST = "test"


class ConsentSeed(StrEnum):
    """What a person has said about being mailed (email/*), before the scenario starts."""

    NEVER_ASKED = "never_asked"
    SUBSCRIBED = "subscribed"
    OPTED_OUT = "opted_out"


class Dirt(StrEnum):
    """What is wrong with a record on purpose."""

    EMAIL_CASE = "email_case"  # the two sides spell the address in different letter case
    COMPANY_VARIANT = "company_variant"  # Acme Sp. z o.o. / ACME SP Z OO
    COUNTRY_VARIANT = "country_variant"  # Poland / Polska / PL
    DATE_FORMAT = "date_format"  # a text field holds dates in local formats
    TECHNICAL_MAILBOX = "technical_mailbox"  # noreply@, info@, mailer-daemon@
    HARD_BOUNCE = "hard_bounce"
    INACTIVE = "inactive"  # no activity for 24 months and more
    SECONDARY_ADDRESS = "secondary_address"  # the MA knows the CRM's address only as an additional one
    DUPLICATE = "duplicate"  # a second record of the same person, differing by letter case of the address


Own = tuple[str, tuple[str, ...]]
"""A value of a person's own, made for a user's mapping, and the names of the fields that hold it on the two sides."""


@dataclass(frozen=True, slots=True)
class Company:
    """One company. ``tax_id`` is valid for its country (NIP, IČO, VAT, CNPJ, EIN-like)."""

    key: str
    name: str
    domain: str
    country: str  # ISO 3166 alpha-2
    tax_id: str
    city: str
    industry: str
    kind: PersonKind = PersonKind.CUSTOMER  # what its people are; a company never mixes kinds
    own: tuple[Own, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """One person: every text value is unique in the population, so that a value found anywhere tells whose it is."""

    key: str  # p0001
    kind: PersonKind
    locale: str  # pl_PL
    country: str  # ISO 3166 alpha-2
    first_name: str
    last_name: str
    email: str
    phone: str  # E.164
    mobile: str  # E.164
    title: str
    street: str
    city: str
    postal_code: str
    birthdate: str  # YYYY-MM-DD
    segment: str
    company: Company | None
    owner: str  # e-mail address of the owner
    consent: ConsentSeed
    newsletter: ConsentSeed
    consent_at: str  # ISO datetime, when the consent was said
    consent_source: str
    active: bool
    score: int
    vip: bool
    interests: tuple[str, ...]
    last_activity: str  # YYYY-MM-DD
    dirt: frozenset[Dirt] = field(default_factory=frozenset)
    national_id: str = ""  # a marked fake, never a number that the country's check digit would accept
    own: tuple[Own, ...] = field(default=(), repr=False)

    @property
    def number(self) -> int:
        """Return the running number, from 0: what code words, phones and fresh values are made from."""
        return int(self.key[1:]) - 1

    @property
    def name(self) -> str:
        """Return how reports call the person."""
        return f"{self.first_name} {self.last_name}"

    @property
    def other_email(self) -> str:
        """Return the address under which the MA knows somebody with `Dirt.SECONDARY_ADDRESS`."""
        return f"private.{self.email}"

    @property
    def label(self) -> str:
        """Return key and name."""
        return f"{self.key} {self.name}"


@dataclass(frozen=True, slots=True)
class Ref:
    """A value that is another record's id, known only once that record is seeded.

    ``what`` is `company` (``key``: company key) or `owner` (``key``: e-mail address).
    """

    what: Literal["company", "owner"]
    key: str


@dataclass(frozen=True, slots=True)
class RecordSeed:
    """One record to be seeded for a person (or company) in one system, in the vendor's field names.

    ``object`` is the mapping's word (`contact`, `lead`, `company`), ``kind`` the vendor's. A value may be a `Ref`.
    """

    side: str  # crm | ma
    object: str
    kind: str
    person: str  # person or company key
    values: dict[str, Any]
    created_days_ago: int
    modified_days_ago: int


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody, and the records both sides hold of them. ``owners`` are (first, last, e-mail, active)."""

    seed: int
    people: tuple[Person, ...]
    companies: tuple[Company, ...]
    owners: tuple[tuple[str, str, str, bool], ...]
