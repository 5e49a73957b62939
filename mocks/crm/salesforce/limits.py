"""The org at large: versions, the list of resources, limits."""

from __future__ import annotations

from ...wire import Evidence, Request, Response
from .errors import reply, rest
from .org import Org
from .wire import NEWEST, OLDEST, version_label

_ROOT = ("services", "data", "{version}")


@rest("GET", "/services/data", id="org.versions", evidence=Evidence.CLIENT_SOURCE)
def versions(org: Org, request: Request) -> Response:  # noqa: ARG001 (one signature for all)
    """List the versions spoken; needs no session."""
    return reply(request, [
        {"label": version_label(n), "url": f"/services/data/v{n}.0", "version": f"{n}.0"}
        for n in range(OLDEST, NEWEST + 1)
    ])


@rest("GET", "/services/data/{version}", id="org.resources", evidence=Evidence.CLIENT_RUN,
      note="lists what this mock offers, not what a real org would")
def resources(org: Org, request: Request) -> Response:
    """Map resource names to their addresses."""
    version = request.params["version"]
    paths = (tuple(filter(None, op.path.split("/"))) for op in org.router.operations)
    names = dict.fromkeys(p[3] for p in paths if p[:3] == _ROOT and len(p) > 3)
    body = {name: f"/services/data/{version}/{name}" for name in names}
    return reply(request, {**body, "identity": f"{request.base_url}/id/{org.org_id}/{org.acting_user(request)}"})


@rest("GET", "/services/data/{version}/limits", id="org.limits", evidence=Evidence.CLIENT_RUN,
      note="what REST calls and bulk jobs use up moves; the other limits stand still")
def limits(org: Org, request: Request) -> Response:
    """Tell the limits of the org and what is left."""
    most = int(org.settings["api_limit"])
    body = {"DailyApiRequests": {"Max": most, "Remaining": max(most - org.calls_used, 0)}}
    return reply(request, {**body, **{name: {"Max": n, "Remaining": max(n - org.usage[name], 0)} for name, n in org.limits.items()}})
