"""The single write path: everything that creates, changes or archives a record goes through here.

A write is first checked (all bad properties are named at once), then carried out: what the vendor computes is added,
the stamp moves if anything changed, history grows, and webhooks are told. Facts: research/hubspot.md 3.1-3.11.
"""

from __future__ import annotations

from typing import Any

from ...journal import Row
from . import computed, demands, enrolment, errors, rules, trips, validations
from .catalogue import Catalogue, Property
from .consent_state import align_contact, row_of
from .errors import PropertyProblem
from .kinds import ObjectType
from .links import SEED, set_primary_company, unlink_all
from .portal import HISTORY, INTEGRATION, Portal, iso_ms
from .values import BadValueError, moment_of, normalise

HISTORY_LIMIT = 20
_NOTHING: dict[str, Any] = {}
# One earlier or present value: (value, at ms, source type, source id), newest first.
Version = tuple[str | None, int, str, str]


# -- checking -------------------------------------------------------------------------------------------


def plan(
    dialect: Portal, object_type: ObjectType, given: object, row: Row | None, *, claims: rules.Claims | None = None,
    by_hand: bool = False,
) -> dict[str, str]:
    """Return the normalised changes that ``given`` asks for (``row`` None: a new record). Raises `Refusal`.

    ``claims`` collects unique values over a batch; ``by_hand`` is a person at the screen, not the API.
    """
    catalogue = dialect.catalogue(object_type.kind)
    changes = _normalised(dialect, catalogue, given, row)
    if row is None and object_type.kind == "contacts" and not changes.get("lifecyclestage"):
        changes["lifecyclestage"] = dialect.settings["lifecyclestage_on_create"]
    if dialect.trip is not None and not by_hand:
        trips.trip_up(dialect, object_type.kind, row, changes)
    rules.check(dialect, object_type, changes, row, claims, by_hand=by_hand)
    if catalogue.demands:
        demands.check(dialect, catalogue, changes, row, by_hand=by_hand)
    return changes


def _normalised(dialect: Portal, catalogue: Catalogue, given: object, row: Row | None) -> dict[str, str]:
    if not isinstance(given, dict):
        raise errors.not_set("properties") if given is None else errors.wrong_type(
            "java.util.LinkedHashMap<java.lang.String,java.lang.String>", "Array value (token `JsonToken.START_ARRAY`)"
        )
    changes: dict[str, str] = {}
    problems: list[PropertyProblem] = []
    current = row.values if row is not None else {}
    for name, raw in given.items():
        try:
            text = raw if type(raw) is str else _coerced(dialect, raw)
            if text is not None:
                changes[name] = _one(dialect, catalogue, name, text, current, creating=row is None)
        except BadValueError as error:
            problems.append(PropertyProblem(name, error.code, error.message))
            if error.assumed:
                dialect.rests_on(error.assumed)
    if catalogue.rules:
        problems += validations.check(dialect, catalogue, changes)
    if problems:
        raise errors.invalid_properties(problems, dialect.portal_id)
    return changes


def _coerced(dialect: Portal, raw: Any) -> str | None:
    """Return a JSON value as text; None when it is to be ignored."""
    if raw is None:
        dialect.rests_on("hubspot.null_in_patch")
        return "" if dialect.settings["null_in_patch"] == "clear" else None
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (int, float)):
        return str(raw)
    token = "Object value (token `JsonToken.START_OBJECT`)"
    raise errors.wrong_type("java.lang.String", token if isinstance(raw, dict) else token.replace("Object", "Array")
                            .replace("OBJECT", "ARRAY"))


def _one(
    dialect: Portal, catalogue: Catalogue, name: str, text: str, current: dict[str, Any], *, creating: bool
) -> str:
    prop = catalogue.by_name.get(name)
    if prop is None:
        raise BadValueError("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if prop.read_only:
        if creating and name == catalogue.object_type.created and text:
            return moment_of(text, f"Portal {dialect.portal_id}, object type {catalogue.object_type.type_id}")
        kind = "calculated" if prop.calculated else "read only"
        assumed = "hubspot.additional_emails_read_only" if name == "hs_additional_emails" else ""
        raise BadValueError("READ_ONLY_VALUE", f'"{name}" is a {kind} property; its value cannot be set.', assumed)
    if text == "":
        return ""
    if prop.refers_to is not None:
        _check_reference(dialect, prop, text)
    return normalise(catalogue, prop, text, current.get(name), dialect.portal_id)


def _check_reference(dialect: Portal, prop: Property, text: str) -> None:
    """Refuse an owner or company that does not exist (how the vendor words it was not captured)."""
    kind = "owners" if prop.refers_to == "OWNER" else "companies"
    if dialect.settings["owner_check"] and dialect.store.get(kind, text) is None:
        raise BadValueError("INVALID_OPTION", f"{text} was not one of the allowed options: []", "hubspot.owner_check")


# -- writing --------------------------------------------------------------------------------------------


def create(dialect: Portal, object_type: ObjectType, changes: dict[str, str], source: str) -> Row:
    """Create a record from planned changes and return it."""
    now = dialect.clock.now_ms()
    record_id = dialect.issue_id(object_type.kind)
    values = starting_values(dialect, object_type, record_id, changes, now, now, source)
    row = dialect.store.create(object_type.kind, record_id, values, created_ms=now)
    if object_type.kind == "contacts":
        if row_of(dialect, changes.get("email", "")) is not None:
            row = aligned(dialect, row)
        if changes.get("associatedcompanyid"):
            set_primary_company(dialect, row.id, changes["associatedcompanyid"], source=source)
            row = _again(dialect, row)
    dialect.webhooks.object_changed(object_type.kind, None, row, source)
    enrolment.react(dialect, None, row)
    return row


def starting_values(
    dialect: Portal, object_type: ObjectType, record_id: str, changes: dict[str, str], created_ms: int,
    modified_ms: int, source: str,
) -> dict[str, Any]:
    """Return the values of a new record: those given plus those that the vendor computes."""
    created = iso_ms(created_ms)
    values: dict[str, Any] = {n: v for n, v in changes.items() if v != ""}
    if object_type.created not in values:
        values[object_type.created] = created
    values |= {
        "hs_object_id": record_id, object_type.stamp: iso_ms(modified_ms), "hs_object_source": source,
        "hs_object_source_id": dialect.source_id(source), "hs_object_source_label": source,
    }
    values.update(computed.of_creation(dialect, object_type, record_id, values))
    values.update(computed.following(dialect, object_type, values, created_ms, _NOTHING))
    return values


def update(dialect: Portal, object_type: ObjectType, row: Row, changes: dict[str, str], source: str) -> Row:
    """Apply planned changes to a record and return it as it is then; equal values change nothing."""
    old = row.values
    real: dict[str, Any] = {n: v for n, v in changes.items() if v != (old.get(n) or "")}
    if not real:
        if not dialect.settings["noop_touches"]:
            return row
        dialect.rests_on("hubspot.noop_touches")
    company_id = real.pop("associatedcompanyid", None)
    new = _write(dialect, object_type, row, real, source) if real or company_id is None else row
    if company_id is not None:
        set_primary_company(dialect, new.id, company_id, source=source)
        new = _again(dialect, new)
    if "email" in real and object_type.kind == "contacts":
        new = aligned(dialect, _drop_own_secondary(dialect, new))
    dialect.webhooks.object_changed(object_type.kind, row, new, source)
    enrolment.react(dialect, row, new)
    return new


def system_write(dialect: Portal, row: Row, changes: dict[str, str | None], source: str) -> Row:
    """Write any property as the vendor's own automation; equal values change nothing."""
    real = {n: v for n, v in changes.items() if (v or "") != (row.values.get(n) or "")}
    if not real:
        return row
    new = _write(dialect, dialect.object_type(row.kind), row, real, source)
    dialect.webhooks.object_changed(row.kind, row, new, source)
    enrolment.react(dialect, row, new)
    return new


def _write(dialect: Portal, object_type: ObjectType, row: Row, real: dict[str, Any], source: str) -> Row:
    now = dialect.clock.now_ms()
    real |= computed.following(dialect, object_type, real, now, row.values)
    real[HISTORY] = grown_history(dialect, row, real, now, source)
    real[object_type.stamp] = iso_ms(now)
    return dialect.store.update(row, real, modified_ms=now)


def _again(dialect: Portal, row: Row) -> Row:
    found = dialect.store.get(row.kind, row.id)
    assert found is not None
    return found


def aligned(dialect: Portal, row: Row) -> Row:
    """Show on the contact what its (new) address has said about consent; consent belongs to addresses, not contacts."""
    email = row.values.get("email")
    if not email or (row_of(dialect, email) is None and not any(n.startswith("hs_email_optout") for n in row.values)):
        return row
    align_contact(dialect, email)
    return _again(dialect, row)


def archive(dialect: Portal, row: Row, source: str) -> None:
    """Archive a record: hidden unless asked for, its associations end, its e-mail addresses become free."""
    unlink_all(dialect, row.kind, row.id, source=source)
    row = _again(dialect, row)
    set_secondary(dialect, row, ())
    gone = dialect.store.delete(row)
    if source != SEED:
        dialect.webhooks.object_changed(row.kind, row, gone, source)


def bring_back(dialect: Portal, row: Row, source: str) -> Row:
    """Bring an archived record back (within 90 days, research 3.10): its id and values stay, its associations do not."""
    kind = dialect.object_type(row.kind)
    back = dialect.store.undelete(row, {kind.stamp: iso_ms(dialect.clock.now_ms())})
    set_secondary(dialect, back, secondary_of(back))
    dialect.webhooks.object_changed(row.kind, row, back, source)
    if row.kind == "contacts" and back.values.get("email"):
        align_contact(dialect, str(back.values["email"]))
    return _again(dialect, back)


# -- e-mail identities ----------------------------------------------------------------------------------


def secondary_of(row: Row) -> tuple[str, ...]:
    """Return the secondary e-mail addresses of a contact."""
    return tuple(e for e in (row.values.get("hs_additional_emails") or "").split(";") if e)


def set_secondary(dialect: Portal, row: Row, wanted: tuple[str, ...]) -> None:
    """Let exactly ``wanted`` be found as secondary addresses of the contact (its property is the caller's)."""
    for email in secondary_of(row):
        known = dialect.store.get("identities", email)
        if known is not None and known.values["contact"] == row.id and email not in wanted:
            dialect.store.erase(known)
    for email in wanted:
        known = dialect.store.get("identities", email)
        if known is None:
            dialect.store.create("identities", email, {"contact": row.id})
        elif known.values["contact"] != row.id:
            dialect.store.update(known, {"contact": row.id})


def _drop_own_secondary(dialect: Portal, row: Row) -> Row:
    """A secondary address that became the primary one is no longer secondary."""
    known = secondary_of(row)
    if row.values["email"] not in known:
        return row
    left = tuple(e for e in known if e != row.values["email"])
    set_secondary(dialect, row, left)
    return dialect.store.update(row, {"hs_additional_emails": ";".join(left)}, touch=False)


# -- history --------------------------------------------------------------------------------------------


def grown_history(dialect: Portal, row: Row, changes: dict[str, Any], at_ms: int, source: str) -> dict[str, Any]:
    """Return the history with ``changes`` on top; a property that never changed needs none (see `versions`)."""
    history: dict[str, tuple[Version, ...]] = row.values.get(HISTORY) or {}
    source_id = dialect.source_id(source)
    grown = dict(history)
    for name, value in changes.items():
        if not name.startswith("#"):
            grown[name] = ((value, at_ms, source, source_id), *versions(row, name))[:HISTORY_LIMIT]
    return grown


def versions(row: Row, name: str) -> tuple[Version, ...]:
    """Return what a property was, newest first. One that kept its first value has it from the record's creation."""
    kept: dict[str, tuple[Version, ...]] = row.values.get(HISTORY) or {}
    found = kept.get(name)
    if found is not None:
        return found
    value = row.values.get(name)
    if value is None:
        return ()
    values = row.values
    at_ms = row.modified_ms if name in ("lastmodifieddate", "hs_lastmodifieddate") else row.created_ms
    return ((value, at_ms, values.get("hs_object_source") or INTEGRATION, values.get("hs_object_source_id") or ""),)

