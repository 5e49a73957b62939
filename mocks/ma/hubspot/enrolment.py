"""Workflows: what an administrator lets HubSpot do to records after they were written (research/hubspot.md 3.13).

A shape file declares them; nothing else of the automation API is mocked. A record is enrolled when a write made it meet all
conditions: on creation, or when a property that a condition names changed. The write itself is answered first, as the
vendor's automation runs a moment later: what is due is done at the end of the request or act, what is delayed before the
first request or act after its time. Whoever asks for a settled world calls `catch_up`.

Re-entry: a record goes through a workflow once, ever, unless `re_enrol` is set; then once for each change that meets the
conditions, but never while it waits in that workflow, and at most once in the chain of effects of one write. The last rule
stands for the vendor's own protection against loops, whose limits are not published (ASSUMED).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ...journal import Actor, Row
from .catalogue import Catalogue
from .conditions import Condition, text_of_value
from .portal import Portal

WAITING, DONE = "workflow_waiting", "workflow_enrolments"
_FIRST_ENROLMENT = 1_640_937_852_001
_MOST_DELAY_MS = 366 * 86_400_000
# Read-only for the API, but workflows may set them (3.5).
SETTABLE = frozenset({"hs_marketable_status"})


class Action(BaseModel):
    """Set one property: `to` a literal, `copy` of another property, `blank`, or `now`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    set: str
    to: str | int | float | bool | None = None
    copy_of: str | None = Field(None, alias="copy")
    blank: Literal[True] | None = None
    now: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Action:
        if sum(v is not None for v in (self.to, self.copy_of, self.blank, self.now)) != 1:
            raise ValueError("say exactly one of `to`, `copy`, `blank: true`, `now: true`")
        return self


class Workflow(BaseModel):
    """One workflow. `on`: `create`, `change` or `both`; `when` may be one condition or several that must all hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    kind: str
    when: tuple[Condition, ...] = ()
    on: Literal["create", "change", "both"] = "both"
    after: tuple[Action, ...] = Field(min_length=1)
    delay_ms: int = Field(0, ge=0, le=_MOST_DELAY_MS)
    re_enrol: bool = False

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {**raw, **{k: [raw[k]] for k in ("when", "after") if isinstance(raw.get(k), (dict, BaseModel))}}

    @model_validator(mode="after")
    def _change_of_what(self) -> Workflow:
        if not self.when and self.on != "create":
            raise ValueError("without `when` a workflow must be `on: create`: nothing says which change it waits for")
        return self


class Workflows:
    """The workflows of a portal, in the order of their declaration."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.by_kind: dict[str, dict[str, Workflow]] = {}
        self.chain: set[str] = set()  # who went through which workflow since the last outside write
        self.is_running = False
        for kind in (WAITING, DONE):
            portal.store.define(kind)

    def add(self, workflow: Workflow) -> None:
        """Switch a workflow on. Raises ValueError for properties that do not exist or cannot be set, or a taken name."""
        object_type = self.portal.object_type(workflow.kind)
        catalogue = self.portal.catalogue(object_type.kind)
        for condition in workflow.when:
            condition.check(catalogue)
        for action in workflow.after:
            _check_action(action, catalogue)
        if any(workflow.name in known for known in self.by_kind.values()):
            raise ValueError(f"a workflow is already called `{workflow.name}`")
        self.by_kind.setdefault(object_type.kind, {})[workflow.name] = workflow

    def due_ms(self) -> int | None:
        """Return when the next delayed action is due (milliseconds since the epoch), or None when none waits."""
        return min((row.values["due_ms"] for row in self.portal.store.rows(WAITING)), default=None)


def _check_action(action: Action, catalogue: Catalogue) -> None:
    kind = catalogue.object_type.kind
    for name in filter(None, (action.set, action.copy_of)):
        if name not in catalogue.by_name:
            raise ValueError(f"{kind} have no property `{name}`")
    prop = catalogue.by_name[action.set]
    if prop.read_only and prop.name not in SETTABLE:
        raise ValueError(f"`{prop.name}` is read-only; no workflow can set it")
    if action.now and prop.type not in ("datetime", "date"):
        raise ValueError(f"`{prop.name}` is a {prop.type}, not a date; it cannot become `now`")
    if isinstance(action.to, (str, int, float, bool)) and prop.type == "enumeration" and not prop.external_options:
        wrong = [v for v in text_of_value(action.to).split(";" if prop.is_multi else "\0") if v and v not in prop.allowed]
        if wrong:
            raise ValueError(f"`{prop.name}` has no option {wrong[0]!r}; known: {', '.join(prop.allowed)}")


# -- enrolling ------------------------------------------------------------------------------------------


def react(portal: Portal, before: Row | None, after: Row) -> None:
    """Enrol a record that a write has just made (``before`` None) or changed in the workflows that wait for that."""
    known = portal.workflows.by_kind.get(after.kind)
    if known is None:
        return
    for workflow in known.values():
        if _meets(portal, workflow, before, after):
            _enrol(portal, workflow, after)


def _meets(portal: Portal, workflow: Workflow, before: Row | None, after: Row) -> bool:
    if before is None:
        if workflow.on == "change":
            return False
    else:
        names = {c.property for c in workflow.when}
        if workflow.on == "create" or all((before.values.get(n) or "") == (after.values.get(n) or "") for n in names):
            return False
    types = portal.catalogue(after.kind).by_name
    return all(c.property in types and c.holds(after.values, types[c.property].type) for c in workflow.when)


def _enrol(portal: Portal, workflow: Workflow, row: Row) -> None:
    key = f"{workflow.name}/{row.kind}/{row.id}"
    workflows, store = portal.workflows, portal.store
    if store.get(WAITING, key) is not None or (not workflow.re_enrol and store.get(DONE, key) is not None):
        return
    if not workflows.is_running:
        workflows.chain.clear()
    elif key in workflows.chain:
        portal.rests_on("hubspot.workflow_loops")
        return
    with portal.journal.acting(Actor.VENDOR_AUTOMATION, f"workflow {workflow.name}"):
        store.create(WAITING, key, {
            "workflow": workflow.name, "kind": row.kind, "record": row.id,
            "due_ms": portal.clock.now_ms() + workflow.delay_ms, "number": portal.dice.count("hubspot.enrolments", _FIRST_ENROLMENT),
        })
