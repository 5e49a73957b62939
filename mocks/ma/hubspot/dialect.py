"""HubSpot as a dialect: the desk and the account, put on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from pydantic import BaseModel

from ...dialect import Mail, Switch
from ...journal import Actor, Exchange, Row
from ...wire import Request, Response, Router, operations_of
from ...world import World
from . import (
    account,
    administration,
    association_labels,
    association_limits,
    associations,
    associations_v3,
    batch,
    communication,
    communication_batch,
    communication_v1,
    communication_v4,
    enrolment,
    erasure,
    errors,
    events,
    forms,
    imports,
    legacy,
    limits,
    lists,
    merge,
    metadata,
    oauth,
    objects,
    owners,
    pipelines,
    properties,
    property_validations,
    schemas,
    search,
    sending,
    weather,
    webhooks,
    workflows,
)
from .assumptions import ASSUMPTIONS
from .desk import Desk
from .portal import Portal
from .subscriptions import SubscriptionTypes
from .wire import refuse

_MODULES = (
    objects, batch, search, merge, erasure, associations, associations_v3, association_labels, properties, pipelines, owners, account, communication,
    communication_v4, communication_v1, communication_batch, oauth, webhooks, *legacy.MODULES, *imports.MODULES, *events.MODULES, *lists.MODULES, *sending.MODULES, *forms.MODULES,
    property_validations, schemas, association_limits,
)


@cache
def _router() -> Router:
    # Operations are the same for every portal; a fresh world per scenario must not pay for building them again.
    return Router(operations_of(_MODULES))


class Hubspot(Desk):
    """One HubSpot portal with one private app; its kinds are contacts, companies, deals, owners, associations, consents."""

    # Besides the API: the consent page of OAuth, and the hosts that take form submissions.
    hosts = (
        "api.hubapi.com", "app.hubspot.com", "api.hsforms.com", "forms.hubspot.com", "*.hubapi.com", "*.hsforms.com",
        "*.hubspot.com",
    )
    owner_kind = "owners"
    owner_email_field = "email"
    owner_active_field = "active"

    switches: ClassVar[tuple[Switch, ...]] = (
        *Portal.switches, *account.SWITCHES, *communication.SWITCHES, *oauth.SWITCHES, *webhooks.SWITCHES, *legacy.SWITCHES, *imports.SWITCHES, *events.SWITCHES, *lists.SWITCHES, *sending.SWITCHES, *forms.SWITCHES,
    )

    def __init__(self, world: World) -> None:
        super().__init__(world)
        communication.define(self.store)
        lists.define(self.store)
        sending.define(self.store)
        forms.define(self.store)
        imports.define(self.store)
        events.define(self.store)
        self.subscription_types = SubscriptionTypes(self)
        self.tokens = oauth.Tokens(self)
        self.webhooks = webhooks.Webhooks(self)
        self.limits = limits.Limits(self)
        self.workflows = enrolment.Workflows(self)
        self.router = _router()

    assumptions = ASSUMPTIONS
    troubles = weather.TROUBLES
    trips = weather.TRIPS
    limits_told = weather.LIMITS_TOLD
    groups = weather.GROUPS
    fills_in: ClassVar[Mapping[tuple[str, str], tuple[str, ...]]] = {
        ("contacts", "lifecyclestage"): ("lifecyclestage_on_create", "legacy_lifecyclestage_on_create"),
    }
    declarations = administration.DECLARATIONS

    def declare(self, what: str, entry: BaseModel) -> None:
        """Put a workflow, a validation rule, a property rule or limits into force. Raises ValueError when it does not fit."""
        administration.declare(self, self.workflows, self.limits, what, entry)

    def take_metadata(self, document: object) -> tuple[str, ...]:
        """Take on the shape of a real portal from its properties, schemas, pipelines and validation rules (JSON)."""
        return metadata.take(self, document)

    def credentials(self) -> Mapping[str, str]:
        """Return token (a private app's), client_id, client_secret, refresh_token, app_id and portal_id."""
        return {**self.tokens.credentials(), "app_id": str(self.app_id), "portal_id": str(self.portal_id)}

    @property
    def outbox(self) -> webhooks.Webhooks:
        """Return what waits to be told to the portal's one app."""
        assert isinstance(self.webhooks, webhooks.Webhooks)
        return self.webhooks

    def words_for(self, kind: str) -> tuple[str, ...]:
        """Return how a path may spell an object type: `contacts`, `contact`, `0-1`."""
        found = self.find_type(kind)
        return (kind, found.singular, found.type_id) if found is not None else (kind,)

    @property
    def calls_today(self) -> int:
        """Return how many calls were made since midnight UTC."""
        return self.limits.used_today

    @property
    def calls_a_day(self) -> int | None:
        """Return how many calls of private apps a day has room for (hubspot.md 2.9)."""
        return self.limits.a_day

    def is_counted(self, exchange: Exchange) -> bool:
        """Tell whether a request counts against the day: OAuth apps have none, and who is not let in is not counted."""
        scheme, _, value = exchange.request_headers.get("authorization", "").partition(" ")
        token = self.tokens.find(value) if scheme.casefold() == "bearer" else None
        return exchange.status != 401 and not (token is not None and token.expires_ms is not None)

    def desk_bounce(self, record_id: str, what: str) -> Row:
        """The last message to a contact bounces (`hard`, `soft`), is reported as `spam`, or its address goes into `quarantine`.

        Raises `DeskError`. Returns the row of kind "bounces".
        """
        with self._as(Actor.VENDOR_AUTOMATION, "bounce"):
            return sending.bounce(self, self._living("contacts", record_id), what)

    def desk_mail(self, campaign: str, purpose: str, record_id: str) -> Mail:
        """Make the contact a marketing one and mail it an e-mail of this name, which is made when there is none. Raises `DeskError`."""
        with self._as(Actor.MA_USER, "campaign"):
            return sending.campaign_mail(self, campaign, purpose, self._living("contacts", record_id))

    def mail_of(self, row: Row) -> Mail | None:
        """Return what a row of the outbox tells."""
        return sending.mail_of(self, row)

    def desk_send(self, email_id: str, contact_id: str) -> Row:
        """A person sends a marketing e-mail to a contact, as a campaign does to each. Raises `DeskError`.

        Returns the row of the outbox (kind "sent_emails"), whose `outcome` says what became of it.
        """
        with self._as(Actor.MA_USER, "campaign"):
            return sending.send_to_contact(self, email_id, self._living("contacts", contact_id))

    def authorise(self, request: Request, operation_id: str) -> Response | None:
        """Return None when the request may pass, else 401, 403 or (with a limit switched on) 429."""
        return oauth.authorise(self, request, operation_id) or self.limits.refusal(request, operation_id)

    def unknown(self, request: Request, allowed: tuple[str, ...]) -> Response:
        """Return the thin 404, or 405 when the path knows other methods."""
        if allowed:
            response = refuse(self, request, errors.Refusal(405, "HTTP 405 Method Not Allowed", category=None))
            response.headers.append(("Allow", ", ".join(allowed)))
            return response
        return refuse(self, request, errors.not_found())

    def failed(self, request: Request) -> Response:
        """Return the vendor's 500."""
        return refuse(self, request, errors.Refusal(500, "internal error", category=None))

    def limited(self, request: Request, retry_after_s: int | None, limit: str = "") -> Response:  # noqa: ARG002 (the kernel's signature)
        """Return the vendor's 429: for too many calls in ten seconds, or of the ``limit`` that is named."""
        return weather.limited(self, retry_after_s, limit)

    def expire_sessions(self) -> None:
        """End every OAuth access token; a private app's token never ends."""
        self.tokens.end_all()

    def tokens_issued(self) -> tuple[str, ...]:
        """Return every access token of this portal, ended or not."""
        return self.tokens.issued

    def keyrings(self) -> tuple[dict[str, Any], ...]:
        """Return access tokens and refresh tokens."""
        return self.tokens.rings

    def before(self, request: Request) -> None:
        """Let imports whose time has come write their rows, and workflows that waited act."""
        self.asked = request
        if self.store.size(imports.KIND):
            imports.advance(self)
        if self.workflows.by_kind:
            workflows.catch_up(self)

    def after(self, request: Request, response: Response) -> None:
        """Add the correlation id and, except on search, the rate-limit headers; workflows act on what was written."""
        if self.workflows.by_kind:
            workflows.catch_up(self)
        if response.status < 400:
            response.headers.append(("X-HubSpot-Correlation-Id", self.correlation_id()))
        if not request.path.endswith("/search"):
            response.headers.extend(self.limits.headers(request))
