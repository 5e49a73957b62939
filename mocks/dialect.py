"""What every mock offers: to the wire (answers), to the harness (seed, desk, schema), to checks (meaning).

A dialect is one vendor's way of speaking about records in a `Store`. It is driven from one event loop; handlers
are plain functions that never wait, so each request is atomic.
"""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel

from .clock import Skewed
from .consent import ConsentKey, ConsentMark, ConsentProof
from .journal import Exchange, Row
from .outbox import Outbox
from .schema import FieldInfo
from .store import Snapshot, Store
from .wire import Evidence, Operation, Request, Response, Router
from .world import World

# What `Dialect.reshape` may do to a field: it is gone, the integration user does not see it, may not write it, nobody may
# leave it blank, its list has one value more or one less.
RESHAPES = ("remove", "hide", "lock", "require", "add_value", "remove_value")


@dataclass(frozen=True)
class Switch:
    """A vendor behaviour that is not certain: its name, default, the values it may take and what it rests on."""

    name: str
    default: Any
    allowed: tuple[Any, ...]
    evidence: Evidence
    note: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """One way in which a vendor fails, in its own words; a fault of `mocks/faults` brings it about.

    ``operations`` are patterns over the operations that it can meet. Exactly one of the others says what it does:
    ``answer`` is given instead of the work; ``change`` is made to the request before the work (False: there is nothing
    to change in it); ``setting`` is the switch that holds a number of milliseconds, times ``per_ms``, during the work.
    """

    operations: tuple[str, ...] = ("*",)
    answer: Callable[[Any, Request], Response] | None = None
    change: Callable[[Any, Request, int], bool] | None = None
    setting: str = ""
    per_ms: float = 1.0


# Asked before a record is written: (kind, record id or "", values) -> the word of `Dialect.trips` for why it is refused, or "".
Trip = Callable[[str, str, Mapping[str, Any]], str]


class Dialect(ABC):
    """One vendor. Subclasses set ``name``, ``role`` and ``switches`` and build ``router`` and ``store``."""

    name: ClassVar[str]
    role: ClassVar[str]
    switches: ClassVar[tuple[Switch, ...]] = ()

    # Host names at which unmodified clients expect this vendor; `*.` stands for one or more labels.
    hosts: ClassVar[tuple[str, ...]] = ()
    # What an administrator may set up besides fields (validation rules, workflows, ...): key in the shape file -> form.
    declarations: ClassVar[Mapping[str, type[BaseModel]]] = {}

    # What answers may rest on that is neither documented nor a switch: name as in `rests_on`, without the dialect's (a `*` at
    # its end stands for any rest) -> what is assumed.
    assumptions: ClassVar[Mapping[str, str]] = {}

    # How the vendor fails: whole requests by the word of the fault, single records by the words it knows to refuse them with.
    troubles: ClassVar[Mapping[str, Trouble]] = {}
    trips: ClassVar[frozenset[str]] = frozenset()
    # What operations have in common, in words that a rule may name for them: `reads`, `creates`... -> patterns over their ids.
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # What the vendor fills into new records besides the defaults of the schema: (kind, field) -> the switches that say it.
    fills_in: ClassVar[Mapping[tuple[str, str], tuple[str, ...]]] = {}
    # Which limits `limited` can speak of besides the usual one.
    limits_told: ClassVar[tuple[str, ...]] = ()

    # Which kind holds the people who own records, the fields with their e-mail address and whether they are active.
    owner_kind: ClassVar[str] = ""
    owner_email_field: ClassVar[str] = "Email"
    owner_active_field: ClassVar[str] = ""
    # Fields that the vendor itself moves with every write, and prefixes of such fields.
    system_fields: ClassVar[frozenset[str]] = frozenset()
    system_prefixes: ClassVar[tuple[str, ...]] = ()

    router: Router

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = world.clock
        self.dice = world.dice
        self.journal = world.journal
        self.store = Store(self.name, world.journal)
        self.base_url = ""
        self.settings: dict[str, Any] = {s.name: s.default for s in self.switches}
        self.consent_fields: dict[tuple[str, str], ConsentField] = {}
        self.trip: Trip | None = None

    @property
    def vendor_host(self) -> str:
        """Return the host name at which the vendor itself serves this account's API ("" when ``hosts`` names none)."""
        return next((h for h in self.hosts if not h.startswith("*")), "")

    def patterns(self, operation: str) -> tuple[str, ...]:
        """Return the patterns that a word of ``groups`` stands for; any other text is a pattern itself."""
        return self.groups.get(operation, (operation,))

    def meant(self, operation: str) -> list[Operation]:
        """Return the operations that a pattern or a word of ``groups`` means."""
        patterns = self.patterns(operation)
        return [op for op in (*self.router.operations, *self.router.calls.values()) if op.is_meant_by(patterns)]

    # -- switches -----------------------------------------------------------------------------------

    def switch(self, name: str, value: Any) -> None:
        """Set a behaviour switch. Raises ValueError naming the switches or values that exist."""
        found = {s.name: s for s in self.switches}.get(name)
        if found is None:
            near = difflib.get_close_matches(name, self.settings, n=1)
            known = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(sorted(self.settings))}"
            raise ValueError(f"{self.name} has no switch `{name}`; {known}")
        if found.allowed and value not in found.allowed:
            raise ValueError(f"{self.name}.{name} cannot be {value!r}; allowed: {', '.join(map(repr, found.allowed))}")
        self.settings[name] = value

    def rests_on(self, assumption: str) -> None:
        """Note in the exchange under way that its answer rests on an assumed behaviour."""
        if self.journal.exchange is not None:
            self.journal.exchange.assumed.append(assumption)

    def served(self, row: Row) -> None:
        """Note in the exchange under way that the caller saw this row: blame needs to know who read what."""
        if self.journal.exchange is not None:
            self.journal.exchange.served.append((row.kind, row.id, row.revision))

    def refused(self, what: str, code: str, message: str) -> None:
        """Note in the exchange under way that one item was refused, whatever the HTTP status says."""
        if self.journal.exchange is not None:
            self.journal.exchange.refused.append((what, code, message))

    # -- wire ---------------------------------------------------------------------------------------

    @abstractmethod
    def authorise(self, request: Request, operation_id: str) -> Response | None:
        """Return None when the request may pass, else the vendor's refusal. May set ``request.session``."""

    @abstractmethod
    def unknown(self, request: Request, allowed: tuple[str, ...]) -> Response:
        """Return the vendor's answer to an unknown path, or (``allowed`` not empty) to a wrong method."""

    @abstractmethod
    def failed(self, request: Request) -> Response:
        """Return the vendor's answer to a fault of its own (status 500)."""

    @abstractmethod
    def limited(self, request: Request, retry_after_s: int | None, limit: str = "") -> Response:
        """Return the vendor's rate-limit refusal; ``limit`` is one of `limits_told` ("": the usual one)."""

    def call_of(self, request: Request, operation: Operation) -> Operation:
        """Return which of the calls that share an address (`Router.calls`) a request is; else ``operation`` itself."""
        del request
        return operation

    def before(self, request: Request) -> None:  # noqa: B027 (most vendors do nothing here)
        """Do what the vendor does before each request (index lag that has passed, usage counters)."""

    def after(self, request: Request, response: Response) -> None:  # noqa: B027 (optional)
        """Add the headers that the vendor sends with each answer."""

    def catch_up(self) -> None:  # noqa: B027 (most vendors owe nothing)
        """Do what is due by now: delayed automation, the rest of a bulk job. Asked for when time was moved and before a look."""

    @abstractmethod
    def credentials(self) -> Mapping[str, str]:
        """Return what a connector may be given: keys of design.md section 12 (token, client_id, ...)."""

    @property
    def outbox(self) -> Outbox | None:
        """Return what waits to be told by webhooks, or None where the vendor has none."""
        return None

    def words_for(self, kind: str) -> tuple[str, ...]:
        """Return the words by which requests name ``kind``: who asks for one of them has looked at that kind."""
        return (kind,)

    @property
    def calls_a_day(self) -> int | None:
        """Return how many calls this org has room for in a day; None where the vendor counts by other measures."""
        return None

    def is_counted(self, exchange: Exchange) -> bool:
        """Tell whether a request counts against `calls_a_day`."""
        del exchange
        return True

    def expire_sessions(self) -> None:
        """End every session (access token, log-in) that was handed out, as time would: the next call of each is refused."""
        raise NotImplementedError(f"{self.name} has no sessions that end")

    def tokens_issued(self) -> tuple[str, ...]:
        """Return every access token that was handed out in this world, ended or not: none of them may be printed."""
        return ()

    def keyrings(self) -> tuple[dict[str, Any], ...]:
        """Return the tables of what was handed out to log in with: what is in them stays valid when a checkpoint is gone back to."""
        return ()

    def went_back(self) -> None:  # noqa: B027 (most vendors measure nothing in wall time)
        """Let begin anew what is measured in wall time: the world has just gone back to a checkpoint."""

    def skew(self, seconds: float) -> None:
        """Let the vendor's own clock be that far ahead of the true time (behind: below 0); 0 sets it right."""
        self.clock = self.store.clock = Skewed(self.world.clock, seconds) if seconds else self.world.clock

    # -- schema -------------------------------------------------------------------------------------

    @abstractmethod
    def schema(self, kind: str) -> Mapping[str, FieldInfo]:
        """Return the fields of ``kind`` by canonical name. Raises UnknownKindError."""

    @abstractmethod
    def add_field(self, kind: str, info: FieldInfo) -> None:
        """Add a custom field to ``kind``, as an administrator would."""

    def declare(self, what: str, entry: BaseModel) -> None:
        """Set up what an administrator would: ``entry`` is of the form that `declarations` names for ``what``.

        Raises ValueError when it does not fit this org (a field that no kind has, a formula that cannot be read).
        """
        raise ValueError(f"{self.name} knows no `{what}`; known: {', '.join(sorted(self.declarations)) or 'none'} ({entry!r})")

    def take_metadata(self, document: object) -> tuple[str, ...]:
        """Take on the shape of an org from the vendor's own metadata JSON and return the kinds that it told about.

        No record travels with it. Raises ValueError saying what is not metadata, or which part cannot be mocked.
        """
        raise ValueError(f"{self.name} reads no metadata ({type(document).__name__} was given)")

    def add_subscription(self, name: str) -> None:
        """Add a named purpose that people subscribe to, where the vendor has such."""
        raise NotImplementedError(f"{self.name} has no subscription types; `{name}` cannot be added")

    def subscription_names(self) -> tuple[str, ...]:
        """Return the named purposes people may subscribe to (none where the vendor has no such thing)."""
        return ()

    # -- seed and desk ------------------------------------------------------------------------------

    @abstractmethod
    def seed(self, kind: str, values: Mapping[str, Any], *, created_ms: int, modified_ms: int) -> Row:
        """Add a record that was always there: vendor defaults apply, rules that would refuse it do not."""

    @abstractmethod
    def desk_create(self, kind: str, values: Mapping[str, Any]) -> Row:
        """A person creates a record in the vendor's own screens. Raises `DeskError` as the screen would."""

    @abstractmethod
    def desk_edit(self, kind: str, record_id: str, values: Mapping[str, Any]) -> Row:
        """A person changes fields of a record; a blank is None."""

    @abstractmethod
    def desk_delete(self, kind: str, record_id: str) -> None:
        """A person deletes a record the ordinary way (recycle bin, archive)."""

    def desk_activity(self, kind: str, record_id: str) -> None:
        """Something happens with a record that is no edit of it (a logged call, an opened e-mail): the vendor's counters move."""
        raise DeskError(f"{self.name} keeps no activities of {kind} {record_id}")

    @abstractmethod
    def desk_erase(self, kind: str, record_id: str) -> None:
        """A person erases someone for good (GDPR)."""

    @abstractmethod
    def desk_consent(
        self, kind: str, record_id: str, key: ConsentKey, *, grant: bool, proof: ConsentProof | None
    ) -> None:
        """The person behind a record says yes or no; the vendor's side effects apply."""

    def desk_unite(self, kind: str, winner_id: str, loser_ids: Sequence[str]) -> Row:
        """A person merges records into ``winner_id`` and gets the survivor (of whatever id). Raises `DeskError`."""
        raise DeskError(f"{self.name} merges no {kind} ({winner_id} and {', '.join(loser_ids)})")

    def desk_convert(self, lead_id: str, account_id: str | None = None) -> str:
        """A person converts a lead (into ``account_id`` or a new account); returns the new contact's id. Raises `DeskError`."""
        raise DeskError(f"{self.name} has no leads to convert ({lead_id}, {account_id})")

    def desk_restore(self, kind: str, record_id: str) -> Row:
        """A person brings a deleted record back (recycle bin, archive). Raises `DeskError`."""
        raise DeskError(f"{self.name} brings no deleted {kind} back ({record_id})")

    def desk_affiliate(self, record_id: str, company_id: str | None, *, further: bool = False) -> None:
        """A person hangs a contact on a company (None: on none); ``further``: beside the one it has. Raises `DeskError`."""
        raise DeskError(f"{self.name} hangs no contact on companies ({record_id}, {company_id}, {further})")

    def reshape(self, kind: str, field: str, change: str, value: str = "") -> None:
        """An administrator changes a field; ``change`` is one of `RESHAPES`. Raises `DeskError` for what cannot be done."""
        raise DeskError(f"{self.name} changes no field ({kind}.{field}: {change} {value})")

    def desk_request(self, kind: str, record_id: str, key: ConsentKey, proof: ConsentProof | None) -> None:
        """The person behind a record asked to be subscribed and has not confirmed yet. Raises `DeskError` where nothing holds that."""
        raise DeskError(f"{self.name} knows no {key} that waits to be confirmed ({kind} {record_id}, {proof})")

    def desk_bounce(self, record_id: str, what: str) -> Row:
        """The last message to a person comes back: ``what`` is one of `BOUNCES`. Returns the row that tells of it."""
        raise DeskError(f"{self.name} does not tell of messages that come back ({what}, {record_id})")

    def desk_mail(self, campaign: str, purpose: str, record_id: str) -> Mail:
        """A person sends a campaign of a purpose (`*`: none in particular) to one record; the vendor says whether it went out."""
        raise DeskError(f"{self.name} sends no mail ({campaign}, {purpose}, {record_id})")

    @abstractmethod
    def seed_owner(self, first_name: str, last_name: str, email: str, active: bool) -> str:
        """Add a user who may own records and return the id that records refer to."""

    def seed_company_link(self, kind: str, record_id: str, company_id: str) -> None:
        """Hang a person's record on a company where that is not a field of the record."""
        raise NotImplementedError(f"{self.name} keeps companies in a field")

    # -- meaning ------------------------------------------------------------------------------------

    def declare_consent(self, kind: str, field_name: str, consent: ConsentField) -> None:
        """Tell the dialect that a field of its records carries a consent (a mapping says so)."""
        self.consent_fields[kind, field_name] = consent

    @abstractmethod
    def consents(self, row: Row) -> tuple[ConsentMark, ...]:
        """Return what the row says about consent (empty: nothing). Pure: only the row and declarations count."""

    def is_system_field(self, kind: str, name: str) -> bool:
        """Tell whether the vendor moves this field by itself when a record is written."""
        del kind
        return name in self.system_fields or name.startswith(self.system_prefixes or ("\0",))

    def owner_email(self, snapshot: Snapshot, owner_id: object) -> str | None:
        """Return the e-mail address (lower case) of an owner id, or None when nobody is meant."""
        row = snapshot.get(self.owner_kind, str(owner_id)) if owner_id else None
        return str(row.values.get(self.owner_email_field) or "").casefold() or None if row else None

    def has_active_owner(self, snapshot: Snapshot, email: str) -> bool:
        """Tell whether somebody with this address can own records here."""
        for row in snapshot.rows(self.owner_kind):
            if str(row.values.get(self.owner_email_field) or "").casefold() == email.casefold():
                return not self.owner_active_field or bool(row.values.get(self.owner_active_field))
        return False

    def company_of(self, snapshot: Snapshot, row: Row) -> str | None:
        """Return the id of the (primary) company that a person's record hangs on, or None. Pure: only the snapshot counts."""
        raise NotImplementedError(f"{self.name} does not say which company a {row.kind} record hangs on")

    @abstractmethod
    def addresses(self, row: Row) -> tuple[str, ...]:
        """Return the e-mail addresses of a person's record, primary first, lower case."""

    def mail_of(self, row: Row) -> Mail | None:
        """Return the message that a row tells about, or None: the row is none. Pure: only the row counts."""
        del row
        return None


# How a message comes back: for good, for a while, as a complaint, or the vendor itself shuts the address out.
BOUNCES = ("hard", "soft", "spam", "quarantine")


@dataclass(frozen=True, slots=True)
class Mail:
    """One message that somebody wanted to send. ``refused`` is the vendor's word for why it did not go out ("": it did).

    ``key`` is None for mail that asks for no consent (an invoice); ``record_id`` is None for an address without a record.
    """

    address: str
    record_id: str | None
    campaign: str
    key: ConsentKey | None
    at_ms: int
    refused: str = ""


@dataclass(frozen=True)
class ConsentField:
    """How one field carries a consent: its key and the fields beside it that hold when and through what."""

    key: ConsentKey
    at_field: str | None = None
    source_field: str | None = None
    inverted: bool = False


class DeskError(ValueError):
    """The vendor's screen refused what a person wanted to do; the text is the screen's."""
