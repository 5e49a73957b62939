"""What is not certain about the legacy APIs, or has an end that a portal may not have reached yet."""

from __future__ import annotations

from ....dialect import Switch
from ....wire import Evidence

SWITCHES: tuple[Switch, ...] = (
    Switch("legacy_owners_v2", "sunset", ("sunset", "alive"), Evidence.DOCUMENT,
           "`/owners/v2` answers 404 since 2025-03-24"),
    Switch("legacy_lifecyclestage_on_create", "subscriber", ("subscriber", "lead"), Evidence.RECORDING,
           "lifecycle stage of a contact made through v1 (recordings of 2022: subscriber)"),
    Switch("legacy_recent_days", 30, (), Evidence.DOCUMENT, "how far back the recent contacts of v1 reach, in days"),
)
