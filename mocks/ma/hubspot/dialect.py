"""HubSpot as a dialect: the desk and the account, put on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import ClassVar

from ...dialect import Switch
from ...wire import Request, Response, Router, operations_of
from ...world import World
from . import (
    account,
    association_labels,
    associations,
    associations_v3,
    batch,
    communication,
    communication_batch,
    communication_v1,
    communication_v4,
    erasure,
    errors,
    limits,
    merge,
    oauth,
    objects,
    owners,
    pipelines,
    properties,
    search,
    webhooks,
)
from .desk import Desk
from .portal import Portal
from .subscriptions import SubscriptionTypes
from .wire import refuse

_MODULES = (
    objects, batch, search, merge, erasure, associations, associations_v3, association_labels, properties, pipelines, owners, account, communication,
    communication_v4, communication_v1, communication_batch, oauth, webhooks,
)


@cache
def _router() -> Router:
    # Operations are the same for every portal; a fresh world per scenario must not pay for building them again.
    return Router(operations_of(_MODULES))


class Hubspot(Desk):
    """One HubSpot portal with one private app; its kinds are contacts, companies, deals, owners, associations, consents."""

    owner_kind = "owners"
    owner_email_field = "email"
    owner_active_field = "active"

    switches: ClassVar[tuple[Switch, ...]] = (
        *Portal.switches, *communication.SWITCHES, *oauth.SWITCHES, *webhooks.SWITCHES,
    )

    def __init__(self, world: World) -> None:
        super().__init__(world)
        communication.define(self.store)
        self.subscription_types = SubscriptionTypes(self)
        self.tokens = oauth.Tokens(self)
        self.webhooks = webhooks.Webhooks(self)
        self.limits = limits.Limits(self)
        self.router = _router()

    def credentials(self) -> Mapping[str, str]:
        """Return token (a private app's), client_id, client_secret, refresh_token, app_id and portal_id."""
        return {**self.tokens.credentials(), "app_id": str(self.app_id), "portal_id": str(self.portal_id)}

    @property
    def calls_today(self) -> int:
        """Return how many calls were made since midnight UTC."""
        return self.limits.used_today

    def authorise(self, request: Request, operation_id: str) -> Response | None:
        """Return None when the request may pass, else 401, 403 or (with a limit switched on) 429."""
        return oauth.authorise(self, request, operation_id) or self.limits.refusal(operation_id)

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

    def limited(self, request: Request, retry_after_s: int | None) -> Response:  # noqa: ARG002 (the kernel's signature)
        """Return the vendor's 429 for too many calls in ten seconds."""
        return limits.limited(self, retry_after_s)

    def after(self, request: Request, response: Response) -> None:
        """Add the correlation id and, except on search, the rate-limit headers."""
        if response.status < 400:
            response.headers.append(("X-HubSpot-Correlation-Id", self.correlation_id()))
        if not request.path.endswith("/search"):
            # Daily figures are not told to OAuth apps, whose tokens end.
            token = request.session
            skip = 2 if token is not None and getattr(token, "expires_ms", None) is not None else 0
            response.headers.extend(self.limits.headers()[skip:])
