"""Carrying out what workflows do (see `enrolment` for what they are): the vendor's automation, a moment after a write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...journal import Actor, Row
from . import saving
from .conditions import text_of_value
from .enrolment import DONE, SETTABLE, WAITING, Action
from .errors import Refusal
from .portal import AUTOMATION, Portal, iso_ms


def catch_up(portal: Portal) -> None:
    """Do what is due by now, and what follows from that without a delay."""
    store, workflows = portal.store, portal.workflows
    if not store.size(WAITING) or workflows.is_running:
        return
    workflows.is_running = True
    try:
        while due := _next(portal):
            _carry_out(portal, due)
    finally:
        workflows.is_running = False
        workflows.chain.clear()


def _next(portal: Portal) -> Row | None:
    now = portal.clock.now_ms()
    due = [row for row in portal.store.rows(WAITING) if row.values["due_ms"] <= now]
    return min(due, key=lambda row: (row.values["due_ms"], row.values["number"]), default=None)


def _carry_out(portal: Portal, waiting: Row) -> None:
    v, store = waiting.values, portal.store
    workflow = portal.workflows.by_kind.get(v["kind"], {}).get(v["workflow"])
    with _automation(portal, waiting, is_late=v["due_ms"] > waiting.created_ms):
        store.erase(waiting)
        portal.workflows.chain.add(waiting.id)
        done = store.get(DONE, waiting.id)
        if done is None:
            store.create(DONE, waiting.id, {"times": 1})
        else:
            store.update(done, {"times": done.values["times"] + 1})
        if workflow is not None:
            for number, action in enumerate(workflow.after):
                portal.automation_id = f"enrollmentId:{v['number']};actionExecutionIndex:{number}"
                _act(portal, v["kind"], v["record"], action)


@contextmanager
def _automation(portal: Portal, waiting: Row, *, is_late: bool) -> Iterator[None]:
    """Let the vendor's automation be the author; an action that had to wait has no request for its cause."""
    journal = portal.journal
    kept = journal.exchange
    if is_late:
        journal.exchange = None
    try:
        with journal.acting(Actor.VENDOR_AUTOMATION, f"workflow {waiting.values['workflow']}"):
            yield
    finally:
        journal.exchange = kept
        portal.automation_id = ""


def _act(portal: Portal, kind: str, record_id: str, action: Action) -> None:
    """Set a property as the workflow says; what the vendor's rules refuse is left as it is (its log tells people, not apps)."""
    row = portal.store.get(kind, record_id)
    if row is None:
        return
    text = _value(portal, row, action)
    if action.set in SETTABLE:
        portal.system_write(row, {action.set: text}, AUTOMATION)
        return
    object_type = portal.object_type(kind)
    try:
        changes = saving.plan(portal, object_type, {action.set: text}, row)
    except Refusal:
        return
    saving.update(portal, object_type, row, changes, AUTOMATION)


def _value(portal: Portal, row: Row, action: Action) -> str:
    if action.blank:
        return ""
    if action.now:
        stamp = iso_ms(portal.clock.now_ms())
        return stamp if portal.catalogue(row.kind).by_name[action.set].type == "datetime" else stamp[:10]
    if action.copy_of is not None:
        return str(row.values.get(action.copy_of) or "")
    return text_of_value(action.to)
