"""Mistakes with webhooks: acting on what an event says instead of reading the record that it is about.

The correct connector does nothing here: it remembers which record to read (`hearing.Heard`) and answers HubSpot.
"""

from __future__ import annotations

from typing import Any

from .bugs import Bugs
from .contract import ObjectContract, load_contracts
from .crm import SalesforceSide
from .retrying import Patience
from .settings import Settings
from .state import State

Event = dict[str, Any]


class Eager:
    """Handlers that a programmer in a hurry writes, each behind its switch; they run in the thread of the request."""

    def __init__(self, settings: Settings, bugs: Bugs) -> None:
        self._settings, self._bugs = settings, bugs
        self._people = [c for c in load_contracts(settings.mapping_file) if c.ma == "contacts"]

    def take(self, events: list[Event]) -> None:
        """Act on the events at once, in the order in which they came."""
        for event in events:
            kind, name = str(event.get("subscriptionType")), event.get("propertyName")
            if kind == "contact.creation" and self._bugs.on("creation_event_creates"):
                self._create(event)
            elif kind == "contact.propertyChange" and self._bugs.on("event_value_applied"):
                self._apply(event, str(name), event.get("propertyValue"))
            elif kind == "contact.propertyChange" and name != "hs_email_optout" and self._bugs.on("profile_event_resubscribes"):
                self._subscribe(event)

    def _create(self, event: Event) -> None:
        """Somebody is new in HubSpot, so they are new in Salesforce: nobody looks."""
        from .ma import HubspotSide
        from .ma_wire import HubspotWire

        creator = next(c for c in self._people if "ma_to_crm" in c.creates)
        ma = HubspotSide(HubspotWire(self._settings.hubspot_url, self._settings.hubspot_token, Patience()), self._bugs)
        texts = [rule for rule in creator.rules if rule.type in ("text", "email")]
        for row in ma.read("contacts", [str(event["objectId"])], [rule.ma for rule in texts]):
            fields = {rule.crm: row[rule.ma] for rule in texts if row.get(rule.ma)}
            list(self._crm().create(creator.crm, [{"Company": "-", **fields}]))

    def _apply(self, event: Event, name: str, value: Any) -> None:
        """The event holds the new value, so that is what the record gets."""
        for contract, crm_id in self._linked(event):
            rule = next((r for r in contract.rules if r.ma == name and r.type == "text" and r.direction != "crm_to_ma"), None)
            if rule is not None and value:
                list(self._crm().update(contract.crm, [(crm_id, {rule.crm: value})]))

    def _subscribe(self, event: Event) -> None:
        """A profile is only updated by somebody who is subscribed, so the person is one of ours again."""
        for contract, crm_id in self._linked(event):
            if contract.optout_field:
                list(self._crm().update(contract.crm, [(crm_id, {contract.optout_field: False})]))

    def _linked(self, event: Event) -> list[tuple[ObjectContract, str]]:
        state = State(self._settings.state_dir, self._bugs)
        try:
            link = state.link_of_ma("people", str(event["objectId"]))
        finally:
            state.close()
        return [(c, link.crm_id) for c in self._people if link is not None and c.object == link.object]

    def _crm(self) -> SalesforceSide:
        return SalesforceSide(self._settings.sf_url, self._settings.sf_token, Patience(), self._bugs)
