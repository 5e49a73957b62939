"""What can go wrong between the connector and the two systems: four errors under one `ConnectorError`.

`ConfigurationError` and `AuthorisationError` end the run (exit 2). `TransientError` may succeed later: rate limit,
outage, lock, lost connection. `RefusedError` will not succeed until somebody changes something.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Any failure this connector knows. Texts name codes, fields and ids, never personal data."""


class ConfigurationError(ConnectorError):
    """The environment or the mapping file cannot be used."""


class AuthorisationError(ConnectorError):
    """A system refuses the token or the scope."""


class TransientError(ConnectorError):
    """A failure that time may heal. ``ambiguous``: the request may have been applied before it failed.

    ``for_today``: the calls of the day are used up, so that trying again in this run is of no use.
    """

    def __init__(
        self, text: str, *, retry_after_s: float | None = None, ambiguous: bool = False, for_today: bool = False
    ) -> None:
        super().__init__(text)
        self.for_today = for_today
        self.retry_after_s = retry_after_s
        self.ambiguous = ambiguous


class RefusedError(ConnectorError):
    """A system refuses the content. ``code`` is the vendor's word, ``fields`` those it complains of."""

    def __init__(self, code: str, fields: tuple[str, ...] = (), *, status: int = 400, existing_id: str = "") -> None:
        super().__init__(f"{code} ({', '.join(fields)})" if fields else code)
        self.code = code
        self.fields = fields
        self.status = status
        self.existing_id = existing_id
