"""Right bodies by a part of the path, to be changed a little by the fuzzing. `{id}` stands for the id of a record.

A text is XML or CSV; anything else is JSON. A path may match several parts.
"""

from __future__ import annotations

from typing import Any

_CONTACT = {"LastName": "Doe", "FirstName": "Jane", "Email": "jane@example.com", "AccountId": "{id}", "Birthdate": "1980-02-29",
            "HasOptedOutOfEmail": True, "Account": {"Ext__c": "x0"}}  # fmt: skip
_RECORDS = {"allOrNone": True, "records": [{"attributes": {"type": "Contact"}, "LastName": "A"}, {"attributes": {"type": "Lead"}, "LastName": "B", "Company": "C"}]}
_UPDATES = {"allOrNone": False, "records": [{"attributes": {"type": "Contact"}, "id": "{id}", "FirstName": "A"}]}
_COMPOSITE = {"allOrNone": True, "compositeRequest": [
    {"method": "POST", "url": "/services/data/v59.0/sobjects/Account", "referenceId": "a", "body": {"Name": "N"}},
    {"method": "POST", "url": "/services/data/v59.0/sobjects/Contact", "referenceId": "c", "body": {"LastName": "L", "AccountId": "@{a.id}"}},
    {"method": "GET", "url": "/services/data/v59.0/sobjects/Contact/@{c.id}?fields=Name", "referenceId": "g"},
    {"method": "PATCH", "url": "/services/data/v59.0/sobjects/Contact/{id}", "referenceId": "p", "body": {"Email": "x@y.zz"}},
]}  # fmt: skip


def _soap(inner: str) -> str:
    return (
        '<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:urn="urn:partner.soap.sforce.com">'
        "<soapenv:Header><urn:SessionHeader><urn:sessionId>TOKEN</urn:sessionId></urn:SessionHeader></soapenv:Header>"
        f"<soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>"
    )


_PROPERTIES = {"properties": {"email": "new@example.com", "firstname": "N", "lifecyclestage": "lead"}}
_ITEMS = {"inputs": [{"id": "{id}", "properties": {"firstname": "A"}}, {"id": "b@example.com", "idProperty": "email", "properties": {}, "objectWriteTraceId": "t"}]}
_V1 = {"properties": [{"property": "email", "value": "v1@example.com"}, {"property": "firstname", "value": "V"}]}
_FORM = {"fields": [{"name": "email", "value": "form@example.com", "objectTypeId": "0-1"}], "context": {"pageUri": "https://x.test", "pageName": "x"},
         "legalConsentOptions": {"consent": {"consentToProcess": True, "text": "t", "communications": [{"value": True, "subscriptionTypeId": "{subscription}", "text": "t"}]}}}  # fmt: skip
_LIST = {"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": {
    "filterBranchType": "OR", "filters": [], "filterBranches": [{"filterBranchType": "AND", "filterBranches": [], "filters": [
        {"filterType": "PROPERTY", "property": "email", "operation": {"operationType": "MULTISTRING", "operator": "CONTAINS", "values": ["a"]}}]}]}}  # fmt: skip
_PAIR = {"inputs": [{"from": {"id": "{id}"}, "to": {"id": "{id}"}, "type": "contact_to_company",
                     "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]}]}  # fmt: skip
_SEND = {"emailId": 1, "message": {"to": "c0@example.com", "sendId": "s", "from": "a@b.test"}, "contactProperties": {"firstname": "A"}, "customProperties": {"a": "b"}}
_PROPERTY = {"name": "fuzzed", "label": "F", "type": "enumeration", "fieldType": "select", "groupName": "contactinformation",
             "options": [{"label": "A", "value": "a", "displayOrder": 0, "hidden": False}], "hasUniqueValue": False}  # fmt: skip

BODIES: dict[str, dict[str, list[Any]]] = {
    "salesforce": {
        "/sobjects/{object}": [_CONTACT, {"LastName": "L", "Company": "C", "Status": "Open - Not Contacted", "LeadSource": "Web"}, {"Name": "A"},
            {"CampaignId": "{Campaign}", "ContactId": "{Contact}", "Status": "Sent"}, {"CampaignId": "{Campaign}", "LeadId": "{Lead}"}, {"LastName": "I"},
            {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-31", "AccountId": "{Account}"}, {"OwnerId": "{Group}"}, {"OwnerId": "{User}"},
            {"ParentId": "{Individual}", "EmailAddress": "p{n}@example.com"}, {"ReportsToId": "{Contact}"}, {"IndividualId": "{Individual}"},
            {"Name": "P", "DataUsePurposeId": "{DataUsePurpose}", "PartyId": "{Individual}", "ContactPointType": "Email", "PrivacyConsentStatus": "OptIn"}],
        "/composite/sobjects": [_RECORDS, _UPDATES, {"ids": ["{id}", "{id}"], "fields": ["Id", "Name"]}],
        "/composite/sobjects/{object}/": [{"allOrNone": False, "records": [{"attributes": {"type": "Contact"}, "Ext__c": "x0", "LastName": "U"}]}],
        "/services/data/{version}/composite": [_COMPOSITE],
        "/composite/batch": [{"haltOnError": False, "batchRequests": [
            {"method": "GET", "url": "v59.0/sobjects/Contact/{id}"}, {"method": "PATCH", "url": "v59.0/sobjects/Contact/{id}", "richInput": {"Email": "q@x.zz"}}]}],
        "/composite/tree": [{"records": [{"attributes": {"type": "Account", "referenceId": "r"}, "Name": "T", "Contacts": {
            "records": [{"attributes": {"type": "Contact", "referenceId": "s"}, "LastName": "S"}]}}]}],
        "/composite/graph": [{"graphs": [{"graphId": "1", "compositeRequest": _COMPOSITE["compositeRequest"]}]}],
        "/Soap/u/": [
            _soap("<urn:login><urn:username>a</urn:username><urn:password>b</urn:password></urn:login>"),
            _soap('<urn:merge><urn:request><urn:masterRecord xmlns:x="urn:sobject.partner.soap.sforce.com"><x:type>Contact</x:type><x:Id>{id}</x:Id>'
                  "</urn:masterRecord><urn:recordToMergeIds>{id}</urn:recordToMergeIds></urn:request></urn:merge>"),
            _soap("<urn:convertLead><urn:leadConverts><urn:leadId>{id}</urn:leadId><urn:convertedStatus>Closed - Converted</urn:convertedStatus>"
                  "<urn:doNotCreateOpportunity>true</urn:doNotCreateOpportunity></urn:leadConverts></urn:convertLead>"),
            _soap("<urn:undelete><urn:ids>{id}</urn:ids></urn:undelete>"),
            _soap("<urn:getDeleted><urn:sObjectType>Contact</urn:sObjectType><urn:startDate>2026-09-20T00:00:00Z</urn:startDate>"
                  "<urn:endDate>2026-09-22T00:00:00Z</urn:endDate></urn:getDeleted>"),
            _soap("<urn:query><urn:queryString>SELECT Id FROM Contact</urn:queryString></urn:query>"),
            _soap("<urn:getUserInfo/>"),
        ],
        "/jobs/ingest": [{"object": "Contact", "operation": "upsert", "externalIdFieldName": "Ext__c", "contentType": "CSV", "lineEnding": "LF"},
                         {"state": "UploadComplete"}, {"state": "Aborted"}],
        "/batches": ["LastName,Email,Ext__c\nBulk,bulk@example.com,b1\n,nobody@example.com,\n", "Id,FirstName\n{id},Zed\n",
                     "<sObjects><sObject><LastName>X</LastName></sObject></sObjects>"],
        "/jobs/query": [{"operation": "query", "query": "SELECT Id, Name FROM Contact"}, {"operation": "queryAll", "query": "SELECT Id FROM Lead"}],
        "/services/async/": ['<?xml version="1.0"?><jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload"><operation>insert</operation>'
                             "<object>Contact</object><contentType>XML</contentType></jobInfo>", "LastName\nA\n", "SELECT Id FROM Contact"],
        "/async/": [{"operation": "insert", "object": "Contact", "contentType": "JSON"}, {"state": "Closed"}, [{"LastName": "A"}, {"Id": "{id}"}]],
        "/parameterizedSearch": [{"q": "First0", "fields": ["Id", "Name"], "sobjects": [{"name": "Contact", "fields": ["Id"], "limit": 5}], "in": "ALL"}],
        "/cometd": [[{"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"]}],
                    [{"channel": "/meta/disconnect", "clientId": "{id}"}],
                    [{"channel": "/meta/subscribe", "clientId": "{id}", "subscription": "/data/ContactChangeEvent", "ext": {"replay": {"/data/ContactChangeEvent": -2}}}]],
    },
    "hubspot": {
        "/objects/": [_PROPERTIES, {"properties": {"name": "N"}, "associations": []}, {"properties": {"dealname": "D", "dealstage": "appointmentscheduled"}}, {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ", "value": "c0@example.com"}]}],
                                           "sorts": ["-createdate"], "limit": 10, "after": 0, "query": "a", "properties": ["email"]}],
        "/batch/": [_ITEMS, {"inputs": [{"properties": {"email": "batch@example.com"}}]}, {"inputs": [{"id": "{id}", "properties": {"firstname": "A"}}]}, {"inputs": [{"id": "{id}"}], "properties": ["email"], "idProperty": "email", "propertiesWithHistory": ["email"]}],
        "/search": [{"filters": [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": "2026-01-01"}], "sorts": [{"propertyName": "createdate", "direction": "DESCENDING"}]},
                    {"query": "", "count": 10, "offset": 0, "processingTypes": ["MANUAL"]}],
        "/merge": [{"primaryObjectId": "{id}", "objectIdToMerge": "{id}"}, {"vidToMerge": 1}, {"primaryObjectId": "51", "objectIdToMerge": "101"}],
        "/gdpr-delete": [{"objectId": "{id}"}, {"objectId": "c0@example.com", "idProperty": "email"}],
        "associations": [_PAIR, [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}], {"fromObjectId": 1, "toObjectId": 2, "category": "HUBSPOT_DEFINED", "definitionId": 1}],
        "/labels": [{"label": "L", "name": "l", "inverseLabel": "I"}, {"associationTypeId": 1, "label": "M"}],
        "properties": [_PROPERTY, {"inputs": [_PROPERTY]}, {"name": "g", "label": "G", "displayOrder": 1}],
        "communication-preferences": [{"emailAddress": "c0@example.com", "subscriptionId": "{subscription}", "legalBasis": "CONSENT_WITH_NOTICE", "legalBasisExplanation": "x"},
                                      {"subscriptionId": "{subscription}", "statusState": "UNSUBSCRIBED", "channel": "EMAIL"}, {"inputs": ["c0@example.com"]},
                                      {"inputs": [{"subscriberIdString": "c0@example.com", "subscriptionId": "{subscription}", "statusState": "SUBSCRIBED", "channel": "EMAIL"}]}],
        "/email/public/v1/": [{"subscriptionStatuses": [{"id": "{subscription}", "subscribed": False, "optState": "OPT_OUT"}], "unsubscribeFromAll": True}, _SEND],
        "single": [_SEND],
        "/contacts/v1/": [_V1, [{"email": "b@example.com", "properties": _V1["properties"]}, {"vid": 1, "properties": []}], {"vids": [1], "emails": ["a@b.test"]},
                          {"vidToMerge": 1}, {"name": "L", "dynamic": False, "filters": []}],
        "/companies/v2/": [{"properties": [{"name": "name", "value": "C"}]}, {"limit": 5, "requestOptions": {"properties": ["domain"]}, "offset": {"isPrimary": True, "companyId": 0}}],
        "/deals/v1/": [{"properties": [{"name": "dealname", "value": "D"}], "associations": {"associatedVids": [1], "associatedCompanyIds": [1]}}],
        "/engagements/v1/": [{"engagement": {"type": "NOTE", "timestamp": 1, "active": True}, "associations": {"contactIds": [1]}, "metadata": {"body": "b"}}],
        "/lists": [_LIST, {"name": "M", "objectTypeId": "0-1", "processingType": "MANUAL"}, ["{id}", 1], {"recordIdsToAdd": ["{id}"], "recordIdsToRemove": [2]}, ["1"]],
        "submi": [_FORM], "/forms": [_FORM, {"name": "F", "formType": "hubspot", "fieldGroups": []}],
        "/events": [{"eventName": "pe1_x", "email": "c0@example.com", "properties": {"a": 1}, "occurredAt": "2026-01-01T00:00:00Z"}, {"inputs": [{"eventName": "pe1_x", "objectId": "{id}"}]},
                    {"label": "E", "name": "e", "primaryObject": "CONTACT", "propertyDefinitions": []}],
        "/imports": ['--b\r\nContent-Disposition: form-data; name="importRequest"\r\n\r\n{"name":"i","files":[{"fileName":"f.csv","fileFormat":"CSV"}]}\r\n'
                     '--b\r\nContent-Disposition: form-data; name="files"; filename="f.csv"\r\n\r\nemail\r\na@b.test\r\n--b--\r\n'],
        "/webhooks": [{"targetUrl": "http://127.0.0.1:9/x", "throttling": {"maxConcurrentRequests": 5, "period": "SECONDLY"}},
                      {"eventType": "contact.propertyChange", "propertyName": "email", "active": True}, {"inputs": [{"id": 1, "active": False}]}],
        "/schemas": [{"name": "pets", "labels": {"singular": "Pet", "plural": "Pets"}, "requiredProperties": ["n"], "primaryDisplayProperty": "n",
                      "properties": [{"name": "n", "label": "N", "type": "string", "fieldType": "text"}], "associatedObjects": ["CONTACT"]}],
        "/pipelines": [{"label": "P", "displayOrder": 1, "stages": [{"label": "S", "displayOrder": 0, "metadata": {"probability": "0.5"}}]}],
        "/property-validations": [{"ruleType": "MAX_LENGTH", "ruleArguments": ["10"], "shouldApplyNormalization": False}],
    },
}  # fmt: skip
