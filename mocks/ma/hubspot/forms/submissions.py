"""Where forms are sent to: api.hsforms.com (v3, open and with a token) and forms.hubspot.com (v2), and reading them back.

Facts: research/hubspot.md 1.8, 1.10, probe 21.
"""

from __future__ import annotations

import ipaddress
from typing import Any

import orjson

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..backwards import number_arg
from ..paging import next_page
from ..portal import Portal
from ..wire import answers, body_of, json_response
from . import definitions, intake, refusals
from .definitions import CONTACT_TYPE
from .intake import Submission
from .refusals import Problem

_SUBMIT = "/submissions/v3/integration"
_MOST_IN_PAGE = 50


def _form_of(dialect: Portal, request: Request) -> Row:
    """Return the form that the path names. Raises `Refusal` (404) for another portal or an unknown form."""
    row = dialect.store.get(definitions.KIND, request.params["formGuid"])
    if request.params["portalId"] != str(dialect.portal_id) or row is None:
        raise errors.Refusal(404, "resource not found", category=None, code="FORM_NOT_FOUND", assumed="hubspot.text_forms")
    return row


@answers("POST", f"{_SUBMIT}/submit/{{portalId}}/{{formGuid}}", id="forms_open.submit", evidence=Evidence.DOCUMENT, probe="21",
         note="done at once, not some moments later; the limit of 50 requests in ten seconds is not enforced")
def submit(dialect: Portal, request: Request) -> Response:
    """Take a submission without a token: only fields of the form are accepted."""
    return _submit(dialect, request, is_open=True)


@answers("POST", f"{_SUBMIT}/secure/submit/{{portalId}}/{{formGuid}}", id="forms.submit", evidence=Evidence.DOCUMENT,
         probe="21", note="done at once, not some moments later")
def submit_securely(dialect: Portal, request: Request) -> Response:
    """Take a submission with a token: fields need not be in the form, only contact properties."""
    return _submit(dialect, request, is_open=False)


def _submit(dialect: Portal, request: Request, *, is_open: bool) -> Response:
    form = _form_of(dialect, request)
    body = body_of(request)
    skip = body.get("skipValidation", False)
    if not isinstance(skip, bool):
        raise errors.wrong_type("boolean", "the given value")
    fields = _fields(body.get("fields"))
    page = _page_of(body.get("context"))
    at_ms = _submitted(dialect, body.get("submittedAt"))
    submission = Submission(fields, at_ms, body.get("legalConsentOptions"), page, skip, is_open)
    dialect.served(intake.take(dialect, form, submission))
    action = form.values["configuration"]["postSubmitAction"]
    if action["type"] == "redirect_url":
        return json_response({"redirectUri": action["value"]})
    return json_response({"inlineMessage": action["value"]})


def _fields(given: object) -> tuple[tuple[str, str], ...]:
    if given is None:
        raise errors.not_set("fields")
    if not isinstance(given, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    found = []
    for item in given:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            raise errors.not_set("name")
        if item.get("objectTypeId", CONTACT_TYPE) != CONTACT_TYPE:
            raise errors.Refusal(400, f"objectTypeId {item['objectTypeId']} is not supported in forms", code="NOT_MOCKED",
                                 category=None, assumed="hubspot.text_forms", hint="only contact properties (0-1) are mocked")
        value = item.get("value")
        if isinstance(value, (dict, list)):
            raise errors.wrong_type("java.lang.String", "the given value")
        found.append((item["name"], _text(value)))
    return tuple(found)


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _page_of(context: object) -> str:
    """Return the page of a submission's context. Raises `Refusal` for a context that is not one."""
    if context is None:
        return ""
    if not isinstance(context, dict):
        raise refusals.not_valid([Problem("INVALID_METADATA", "Error in 'context'. It is an object")])
    for name in ("hutk", "pageUri", "pageName"):
        if context.get(name) is not None and not isinstance(context[name], str):
            kind = {"hutk": "INVALID_HUTK", "pageUri": "INVALID_PAGE_URI"}.get(name, "INVALID_METADATA")
            raise refusals.not_valid([Problem(kind, f"Error in 'context.{name}'. It is a text")])
    if context.get("ipAddress") is not None:
        try:
            ipaddress.ip_address(context["ipAddress"])
        except ValueError:
            raise refusals.not_valid([Problem("INVALID_IP_ADDRESS", "Error in 'context.ipAddress'. Invalid IP address")]) from None
    return str(context.get("pageUri") or "")


def _submitted(dialect: Portal, given: object) -> int:
    now = dialect.clock.now_ms()
    if given is None or given == "":
        return now
    text = str(given)
    if isinstance(given, bool) or not (text.isascii() and text.isdigit() and len(text) <= 15) or int(text) > now + 86_400_000:
        raise refusals.not_valid([Problem("INVALID_METADATA", "Error in 'submittedAt'. It is a moment in milliseconds, not ahead")])
    return int(text)


# -- v2 -------------------------------------------------------------------------------------------------


@answers("POST", "/uploads/form/v2/{portalId}/{formGuid}", id="forms_open.submit_v2", evidence=Evidence.CLIENT_SOURCE,
         note="uploads of files (multipart) are refused; the answer to a bad field is assumed to be that of v3")
def submit_v2(dialect: Portal, request: Request) -> Response:
    """Take a form-encoded submission; 204, or 302 to where the visitor goes."""
    form = _form_of(dialect, request)
    if "application/x-www-form-urlencoded" not in request.headers.get("content-type", ""):
        raise errors.unsupported_media()
    values = request.form()
    context = _context_v2(values.pop("hs_context", ""))
    legal = context.get("legalConsentOptions")
    page = _page_of({"hutk": context.get("hutk"), "ipAddress": context.get("ipAddress"), "pageUri": context.get("pageUrl")})
    intake.take(dialect, form, Submission(tuple(values.items()), dialect.clock.now_ms(), legal, page))
    target = context.get("redirectUrl")
    if isinstance(target, str) and target:
        return Response(302, b"", "", headers=[("Location", target)])
    return Response(204)


def _context_v2(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise refusals.not_valid([Problem("INVALID_METADATA", "Error in 'hs_context'. It is a JSON object")])
    return found


# -- reading back ---------------------------------------------------------------------------------------


@answers("GET", "/form-integrations/v1/submissions/forms/{formGuid}", id="forms.submissions", evidence=Evidence.CLIENT_SOURCE,
         note="the order (latest first) is assumed")
def list_submissions(dialect: Portal, request: Request) -> Response:
    """Page through the submissions of a form."""
    if dialect.store.get(definitions.KIND, request.params["formGuid"], deleted=True) is None:
        raise refusals.no_form(request.params["formGuid"])
    limit, offset = min(number_arg(request, "limit", 20), _MOST_IN_PAGE), number_arg(request, "after", 0)
    found = [r for r in dialect.store.rows(intake.KIND) if r.values["form"] == request.params["formGuid"]]
    found.sort(key=lambda r: (r.values["at_ms"], int(r.id)), reverse=True)
    body: dict[str, Any] = {"results": [_shown(dialect, row) for row in found[offset : offset + limit]]}
    if offset + limit < len(found):
        body["paging"] = next_page(request, str(offset + limit))
    return json_response(body)


def _shown(dialect: Portal, row: Row) -> dict[str, Any]:
    dialect.served(row)
    v = row.values
    return {
        "conversionId": v["conversion_id"], "submittedAt": v["at_ms"], "pageUrl": v["page"],
        "values": [{"name": n, "value": value, "objectTypeId": CONTACT_TYPE} for n, value in v["values"]],
    }
