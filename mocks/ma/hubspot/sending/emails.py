"""Marketing e-mails `/marketing/v3/emails`: what can be sent, as connectors list it, and how often it went out.

Rows of kind "marketing_emails" hold `name`, `subject`, `subscription` (type id), `transactional`, `state`, `campaign_id`
and `from_name`. Content is not kept: a mock renders nothing. Facts: research/hubspot.md 1.10 and the vendor's models.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ....journal import Row
from ....store import Store
from ....wire import Evidence, Request, Response
from .. import errors
from ..paging import after_of, limit_of, next_page
from ..portal import USER_ID, Portal, iso_ms
from ..values import parse_ms
from ..wire import VERSIONS, answers, body_of, json_response
from . import outbox_rows
from .deliverability import BOUNCES, HARD, SOFT, SPAM

KIND = "marketing_emails"
PUBLISHED, DRAFT = "PUBLISHED", "DRAFT"
FIRST_ID = 190_000_000_001
_ROOTS = ("/marketing/v3/emails", *(f"/marketing/emails/{v}" for v in VERSIONS))
_NOT_KEPT = ("content", "rssData", "testing", "webversion", "to")


def define(store: Store) -> None:
    """Declare the kind that holds marketing e-mails."""
    store.define(KIND)


def add(
    dialect: Portal, name: str, *, subject: str = "", subscription: str | None = None, transactional: bool = False,
    state: str = PUBLISHED, email_id: str | None = None,
) -> Row:
    """Add a marketing e-mail, as somebody would in the editor, and return it.

    ``subscription`` is the id, name or purpose of a subscription type (default: "Marketing Information"); a transactional
    e-mail has none. Raises ValueError for a type that does not exist or an id that is taken.
    """
    type_id = None if transactional else _type_id(dialect, subscription or "Marketing Information")
    found = email_id or str(dialect.dice.count("hubspot.marketing_email", FIRST_ID))
    return dialect.store.create(KIND, found, {
        "name": name, "subject": subject or name, "subscription": type_id, "transactional": transactional, "state": state,
        "campaign_id": dialect.dice.count("hubspot.email_campaign", 300_000_001), "from_name": "Marketing",
        "guid": dialect.dice.uuid("hubspot.email_campaign"),
    })


def _type_id(dialect: Portal, wanted: str) -> str:
    types = dialect.subscription_types
    found = wanted if types.get(wanted) else types.by_name(wanted) or types.by_purpose(wanted)
    if found is None:
        raise ValueError(f"no subscription type `{wanted}`; known: {', '.join(t.name for t in types)}")
    return found


def counters(dialect: Portal, mail_id: str | None = None) -> dict[str, int]:
    """Return how many messages of an e-mail (None: of all) were sent, delivered, dropped, bounced or complained about."""
    found: Counter[str] = Counter()
    mine = set()
    for row in dialect.store.rows(outbox_rows.KIND):
        if mail_id is None or row.values["mail"] == mail_id:
            mine.add(row.id)
            found.update(("sent", "delivered") if row.values["outcome"] == outbox_rows.SENT else ("dropped",))
    for row in dialect.store.rows(BOUNCES):
        if row.values["message"] in mine:
            found.update({HARD: ("bounce", "hardbounced"), SOFT: ("bounce", "softbounced"), SPAM: ("spamreport",)}.get(
                row.values["what"], ()))
    return dict(sorted(found.items()))


def shown(dialect: Portal, row: Row, *, stats: bool = False) -> dict[str, Any]:
    """Return a `PublicEmail` and note that the caller saw it."""
    dialect.served(row)
    v = row.values
    body: dict[str, Any] = {
        "id": row.id, "name": v["name"], "subject": v["subject"], "state": v["state"], "isPublished": v["state"] == PUBLISHED,
        "isTransactional": v["transactional"], "type": "SINGLE_SEND_API" if v["transactional"] else "BATCH_EMAIL",
        "subcategory": "single_send_api" if v["transactional"] else "batch", "archived": row.deleted, "language": "en",
        "campaign": v["guid"], "campaignName": v["name"], "primaryEmailCampaignId": str(v["campaign_id"]),
        "allEmailCampaignIds": [str(v["campaign_id"])], "from": {"fromName": v["from_name"], "replyTo": "", "customReplyTo": ""},
        "to": {"contactIds": {"include": [], "exclude": []}, "contactIlsLists": {"include": [], "exclude": []},
               "contactLists": {"include": [], "exclude": []}, "limitSendFrequency": False, "suppressGraymail": False},
        "content": {"templatePath": "", "plainTextVersion": "", "flexAreas": {}, "widgets": {}, "widgetContainers": {},
                    "smartFields": {}, "styleSettings": {}, "themeSettingsValues": {}},
        "sendOnPublish": False, "createdAt": iso_ms(row.created_ms), "updatedAt": iso_ms(row.modified_ms),
        "createdById": str(USER_ID), "updatedById": str(USER_ID), "businessUnitId": "0",
    }
    if v["subscription"] is not None:
        body["subscriptionDetails"] = {"subscriptionId": v["subscription"], "officeLocationId": "", "preferencesGroupId": ""}
    if v["state"] == PUBLISHED:
        body["publishDate"] = body["publishedAt"] = iso_ms(row.created_ms)
    if stats:
        body["stats"] = _statistics(counters(dialect, row.id))
    return body


def _statistics(counted: dict[str, int]) -> dict[str, Any]:
    return {"counters": counted, "deviceBreakdown": {}, "qualifierStats": {}, "ratios": {}}


@answers("GET", *_ROOTS, id="emails.list", evidence=Evidence.CLIENT_SOURCE,
         note="content is always empty; recipients of a campaign are not kept")
def list_emails(dialect: Portal, request: Request) -> Response:
    """Page through the marketing e-mails in order of id."""
    limit, offset = limit_of(request, 10, 100), after_of(request)
    found = [row for row in dialect.store.rows(KIND, deleted=True) if _asked_for(request, row)]
    found.sort(key=lambda row: int(row.id))
    page = found[offset : offset + limit]
    stats = request.flag("includeStats")
    body: dict[str, Any] = {"total": len(found), "results": [shown(dialect, row, stats=stats) for row in page]}
    if offset + limit < len(found):
        body["paging"] = next_page(request, str(offset + limit))
    return json_response(body)


def _asked_for(request: Request, row: Row) -> bool:
    if request.arg("isPublished") is not None and request.flag("isPublished") is not (row.values["state"] == PUBLISHED):
        return False
    stamps = {"created": row.created_ms, "updated": row.modified_ms}
    for word, at_ms in stamps.items():
        low, high = _moment(request, f"{word}After"), _moment(request, f"{word}Before")
        if (low is not None and at_ms <= low) or (high is not None and at_ms >= high):
            return False
    return row.deleted is request.flag("archived")


def _moment(request: Request, name: str) -> int | None:
    text = request.arg(name)
    if not text:
        return None
    found = parse_ms(text)
    if found is None:
        raise errors.Refusal(400, f"Unable to parse value for query parameter: {name}", category=None, code="INVALID_PARAMETER")
    return found


@answers("GET", *(f"{root}/{{emailId}}" for root in _ROOTS), id="emails.get", evidence=Evidence.CLIENT_SOURCE)
def one_email(dialect: Portal, request: Request) -> Response:
    """Show one marketing e-mail."""
    row = dialect.store.get(KIND, request.params["emailId"])
    if row is None:
        raise errors.not_found()
    return json_response(shown(dialect, row, stats=request.flag("includeStats")))


@answers("POST", *_ROOTS, id="emails.create", evidence=Evidence.CLIENT_SOURCE,
         note="a draft with name, subject and subscription; content and recipients are refused")
def create_email(dialect: Portal, request: Request) -> Response:
    """Create a draft."""
    body = body_of(request)
    if not isinstance(body.get("name"), str) or not body["name"]:
        raise errors.not_set("name")
    for member in _NOT_KEPT:
        if body.get(member):
            raise errors.Refusal(400, f"{member} of an email is not supported", code="NOT_MOCKED",
                                 assumed="hubspot.text_emails", hint=f"{member} is not mocked; leave it out")
    details = body.get("subscriptionDetails") or {}
    subject = "" if body.get("subject") is None else body["subject"]
    if not isinstance(details, dict) or not isinstance(subject, str):
        raise errors.wrong_type("java.lang.String", "the given value")
    wanted = details.get("subscriptionId")
    if wanted is not None and (isinstance(wanted, bool) or dialect.subscription_types.get(wanted) is None):
        raise errors.Refusal(400, f"Subscription {wanted} does not exist", code="UNKNOWN_SUBSCRIPTION",
                             assumed="hubspot.text_unknown_subscription")
    row = add(dialect, body["name"], subject=subject, subscription=None if wanted is None else str(wanted), state=DRAFT)
    return json_response(shown(dialect, row), 201)


@answers("GET", *(f"{root}/statistics/list" for root in _ROOTS), id="emails.statistics", evidence=Evidence.CLIENT_SOURCE,
         note="ratios and breakdowns are empty; all messages count, whatever the time span")
def statistics(dialect: Portal, request: Request) -> Response:
    """Show how many messages of some e-mails (`emailIds`; default: all) went out."""
    asked = request.args("emailIds")
    rows = [row for row in dialect.store.rows(KIND) if not asked or row.id in asked]
    each = {row.values["campaign_id"]: counters(dialect, row.id) for row in rows}
    total: Counter[str] = Counter()
    for counted in each.values():
        total.update(counted)
    return json_response({
        "emails": [int(row.id) for row in rows], "aggregate": _statistics(dict(sorted(total.items()))),
        "campaignAggregations": {str(i): _statistics(counted) for i, counted in each.items()},
    })
