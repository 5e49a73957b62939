"""Mistakes with webhooks: late, lost, doubled, misunderstood."""

from __future__ import annotations

from .bug import Bug

BUGS: tuple[Bug, ...] = ()
