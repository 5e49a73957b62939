"""Whose data a vendor refused, and whether the connector owned up: a reported refusal excuses what did not arrive."""

from __future__ import annotations

import re
from functools import cached_property
from urllib.parse import unquote

from syncproof_mocks.journal import Actor, Change, Exchange

from ..evidence import Act, Evidence
from ..mapping.grammar import Direction, Side
from .identity import Identity, side_of

# Parts of operation ids that only look: what is not found there was not refused.
_LOOKING = ("read", "search", "query", "list", "get", "describe", "retrieve")
# Families of operations, and single ones, that only look although none of those words says so at the end of their ids.
_LOOKS = ("search.", "bulk2.query.", "lists.id_mappings", "communication_v4.links")
# What vendors say to a session that has ended: the connector is to log in again, nothing of people was refused.
_SESSION_CODES = frozenset({"INVALID_SESSION_ID", "InvalidSessionId"})


# What stands between the words of an address or a JSON text; `@`, `+`, `-` and `_` are parts of words.
_WORD = re.compile(r"[^\s\"'`,;:/\\(){}\[\]<>=&?|^]+")

# Operations that change nothing of people: signing in, and containers whose parts are journalled as changes.
_APART = (
    "auth.", "oauth.", "soap.login", "soap.logout", "webhooks.", "composite.",
    "bulk1.job.", "bulk2.ingest.create", "bulk2.ingest.close", "bulk2.ingest.delete",
)


def looks_only(exchange: Exchange) -> bool:
    """Tell whether a request only reads: by its method, or by what its operation is called."""
    operation = exchange.operation or ""
    last = operation.rpartition(".")[2]
    return exchange.method in ("GET", "HEAD") or operation.startswith(_LOOKS) or any(part in last for part in _LOOKING)


def is_shut_out(exchange: Exchange) -> bool:
    """Tell whether a request was refused because its session had ended, in whatever shape the vendor's API says so."""
    return exchange.status == 401 or any(code in _SESSION_CODES for _, code, _ in exchange.refused)


def is_refused_write(exchange: Exchange) -> bool:
    """Tell whether the vendor refused (part of) something the connector wanted to change."""
    return bool(exchange.refused) and not looks_only(exchange) and not is_shut_out(exchange)


def is_accepted_write(exchange: Exchange) -> bool:
    """Tell whether the vendor accepted a request to change something, also when everything was so already."""
    apart = exchange.operation is None or exchange.operation.startswith(_APART)
    return not apart and not looks_only(exchange) and 200 <= exchange.status < 300


# Acts of people that change nothing of a record's own fields.
_BESIDE_THE_RECORD = ("opt_in", "opt_out", "request", "bounce", "campaign")


class Refusals:
    """Refusals of content, by sync, side and person."""

    def __init__(self, evidence: Evidence, identity: Identity) -> None:
        self.evidence = evidence
        self.identity = identity

    def excuses(self, sync: int, side: Side, person: str) -> Exchange | None:
        """Return the refusal that explains why this person's data did not get to ``side``, or None.

        Only a sync that did not claim success is excused, and only for people whom the refusal is about: named in it,
        or alone in the refused request. A batch refused because of somebody else is no excuse.
        """
        if not self.is_owned_up(sync):
            return None
        return self._about.get((sync, side, person)) or self._parked(sync, side, person)

    def is_owned_up(self, sync: int) -> bool:
        """Tell whether a sync says that something is wrong."""
        summary = self.evidence.syncs[sync - 1]
        # A service that comes to rest claims nothing, so it cannot own up either: its refusals excuse as reported ones.
        return summary.ended == "settled" or (
            summary.ended == "exited" and summary.exit_code not in self.evidence.success_exit_codes
        )

    def _parked(self, sync: int, side: Side, person: str) -> Exchange | None:
        """Return the refusal of an earlier sync that was owned up to ever since, of a person of whom nothing new is to be sent.

        To send again what was refused, unchanged, is no virtue: whoever parks it and goes on telling it does right.
        """
        acts = (act for act in self.evidence.acts if act.person == person and act.after_sync < sync)
        acted = max((act.after_sync for act in acts if self._is_news(act, side)), default=0)
        for number in range(sync - 1, acted, -1):
            if not self.is_owned_up(number):
                return None
            if found := self._about.get((number, side, person)):
                return found
        return None

    def _is_news(self, act: Act, side: Side) -> bool:
        """Tell whether an act changes what a connector would send of the record to ``side``.

        What a person says about mail is carried apart from the record; a field that does not travel there is not sent.
        """
        if act.kind in _BESIDE_THE_RECORD:
            return False
        if act.kind != "edit" or act.field is None:
            return True
        away = Direction.CRM_TO_MA if side is Side.CRM else Direction.MA_TO_CRM
        for obj in self.evidence.mapping.objects:
            travelling = {r.field_on(act.side) for r in obj.fields if r.consent is None and r.direction not in (away, Direction.NONE)}
            keys = {k.crm if act.side is Side.CRM else k.ma for k in obj.match}
            doors = {e.crm if act.side is Side.CRM else e.ma for e in obj.exclude}
            links = {link.crm if act.side is Side.CRM else link.ma for link in (obj.owner, obj.company) if link is not None}
            if act.field in travelling | keys | doors | links:
                return True
        return False

    def about(self, sync: int, side: Side, person: str) -> Exchange | None:
        """Return a request of a sync about this person that ``side`` refused, whatever the connector said of it."""
        return self._about.get((sync, side, person))

    def still_stand(self, sync: int) -> bool:
        """Tell whether somebody who was refused in an earlier sync (and reported) has not been written since."""
        for number, side, person in self._about:
            if number < sync and self.excuses(number, side, person) and not self._written_since(number, sync, side, person):
                return True
        return False

    def _written_since(self, number: int, sync: int, side: Side, person: str) -> bool:
        start, end = self.evidence.syncs[number - 1].end_seq, self.evidence.syncs[sync - 1].end_seq
        system = self.evidence.dialects[side].name
        return any(
            isinstance(e, Change) and e.actor is Actor.CONNECTOR and e.system == system and e.after is not None
            and self.identity.subject_of(side, e.after, e.seq) == person
            for e in self.evidence.entries[start:end]
        )

    def _must_be_survived(self, exchange: Exchange) -> bool:
        """Tell whether a fault that passes by itself refused a request in a scenario whose faults are no excuse."""
        return bool(self.evidence.options.get("must_survive")) and self.evidence.is_struck(exchange, "passing")

    @cached_property
    def _about(self) -> dict[tuple[int, Side, str], Exchange]:
        found: dict[tuple[int, Side, str], Exchange] = {}
        for summary in self.evidence.syncs:
            for entry in self.evidence.entries[summary.start_seq : summary.end_seq]:
                if isinstance(entry, Exchange) and is_refused_write(entry) and not self._must_be_survived(entry):
                    side = side_of(self.evidence, entry.system)
                    if self.is_about_the_gone(entry, side, summary.start_seq):
                        continue  # the person lives on in another record: what was sent to this one is no excuse
                    for person in self._people(entry):
                        found[summary.number, side, person] = entry
        return found

    def is_about_the_gone(self, exchange: Exchange, side: Side, seq: int) -> bool:
        """Tell whether a request wrote to a record that people had merged away or converted before a moment."""
        gone = self.identity.lineage.gone(side, seq)
        if not gone:
            return False
        said = " ".join([unquote(exchange.path), exchange.request_body.decode("utf-8", "replace"), *(i[0] for i in exchange.refused)])
        return not gone.isdisjoint(word.strip(".") for word in _WORD.findall(said.casefold()))

    def _people(self, exchange: Exchange) -> set[str]:
        return self._named_or_alone(" ".join(part for item in exchange.refused for part in item), exchange)

    def people_of(self, exchange: Exchange, item: tuple[str, str, str]) -> set[str]:
        """Return whom one refused item is about: named in it, or alone in the request. Empty when nobody can be told."""
        return self._named_or_alone(" ".join(item), exchange)

    def _named_or_alone(self, said: str, exchange: Exchange) -> set[str]:
        named = self.mentioned(said)
        asked = self.mentioned(f"{unquote(exchange.path)} {exchange.request_body.decode('utf-8', 'replace')}")
        if named & asked or not asked:
            return named & asked or named
        # A refusal may name somebody else (`Existing ID: 501`): what was refused is what was asked for.
        return asked if len(asked) == 1 else set()

    def mentioned(self, text: str) -> set[str]:
        """Return whom the words of a text name; an id inside a longer number names nobody."""
        words = {word.strip(".") for word in _WORD.findall(text.casefold())}
        return {self._tokens[word] for word in words if word in self._tokens}

    @cached_property
    def _tokens(self) -> dict[str, str]:
        """Return what names a person in a request: addresses ever held, and ids of records known by ground truth."""
        tokens = dict(self.identity.addresses)
        for state in (*self.evidence.states, *self.evidence.before_syncs):
            for side in Side:  # records that the connector made have no link
                for person, rows in self.identity.records(side, state).items():
                    tokens.update((row.id.casefold(), person) for row in rows)
        for link in self.evidence.links:
            if link.object != "company":
                tokens[link.record_id.casefold()] = link.person
        return tokens
