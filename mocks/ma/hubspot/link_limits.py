"""Keeping the limits on associations that an administrator has set (`association_limits` is their API)."""

from __future__ import annotations

from . import errors
from .link_types import Spec
from .portal import Portal

LIMITS = "association_limits"
Tie = tuple[str, tuple[Spec, ...]]


def limit_id(kind: str, to_kind: str, number: int) -> str:
    """Return the id under which the limit of an association type in one direction is kept."""
    return f"{kind}>{to_kind}/{number}"


def check(dialect: Portal, kind: str, record_id: str, to_kind: str, ties: list[Tie], wanted: set[Spec]) -> None:
    """Refuse a further tie of a type that has reached its limit; ``ties`` are those to other records. Raises `Refusal`."""
    for spec in wanted:
        row = dialect.store.get(LIMITS, limit_id(kind, to_kind, spec[1]))
        if row is not None and sum(spec in types for _, types in ties) >= row.values["most"]:
            raise errors.Refusal(
                400, f"{dialect.object_type(kind).legacy}={record_id} already has {row.values['most']} associations of type "
                     f"{spec[1]} with {dialect.object_type(to_kind).legacy}", assumed="hubspot.text_association_limit",
            )
