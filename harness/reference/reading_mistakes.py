"""What this connector does far too often when one of its mistakes is switched on; nothing without one."""

from __future__ import annotations

from .bugs import Bugs
from .ma import HubspotSide
from .outcome import Outcome
from .reading import Family
from .state import State
from .syncing import FamilySync

# A bound that somebody put in after the first run that never ended.
_ROUNDS = 50


def overdo(sync: FamilySync, family: Family, ma: HubspotSide, state: State, outcome: Outcome, bugs: Bugs) -> None:
    """Do again, or one by one, what is done already."""
    if bugs.on("rounds_until_equal"):
        _in_rounds(sync, outcome)
    if bugs.on("asked_field_by_field"):
        _date_everything(family, ma, state)


def _in_rounds(sync: FamilySync, outcome: Outcome) -> None:
    """Synchronise a family again until a round changes nothing (`rounds_until_equal`)."""
    for _ in range(_ROUNDS):
        before = outcome.updated
        sync.run()
        if outcome.updated == before:
            return


def _date_everything(family: Family, ma: HubspotSide, state: State) -> None:
    """Ask when each field of each linked record was edited, one by one, whether it matters or not (`asked_field_by_field`)."""
    for link in state.links(family.name):
        contract = family.contract_for(link.object)
        for rule in contract.rules if contract is not None else ():
            ma.edits(family.ma, [link.ma_id], [rule.ma])
