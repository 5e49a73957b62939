"""The credentials of one portal: private-app token, OAuth app, developer key; random per run, the same per seed.

A private-app token never ends; an OAuth access token lives `token_lifetime_s` (HubSpot: 1800) and is renewed with a
refresh token that stays the same. Facts: research/hubspot.md section 1.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ...dialect import Dialect, Switch
from ...wire import Evidence
from .scopes import ALL_SCOPES, EVERYTHING

SWITCHES: tuple[Switch, ...] = (
    Switch("token_lifetime_s", 1800, (), Evidence.DOCUMENT, "how long an OAuth access token lives, in seconds"),
)

USER = "connector@example.com"
USER_ID = 1_000_001


@dataclass(frozen=True, slots=True)
class Token:
    """One bearer token; ``expires_ms`` is None for a private-app token."""

    value: str
    scopes: frozenset[str]
    expires_ms: int | None
    lifetime_s: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user agreed to: the scopes behind an authorisation code or a refresh token."""

    scopes: tuple[str, ...]
    redirect_uri: str | None = None


class Tokens:
    """All credentials of a portal, and who may still use them."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        dice = dialect.world.vault
        self.private = f"pat-eu1-{dice.uuid('hubspot.private_app')}"
        self.client_id = dice.uuid("hubspot.client_id")
        self.client_secret = dice.uuid("hubspot.client_secret")
        self.developer_key = dice.uuid("hubspot.developer_key")
        self.refresh_token = f"eu1-{dice.uuid('hubspot.refresh_token')}"
        self._tokens = {self.private: Token(self.private, EVERYTHING, None)}
        self._refresh = {self.refresh_token: Grant(ALL_SCOPES)}
        self._codes: dict[str, Grant] = {}

    def credentials(self) -> Mapping[str, str]:
        """Return what a connector may be given, by the words of design.md section 12."""
        return {
            "token": self.private, "client_id": self.client_id, "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
        }

    def issue(self, scopes: Iterable[str] = ALL_SCOPES, lifetime_s: int | None = None) -> str:
        """Return a new OAuth access token with these scopes, ending after ``lifetime_s`` (default: the switch)."""
        seconds = int(self._dialect.settings["token_lifetime_s"]) if lifetime_s is None else lifetime_s
        # Access tokens of HubSpot are opaque and begin with a C.
        value = "C" + self._dialect.world.vault.token("hubspot.access_token", 94)
        expires_ms = self._dialect.clock.now_ms() + seconds * 1000
        self._tokens[value] = Token(value, frozenset(scopes), expires_ms, seconds)
        return value

    def issue_private(self, scopes: Iterable[str]) -> str:
        """Return the token of a further private app that has only these scopes."""
        value = f"pat-eu1-{self._dialect.world.vault.uuid('hubspot.private_app')}"
        self._tokens[value] = Token(value, frozenset(scopes), None)
        return value

    def issue_code(self, redirect_uri: str, scopes: Iterable[str] = ALL_SCOPES) -> str:
        """Return an authorisation code for one exchange, as the consent page would put it into the redirect."""
        code = self._dialect.world.vault.uuid("hubspot.code")
        self._codes[code] = Grant(tuple(scopes), redirect_uri)
        return code

    def find(self, value: str) -> Token | None:
        """Return the token, ended or not, or None."""
        return self._tokens.get(value)

    def is_over(self, token: Token) -> bool:
        """Tell whether an access token has ended."""
        return token.expires_ms is not None and token.expires_ms <= self._dialect.clock.now_ms()

    def seconds_left(self, token: Token) -> int:
        """Return the remaining life of an access token in seconds, never negative; 0 for a private-app token."""
        if token.expires_ms is None:
            return 0
        return max(0, (token.expires_ms - self._dialect.clock.now_ms()) // 1000)

    def code(self, code: str) -> Grant | None:
        """Return what a code stands for, or None; `use_code` spends it."""
        return self._codes.get(code)

    def use_code(self, code: str) -> str:
        """Spend a code and return the refresh token of its grant. Raises KeyError."""
        grant = self._codes.pop(code)
        refresh = f"eu1-{self._dialect.world.vault.uuid('hubspot.refresh_token')}"
        self._refresh[refresh] = grant
        return refresh

    def grant(self, refresh_token: str) -> Grant | None:
        """Return what a refresh token stands for, or None when it is unknown or revoked."""
        return self._refresh.get(refresh_token)

    @property
    def issued(self) -> tuple[str, ...]:
        """Return every access token that was handed out, ended or not."""
        return tuple(self._tokens)

    @property
    def rings(self) -> tuple[dict[str, Token], dict[str, Grant]]:
        """Return what apps may hold: access tokens and refresh tokens."""
        return self._tokens, self._refresh

    def end_all(self) -> None:
        """End every OAuth access token, as time would; a private app's token never ends."""
        now = self._dialect.clock.now_ms()
        for value, token in self._tokens.items():
            if token.expires_ms is not None and token.expires_ms > now:
                self._tokens[value] = replace(token, expires_ms=now)

    def revoke(self, value: str) -> bool:
        """Make an access or refresh token useless; tell whether there was one."""
        return (self._refresh.pop(value, None) or self._tokens.pop(value, None)) is not None
