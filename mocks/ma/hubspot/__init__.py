"""HubSpot as the marketing-automation side: objects, associations, consent, webhooks (research/hubspot.md)."""

from __future__ import annotations

from .dialect import Hubspot

__all__ = ["Hubspot"]
