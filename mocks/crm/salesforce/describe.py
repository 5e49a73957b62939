"""What objects and fields there are: describeGlobal, the basic information of an object, its full description."""

from __future__ import annotations

from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from ...clock import from_ms, to_ms
from ...wire import Evidence, Request, Response
from .columns import Column
from .errors import reply, rest
from .kinds import Kind
from .org import Org
from .wire import attributes

_SOAP_TYPES = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int", "double": "xsd:double",
    "currency": "xsd:double", "percent": "xsd:double", "date": "xsd:date", "datetime": "xsd:dateTime",
    "address": "urn:address", "anyType": "xsd:anyType",
}
_NUMBERS = {"currency": (18, 2), "percent": (18, 2), "double": (18, 2)}


@rest("GET", "/services/data/{version}/sobjects", id="describe.global", evidence=Evidence.CLIENT_RUN)
def describe_global(org: Org, request: Request) -> Response:
    """List the objects."""
    version = request.params["version"]
    latest = max(kind.changed_ms for kind in org.kinds.values())
    body = {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [_entry(k, version) for k in org.kinds.values()]}
    return _unless_unchanged(request, latest, body)


@rest("GET", "/services/data/{version}/sobjects/{object}", id="describe.basic", evidence=Evidence.CLIENT_RUN)
def basic(org: Org, request: Request) -> Response:
    """Tell about one object, with the records used last."""
    kind = org.kind(request.params["object"])
    version = request.params["version"]
    rows = sorted(org.store.rows(kind.name), key=lambda r: r.modified_ms, reverse=True)[:5]
    recent = []
    for row in rows:
        org.served(row)
        shown: dict[str, Any] = {"attributes": attributes(kind.name, row.id, version), "Id": row.id}
        if kind.name_field:
            shown[kind.name_field] = row.values.get(kind.name_field)
        recent.append(shown)
    return reply(request, {"objectDescribe": _entry(kind, version), "recentItems": recent})


@rest("GET", "/services/data/{version}/sobjects/{object}/describe", id="describe.object", evidence=Evidence.CLIENT_RUN,
      note="no layouts, no list views")
def describe(org: Org, request: Request) -> Response:
    """Describe one object with its fields and child relationships."""
    kind = org.kind(request.params["object"])
    version = request.params["version"]
    entry = _entry(kind, version)
    root = f"/services/data/{version}/sobjects/{kind.name}"
    entry["urls"] = {
        **entry["urls"], "layouts": f"{root}/describe/layouts",
        "uiNewRecord": f"{request.base_url}/{kind.prefix}/e", "uiDetailTemplate": f"{request.base_url}/{{ID}}",
        "uiEditTemplate": f"{request.base_url}/{{ID}}/e",
    }
    shown = [c for name, c in kind.columns.items() if name not in kind.hidden]
    body = {
        "actionOverrides": [], "childRelationships": _children(org, kind), "compactLayoutable": True, **entry,
        "defaultImplementation": None, "extendedBy": None, "extendsInterfaces": None,
        "fields": [_field(org, c) for c in shown], "implementedBy": None, "implementsInterfaces": None,
        "lookupLayoutable": None, "namedLayoutInfos": [], "networkScopeFieldName": None,
        "recordTypeInfos": [{
            "active": True, "available": True, "defaultRecordTypeMapping": True, "developerName": "Master",
            "master": True, "name": "Master", "recordTypeId": "012000000000000AAA", "urls": {},
        }],
        "searchLayoutable": True, "sobjectDescribeOption": "FULL",
        "supportedScopes": [
            {"label": f"All {kind.plural.lower()}", "name": "everything"},
            {"label": f"My {kind.plural.lower()}", "name": "mine"},
        ],
    }
    return _unless_unchanged(request, kind.changed_ms, body)


def _unless_unchanged(request: Request, changed_ms: int, body: dict[str, Any]) -> Response:
    stamp = format_datetime(from_ms(changed_ms // 1000 * 1000), usegmt=True)
    since = request.headers.get("if-modified-since")
    if since is not None:
        try:
            unchanged = to_ms(parsedate_to_datetime(since)) >= changed_ms // 1000 * 1000
        except (ValueError, TypeError):
            unchanged = False
        if unchanged:
            return Response(304, b"", "", [("Last-Modified", stamp)])
    response = reply(request, body)
    response.headers.append(("Last-Modified", stamp))
    return response


def _entry(kind: Kind, version: str) -> dict[str, Any]:
    root = f"/services/data/{version}/sobjects/{kind.name}"
    changeable = not kind.closed
    return {
        "activateable": False, "associateEntityType": None, "associateParentEntity": None, "createable": changeable,
        "custom": kind.custom, "customSetting": False, "deepCloneable": False, "deletable": changeable,
        "deprecatedAndHidden": False, "feedEnabled": False, "hasSubtypes": False, "isInterface": False,
        "isSubtype": False, "keyPrefix": kind.prefix, "label": kind.label, "labelPlural": kind.plural,
        "layoutable": changeable, "mergeable": kind.name in ("Account", "Contact", "Lead"), "mruEnabled": changeable,
        "name": kind.name, "queryable": True, "replicateable": changeable, "retrieveable": True,
        "searchable": changeable, "triggerable": changeable, "undeletable": changeable, "updateable": changeable,
        "urls": {"sobject": root, "describe": f"{root}/describe", "rowTemplate": f"{root}/{{ID}}"},
    }


def _children(org: Org, kind: Kind) -> list[dict[str, Any]]:
    return [
        {
            "cascadeDelete": child.cascade, "childSObject": child.kind, "deprecatedAndHidden": False,
            "field": child.column, "junctionIdListNames": [], "junctionReferenceTo": [],
            "relationshipName": child.relationship, "restrictedDelete": False,
        }
        for child in kind.children if child.column not in org.kinds[child.kind].hidden
    ]


def _field(org: Org, column: Column) -> dict[str, Any]:
    info = column.info
    vendor_type = info.vendor_type
    length = 18 if vendor_type in ("id", "reference") else info.max_length or 0
    precision, scale = _NUMBERS.get(vendor_type, (0, 0))
    textual = length > 0 or bool(info.options)
    filterable = column.filterable and vendor_type != "address"
    return {
        "aggregatable": filterable and vendor_type not in ("boolean", "multipicklist"), "aiPredictionField": False,
        "autoNumber": False, "byteLength": length * 3 if textual else 0, "calculated": column.calculated,
        "calculatedFormula": None, "cascadeDelete": column.cascade, "caseSensitive": False,
        "compoundFieldName": column.compound, "controllerName": None, "createable": info.createable,
        "custom": info.custom or info.name.endswith("__c"), "defaultValue": column.blank, "defaultValueFormula": None,
        "defaultedOnCreate": column.blank is not None or info.name == "OwnerId", "dependentPicklist": False,
        "deprecatedAndHidden": False, "digits": 9 if vendor_type == "int" else 0, "displayLocationInDecimal": False,
        "encrypted": False, "externalId": info.external_id, "extraTypeInfo": None, "filterable": filterable,
        "filteredLookupInfo": None, "formulaTreatNullNumberAsZero": False, "groupable": filterable,
        "highScaleNumber": False, "htmlFormatted": False, "idLookup": column.is_key, "inlineHelpText": None,
        "label": info.label, "length": length, "mask": None, "maskType": None, "name": info.name,
        "nameField": column.name_field, "namePointing": len(info.reference_to) > 1,
        "nillable": not info.required and vendor_type not in ("boolean", "id") and info.name != "OwnerId",
        "permissionable": not info.required and info.createable, "picklistValues": [
            {"active": o.active, "defaultValue": o.value == info.default, "label": o.label, "validFor": None,
             "value": o.value} for o in info.options
        ],
        "polymorphicForeignKey": len(info.reference_to) > 1, "precision": precision, "queryByDistance": False,
        "referenceTargetField": None, "referenceTo": [t for t in info.reference_to if t in org.kinds],
        "relationshipName": column.relationship, "relationshipOrder": None, "restrictedDelete": False,
        "restrictedPicklist": info.restricted, "scale": scale, "searchPrefilterable": False,
        "soapType": _SOAP_TYPES.get(vendor_type, "xsd:string"), "sortable": filterable, "type": vendor_type,
        "unique": info.unique, "updateable": info.updateable, "writeRequiresMasterRead": False,
    }
