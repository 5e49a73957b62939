"""Right requests for HubSpot's operations."""

from __future__ import annotations

from typing import Any

from .recipes import FORM, Making, Right


def _v1(name: str, value: Any, key: str = "property") -> dict[str, Any]:
    return {key: name, "value": value}


def _stage(label: str, **more: Any) -> dict[str, Any]:
    return {"label": label, "displayOrder": 0, "metadata": {"probability": "0.5"}, **more}


_SPEC = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
_PAIR = {"from": {"id": "{contacts}"}, "to": {"id": "{companies}"}}
_TIE = {"fromObjectId": "{int:contacts}", "toObjectId": "{int:companies}", "category": "HUBSPOT_DEFINED", "definitionId": 1}
_LIMIT = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 5}
_BRANCH = {"filterBranchType": "OR", "filters": [], "filterBranches": [{"filterBranchType": "AND", "filterBranches": [], "filters": [
    {"filterType": "PROPERTY", "property": "firstname", "operation": {"operationType": "MULTISTRING", "operator": "IS_EQUAL_TO", "values": ["First1"]}}]}]}  # fmt: skip
_PROPERTY = {"name": "fz_{n}", "label": "F {n}", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
_FORM = {"formType": "hubspot", "name": "Form {n}", "configuration": {"language": "en"}, "displayOptions": {}, "legalConsentOptions": {"type": "none"},
         "fieldGroups": [{"groupType": "default_group", "richTextType": "text", "fields": [
             {"objectTypeId": "0-1", "name": "email", "label": "E", "required": True, "hidden": False, "fieldType": "email", "validation": {},
              "dependentFields": []}]}]}  # fmt: skip
_SUBMITTED = {"fields": [{"objectTypeId": "0-1", "name": "email", "value": "s{n}@example.com"}],
              "context": {"pageUri": "https://x.test", "hutk": ""},
              "legalConsentOptions": {"consent": {"consentToProcess": True, "text": "t", "communications": [
                  {"value": True, "subscriptionTypeId": "{int:subscription}", "text": "t"}]}}}  # fmt: skip
_SCHEMA = {"name": "kind{n}", "labels": {"singular": "K{n}", "plural": "Ks{n}"}, "primaryDisplayProperty": "plate", "requiredProperties": ["plate"],
           "searchableProperties": ["plate"], "associatedObjects": ["CONTACT"],
           "properties": [{"name": "plate", "label": "Plate", "type": "string", "fieldType": "text", "hasUniqueValue": True}]}  # fmt: skip
_EVENT = {"label": "Event {n}", "name": "event{n}", "primaryObject": "CONTACT", "propertyDefinitions": [{"name": "shop", "label": "Shop", "type": "string"}]}
_OCCURRED = {"eventName": "{event}", "email": "c1@example.com", "properties": {"shop": "Brno"}}
_SEND = {"emailId": "{int:mail}", "message": {"to": "c1@example.com"}, "contactProperties": {"firstname": "A"}, "customProperties": {"a": "b"}}
_GRANT = {"grant_type": "refresh_token", "client_id": "{client_id}", "client_secret": "{client_secret}", "refresh_token": "{refresh_token}"}
_PIPELINE = {"label": "P {n}", "displayOrder": 1, "stages": [_stage("One"), _stage("Two")]}
_IMPORT = (
    '--b\r\nContent-Disposition: form-data; name="importRequest"\r\n\r\n{"name":"i","files":[{"fileName":"f.csv","fileFormat":"CSV","fileImportPage":'
    '{"hasHeader":true,"columnMappings":[{"columnObjectTypeId":"0-1","columnName":"Mail","propertyName":"email","columnType":"HUBSPOT_ALTERNATE_ID"},'
    '{"columnObjectTypeId":"0-1","columnName":"First","propertyName":"firstname"},'
    '{"columnObjectTypeId":"0-1","columnName":"When","propertyName":"closedate"}]}}]}\r\n'
    '--b\r\nContent-Disposition: form-data; name="files"; filename="f.csv"\r\nContent-Type: text/csv\r\n\r\n'
    "Mail,First,When\ni{n}@example.com,A,\nc0@example.com,B,12/31/2026\nbad,C,never\n\r\n--b--\r\n"
)
_MULTIPART = "multipart/form-data; boundary=b"
_HOOK = {"eventType": "contact.propertyChange", "propertyName": "email", "active": True}
_SETTINGS = {"targetUrl": "http://127.0.0.1:9/x", "throttling": {"maxConcurrentRequests": 5, "period": "SECONDLY"}}
_NOTE = {"engagement": {"type": "NOTE", "timestamp": 1_790_000_000_000, "active": True}, "associations": {"contactIds": ["{int:contacts}"]}, "metadata": {"body": "b"}}
_VIEW = {"name": "L {n}", "objectTypeId": "0-1"}
_V1_LIST = {"name": "L1 {n}", "dynamic": True, "filters": [[{"operator": "EQ", "property": "firstname", "value": "First1"}]]}

MAKINGS = {
    "list": Making("POST", "/crm/v3/lists", {**_VIEW, "processingType": "MANUAL"}, r'"listId":"(\d+)"'),
    "alive": Making("POST", "/crm/v3/lists", {**_VIEW, "processingType": "DYNAMIC", "filterBranch": _BRANCH}, r'"listId":"(\d+)"'),
    "named": Making("POST", "/crm/v3/lists", {**_VIEW, "processingType": "MANUAL"}, r'"name":"([^"]+)"'),
    "list_v1": Making("POST", "/contacts/v1/lists", {"name": "S {n}", "dynamic": False, "filters": []}, r'"listId":(\d+)'),
    "form": Making("POST", "/marketing/v3/forms", _FORM),
    "filled": Making("POST", "/submissions/v3/integration/submit/{portal_id}/{form}", _SUBMITTED, r"()\{"),
    "mail": Making("POST", "/marketing/v3/emails", {"name": "M {n}", "state": "PUBLISHED", "subject": "s"}),
    "sent": Making("POST", "/marketing/v3/transactional/single-email/send", _SEND, r'"statusId":"([^"]+)"'),
    "mail_event": Making("GET", "/email/public/v1/events?x={sent}", None, r'"id":"([\w-]+)"'),
    "mail_created": Making("GET", "/email/public/v1/events?x={mail_event}", None, r'"created":(\d+)'),
    "campaign": Making("GET", "/email/public/v1/campaigns/by-id?x={mail}", None, r'"id":(\d+)'),
    "event": Making("POST", "/events/v3/event-definitions", _EVENT, r'"fullyQualifiedName":"(\w+)"'),
    "import": Making("POST", "/crm/v3/imports", _IMPORT, kind=_MULTIPART),
    "property": Making("POST", "/crm/v3/properties/contacts", _PROPERTY, r'"name":"(fz_\d+)"'),
    "group": Making("POST", "/crm/v3/properties/contacts/groups", {"name": "g{n}", "label": "G{n}", "displayOrder": 1}, r'"name":"(g\d+)"'),
    "pipeline": Making("POST", "/crm/v3/pipelines/deals", _PIPELINE, "$id"),
    "stage": Making("POST", "/crm/v3/pipelines/deals/default/stages", _stage("S {n}"), r'"id":"(\d+)"'),
    "schema": Making("POST", "/crm/v3/schemas", _SCHEMA, r'"objectTypeId":"(2-\d+)"'),
    "tie": Making("POST", "/crm/v3/schemas/{schema}/associations", {"fromObjectTypeId": "{schema}", "toObjectTypeId": "0-2", "name": "t{n}"}, r'"id":"(\d+)"'),
    "label": Making("POST", "/crm/v4/associations/contacts/companies/labels", {"name": "l{n}", "label": "L{n}"}, r'"typeId":(\d+)'),
    "limit": Making("POST", "/crm/v4/associations/definitions/configurations/contacts/companies/batch/create", {"inputs": [_LIMIT]}, r"()\{"),
    "hooks": Making("PUT", "/webhooks/v3/{app_id}/settings", _SETTINGS, r"()\{"),
    "hook": Making("POST", "/webhooks/v3/{app_id}/subscriptions?x={hooks}", _HOOK, r'"id":"?(\d+)'),
    "access": Making("POST", "/oauth/v1/token", _GRANT, r'"access_token":"([^"]+)"', kind=FORM),
    "second": Making("PUT", "/contacts/v1/secondary-email/{first}/email/second@example.com", None, r"()\{"),
    "first": Making("GET", "/crm/v3/objects/contacts?limit=1"),
    "ticket": Making("POST", "/crm/v3/objects/tickets", {"properties": {"subject": "s", "hs_pipeline_stage": "1"}}),
    "rule": Making("PUT", "/crm/v3/property-validations/contacts/{property}/rule-type/MAX_LENGTH",
                   {"ruleArguments": ["10"], "shouldApplyNormalization": False}, r"()"),
    "workflow": Making("GET", "/automation/v3/workflows", None, r'"id":(\d+)'),
}  # fmt: skip

PARAMS = {
    "objecttype": "contacts", "objectid": "{contacts}", "toobjecttype": "companies", "toobjectid": "{companies}", "vid": "{contacts}",
    "companyid": "{companies}", "dealid": "{deals}", "engagementid": "{notes}", "listid": "{list}", "formid": "{form}", "formguid": "{form}",
    "guid": "{form}", "importid": "{import}", "emailid": "{mail}", "statusid": "{sent}", "propertyname": "{property}", "groupname": "{group}",
    "pipelineid": "default", "stageid": "{stage}", "eventname": "{event}", "subscriptionid": "{hook}", "appid": "{app_id}", "portalid": "{portal_id}",
    "ownerid": "{owners}", "email": "c1@example.com", "domain": "c1.example.com", "recordid": "{contacts}", "objecttypeid": "0-1",
    "sourcelistid": "{list}", "listname": "{named}", "campaignid": "{campaign}", "created": "{mail_created}", "id": "{mail_event}",
    "ruletype": "MAX_LENGTH", "definitionid": "1", "associationtypeid": "{label}", "associationidentifier": "{tie}", "workflowid": "{workflow}",
    "token": "{access}", "account": "accounts",
}  # fmt: skip

_DEALS = {"objecttype": "deals"}
_TICKETS = {"objecttype": "tickets", "objectid": "{ticket}"}
_CUSTOM = {"objecttype": "{schema}"}
_IN = {"objecttype": "deals", "pipelineid": "{pipeline}"}
_EMAIL = (("channel", "EMAIL"),)
_V1_LISTED = {"listid": "{list_v1}"}


def _contact(**more: Any) -> dict[str, Any]:
    return {"properties": {"email": "new{n}@example.com", "firstname": "N", **more}}


RIGHT: dict[str, Right] = {
    "objects.create": Right(bodies=(_contact(), _contact(lifecyclestage="lead"), {**_contact(), "associations": [{"to": {"id": "{companies}"}, "types": _SPEC}]})),
    "objects.update": Right(bodies=(_contact(), {"properties": {"firstname": "", "lifecyclestage": "customer"}})),
    "objects.batch_create": Right(bodies=({"inputs": [_contact(), _contact()]}, {"inputs": [_contact(), {"properties": {"email": "c1@example.com"}}]})),
    "objects.batch_update": Right(bodies=({"inputs": [{"id": "{contacts}", "properties": {"firstname": "A"}}]}, {"inputs": [
        {"id": "{contacts}", "properties": {"firstname": "A"}}, {"id": "999", "properties": {"firstname": "B"}}]})),
    "objects.batch_upsert": Right(bodies=({"inputs": [{"id": "u{n}@example.com", "idProperty": "email", "properties": {"firstname": "U"}}]},)),
    "objects.batch_read": Right(bodies=({"inputs": [{"id": "{contacts}"}], "properties": ["email"], "propertiesWithHistory": ["email"]},)),
    "objects.merge": Right(bodies=({"primaryObjectId": "{contacts}", "objectIdToMerge": "{contacts}"},)),
    "objects.gdpr_delete": Right(bodies=({"objectId": "{contacts}"}, {"objectId": "c2@example.com", "idProperty": "email"})),
    "associations.set": Right(bodies=(_SPEC,)),
    "associations.batch_read": Right(bodies=({"inputs": [{"id": "{contacts}"}]},)),
    "associations.batch_create": Right(bodies=({"inputs": [{**_PAIR, "types": _SPEC}]},)),
    "associations.batch_default": Right(bodies=({"inputs": [_PAIR]},)),
    "associations.batch_archive": Right(bodies=({"inputs": [{"from": {"id": "{contacts}"}, "to": [{"id": "{companies}"}]}]},)),
    "associations.batch_labels_archive": Right(bodies=({"inputs": [{**_PAIR, "types": _SPEC}]},)),
    "associations.create_label": Right(bodies=({"name": "n{n}", "label": "N{n}", "inverseLabel": "I{n}"},)),
    "associations.update_label": Right(bodies=({"associationTypeId": "{int:label}", "label": "M{n}"},)),
    "associations_v3.batch_read": Right(bodies=({"inputs": [{"id": "{contacts}"}]},)),
    "associations_v3.batch_create": Right(bodies=({"inputs": [{**_PAIR, "type": "contact_to_company"}]},)),
    "associations_v3.batch_archive": Right(bodies=({"inputs": [{**_PAIR, "type": "contact_to_company"}]},)),
    "association_limits.create": Right(bodies=({"inputs": [_LIMIT]},)),
    "association_limits.update": Right(bodies=({"inputs": [_LIMIT]},), query=(("x", "{limit}"),)),
    "association_limits.purge": Right(bodies=({"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 279}]},), query=(("x", "{limit}"),)),
    "properties.create": Right(bodies=(_PROPERTY, {**_PROPERTY, "type": "enumeration", "fieldType": "select", "options": [{"label": "A", "value": "a", "displayOrder": 0}]})),
    "properties.update": Right(bodies=({"label": "New"},)),
    "properties.batch_create": Right(bodies=({"inputs": [_PROPERTY]},)),
    "properties.batch_read": Right(bodies=({"inputs": [{"name": "{property}"}], "archived": False},)),
    "properties.batch_archive": Right(bodies=({"inputs": [{"name": "{property}"}]},)),
    "property_groups.create": Right(bodies=({"name": "h{n}", "label": "H{n}", "displayOrder": 1},)),
    "property_groups.update": Right(bodies=({"label": "G"},)),
    "pipelines.get": Right(_DEALS), "pipelines.stages": Right(_DEALS), "pipelines.stage": Right(_DEALS), "pipelines.audit": Right(_DEALS),
    "pipelines.create": Right(_DEALS, bodies=(_PIPELINE,)),
    "pipelines.update": Right(_DEALS, bodies=({"label": "R{n}", "displayOrder": 2},)),
    "pipelines.replace": Right(_IN, bodies=(_PIPELINE,)),
    "pipelines.archive": Right(_IN),
    "pipelines.create_stage": Right(_DEALS, bodies=(_stage("T{n}"),)),
    "pipelines.update_stage": Right(_DEALS, bodies=({"label": "U{n}", "metadata": {"probability": "0.4"}},)),
    "pipelines.replace_stage": Right(_DEALS, bodies=(_stage("V{n}"),)),
    "pipelines.archive_stage": Right(_DEALS),
    "communication_v3.subscribe": Right(bodies=({"emailAddress": "c1@example.com", "subscriptionId": "{subscription}", "legalBasis": "CONSENT_WITH_NOTICE", "legalBasisExplanation": "x"},)),
    "communication_v3.unsubscribe": Right(bodies=({"emailAddress": "c1@example.com", "subscriptionId": "{subscription}"},)),
    "communication_v4.read": Right(query=_EMAIL), "communication_v4.read_all": Right(query=_EMAIL), "communication_v4.unsubscribe_all": Right(query=_EMAIL),
    "communication_v4.write": Right(bodies=({"subscriptionId": "{int:subscription}", "statusState": "UNSUBSCRIBED", "channel": "EMAIL"},)),
    "communication_v4.links": Right(query=_EMAIL, bodies=({"subscriberIdString": "c1@example.com"}, {"subscriberIdString": "c1@example.com", "subscriptionId": "{int:subscription}", "language": "en"})),
    "communication_batch.read": Right(query=_EMAIL, bodies=({"inputs": ["c1@example.com"]},)),
    "communication_batch.read_all": Right(query=_EMAIL, bodies=({"inputs": ["c1@example.com"]},)),
    "communication_batch.unsubscribe_all": Right(query=_EMAIL, bodies=({"inputs": ["c1@example.com"]},)),
    "communication_batch.write": Right(bodies=({"inputs": [{"subscriberIdString": "c1@example.com", "subscriptionId": "{int:subscription}", "statusState": "SUBSCRIBED", "channel": "EMAIL",
                                                            "legalBasis": "CONSENT_WITH_NOTICE", "legalBasisExplanation": "x"}]},)),
    "communication_v1.update": Right(bodies=({"subscriptionStatuses": [{"id": "{int:subscription}", "subscribed": False, "optState": "OPT_OUT"}]}, {"unsubscribeFromAll": True})),
    "oauth.token_v1": Right(form=_GRANT), "oauth.token": Right(form=_GRANT),
    "oauth.authorize": Right(query=(("client_id", "{client_id}"), ("redirect_uri", "https://x.test/cb"), ("scope", "oauth crm.objects.contacts.read"))),
    "oauth.refresh_token": Right({"token": "{refresh_token}"}), "oauth.delete_refresh_token": Right({"token": "{refresh_token}"}),
    "oauth.introspect": Right(form={"token": "{access}", "client_id": "{client_id}", "client_secret": "{client_secret}", "token_type_hint": "access_token"}),
    "oauth.revoke": Right(form={"token": "{refresh_token}", "client_id": "{client_id}", "client_secret": "{client_secret}", "token_type_hint": "refresh_token"}),
    "webhooks.settings": Right(query=(("x", "{hooks}"),)), "webhooks.set_settings": Right(bodies=(_SETTINGS,)),
    "webhooks.subscribe": Right(bodies=(_HOOK, {"eventType": "contact.creation", "active": False})),
    "webhooks.switch_subscription": Right(bodies=({"active": False},)),
    "webhooks.switch_subscriptions": Right(bodies=({"inputs": [{"id": "{int:hook}", "active": False}]},)),
    "legacy.contact_upsert": Right(bodies=({"properties": [_v1("firstname", "V")]},)),
    "legacy.contact_create": Right(bodies=({"properties": [_v1("email", "v{n}@example.com")]},)),
    "legacy.contact_update": Right(bodies=({"properties": [_v1("city", "Brno")]},)), "legacy.contact_update_by_email": Right(bodies=({"properties": [_v1("city", "Brno")]},)),
    "legacy.contacts_search": Right(query=(("q", "example"), ("count", "2"))),
    "legacy.contacts_by_vids": Right(query=(("vid", "{contacts}"), ("vid", "{contacts}"))), "legacy.contacts_by_emails": Right(query=(("email", "c1@example.com"),)),
    "legacy.contacts_batch": Right(bodies=([{"email": "w{n}@example.com", "properties": [_v1("city", "Brno")]}, {"vid": "{int:contacts}", "properties": [_v1("city", "Brno")]}],)),
    "legacy.contact_merge": Right(bodies=({"vidToMerge": "{int:contacts}"},)),
    "legacy.add_secondary_email": Right({"email": "sec{n}@example.com"}),
    "legacy.remove_secondary_email": Right({"vid": "{first}", "email": "second@example.com"}, query=(("x", "{second}"),)),
    "legacy.company_create": Right(bodies=({"properties": [_v1("name", "C", "name")]},)), "legacy.company_update": Right(bodies=({"properties": [_v1("name", "C", "name")]},)),
    "legacy.companies_search_by_domain": Right(bodies=({"limit": 2, "requestOptions": {"properties": ["domain"]}, "offset": {"isPrimary": True, "companyId": 0}},)),
    "legacy.deal_create": Right(bodies=({"properties": [_v1("dealname", "D", "name"), _v1("dealstage", "appointmentscheduled", "name"), _v1("pipeline", "default", "name")], "associations": {"associatedVids": ["{int:contacts}"], "associatedCompanyIds": ["{int:companies}"]}},)),
    "legacy.deal_update": Right(bodies=({"properties": [_v1("amount", "9", "name")]},)),
    "legacy.deal_associate": Right({"toobjecttype": "CONTACT"}, query=(("id", "{contacts}"),)), "legacy.deal_dissociate": Right({"toobjecttype": "CONTACT"}, query=(("id", "{contacts}"),)),
    "legacy.deals_of": Right({"toobjecttype": "CONTACT"}),
    "legacy.engagement_create": Right(bodies=(_NOTE, {**_NOTE, "engagement": {"type": "TASK"}, "metadata": {"subject": "s", "status": "NOT_STARTED"}})),
    "legacy.engagement_update": Right(bodies=({"metadata": {"body": "c"}}, {"engagement": {"ownerId": "{int:owners}"}})),
    "legacy.engagements_of": Right({"objecttype": "CONTACT"}),
    "legacy.property_create": Right(bodies=(_PROPERTY,)), "legacy.property_update": Right(bodies=({"label": "L", "type": "string", "fieldType": "text", "groupName": "contactinformation"},)),
    "legacy.pipelines": Right(_DEALS),
    "legacy.associate": Right(bodies=(_TIE,)), "legacy.dissociate": Right(bodies=(_TIE,)), "legacy.associate_batch": Right(bodies=([_TIE, _TIE],)), "legacy.dissociate_batch": Right(bodies=([_TIE],)),
    "legacy.objects": Right(_TICKETS, query=(("properties", "subject"),)), "legacy.object": Right(_TICKETS), "legacy.object_delete": Right(_TICKETS),
    "legacy.object_create": Right(_TICKETS, bodies=([{"name": "subject", "value": "s"}, {"name": "hs_pipeline_stage", "value": "1"}],)),
    "legacy.object_update": Right(_TICKETS, bodies=([{"name": "subject", "value": "s"}],)),
    "imports.start": Right(bodies=(_IMPORT,), kind=_MULTIPART),
    "events.define": Right(bodies=(_EVENT,)), "events.update_definition": Right(bodies=({"label": "E{n}"},)),
    "events.add_property": Right(bodies=({"name": "p{n}", "label": "P", "type": "string"},)), "events.delete_property": Right({"propertyname": "shop"}),
    "events.send": Right(bodies=(_OCCURRED, {**_OCCURRED, "occurredAt": "2026-01-01T00:00:00Z"})), "events.send_batch": Right(bodies=({"inputs": [_OCCURRED, _OCCURRED]},)),
    "events.list": Right(query=(("objectType", "contact"), ("objectId", "{contacts}"))),
    "lists.create": Right(bodies=({**_VIEW, "processingType": "MANUAL"}, {**_VIEW, "processingType": "DYNAMIC", "filterBranch": _BRANCH})),
    "lists.rename": Right(query=(("listName", "R{n}"),)), "lists.update_filters": Right({"listid": "{alive}"}, bodies=({"filterBranch": _BRANCH},)),
    "lists.add": Right(bodies=(["{contacts}", "{contacts}"],)), "lists.remove": Right(bodies=(["{contacts}"],)),
    "lists.add_and_remove": Right(bodies=({"recordIdsToAdd": ["{contacts}"], "recordIdsToRemove": ["{contacts}"]},)),
    "lists.id_mapping": Right(query=(("legacyListId", "{list_v1}"),)), "lists.id_mappings": Right(bodies=(["{list_v1}"],)),
    "lists_v1.create": Right(bodies=(_V1_LIST, {"name": "S1 {n}", "dynamic": False, "filters": []})), "lists_v1.batch": Right(query=(("listId", "{list_v1}"),)),
    "lists_v1.get": Right(_V1_LISTED), "lists_v1.delete": Right(_V1_LISTED), "lists_v1.contacts": Right(_V1_LISTED), "lists_v1.recent_contacts": Right(_V1_LISTED),
    "lists_v1.rename": Right(_V1_LISTED, bodies=({"name": "R1 {n}"},)),
    "lists_v1.add": Right(_V1_LISTED, bodies=({"vids": ["{int:contacts}"], "emails": ["c1@example.com"]},)), "lists_v1.remove": Right(_V1_LISTED, bodies=({"vids": ["{int:contacts}"]},)),
    "emails.create": Right(bodies=({"name": "M", "subject": "S", "subscriptionDetails": {"subscriptionId": "{subscription}"}},)),
    "emails.get": Right(query=(("includeStats", "true"),)),
    "single_send.send": Right(bodies=(_SEND,)), "single_send.send_v1": Right(bodies=({**_SEND, "contactProperties": [{"name": "city", "value": "Brno"}], "customProperties": []},)),
    "forms.create": Right(bodies=(_FORM,)), "forms.replace": Right(bodies=(_FORM,)), "forms.update": Right(bodies=({"name": "F{n}"},)),
    "forms.submit": Right(bodies=(_SUBMITTED,)), "forms_open.submit": Right(bodies=(_SUBMITTED,)),
    "forms_open.submit_v2": Right(form={"email": "f{n}@example.com", "hs_context": '{"pageUrl":"https://x.test"}'}),
    "forms.submissions": Right(query=(("x", "{filled}"),)),
    "property_validations.get": Right(query=(("x", "{rule}"),)), "property_validations.put": Right(bodies=({"ruleArguments": ["10"], "shouldApplyNormalization": False},)),
    "schemas.get": Right(_CUSTOM), "schemas.delete": Right(_CUSTOM), "schemas.create": Right(bodies=(_SCHEMA,)), "schemas.update": Right(_CUSTOM, bodies=({"requiredProperties": []},)),
    "schemas.associate": Right(_CUSTOM, bodies=({"fromObjectTypeId": "{schema}", "toObjectTypeId": "0-2", "name": "a{n}"},)), "schemas.dissociate": Right(_CUSTOM),
}  # fmt: skip
