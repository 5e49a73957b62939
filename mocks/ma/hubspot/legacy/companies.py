"""Companies v2, one at a time, and the contacts that hang on one (research/hubspot.md 1.8, 2.5)."""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors, saving
from ..kinds import COMPANIES
from ..links import link, linked, plain_type, unlink
from ..portal import INTEGRATION, Portal
from ..wire import body_of, json_response
from . import shapes
from .envelope import answers_v1, living, no_company, no_contact, number_arg, number_param, properties_in

_ROOT = "/companies/v2/companies"
_ONE = f"{_ROOT}/{{companyId}}"
_MOST_CONTACTS = 100


@answers_v1("POST", _ROOT, id="legacy.company_create", evidence=Evidence.CLIENT_SOURCE)
def create_company(dialect: Portal, request: Request) -> Response:
    """Create a company and return it; companies are not told apart by domain."""
    changes = saving.plan(dialect, COMPANIES, properties_in(body_of(request), "name"), None)
    return json_response(shapes.company(dialect, saving.create(dialect, COMPANIES, changes, INTEGRATION), None))


@answers_v1("GET", _ONE, id="legacy.company", evidence=Evidence.RECORDING)
def get_company(dialect: Portal, request: Request) -> Response:
    """Return a company with all properties that are set."""
    row = living(dialect, "companies", number_param(request, "companyId"), errors.not_found())
    return json_response(shapes.company(dialect, row, None))


@answers_v1("PUT", _ONE, id="legacy.company_update", evidence=Evidence.RECORDING)
def update_company(dialect: Portal, request: Request) -> Response:
    """Change a company and return it."""
    row = _living(dialect, request)
    changes = saving.plan(dialect, COMPANIES, properties_in(body_of(request), "name"), row)
    return json_response(shapes.company(dialect, saving.update(dialect, COMPANIES, row, changes, INTEGRATION), None))


@answers_v1("DELETE", _ONE, id="legacy.company_delete", evidence=Evidence.CLIENT_SOURCE)
def delete_company(dialect: Portal, request: Request) -> Response:
    """Archive a company."""
    row = _living(dialect, request)
    saving.archive(dialect, row, INTEGRATION)
    return json_response({"companyId": int(row.id), "deleted": True})


def _living(dialect: Portal, request: Request) -> Row:
    company_id = number_param(request, "companyId")
    return living(dialect, "companies", company_id, no_company(dialect, company_id))


# -- contacts of a company ------------------------------------------------------------------------------


def _page(dialect: Portal, request: Request) -> tuple[list[str], bool]:
    """Return the vids of one page and whether there are more behind it."""
    row = _living(dialect, request)
    limit = number_arg(request, "count", default=20, most=_MOST_CONTACTS)
    offset = number_arg(request, "vidOffset", default=0)
    vids = [i for i, _ in linked(dialect, "companies", row.id, "contacts") if int(i) > offset]
    return vids[:limit], len(vids) > limit


@answers_v1("GET", f"{_ONE}/vids", id="legacy.company_vids", evidence=Evidence.CLIENT_SOURCE)
def vids_of_company(dialect: Portal, request: Request) -> Response:
    """Return the vids of the contacts of a company, in order."""
    vids, has_more = _page(dialect, request)
    return json_response({"vids": [int(v) for v in vids], "vidOffset": int(vids[-1]) if vids else 0, "hasMore": has_more})


@answers_v1("GET", f"{_ONE}/contacts", id="legacy.company_contacts", evidence=Evidence.CLIENT_SOURCE)
def contacts_of_company(dialect: Portal, request: Request) -> Response:
    """Return the contacts of a company with their names and addresses."""
    vids, has_more = _page(dialect, request)
    rows = [row for vid in vids if (row := dialect.store.get("contacts", vid)) is not None]
    return json_response({
        "contacts": [_contact(dialect, row) for row in rows], "vidOffset": int(vids[-1]) if vids else 0, "hasMore": has_more,
    })


def _contact(dialect: Portal, row: Row) -> dict[str, Any]:
    dialect.served(row)
    vid = int(row.id)
    identity = [{"value": a, "type": "EMAIL", "timestamp": row.created_ms, "isPrimary": p} for a, p in shapes.addresses(row)]
    identity.append({"value": shapes.lead_guid(dialect, row), "type": "LEAD_GUID", "timestamp": row.created_ms,
                     "isPrimary": False})
    catalogue = dialect.catalogue("contacts")
    named = [(n, row.values.get(n)) for n in ("createdate", "firstname", "lastmodifieddate", "lastname")]
    return {
        "identities": [{"vid": vid, "identity": identity, "linkedVid": [], "isContact": True,
                        "savedAtTimestamp": row.modified_ms}],
        "properties": [{"name": n, "value": shapes.legacy_value(catalogue, n, v), "sourceVid": [vid]} for n, v in named if v],
        "formSubmissions": [], "listMembership": [], "vid": vid, "portalId": dialect.portal_id, "isContact": True,
        "vids": [], "imports": [], "publicToken": "", "canonicalVid": vid, "mergeAudit": [], "mergedVids": [],
        "campaigns": [], "stateChanges": [], "doNotCompute": False,
    }


@answers_v1("PUT", f"{_ONE}/contacts/{{vid}}", id="legacy.company_add_contact", evidence=Evidence.CLIENT_SOURCE)
def add_contact(dialect: Portal, request: Request) -> Response:
    """Associate a contact with a company and return the company."""
    row, contact = _both(dialect, request)
    spec = plain_type(dialect, "contacts", "companies")
    link(dialect, "contacts", contact.id, "companies", row.id, {spec}, source=INTEGRATION)
    return json_response(shapes.company(dialect, _living(dialect, request), None))


@answers_v1("DELETE", f"{_ONE}/contacts/{{vid}}", id="legacy.company_remove_contact", evidence=Evidence.CLIENT_SOURCE)
def remove_contact(dialect: Portal, request: Request) -> Response:
    """End the association of a contact with a company; 204."""
    row, contact = _both(dialect, request)
    unlink(dialect, "contacts", contact.id, "companies", row.id, source=INTEGRATION)
    return Response(204)


def _both(dialect: Portal, request: Request) -> tuple[Row, Row]:
    vid = number_param(request, "vid")
    return _living(dialect, request), living(dialect, "contacts", vid, no_contact(vid))
