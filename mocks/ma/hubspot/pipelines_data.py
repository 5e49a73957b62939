"""The pipelines that every portal has (research/hubspot.md 3.17), and those of one portal as they are now.

What was added or changed lives in the store: kind `pipelines`, one row per pipeline, with the whole pipeline as the API shows
it, whether it was archived, and what was done to it (`audit`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ...store import Store
from .property_words import LIFECYCLE_LABELS

PIPELINES = "pipelines"
Pipeline = dict[str, Any]
_MADE_AT = "2020-06-30T15:57:36.000Z"

_DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"), ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"), ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"), ("closedlost", "Closed Lost", "0.0"),
)
_TICKET_STAGES = (("1", "New", "OPEN"), ("2", "Waiting on contact", "OPEN"), ("3", "Waiting on us", "OPEN"), ("4", "Closed", "CLOSED"))
# Ids as portals with the leads object have them; labels can be renamed.
_LEAD_STAGES = (
    ("new-stage-id", "New", "NEW"), ("attempting-stage-id", "Attempting", "IN_PROGRESS"),
    ("connected-stage-id", "Connected", "IN_PROGRESS"), ("qualified-stage-id", "Qualified", "QUALIFIED"),
    ("unqualified-stage-id", "Disqualified", "UNQUALIFIED"),
)


def _stage(at: int, stage_id: str, label: str, metadata: dict[str, str]) -> dict[str, Any]:
    return {
        "label": label, "displayOrder": at, "metadata": metadata, "id": stage_id, "createdAt": _MADE_AT,
        "updatedAt": _MADE_AT, "archived": False, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }


def _pipeline(pipeline_id: str, label: str, stages: list[dict[str, Any]]) -> dict[str, Pipeline]:
    return {pipeline_id: {
        "label": label, "displayOrder": 0, "id": pipeline_id, "stages": stages, "createdAt": _MADE_AT,
        "updatedAt": _MADE_AT, "archived": False,
    }}


@cache
def built_in_pipelines(kind: str) -> dict[str, Pipeline]:
    """Return the pipelines that a kind has from the start, by id. Read only."""
    if kind == "deals":
        closed = ("closedwon", "closedlost")
        return _pipeline("default", "Sales Pipeline", [
            _stage(at, i, label, {"isClosed": "true" if i in closed else "false", "probability": odds})
            for at, (i, label, odds) in enumerate(_DEAL_STAGES)
        ])
    if kind == "tickets":
        return _pipeline("0", "Support Pipeline", [
            _stage(at, i, label, {"ticketState": state, "isClosed": "true" if state == "CLOSED" else "false"})
            for at, (i, label, state) in enumerate(_TICKET_STAGES)
        ])
    if kind == "leads":
        return _pipeline("lead-pipeline-id", "Lead pipeline", [
            _stage(at, i, label, {"leadState": state}) for at, (i, label, state) in enumerate(_LEAD_STAGES)
        ])
    if kind == "contacts":
        return _pipeline("contacts-lifecycle-pipeline", "Lifecycle Stage Pipeline", [
            _stage(at, i, label, {}) for at, (i, label) in enumerate(LIFECYCLE_LABELS.items())
        ])
    return {}


def pipelines_of(store: Store, kind: str, *, archived: bool = False) -> dict[str, Pipeline]:
    """Return the living (or the archived) pipelines of a kind by id, in their order of display. Read only."""
    start = {} if archived else built_in_pipelines(kind)
    if not store.size(PIPELINES):
        return start
    found = dict(start)
    for row in store.rows(PIPELINES):
        if row.values["kind"] == kind:
            found.pop(row.values["id"], None)
            if row.values["archived"] is archived:
                found[row.values["id"]] = row.values["pipeline"]
    return dict(sorted(found.items(), key=lambda pair: (pair[1]["displayOrder"], pair[0])))


def stages_of(store: Store, kind: str, pipeline_id: str) -> dict[str, dict[str, Any]]:
    """Return the living stages of a pipeline by id, in order; none when there is no such pipeline."""
    found = pipelines_of(store, kind).get(pipeline_id)
    return {s["id"]: s for s in found["stages"] if not s["archived"]} if found is not None else {}
