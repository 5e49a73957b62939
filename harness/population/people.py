"""The seeded people: ground truth about each person, from which the records of both sides are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal

CURRENCIES: Final = ("EUR", "PLN", "USD", "CZK", "BRL")
CHANNELS: Final = ("Text message", "Email", "Phone")
# The comma separates nothing here; to a program that takes it for a separator it does.
TOPICS: Final = ("Trade fairs, congresses", "Press", "Product & price", "Research")
STAGES: Final = ("Lead", "Qualified", "Opportunity", "Customer")
_FIRST_ORDER: Final = datetime(2019, 1, 1, 4, 30, tzinfo=UTC)
_FIRST_CLIENT: Final = date(2009, 1, 1)


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
    SHARED_ADDRESS = "shared_address"  # another person has the same address: a couple, a family, an office
    PLUS_TWIN = "plus_twin"  # another person's address with a tag: anna+shop@ beside anna@
    APOSTROPHE = "apostrophe"  # o'neil@
    PLUS = "plus"  # anna+crm@
    BLANKS_IN_KEY = "blanks_in_key"  # the MA holds the number of the person's company with blanks around it
    KEY_CASE = "key_case"  # ... in small letters: de811234567


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
    def annual_spend(self) -> str:
        """Return an amount with cents, as a program writes it; the whole part is nobody else's (see `score`)."""
        return str(round(1_000 + self.number * 7_919 % 100_003 + (self.number * 37 % 99 + 1) / 100, 2))

    @property
    def currency(self) -> str:
        """Return the ISO 4217 code of the amount; never the same for two neighbours."""
        return CURRENCIES[self.number % len(CURRENCIES)]

    @property
    def channel(self) -> str:
        """Return how the person wants to be spoken to, in the CRM's word."""
        return CHANNELS[self.number % len(CHANNELS)]

    @property
    def topics(self) -> tuple[str, ...]:
        """Return what the person wants to hear about, in the CRM's words; one in sixteen wants nothing."""
        return tuple(topic for place, topic in enumerate(TOPICS) if (self.number + 3) % 16 >> place & 1)

    @property
    def last_order_at(self) -> str:
        """Return an ISO moment that is nobody else's; seldom midnight, and in the evening of a day as often as in its morning."""
        moment = _FIRST_ORDER + timedelta(seconds=self.number * 1_999)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    @property
    def client_since(self) -> str:
        """Return an ISO date in 2009 to 2018, where nobody was born."""
        return (_FIRST_CLIENT + timedelta(days=self.number * 101 % 3_650)).isoformat()

    @property
    def stage(self) -> str:
        """Return how far the person has come with the company, in the CRM's word; a lead is a lead."""
        return STAGES[0] if self.kind is PersonKind.LEAD else STAGES[self.number % len(STAGES)]

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
