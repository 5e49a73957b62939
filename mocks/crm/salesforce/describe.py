"""What objects and fields there are: describeGlobal, the basic information of an object, its full description."""

from __future__ import annotations

from typing import Any

from ...wire import Evidence, Request, Response
from .columns import NUMBERS, Column
from .conditions import metadata_headers, unchanged
from .errors import reply, rest
from .kinds import Kind
from .merging import is_mergeable
from .org import Org
from .recent import recent_items
from .search import is_searchable

SOBJECT = "/services/data/{version}/sobjects/{object}"
MASTER_TYPE = "012000000000000AAA"
MOST_SHOWN = 5
_SOAP_TYPES = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int", "double": "xsd:double",
    "currency": "xsd:double", "percent": "xsd:double", "date": "xsd:date", "datetime": "xsd:dateTime",
    "address": "urn:address", "anyType": "xsd:anyType",
}


@rest("GET", "/services/data/{version}/sobjects", id="describe.global", evidence=Evidence.CLIENT_RUN)
def describe_global(org: Org, request: Request) -> Response:
    """List the objects."""
    version = request.params["version"]
    latest = max(kind.changed_ms for kind in org.kinds.values())
    same = unchanged(request, latest, f"global/{version}")
    if same is not None:
        return same
    body = {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [entry_of(k, version) for k in org.kinds.values()]}
    return _tagged(request, body, latest, f"global/{version}")


@rest("GET", SOBJECT, id="describe.basic", evidence=Evidence.CLIENT_RUN,
      note="recentItems: the records that the user saved last (switch recent_items)")
def basic(org: Org, request: Request) -> Response:
    """Tell about one object, with the records used last."""
    kind = org.kind(request.params["object"])
    version = request.params["version"]
    same = unchanged(request, kind.changed_ms, f"{kind.name}/basic/{version}")
    if same is not None:
        return same
    items = recent_items(org, (kind,), org.acting_user(request), version, MOST_SHOWN)
    body = {"objectDescribe": entry_of(kind, version), "recentItems": items}
    return _tagged(request, body, kind.changed_ms, f"{kind.name}/basic/{version}")


@rest("GET", SOBJECT + "/describe", id="describe.object", evidence=Evidence.CLIENT_RUN, note="no list views")
def describe(org: Org, request: Request) -> Response:
    """Describe one object with its fields and child relationships."""
    kind = org.kind(request.params["object"])
    version = request.params["version"]
    same = unchanged(request, kind.changed_ms, f"{kind.name}/{version}")
    if same is not None:
        return same
    body = description_of(org, kind, version, request.base_url)
    return _tagged(request, body, kind.changed_ms, f"{kind.name}/{version}")


def _tagged(request: Request, body: dict[str, Any], changed_ms: int, name: str) -> Response:
    response = reply(request, body)
    response.headers.extend(metadata_headers(changed_ms, name))
    return response


def description_of(org: Org, kind: Kind, version: str, base_url: str) -> dict[str, Any]:
    """Return the full description of an object: its flags, fields, child relationships, record types."""
    entry = entry_of(kind, version)
    root = f"/services/data/{version}/sobjects/{kind.name}"
    entry["urls"] = {
        **entry["urls"], "layouts": f"{root}/describe/layouts", "compactLayouts": f"{root}/describe/compactLayouts",
        "uiNewRecord": f"{base_url}/{kind.prefix}/e", "uiDetailTemplate": f"{base_url}/{{ID}}",
        "uiEditTemplate": f"{base_url}/{{ID}}/e",
    }
    return {
        "actionOverrides": [], "childRelationships": _children(org, kind), "compactLayoutable": True, **entry,
        "defaultImplementation": None, "extendedBy": None, "extendsInterfaces": None,
        "fields": [field_of(org, c) for c in kind.seen.values()], "implementedBy": None, "implementsInterfaces": None,
        "lookupLayoutable": None, "namedLayoutInfos": [], "networkScopeFieldName": None,
        "recordTypeInfos": record_types_of(org, kind, root),
        "searchLayoutable": True, "sobjectDescribeOption": "FULL",
        "supportedScopes": [
            {"label": f"All {kind.plural.lower()}", "name": "everything"},
            {"label": f"My {kind.plural.lower()}", "name": "mine"},
        ],
    }


def record_types_of(org: Org, kind: Kind, root: str) -> list[dict[str, Any]]:
    """Return the record types of an object, the master type (which every object has) last.

    What an org's metadata told comes first, as it was told; then those that are there only as records.
    """
    told = {t["recordTypeId"] for t in kind.record_types}
    found = [{**t, "urls": t.get("urls") or {}} for t in kind.record_types]
    rows = [r.values for r in org.store.rows("RecordType") if r.values.get("SobjectType") == kind.name]
    for values in rows:
        if values["Id"] not in told:
            name = str(values["Name"])
            active, is_first = bool(values["IsActive"]), not found
            developer_name = str(values.get("DeveloperName") or name)
            found.append(_record_type(root, str(values["Id"]), name, developer_name, active=active, default=is_first))
    has_default = any(t.get("defaultRecordTypeMapping") for t in found)
    master = _record_type(root, MASTER_TYPE, "Master", "Master", active=True, default=not has_default)
    return [*found, {**master, "master": True}]


def _record_type(root: str, type_id: str, name: str, developer_name: str, *, active: bool, default: bool) -> dict[str, Any]:
    return {
        "active": active, "available": active, "defaultRecordTypeMapping": default, "developerName": developer_name,
        "master": False, "name": name, "recordTypeId": type_id, "urls": {"layout": f"{root}/describe/layouts/{type_id}"},
    }


def entry_of(kind: Kind, version: str) -> dict[str, Any]:
    """Return what describeGlobal says of an object."""
    root = f"/services/data/{version}/sobjects/{kind.name}"
    changeable = not kind.closed
    return {
        "activateable": False, "associateEntityType": None, "associateParentEntity": None, "createable": changeable,
        "custom": kind.custom, "customSetting": False, "deepCloneable": False, "deletable": kind.deletable,
        "deprecatedAndHidden": False, "feedEnabled": False, "hasSubtypes": False, "isInterface": False,
        "isSubtype": False, "keyPrefix": kind.prefix, "label": kind.label, "labelPlural": kind.plural,
        "layoutable": changeable, "mergeable": is_mergeable(kind), "mruEnabled": changeable,
        "name": kind.name, "queryable": True, "replicateable": changeable, "retrieveable": True,
        "searchable": is_searchable(kind), "triggerable": changeable, "undeletable": kind.deletable, "updateable": changeable,
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


def field_of(org: Org, column: Column) -> dict[str, Any]:
    """Return the description of one field, with every key that clients index."""
    info = column.info
    vendor_type = info.vendor_type
    length = 18 if vendor_type in ("id", "reference") else info.max_length or 0
    precision, scale = column.digits or info.digits or NUMBERS.get(vendor_type, (0, 0))
    textual = length > 0 or bool(info.options)
    filterable = column.filterable and vendor_type != "address"
    return {
        "aggregatable": filterable and vendor_type not in ("boolean", "multipicklist"), "aiPredictionField": False,
        "autoNumber": False, "byteLength": length * 3 if textual else 0, "calculated": column.calculated,
        "calculatedFormula": None, "cascadeDelete": column.cascade, "caseSensitive": column.case_sensitive,
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
            {"active": o.active, "defaultValue": o.value == info.default, "label": o.label,
             "validFor": (column.valid_for[n] or None) if column.valid_for else None, "value": o.value}
            for n, o in enumerate(info.options)
        ],
        "polymorphicForeignKey": len(info.reference_to) > 1, "precision": precision, "queryByDistance": False,
        "referenceTargetField": None, "referenceTo": [*(t for t in info.reference_to if t in org.kinds), *column.unmocked],
        "relationshipName": column.relationship, "relationshipOrder": None, "restrictedDelete": False,
        "restrictedPicklist": info.restricted, "scale": scale, "searchPrefilterable": False,
        "soapType": _SOAP_TYPES.get(vendor_type, "xsd:string"), "sortable": filterable, "type": vendor_type,
        "unique": info.unique, "updateable": info.updateable, "writeRequiresMasterRead": False,
    }
