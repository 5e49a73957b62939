"""Who calls, in which version, and what the SOAP headers ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ....journal import Row
from ....wire import Request
from ..ids import full_id
from ..org import Org
from ..writer import Writer
from .envelope import children, is_true, local, text_of


@dataclass(frozen=True, slots=True)
class Caller:
    """One call: its element, the caller's session, and the headers by local name."""

    call: Element
    header: Element | None
    session_id: str
    user: Row
    version: str
    request: Request

    def option(self, header: str, name: str) -> str:
        """Return what a header says, or an empty text."""
        found = next(children(self.header, header), None) if self.header is not None else None
        return text_of(found, name)

    @property
    def all_or_none(self) -> bool:
        """Tell whether one refused item undoes the others."""
        return is_true(self.option("AllOrNoneHeader", "allOrNone"))

    @property
    def writer(self) -> Writer:
        """Return who writes. Unlike REST, no assignment rule runs unless the header asks for one."""
        rule = self.option("AssignmentRuleHeader", "assignmentRuleId")
        assign: bool | str = (full_id(rule) or rule) if rule else is_true(
            self.option("AssignmentRuleHeader", "useDefaultRule")
        )
        return Writer(
            self.user.id, self.version, auto_assign=assign,
            allow_duplicates=is_true(self.option("DuplicateRuleHeader", "allowSave")),
            duplicate_details=is_true(self.option("DuplicateRuleHeader", "includeRecordDetails")),
        )


Call = Callable[[Org, Caller], str]


def session_id_in(header: Element | None) -> str:
    """Return the session id of the header, or an empty text."""
    if header is None:
        return ""
    return next(((e.text or "").strip() for e in header.iter() if local(e) == "sessionId"), "")
