"""A person says no: unsubscribes, or asks not to be contacted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class OptOutSettings(StepSettings):
    """Where the no was said, by whom, and about what."""

    side: Side
    who: Who = FIRST
    object: Literal["contact", "lead", "company"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )
    channel: Literal["email", "phone", "sms", "fax"] = "email"
    purpose: str = Field("*", min_length=1, description="`*`: every purpose; else the name of one, e.g. `newsletter`")
    by: Literal["person", "staff"] = Field(
        "person", description="`staff`: somebody noted it by hand or imported it, without date and source; it is a no all the same"
    )


@dataclass(frozen=True)
class OptOut:
    """Withdraws consent in one system; the vendor's side effects apply."""

    model: ClassVar[type[StepSettings]] = OptOutSettings
    settings: OptOutSettings

    def run(self, stage: Stage) -> None:
        """Record the refusal as the vendor does when its own link is clicked or its own box is ticked."""
        stage.say(self.settings, grant=False)
