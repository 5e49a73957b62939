"""HubSpot's communication preferences v4: what an address agreed to, and how to say more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .failures import RefusedError
from .ma_wire import HubspotWire, chunks

Row = dict[str, Any]

BATCH = 100
_EMAIL = (("channel", "EMAIL"),)
_STATUS = "/communication-preferences/v4/statuses/{email}"


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One subscription of one address: what it shall be, and why."""

    email: str
    subscription_id: str
    status: str
    explanation: str = ""


class HubspotConsents:
    """The consents of addresses, whether a contact has them or not. Raises what `HubspotWire` raises."""

    def __init__(self, wire: HubspotWire) -> None:
        self._wire = wire
        self._has_batches = True
        self._confirmation: str | None = None

    def definitions(self) -> dict[str, str]:
        """Return the subscription types: name -> id."""
        page = self._wire.ask(lambda: self._wire.direct("GET", "/communication-preferences/v4/definitions"))
        return {str(entry["name"]): str(entry["id"]) for entry in page["results"]}

    def statuses(self, emails: Iterable[str]) -> dict[str, dict[str, Row]]:
        """Return what is said about each address: e-mail in lower case -> subscription id -> status."""
        wanted = sorted({email.strip().lower() for email in emails})
        found: dict[str, dict[str, Row]] = {}
        for chunk in chunks(wanted, BATCH):
            for email, entries in self._statuses(chunk):
                found[email.lower()] = {str(entry["subscriptionId"]): entry for entry in entries}
        return found

    def _statuses(self, emails: Sequence[str]) -> Iterator[tuple[str, list[Row]]]:
        if self._has_batches and len(emails) > 1:
            path = "/communication-preferences/v4/statuses/batch/read"
            try:
                page = self._wire.ask(lambda: self._wire.direct("POST", path, {"inputs": list(emails)}, _EMAIL))
            except RefusedError as error:
                if error.status not in (403, 404):
                    raise
                # Batches of consents need an Enterprise account; others are asked one by one.
                self._has_batches = False
            else:
                for entry in page["results"]:
                    yield entry["subscriberIdString"], entry.get("statuses") or entry.get("subscriptionStatuses") or []
                return
        for email in emails:
            page = self._wire.ask(lambda: self._wire.direct("GET", _STATUS, None, _EMAIL, email))  # noqa: B023 (called now)
            yield email, page["results"]

    def unsubscribe_from_all(self, email: str) -> None:
        """Opt an address out of everything. It works for an address that no contact has yet."""
        self._wire.ask(lambda: self._wire.direct("POST", f"{_STATUS}/unsubscribe-all", None, _EMAIL, email))

    def set_status(self, change: StatusChange) -> None:
        """Set one subscription of one address; a yes carries its legal basis and explanation."""
        body: Row = {"subscriptionId": int(change.subscription_id), "statusState": change.status, "channel": "EMAIL"}
        if change.explanation:
            body |= {"legalBasis": "CONSENT_WITH_NOTICE", "legalBasisExplanation": change.explanation}
        self._wire.ask(lambda: self._wire.direct("POST", _STATUS, body, (), change.email))

    def ask_to_confirm(self, email: str) -> None:
        """Mail an address: please confirm. HubSpot needs an e-mail to send; it is made once."""
        if self._confirmation is None:
            body: Row = {"name": "Please confirm", "subject": "Please confirm your subscription"}
            self._confirmation = str(self._wire.ask(lambda: self._wire.direct("POST", "/marketing/v3/emails", body))["id"])
        message = {"emailId": int(self._confirmation), "message": {"to": email}}
        self._wire.ask(lambda: self._wire.direct("POST", "/marketing/v4/email/single-send", message))
