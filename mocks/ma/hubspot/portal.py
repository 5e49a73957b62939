"""One HubSpot account: what all operations share. The dialect is this plus the desk and the router."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar, Protocol

from ...dialect import Dialect, Switch
from ...journal import Row
from ...store import UnknownKindError
from ...wire import Evidence, Request
from ...world import World
from . import custom_types
from .catalogue import Catalogue, built_in, compiled, optout_property
from .kinds import OBJECT_TYPES, ObjectType, find_type
from .subscriptions import SubscriptionTypes
from .tokens import Tokens

HISTORY = "#history"  # reserved key of a record's values: earlier values of its properties
INTEGRATION = "INTEGRATION"
CRM_UI = "CRM_UI"
AUTOMATION = "AUTOMATION_PLATFORM"
USER_ID = 1_000_001
_NOTHING: dict[str, Any] = {}


@lru_cache(maxsize=4096)
def _second(value_s: int) -> str:
    return datetime.fromtimestamp(value_s, UTC).isoformat()[:19]


def iso_ms(value_ms: int) -> str:
    """Return a system stamp: UTC with milliseconds, `2026-04-21T14:43:48.965Z`."""
    return f"{_second(value_ms // 1000)}.{value_ms % 1000:03d}Z"


class ObjectEvents(Protocol):
    """What listens to the write path (webhooks)."""

    def object_changed(self, kind: str, before: Row | None, after: Row | None, source: str) -> None:
        """A record was created (no ``before``), changed or archived (``after.deleted``)."""

    def merged(
        self, kind: str, primary_id: str, merged_ids: list[str], new_id: str, *, source: str = ..., moved: int = ...
    ) -> None:
        """Records became one; ``moved`` values came from the merged ones."""

    def erased(self, kind: str, record_id: str, *, source: str = ...) -> None:
        """A record was erased for good."""

    def association_changed(
        self, from_kind: str, from_id: str, to_kind: str, to_id: str, *, removed: bool, primary: bool, source: str
    ) -> None:
        """Two records were associated or dissociated; called once for each direction."""


class Portal(Dialect):
    """The account: settings, ids, property catalogues. Uncertain behaviours are its switches."""

    name = "hubspot"
    role = "ma"
    switches: ClassVar[tuple[Switch, ...]] = (
        Switch("search_lag_ms", 0, (), Evidence.DOCUMENT, "how long a write stays invisible to search (3.14: seconds)"),
        Switch("search_most_results", 10_000, (), Evidence.DOCUMENT, "how far search pages; the vendor: 10,000, to scale down"),
        Switch("search_secondly_limit", None, (), Evidence.DOCUMENT, "searches per second; the vendor allows 5; None: off"),
        Switch("ten_secondly_limit", None, (), Evidence.DOCUMENT, "calls in ten seconds; vendor 100-250; None: off"),
        Switch("oauth_ten_secondly_limit", None, (), Evidence.DOCUMENT,
               "calls in ten seconds of an OAuth app; vendor 110; None: as `ten_secondly_limit`"),
        Switch("daily_limit", None, (), Evidence.DOCUMENT, "calls of private apps in a day; vendor 250,000-1,000,000; None: off"),
        Switch("retry_after", False, (False, True), Evidence.DOCUMENT, "whether a 429 of its own names `Retry-After`"),
        Switch("lifecyclestage_on_create", "lead", ("lead", "subscriber"), Evidence.RECORDING, "v3 of 2024+: lead"),
        Switch("null_in_patch", "clear", ("clear", "ignore"), Evidence.ASSUMED, "what null does in a write"),
        Switch("noop_touches", False, (False, True), Evidence.ASSUMED, "whether a write of equal values bumps the stamp"),
        Switch("get_by_secondary_email", True, (True, False), Evidence.ASSUMED, "idProperty=email finds secondary ones"),
        Switch("association_touches", False, (False, True), Evidence.ASSUMED, "whether associating bumps the stamp"),
        Switch("first_company_is_primary", True, (True, False), Evidence.ASSUMED, "a first company becomes the primary one"),
        Switch("merge_mode", "new_id", ("new_id", "keep_primary"), Evidence.DOCUMENT, "id of a merged record (3.9)"),
        Switch("owner_check", True, (True, False), Evidence.ASSUMED, "whether unknown owner ids are refused"),
        Switch("batch_update_missing", "report", ("report", "omit"), Evidence.ASSUMED, "unknown ids in batch/update"),
    )

    webhooks: ObjectEvents
    workflows: Any  # enrolment.Workflows, which knows the portal
    subscription_types: SubscriptionTypes
    tokens: Tokens
    asked: Request | None = None  # the request under way, or the last one: links name the host that it used

    def __init__(self, world: World) -> None:
        super().__init__(world)
        draw = self.dice.stream("hubspot.account")
        self.portal_id: int = draw.randrange(139_000_000, 147_000_000)
        self.app_id: int = draw.randrange(1_000_000, 9_000_000)
        self.automation_id = ""  # who is behind AUTOMATION_PLATFORM while a workflow writes
        self._issued: dict[str, list[int]] = {kind: [] for kind in OBJECT_TYPES}
        self._catalogues: dict[str, tuple[dict[str, Any], int, Catalogue]] = {}
        for kind in OBJECT_TYPES:
            self.store.define(kind, indexes=[n for n in ("email", "domain") if n in built_in(kind).by_name])
        self.store.define("owners", indexes=["email"])
        self.store.define("associations", indexes=["left", "right"])
        # One row per secondary e-mail address: id = the address, `contact` = whose it is.
        self.store.define("identities")
        self.store.define("blocklist")
        for kind in ("properties", "property_groups", "association_labels", "association_limits", "pipelines"):
            self.store.define(kind)
        custom_types.define(self.store)

    @property
    @abstractmethod
    def calls_today(self) -> int:
        """Return how many calls were made since midnight UTC."""

    # -- ids ----------------------------------------------------------------------------------------

    def issue_id(self, kind: str) -> str:
        """Return the next record id of ``kind``: increasing numbers, as text."""
        object_type = OBJECT_TYPES.get(kind) or self.object_type(kind)
        value = self.dice.count(f"hubspot.{kind}", object_type.first_id)
        issued = self._issued.get(kind)
        if issued is None:
            issued = self._issued[kind] = []
        if not issued or value > issued[-1]:  # after the dice were rewound, ids are given again
            issued.append(value)
        return str(value)

    def rows_from(self, kind: str, first_id: int, *, archived: bool) -> Iterator[Row]:
        """Yield living (or archived) records with an id of ``first_id`` or more, in order of id."""
        issued = self._issued.get(kind, [])
        for value in issued[bisect_left(issued, first_id):]:
            record_id = str(value)
            row = self.store.get(kind, record_id, deleted=archived)
            if row is not None and row.id == record_id and row.deleted is archived:
                yield row

    def correlation_id(self) -> str:
        """Return a fresh UUID by which the vendor names an exchange."""
        bits = self.dice.stream("hubspot.correlation").getrandbits(128)
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[bits & 3]}{text[17:20]}-{text[20:]}"

    def source_id(self, source: str) -> str:
        """Return who is behind a source: the app for INTEGRATION, the user for CRM_UI, the enrolment for workflows."""
        if source == AUTOMATION:
            return self.automation_id
        if source == CRM_UI:
            return f"userId:{USER_ID}"
        return str(self.app_id) if source == INTEGRATION else source.title().replace("_", "")

    # -- object types -------------------------------------------------------------------------------

    def object_type(self, kind: str) -> ObjectType:
        """Return the object type of a kind; a custom object may be called by its names. Raises UnknownKindError."""
        found = OBJECT_TYPES.get(kind) or custom_types.find_custom(self.store, kind)
        if found is None:
            raise UnknownKindError(kind)
        return found

    def find_type(self, name: str) -> ObjectType | None:
        """Return the object type that a path spells ``name``, custom objects of this portal included, or None."""
        return find_type(name) or custom_types.find_custom(self.store, name)

    @property
    def object_types(self) -> Mapping[str, ObjectType]:
        """Return all object types by kind, the vendor's first."""
        return {**OBJECT_TYPES, **own} if (own := custom_types.custom_types(self.store)) else OBJECT_TYPES

    # -- properties ---------------------------------------------------------------------------------

    def catalogue(self, kind: str) -> Catalogue:
        """Return the properties of ``kind`` as they are now. Raises UnknownKindError."""
        object_type = OBJECT_TYPES.get(kind) or self.object_type(kind)
        kind = object_type.kind
        row = self.store.get("properties", kind)
        changed = row.values if row is not None else _NOTHING
        types = len(self.subscription_types) if kind == "contacts" else 0
        known = self._catalogues.get(kind)
        # A changed row, or an older one after a snapshot was restored, holds another dict.
        if known is None or known[0] is not changed or known[1] != types or known[2].object_type is not object_type:
            optouts = {t.optout_property: optout_property(t.optout_property, t.name) for t in self.subscription_types}
            found = compiled(object_type, changed, optouts if kind == "contacts" else {})
            known = self._catalogues[kind] = (changed, types, found)
        return known[2]

    # -- people -------------------------------------------------------------------------------------

    @abstractmethod
    def system_write(self, row: Row, changes: dict[str, str | None], source: str) -> Row:
        """Write properties, read-only ones too, as the vendor's own automation does; returns the new row."""

    def contact_by_email(self, email: str) -> Row | None:
        """Return the living contact whose primary or secondary address this is, or None."""
        address = email.strip().lower()
        found = self.store.find("contacts", "email", address)
        if found:
            return self.store.get("contacts", found[0])
        identity = self.store.get("identities", address)
        return self.store.get("contacts", identity.values["contact"]) if identity is not None else None
