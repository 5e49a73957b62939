"""Composite graphs: several composite requests in one call, each of them done whole or not at all.

Source: the vendor's pages on composite graphs (from version 50.0; 500 nodes; rows of objects only) and research
`salesforce.md` section 1.7.
"""

from __future__ import annotations

import re
from typing import Any

from ...wire import Evidence, Request, Response
from .composite import COMPOSITE, calls_in, check_depth, check_names, perform_calls
from .errors import ApiError, cannot_deserialize, json_object, reply, rest
from .org import Org

MOST_NODES, MOST_GRAPHS = 500, 75
# How many segments follow `sobjects` -> methods that a node may use there.
_METHODS = {1: {"POST"}, 2: {"DELETE", "GET", "PATCH"}, 3: {"DELETE", "GET", "PATCH", "POST"}}


@rest("POST", COMPOSITE + "/graph", id="composite.graph", evidence=Evidence.DOCUMENT,
      note="the depth of a graph is not checked; texts of refused graphs are ours")
def graph(org: Org, request: Request) -> Response:
    """Do graphs of calls; in each of them a failure undoes its other calls, the other graphs stay."""
    body = json_object(request)
    check_depth(body)
    graphs = body.get("graphs")
    if not isinstance(graphs, list) or not all(isinstance(g, dict) for g in graphs):
        raise cannot_deserialize("list", graphs)
    planned = [(str(g.get("graphId", "")), calls_in(g)) for g in graphs]
    _check(planned)
    answers = []
    for graph_id, calls in planned:
        responses, failed = perform_calls(org, request, calls, all_or_none=True)
        answers.append({
            "graphId": graph_id, "graphResponse": {"compositeResponse": responses}, "isSuccessful": not failed,
        })
    return reply(request, {"graphs": answers})


def _check(planned: list[tuple[str, list[dict[str, Any]]]]) -> None:
    """Refuse what is no set of graphs as a whole, before anything is done."""
    nodes = sum(len(calls) for _, calls in planned)
    if nodes > MOST_NODES or len(planned) > MOST_GRAPHS:
        text = f"Limit exceeded. At most {MOST_GRAPHS} graphs with {MOST_NODES} nodes together, not {len(planned)} with {nodes}"
        raise ApiError("LIMIT_EXCEEDED", text)
    ids = [graph_id for graph_id, _ in planned]
    for graph_id, calls in planned:
        if not re.fullmatch(r"[A-Za-z0-9][^.]{0,38}", graph_id) or ids.count(graph_id) > 1:
            raise ApiError("INVALID_INPUT", f"Provided graphId ('{graph_id}') is missing, repeated or malformed")
        check_names(calls)
        for call in calls:
            _check_node(call)


def _check_node(call: dict[str, Any]) -> None:
    # A reference may hold any character; here only the number of segments counts.
    path = re.sub(r"@\{[^}]*\}", "ref", str(call.get("url", ""))).partition("?")[0]
    segments = [s for s in path.split("/") if s]
    inside = segments[4:] if segments[:2] == ["services", "data"] and segments[3:4] == ["sobjects"] else []
    if str(call.get("method", "GET")).upper() not in _METHODS.get(len(inside), set()):
        text = f"A graph holds records only; not allowed: {call.get('method')} {call.get('url')}"
        raise ApiError("INVALID_INPUT", text, hint="POST sobjects/X; GET, PATCH, DELETE sobjects/X/id or by external id")
