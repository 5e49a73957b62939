"""A person says yes, with or without evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from syncproof_mocks.consent import ConsentKey, ConsentProof

from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class ConsentEvidence(BaseModel):
    """Evidence of a yes: through what it was given and the words agreed to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1, description="e.g. `web form`, `call`, `paper`")
    text: str = Field("", description="the words the person agreed to")


def _parse(raw: Any) -> Any:
    if raw is None:
        raise ValueError("say what proves the yes, or write `none`")
    return None if raw == "none" else raw


# None when nothing proves the yes.
Evidence = Annotated[
    ConsentEvidence | None, BeforeValidator(_parse, json_schema_input_type=Literal["none"] | ConsentEvidence)
]


class OptInSettings(StepSettings):
    """Where the yes was said, by whom, about what, and what proves it."""

    side: Side
    who: Who = FIRST
    object: Literal["contact", "lead", "company"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )
    channel: Literal["email", "phone", "sms", "fax"] = "email"
    purpose: str = Field("*", min_length=1, description="`*`: every purpose; else the name of one, e.g. `newsletter`")
    evidence: Evidence = Field(description="what proves the yes; `none` when nothing does")
    pending: bool = Field(
        False, description="true: only asked for (double opt-in): the person has not confirmed it yet, so it is no yes"
    )


@dataclass(frozen=True)
class OptIn:
    """Gives consent in one system. Only with evidence is it a yes that may travel."""

    model: ClassVar[type[StepSettings]] = OptInSettings
    settings: OptInSettings

    def run(self, stage: Stage) -> None:
        """Record the consent, with its evidence if there is any; a pending one as a request."""
        settings = self.settings
        if not settings.pending:
            stage.say(settings, grant=True)
            return
        key = ConsentKey(settings.channel, settings.purpose)
        stage.next_second()
        proof = None
        if settings.evidence is not None:
            at = stage.sandbox.world.clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
            proof = ConsentProof(at, settings.evidence.source, settings.evidence.text)
        stage.each_record(
            settings, "request", lambda d, x: d.desk_request(x.kind, x.record_id, key, proof), key=key, proof=proof
        )
