"""The `form-submissions` of a contact in v1: what the person behind it has sent, and how many of them a caller wants."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ....journal import Row
from ....wire import Request
from ..forms import definitions, intake
from ..portal import Portal
from .envelope import Body

_MODES = ("all", "none", "newest", "oldest")


class FormSubmissions:
    """The submissions of all contacts, read once for a request; `of` returns those of one contact."""

    def __init__(self, dialect: Portal, request: Request, *, default: str) -> None:
        mode = request.arg("formSubmissionMode") or default
        self._mode = mode if mode in _MODES else default  # what the vendor does not know it ignores
        self._dialect = dialect
        self._by_contact: dict[str, list[Row]] = defaultdict(list)
        if self._mode != "none":
            for row in dialect.store.rows(intake.KIND):
                if row.values["contact"] is not None:
                    self._by_contact[dialect.store.resolve("contacts", row.values["contact"])].append(row)

    def of(self, contact: Row) -> list[Body]:
        """Return the submissions of a contact as v1 shows them, the latest first."""
        found = sorted(self._by_contact.get(contact.id, ()), key=lambda r: (r.values["at_ms"], int(r.id)), reverse=True)
        if self._mode == "newest":
            found = found[:1]
        elif self._mode == "oldest":
            found = found[-1:]
        return [self._shown(row) for row in found]

    def _shown(self, row: Row) -> dict[str, Any]:
        self._dialect.served(row)
        v = row.values
        form = self._dialect.store.get(definitions.KIND, v["form"], deleted=True)
        return {
            "contact-associated-by": ["EMAIL"], "conversion-id": v["conversion_id"], "form-id": v["form"], "form-type": "HUBSPOT",
            "meta-data": [], "page-url": v["page"], "portal-id": self._dialect.portal_id, "timestamp": v["at_ms"],
            "title": form.values["name"] if form is not None else "",
        }
