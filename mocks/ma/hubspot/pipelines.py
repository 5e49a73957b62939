"""Pipelines and their stages, read only (research/hubspot.md 1.4)."""

from __future__ import annotations

from typing import Any

from ...wire import Evidence, Request, Response
from . import errors
from .pipelines_data import pipelines_of
from .portal import Portal
from .views import type_of
from .wire import answers, json_response, spellings


@answers("GET", *spellings("pipelines", "/{objectType}"), id="pipelines.list", evidence=Evidence.DOCUMENT)
def list_pipelines(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (a handler's signature)
    """Return the pipelines of an object type."""
    return json_response({"results": list(pipelines_of(type_of(request).kind).values())})


@answers("GET", *spellings("pipelines", "/{objectType}/{pipelineId}"), id="pipelines.get", evidence=Evidence.DOCUMENT)
def get_pipeline(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (a handler's signature)
    """Return one pipeline."""
    return json_response(_pipeline(request))


@answers("GET", *spellings("pipelines", "/{objectType}/{pipelineId}/stages"), id="pipelines.stages",
         evidence=Evidence.DOCUMENT)
def list_stages(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (a handler's signature)
    """Return the stages of a pipeline."""
    return json_response({"results": _pipeline(request)["stages"]})


@answers("GET", *spellings("pipelines", "/{objectType}/{pipelineId}/stages/{stageId}"), id="pipelines.stage",
         evidence=Evidence.DOCUMENT)
def get_stage(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (a handler's signature)
    """Return one stage."""
    for stage in _pipeline(request)["stages"]:
        if stage["id"] == request.params["stageId"]:
            return json_response(stage)
    raise errors.not_found()


def _pipeline(request: Request) -> dict[str, Any]:
    found = pipelines_of(type_of(request).kind).get(request.params["pipelineId"])
    if found is None:
        raise errors.not_found()
    return found
