"""Pipelines and their stages: looking them up and changing them (research/hubspot.md 1.4).

A stage of the lifecycle pipeline is an option of `lifecyclestage`; a stage added to any pipeline gets stamps of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...wire import Evidence, Request, Response
from . import errors
from .catalogue import stage_property
from .definitions import groups_of, put
from .errors import Refusal
from .kinds import ObjectType
from .pipelines_data import PIPELINES, Pipeline, pipelines_of
from .portal import USER_ID, Portal, iso_ms
from .views import type_of
from .wire import answers, body_of, json_response, spellings

_FIRST_PIPELINE, _FIRST_STAGE = 75_400_001, 145_900_001
_ALL = spellings("pipelines", "/{objectType}")
_ONE = spellings("pipelines", "/{objectType}/{pipelineId}")
_STAGES = spellings("pipelines", "/{objectType}/{pipelineId}/stages")
_STAGE = spellings("pipelines", "/{objectType}/{pipelineId}/stages/{stageId}")
_TICKET_STATES = ("OPEN", "CLOSED")


@answers("GET", *_ALL, id="pipelines.list", evidence=Evidence.DOCUMENT)
def list_pipelines(dialect: Portal, request: Request) -> Response:
    """Return the pipelines of an object type."""
    return json_response({"results": list(pipelines_of(dialect.store, type_of(dialect, request).kind).values())})


@answers("GET", *_ONE, id="pipelines.get", evidence=Evidence.DOCUMENT)
def get_pipeline(dialect: Portal, request: Request) -> Response:
    """Return one pipeline."""
    return json_response(_pipeline(dialect, request))


@answers("GET", *_STAGES, id="pipelines.stages", evidence=Evidence.DOCUMENT)
def list_stages(dialect: Portal, request: Request) -> Response:
    """Return the stages of a pipeline."""
    return json_response({"results": _pipeline(dialect, request)["stages"]})


@answers("GET", *_STAGE, id="pipelines.stage", evidence=Evidence.DOCUMENT)
def get_stage(dialect: Portal, request: Request) -> Response:
    """Return one stage."""
    return json_response(_stage(_pipeline(dialect, request), request.params["stageId"]))


@answers("POST", *_ALL, id="pipelines.create", evidence=Evidence.DOCUMENT)
def create_pipeline(dialect: Portal, request: Request) -> Response:
    """Add a pipeline with its stages."""
    object_type, body = _with_pipelines(dialect, request), body_of(request)
    _demand(body, "displayOrder", "label", "stages")
    pipeline_id = str(body.get("pipelineId") or dialect.dice.count("hubspot.pipelines", _FIRST_PIPELINE))
    known = pipelines_of(dialect.store, object_type.kind)
    if pipeline_id in known or any(p["label"] == body["label"] for p in known.values()):
        raise errors.already_exists("Pipeline", str(body["label"]))
    now = iso_ms(dialect.clock.now_ms())
    new = {
        "label": str(body["label"]), "displayOrder": _order(body), "id": pipeline_id,
        "stages": _new_stages(dialect, object_type, body["stages"], now), "createdAt": now, "updatedAt": now, "archived": False,
    }
    return json_response(_keep(dialect, object_type, new, "CREATE"), 201)


@answers("PATCH", *_ONE, id="pipelines.update", evidence=Evidence.DOCUMENT)
def update_pipeline(dialect: Portal, request: Request) -> Response:
    """Rename a pipeline, move it, or bring an archived one back (`archived: false`)."""
    object_type, body = _with_pipelines(dialect, request), body_of(request)
    if body.get("archived") is False:
        gone = pipelines_of(dialect.store, object_type.kind, archived=True).get(request.params["pipelineId"])
        if gone is not None:
            return json_response(_keep(dialect, object_type, _renamed({**gone, "archived": False}, body), "UPDATE"))
    return json_response(_keep(dialect, object_type, _renamed(_pipeline(dialect, request), body), "UPDATE"))


@answers("PUT", *_ONE, id="pipelines.replace", evidence=Evidence.DOCUMENT)
def replace_pipeline(dialect: Portal, request: Request) -> Response:
    """Replace everything of a pipeline but its id; a stage whose `stageId` is known stays the same stage."""
    object_type, body = _with_pipelines(dialect, request), body_of(request)
    _demand(body, "displayOrder", "label", "stages")
    old, now = _pipeline(dialect, request), iso_ms(dialect.clock.now_ms())
    stages = _new_stages(dialect, object_type, body["stages"], now)
    left = {s["id"] for s in old["stages"]} - {s["id"] for s in stages}
    _check_references(dialect, request, object_type, lambda stage: stage in left)
    return json_response(_keep(dialect, object_type, {**_renamed(old, body), "stages": stages}, "UPDATE"))


@answers("DELETE", *_ONE, id="pipelines.archive", evidence=Evidence.DOCUMENT)
def archive_pipeline(dialect: Portal, request: Request) -> Response:
    """Archive a pipeline; with `validateReferencesBeforeDelete=true` not while records are in it."""
    object_type, old = _with_pipelines(dialect, request), _pipeline(dialect, request)
    stages = {s["id"] for s in old["stages"]}
    _check_references(dialect, request, object_type, stages.__contains__)
    _keep(dialect, object_type, {**old, "archived": True}, "DELETE")
    return Response(204)


# -- stages ---------------------------------------------------------------------------------------------


@answers("POST", *_STAGES, id="pipelines.create_stage", evidence=Evidence.DOCUMENT)
def create_stage(dialect: Portal, request: Request) -> Response:
    """Add a stage."""
    object_type, old = _with_pipelines(dialect, request), _pipeline(dialect, request)
    stage = _new_stage(dialect, object_type, body_of(request), iso_ms(dialect.clock.now_ms()))
    if any(stage["label"] == s["label"] or stage["id"] == s["id"] for s in old["stages"]):
        raise errors.already_exists("Pipeline stage", stage["label"])
    _keep(dialect, object_type, {**old, "stages": [*old["stages"], stage]}, "UPDATE")
    return json_response(stage, 201)


@answers("PATCH", *_STAGE, id="pipelines.update_stage", evidence=Evidence.DOCUMENT)
def update_stage(dialect: Portal, request: Request) -> Response:
    """Rename or move a stage, or change its metadata."""
    return _change_stage(dialect, request, replace=False)


@answers("PUT", *_STAGE, id="pipelines.replace_stage", evidence=Evidence.DOCUMENT)
def replace_stage(dialect: Portal, request: Request) -> Response:
    """Replace everything of a stage but its id."""
    return _change_stage(dialect, request, replace=True)


def _change_stage(dialect: Portal, request: Request, *, replace: bool) -> Response:
    object_type, old, body = _with_pipelines(dialect, request), _pipeline(dialect, request), body_of(request)
    if replace:
        _demand(body, "displayOrder", "label", "metadata")
    stage = _stage(old, request.params["stageId"])
    changed = {**_renamed(stage, body), "updatedAt": iso_ms(dialect.clock.now_ms())}
    if "metadata" in body:
        changed["metadata"] = _metadata(object_type, body, {} if replace else stage["metadata"])
    _keep(dialect, object_type, {**old, "stages": [changed if s is stage else s for s in old["stages"]]}, "UPDATE")
    return json_response(changed)


@answers("DELETE", *_STAGE, id="pipelines.archive_stage", evidence=Evidence.DOCUMENT)
def archive_stage(dialect: Portal, request: Request) -> Response:
    """Remove a stage; a stage that records are in is refused (ASSUMED)."""
    object_type, old = _with_pipelines(dialect, request), _pipeline(dialect, request)
    stage = _stage(old, request.params["stageId"])
    if _is_used(dialect, object_type, {stage["id"]}.__contains__):
        raise Refusal(400, f"Stage {stage['id']} is in use and cannot be deleted", assumed="hubspot.text_pipeline_in_use")
    _keep(dialect, object_type, {**old, "stages": [s for s in old["stages"] if s is not stage]}, "UPDATE")
    return Response(204)


@answers("GET", *(f"{p}/audit" for p in _ONE), *(f"{p}/audit" for p in _STAGE), id="pipelines.audit",
         evidence=Evidence.DOCUMENT, note="the changes of a stage are told as changes of its pipeline")
def audit(dialect: Portal, request: Request) -> Response:
    """Return what was done to a pipeline, latest first."""
    kind = type_of(dialect, request).kind
    row = dialect.store.get(PIPELINES, f"{kind}/{request.params['pipelineId']}")
    if row is None:
        _pipeline(dialect, request)
    return json_response({"results": list(reversed(row.values["audit"])) if row is not None else []})


# -- keeping --------------------------------------------------------------------------------------------


def _keep(dialect: Portal, object_type: ObjectType, pipeline: Pipeline, action: str) -> Pipeline:
    """Put a pipeline into the store as it is from now on, and let the properties of the object type follow."""
    now = iso_ms(dialect.clock.now_ms())
    kept = {**pipeline, "updatedAt": now, "stages": sorted(pipeline["stages"], key=lambda s: s["displayOrder"])}
    row_id = f"{object_type.kind}/{kept['id']}"
    row = dialect.store.get(PIPELINES, row_id)
    entry = {
        "portalId": dialect.portal_id, "identifier": kept["id"], "action": action, "timestamp": now,
        "fromUserId": USER_ID, "message": f"{action} {kept['label']}", "rawObject": None,
    }
    values = {
        "kind": object_type.kind, "id": kept["id"], "pipeline": kept, "archived": kept["archived"],
        "audit": (*(row.values["audit"] if row is not None else ()), entry),
    }
    if row is None:
        dialect.store.create(PIPELINES, row_id, values)
    else:
        dialect.store.update(row, values)
    _follow(dialect, object_type, kept)
    return kept


def _follow(dialect: Portal, object_type: ObjectType, pipeline: Pipeline) -> None:
    kinds = ("contacts", "companies") if object_type.kind == "contacts" else (object_type.kind,)
    for kind in kinds:
        known = dialect.catalogue(kind).by_name
        group = next(reversed(groups_of(dialect, kind)))
        for stage in pipeline["stages"]:
            for verb in ("entered", "exited"):
                name = f"hs_v2_date_{verb}_{stage['id'].replace('-', '_').lower()}"
                if name not in known:
                    put(dialect, kind, stage_property(name, f'Date {verb} "{stage["label"]} ({pipeline["label"]})"', group))
        if object_type.kind == "contacts":
            lifecycle = dialect.catalogue(kind).by_name["lifecyclestage"]
            put(dialect, kind, lifecycle.with_options(tuple((s["id"], s["label"], False) for s in pipeline["stages"])))


# -- reading bodies -------------------------------------------------------------------------------------


def _with_pipelines(dialect: Portal, request: Request) -> ObjectType:
    found = type_of(dialect, request)
    if not found.stage and found.kind != "contacts":
        raise Refusal(400, f"Object type {found.type_id} does not have pipelines", assumed="hubspot.text_no_pipelines")
    return found


def _pipeline(dialect: Portal, request: Request) -> Pipeline:
    found = pipelines_of(dialect.store, type_of(dialect, request).kind).get(request.params["pipelineId"])
    if found is None:
        raise errors.not_found()
    return found


def _stage(pipeline: Pipeline, stage_id: str) -> dict[str, Any]:
    for stage in pipeline["stages"]:
        if stage["id"] == stage_id:
            return stage  # type: ignore[no-any-return]
    raise errors.not_found()


def _demand(body: dict[str, Any], *names: str) -> None:
    missing = [n for n in names if body.get(n) is None]
    if missing:
        raise errors.not_set(*missing)


def _order(body: dict[str, Any]) -> int:
    order = body["displayOrder"]
    if not isinstance(order, int) or isinstance(order, bool):
        raise errors.wrong_type("int", "String value (token `JsonToken.VALUE_STRING`)")
    return order


def _renamed(old: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    found = dict(old)
    if body.get("label") is not None:
        found["label"] = str(body["label"])
    if body.get("displayOrder") is not None:
        found["displayOrder"] = _order(body)
    return found


def _new_stages(dialect: Portal, object_type: ObjectType, given: object, now: str) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(s, dict) for s in given):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    stages = [_new_stage(dialect, object_type, s, now) for s in given]
    labels = [s["label"] for s in stages]
    if len(set(labels)) < len(labels):
        raise errors.already_exists("Pipeline stage", next(n for n in labels if labels.count(n) > 1))
    return stages


def _new_stage(dialect: Portal, object_type: ObjectType, given: dict[str, Any], now: str) -> dict[str, Any]:
    _demand(given, "displayOrder", "label")
    metadata = _metadata(object_type, given, {})
    stage_id = str(given.get("stageId") or dialect.dice.count("hubspot.stages", _FIRST_STAGE))
    return {
        "label": str(given["label"]), "displayOrder": _order(given), "metadata": metadata, "id": stage_id, "createdAt": now,
        "updatedAt": now, "archived": False, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }


def _metadata(object_type: ObjectType, given: dict[str, Any], known: dict[str, str]) -> dict[str, str]:
    """Return the metadata of a stage: deals must have a probability, tickets are open or closed."""
    raw = given.get("metadata") or {}
    if not isinstance(raw, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    found = {**known, **{str(k): str(v) for k, v in raw.items()}}
    if object_type.kind == "deals":
        odds = found.get("probability", "")
        if not _is_share(odds):
            raise Refusal(400, f"Invalid probability {odds or 'null'}: a number between 0.0 and 1.0 is needed",
                          assumed="hubspot.text_pipeline_metadata")
        found["isClosed"] = "true" if float(odds) in (0.0, 1.0) else "false"
    if object_type.kind == "tickets":
        found.setdefault("ticketState", "OPEN")
        if found["ticketState"] not in _TICKET_STATES:
            raise Refusal(400, f"Invalid ticketState {found['ticketState']}", assumed="hubspot.text_pipeline_metadata")
        found["isClosed"] = "true" if found["ticketState"] == "CLOSED" else "false"
    return found


def _is_share(text: str) -> bool:
    try:
        return 0.0 <= float(text) <= 1.0
    except ValueError:
        return False


def _check_references(
    dialect: Portal, request: Request, object_type: ObjectType, is_meant: Callable[[str], bool]
) -> None:
    asked = ("validateReferencesBeforeDelete", "validateDealStageUsagesBeforeDelete")
    if any(request.flag(name) for name in asked) and _is_used(dialect, object_type, is_meant):
        raise Refusal(400, "The pipeline is in use and cannot be deleted", assumed="hubspot.text_pipeline_in_use")


def _is_used(dialect: Portal, object_type: ObjectType, is_meant: Callable[[str], bool]) -> bool:
    name = object_type.stage or "lifecyclestage"
    return any(is_meant(str(row.values.get(name) or "")) for row in dialect.store.rows(object_type.kind))
