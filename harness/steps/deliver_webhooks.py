"""What becomes of the webhooks that wait: in which order they come, how often, which get lost, how late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field
from syncproof_mocks.outbox import Arrangement, Order

from ..errors import SetupError
from ..mapping.grammar import Side
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class DeliverWebhooksSettings(StepSettings):
    """How the events that wait now reach the connector in the next sync; later ones go as the vendor sends them."""

    side: Side = Field(Side.MA, description="whose webhooks")
    order: Order = Field("as_sent", description="`shuffled`: by the seed")
    copies: Annotated[int, Field(ge=1, le=5)] = Field(1, description="how often each event is delivered")
    lose: Annotated[int, Field(ge=0)] | Literal["all"] = Field(0, description="how many of them, the oldest first, are lost for good")
    delay_s: Annotated[float, Field(ge=0, le=86_400)] = Field(0.0, description="how much later they come, in sandbox time")
    together: bool = Field(False, description="true: every event in a request of its own, all at the same time; else one after the other")


@dataclass(frozen=True)
class DeliverWebhooks:
    """Says how the webhooks that wait now reach the connector in the next sync: order, copies, losses, delay."""

    model: ClassVar[type[StepSettings]] = DeliverWebhooksSettings
    settings: DeliverWebhooksSettings

    def run(self, stage: Stage) -> None:
        """Arrange it. Raises SetupError when nothing waits: the story would prove nothing."""
        settings, dialect = self.settings, stage.sandbox.on(self.settings.side)
        outbox = dialect.outbox
        if outbox is None or not outbox.pending:
            raise SetupError(f"no webhook of {dialect.name} waits: nothing it tells of has happened since, or it tells nobody (`webhooks:` in the connector file)")
        lose = outbox.pending if settings.lose == "all" else settings.lose
        how = Arrangement(settings.order, settings.copies, lose, settings.delay_s, settings.together)
        stage.sandbox.call(lambda: outbox.arrange(how))
