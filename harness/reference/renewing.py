"""A new session at Salesforce when the old one has ended: OAuth's refresh grant, and the same request once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from .bugs import Bugs
from .failures import TransientError

_TIMEOUT = (5, 30)


@dataclass(frozen=True, slots=True)
class RefreshGrant:
    """What a connected app shows to get a new access token. Secrets are not shown."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def form(self) -> dict[str, str]:
        """Return the fields of the request for a token."""
        return {
            "grant_type": "refresh_token", "client_id": self.client_id, "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
        }


class Renewal:
    """Sends requests with the session that lives; without a grant the first one has to last."""

    def __init__(self, url: str, grant: RefreshGrant | None, bugs: Bugs) -> None:
        self._url, self._grant, self._bugs = url, grant, bugs
        self._token = ""

    def send(self, request: Any, send: Callable[[Any], Any]) -> Any:
        """Return the answer to a prepared request; one that its ended session kept out is sent again with a new one.

        A request that is answered 401 has changed nothing, so it may be sent again whatever it does.
        """
        self._sign(request)
        response = send(request)
        if response.status_code != 401 or not self._renew():
            return response
        response.close()
        self._sign(request)
        return send(request)

    def _sign(self, request: Any) -> None:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"

    def _renew(self) -> bool:
        """Ask for a new token and tell whether there is one. Raises TransientError when that may work later."""
        if self._grant is None or self._bugs.on("token_not_refreshed"):
            return False
        form = self._grant.form()
        # The secrets belong into the body: addresses end up in the logs of every proxy on the way.
        query = form if self._bugs.on("secret_in_address") else None
        with requests.Session() as session:
            session.trust_env = self._url.startswith("https")
            answer = session.post(f"{self._url}/services/oauth2/token", params=query, data=form, timeout=_TIMEOUT)
        if answer.status_code == 429 or answer.status_code >= 500:
            raise TransientError(f"Salesforce answered {answer.status_code} to the request for a token")
        if answer.status_code != 200:
            return False
        self._token = str(answer.json()["access_token"])
        return True
