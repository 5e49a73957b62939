"""A campaign's own counts of its members and opportunities, kept in step with them.

Sources: the vendor's page on campaign fields, and its article on `NumberOfLeads`: a converted lead still counts as a lead, as
a converted one, and as a contact. Nobody can write the counts.
"""

from __future__ import annotations

from typing import Any

from ...journal import Row
from .org import Org

COUNTS = (
    "NumberOfLeads", "NumberOfConvertedLeads", "NumberOfContacts", "NumberOfResponses", "NumberOfOpportunities",
    "NumberOfWonOpportunities", "AmountAllOpportunities", "AmountWonOpportunities",
)
KINDS = frozenset({"CampaignMember", "Opportunity"})


def follow(org: Org, before: Row | None, after: Row | None) -> None:
    """Move the counts of the campaigns that a member or an opportunity was or is of."""
    was, now = _share(before), _share(after)
    if was == now:
        return
    for campaign_id in dict.fromkeys(s["CampaignId"] for s in (was, now) if s):
        row = org.store.get("Campaign", campaign_id)
        if row is None:
            continue
        moved: dict[str, Any] = {}
        for share, sign in ((was, -1), (now, 1)):
            if share and share["CampaignId"] == campaign_id:
                for name, number in share.items():
                    if name != "CampaignId":
                        moved[name] = moved.get(name, 0) + sign * number
        changes = {n: (row.values.get(n) or 0) + d for n, d in moved.items() if d}
        if changes:
            org.rests_on("salesforce.campaign_counts")
            with org.by_itself("counts of the campaign"):
                org.store.update(row, changes, touch=False)


def _share(row: Row | None) -> dict[str, Any]:
    """Return what a record adds to the counts of its campaign, with that campaign; nothing when it adds nothing."""
    values = row.values if row is not None and not row.deleted else {}
    if row is None or not values.get("CampaignId"):
        return {}
    if row.kind == "CampaignMember":
        lead, contact = bool(values.get("LeadId")), bool(values.get("ContactId"))
        counts: dict[str, Any] = {
            "NumberOfLeads": int(lead), "NumberOfConvertedLeads": int(lead and contact), "NumberOfContacts": int(contact),
            "NumberOfResponses": int(bool(values.get("HasResponded"))),
        }
    else:
        won, amount = bool(values.get("IsWon")), values.get("Amount") or 0
        counts = {
            "NumberOfOpportunities": 1, "NumberOfWonOpportunities": int(won), "AmountAllOpportunities": amount,
            "AmountWonOpportunities": amount if won else 0,
        }
    return {"CampaignId": values["CampaignId"], **counts}
