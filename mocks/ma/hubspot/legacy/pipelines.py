"""Pipelines as v1 shows them: `/crm-pipelines/v1` and the array of `/deals/v1/pipelines` (research/hubspot.md 1.4)."""

from __future__ import annotations

from typing import Any

from ....wire import Evidence, Request, Response
from .. import errors
from ..kinds import DEALS, ObjectType
from ..pipelines_data import pipelines_of
from ..portal import Portal
from ..values import parse_ms
from ..wire import json_response
from .envelope import answers_v1, vendor_type


def _all(dialect: Portal, object_type: ObjectType) -> dict[str, dict[str, Any]]:
    return pipelines_of(dialect.store, object_type.kind)


@answers_v1("GET", "/crm-pipelines/v1/pipelines/{objectType}", id="legacy.pipelines", evidence=Evidence.CLIENT_SOURCE)
def list_pipelines(dialect: Portal, request: Request) -> Response:
    """Return the pipelines of an object type."""
    object_type = vendor_type(request.params["objectType"])
    found = _all(dialect, object_type)
    return json_response({"results": [_shown(object_type, p, at) for at, p in enumerate(found.values())]})


def _shown(object_type: ObjectType, pipeline: dict[str, Any], at: int) -> dict[str, Any]:
    return {
        "pipelineId": pipeline["id"], "objectType": object_type.legacy, "objectTypeId": object_type.type_id,
        "label": pipeline["label"], "displayOrder": pipeline["displayOrder"], "active": not pipeline["archived"],
        "createdAt": _ms(pipeline["createdAt"]), "updatedAt": _ms(pipeline["updatedAt"]), "default": at == 0,
        "stages": [
            {"stageId": s["id"], "label": s["label"], "displayOrder": s["displayOrder"], "metadata": s["metadata"],
             "createdAt": _ms(s["createdAt"]), "updatedAt": _ms(s["updatedAt"]), "active": not s["archived"]}
            for s in pipeline["stages"]
        ],
    }


@answers_v1("GET", "/deals/v1/pipelines", id="legacy.deal_pipelines", evidence=Evidence.CLIENT_SOURCE)
def list_deal_pipelines(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (one signature for all)
    """Return the deal pipelines as an array."""
    return json_response([_deal_pipeline(p) for p in _all(dialect, DEALS).values()])


@answers_v1("GET", "/deals/v1/pipelines/{pipelineId}", id="legacy.deal_pipeline", evidence=Evidence.CLIENT_SOURCE)
def get_deal_pipeline(dialect: Portal, request: Request) -> Response:
    """Return one deal pipeline."""
    found = _all(dialect, DEALS).get(request.params["pipelineId"])
    if found is None:
        raise errors.not_found()
    return json_response(_deal_pipeline(found))


def _deal_pipeline(pipeline: dict[str, Any]) -> dict[str, Any]:
    return {
        "pipelineId": pipeline["id"], "label": pipeline["label"], "active": not pipeline["archived"],
        "displayOrder": pipeline["displayOrder"], "staticDefault": pipeline["id"] == "default",
        "stages": [
            {"stageId": s["id"], "label": s["label"], "active": not s["archived"], "displayOrder": s["displayOrder"],
             "probability": float(s["metadata"].get("probability", 0)),
             "closedWon": s["metadata"].get("isClosed") == "true" and s["metadata"].get("probability") == "1.0"}
            for s in pipeline["stages"]
        ],
    }


def _ms(stamp: str) -> int:
    return parse_ms(stamp) or 0
