"""What an administrator demands of records beyond the vendor's rules: required properties, always or under a condition.

The screens and version `2026-09` of the API enforce them, older versions do not (research/hubspot.md 1.14, 3.13). How the
API words the refusal has not been captured.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from ...journal import Row
from .catalogue import DEMANDS, Catalogue
from .conditions import Condition
from .definitions import put_setting
from .errors import Refusal
from .portal import Portal

_ENFORCING = "/2026-09/"


class PropertyRule(BaseModel):
    """A property that must have a value: `required: create` (in the form that creates a record) or `always`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    property: str
    required: Literal["create", "always"] = "create"
    when: Condition | None = None

    @model_validator(mode="after")
    def _no_change(self) -> PropertyRule:
        if self.when is not None and self.when.op == "changed":
            raise ValueError("`changed` is no condition for a required property")
        return self


def add(portal: Portal, rule: PropertyRule) -> None:
    """Put a demand into force. Raises ValueError for properties that do not exist or cannot be written."""
    kind = portal.object_type(rule.kind).kind
    catalogue = portal.catalogue(kind)
    prop = catalogue.by_name.get(rule.property)
    if prop is None or prop.read_only:
        raise ValueError(f"{kind} have no property `{rule.property}` that people can fill in")
    if rule.when is not None:
        rule.when.check(catalogue)
    put_setting(portal, kind, DEMANDS, [*catalogue.demands, rule.model_dump()])


def check(portal: Portal, catalogue: Catalogue, changes: dict[str, str], row: Row | None, *, by_hand: bool) -> None:
    """Refuse a write that leaves a demanded property blank, where demands are enforced. Raises `Refusal`."""
    exchange = portal.journal.exchange
    if not by_hand and (exchange is None or _ENFORCING not in exchange.path):
        return
    values: dict[str, Any] = {**(row.values if row is not None else {}), **changes}
    missing = [d["property"] for d in catalogue.demands if not values.get(d["property"]) and _applies(d, catalogue, values, row)]
    if missing:
        verb = "creating" if row is None else "updating"
        raise Refusal(
            400, f"Error {verb} {catalogue.object_type.legacy}. Some required properties were not set.",
            context={"properties": missing}, assumed="hubspot.text_required_properties",
        )


def _applies(demand: dict[str, Any], catalogue: Catalogue, values: dict[str, Any], row: Row | None) -> bool:
    if demand["required"] == "create" and row is not None:
        return False
    if demand["when"] is None:
        return True
    condition = Condition.model_validate(demand["when"])
    return condition.property in catalogue.by_name and condition.holds(values, catalogue.by_name[condition.property].type)
