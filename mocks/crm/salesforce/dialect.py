"""The Salesforce mock: authorises, routes, refuses, and offers seed, desk and meaning to the harness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from ...consent import ConsentKey, ConsentMark, ConsentProof
from ...dialect import DeskError
from ...journal import Actor, Exchange, Row
from ...store import Snapshot
from ...wire import Operation, Request, Response, Router, operations_of
from ...world import World
from . import (
    auth,
    authorize,
    calls,
    composite,
    consent,
    describe,
    desk,
    graph,
    identity,
    layouts,
    limits,
    metadata,
    privacy,
    queries,
    recent,
    relations,
    replication,
    rows,
    saving,
    search,
    setup,
    sobject_collections,
    tooling,
    tree,
    weather,
)
from .assumptions import ASSUMPTIONS
from .bulk import surface as bulk
from .errors import ApiError, not_found, refusal, reply
from .keys import private_key_pem
from .org import Org, refuse_api_limit
from .rules import DECLARATIONS, declare
from .soap import service as soap
from .streaming import bayeux
from .versions import check_request

_MODULES = (auth, authorize, identity, bayeux, soap, limits, describe, rows, queries, replication, sobject_collections, composite, tree, graph, search, recent, layouts, tooling, *bulk.MODULES)
_ALIAS = ".salesforce.com"
_KEYED_LENGTH = 7
_HEADERS = (
    ("Vary", "Accept-Encoding"),
    ("Cache-Control", "no-cache,must-revalidate,max-age=0,no-store,private"),
)
_PROFILES = ("System Administrator", "Standard User")
_LEAD_STATUSES = (
    ("Open - Not Contacted", True, False), ("Working - Contacted", False, False),
    ("Closed - Converted", False, True), ("Closed - Not Converted", False, False),
)


class AliasRouter(Router):
    """A router that ignores a leading `.salesforce.com`, and a `.json` at the end of an address without a key's value.

    simple-salesforce appends the former to whatever domain it is given.
    """

    def match(self, method: str, segments: tuple[str, ...]) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation and its captured segments, or None."""
        if segments and segments[0] == _ALIAS:
            segments = segments[1:]
        if 2 < len(segments) < _KEYED_LENGTH and segments[-1].endswith(".json"):
            segments = (*segments[:-1], segments[-1].removesuffix(".json"))
        return super().match(method, segments)


class Salesforce(Org):
    """One Salesforce org on a socket. Facts: research `salesforce.md`; what is uncertain is a switch."""

    owner_kind = "User"
    owner_active_field = "IsActive"
    system_fields = frozenset({
        "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp", "IsDeleted",
        "LastActivityDate",
    })

    def __init__(self, world: World) -> None:
        super().__init__(world)
        found = operations_of(_MODULES)
        self.router = AliasRouter(found, calls.calls_of(found))
        self._cookie = f"BrowserId={self.dice.token('salesforce.browser', 22)}; path=/; secure; HttpOnly"
        self._furnish()
        self._token = self.open_session(self.user_id).token
        self._refresh_token = self.new_refresh_token()

    def _furnish(self) -> None:
        now_ms = self.clock.now_ms()
        domain = self.identity.username.rpartition("@")[2]
        with self.acting(Actor.SEED):
            self.seed("Organization", {
                "Id": self.org_id, "Name": "Acme", "Country": "PL", "InstanceName": "EU42", "IsSandbox": False,
                "OrganizationType": "Enterprise Edition",
            }, created_ms=now_ms, modified_ms=now_ms)
            profiles = [self.seed("Profile", {"Name": n}, created_ms=now_ms, modified_ms=now_ms).id for n in _PROFILES]
            role = self.seed("UserRole", {"Name": "CEO", "DeveloperName": "CEO"}, created_ms=now_ms, modified_ms=now_ms).id
            for user_id, first, email, profile in (
                (self.admin_id, "Admin", f"admin@{domain}", profiles[0]),
                (self.user_id, "Integration", self.identity.username, profiles[0]),
                (self.human_id, "Human", f"human@{domain}", profiles[1]),
            ):
                self.seed("User", {
                    "Id": user_id, "FirstName": first, "LastName": "User", "Username": email, "Email": email,
                    "Alias": first[:8].lower(), "ProfileId": profile, "UserRoleId": role,
                }, created_ms=now_ms, modified_ms=now_ms)
            for order, (label, default, converted) in enumerate(_LEAD_STATUSES, start=1):
                self.seed("LeadStatus", {
                    "MasterLabel": label, "ApiName": label, "SortOrder": order, "IsDefault": default,
                    "IsConverted": converted,
                }, created_ms=now_ms, modified_ms=now_ms)

    # -- wire ---------------------------------------------------------------------------------------

    def authorise(self, request: Request, operation_id: str) -> Response | None:
        """Refuse unknown versions, missing or expired sessions (401) and calls beyond the limit (403)."""
        try:
            version = request.params.get("version")
            if version is not None:
                check_request(request, version, operation_id)
            if operation_id in auth.OPEN or operation_id.startswith(bulk.OPEN_PREFIX):
                return None
            request.session = auth.require_session(self, request)
            if self.is_over_limit:
                raise refuse_api_limit()
        except ApiError as error:
            response = refusal(self, request, error)
            if error.status == 401:
                response.headers.append(("WWW-Authenticate", "Token"))
            return response
        return None

    def unknown(self, request: Request, allowed: tuple[str, ...]) -> Response:
        """Return 404 NOT_FOUND for an unknown path, 405 for a known one with another method."""
        if allowed:
            text = f"HTTP Method '{request.method}' not allowed. Allowed are {','.join(allowed)}"
            return refusal(self, request, ApiError("METHOD_NOT_ALLOWED", text, status=405))
        return refusal(self, request, not_found())

    def failed(self, request: Request) -> Response:
        """Return the vendor's answer to a fault of its own (500)."""
        text = (
            "An unexpected error occurred. Please include this ErrorId if you contact support: "
            f"{len(self.journal)}-{request.method}"
        )
        return reply(request, [{"message": text, "errorCode": "UNKNOWN_EXCEPTION"}], 500)

    def limited(self, request: Request, retry_after_s: int | None, limit: str = "") -> Response:
        """Return 403 REQUEST_LIMIT_EXCEEDED; the vendor names no time to wait."""
        del retry_after_s
        return weather.limited(self, request, limit)

    def call_of(self, request: Request, operation: Operation) -> Operation:
        """Tell SOAP calls apart, and Bulk 1.0 jobs that query from those that write."""
        return calls.call_of(self, request, operation) if operation.id in calls.SHARED else operation

    def before(self, request: Request) -> None:
        """Count REST and SOAP calls against the daily limit; asking who one is and listening are free."""
        if "oauth2" not in request.segments[:3] and "cometd" not in request.segments[:1]:
            self.count_call()
        if self.backlog and not bulk.is_look(request):
            self.catch_up()

    @property
    def calls_a_day(self) -> int | None:
        """Return the org's `DailyApiRequests` (salesforce.md 1.2)."""
        return int(self.settings["api_limit"])

    def is_counted(self, exchange: Exchange) -> bool:
        """Tell whether a request counts against the daily limit, as `before` counts."""
        segments = exchange.path.strip("/").split("/")
        return "oauth2" not in segments[:3] and "cometd" not in segments[:1]

    def after(self, request: Request, response: Response) -> None:
        """Add the headers of every answer; REST answers tell how much of the limit is used."""
        response.headers.extend(_HEADERS)
        response.headers.append(("Set-Cookie", self._cookie))
        if "version" in request.params:
            usage = f"api-usage={self.calls_used}/{self.settings['api_limit']}"
            if app := self.settings["per_app_usage"]:
                usage += f"; per-app-{usage}(appName={app})"
            response.headers.append(("Sforce-Limit-Info", usage))

    def credentials(self) -> Mapping[str, str]:
        """Return what a connector may be given; ``password`` ends with the security token."""
        known = self.identity
        return {
            "token": self._token, "client_id": known.client_id, "client_secret": known.client_secret,
            "username": known.username, "password": known.password, "security_token": known.security_token,
            "refresh_token": self._refresh_token, "private_key": private_key_pem(),
            "host": self.base_url.partition("://")[2],
        }

    # -- what an administrator sets up --------------------------------------------------------------

    def switch(self, name: str, value: Any) -> None:
        """Set a behaviour switch; a feature that brings an object stays on once it is. Raises ValueError."""
        if name == relations.SWITCH and self.settings[name] and not value:
            raise ValueError(f"salesforce.{name} cannot be switched off again: its records would have to go")
        super().switch(name, value)
        if name == relations.SWITCH and value:
            relations.switch_on(self)

    declarations = DECLARATIONS
    assumptions = ASSUMPTIONS
    troubles = weather.TROUBLES
    trips = weather.TRIPS
    limits_told = weather.LIMITS_TOLD
    groups = weather.GROUPS

    def declare(self, what: str, entry: BaseModel) -> None:
        """Put a rule, a queue, a field's security or the limits into force. Raises ValueError saying what does not fit."""
        if what not in self.declarations or not isinstance(entry, self.declarations[what]):
            super().declare(what, entry)
        declare(self, entry)

    def take_metadata(self, document: object) -> tuple[str, ...]:
        """Take on the shape that describe JSON of an own org tells; return its objects. Raises ValueError with the place."""
        return metadata.take_metadata(self, document)

    # -- seed and desk ------------------------------------------------------------------------------

    def seed(self, kind: str, values: Mapping[str, Any], *, created_ms: int, modified_ms: int) -> Row:
        """Add a record that was always there. Raises ValueError for a field or value that cannot be stored."""
        known = self.known_kind(kind)
        return desk.seeded(self, lambda writer: saving.seed(self, known, values, writer, created_ms, modified_ms))

    def seed_owner(self, first_name: str, last_name: str, email: str, active: bool) -> str:
        """Add a user who may own records and return the id that records refer to."""
        now_ms = self.clock.now_ms()
        profile = next((r.id for r in self.store.rows("Profile") if r.values["Name"] == _PROFILES[1]), None)
        values = {
            "ProfileId": profile, "FirstName": first_name, "LastName": last_name, "Email": email, "Username": email, "IsActive": active,
            "Alias": email[:8],
        }
        return self.seed("User", values, created_ms=now_ms, modified_ms=now_ms).id

    def desk_create(self, kind: str, values: Mapping[str, Any]) -> Row:
        """A person creates a record. Raises `DeskError` with the vendor's text."""
        return desk.create(self, self.known_kind(kind), values)

    def desk_edit(self, kind: str, record_id: str, values: Mapping[str, Any]) -> Row:
        """A person changes fields of a record; a blank is None."""
        return desk.edit(self, self.known_kind(kind), record_id, values)

    def desk_delete(self, kind: str, record_id: str) -> None:
        """A person puts a record into the recycle bin."""
        desk.delete(self, self.known_kind(kind), record_id)

    def desk_activity(self, kind: str, record_id: str) -> None:
        """A person logs a call: a closed task of today; `LastActivityDate` follows."""
        today = self.clock.now().date().isoformat()
        del kind
        desk.create(self, self.known_kind("Task"), {"WhoId": record_id, "Subject": "Call", "Status": "Completed", "ActivityDate": today})

    def desk_erase(self, kind: str, record_id: str) -> None:
        """A person erases someone for good: the record, its history and what hangs on it."""
        desk.erase(self, self.known_kind(kind), record_id)

    def desk_consent(
        self, kind: str, record_id: str, key: ConsentKey, *, grant: bool, proof: ConsentProof | None
    ) -> None:
        """The person behind a record says yes or no; see `consent` for the fields that this changes."""
        desk.record_consent(self, self.known_kind(kind), record_id, key, grant=grant, proof=proof)

    def desk_request(self, kind: str, record_id: str, key: ConsentKey, proof: ConsentProof | None) -> None:
        """A person notes that a consent was asked for and is not confirmed yet (`OptInPending`)."""
        changes = consent.request_changes(kind, key, self.consent_fields, proof)
        if not changes:
            raise DeskError(f"no field of {kind} can say that {key} waits to be confirmed")
        desk.edit(self, self.known_kind(kind), record_id, changes)

    def desk_merge(self, kind: str, winner_id: str, loser_ids: Sequence[str]) -> Row:
        """A person merges one or two records into ``winner_id`` and gets the survivor."""
        return desk.merge(self, self.known_kind(kind), winner_id, loser_ids)

    def desk_convert(self, lead_id: str, account_id: str | None = None) -> str:
        """A person converts a lead (into ``account_id`` or a new account); returns the id of the new contact."""
        return desk.convert(self, lead_id, account_id)

    desk_unite = desk_merge

    def desk_restore(self, kind: str, record_id: str) -> Row:
        """A person takes a record out of the recycle bin, with what went there because of it."""
        return desk.restore(self, self.known_kind(kind), record_id)

    def desk_affiliate(self, record_id: str, company_id: str | None, *, further: bool = False) -> None:
        """A person hangs a contact on an account. Further accounts need Contacts to Multiple Accounts and are not made here."""
        if further:
            raise DeskError("a contact has one account; relations to further ones are not made at this desk")
        self.desk_edit("Contact", record_id, {"AccountId": company_id})

    def reshape(self, kind: str, field: str, change: str, value: str = "") -> None:
        """An administrator changes a field in Setup. Raises `DeskError` for what Setup does not let happen."""
        setup.reshape(self, self.known_kind(kind), field, change, value)

    # -- meaning ------------------------------------------------------------------------------------

    def is_system_field(self, kind: str, name: str) -> bool:
        """Tell whether the vendor moves this field by itself: stamps, and fields calculated from others."""
        known = self.kinds.get(kind)
        column = known.columns.get(name) if known else None
        return super().is_system_field(kind, name) or (column is not None and column.calculated)

    def consents(self, row: Row) -> tuple[ConsentMark, ...]:
        """Return what the row says about consent: people, and rows of consent objects that a mapping declares."""
        if row.kind in privacy.OBJECTS:
            return privacy.marks_of(row, self.consent_fields, self.privacy)
        return consent.marks_of(row, self.consent_fields)

    def company_of(self, snapshot: Snapshot, row: Row) -> str | None:
        """Return the account of a contact; other kinds hang on none."""
        del snapshot  # the record says it itself
        account = row.values.get("AccountId") if row.kind == "Contact" else None
        return str(account) if account else None

    def addresses(self, row: Row) -> tuple[str, ...]:
        """Return the e-mail address of a contact, lead or user, lower case."""
        email = row.values.get("Email")
        return (email.lower(),) if isinstance(email, str) and email else ()


def operations() -> Iterable[Operation]:
    """Return every operation of the mock that has an address of its own."""
    return operations_of(_MODULES)
