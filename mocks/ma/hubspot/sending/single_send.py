"""Single send: a program sends one marketing e-mail to one person (research/hubspot.md 1.10).

v3 and v4 answer PENDING at once; what became of the message is told by the status. The old v1 call tells at once. The
contact is made if there is none, and its properties are written through the one write path. SMTP tokens are not mocked.
"""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors, saving
from ..consent_state import address
from ..kinds import CONTACTS
from ..portal import INTEGRATION, Portal, iso_ms
from ..values import is_address
from ..wire import VERSIONS, answers, body_of, json_response
from . import emails, outbox, outbox_rows

_PATHS = (
    "/marketing/v3/transactional/single-email/send", "/marketing/v4/email/single-send",
    *(f"/marketing/transactional/{v}/single-email/send" for v in VERSIONS),
)
_STATUS_PATHS = ("/marketing/v3/email/send-statuses/{statusId}", "/marketing/v4/email/send-statuses/{statusId}")


@answers("POST", *_PATHS, id="single_send.send", evidence=Evidence.DOCUMENT,
         note="copies (cc, bcc) are refused, the values of customProperties are not kept; the order of refusals is assumed")
def send(dialect: Portal, request: Request) -> Response:
    """Send one e-mail; the status id leads to what became of it."""
    body = body_of(request)
    properties = body.get("contactProperties") or {}
    if not isinstance(properties, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    message = _sent(dialect, body, properties)
    return json_response({
        "requestedAt": iso_ms(message.values["at_ms"]), "statusId": message.values["status_id"], "status": "PENDING",
    })


@answers("GET", *_STATUS_PATHS, id="single_send.status", evidence=Evidence.DOCUMENT)
def status(dialect: Portal, request: Request) -> Response:
    """Show what became of a message."""
    message = outbox_rows.by_status_id(dialect, request.params["statusId"])
    if message is None:
        raise errors.not_found()
    dialect.served(message)
    v = message.values
    stamp = iso_ms(v["at_ms"])
    return json_response({
        "statusId": v["status_id"], "sendResult": v["outcome"], "requestedAt": stamp, "startedAt": stamp,
        "completedAt": stamp, "status": "COMPLETE", "eventId": {"id": v["event_id"], "created": stamp},
    })


@answers("POST", "/email/public/v1/singleEmail/send", id="single_send.send_v1", evidence=Evidence.DOCUMENT,
         note="answers 200 whatever became of the message (assumed)")
def send_v1(dialect: Portal, request: Request) -> Response:
    """Send one e-mail and say at once what became of it."""
    body = body_of(request)
    listed = body.get("contactProperties") or []
    if not isinstance(listed, list) or not all(isinstance(p, dict) and isinstance(p.get("name"), str) for p in listed):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    message = _sent(dialect, body, {p["name"]: p.get("value") for p in listed})
    v = message.values
    if v["outcome"] != outbox_rows.SENT:
        dialect.rests_on("hubspot.single_send_v1_status")
    return json_response({
        "sendResult": v["outcome"], "message": "", "eventId": {"id": v["event_id"], "created": v["at_ms"]},
    })


def _sent(dialect: Portal, body: dict[str, Any], properties: dict[str, Any]) -> Row:
    """Do what the body asks for and return the message. Raises `Refusal` before anything was written."""
    mail, to, send_id = _checked(dialect, body)
    contact = dialect.contact_by_email(to)
    if is_address(address(to)):
        given = {**properties, **({} if contact is not None else {"email": to})}
        changes = saving.plan(dialect, CONTACTS, given, contact)
        contact = (
            saving.create(dialect, CONTACTS, changes, INTEGRATION) if contact is None
            else saving.update(dialect, CONTACTS, contact, changes, INTEGRATION)
        )
    message = outbox.send(dialect, mail, to, contact, via=outbox.SINGLE_SEND, send_id=send_id)
    if message.values["outcome"] != outbox_rows.SENT:
        dialect.refused(address(to), message.values["outcome"], "the message was not sent")
    dialect.served(message)
    return message


def _checked(dialect: Portal, body: dict[str, Any]) -> tuple[Row, str, str | None]:
    """Return the e-mail, the address and the caller's id of a send. Raises `Refusal`."""
    missing = [n for n in ("emailId", "message") if body.get(n) is None]
    if missing:
        raise errors.not_set(*missing)
    message, email_id = body["message"], body["emailId"]
    if not isinstance(message, dict) or isinstance(email_id, bool) or not isinstance(email_id, (int, str)):
        raise errors.wrong_type("java.lang.Long", "the given value")
    if not isinstance(message.get("to"), str) or not message["to"]:
        raise errors.not_set("to")
    if message.get("cc") or message.get("bcc"):
        # A copy goes to people as well, and nobody could see here whether they had said no.
        raise errors.Refusal(400, "cc and bcc are not supported", code="NOT_MOCKED", assumed="hubspot.text_single_send",
                             hint="copies (cc, bcc) of single e-mails are not mocked; send to each address")
    send_id = message.get("sendId")
    if send_id is not None and not isinstance(send_id, str):
        raise errors.wrong_type("java.lang.String", "the given value")
    mail = dialect.store.get(emails.KIND, str(email_id))
    if mail is None:
        raise errors.Refusal(400, f"Email with id {email_id} does not exist", code="UNKNOWN_EMAIL",
                             assumed="hubspot.text_single_send")
    return mail, message["to"], send_id or None
