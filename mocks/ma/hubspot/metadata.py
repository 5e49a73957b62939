"""Taking on the shape of a real portal from HubSpot's own metadata JSON. No record travels with it.

Read are: property lists (`GET /crm/v3/properties/{type}`, or the arrays of v1 and v2), schemas of custom objects, pipelines
and validation rules; alone, in lists, or in a mapping from object type to such a document. A list that shows the vendor's own
system properties is a complete one: built-in properties that it lacks do not exist in that portal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...journal import Actor
from . import demands, property_validations
from .catalogue import ABSENT, Property
from .custom_types import SCHEMAS
from .definitions import groups_of, put_all, put_group, put_setting
from .kinds import NOT_MOCKED, ObjectType
from .metadata_properties import read_property
from .pipelines_data import PIPELINES
from .portal import Portal

# Changes the portal as a part that was read says, and returns the kind it was about.
Put = Callable[[], str]

_NAMING = "objectType", "objectTypeId", "object_type"
# Names that tell whose a list of properties is, when nothing says so.
_SIGNATURES: tuple[tuple[str, frozenset[str]], ...] = (
    ("contacts", frozenset({"email", "firstname", "lastname"})),
    ("deals", frozenset({"dealname", "dealstage"})),
    ("tickets", frozenset({"hs_ticket_priority", "hs_pipeline_stage"})),
    ("line_items", frozenset({"hs_product_id", "quantity"})),
    ("quotes", frozenset({"hs_title", "hs_expiration_date"})),
    ("leads", frozenset({"hs_lead_name"})),
    ("notes", frozenset({"hs_note_body"})),
    ("tasks", frozenset({"hs_task_subject", "hs_task_status"})),
    ("calls", frozenset({"hs_call_title"})),
    ("emails", frozenset({"hs_email_subject", "hs_email_direction"})),
    ("meetings", frozenset({"hs_meeting_title"})),
    ("companies", frozenset({"name", "domain"})),
    ("products", frozenset({"name", "price", "hs_sku"})),
)
# What the mock itself needs of an object type, whatever a list shows.
_NEEDED = frozenset({
    "email", "lifecyclestage", "hs_additional_emails", "hs_merged_object_ids", "hs_email_optout", "hubspot_owner_id",
    "associatedcompanyid", "hs_pipeline", "hs_pipeline_stage", "pipeline", "dealstage", "domain", "website", "name",
})


def take(portal: Portal, document: object) -> tuple[str, ...]:
    """Take on what a document says and return the kinds it told about. Raises ValueError naming the place it cannot read.

    Everything is read before anything is changed. Taking the same document twice changes nothing more.
    """
    parts = list(_parts(portal, document, None, "the document"))
    if not parts:
        raise ValueError("the document holds no metadata: expected the JSON of GET /crm/v3/properties/{type}, a schema, "
                         "or a mapping {object type: that JSON}")
    _check_custom(portal, parts)
    read = [reader(portal, *rest) for reader, *rest in _in_order(parts)]
    with portal.journal.acting(Actor.SEED, "metadata"):
        kinds = [put() for put in read]
    return tuple(dict.fromkeys(kinds))


def _in_order(parts: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Put schemas first, then properties: other parts may speak about them."""
    order = (_schema, _properties, _pipelines, _validations)
    return sorted(parts, key=lambda part: order.index(part[0]))


def _check_custom(portal: Portal, parts: list[tuple[Any, ...]]) -> None:
    """Refuse properties of a custom object whose schema is neither known nor part of the document."""
    coming = {str(part[1].get("objectTypeId")) for part in parts if part[0] is _schema}
    for part in parts:
        if part[0] is _properties and part[2] is not None and part[2].startswith("2-") and part[2] not in coming \
                and portal.find_type(part[2]) is None:
            raise ValueError(f"{part[3]}: no object type is called `{part[2]}`; give the schema of that custom object too")


def _parts(portal: Portal, document: object, named: str | None, place: str) -> Iterator[tuple[Any, ...]]:
    """Yield (reader, what it reads...) for each part of a document."""
    if isinstance(document, list):
        if document and all(isinstance(d, Mapping) and "name" in d and "type" in d for d in document):
            yield _properties, document, named, place
            return
        for number, item in enumerate(document):
            yield from _parts(portal, item, named, f"{place}[{number}]")
        return
    if not isinstance(document, Mapping):
        raise ValueError(f"{place} is not metadata: a JSON object or list is needed, not {type(document).__name__}")
    named = next((str(document[n]) for n in _NAMING if document.get(n) and "labels" not in document), named)
    if "labels" in document and "properties" in document:
        yield _schema, document, place
    elif "results" in document:
        yield from _results(portal, document["results"], named, f"{place}.results")
    else:
        for name, part in document.items():
            if name in _NAMING:
                continue
            if not isinstance(part, (Mapping, list)):
                raise ValueError(f"{place}.{name} is not metadata: a JSON object or list is needed")
            yield from _parts(portal, part, str(name), f"{place}.{name}")


def _results(portal: Portal, results: object, named: str | None, place: str) -> Iterator[tuple[Any, ...]]:
    if not isinstance(results, list) or not all(isinstance(r, Mapping) for r in results):
        raise ValueError(f"{place} must be a list of JSON objects")
    if results and "labels" in results[0]:
        for number, item in enumerate(results):
            yield from _parts(portal, item, None, f"{place}[{number}]")
    elif results and "stages" in results[0]:
        yield _pipelines, results, named, place
    elif results and "propertyValidationRules" in results[0]:
        yield _validations, results, named, place
    elif results or named:
        yield _properties, results, named, place


def _type_of(portal: Portal, named: str | None, results: list[Mapping[str, Any]], place: str) -> str:
    """Return the kind that a list is about. Raises ValueError saying how to state it."""
    if named is not None:
        found = portal.find_type(named)
        if found is not None:
            return found.kind
        if named.lower() in NOT_MOCKED:
            raise ValueError(f"{place}: object type `{named}` is not mocked")
        raise ValueError(f"{place}: no object type is called `{named}`; known: {', '.join(portal.object_types)}")
    names = {str(r.get("name")) for r in results}
    likely = [kind for kind, signature in _SIGNATURES if signature <= names]
    if likely[:2] in (["line_items", "products"], ["contacts", "companies"]):
        likely = []
    if len(likely) != 1:
        raise ValueError(f"{place}: it is not clear which object type these properties belong to; wrap the document as "
                         '{"contacts": {"results": [...]}} or add "objectType": "contacts" beside "results"')
    return likely[0]


# -- properties -----------------------------------------------------------------------------------------


def _properties(portal: Portal, results: list[Mapping[str, Any]], named: str | None, place: str) -> Put:
    kind = named if named is not None and named.startswith("2-") else ""
    pending = kind and portal.find_type(kind) is None
    kind = kind if pending else _type_of(portal, named, results, place)
    read = [read_property(raw, f"{place}[{n}]") for n, raw in enumerate(results)]
    required = [str(r["name"]) for r in results if r.get("required") is True]

    def put() -> str:
        _put_properties(portal, kind, read)
        _require(portal, kind, required)
        return kind

    return put


def _put_properties(portal: Portal, kind: str, read: list[Property]) -> None:
    object_type, known = portal.object_type(kind), portal.catalogue(kind)
    groups = groups_of(portal, kind)
    for group in dict.fromkeys(p.group for p in read):
        if group not in groups:
            put_group(portal, kind, group, group)
    mine = {**known.archived, **known.by_name}
    put_all(portal, kind, [_laid_over(mine.get(p.name), p) for p in read])
    shown = {p.name for p in read}
    if shown >= set(object_type.always):
        kept = {*shown, *_NEEDED, *object_type.default_properties, *object_type.required, object_type.created}
        absent = sorted(n for n, p in portal.catalogue(kind).by_name.items() if p.hubspot_defined and n not in kept)
        if absent:
            row = portal.store.get("properties", kind)
            had = row.values.get(ABSENT, []) if row is not None else []
            put_setting(portal, kind, ABSENT, sorted({*had, *absent}))


def _laid_over(old: Property | None, new: Property) -> Property:
    """Return the portal's definition; what only the mock knows of a built-in one (what it refers to) stays."""
    if old is None or not old.hubspot_defined:
        return new
    return new.like(old)


def _require(portal: Portal, kind: str, names: list[str]) -> None:
    known = {d["property"] for d in portal.catalogue(kind).demands}
    for name in names:
        if name not in known:
            demands.add(portal, demands.PropertyRule(kind=kind, property=name))


# -- validation rules and pipelines ---------------------------------------------------------------------


def _validations(portal: Portal, results: list[Mapping[str, Any]], named: str | None, place: str) -> Put:
    if named is None:
        raise ValueError(f'{place}: say whose validation rules these are: add "objectType": "contacts" beside "results"')
    kind = _type_of(portal, named, results, place)
    entries = []
    for number, raw in enumerate(results):
        rules = raw.get("propertyValidationRules")
        if not isinstance(rules, list) or not all(isinstance(r, Mapping) and "ruleType" in r for r in rules):
            raise ValueError(f"{place}[{number}].propertyValidationRules must be a list of rules")
        entries += [property_validations.ValidationRule(
            kind=kind, property=str(raw.get("propertyName")), rule=str(rule["ruleType"]),
            arguments=tuple(str(a) for a in rule.get("ruleArguments") or ()),
            normalize=rule.get("shouldApplyNormalization") is True,
        ) for rule in rules]

    def put() -> str:
        for entry in entries:
            property_validations.add(portal, entry)
        return kind

    return put


def _pipelines(portal: Portal, results: list[Mapping[str, Any]], named: str | None, place: str) -> Put:
    if named is None:
        raise ValueError(f'{place}: say whose pipelines these are: add "objectType": "deals" beside "results"')
    kind = _type_of(portal, named, results, place)
    for number, raw in enumerate(results):
        stages = raw.get("stages")
        if "id" not in raw or not isinstance(stages, list) or not all(isinstance(s, Mapping) and "id" in s for s in stages):
            raise ValueError(f"{place}[{number}] is not a pipeline: `id` and `stages` with an `id` each are needed")

    def put() -> str:
        for raw in results:
            _put_pipeline(portal, kind, raw)
        return kind

    return put


def _put_pipeline(portal: Portal, kind: str, raw: Mapping[str, Any]) -> None:
    common = {"createdAt": "", "updatedAt": "", "archived": False}
    stages = [
        {"label": str(s.get("label") or s["id"]), "displayOrder": int(s.get("displayOrder") or at),
         "metadata": {str(k): str(v) for k, v in (s.get("metadata") or {}).items()}, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
         **{k: s.get(k, v) for k, v in common.items()}, "id": str(s["id"])}
        for at, s in enumerate(raw["stages"])
    ]
    pipeline = {"label": str(raw.get("label") or raw["id"]), "displayOrder": int(raw.get("displayOrder") or 0), "stages": stages,
                **{k: raw.get(k, v) for k, v in common.items()}, "id": str(raw["id"])}
    values = {"kind": kind, "id": pipeline["id"], "pipeline": pipeline, "archived": bool(pipeline["archived"]), "audit": ()}
    row = portal.store.get(PIPELINES, f"{kind}/{pipeline['id']}")
    if row is None:
        portal.store.create(PIPELINES, f"{kind}/{pipeline['id']}", values)
    elif row.values["pipeline"] != pipeline:
        portal.store.update(row, values)


# -- custom objects -------------------------------------------------------------------------------------


def _schema(portal: Portal, raw: Mapping[str, Any], place: str) -> Put:
    type_id, name = str(raw.get("objectTypeId") or ""), str(raw.get("name") or "")
    if not type_id.startswith("2-") or not type_id[2:].isdigit() or not name:
        raise ValueError(f"{place} is not the schema of a custom object: `objectTypeId` like 2-123 and `name` are needed")
    listed = raw["properties"]
    if not isinstance(listed, list):
        raise ValueError(f"{place}.properties must be a list")
    read = [read_property(p, f"{place}.properties[{n}]") for n, p in enumerate(listed)]
    names = {p.name for p in read}
    values = {
        "name": name, "labels": dict(raw["labels"]), "description": str(raw.get("description") or ""),
        "primaryDisplayProperty": str(raw.get("primaryDisplayProperty") or ""),
        **{key: [str(n) for n in raw.get(key) or ()] for key in
           ("requiredProperties", "searchableProperties", "secondaryDisplayProperties")},
        "fullyQualifiedName": str(raw.get("fullyQualifiedName") or f"p{portal.portal_id}_{name}"),
    }
    unknown = [n for n in values["requiredProperties"] if n not in names]
    if unknown:
        raise ValueError(f"{place}.requiredProperties names `{unknown[0]}`, which is none of the properties")
    ties = [t for t in raw.get("associations") or () if isinstance(t, Mapping)]

    def put() -> str:
        _put_schema(portal, type_id, values, ties)
        _put_properties(portal, type_id, read)
        return type_id

    return put


def _put_schema(portal: Portal, type_id: str, values: dict[str, Any], ties: list[Mapping[str, Any]]) -> None:
    portal.store.define(type_id)
    row = portal.store.get(SCHEMAS, type_id)
    if row is None:
        portal.store.create(SCHEMAS, type_id, values)
    elif row.values != values:
        portal.store.update(row, values)
    for tie in ties:
        ends = [portal.find_type(str(tie.get(n))) for n in ("fromObjectTypeId", "toObjectTypeId")]
        back = next((t for t in ties if (t.get("toObjectTypeId"), t.get("fromObjectTypeId")) ==
                     (tie.get("fromObjectTypeId"), tie.get("toObjectTypeId")) and t is not tie), None)
        if ends[0] is not None and ends[1] is not None and str(tie.get("id")).isdigit():
            _put_tie(portal, ends[0], ends[1], tie, back)


def _put_tie(
    portal: Portal, one: ObjectType, other: ObjectType, tie: Mapping[str, Any], back: Mapping[str, Any] | None
) -> None:
    number = int(tie["id"])
    store = portal.store
    if store.get("association_labels", str(number)) is not None:
        return
    is_known = back is not None and str(back.get("id")).isdigit()
    inverse = int(back["id"]) if back is not None and is_known else portal.dice.count("hubspot.association_types", 101)
    pairs = ((number, inverse, one, other, tie.get("name")), (inverse, number, other, one, back.get("name") if back else None))
    for type_id, inverse_id, here, there, name in pairs:
        if store.get("association_labels", str(type_id)) is None:
            store.create("association_labels", str(type_id), {
                "type_id": type_id, "inverse_id": inverse_id, "name": str(name or f"{here.singular}_to_{there.singular}"),
                "label": None, "from_kind": here.kind, "to_kind": there.kind,
            })
