"""What a shape file may say about marketing: forms and e-mails that the portal has, under the ids that a connector knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from . import forms, sending
from .portal import Portal


class FormEntry(BaseModel):
    """One form. ``guid`` is what programs submit to; ``fields`` are contact properties."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    guid: str | None = Field(default=None, pattern=r"^[0-9A-Za-z-]+$")
    fields: tuple[str, ...] = ("email",)
    required: tuple[str, ...] = ("email",)
    consent: Literal["none", "explicit_consent_to_process", "implicit_consent_to_process", "legitimate_interest"] = "none"
    redirect_to: str = ""


class EmailEntry(BaseModel):
    """One marketing e-mail. ``id`` is the `emailId` of a single send; ``subscription`` the name of its type."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    id: str | None = Field(default=None, pattern=r"^[0-9]{1,15}$")
    subject: str = ""
    subscription: str | None = None
    transactional: bool = False


DECLARATIONS: Mapping[str, type[BaseModel]] = {"forms": FormEntry, "marketing_emails": EmailEntry}


def declare(dialect: Portal, entry: BaseModel) -> bool:
    """Put an entry into force and tell whether it was one of these. Raises ValueError when it does not fit the portal."""
    if isinstance(entry, FormEntry):
        forms.add(dialect, entry.name, entry.fields, required=entry.required, legal={"type": entry.consent}, guid=entry.guid,
                  redirect_to=entry.redirect_to)
        return True
    if isinstance(entry, EmailEntry):
        sending.add_email(dialect, entry.name, subject=entry.subject, subscription=entry.subscription,
                          transactional=entry.transactional, email_id=entry.id)
        return True
    return False
