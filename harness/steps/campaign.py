"""A marketer mails a segment: who receives what, how often at most, and nobody whom the system knows to have refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Row

from ..errors import SetupError
from ..evidence import Act
from ..mapping.grammar import Side
from ..nearest import suggest
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage

DAY_MS = 86_400_000


class CampaignSettings(StepSettings):
    """Which mail, to whom, and how often anybody may be mailed."""

    name: str = Field(min_length=1, max_length=100, description="of the e-mail; the same name again is the same e-mail again")
    purpose: str = Field("*", min_length=1, description="what it is about, e.g. `newsletter`; `*`: nothing people subscribe to by name")
    to: Literal["subscribed", "mailable"] = Field(
        "mailable", description="`mailable`: everybody who has not refused; `subscribed`: only who said yes to the purpose there"
    )
    where: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="segment: only records with these values, e.g. `{segment: key}`"
    )
    side: Side = Side.MA
    at_most: int | None = Field(None, ge=1, description="contact-frequency rule: at most so many mails per person ...")
    days: int = Field(7, ge=1, description="... within so many days")

    @model_validator(mode="after")
    def _has_a_purpose(self) -> CampaignSettings:
        if self.to == "subscribed" and self.purpose == "*":
            raise ValueError("`to: subscribed` needs the `purpose` that people subscribed to")
        return self


@dataclass(frozen=True)
class Campaign:
    """Mails people from one system, on the strength of what that system knows: a connector's damage shows in the outbox."""

    model: ClassVar[type[StepSettings]] = CampaignSettings
    settings: CampaignSettings

    def run(self, stage: Stage) -> None:
        """Send the mail to each record of the segment; the system itself leaves out who may not be mailed."""
        settings = self.settings
        stage.next_second()

        def send() -> Iterator[Act]:
            dialect = stage.sandbox.on(settings.side)
            seq = len(stage.journal)
            had = _mailed_lately(dialect, settings) if settings.at_most else Counter()
            for row in _segment(stage, settings):
                if not settings.at_most or had[row.id] < settings.at_most:
                    dialect.desk_mail(settings.name, settings.purpose, row.id)
            told = {"purpose": settings.purpose, "to": settings.to, "at_most": settings.at_most, "days": settings.days,
                    "where": dict(settings.where)}
            yield Act(
                seq, stage.sandbox.world.clock.now_ms(), settings.side, "", "campaign", "", settings.name, len(stage.syncs),
                field=None, value=told,
            )

        stage.act(settings.side, "campaign", send)


def _segment(stage: Stage, settings: CampaignSettings) -> list[Row]:
    """Return the records to mail, in order of creation: with an address, in the segment, and as the audience demands."""
    dialect = stage.sandbox.on(settings.side)
    kinds = dict.fromkeys(o.kind_on(settings.side) for o in stage.mapping.objects if o.object != "company")
    known = {name: None for kind in kinds for name in dialect.schema(kind)}
    for name in settings.where:
        if name not in known:
            raise SetupError(f"no record of the {settings.side.upper()} has a field `{name}`, so nobody would be mailed{suggest(name, known)}")
    people = [row for kind in kinds for row in dialect.store.rows(kind) if dialect.addresses(row)]
    wanted = [row for row in people if all(_same(row.values.get(n), v) for n, v in settings.where.items())]
    if settings.to == "mailable":
        return wanted
    yes = _subscribed(dialect, ConsentKey("email", settings.purpose))
    return [row for row in wanted if dialect.addresses(row)[0] in yes]


def _subscribed(dialect: Dialect, key: ConsentKey) -> set[str]:
    """Return the addresses of which the system says yes to a key."""
    rows: Iterable[Row] = (row for kind in dialect.store.kinds for row in dialect.store.rows(kind))
    marks = [m for row in rows for m in dialect.consents(row)]
    return {m.contact_point.casefold() for m in marks if m.key == key and m.state.permits}


def _mailed_lately(dialect: Dialect, settings: CampaignSettings) -> Counter[str]:
    """Return how many mails of the last days each record has had: a system counts by record, whoever they are about."""
    since = dialect.clock.now_ms() - settings.days * DAY_MS
    mails = (dialect.mail_of(row) for kind in dialect.store.kinds for row in dialect.store.rows(kind))
    return Counter(m.record_id for m in mails if m is not None and m.record_id and not m.refused and m.at_ms > since)


def _same(found: Any, wanted: Any) -> bool:
    told = str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
    return found == wanted or str(found) == told
