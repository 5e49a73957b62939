"""The pipelines that every portal has (research/hubspot.md 3.17). Making or changing pipelines is not mocked."""

from __future__ import annotations

from functools import cache
from typing import Any

_MADE_AT = "2020-06-30T15:57:36.000Z"

_DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"), ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"), ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"), ("closedlost", "Closed Lost", "0.0"),
)
_LIFECYCLE_STAGES = (
    ("subscriber", "Subscriber"), ("lead", "Lead"), ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"), ("opportunity", "Opportunity"), ("customer", "Customer"),
    ("evangelist", "Evangelist"), ("other", "Other"),
)


def _stage(at: int, stage_id: str, label: str, metadata: dict[str, str]) -> dict[str, Any]:
    return {
        "label": label, "displayOrder": at, "metadata": metadata, "id": stage_id, "createdAt": _MADE_AT,
        "updatedAt": _MADE_AT, "archived": False, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }


def _pipeline(pipeline_id: str, label: str, stages: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "label": label, "displayOrder": 0, "id": pipeline_id, "stages": stages, "createdAt": _MADE_AT,
        "updatedAt": _MADE_AT, "archived": False,
    }


@cache
def pipelines_of(kind: str) -> dict[str, dict[str, Any]]:
    """Return the pipelines of a kind by id. Read only."""
    if kind == "deals":
        closed = ("closedwon", "closedlost")
        stages = [
            _stage(at, i, label, {"isClosed": "true" if i in closed else "false", "probability": odds})
            for at, (i, label, odds) in enumerate(_DEAL_STAGES)
        ]
        return {"default": _pipeline("default", "Sales Pipeline", stages)}
    if kind == "contacts":
        stages = [_stage(at, i, label, {}) for at, (i, label) in enumerate(_LIFECYCLE_STAGES)]
        return {"contacts-lifecycle-pipeline": _pipeline("contacts-lifecycle-pipeline", "Lifecycle Stage Pipeline", stages)}
    return {}
