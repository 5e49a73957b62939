"""The account as people use it: seeds, the screens of HubSpot, the administrator. Half of the dialect.

Edits at the desk are history of source CRM_UI. They go through the same write path as the API, with the differences
that the screen has: a lifecycle stage may go back by hand, an address on the GDPR blocklist is refused (3.10).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ...consent import ConsentKey, ConsentMark, ConsentProof
from ...dialect import DeskError
from ...journal import Actor, Row
from ...schema import FieldInfo
from ...store import Snapshot
from . import communication, definitions, reshaping, saving, workflows
from .catalogue import property_of
from .erasure import erase, is_blocked
from .errors import Refusal
from .links import HUBSPOT_DEFINED, PRIMARY, SEED, company_in, link, linked, primary_company, unlink
from .merge import merge
from .owners import new_owner
from .portal import CRM_UI, INTEGRATION, Portal, iso_ms

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


class Desk(Portal):
    """Seeds and human acts. Ids are those of the API; a merged record answers to its old ids."""

    _seeding = False

    @contextmanager
    def _as(self, actor: Actor, note: str) -> Iterator[None]:
        """Name the actor of a change unless the caller has already named one."""
        known = self.journal.actor
        named = actor if known is Actor.HARNESS else known
        before, self._seeding = self._seeding, named is Actor.SEED
        try:
            with self.journal.acting(named, self.journal.note or note):
                yield
        finally:
            self._seeding = before
        if named is not Actor.SEED:
            workflows.catch_up(self)

    # -- seed ---------------------------------------------------------------------------------------

    def seed(self, kind: str, values: Mapping[str, Any], *, created_ms: int, modified_ms: int) -> Row:
        """Add a record that was always there; values are text as HubSpot stores it. No rule refuses it.

        Raises `DeskError` for a property that does not exist, because nothing could ever show it.

        ``kind`` is contacts, companies, deals or consents (see `consent_meaning.seed_consent`).
        """
        with self._as(Actor.SEED, "seed"):
            if kind == "consents":
                return communication.seed_consent(self, values, created_ms=created_ms)
            object_type = self.object_type(kind)
            kind = object_type.kind
            given: dict[str, Any] = {n: v for n, v in values.items() if v is not None and v != ""}
            unknown = [n for n in given if n not in self.catalogue(kind).by_name]
            if unknown:
                raise DeskError(f"{kind} have no property {', '.join(unknown)}: add it before the seed")
            record_id = self.issue_id(kind)
            if kind == "contacts":
                given.setdefault("lifecyclestage", self.settings["lifecyclestage_on_create"])
                if "email" in given:
                    given["email"] = given["email"].strip().lower()
                    given |= communication.optout_properties(self, given["email"], given)
            full = saving.starting_values(self, object_type, record_id, given, created_ms, modified_ms, INTEGRATION)
            row = self.store.create(kind, record_id, full, created_ms=created_ms, modified_ms=modified_ms)
            if "hs_additional_emails" in given:
                saving.set_secondary(self, row, saving.secondary_of(row))
            return row

    def add_subscription(self, name: str) -> None:
        """Add a subscription type of this name, unless there is one."""
        self.subscription_types.add(name)

    def subscription_names(self) -> tuple[str, ...]:
        """Return the names of the types that people may subscribe to: those that are not internal."""
        return tuple(t.name for t in self.subscription_types if not t.is_internal)

    def seed_company_link(self, kind: str, record_id: str, company_id: str) -> None:
        """Hang a seeded contact on its primary company."""
        if kind != "contacts":
            raise DeskError(f"only contacts hang on a company by a seed, not {kind}")
        self.seed_association(record_id, company_id)

    def seed_association(self, contact_id: str, company_id: str) -> None:
        """Tie a seeded contact to its primary company (types 1 and 279)."""
        with self._as(Actor.SEED, "seed"):
            link(self, "contacts", contact_id, "companies", company_id, {(HUBSPOT_DEFINED, PRIMARY["contacts"])}, source=SEED)

    def seed_owner(self, first_name: str, last_name: str, email: str, active: bool = True) -> str:
        """Add a user who may own records and return the owner id; an inactive one is archived."""
        with self._as(Actor.SEED, "seed"):
            return new_owner(self, first_name, last_name, email, active=active)

    # -- desk ---------------------------------------------------------------------------------------

    def desk_create(self, kind: str, values: Mapping[str, Any]) -> Row:
        """A person creates a record. Raises `DeskError` as the screen would."""
        with self._as(Actor.MA_USER, "desk"):
            object_type = self.object_type(kind)
            given = {n: "" if v is None else v for n, v in values.items()}
            if kind == "contacts" and is_blocked(self, str(given.get("email") or "")):
                raise DeskError(f"{given['email']} was permanently deleted for GDPR and cannot be added again")
            try:
                changes = saving.plan(self, object_type, given, None, by_hand=True)
            except Refusal as refusal:
                raise DeskError(refusal.message) from refusal
            return saving.create(self, object_type, changes, CRM_UI)

    def desk_edit(self, kind: str, record_id: str, values: Mapping[str, Any]) -> Row:
        """A person changes properties; a blank is None. Raises `DeskError` as the screen would."""
        with self._as(Actor.MA_USER, "desk"):
            object_type = self.object_type(kind)
            row = self._living(kind, record_id)
            given = {n: "" if v is None else v for n, v in values.items()}
            try:
                changes = saving.plan(self, object_type, given, row, by_hand=True)
            except Refusal as refusal:
                raise DeskError(refusal.message) from refusal
            return saving.update(self, object_type, row, changes, CRM_UI)

    def desk_delete(self, kind: str, record_id: str) -> None:
        """A person deletes a record: it is archived."""
        with self._as(Actor.MA_USER, "desk"):
            saving.archive(self, self._living(kind, record_id), CRM_UI)

    def desk_activity(self, kind: str, record_id: str) -> None:
        """A contact opens a marketing e-mail; its counter and date are HubSpot's own. Raises `DeskError` for other kinds."""
        if kind != "contacts":
            raise DeskError(f"only contacts open e-mails, not {kind}")
        row = self._living(kind, record_id)
        count = int(float(row.values.get("hs_email_open") or 0)) + 1
        with self.journal.acting(Actor.VENDOR_AUTOMATION, "e-mail opened"):
            self.system_write(row, {"hs_email_open": str(count), "hs_email_last_open_date": iso_ms(self.clock.now_ms())}, "EMAIL")

    def desk_erase(self, kind: str, record_id: str) -> None:
        """A person permanently deletes a record (GDPR): it is gone everywhere and its address is blocked."""
        with self._as(Actor.MA_USER, "gdpr delete"):
            erase(self, self._living(kind, record_id), CRM_UI)

    def desk_merge(self, kind: str, primary_id: str, other_id: str) -> Row:
        """A person merges two records and gets the survivor, which has a new id."""
        with self._as(Actor.MA_USER, "merge"):
            primary, other = self._living(kind, primary_id), self._living(kind, other_id)
            if primary.id == other.id:
                raise DeskError(f"Cannot merge a {self.object_type(kind).singular} with itself")
            return merge(self, self.object_type(kind), primary, other, CRM_UI)

    def desk_unite(self, kind: str, winner_id: str, loser_ids: Sequence[str]) -> Row:
        """A person merges records one after the other into ``winner_id`` and gets the last survivor."""
        survivor = self._living(kind, winner_id)
        for loser_id in loser_ids:
            survivor = self.desk_merge(kind, survivor.id, loser_id)
        return survivor

    def desk_restore(self, kind: str, record_id: str) -> Row:
        """A person brings an archived record back under its old id; its associations stay gone. Raises `DeskError`."""
        with self._as(Actor.MA_USER, "restore"):
            object_type = self.object_type(kind)
            gone = self.store.get(object_type.kind, record_id, deleted=True)
            if gone is None or not gone.deleted:
                raise DeskError(f"HubSpot has no deleted {object_type.singular} {record_id}")
            if kind == "contacts" and self.contact_by_email(str(gone.values.get("email") or "")) is not None:
                raise DeskError("another contact has this email address now")
            return saving.bring_back(self, gone, CRM_UI)

    def desk_affiliate(self, record_id: str, company_id: str | None, *, further: bool = False) -> None:
        """A person ties a contact to a company: as its primary one, or as one more beside it; None unties the primary one."""
        with self._as(Actor.MA_USER, "association"):
            contact, known = self._living("contacts", record_id), primary_company(self, "contacts", record_id)
            if known is not None and not further:
                unlink(self, "contacts", contact.id, "companies", known, source=CRM_UI)
            if company_id is not None:
                mark = set() if further else {(HUBSPOT_DEFINED, PRIMARY["contacts"])}
                link(self, "contacts", contact.id, "companies", self._living("companies", company_id).id, mark, source=CRM_UI)

    def reshape(self, kind: str, field: str, change: str, value: str = "") -> None:
        """An administrator changes a property in the settings. Raises `DeskError` for what they do not offer."""
        with self._as(Actor.MA_USER, "settings"):
            reshaping.reshape(self, kind, field, change, value)

    def desk_consent(
        self, kind: str, record_id: str, key: ConsentKey, *, grant: bool, proof: ConsentProof | None
    ) -> None:
        """The person behind a contact says yes or no on the preference page or a form. Raises `DeskError`."""
        if kind != "contacts":
            raise DeskError(f"only contacts say yes or no in HubSpot, not {kind}")
        with self._as(Actor.MA_USER, "consent"):
            communication.desk_consent(self, self._living(kind, record_id), key, grant=grant, proof=proof)

    def catch_up(self) -> None:
        """Let workflows do what is due by now; who wants a settled portal calls this after time has passed."""
        workflows.catch_up(self)

    def _living(self, kind: str, record_id: str) -> Row:
        object_type = self.object_type(kind)
        row = self.store.get(object_type.kind, record_id)
        if row is None:
            raise DeskError(f"HubSpot has no {object_type.singular} {record_id}")
        return row

    def system_write(self, row: Row, changes: dict[str, str | None], source: str) -> Row:
        """Write properties, read-only ones too, as the vendor's own automation does; returns the new row.

        What follows from a seed was always there: no stamp moves and nobody is told.
        """
        if self._seeding:
            with self.journal.acting(Actor.SEED, "seed"):
                return self.store.update(row, changes, touch=False)
        return saving.system_write(self, row, changes, source)

    # -- meaning ------------------------------------------------------------------------------------

    def schema(self, kind: str) -> Mapping[str, FieldInfo]:
        """Return the properties of contacts, companies or deals. Raises UnknownKindError."""
        return self.catalogue(kind).schema

    def add_field(self, kind: str, info: FieldInfo) -> None:
        """Add a custom property, as an administrator would. Raises `DeskError` for a bad or taken name."""
        kind = self.object_type(kind).kind
        if not _FIELD_NAME.fullmatch(info.name):
            raise DeskError(f"`{info.name}` cannot be a property name: lower-case letters, digits and underscores")
        known = self.catalogue(kind)
        if info.name in known.by_name:
            raise DeskError(f"{kind} already has a property `{info.name}`")
        try:
            prop = property_of(info, known.by_name[known.object_type.always[0]].group, iso_ms(self.clock.now_ms()))
        except ValueError as error:
            raise DeskError(str(error)) from error
        with self._as(Actor.SEED, "schema"):
            definitions.put(self, kind, prop)

    def consents(self, row: Row) -> tuple[ConsentMark, ...]:
        """Return what a row of kind `consents` says; contacts state nothing themselves."""
        return communication.consent_marks(self, row) if row.kind == "consents" else ()

    def is_system_field(self, kind: str, name: str) -> bool:
        """Tell whether the vendor moves this property by itself: those that nobody can write, and what follows a link."""
        if name.startswith(("#", "hs_v2_date_")) or name == "associatedcompanyid":
            return True
        prop = self.catalogue(kind).by_name.get(name) if kind in self.object_types else None
        return prop is not None and prop.read_only

    def addresses(self, row: Row) -> tuple[str, ...]:
        """Return the e-mail addresses of a contact, primary first, lower case."""
        if row.kind != "contacts":
            return ()
        primary = row.values.get("email")
        return (*((primary,) if primary else ()), *saving.secondary_of(row))

    def company_of(self, snapshot: Snapshot, row: Row) -> str | None:
        """Return the primary company of a contact (or its only one); with several and none primary nobody can tell."""
        return company_in(snapshot, row) if row.kind == "contacts" else None

    def associated(self, kind: str, record_id: str, to_kind: str) -> list[str]:
        """Return the ids of the living records of ``to_kind`` that a record is associated with."""
        return [i for i, _ in linked(self, kind, self.store.resolve(kind, record_id), to_kind)]

