"""Page layouts as clients read them: one layout per object with every field, and the system's compact layout.

The shape is that of the vendor's pages; what stands in the layout of a real org is its administrator's choice, so both
answers count as assumed.
"""

from __future__ import annotations

from typing import Any

from ...wire import Evidence, Request, Response
from .columns import Column
from .conditions import metadata_headers, unchanged
from .describe import SOBJECT, field_of, record_types_of
from .errors import not_found, reply, rest
from .ids import checksum, full_id
from .kinds import Kind
from .org import Org

_NOTE = "one layout with all fields in the order of describe, whatever the record type"
_COLUMNS = 2


@rest("GET", SOBJECT + "/describe/layouts", id="describe.layouts", evidence=Evidence.ASSUMED, note=_NOTE)
def layouts(org: Org, request: Request) -> Response:
    """Describe the page layouts of an object and which record type uses which."""
    kind = org.kind(request.params["object"])
    root = f"/services/data/{request.params['version']}/sobjects/{kind.name}"
    mappings = [
        {**{k: v for k, v in about.items() if k != "urls"}, "layoutId": _layout_id(kind), "picklistsForRecordType": None,
         "urls": about["urls"]}
        for about in record_types_of(org, kind, root)
    ]
    body = {
        "layouts": [_layout(org, kind)], "recordTypeMappings": mappings, "recordTypeSelectorRequired": [len(mappings) > 1],
    }
    return _answer(org, request, kind, body, "layouts")


@rest("GET", SOBJECT + "/describe/layouts/{record_type}", id="describe.layout", evidence=Evidence.ASSUMED, note=_NOTE)
def layout(org: Org, request: Request) -> Response:
    """Describe the page layout that records of a type are shown with."""
    kind = org.kind(request.params["object"])
    known = {about["recordTypeId"] for about in record_types_of(org, kind, "")}
    if full_id(request.params["record_type"]) not in known:
        raise not_found(hint=f"record types of {kind.name}: {', '.join(sorted(known))}")
    return _answer(org, request, kind, _layout(org, kind), "layout")


@rest("GET", SOBJECT + "/describe/compactLayouts", id="describe.compact_layouts", evidence=Evidence.ASSUMED,
      note="the system's own layout with the name alone")
def compact_layouts(org: Org, request: Request) -> Response:
    """Describe the compact layouts of an object: the system's own."""
    kind = org.kind(request.params["object"])
    root = f"/services/data/{request.params['version']}/sobjects/{kind.name}"
    named = [c for c in kind.columns.values() if c.name == kind.name_field and c.name not in kind.hidden]
    system = {
        "actions": [], "fieldItems": [_item(org, c, n) for n, c in enumerate(named, start=1)], "id": None, "imageItems": [],
        "label": "System Default", "name": "SYSTEM", "objectType": kind.name,
    }
    mappings = [
        {"available": about["available"], "compactLayoutId": None, "compactLayoutName": "SYSTEM",
         "recordTypeId": about["recordTypeId"], "recordTypeName": about["name"], "urls": {}}
        for about in record_types_of(org, kind, root)
    ]
    body = {
        "compactLayouts": [system], "defaultCompactLayoutId": None, "recordTypeCompactLayoutMappings": mappings,
        "urls": {"primary": f"{root}/describe/compactLayouts/primary"},
    }
    return _answer(org, request, kind, body, "compact")


def _answer(org: Org, request: Request, kind: Kind, body: dict[str, Any], what: str) -> Response:
    name = f"{kind.name}/{what}/{request.params['version']}"
    same = unchanged(request, kind.changed_ms, name)
    if same is not None:
        return same
    org.rests_on("salesforce.layouts")
    response = reply(request, body)
    response.headers.extend(metadata_headers(kind.changed_ms, name))
    return response


def _layout(org: Org, kind: Kind) -> dict[str, Any]:
    shown = [c for c in kind.columns.values() if c.name not in kind.hidden and c.compound is None]
    edited = [c for c in shown if c.info.createable or c.info.updateable]
    return {
        "buttonLayoutSection": {"detailButtons": []}, "detailLayoutSections": [_section(org, shown)],
        "editLayoutSections": [_section(org, edited)], "feedView": None, "highlightsPanelLayout": None,
        "id": _layout_id(kind), "multirowEditLayoutSections": [], "offlineLinks": [], "quickActionList": None,
        "relatedContent": None, "relatedLists": [], "saveOptions": [],
    }


def _section(org: Org, columns: list[Column]) -> dict[str, Any]:
    items = [_item(org, c, n) for n, c in enumerate(columns, start=1)]
    pairs = [items[n : n + _COLUMNS] for n in range(0, len(items), _COLUMNS)]
    rows = [{"layoutItems": pair, "numItems": len(pair)} for pair in pairs]
    return {
        "collapsed": False, "columns": _COLUMNS, "heading": "Information", "layoutRows": rows, "layoutSectionId": None,
        "parentLayoutId": None, "rows": len(rows), "tabOrder": "TopToBottom", "useCollapsibleSection": False,
        "useHeading": True,
    }


def _item(org: Org, column: Column, order: int) -> dict[str, Any]:
    info = column.info
    component = {
        "details": field_of(org, column), "displayLines": 1, "tabOrder": order, "type": "Field", "value": info.name,
    }
    return {
        "editableForNew": info.createable, "editableForUpdate": info.updateable, "label": info.label,
        "layoutComponents": [component], "placeholder": False, "required": info.required,
    }


def _layout_id(kind: Kind) -> str:
    id15 = f"00h5g0000000{kind.prefix}"
    return id15 + checksum(id15)
