"""Channel names, and which objects change data capture is switched on for.

Source: the vendor's guide, "Subscription channels" (names are case-sensitive) and the list of `ChangeEvent` objects.
"""

from __future__ import annotations

from ..org import Org

ALL = "/data/ChangeEvents"
# Objects of this mock of which a real org has no `ChangeEvent`; histories have none either.
_WITHOUT = frozenset({
    "Organization", "Profile", "UserRole", "LeadStatus", "RecordType", "Group", "QueueSobject", "AssignmentRule", "DataUsePurpose",
    "DataUseLegalBasis", "CommSubscription", "CommSubscriptionChannelType", "EngagementChannelType",
})


def channel_of(kind_name: str) -> str:
    """Return the channel of one object: `/data/ContactChangeEvent`, `/data/Employee__ChangeEvent` for `Employee__c`."""
    return f"/data/{kind_name[:-1]}ChangeEvent" if kind_name.endswith("__c") else f"/data/{kind_name}ChangeEvent"


def is_supported(org: Org, kind_name: str) -> bool:
    """Tell whether the vendor can capture changes of this object at all."""
    return kind_name in org.kinds and kind_name not in _WITHOUT and not kind_name.endswith("History")


def selected_kinds(org: Org) -> frozenset[str]:
    """Return the objects whose changes are captured (switch `change_data_capture`); unknown names select nothing."""
    wanted = org.settings["change_data_capture"]
    names = wanted.replace(",", " ").split() if isinstance(wanted, str) else [str(n) for n in wanted]
    if "*" in names:
        names = list(org.kinds)
    return frozenset(n for n in names if is_supported(org, n))


def kinds_of(org: Org, channel: str) -> frozenset[str] | None:
    """Return the objects that a channel tells about, or None when this org has no such channel.

    A supported object that is not selected has a channel that the switch `unselected_channel` decides about.
    """
    selected = selected_kinds(org)
    if channel == ALL:
        return selected
    for name in org.kinds:
        if channel_of(name) == channel and is_supported(org, name):
            if name in selected:
                return frozenset({name})
            org.rests_on("salesforce.unselected_channel")
            return frozenset({name}) if org.settings["unselected_channel"] == "silent" else None
    return None
