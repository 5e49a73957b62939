"""The entries of a shape file that set up an org's rules, one form per key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=80)]
DEVELOPER_NAME = r"^[A-Za-z][A-Za-z0-9_]*$"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ValidationRule(_Form):
    """A record is refused with ``message`` when ``formula`` is true. Without ``field`` the error belongs to the page."""

    kind: str
    name: Name
    formula: Annotated[str, Field(min_length=1, max_length=3900)]
    message: Annotated[str, Field(min_length=1, max_length=255)]
    field: str | None = None
    active: bool = True


class DuplicateRule(_Form):
    """A record that resembles another is held up: `alert` lets a caller insist, `block` does not.

    ``match``: `exact_email`, or `fuzzy_name`: first name, last name and company, nearly (an assumed algorithm).
    ``against``: the objects searched, the rule's own if none is named.
    """

    kind: Literal["Contact", "Lead", "Account"]
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=DEVELOPER_NAME)]
    action: Literal["alert", "block"]
    match: tuple[Literal["exact_email", "fuzzy_name"], ...] = ("exact_email",)
    against: tuple[Literal["Contact", "Lead", "Account"], ...] = ()
    message: Annotated[str, Field(min_length=1, max_length=255)] = "Use one of these records?"
    matching_rule: str = ""
    on_edit: bool = True
    active: bool = True


class AssignmentEntry(_Form):
    """One line of an assignment rule: ``assign_to`` is a queue (its developer name) or a user: `human`, `integration`, `admin`, or an e-mail.

    Without a formula the entry takes every record.
    """

    assign_to: Annotated[str, Field(min_length=1)]
    formula: Annotated[str, Field(max_length=3900)] = ""


class AssignmentRule(_Form):
    """Who owns new leads: the first entry whose formula is true decides. One rule of an object is active."""

    kind: Literal["Lead"] = "Lead"
    name: Name
    entries: Annotated[tuple[AssignmentEntry, ...], Field(min_length=1)]
    active: bool = True


class Queue(_Form):
    """A queue that may own records of ``kinds``. Entries that refer to it stand below it in the file."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    developer_name: Annotated[str, Field(min_length=1, max_length=80, pattern=DEVELOPER_NAME)]
    kinds: Annotated[tuple[str, ...], Field(min_length=1)] = ("Lead",)
    email: str | None = None


class FieldSecurity(_Form):
    """What the integration user may do with a field: nothing (`hidden`), `read_only`, or everything (`editable`)."""

    kind: str
    field: str
    access: Literal["hidden", "read_only", "editable"]


class Limits(_Form):
    """The edition of the org and what it may use. Without ``api_limit`` the number is the edition's."""

    edition: Literal["Developer Edition", "Professional Edition", "Enterprise Edition", "Unlimited Edition"] | None = None
    api_limit: Annotated[int, Field(gt=0)] | None = None
    sandbox: bool | None = None


DECLARATIONS: dict[str, type[BaseModel]] = {
    "queues": Queue,
    "field_security": FieldSecurity,
    "validation_rules": ValidationRule,
    "duplicate_rules": DuplicateRule,
    "assignment_rules": AssignmentRule,
    "limits": Limits,
}
