"""Which fields of the mapping are there today: an administrator may have deleted or hidden one since the last run.

Salesforce refuses a whole query that names a field it does not know, and HubSpot passes over it in silence, as if it were
blank. So both are asked first, and a rule that has lost one of its ends is left out and reported.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .bugs import Bugs
from .contract import ObjectContract, Rule
from .crm import SalesforceSide
from .ma import HubspotSide
from .outcome import Outcome

SUBSCRIPTION = "subscription:"  # what the mapping writes for a consent that is no property


def present(
    contracts: tuple[ObjectContract, ...], crm: SalesforceSide, ma: HubspotSide, outcome: Outcome, bugs: Bugs
) -> tuple[ObjectContract, ...]:
    """Return the contracts without the rules whose fields are gone; each of those is reported. Raises what the sides raise."""
    properties = {} if bugs.on("removed_field_read_as_blank") else {kind: ma.properties(kind) for kind in sorted({c.ma for c in contracts})}
    found = []
    for contract in contracts:
        fields = None if bugs.on("removed_field_still_asked_for") else crm.fields(contract.crm)
        lost = [r for r in (*contract.rules, *contract.consents) if not _is_there(r, fields, properties.get(contract.ma))]
        for rule in lost:
            outcome.refuse(f"mapping/{contract.object}", f"{rule.crm} = {rule.ma}: one of the two fields is gone or hidden")
        kept = replace(
            contract, rules=tuple(r for r in contract.rules if r not in lost),
            consents=tuple(r for r in contract.consents if r not in lost),
        )
        found.append(kept)
    return tuple(found)


def _is_there(rule: Rule, fields: Collection[str] | None, properties: Collection[str] | None) -> bool:
    """Tell whether both ends of a rule exist; None: nobody asked that side."""
    in_ma = properties is None or rule.ma in properties or rule.ma.startswith(SUBSCRIPTION)
    return in_ma and (fields is None or rule.crm in fields)
