"""Owners correspond by e-mail address; both lists are read once, and only when somebody asks."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from .conversion import folded
from .crm import SalesforceSide
from .ma import HubspotSide


class Owners:
    """Salesforce users and HubSpot owners."""

    def __init__(self, crm: SalesforceSide, ma: HubspotSide) -> None:
        self._crm, self._ma = crm, ma

    def email_of_user(self, user_id: Any) -> str | None:
        """Return the address of an active Salesforce user, or None: inactive ones own nothing."""
        return self._users[0].get(str(user_id or "")[:15])

    def email_of_owner(self, owner_id: Any) -> str | None:
        """Return the address of a HubSpot owner, or None."""
        return self._owners[0].get(str(owner_id or ""))

    def user_id(self, email: str | None) -> str | None:
        """Return the active Salesforce user with this address, or None."""
        return self._users[1].get(email or "")

    def owner_id(self, email: str | None) -> str | None:
        """Return the HubSpot owner with this address, or None."""
        return self._owners[1].get(email or "")

    @cached_property
    def integration_user_id(self) -> str:
        """Return the Salesforce user this connector writes as."""
        return self._crm.own_user_id()

    @cached_property
    def _users(self) -> tuple[dict[str, str], dict[str, str]]:
        active = [u for u in self._crm.users() if u.get("IsActive") and u.get("Email")]
        emails = {u["Id"][:15]: folded(u["Email"]) for u in active}
        return emails, {folded(u["Email"]): u["Id"] for u in reversed(active)}

    @cached_property
    def _owners(self) -> tuple[dict[str, str], dict[str, str]]:
        living = [o for o in self._ma.owners() if o.get("email") and not o.get("archived")]
        emails = {str(o["id"]): folded(o["email"]) for o in living}
        return emails, {folded(o["email"]): str(o["id"]) for o in reversed(living)}
