"""Refusals that stand: what a vendor refused beyond the mapped fields, and nothing in the same sync made good.

Whether a refused field or record matters is seen in the records themselves (`Oracle.judgements`). A consent, a form, a
list membership, an association or a record of a kind nobody mapped leaves no such trace: a refusal of one stands, until
the connector gets it accepted, or takes the vendor at its word on the other side.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from syncproof_mocks.consent import ConsentState
from syncproof_mocks.journal import Actor, Exchange

from ..mapping.grammar import Side
from .identity import side_of
from .refusals import is_accepted_write, is_refused_write, looks_only

if TYPE_CHECKING:
    from .fields import Oracle

Refused = tuple[Exchange, tuple[str, str, str]]
"""A request and one item of it that was refused."""

# How operations of one sort begin: what one of them refused, another of them may get accepted.
_SORTS = {
    "consent": ("communication", "forms.submit", "forms_open."),
    "list": ("lists.", "lists_v1."),
    "association": (
        "associations.", "associations_v3.", "legacy.associate", "legacy.dissociate", "legacy.deal_associate",
        "legacy.deal_dissociate", "legacy.company_add_contact", "legacy.company_remove_contact",
    ),
}
# What is to go and is not there has gone: nothing is left refused.
_REMOVING = ("remove", "archive", "clear", "dissociate", "delete", "purge")
_MISSING = "MISSING"
# The vendors' words for "it is as you ask already": said already, a member already.
_ALREADY = ("ALREADY_IN_STATE", "DUPLICATE_VALUE")
_EXISTS = 409
_NOT_FOUND = 404
_KIND = re.compile(r"/(?:objects|sobjects)(?:/v\d+|/\d{4}-\d\d)?/([A-Za-z][\w-]*)")
_TYPE = re.compile(r'"subscriptionId"\s*:\s*"?(\d+)')
_TO_ADD = re.compile(r'"recordIdsToAdd"\s*:\s*\[([^\]]*)\]')
_NO = re.compile(r'unsubscribe|opt_out|"subscribed"\s*:\s*false', re.IGNORECASE)


class Standing:
    """Finds the refusals that stand. Only refusals that the records themselves cannot show are looked at."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self._sorts: dict[int, str] = {}
        self._named: dict[int, set[str]] = {}

    def of(self, sync: int) -> list[Refused]:
        """Return what was refused in a sync and had not been made good when it ended, in order of the requests."""
        summary = self.oracle.evidence.syncs[sync - 1]
        made = [e for e in self.oracle.evidence.entries[summary.start_seq : summary.end_seq] if isinstance(e, Exchange)]
        found = [
            (e, item, place) for place, e in enumerate(made) if is_refused_write(e) and self.sort(e) for item in e.refused
        ]
        return [(e, item) for e, item, place in found if not self._is_good(e, item, made[place + 1 :], sync)]

    def sort(self, exchange: Exchange) -> str:
        """Return the word for what a request writes; empty for mapped records and whatever else records show."""
        if exchange.seq not in self._sorts:
            self._sorts[exchange.seq] = self._sort(exchange)
        return self._sorts[exchange.seq]

    def _sort(self, exchange: Exchange) -> str:
        operation = exchange.operation or ""
        for name, beginnings in _SORTS.items():
            if operation.startswith(beginnings):
                return name
        found = _KIND.search(exchange.path)
        if found is None:
            return ""
        side, kind = side_of(self.oracle.evidence, exchange.system), found[1]
        is_mapped = any(kind == obj.kind_on(side) for obj in self.oracle.evidence.mapping.objects)
        # A kind under another of its names (`0-1`, `contact`) has no table: its records are judged where they stand.
        is_known = any(kind in state.on(side).tables for state in self.oracle.evidence.states)
        return "" if is_mapped or not is_known else kind

    def _is_good(self, refused: Exchange, item: tuple[str, str, str], later: list[Exchange], sync: int) -> bool:
        """Tell whether the sync ended well for one refused item."""
        sort, (_, code, _) = self.sort(refused), item
        if code in _ALREADY or ((refused.status == _NOT_FOUND or code == _MISSING) and _removes(refused, item[0])):
            return True
        people = self.oracle.refusals.people_of(refused, item)
        if any(self._makes_good(refused, people, e) for e in later if e.system == refused.system and self.sort(e) == sort):
            return True
        return sort == "consent" and bool(people) and all(self._is_settled(refused, person, sync) for person in people)

    def _makes_good(self, refused: Exchange, people: set[str], later: Exchange) -> bool:
        """Tell whether a later request of the same sort got accepted what was refused."""
        if not 200 <= later.status < 300:
            return False
        if _is_definition(refused) and refused.status in (400, _EXISTS):
            return looks_only(later) or is_accepted_write(later)  # it exists: looked up or used instead
        return is_accepted_write(later) and (_is_retried(refused, later) or self._is_accepted_for(refused, people, later))

    def _is_accepted_for(self, refused: Exchange, people: set[str], later: Exchange) -> bool:
        """Tell whether another request got accepted for the same people what was refused."""
        if not people:
            return refused.status == _EXISTS and not later.refused
        if later.seq not in self._named:
            self._named[later.seq] = self.oracle.refusals.mentioned(_said(later))
        if not people <= self._named[later.seq] or not _asks_the_same(refused, later):
            return False
        return not people & {p for item in later.refused for p in self.oracle.refusals.people_of(later, item)}

    def _is_settled(self, refused: Exchange, person: str, sync: int) -> bool:
        """Tell whether a person's consent is what was asked for, or a refusal that the connector carried onwards."""
        side = side_of(self.oracle.evidence, refused.system)
        here = self._stances(sync, side, person)
        if says_no(refused):
            return bool(here) and all(s.refuses for s in here)
        if any(s.permits for s in here) and not any(s.refuses for s in here):
            return True
        return any(s.refuses for s in here) and self._was_carried(side.other, person, refused.seq, sync)

    def _stances(self, sync: int, side: Side, person: str) -> list[ConsentState]:
        said = self.oracle.said(self.oracle.evidence.states[sync], side)
        return [s for (whose, _), s in said.items() if whose == person and (s.refuses or s.permits)]

    def _was_carried(self, side: Side, person: str, since: int, sync: int) -> bool:
        """Tell whether the connector, told so at ``since``, wrote a refusal of the person on ``side`` in this sync."""
        end = self.oracle.evidence.syncs[sync - 1].end_seq
        return any(
            t.person == person and t.side is side and t.after.refuses and t.change.actor is Actor.CONNECTOR
            and since < t.change.seq < end
            for t in self.oracle.consents.turns
        )


def _is_definition(exchange: Exchange) -> bool:
    """Tell whether a request makes a list or a label rather than putting somebody on it."""
    family, _, last = (exchange.operation or "").rpartition(".")
    return last == "create_label" or (family in ("lists", "lists_v1") and last in ("create", "static", "dynamic"))


def _removes(exchange: Exchange, what: str) -> bool:
    """Tell whether a request takes something away; of one that adds and removes, whether ``what`` is not to be added."""
    last = (exchange.operation or "").rpartition(".")[2]
    if "add" in last:
        added = _TO_ADD.search(exchange.request_body.decode("utf-8", "replace"))
        return "remove" in last and (added is None or what not in re.findall(r"\d+", added[1]))
    return exchange.method == "DELETE" or any(part in last for part in _REMOVING)


def _is_retried(refused: Exchange, later: Exchange) -> bool:
    """Tell whether the very same request was sent again and accepted whole."""
    is_same = (later.method, later.path, later.request_body) == (refused.method, refused.path, refused.request_body)
    return is_same and not later.refused


def _asks_the_same(refused: Exchange, later: Exchange) -> bool:
    """Tell whether two requests may ask for the same: of consents the same answer to the same subscription."""
    types = [_TYPE.findall(_said(e)) for e in (refused, later)]
    if types[0] and types[1] and not set(types[0]) & set(types[1]):
        return False
    return says_no(refused) == says_no(later)


def says_no(exchange: Exchange) -> bool:
    """Tell whether a consent request withdraws: by its operation, its address or its body."""
    return _NO.search(f"{exchange.operation} {_said(exchange)}") is not None


def _said(exchange: Exchange) -> str:
    return f"{unquote(exchange.path)} {exchange.request_body.decode('utf-8', 'replace')}"
