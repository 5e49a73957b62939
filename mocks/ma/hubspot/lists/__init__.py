"""Lists: who belongs to a segment, by hand or by filters that are evaluated live. Facts: research/hubspot.md 1.6."""

from . import definitions, pages, v1
from .membership import member_ids, members
from .roll import SWITCHES, define

MODULES = (definitions, pages, v1)

__all__ = ["MODULES", "SWITCHES", "define", "member_ids", "members"]
