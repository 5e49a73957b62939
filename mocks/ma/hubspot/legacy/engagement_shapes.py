"""Engagements v1 and the records of v3 behind them: which member of `metadata` is which property.

An engagement is a note, task, call, e-mail or meeting. Facts: research/hubspot.md 1.8 (shape), 1.11 (properties); the
members of `metadata` are those that clients read and write (n8n, hubspot3, tap-hubspot).
"""

from __future__ import annotations

from typing import Any

from ....journal import Row
from .. import errors
from ..catalogue import Catalogue
from ..errors import Refusal
from ..kinds import OBJECT_TYPES
from ..portal import Portal
from ..values import is_whole, parse_ms
from .envelope import Body
from .shapes import ids_of

# type of v1 -> kind of v3
KINDS = {"NOTE": "notes", "TASK": "tasks", "CALL": "calls", "EMAIL": "emails", "MEETING": "meetings"}
TYPES = {kind: name for name, kind in KINDS.items()}
# kind -> (member of `metadata`, property)
METADATA: dict[str, tuple[tuple[str, str], ...]] = {
    "notes": (("body", "hs_note_body"),),
    "tasks": (("subject", "hs_task_subject"), ("body", "hs_task_body"), ("status", "hs_task_status"),
              ("priority", "hs_task_priority"), ("taskType", "hs_task_type")),
    "calls": (("title", "hs_call_title"), ("body", "hs_call_body"), ("durationMilliseconds", "hs_call_duration"),
              ("status", "hs_call_status"), ("toNumber", "hs_call_to_number"), ("fromNumber", "hs_call_from_number"),
              ("recordingUrl", "hs_call_recording_url"), ("disposition", "hs_call_disposition")),
    "emails": (("subject", "hs_email_subject"), ("text", "hs_email_text"), ("html", "hs_email_html"),
               ("status", "hs_email_status")),
    "meetings": (("title", "hs_meeting_title"), ("body", "hs_meeting_body"), ("startTime", "hs_meeting_start_time"),
                 ("endTime", "hs_meeting_end_time")),
}
# member of `associations` -> kind
ASSOCIATIONS = (
    ("contactIds", "contacts"), ("companyIds", "companies"), ("dealIds", "deals"), ("ticketIds", "tickets"),
)


def engagement(dialect: Portal, row: Row) -> Body:
    """Return an engagement as v1 shows it; notes that it was served."""
    dialect.served(row)
    values = row.values
    about: Body = {
        "id": int(row.id), "portalId": dialect.portal_id, "active": not row.deleted, "createdAt": row.created_ms,
        "lastUpdated": row.modified_ms, "type": TYPES[row.kind], "timestamp": moment(row),
    }
    if values.get("hubspot_owner_id"):
        about["ownerId"] = int(values["hubspot_owner_id"])
    ties: Body = {member: ids_of(dialect, row, kind) for member, kind in ASSOCIATIONS if kind in OBJECT_TYPES}
    return {
        "engagement": about, "associations": {**ties, "ownerIds": [], "workflowIds": []}, "attachments": [],
        "metadata": _metadata(dialect.catalogue(row.kind), row),
    }


def moment(row: Row) -> int:
    """Return when the engagement took place, in milliseconds."""
    found = parse_ms(row.values.get("hs_timestamp") or "")
    return row.created_ms if found is None else found


def _metadata(catalogue: Catalogue, row: Row) -> Body:
    found: Body = {}
    for member, name in METADATA[row.kind]:
        value, prop = row.values.get(name), catalogue.by_name.get(name)
        if not value or prop is None:
            continue
        is_number = prop.type in ("datetime", "number")
        found[member] = _number(value) if is_number else value
    if row.kind == "tasks":
        found["forObjectType"] = "CONTACT"
    return found


def _number(value: str) -> int | str:
    if is_whole(value):
        return int(value)
    at_ms = parse_ms(value)
    return value if at_ms is None else at_ms


def kind_of(about: Body) -> str:
    """Return the kind behind `engagement.type` of a body. Raises `Refusal`, loudly for types that are not mocked."""
    name = str(about.get("type") or "")
    if not name:
        raise errors.not_set("type")
    kind = KINDS.get(name.upper())
    if kind is None or kind not in OBJECT_TYPES:
        raise Refusal(400, f"{name} is not a valid engagement type", assumed="hubspot.text_engagement_type",
                      hint=f"engagements of type {name} are not mocked; supported: {', '.join(KINDS)}")
    return kind


def properties_of(dialect: Portal, kind: str, about: Body, metadata: Body, now_ms: int | None) -> dict[str, Any]:
    """Return what a v1 body sets, as v3 properties; ``now_ms`` is the timestamp of a new one without its own.

    Raises `Refusal` for a member of `metadata` that has no property here: it would be lost in silence.
    """
    known = dict(METADATA[kind])
    found: dict[str, Any] = {}
    for member, value in metadata.items():
        if member in ("forObjectType", "reminders", "sendDefaultReminder"):
            continue
        if member not in known or known[member] not in dialect.catalogue(kind).by_name:
            raise Refusal(400, f"metadata.{member} is not mocked for {TYPES[kind]}", code="NOT_MOCKED",
                          hint=f"metadata members that are mocked: {', '.join(known)}")
        found[known[member]] = value
    if about.get("ownerId") is not None:
        found["hubspot_owner_id"] = str(about["ownerId"])
    if about.get("timestamp") is not None:
        found["hs_timestamp"] = str(about["timestamp"])
    elif now_ms is not None:
        found["hs_timestamp"] = str(now_ms)
    if kind == "emails" and now_ms is not None:
        found["hs_email_direction"] = "EMAIL"
    return found
