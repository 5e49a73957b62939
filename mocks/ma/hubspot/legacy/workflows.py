"""`/automation/v3/workflows`: which workflows of contacts there are (research/hubspot.md 1.8, P2). Read only."""

from __future__ import annotations

from typing import Any

from ....wire import Evidence, Request, Response
from .. import errors
from ..enrolment import WAITING
from ..portal import Portal
from ..wire import json_response
from .envelope import answers_v1

_FIRST_ID = 43_100_001
_NOTE = "workflows of contacts only; when they were made is not kept, their numbers follow their order"


@answers_v1("GET", "/automation/v3/workflows", id="legacy.workflows", evidence=Evidence.CLIENT_SOURCE, note=_NOTE)
def list_workflows(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (one signature for all)
    """Return the workflows."""
    return json_response({"workflows": list(_all(dialect).values())})


@answers_v1("GET", "/automation/v3/workflows/{workflowId}", id="legacy.workflow", evidence=Evidence.CLIENT_SOURCE, note=_NOTE)
def get_workflow(dialect: Portal, request: Request) -> Response:
    """Return one workflow."""
    found = _all(dialect).get(request.params["workflowId"])
    if found is None:
        raise errors.not_found()
    return json_response(found)


def _all(dialect: Portal) -> dict[str, dict[str, Any]]:
    names = dialect.workflows.by_kind.get("contacts", {})
    if names:
        dialect.rests_on("hubspot.workflow_stamps")
    return {str(_FIRST_ID + at): _shown(dialect, at, name) for at, name in enumerate(names)}


def _shown(dialect: Portal, at: int, name: str) -> dict[str, Any]:
    waiting = sum(1 for row in dialect.store.rows(WAITING) if row.values["workflow"] == name)
    return {
        "id": _FIRST_ID + at, "name": name, "type": "DRIP_DELAY", "enabled": True, "insertedAt": 0, "updatedAt": 0,
        "contactCounts": {"active": waiting}, "contactListIds": {},
    }
