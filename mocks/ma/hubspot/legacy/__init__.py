"""The v1 and v2 APIs that living clients still call, over the same records and the same write path as v3.

Facts: research/hubspot.md sections 1.8, 2.2, 2.5, 2.6. Ids are numbers here, dates are epoch milliseconds as text, and
each value carries its history (`versions`).
"""

from __future__ import annotations

from . import (
    associations,
    companies,
    company_pages,
    contact_batch,
    contact_identity,
    contact_pages,
    contacts,
    crm_objects,
    deal_pages,
    deals,
    engagement_pages,
    engagements,
    marketing_emails,
    owners,
    pipelines,
    properties,
    property_writes,
    workflows,
)
from .switches import SWITCHES

__all__ = ["MODULES", "SWITCHES"]

MODULES = (
    contacts, contact_pages, contact_batch, contact_identity, companies, company_pages, deals, deal_pages, engagements,
    engagement_pages, properties, property_writes, pipelines, owners, associations, crm_objects, marketing_emails,
    workflows,
)
