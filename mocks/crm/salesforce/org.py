"""The state of one Salesforce org: its objects, users, sessions, query cursors and API usage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ...dialect import Dialect
from ...journal import Actor, Row
from ...schema import FieldInfo
from ...store import UnknownKindError
from ...wire import NOTHING_NEAR, Request, Response
from ...world import World
from .columns import custom_column
from .errors import ApiError, not_found
from .ids import full_id, next_id
from .kinds import Kind, is_indexed, link, standard_kinds
from .privacy import Privacy
from .switches import SWITCHES
from .wire import stamp


@dataclass(slots=True)
class Session:
    """A session id that was handed out, to whom, and when it was last used (milliseconds).

    ``refresh_token`` is the one it came from (revoking that ends it); ``by_password``: an expired password bars it.
    """

    token: str
    user_id: str
    used_ms: int
    opened_ms: int = 0
    refresh_token: str = ""
    by_password: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """What the connected app and its user are known by. ``password`` ends with the security token."""

    client_id: str
    client_secret: str
    username: str
    password: str
    security_token: str


# Where everybody logs in; the answer names the org's own host (My Domain), research `salesforce.md` section 4.
LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")

# Per rolling day (or hour), besides calls: research `salesforce.md` 1.2.
LIMITS = {
    "DailyBulkApiBatches": 15000, "DailyBulkV2QueryJobs": 10000, "DailyBulkV2QueryFileStorageMB": 976562,
    "DailyStreamingApiEvents": 1000000, "HourlyPublishedPlatformEvents": 50000, "SingleEmail": 5000,
    "DataStorageMB": 1024, "FileStorageMB": 1024,
}


class Org(Dialect):
    """State and look-ups that every part of the mock shares; `Salesforce` adds the answers."""

    name = "salesforce"
    role = "crm"
    hosts = (*LOGIN_HOSTS, "*.my.salesforce.com", "*.salesforce.com", "*.force.com")
    switches = SWITCHES

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.kinds: dict[str, Kind] = standard_kinds()
        self.by_lower = {name.lower(): kind for name, kind in self.kinds.items()}
        for kind in self.kinds.values():
            self.store.define(kind.name, indexes=kind.keys)
        self.sessions: dict[str, Session] = {}
        self.issued: dict[str, None] = {}
        self.refresh_tokens: dict[str, str] = {}
        self.cursors: dict[str, Any] = {}
        # Bulk jobs of both APIs by id; what they have still to save (each call saves some and tells whether all is done).
        self.jobs: dict[str, Any] = {}
        self.backlog: list[Callable[[], bool]] = []
        self.store.settle = self.catch_up
        # What the rolling day's limits allow besides calls, and what is used of it.
        self.limits: dict[str, int] = dict(LIMITS)
        self.usage: Counter[str] = Counter()
        self.listeners: dict[str, Any] = {}
        self.codes: dict[str, Any] = {}
        self.privacy = Privacy()
        # Object -> what an administrator set up for it (`rules.Rules`); an object without rules has no entry.
        self.rules: dict[str, Any] = {}
        self.calls_used = 0
        self._calls_since_ms = self.clock.now_ms()
        self.org_id = next_id(self.dice, "00D")
        self._my_domain = f"acme-{self.dice.token('salesforce.my_domain', 6).lower()}"
        dice = self.world.vault
        secret = dice.token("salesforce.security_token", 24)
        self.identity = Identity(
            client_id="3MVG9" + dice.token("salesforce.client_id", 40),
            client_secret=dice.token("salesforce.client_secret", 64),
            username=f"integration@{dice.token('salesforce.domain', 8).lower()}.example.com",
            password=dice.token("salesforce.password", 12) + secret,
            security_token=secret,
        )
        self.admin_id, self.user_id, self.human_id = (next_id(dice, "005") for _ in range(3))

    @property
    def vendor_host(self) -> str:
        """Return the org's My Domain; it is the same for the same seed."""
        return f"{self._my_domain}.my.salesforce.com"

    def instance_url(self, request: Request) -> str:
        """Return where whoever logs in finds this org: My Domain after the vendor's login hosts, else the host asked."""
        host = request.headers.get("host", "").partition(":")[0].lower()
        return f"https://{self.vendor_host}" if host in LOGIN_HOSTS else request.base_url

    # -- who acts -----------------------------------------------------------------------------------

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[None]:
        """Name ``actor`` as the cause of changes, unless the caller has already named one."""
        if self.backlog:
            self.catch_up()
        if self.journal.actor is Actor.HARNESS:
            with self.journal.acting(actor, self.journal.note):
                yield
        else:
            yield

    @contextmanager
    def by_itself(self, note: str) -> Iterator[None]:
        """Name the vendor as the cause of changes, with a note of why; what follows from a seed is a seed."""
        actor = self.journal.actor
        with self.journal.acting(actor if actor in (Actor.SEED, Actor.HARNESS) else Actor.VENDOR_AUTOMATION, note):
            yield

    # -- sessions -----------------------------------------------------------------------------------

    def open_session(self, user_id: str) -> Session:
        """Return a new session of a user."""
        token = f"{self.org_id[:15]}!AQ{self.world.vault.token('salesforce.session', 86)}"
        now_ms = self.clock.now_ms()
        session = self.sessions[token] = Session(token, user_id, now_ms, now_ms)
        self.issued[token] = None
        return session

    def session_of(self, token: str) -> Session | None:
        """Return the living session with this id, or None."""
        session = self.sessions.get(token)
        if session is None:
            return None
        now = self.clock.now_ms()
        limit_s = self.settings["session_timeout_s"]
        if limit_s and now - session.used_ms > limit_s * 1000:
            del self.sessions[token]
            return None
        session.used_ms = now
        return session

    def expire_sessions(self) -> None:
        """End every session, the one in `credentials` too: the next call of each is refused with 401."""
        self.sessions.clear()

    def tokens_issued(self) -> tuple[str, ...]:
        """Return every session id that was handed out, ended or not."""
        return tuple(self.issued)

    def keyrings(self) -> tuple[dict[str, Any], ...]:
        """Return sessions and refresh tokens, and the list of what was handed out."""
        return self.sessions, self.refresh_tokens, self.issued

    def went_back(self) -> None:
        """Let the time for which CometD clients may stay away begin anew."""
        for listener in self.listeners.values():
            listener.touch()

    def end_session(self, token: str) -> bool:
        """End one session (log-out, revoked token); tell whether there was one."""
        return self.sessions.pop(token, None) is not None

    def new_refresh_token(self, replacing: str | None = None) -> str:
        """Return a new refresh token of the integration user; the one it replaces ends."""
        if replacing is not None:
            self.refresh_tokens.pop(replacing, None)
        made = "5Aep861" + self.world.vault.token("salesforce.refresh", 60)
        self.refresh_tokens[made] = self.user_id
        return made

    def acting_user(self, request: Request) -> str:
        """Return the id of the user whose session the request carries."""
        session = request.session
        return session.user_id if isinstance(session, Session) else self.user_id

    # -- usage --------------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Finish what bulk jobs have still to save: called before anybody else acts or looks at the records."""
        while self.backlog:
            work = self.backlog.pop(0)
            while not work():
                pass

    def count_call(self) -> None:
        """Count one API call of the rolling day."""
        now = self.clock.now_ms()
        if now - self._calls_since_ms >= 86_400_000:
            self._calls_since_ms, self.calls_used = now, 0
            self.usage.clear()
        self.calls_used += 1

    @property
    def is_over_limit(self) -> bool:
        """Tell whether the calls of the day are used up."""
        return bool(self.calls_used > self.settings["api_limit"])

    # -- objects ------------------------------------------------------------------------------------

    def kind(self, name: str) -> Kind:
        """Return the object called ``name`` in any letter case. Raises ApiError NOT_FOUND."""
        found = self.kinds.get(name) or self.by_lower.get(name.lower())
        if found is None:
            off = " (the switch contacts_to_multiple_accounts brings it)" if name.lower() == "accountcontactrelation" else ""
            raise not_found(hint=f"no object {name}{off}; known: {', '.join(self.kinds)}")
        return found

    def kind_of_id(self, record_id: str) -> Kind | None:
        """Return the object whose key prefix an id carries (histories share one: the first that holds the id)."""
        found = [k for k in self.kinds.values() if k.prefix == record_id[:3]]
        if len(found) > 1:
            return next((k for k in found if self.store.get(k.name, record_id, deleted=True)), found[0])
        return found[0] if found else None

    def known_kind(self, name: str) -> Kind:
        """Return the object called ``name`` exactly. Raises UnknownKindError (for the harness)."""
        try:
            return self.kinds[name]
        except KeyError:
            raise UnknownKindError(name) from None

    def row(self, kind: Kind, key: str) -> Row | None:
        """Return the row with a 15- or 18-character id, deleted or not, or None."""
        found = self.store.get(kind.name, key, deleted=True)
        if found is None and len(key) == 15:
            whole = full_id(key)
            found = self.store.get(kind.name, whole, deleted=True) if whole else None
        return found

    def schema(self, kind: str) -> Mapping[str, FieldInfo]:
        """Return the fields of ``kind`` by canonical name. Raises UnknownKindError."""
        return self.known_kind(kind).infos

    def add_field(self, kind: str, info: FieldInfo) -> None:
        """Add a custom field; records that exist already hold its default. Raises ValueError for a bad name."""
        if not info.name.endswith("__c"):
            raise ValueError(f"a custom field of Salesforce ends in __c: {info.name}")
        owner = self.known_kind(kind)
        column = custom_column(replace(info, custom=True))
        owner.add(column)
        link(self.kinds, owner, column)
        owner.changed_ms = self.clock.now_ms()
        if is_indexed(column):
            self.store.define(kind, indexes=[column.name])
        if column.blank is not None:
            with self.acting(Actor.HARNESS):
                for row in list(self.store.rows(kind, deleted=True)):
                    self.store.update(row, {info.name: column.blank}, touch=False)

    def hide_field(self, kind: str, name: str) -> None:
        """Take a field out of the integration user's sight (field-level security): no such column any more."""
        owner = self.known_kind(kind)
        if name not in owner.columns:
            raise ValueError(f"{kind} has no field {name}")
        owner.secure(name, hidden=True)
        owner.changed_ms = self.clock.now_ms()

    # -- answers ------------------------------------------------------------------------------------

    def now_stamp(self) -> str:
        """Return the present as records carry it."""
        return stamp(self.clock.now_ms())

    def perform(self, request: Request) -> Response:
        """Answer a request inside a request (composite, batch): same routes and session, no usage counted."""
        matched = self.router.match(request.method, request.segments)
        if matched is None:
            nearest = self.router.nearest(request.method, request.path)
            if self.journal.exchange is not None:
                self.journal.exchange.hint = f"{nearest.method} {nearest.path}" if nearest is not None else NOTHING_NEAR
            return self.unknown(request, self.router.allowed(request.segments))
        operation, request.params = matched
        exchange = self.journal.exchange
        noted = len(exchange.refused) if exchange is not None else 0
        response = self.authorise(request, operation.id) or operation.handler(self, request)
        if exchange is not None and request.method in ("GET", "HEAD"):
            # What was only looked for was not refused; the request around it is a POST, so checks could not tell.
            del exchange.refused[noted:]
        return response


def refuse_api_limit() -> ApiError:
    """Return the refusal of a call beyond the daily limit."""
    return ApiError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
