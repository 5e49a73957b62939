"""Right requests for Salesforce's operations."""

from __future__ import annotations

from typing import Any

from .recipes import FORM, JSON, Making, Right

_XML = "text/xml; charset=UTF-8"
_CSV = "text/csv"
_JOB = "/services/async/59.0/job"
_INGEST = "/services/data/v59.0/jobs/ingest"
_QUERY = "/services/data/v59.0/jobs/query"
_INSERT = {"object": "Contact", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}
_UPSERT = {**_INSERT, "operation": "upsert", "externalIdFieldName": "Ext__c"}
_ROWS = "LastName,Email,Ext__c\nBulk,bulk{n}@example.com,b{n}\n,nobody@example.com,\nTwice,t@example.com,x1\n"
_SESSION = (("x-sfdc-session", "TOKEN"),)


def _contact(**more: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Contact"}, "LastName": "L{n}", **more}


def soap(inner: str, headers: str = "") -> str:
    """Return an envelope with the session of the caller; unprefixed names are the partner API's."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Header xmlns="urn:partner.soap.sforce.com">'
        f"<SessionHeader><sessionId>TOKEN</sessionId></SessionHeader>{headers}</soapenv:Header>"
        f'<soapenv:Body xmlns="urn:partner.soap.sforce.com">{inner}</soapenv:Body></soapenv:Envelope>'
    )


_ALL = "<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>"
_WINDOW = "<startDate>2026-09-20T00:00:00Z</startDate><endDate>2026-09-22T00:00:00Z</endDate>"
CALLS = {
    "login": soap("<login><username>{username}</username><password>{password}</password></login>"),
    "logout": soap("<logout/>"),
    "getUserInfo": soap("<getUserInfo/>"),
    "getServerTimestamp": soap("<getServerTimestamp/>"),
    "create": soap("<create><sObjects><type>Contact</type><LastName>S{n}</LastName><Email>s{n}@example.com</Email></sObjects>"
                   "<sObjects><type>Lead</type><LastName>S</LastName></sObjects></create>"),
    "create (all)": soap("<create><sObjects><type>Contact</type><LastName>S{n}</LastName></sObjects>"
                         "<sObjects><type>Lead</type><LastName>S</LastName></sObjects></create>", _ALL),
    "update (all)": soap("<update><sObjects><type>Contact</type><Id>{Contact}</Id><FirstName>U</FirstName></sObjects>"
                         "<sObjects><type>Contact</type><Id>{Contact}</Id><Email>no address</Email></sObjects></update>", _ALL),
    "delete (all)": soap("<delete><ids>{Contact}</ids><ids>0035g00000000000AA</ids></delete>", _ALL),
    "update": soap("<update><sObjects><type>Contact</type><Id>{Contact}</Id><FirstName>U</FirstName><fieldsToNull>Email</fieldsToNull></sObjects></update>"),
    "upsert": soap("<upsert><externalIDFieldName>Ext__c</externalIDFieldName><sObjects><type>Contact</type><Ext__c>x1</Ext__c><LastName>U</LastName></sObjects></upsert>"),
    "delete": soap("<delete><ids>{Contact}</ids></delete>"),
    "undelete": soap("<undelete><ids>{deleted}</ids></undelete>"),
    "emptyRecycleBin": soap("<emptyRecycleBin><ids>{deleted}</ids></emptyRecycleBin>"),
    "merge": soap("<merge><request><masterRecord><type>Contact</type><Id>{Contact}</Id><FirstName>M</FirstName></masterRecord>"
                  "<recordToMergeIds>{Contact}</recordToMergeIds></request></merge>"),
    "convertLead": soap("<convertLead><leadConverts><leadId>{Lead}</leadId><convertedStatus>Closed - Converted</convertedStatus>"
                        "<doNotCreateOpportunity>false</doNotCreateOpportunity><opportunityName>O</opportunityName></leadConverts></convertLead>"),
    "retrieve": soap("<retrieve><fieldList>Id, Name</fieldList><sObjectType>Contact</sObjectType><ids>{Contact}</ids><ids>{Contact}</ids></retrieve>"),
    "query": soap("<query><queryString>SELECT Id, Name, Account.Name, (SELECT Id FROM CampaignMembers) FROM Contact</queryString></query>"),
    "queryAll": soap("<queryAll><queryString>SELECT Id FROM Lead</queryString></queryAll>"),
    "queryMore": soap("<queryMore><queryLocator>{locator}</queryLocator></queryMore>"),
    "search": soap("<search><searchString>FIND {First0} IN ALL FIELDS RETURNING Contact(Id, Name)</searchString></search>"),
    "getUpdated": soap(f"<getUpdated><sObjectType>Contact</sObjectType>{_WINDOW}</getUpdated>"),
    "getDeleted": soap(f"<getDeleted><sObjectType>Contact</sObjectType>{_WINDOW}</getDeleted>"),
    "describeGlobal": soap("<describeGlobal/>"),
    "describeSObject": soap("<describeSObject><sObjectType>Contact</sObjectType></describeSObject>"),
    "describeSObjects": soap("<describeSObjects><sObjectType>Contact</sObjectType><sObjectType>Lead</sObjectType></describeSObjects>"),
}  # fmt: skip

MAKINGS = {
    "ingest": Making("POST", _INGEST, _INSERT),
    "uploaded": Making("PUT", _INGEST + "/{fresh}/batches", _ROWS, r"()", kind=_CSV),
    "fresh": Making("POST", _INGEST, _UPSERT),
    "done": Making("PATCH", _INGEST + "/{fresh}?x={uploaded}", {"state": "UploadComplete"}),
    "shown": Making("GET", _INGEST + "/{done}"),
    "aborted": Making("PATCH", _INGEST + "/{ingest}", {"state": "Aborted"}),
    "asked": Making("POST", _QUERY, {"operation": "query", "query": "SELECT Id, Name FROM Contact"}),
    "answered": Making("GET", _QUERY + "/{asked}"),
    "polled": Making("GET", _QUERY + "/{answered}"),
    "job": Making("POST", _JOB, {"operation": "insert", "object": "Contact", "contentType": "JSON"}, headers=_SESSION),
    "batch": Making("POST", _JOB + "/{job}/batch", [_contact(), {"Email": "x@example.com"}], headers=_SESSION),
    "looked": Making("GET", _JOB + "/{job}/batch/{batch}", headers=_SESSION, told=r"<id>(\w+)|\"id\" ?: ?\"(\w+)"),
    "ask_job": Making("POST", _JOB, {"operation": "query", "object": "Contact", "contentType": "JSON"}, headers=_SESSION),
    "ask_batch": Making("POST", _JOB + "/{ask_job}/batch", "SELECT Id, Name FROM Contact", kind=JSON, headers=_SESSION),
    "ask_look": Making("GET", _JOB + "/{ask_job}/batch/{ask_batch}", headers=_SESSION, told=r"()"),
    "ask_result": Making("GET", _JOB + "/{ask_job}/batch/{ask_batch}/result?x={ask_look}", headers=_SESSION, told=r"(752\w+)"),
    "locator": Making("GET", "/services/data/v59.0/query?q=SELECT+Id+FROM+Campaign", told=r"query/([\w-]+)", headers=(("sforce-query-options", "batchSize=200"),)),
    "deleted": Making("DELETE", "/services/data/v59.0/composite/sobjects?ids={Contact}", told=r'"id":"(\w+)"'),
    "client": Making("POST", "/cometd/59.0/handshake", [{"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"]}],
                     r'"clientId":"(\w+)"'),
    "listening": Making("POST", "/cometd/59.0/subscribe", [{"channel": "/meta/subscribe", "clientId": "{client}", "subscription": "/data/ChangeEvents",
                                                            "ext": {"replay": {"/data/ChangeEvents": -1}}}], r'"clientId":"(\w+)"'),
    "code": Making("GET", "/services/oauth2/authorize?response_type=code&client_id={client_id}&redirect_uri=https://x.test/cb", told=r"code=([^&\s]+)"),
    "spare": Making("POST", "/services/oauth2/token",
                    {"grant_type": "client_credentials", "client_id": "{client_id}", "client_secret": "{client_secret}"},
                    r'"access_token" ?: ?"([^"]+)"', kind=FORM),
    "layout": Making("GET", "/services/data/v59.0/sobjects/Contact/describe/layouts", told=r'"recordTypeId" ?: ?"(\w+)"'),
}  # fmt: skip

PARAMS = {
    "version": "v59.0", "async_version": "59.0", "soap_version": "59.0", "cometd_version": "59.0", "object": "Contact", "id": "{Contact}",
    "field": "Ext__c", "value": "x1", "job": "{ingest}", "batch": "{batch}", "result": "{ask_result}", "locator": "{locator}", "org": "{Organization}",
    "user": "{User}", "action": "connect", "record_type": "{layout}",
}  # fmt: skip

_CLIENT = {"client_id": "{client_id}", "client_secret": "{client_secret}"}
_DONE = {"job": "{done}"}
_POLLED = {"job": "{polled}"}
_CLASSIC = {"job": "{job}"}
_BATCH = {"job": "{job}", "batch": "{looked}"}
_PATCH = (("_HttpMethod", "PATCH"),)
_PARTS = [
    {"method": "POST", "url": "/services/data/v59.0/sobjects/Account", "referenceId": "a", "body": {"Name": "N{n}"}},
    {"method": "POST", "url": "/services/data/v59.0/sobjects/Contact", "referenceId": "c", "body": {"LastName": "L", "AccountId": "@{a.id}"}},
    {"method": "GET", "url": "/services/data/v59.0/sobjects/Contact/@{c.id}?fields=Name", "referenceId": "g"},
    {"method": "PATCH", "url": "/services/data/v59.0/sobjects/Contact/{Contact}", "referenceId": "p", "body": {"Email": "x{n}@y.zz"}},
]
_BAD_PART = {"method": "POST", "url": "/services/data/v59.0/sobjects/Lead", "referenceId": "b", "body": {"LastName": "no company"}}
_QUERIES = (
    "SELECT Id, Name, Account.Name FROM Contact WHERE Email LIKE 'c%' ORDER BY Name NULLS LAST LIMIT 3",
    "SELECT COUNT(Id) n, LastName FROM Contact GROUP BY LastName HAVING COUNT(Id) > 1", "SELECT FIELDS(ALL) FROM Lead LIMIT 200",
    "SELECT Id, (SELECT Id, Email FROM Contacts) FROM Account", "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Name = 'Acme')",
    "SELECT Id FROM Lead WHERE CreatedDate = LAST_N_DAYS:3 AND IsConverted = false", "SELECT COUNT() FROM Campaign",
    "SELECT Subject, Who.Name, What.Type, Account.Name FROM Task WHERE Who.Type = 'Contact'",
    "SELECT Id, LastActivityDate, (SELECT Id, IsClosed FROM Tasks), (SELECT StartDateTime FROM Events) FROM Contact",
)
_PEOPLE = [_contact(), {"attributes": {"type": "Lead"}, "LastName": "B", "Company": "C"}]
_TASK = {"attributes": {"type": "Task"}, "Subject": "T{n}", "WhoId": "{Contact}", "Status": "Completed", "ActivityDate": "2026-11-20"}
_EVENT = {"attributes": {"type": "Event"}, "Subject": "E{n}", "WhoId": "{Lead}", "StartDateTime": "2026-11-25T10:00:00Z", "DurationInMinutes": 30}
_LINKED = [_TASK, {**_TASK, "WhoId": "{Lead}", "WhatId": "{Account}"}, _EVENT, _contact(ReportsToId="{Contact}"),
           {"attributes": {"type": "CampaignMember"}, "CampaignId": "{Campaign}", "ContactId": "{Contact}", "Status": "Responded"}]
_RECORDS = {"allOrNone": True, "records": _PEOPLE}

RIGHT: dict[str, Right] = {
    "auth.token": Right(form={"grant_type": "client_credentials", **_CLIENT}),
    "auth.authorize": Right(query=(("response_type", "code"), ("client_id", "{client_id}"), ("redirect_uri", "https://x.test/cb"))),
    "auth.introspect": Right(form={"token": "TOKEN", **_CLIENT}),
    "auth.revoke": Right(form={"token": "{spare}"}), "auth.revoke_by_get": Right(query=(("token", "{spare}"),)),
    "streaming.read_events": Right(bodies=(
        [{"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"], "ext": {"replay": True}}],
        [{"channel": "/meta/connect", "clientId": "{listening}", "connectionType": "long-polling"}],
        [{"channel": "/meta/subscribe", "clientId": "{client}", "subscription": "/data/ContactChangeEvent", "ext": {"replay": {"/data/ContactChangeEvent": -2}}}],
        [{"channel": "/meta/unsubscribe", "clientId": "{listening}", "subscription": "/data/ChangeEvents"}], [{"channel": "/meta/disconnect", "clientId": "{client}"}])),
    "soap.partner": Right(bodies=tuple(CALLS.values()), kind=_XML),
    "rows.create": Right(bodies=({"LastName": "R{n}", "Email": "r{n}@example.com", "Ext__c": "r{n}", "AccountId": "{Account}"}, {"LastName": "R", "MailingCountry": "Germany"})),
    "rows.update": Right(bodies=({"FirstName": "U", "HasOptedOutOfEmail": True}, {"Email": None, "Birthdate": "1980-02-29"})),
    "rows.update_by_post": Right(query=_PATCH, bodies=({"FirstName": "U"},)),
    "rows.upsert": Right(bodies=({"LastName": "U"},)), "rows.upsert_by_post": Right(query=_PATCH, bodies=({"LastName": "U"},)),
    "query.query": Right(query=(("q", "{query}"),)), "query.query_all": Right(query=(("q", "{query}"),)),
    "replication.updated": Right(query=(("start", "2026-09-20T00:00:00Z"), ("end", "2026-09-22T00:00:00+00:00"))),
    "replication.deleted": Right(query=(("start", "2026-09-20T00:00:00Z"), ("end", "2026-09-22T00:00:00Z"))),
    "collections.create": Right(bodies=(_RECORDS, {**_RECORDS, "records": [*_PEOPLE, {"attributes": {"type": "Lead"}, "LastName": "no company"}]}, {"allOrNone": False, "records": _LINKED})),
    "collections.update": Right(bodies=({"allOrNone": True, "records": [_contact(id="{Contact}"), _contact(id="{Contact}", Email="no address")]}, {"records": [_contact(id="{Contact}")]})),
    "collections.upsert": Right(bodies=({"allOrNone": False, "records": [_contact(Ext__c="x1"), _contact(Ext__c="y{n}")]},)),
    "collections.upsert_by_post": Right(query=_PATCH, bodies=({"allOrNone": True, "records": [_contact(Ext__c="x1"), _contact(Ext__c="y{n}")]},)),
    "collections.delete": Right(query=(("ids", "{Contact},{Lead}"), ("allOrNone", "true"))),
    "collections.retrieve": Right(query=(("ids", "{Contact},{Contact}"), ("fields", "Id,Name"))),
    "collections.retrieve_by_post": Right(bodies=({"ids": ["{Contact}", "{Contact}"], "fields": ["Id", "Name"]},)),
    "composite.composite": Right(bodies=tuple({"allOrNone": everything, "compositeRequest": [*_PARTS, *more]} for everything in (True, False) for more in ([], [_BAD_PART]))),
    "composite.batch": Right(bodies=({"haltOnError": False, "batchRequests": [
        {"method": "GET", "url": "v59.0/sobjects/Contact/{Contact}"}, {"method": "PATCH", "url": "v59.0/sobjects/Contact/{Contact}", "richInput": {"FirstName": "B"}}]},)),
    "composite.tree": Right({"object": "Account"}, bodies=tuple({"records": [{"attributes": {"type": "Account", "referenceId": "r"}, "Name": "T", "Contacts": {
        "records": [{"attributes": {"type": "Contact", "referenceId": "s"}, "LastName": name}]}}]} for name in ("S", ""))),
    "composite.graph": Right(bodies=tuple({"graphs": [{"graphId": "1", "compositeRequest": [*_PARTS, *more]}]} for more in ([], [_BAD_PART]))),
    "search.sosl": Right(query=(("q", "FIND {First0} IN ALL FIELDS RETURNING Contact(Id, Name ORDER BY Name LIMIT 2), Lead(Id)"),)),
    "search.parameters": Right(query=(("q", "First0"), ("sobject", "Contact"), ("Contact.fields", "Id,Name"), ("Contact.limit", "5"))),
    "search.parameters_by_post": Right(bodies=({"q": "First0", "fields": ["Id"], "sobjects": [{"name": "Contact", "fields": ["Id", "Name"], "limit": 5}], "in": "NAME"},)),
    "tooling.query": Right(query=(("q", "SELECT QualifiedApiName, Label FROM EntityDefinition WHERE KeyPrefix = '00Q'"),)),
    "tooling.describe": Right({"object": "EntityDefinition"}),
    "bulk2.ingest.create": Right(bodies=(_INSERT, _UPSERT, {**_INSERT, "operation": "delete"})),
    "bulk2.ingest.upload": Right(bodies=(_ROWS,), kind=_CSV), "bulk2.ingest.close": Right(bodies=({"state": "UploadComplete"}, {"state": "Aborted"})),
    "bulk2.ingest.delete": Right({"job": "{aborted}"}), "bulk2.ingest.info": Right({"job": "{done}"}),
    "bulk2.ingest.successful": Right({"job": "{shown}"}), "bulk2.ingest.failed": Right({"job": "{shown}"}), "bulk2.ingest.unprocessed": Right({"job": "{shown}"}),
    "bulk2.ingest.unprocessed_camel": Right({"job": "{shown}"}),
    "bulk2.query.create": Right(bodies=({"operation": "query", "query": "SELECT Id, Name FROM Contact"}, {"operation": "queryAll", "query": "SELECT Id FROM Lead"})),
    "bulk2.query.info": Right({"job": "{asked}"}), "bulk2.query.results": Right(_POLLED, query=(("maxRecords", "2"),)), "bulk2.query.delete": Right(_POLLED),
    "bulk2.query.abort": Right({"job": "{asked}"}, bodies=({"state": "Aborted"},)),
    "bulk1.job.create": Right(headers=_SESSION, bodies=({"operation": "upsert", "object": "Contact", "contentType": "JSON", "externalIdFieldName": "Ext__c"},)),
    "bulk1.job.info": Right(_CLASSIC, headers=_SESSION), "bulk1.job.close": Right(_CLASSIC, headers=_SESSION, bodies=({"state": "Closed"}, {"state": "Aborted"})),
    "bulk1.batch.add": Right(_CLASSIC, headers=_SESSION, bodies=([_contact(), {"Email": "x@example.com"}],)),
    "bulk1.batch.list": Right(_CLASSIC, headers=_SESSION), "bulk1.batch.info": Right(_BATCH, headers=_SESSION), "bulk1.batch.request": Right(_BATCH, headers=_SESSION),
    "bulk1.batch.result": Right(_BATCH, headers=_SESSION),
    "bulk1.batch.query_result": Right({"job": "{ask_job}", "batch": "{ask_batch}"}, headers=_SESSION),
}  # fmt: skip
QUERIES = _QUERIES
